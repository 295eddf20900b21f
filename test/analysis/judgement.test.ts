import { describe, expect, it } from 'vitest'
import type { QuantityData } from '../../src/archive/data.ts'
import { judgeIdentity } from '../../src/run/identity.ts'
import { derivedQuantity, measuredQuantities, stillAt } from '../../src/run/quantities.ts'
import { findWarnings, type Judged } from '../../src/run/warnings.ts'
import { describe as describeModel } from '../../src/model/description.ts'
import { columnsOf } from '../../src/model/columns.ts'
import type { Identity } from '../../src/model/model.ts'
import { findModel } from '../support/models.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { binnedOf } from '../support/binned.ts'
import { gaussianProcess } from '../support/gaussian.ts'

const ising = findModel('ising')
const described = describeModel(ising, 8, { J: 1, h: 0.1 })
const specificHeat = ising.derived.find(({ name }) => name === 'specific_heat')
if (!specificHeat) throw new Error('no specific heat')
const squareOf = (x: Float64Array): Float64Array => x.map((value) => value * value)
const averageOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const varianceOf = (values: readonly number[]): number => averageOf(values.map((x) => (x - averageOf(values)) ** 2))

/** The specific heat of given energies of one copy. */
function specificHeatOf(energies: Float64Array, size: number, T: number): { readonly mean: number; readonly error: number } {
  const grid = binnedOf(['energy', 'energy_squared'], [[[energies, squareOf(energies)]]])
  const {
    quantity: { mean, error },
  } = derivedQuantity(grid, specificHeat as NonNullable<typeof specificHeat>, Float64Array.of(T), {
    size,
    sites: size ** 2,
    parameters: {},
  })
  return { mean: mean[0] as number, error: error[0] as number }
}

describe('what never moves', () => {
  it.each([-2.1, 0.1, -2 / 3])('has the value it had, no error, and no fluctuation: %d', (value) => {
    const energies = new Float64Array(10_001).fill(value)
    const grid = binnedOf(['energy'], [[[energies], [energies]]])
    const [energy] = measuredQuantities(
      grid,
      { ...described, observables: described.observables.slice(0, 1) },
      [{ name: 'energy', observable: 0 }],
      1,
    )
    expect(energy?.mean[0]).toBe(value)
    for (const key of ['error', 'tau', 'tauError', 'rhat'] as const) expect(energy?.[key]?.[0]).toBeNaN()
    expect(specificHeatOf(energies, 8, 0.1)).toEqual({ mean: 0, error: Number.NaN })
    expect(stillAt(grid, 'energy')).toEqual([0])
    expect(grid.rectangle('energy').every((bin) => Number.isNaN(bin) || bin === value)).toBe(true)
  })

  it('is told from what has moved once', () => {
    const energies = new Float64Array(5000).fill(-2)
    energies[777] = -2 + 8 / 64
    const grid = binnedOf(['energy'], [[[energies]]])
    expect(stillAt(grid, 'energy')).toEqual([])
    expect(grid.mean('energy', 0)).toBeCloseTo(-2 + 8 / 64 / 5000, 14)
  })

  it('but for a flip now and then has the specific heat of these flips, not of rounding', () => {
    const [size, T] = [1024, 0.3]
    const N = size * size
    // One flip in 500 samples: the variance of e is 16 orders of magnitude below e^2.
    const energies = Float64Array.from({ length: 20_000 }, (_, i) => (i % 500 === 250 ? -2 + 8 / N : -2))
    const share = 1 / 500
    const { mean, error } = specificHeatOf(energies, size, T)
    expect(mean / ((N * (8 / N) ** 2 * share * (1 - share)) / T ** 2)).toBeCloseTo(1, 8)
    expect(error).toBeGreaterThan(0)
  })
})

describe('an identity', () => {
  const check: Identity = {
    name: 'ratio',
    longName: 'ratio',
    units: '1',
    inputs: ['numerator', 'denominator'],
    expected: 'T',
    statement: 'identity',
  }
  const names = ['numerator', 'denominator']
  const temperatures = Float64Array.from({ length: 12 }, (_, t) => 1 + t / 8)
  const rows = Array.from(temperatures.keys())

  /** Numerators T d + noise with an offset, of a denominator d. */
  function judged(random: Sfc64, offset: number, together: boolean, missing = false) {
    const shared = [0, 1].map(() => gaussianProcess(0.5, 250, 0, random))
    const samples = rows.map((t) =>
      [0, 1].map((copy) => {
        const noise = together ? (shared[copy] as Float64Array) : gaussianProcess(0.5, 250, 0, random)
        const below = gaussianProcess(0.5, 250, 5, random)
        if (missing && copy === 1 && t % 3 === 0) return [[], []]
        return [below.map((d, i) => (temperatures[t] as number) * d + (noise[i] as number) + offset), below]
      }),
    )
    return judgeIdentity(binnedOf(names, samples), { identity: check, lattice: described.lattice }, temperatures)
  }

  it('that is missed by one error everywhere is missed by as many as the root of their number over all temperatures', () => {
    const offset = Math.sqrt(3 / 500)
    const { combined, deviation, deviationError } = judged(new Sfc64(seedStream('shift')), offset, false)
    expect(combined).toBeGreaterThan(2)
    expect(combined).toBeLessThan(6)
    expect(Math.abs(averageOf(rows.map((t) => (deviation[t] as number) / (deviationError[t] as number))) - 1)).toBeLessThan(1.2)
  })

  it.each([
    { together: false, missing: false },
    { together: true, missing: false },
    { together: true, missing: true },
  ])('that holds gives a standard normal number, temperatures together: $together, copies missing: $missing', ({ together, missing }) => {
    const random = new Sfc64(seedStream('normal', String(together)))
    const runs = 80
    const scores = Array.from({ length: runs }, () => judged(random, 0, together, missing).combined)
    expect(Math.abs(averageOf(scores))).toBeLessThan(4 / Math.sqrt(runs))
    expect(Math.abs(varianceOf(scores) - 1)).toBeLessThan(4 * Math.sqrt(2 / runs))
  })

  it('is judged by the difference where the denominator is all noise', () => {
    const random = new Sfc64(seedStream('noise'))
    const [T, runs] = [1000, 60]
    const scores = Array.from({ length: runs }, () => {
      const below = gaussianProcess(0, 400, 1e-3, random)
      const above = gaussianProcess(0, 400, 1, random)
      const { mean, error, deviation, deviationError } = judgeIdentity(
        binnedOf(names, [[[above, below]]]),
        { identity: check, lattice: described.lattice },
        Float64Array.of(T),
      )
      const score = (deviation[0] as number) / (deviationError[0] as number)
      // The ratio says no more and no less.
      expect(((mean[0] as number) - T) / (error[0] as number)).toBeCloseTo(score * Math.sign(mean[0] as number), 6)
      return score
    })
    expect(Math.abs(averageOf(scores))).toBeLessThan(4 / Math.sqrt(runs))
    expect(Math.abs(varianceOf(scores) - 1)).toBeLessThan(4 * Math.sqrt(2 / runs))
  })
})

describe('an error that rests on rare events', () => {
  const susceptibility = ising.derived.find(({ name }) => name === 'susceptibility')
  if (!susceptibility) throw new Error('no susceptibility')
  /** Independent samples that the error of the susceptibility is worth, of magnetizations that are mostly 0.9. */
  function worthOf(m: Float64Array): number {
    const grid = binnedOf(['abs_magnetization', 'magnetization_squared'], [[[m, squareOf(m)]]])
    const { independent } = derivedQuantity(grid, susceptibility as NonNullable<typeof susceptibility>, Float64Array.of(2), {
      size: 8,
      sites: 64,
      parameters: {},
    })
    return independent[0] as number
  }

  it('is worth as many samples as there are where they are Gaussian, and few where a few of them decide', () => {
    const random = new Sfc64(seedStream('rare'))
    const gaussian = gaussianProcess(0, 250, 0, random).map((x) => 0.9 + 0.01 * x)
    // The square of a Gaussian has an excess kurtosis of 12.
    expect(worthOf(gaussian)).toBeGreaterThan(250 / 20)
    expect(worthOf(gaussian)).toBeLessThan(250 / 3)
    const rare = gaussian.map((m, i) => (i % 60 === 30 ? m - 0.5 : m))
    expect(worthOf(rare)).toBeLessThan(20)
  })
})

describe('warnings', () => {
  const columns = columnsOf(described)
  /** A simulation of which only what is judged is there. */
  function simulation(name: string, change: Partial<Judged['data']>, still: Judged['still'] = new Map()): Judged {
    const data = {
      name,
      parameters: { J: 1, h: 0.1 },
      tempering: true,
      sweeps: 10_000,
      thermalization: 1000,
      measureEvery: 1,
      temperature: Float64Array.of(2),
      samples: Float64Array.of(10_000),
      quantities: [quantity('energy', 5, 1.001), quantity('abs_magnetization', 10, 1.001)],
      check: { mean: Float64Array.of(1), deviation: Float64Array.of(0), deviationError: Float64Array.of(1), combined: Number.NaN },
      bins: { length: 128, count: 200 },
      ...change,
    } as unknown as Judged['data']
    return { description: described, data, still, independent: new Map() }
  }
  function quantity(name: string, tau: number, rhat: number): QuantityData {
    const one = (value: number): Float64Array => Float64Array.of(value)
    return { name, longName: name, units: '1', mean: one(-1), error: one(0.1), tau: one(tau), tauError: one(1), rhat: one(rhat) }
  }

  it('are none where nothing is wrong', () => {
    expect(findWarnings([simulation('a', {})])).toEqual([[]])
  })

  it.each([
    [
      { samples: Float64Array.of(900) },
      /^only 45 independent samples, .*fewer than 50 \(abs_magnetization at T = 2\).*specific_heat and susceptibility.*use --sweeps/,
    ],
    [{ bins: { length: 1, count: 200 }, samples: Float64Array.of(200), sweeps: 200 }, /^only 10 independent samples.*use --sweeps 2000$/],
    [{ samples: Float64Array.of(900), measureEvery: 2 }, undefined],
    [{ thermalization: 100 }, /^thermalization of 100 sweeps/],
    [{ quantities: [quantity('energy', 5, 1.1)] }, /^R-hat = 1.1 /],
  ] as const)('name what is wrong: %j', (change, expected) => {
    const [own] = findWarnings([simulation('a', change as unknown as Partial<Judged['data']>)])
    expect(own).toEqual(expected ? [expect.stringMatching(expected)] : [])
  })

  it('name a derived quantity whose error rests on rare events', () => {
    const independent = new Map([
      ['binder', Float64Array.of(21)],
      ['susceptibility', Float64Array.of(2)],
    ])
    const [own] = findWarnings([{ ...simulation('a', {}), independent }])
    expect(own).toEqual([
      expect.stringMatching(
        /^the error of susceptibility at T = 2 rests on a few rare events and is good to 50 % only: .*use --sweeps 200000$/,
      ),
    ])
  })

  it('name what never moved, and where', () => {
    const still = new Map(columns.map(({ name }) => [name, name === 'magnetization' ? [] : [0]]))
    const [own] = findWarnings([simulation('a', {}, still)])
    expect(own).toEqual([
      expect.stringMatching(
        /^energy, energy_squared, abs_magnetization and 2 more did not change in 10000 samples at T = 2: no error can be told/,
      ),
    ])
  })

  it.each([
    ['thermalization', { thermalization: 100 }],
    ['independent samples', { samples: Float64Array.of(900) }],
    ['R-hat', { quantities: [quantity('energy', 5, 1.1)] }],
    [
      'over all temperatures together',
      { check: { mean: Float64Array.of(1), deviation: Float64Array.of(0), deviationError: Float64Array.of(1), combined: -6 } },
    ],
    [
      'off by 12 standard errors at T = 2',
      { check: { mean: Float64Array.of(1), deviation: Float64Array.of(12), deviationError: Float64Array.of(1), combined: Number.NaN } },
    ],
  ])('go to all simulations that exchange replicas: %s', (what, change) => {
    const [first, second, third] = findWarnings([
      simulation('a', {}),
      simulation('b', change as unknown as Partial<Judged['data']>),
      simulation('c', {}),
    ])
    expect(second).toHaveLength(1)
    expect(second?.[0]).toContain(what)
    expect(first).toEqual([`replicas that exchange with this simulation, those of b: ${second?.[0]}`])
    expect(third).toEqual(first)
  })
})
