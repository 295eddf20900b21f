import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Layout } from '../../src/engine/memory/layout.ts'
import { describe as describeModel } from '../../src/model/description.ts'
import { columnsOf } from '../../src/model/columns.ts'
import type { GridPoint, Parameters } from '../../src/model/model.ts'
import { oneSpin } from '../../src/model/o6/exact.ts'
import { couplingsOf } from '../../src/model/o6/parameters.ts'
import { energyReference, gradientReference, measureReference, siteEnergy, structureFactorReference } from '../../src/model/o6/reference.ts'
import { findModel } from '../support/models.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { writeStreams } from '../../src/engine/random/streams.ts'
import { gammaMethod } from '../../src/statistics/autocorrelation.ts'
import { openKernels, openO6Stepper } from '../support/kernel-memory.ts'

const LANES = 4
const STANDARD_ERRORS = 4
const plain: Parameters = { rho: 1, a: 1, lambda: 1, g: 0.3, gPrime: 0, w: 0 }
/** Where all terms of H are of the same size. */
const steep: Parameters = { ...plain, g: 1.5 }
const mixed: Parameters = { rho: 1, a: 1, lambda: 1.2, g: 0.5, gPrime: 0.3, w: -0.4 }

const pointsAt = (temperature: number, parameters: Parameters): GridPoint[] =>
  Array.from({ length: LANES }, () => ({ inverseTemperature: 1 / temperature, parameters }))

const anyParameters = fc.record({
  rho: fc.double({ min: 0.2, max: 3, noNaN: true }),
  a: fc.double({ min: 0.3, max: 2, noNaN: true }),
  lambda: fc.double({ min: -1, max: 2, noNaN: true }),
  g: fc.double({ min: -2, max: 2, noNaN: true }),
  gPrime: fc.double({ min: -2, max: 2, noNaN: true }),
  w: fc.double({ min: -2, max: 2, noNaN: true }),
})

/** Fills all lattices with independent random directions. */
function randomise(vectors: Float32Array, seed: string): void {
  const random = new Sfc64(seedStream(seed))
  const n = new Float64Array(6)
  for (let site = 0; site < vectors.length / 24; site++) {
    for (let lane = 0; lane < LANES; lane++) {
      do for (let k = 0; k < 6; k++) n[k] = 2 * random.uniform() - 1
      while (Math.hypot(...n) > 1)
      const length = Math.hypot(...n)
      for (let k = 0; k < 6; k++) vectors[24 * site + 4 * k + lane] = (n[k] as number) / length
    }
  }
}

function lengthError(vectors: Float32Array): number {
  let worst = 0
  for (let site = 0; site < vectors.length / 24; site++) {
    for (let lane = 0; lane < LANES; lane++) {
      let square = 0
      for (let k = 0; k < 6; k++) square += (vectors[24 * site + 4 * k + lane] as number) ** 2
      worst = Math.max(worst, Math.abs(Math.sqrt(square) - 1))
    }
  }
  return worst
}

describe('random points of the sphere', () => {
  it('have the moments of the uniform distribution on S5', async () => {
    const layout = new Layout(1024)
    const batch = 512
    const [random, out] = [layout.bytes(64), layout.bytes(112 * batch)]
    const { kernels, memory } = await openKernels(layout.end)
    const values = new Float32Array(memory.buffer, out, 28 * batch)
    writeStreams(memory, random, [seedStream('one'), seedStream('two')])
    // Powers of components whose average over the sphere is a product of double factorials over 6 * 8 * 10 ...
    const moments: readonly (readonly [readonly number[], number])[] = [
      ...[0, 1, 2, 3, 4, 5].flatMap((k) => [
        [[k], 0] as const,
        [[k, k], 1 / 6] as const,
        [[k, k, k, k], 3 / 48] as const,
        [[k, k, k, k, k, k], 15 / 480] as const,
      ]),
      ...[0, 1, 2, 3, 4].flatMap((k) => [
        [[k, k + 1], 0] as const,
        [[k, k, k + 1, k + 1], 1 / 48] as const,
        [[k, k, k, k, k + 1, k + 1], 3 / 480] as const,
        [[k, k, k, k + 1], 0] as const,
      ]),
      [[6], 1 / 2] as const,
      [[6, 6], 1 / 3] as const,
      [[0, 6], 0] as const,
      [[0, 0, 6], 1 / 12] as const,
    ]
    const sums = moments.map(() => [0, 0] as [number, number])
    const batches = 150
    let norm = 0
    for (let i = 0; i < batches; i++) {
      kernels.drawS5(random, out, batch)
      for (let draw = 0; draw < batch; draw++) {
        for (let lane = 0; lane < LANES; lane++) {
          const at = (k: number): number => values[28 * draw + 4 * k + lane] as number
          norm = Math.max(norm, Math.abs(Math.hypot(at(0), at(1), at(2), at(3), at(4), at(5)) - 1))
          for (const [m, [factors]] of moments.entries()) {
            const product = factors.reduce((all, k) => all * at(k), 1)
            const sum = sums[m] as [number, number]
            sum[0] += product
            sum[1] += product * product
          }
        }
      }
    }
    const count = batches * batch * LANES
    expect(norm).toBeLessThan(3e-6)
    for (const [m, [factors, exact]] of moments.entries()) {
      const [sum, squares] = sums[m] as [number, number]
      const mean = sum / count
      const error = Math.sqrt((squares / count - mean * mean) / count)
      expect(Math.abs(mean - exact), `<${factors.join(' ')}>`).toBeLessThan(STANDARD_ERRORS * error)
    }
  })
})

describe('what the kernels read off four lattices', () => {
  it('is what the definitions say, for random lattices, sizes and parameters', async () => {
    const model = findModel('o6')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 35 }), anyParameters, fc.integer(), async (size, parameters, seed) => {
        const { stepper, vectors, lattice } = await openO6Stepper(size, pointsAt(0.7, parameters))
        randomise(vectors, String(seed))
        const [energy, slope] = [new Float64Array(LANES), new Float64Array(LANES)]
        const columns = columnsOf(describeModel(model, size, {}))
        const out = new Float64Array(columns.length * LANES)
        stepper.measure(energy, slope)
        stepper.sample(out, energy, Int32Array.of(0, 1, 2, 3), LANES)
        for (let lane = 0; lane < LANES; lane++) {
          const spins = lattice(lane)
          expect(energy[lane]).toBeCloseTo(energyReference(spins, size, parameters), -Math.log10(2e-6 * size * size * 10))
          const expected = measureReference(spins, size, parameters)
          for (const [k, { name }] of columns.entries()) {
            const wave = /\[(\d),(\d)\]/.exec(name)
            const value = wave ? structureFactorReference(spins, size, Number(wave[2]), Number(wave[1])) : (expected[name] as number)
            // A sum of N terms of size 1, squared and divided by N, is known to 10^-5 of N's square root.
            expect(Math.abs((out[k * LANES + lane] as number) - value), name).toBeLessThan(3e-5 * (1 + Math.abs(value)))
          }
        }
      }),
      { numRuns: 12, seed: 1 },
    )
  })

  it('is the gradient and the Laplacian of the energy, by finite differences', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), anyParameters, fc.integer(), async (size, parameters, seed) => {
        const beta = 1.7
        const { stepper, vectors, lattice } = await openO6Stepper(size, pointsAt(1 / beta, parameters))
        randomise(vectors, String(seed))
        const out = new Float64Array(2 * LANES)
        stepper.measureIdentity(out, new Int32Array(LANES), Int32Array.of(0, 1, 2, 3), LANES)
        for (let lane = 0; lane < LANES; lane++) {
          const { squared, laplacian } = gradientReference(lattice(lane), size, parameters)
          const N = size * size
          expect((out[lane] as number) / (squared / N)).toBeCloseTo(1, 4)
          expect(Math.abs((out[LANES + lane] as number) - laplacian / N)).toBeLessThan(1e-4 * (1 + squared / N))
        }
      }),
      { numRuns: 12, seed: 1 },
    )
  })

  it.each([
    { what: 'nothing', temperature: 0.35, wrong: steep },
    { what: 'beta', temperature: 0.35 / 1.02, wrong: steep },
    // rho of the exchange alone: g goes with rho in the on-site term.
    { what: 'rho', temperature: 0.35, wrong: { ...steep, rho: 1.02, g: 1.5 / 1.02 } },
    { what: 'g', temperature: 0.35, wrong: { ...steep, g: 1.5 * 1.02 } },
  ])('sees couplings of the moves that are wrong by a fiftieth: $what', async ({ what, temperature, wrong }) => {
    const moved = await openO6Stepper(8, pointsAt(temperature, wrong), { moves: { overrelax: 2, cluster: 0, reflections: [] } })
    const judge = moved.reopen(pointsAt(0.35, steep))
    const sweeps = 40_000
    const missed = Array.from({ length: LANES }, () => new Float64Array(sweeps))
    const out = new Float64Array(2 * LANES)
    moved.stepper.sweep(500, true)
    for (let k = 0; k < sweeps; k++) {
      moved.stepper.sweep(1, false)
      judge.measureIdentity(out, Int32Array.of(0, 1, 2, 3), Int32Array.of(0, 1, 2, 3), LANES)
      for (const [lane, values] of missed.entries()) values[k] = (out[lane] as number) - 0.35 * (out[LANES + lane] as number)
    }
    const { mean, error } = gammaMethod(missed)
    if (what === 'nothing') expect(Math.abs(mean) / error).toBeLessThan(STANDARD_ERRORS)
    else expect(Math.abs(mean) / error).toBeGreaterThan(2 * STANDARD_ERRORS)
  })

  it('is the slope of the energy with each parameter in which it is linear', async () => {
    const size = 6
    for (const along of findModel('o6').linear) {
      const { stepper, vectors, lattice } = await openO6Stepper(size, pointsAt(1, mixed), { along })
      randomise(vectors, along)
      const [energy, slope] = [new Float64Array(LANES), new Float64Array(LANES)]
      stepper.measure(energy, slope)
      for (let lane = 0; lane < LANES; lane++) {
        const at = (value: number): number => energyReference(lattice(lane), size, { ...mixed, [along]: value })
        expect(slope[lane]).toBeCloseTo(at(2) - at(1), 3)
      }
    }
  })
})

describe('energy', () => {
  it('is H with |n| = 1 used, in every term', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), anyParameters, fc.integer(), (size, parameters, seed) => {
        const vectors = new Float32Array(24 * size * size)
        randomise(vectors, String(seed))
        const spins = Float64Array.from({ length: 6 * size * size }, (_, i) => vectors[4 * i] as number)
        const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
        let energy = 2 * rho * size * size
        for (let y = 0; y < size; y++) {
          for (let x = 0; x < size; x++) {
            const n = (dx: number, dy: number, k: number): number => spins[6 * (((y + dy) % size) * size + ((x + dx) % size)) + k] as number
            for (let k = 0; k < 6; k++) energy -= rho * (k < 2 ? 1 : lambda) * n(0, 0, k) * (n(1, 0, k) + n(0, 1, k))
            const [b, c] = [n(0, 0, 2) ** 2 + n(0, 0, 3) ** 2, n(0, 0, 4) ** 2 + n(0, 0, 5) ** 2]
            energy += v1 * (b + c) + v2 * (b + c) ** 2 + v3 * (b * b + c * c)
          }
        }
        expect(energy).toBeCloseTo(energyReference(spins, size, parameters), 4)
        // What a site takes part in changes as the whole does.
        const moved = spins.slice()
        moved.set([0, 1, 0, 0, 0, 0])
        const [before, after] = [spins, moved].map((all) => energyReference(all, size, parameters)) as [number, number]
        const change =
          siteEnergy(spins, size, parameters, 0, 0, moved.subarray(0, 6)) - siteEnergy(spins, size, parameters, 0, 0, spins.subarray(0, 6))
        expect(change).toBeCloseTo(after - before, 8)
      }),
      { numRuns: 50, seed: 1 },
    )
  })
})

describe('moves', () => {
  const cases = [
    { update: 'heat-bath', parameters: mixed },
    { update: 'metropolis', parameters: mixed },
    // Steep enough for squeezed draws.
    { update: 'heat-bath', parameters: { ...mixed, g: 8 } },
    { update: 'heat-bath', parameters: { ...mixed, g: -8 } },
  ]

  it.each(cases)('add up to the energy that is there: $update, $parameters', async ({ update, parameters }) => {
    const size = 8
    const moves = { overrelax: 1, cluster: 0, reflections: [] }
    const { stepper } = await openO6Stepper(size, pointsAt(0.5, parameters), { update, moves })
    const tuned = new Float64Array(5 * LANES)
    stepper.sweep(10_000, false)
    stepper.measure(new Float64Array(LANES), new Float64Array(LANES))
    stepper.diagnose(tuned)
    for (let lane = 0; lane < LANES; lane++) {
      const drift = Math.abs(tuned[4 * LANES + lane] as number)
      // Relative to the terms that the energy is a sum of.
      const scale = 2 * (1 + (parameters.lambda as number)) + Math.abs(couplingsOf(parameters).v1)
      expect(drift / scale).toBeLessThan(1e-5)
    }
  })

  it('of Metropolis adapt their widths while thermalizing, each class of planes by itself, and never again', async () => {
    const { stepper } = await openO6Stepper(8, pointsAt(0.1, { ...mixed, g: 20 }), { update: 'metropolis' })
    const tuned = (): Float64Array => {
      const out = new Float64Array(5 * LANES)
      stepper.diagnose(out)
      return out
    }
    stepper.sweep(1800, true)
    const adapted = tuned().slice(0, 3 * LANES)
    // V is steep against mixing psi with Phi and knows no angles inside the sectors.
    for (const [i, width] of adapted.entries()) expect(width).toBeLessThan(i < LANES ? 0.6 : 1.01)
    stepper.sweep(3600, false)
    expect(tuned().slice(0, 3 * LANES)).toEqual(adapted)
    for (const share of tuned().slice(3 * LANES, 4 * LANES)) expect(share).toBeGreaterThan(0.35)
  })

  it('keep every spin at length 1 to 10^-6 over 10^6 sweeps', async () => {
    for (const update of ['heat-bath', 'metropolis']) {
      for (const [overrelax, sweeps] of [
        [2, 1_000_000],
        [100, 10_000],
      ] as const) {
        const moves = { overrelax, cluster: 1, reflections: ['psi', 'phi-x', 'phi-y', 'swap'] }
        const { stepper, vectors } = await openO6Stepper(2, pointsAt(0.3, mixed), { update, moves })
        stepper.sweep(sweeps, false)
        expect(lengthError(vectors)).toBeLessThan(1e-6)
      }
    }
  })
})

describe('the four lanes', () => {
  it('are independent: energies at the same temperature are not correlated', async () => {
    const moves = { overrelax: 1, cluster: 1, reflections: ['psi', 'phi-x', 'phi-y', 'swap'] }
    for (const update of ['heat-bath', 'metropolis']) {
      const { stepper } = await openO6Stepper(3, pointsAt(0.5, mixed), { update, moves })
      const [count, apart] = [20_000, update === 'metropolis' ? 12 : 4]
      const energies = Array.from({ length: LANES }, () => new Float64Array(count))
      const energy = new Float64Array(LANES)
      for (let i = 0; i < count; i++) {
        stepper.sweep(apart, false)
        stepper.measure(energy, new Float64Array(LANES))
        for (let lane = 0; lane < LANES; lane++) (energies[lane] as Float64Array)[i] = energy[lane] as number
      }
      const deviations = energies.map((series) => {
        const mean = series.reduce((a, b) => a + b, 0) / count
        return series.map((e) => e - mean)
      })
      const product = (a: number, b: number): number =>
        (deviations[a] as Float64Array).reduce((sum, d, i) => sum + d * ((deviations[b] as Float64Array)[i] as number), 0)
      for (let a = 0; a < LANES; a++) {
        for (let b = 0; b < a; b++) {
          const correlation = product(a, b) / Math.sqrt(product(a, a) * product(b, b))
          expect(Math.abs(correlation), `lanes ${a} and ${b}, ${update}`).toBeLessThan((1.3 * STANDARD_ERRORS) / Math.sqrt(count))
        }
      }
    }
  })
})

describe('one spin in a field', () => {
  const cases = [
    { field: [0, 0, 0], temperature: 0.5, parameters: plain },
    { field: [0.7, 0.3, 0.2], temperature: 0.5, parameters: plain },
    { field: [1.5, 0.8, 0.4], temperature: 0.5, parameters: { ...plain, g: 1.3, gPrime: 0.3, w: -0.4 } },
    { field: [1.5, 0.8, 0.4], temperature: 0.5, parameters: { ...plain, g: -1, gPrime: 0.5, w: 0.7 } },
    { field: [2, 1, 0.5], temperature: 0.35, parameters: plain },
    { field: [3, 1, 2], temperature: 0.1, parameters: { ...plain, g: 2, gPrime: 1, w: 1 } },
    { field: [1, 0.5, 0.2], temperature: 0.5, parameters: { ...plain, g: 20 } },
    { field: [1, 0.5, 0.2], temperature: 0.5, parameters: { ...plain, g: -20, w: 3 } },
  ] as const
  const all = cases.flatMap((one) => ['heat-bath', 'metropolis'].map((update) => ({ ...one, update })))

  it.each(all)('has the exact averages: h = $field, T = $temperature, $parameters, $update', async ({
    field,
    temperature,
    parameters,
    update,
  }) => {
    // On 2 x 2 the first site of a sweep sees twice its right and twice its lower neighbour; these are put back each time.
    const { stepper, vectors } = await openO6Stepper(2, pointsAt(temperature, parameters), { update })
    const quarter = [(field[0] as number) / 4, 0, (field[1] as number) / 4, 0, (field[2] as number) / 4, 0]
    const across = Math.sqrt(1 - quarter.reduce((sum, h) => sum + h * h, 0))
    const neighbours = new Float32Array(48)
    for (let k = 0; k < 6; k++) {
      for (let lane = 0; lane < LANES; lane++) {
        neighbours[4 * k + lane] = (quarter[k] as number) + (k === 1 ? across : 0)
        neighbours[24 + 4 * k + lane] = (quarter[k] as number) - (k === 1 ? across : 0)
      }
    }
    const exact = oneSpin(field, temperature, parameters)
    const [count, blocks] = [update === 'metropolis' ? 200_000 : 100_000, 50]
    const expected = [...exact.along, ...exact.squares]
    const sums = Array.from({ length: blocks }, () => new Float64Array(6))
    for (let i = -1000; i < count; i++) {
      vectors.set(neighbours, 24)
      stepper.sweep(1, i < 0)
      if (i < 0) continue
      const sum = sums[Math.floor((i * blocks) / count)] as Float64Array
      for (let lane = 0; lane < LANES; lane++) {
        for (let s = 0; s < 3; s++) {
          const [a, b] = [vectors[8 * s + lane] as number, vectors[8 * s + 4 + lane] as number]
          sum[s] = (sum[s] as number) + a
          sum[3 + s] = (sum[3 + s] as number) + a * a + b * b
        }
      }
    }
    for (const [k, value] of expected.entries()) {
      const means = sums.map((sum) => ((sum[k] as number) * blocks) / (LANES * count))
      const mean = means.reduce((a, b) => a + b, 0) / blocks
      const error = Math.sqrt(means.reduce((sum, m) => sum + (m - mean) ** 2, 0) / (blocks * (blocks - 1)))
      expect(error).toBeLessThan(0.004)
      expect(Math.abs(mean - value), `average ${k}: ${mean} and ${value}`).toBeLessThan(STANDARD_ERRORS * error)
    }
  })
})

describe('the global swap of the two charge orders', () => {
  it('takes half of the lanes, swaps their planes and nothing else, and keeps the energy', async () => {
    const { stepper, vectors, lattice } = await openO6Stepper(5, pointsAt(1, mixed))
    randomise(vectors, 'swap')
    const energy = new Float64Array(LANES)
    const before = Array.from({ length: LANES }, (_, lane) => lattice(lane))
    const energies = before.map((spins) => energyReference(spins, 5, mixed))
    const swapped = (spins: Float64Array): Float64Array => spins.map((_, i) => spins[i + ([0, 0, 2, 2, -2, -2][i % 6] as number)] as number)
    let swaps = 0
    for (let round = 0; round < 200; round++) {
      const last = Array.from({ length: LANES }, (_, lane) => lattice(lane))
      stepper.moveGlobally()
      for (const [lane, spins] of last.entries()) {
        const now = lattice(lane)
        const isSwapped = now.some((value, i) => value !== spins[i])
        if (isSwapped) swaps++
        expect(now).toEqual(isSwapped ? swapped(spins) : spins)
      }
    }
    stepper.measure(energy, new Float64Array(LANES))
    for (const [lane, expected] of energies.entries()) expect(Math.abs((energy[lane] as number) - expected)).toBeLessThan(1e-4)
    // 800 coins: 400 +- 14.
    expect(Math.abs(swaps - 400)).toBeLessThan(4 * 14.2)
  })

  it('is left out if nothing keeps the planes apart', async () => {
    const { stepper, vectors, lattice } = await openO6Stepper(4, pointsAt(1, plain))
    randomise(vectors, 'no swap')
    const before = lattice(0)
    for (let round = 0; round < 8; round++) stepper.moveGlobally()
    expect(lattice(0)).toEqual(before)
  })
})
