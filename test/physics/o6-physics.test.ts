// @module-tag slow

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import { measureReference, sweepReference } from '../../src/model/o6/reference.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import reference from '../support/reference/o6.json' with { type: 'json' }
import { quantityAt, simulate } from '../support/simulate.ts'

const STANDARD_ERRORS = 4

type Estimate = { readonly mean: number; readonly error: number }

/** Within four errors of the difference, and known to `most`. */
function expectAgreement(name: string, measured: Estimate, value: number, error = 0, most = Number.POSITIVE_INFINITY): void {
  expect(measured.error, `error of ${name}`).toBeLessThan(most)
  expect(measured.error, `error of ${name}`).toBeGreaterThan(0)
  const off = Math.abs(measured.mean - value) / Math.hypot(measured.error, error)
  expect(off, `${name}: ${measured.mean} +- ${measured.error} and ${value} +- ${error}`).toBeLessThan(STANDARD_ERRORS)
}

function expectThermometer({ check, temperature }: SimulationData): void {
  for (const [t, T] of temperature.entries()) {
    expectAgreement('configurational temperature', { mean: check.mean[t] as number, error: check.error[t] as number }, T)
  }
}

const ways = [
  { update: 'heat-bath', overrelax: 2 },
  { update: 'heat-bath', overrelax: 0 },
  { update: 'metropolis', overrelax: 0 },
  { update: 'metropolis', overrelax: 1, cluster: 1 },
  { update: 'heat-bath', overrelax: 1, cluster: 2 },
] as const

describe('the six-component model on 2 x 2 against exact numbers', () => {
  // A third of all pairs: every exact value with one or two ways, and every way with three of them.
  const cases = reference.torus2x2.flatMap((exact, i) => ways.filter((_, k) => (i + k) % 3 === 0).map((way) => ({ ...exact, ...way })))

  it.each(cases)('beta = $beta, lambda = $lam, g = $g, $update, overrelax $overrelax, cluster $cluster', async (exact) => {
    const { update, overrelax } = exact
    const cluster = 'cluster' in exact ? (exact.cluster ?? 0) : 0
    const T = 1 / exact.beta
    const [simulation] = await simulate({
      model: 'o6',
      size: 2,
      temperatures: [T],
      parameters: { lambda: exact.lam, g: exact.g, gPrime: exact.gp, w: exact.w },
      // As many as the errors below need. A temperature that is wrong by 1 % moves the energy by 5 to 14 errors with heat
      // baths, and by 3 to 6 with Metropolis.
      sweeps: update === 'heat-bath' ? 40_000 : exact.beta === 2 ? 200_000 : 110_000,
      thermalization: 1000,
      copies: 8,
      update,
      overrelax,
      cluster,
      seed: 3,
    })
    if (!simulation) throw new Error('no simulation')
    const at = (name: string): Estimate => quantityAt(simulation, name, T)
    expectAgreement('energy', at('energy'), exact['E_full/N'], 0, 0.002)
    expectAgreement('specific heat', at('specific_heat'), exact.c, 0, 0.013)
    const fraction = at('cdw_fraction')
    expectAgreement('|psi|^2', { mean: 1 - fraction.mean, error: fraction.error }, exact.x1, 0, 0.001)
    expectAgreement('psi.psi on a bond', at('sc_bond'), exact.bondSC, 0, 0.001)
    expectAgreement('sc order', at('sc_order_squared'), exact.S_SC / 4, 0, 0.001)
    expectAgreement('cdw order', at('cdw_order_squared'), exact.S_CDWx / 2, 0, 0.001)
    // The current vanishes on 2 x 2: there and back is the same bond.
    expect(at('sc_current_squared').mean).toBeLessThan(1e-12)
    expectThermometer(simulation)
  })
})

describe('the six-component model against an independent program', () => {
  const sets = [
    { lambda: 1, g: 0.3, gPrime: 0, w: 0 },
    { lambda: 1.2, g: 0.5, gPrime: 0.3, w: -0.4 },
  ]
  const small = [4, 8].flatMap((size) =>
    sets.slice(size === 8 ? 1 : 0).map((parameters) => ({ size, parameters, sweeps: 16_000, copies: 12 })),
  )
  // A temperature that is wrong by 1 % moves the energy by 0.004 to 0.013: ten errors and more of both programs together.
  const cases = [...small, { size: 32, parameters: sets[0] as (typeof sets)[0], sweeps: 9000, copies: 2 }]

  it.each(cases)('L = $size, $parameters', async ({ size, parameters, sweeps, copies }) => {
    const rows = reference.monteCarlo.filter((row) => row.L === size && row.lam === parameters.lambda)
    expect(rows.length).toBeGreaterThan(0)
    const [simulation] = await simulate({
      model: 'o6',
      size,
      temperatures: rows.map((row) => row.T),
      parameters,
      sweeps,
      copies,
      tempering: size === 32,
      seed: 5,
    })
    if (!simulation) throw new Error('no simulation')
    for (const row of rows) {
      const at = (name: string): Estimate => quantityAt(simulation, name, row.T)
      const agree = (name: string, measured: Estimate, [value, error]: readonly number[], most?: number): void =>
        expectAgreement(`${name} at T = ${row.T}`, measured, value as number, error, most)
      const scaled = ({ mean, error }: Estimate, factor: number): Estimate => ({ mean: factor * mean, error: factor * error })
      const energy = at('energy')
      agree('energy', { mean: energy.mean - 2, error: energy.error }, row['E/N'], 0.001)
      agree('specific heat', at('specific_heat'), row.c, 0.07)
      agree('helicity', at('helicity_modulus'), row['Ups/rho'], size === 32 ? 0.004 : 0.001)
      agree('sc order', scaled(at('sc_order_squared'), size * size), row.S_psi0)
      agree('sc Binder', at('sc_binder'), row.Binder_psi)
      const fraction = at('cdw_fraction')
      agree('|psi|^2', { mean: 1 - fraction.mean, error: fraction.error }, row['<|psi|^2>'], 0.0007)
      agree('cdw order', scaled(at('cdw_order_squared'), (size * size) / 2), row.S_Phix0)
      agree('nematic', at('nematic_order'), row['|nem|'])
      agree('nematic squared', at('nematic_order_squared'), row.nem2)
      agree('correlation length', at('cdw_correlation_length'), row.xi_Phi)
      const quantity = simulation.quantities.find(({ name }) => name === 'cdw_structure_factor')
      const block = Math.min(4, size)
      const t = simulation.temperature.indexOf(row.T)
      const element = (ky: number, kx: number): Estimate => {
        const at = t * block * block + ky * block + kx
        return { mean: quantity?.mean[at] as number, error: quantity?.error[at] as number }
      }
      agree('S(0, 0)', element(0, 0), row.S_Phix0)
      agree('S(0, 1)', element(0, 1), row['S_Phix(kmin)'])
      agree('S(1, 0)', element(1, 0), row['S_Phix(kmin)'])
    }
    expectThermometer(simulation)
  })
})

describe('limits of the six-component model', () => {
  const xy = [3, 4].flatMap((size) =>
    // One of the two moves each: at L = 3 rotations take many sweeps while Φ must stay small.
    ([size === 3 ? 'heat-bath' : 'metropolis'] as const).map((update) => ({
      size,
      update,
      exact: reference.xyTorus[`L${size}` as 'L3' | 'L4'],
    })),
  )

  it.each(xy)('g -> infinity: the XY model, L = $size, $update', async ({ size, update, exact }) => {
    const betas = ['1.0', '1.1199', '1.5'] as const
    const temperatures = betas.map((beta) => 1 / Number(beta))
    const job = { model: 'o6' as const, size, temperatures, copies: 8, update, parameters: { g: 1e6 }, seed: 7 }
    const [simulation] = await simulate({ ...job, sweeps: update === 'metropolis' ? 120_000 : 40_000 })
    if (!simulation) throw new Error('no simulation')
    for (const beta of betas) {
      const T = 1 / Number(beta)
      const energy = quantityAt(simulation, 'energy', T)
      // 2 is the constant, and four components of Φ with T/2 each are left in their well, to the order T/g.
      expectAgreement('u', { mean: energy.mean - 2 - 2 * T, error: energy.error }, exact[beta].u, 0, 0.003)
      expectAgreement('helicity', quantityAt(simulation, 'helicity_modulus', T), exact[beta].Ups, 0, 0.003)
    }
    expectThermometer(simulation)
  })

  it('g -> infinity: the XY model at L = 16, published u and helicity at beta = 1.1199', async () => {
    const T = 1 / 1.1199
    const [simulation] = await simulate({
      model: 'o6',
      size: 16,
      temperatures: [T],
      copies: 8,
      sweeps: 16_000,
      parameters: { g: 1e6 },
      seed: 8,
    })
    if (!simulation) throw new Error('no simulation')
    const energy = quantityAt(simulation, 'energy', T)
    expectAgreement('u', { mean: energy.mean - 2 - 2 * T, error: energy.error }, -1.45009, 0.00011, 0.001)
    expectAgreement('helicity', quantityAt(simulation, 'helicity_modulus', T), 0.6477, 0.0002, 0.001)
  })

  it('g -> -infinity: the O(4) model, on 2 x 2 and at L = 16', async () => {
    const g = -1e4
    const simulations = await simulate({
      model: 'o6',
      size: [2, 16],
      temperatures: [0.5],
      copies: 8,
      sweeps: 16_000,
      parameters: { g },
      seed: 9,
    })
    // All of g/2 in the well, and two components of ψ with T/2 each.
    const u = (k: number): Estimate => {
      const { mean, error } = quantityAt(simulations[k] as SimulationData, 'energy', 0.5)
      return { mean: mean - g / 2 - 2 - 0.5, error }
    }
    // What is left of ψ, T/|g| in each component, weakens the bonds; floats know q to 10^-7.
    const finite = (2 * 0.5) / Math.abs(g) + 1e-7 * Math.abs(g / 2)
    expectAgreement('u on 2 x 2', u(0), reference.on2x2.O4['beta2.0'].u, finite, 0.003)
    expectAgreement('u at L = 16', u(1), -1.16449, Math.hypot(0.00021, finite), 0.001)
    for (const simulation of simulations) expectThermometer(simulation)
  })

  it("lambda = 1, g = g' = w = 0: the O(6) model, where all components are alike", async () => {
    const [simulation] = await simulate({
      model: 'o6',
      size: 16,
      temperatures: [0.5],
      copies: 8,
      sweeps: 12_000,
      cluster: 1,
      snapshots: 200,
      parameters: { g: 0 },
      seed: 10,
    })
    if (!simulation) throw new Error('no simulation')
    const at = (name: string): Estimate => quantityAt(simulation, name, 0.5)
    const energy = at('energy')
    expectAgreement('u', { mean: energy.mean - 2, error: energy.error }, -0.73579, 0.00018, 0.001)
    expectAgreement('share of charge order', at('cdw_fraction'), 2 / 3, 0, 0.001)
    const [sc, cdw] = [at('sc_order_squared'), at('cdw_order_squared')]
    expectAgreement('charge order', cdw, 2 * sc.mean, 2 * sc.error)
    const values = simulation.snapshots?.values as Float32Array
    const squares = new Float64Array(6)
    for (const [i, value] of values.entries()) squares[i % 6] = (squares[i % 6] as number) + value * value
    // 200 snapshots of 256 sites; a site's square has a deviation of 0.15, and neighbours are correlated.
    for (const sum of squares) expect(Math.abs((6 * sum) / values.length - 1 / 6)).toBeLessThan(0.01)
    expectThermometer(simulation)
  })
})

describe('the plain reference', () => {
  it('agrees with the kernels at L = 6 for random parameters', async () => {
    const size = 6
    const sets = fc.record({
      T: fc.double({ min: 0.4, max: 1.5, noNaN: true }),
      rho: fc.double({ min: 0.6, max: 1.6, noNaN: true }),
      a: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
      lambda: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
      g: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
      gPrime: fc.double({ min: -1, max: 1, noNaN: true }),
      w: fc.double({ min: -1, max: 1, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(sets, fc.constantFrom('heat-bath', 'metropolis'), async ({ T, ...parameters }, update) => {
        const [simulation] = await simulate({
          model: 'o6',
          size,
          temperatures: [T],
          parameters,
          update,
          copies: 8,
          sweeps: 6000,
          seed: 11,
        })
        if (!simulation) throw new Error('no simulation')
        expectThermometer(simulation)
        const plain = averagesOf(parameters, T)
        for (const name of ['energy', 'cdw_fraction', 'sc_bond', 'sc_order_squared', 'nematic_order']) {
          const { mean, error } = plain[name] as Estimate
          expectAgreement(`${name} at ${JSON.stringify({ T, ...parameters })}`, quantityAt(simulation, name, T), mean, error)
        }
      }),
      { numRuns: 3, seed: 2, endOnFailure: true },
    )
  })

  /** Averages of one long run in plain TypeScript, errors from twenty blocks. */
  function averagesOf(parameters: Record<string, number>, T: number): Record<string, Estimate> {
    const size = 6
    const random = new Sfc64(seedStream('reference', JSON.stringify(parameters)))
    const spins = new Float64Array(6 * size * size)
    for (let i = 0; i < spins.length; i += 6) spins[i + Math.floor(6 * random.uniform())] = 1
    const sweep = (): void => sweepReference(spins, size, parameters, T, 1.5, () => random.uniform())
    for (let i = 0; i < 200; i++) sweep()
    const blocks = Array.from({ length: 20 }, () => {
      const sums: Record<string, number> = {}
      const length = 100
      for (let i = 0; i < length; i++) {
        sweep()
        for (const [name, value] of Object.entries(measureReference(spins, size, parameters)))
          sums[name] = (sums[name] ?? 0) + value / length
      }
      return sums
    })
    return Object.fromEntries(
      Object.keys(blocks[0] as object).map((name) => {
        const values = blocks.map((block) => block[name] as number)
        const mean = values.reduce((a, b) => a + b) / values.length
        const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length * (values.length - 1)))
        return [name, { mean, error }]
      }),
    )
  }
})
