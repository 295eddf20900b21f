import { describe, expect, it } from 'vitest'
import { energyReference, KernelTwin, neighboursUp } from '../../src/model/ising/reference.ts'
import type { GridPoint, Parameters } from '../../src/model/model.ts'
import { localField } from '../../src/model/ising/acceptances.ts'
import { LANES } from '../../src/model/ising/fields.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { openIsingStepper, openKernels } from '../support/kernel-memory.ts'

const ladder = (from: number, to: number) =>
  Float64Array.from({ length: LANES }, (_, lane) => 1 / (from + ((to - from) * lane) / (LANES - 1)))
const pointsAt = (inverseTemperature: Float64Array, parameters: Parameters): GridPoint[] =>
  Array.from(inverseTemperature, (beta) => ({ inverseTemperature: beta, parameters }))
const cases = [
  { size: 2, J: 1, h: 0 },
  { size: 3, J: 1, h: 0 },
  { size: 4, J: -1, h: 0.7 },
  { size: 5, J: 1, h: 0 },
  { size: 6, J: -1, h: 0 },
  { size: 7, J: 0.5, h: 0 },
  { size: 8, J: 1, h: 0 },
  { size: 9, J: 1, h: -0.3 },
  { size: 10, J: -2, h: 4 },
  { size: 13, J: -1, h: 0 },
  { size: 16, J: 1, h: 0 },
]

describe('the Ising kernel', () => {
  it.each(cases)('moves 128 lattices bit for bit as the plain stepper does: L = $size, J = $J, h = $h', async ({ size, J, h }) => {
    const points = pointsAt(ladder(0.8, 6), { J, h })
    const { stepper, stream, lattices } = await openIsingStepper(size, points)
    const plain = lattices()
    const twin = new KernelTwin(size, points, [stream('sweep 0'), stream('sweep 1')])
    for (let sweep = 0; sweep < 12; sweep++) {
      stepper.sweep(1, false)
      twin.sweep(plain)
      expect(lattices()).toEqual(plain)
    }
    // The lattices must have gone their own ways for this to mean anything.
    expect(new Set(plain.map((spins) => spins.join())).size).toBeGreaterThan(size < 4 ? 5 : 50)
  })

  it.each([
    { size: 3, J: 1, fields: [0, 0.5, -0.2, 4] },
    { size: 4, J: -1, fields: [-4, 0, 4.5, 1] },
    { size: 8, J: 1, fields: [0, -0.1, -5] },
    { size: 7, J: 1, fields: [2, 3] },
  ])('moves lanes in different fields as the plain stepper does, before and after they change places: L = $size', async (some) => {
    const { size, J, fields } = some
    const points = Array.from(ladder(0.8, 6), (inverseTemperature, i): GridPoint => {
      return { inverseTemperature, parameters: { J, h: fields[i % fields.length] as number } }
    })
    const { stepper, stream, lattices, reopen, measured } = await openIsingStepper(size, points, 'h')
    const plain = lattices()
    const streams = [new Sfc64(stream('sweep 0')), new Sfc64(stream('sweep 1'))] as const
    for (const shift of [0, 1, 50]) {
      const places = Int32Array.from(points, (_, lane) => (lane + shift) % LANES)
      const at = Array.from(places, (place) => points[place] as GridPoint)
      stepper.setPoints(places)
      // Another thread, which has not seen the placing, goes on.
      const other = reopen()
      const twin = new KernelTwin(size, at, streams)
      for (let sweep = 0; sweep < 6; sweep++) {
        other.sweep(1, false)
        twin.sweep(plain)
        expect(lattices()).toEqual(plain)
      }
      const { energy, slope } = measured
      other.measure(energy, slope)
      for (const [lane, spins] of plain.entries()) {
        expect(energy[lane]).toBeCloseTo(energyReference(spins, size, at[lane]?.parameters ?? {}), 9)
        expect(slope[lane]).toBeCloseTo(-spins.reduce((a, b) => a + b, 0), 12)
      }
    }
  })

  it.each([
    { size: 3, J: 1, fields: [0, 0.05, -0.2, 4] },
    { size: 5, J: -1, fields: [0.3, -0.1] },
    { size: 6, J: 1, fields: [0] },
    { size: 4, J: 1, fields: [0] },
  ])('flips whole lattices as the plain twin does, before and after they change places: L = $size, h = $fields', async (some) => {
    const { size, J, fields } = some
    const points = Array.from(ladder(0.8, 6), (inverseTemperature, i): GridPoint => {
      return { inverseTemperature, parameters: { J, h: fields[i % fields.length] as number } }
    })
    const { stepper, stream, lattices, reopen, measured } = await openIsingStepper(size, points, 'h')
    const names = fields.some((h) => h !== 0) ? ['flip'] : ['flip 0', 'flip 1']
    const streams = [new Sfc64(stream('sweep 0')), new Sfc64(stream('sweep 1'))] as const
    const flips = names.map((name) => new Sfc64(stream(name)))
    const plain = lattices()
    const turned = new Array<number>(LANES).fill(0)
    for (const shift of [0, 1, 50]) {
      const places = Int32Array.from(points, (_, lane) => (lane + shift) % LANES)
      stepper.setPoints(places)
      // Another thread, which has not seen the placing, goes on.
      const other = reopen()
      const twin = new KernelTwin(
        size,
        Array.from(places, (place) => points[place] as GridPoint),
        streams,
      )
      for (let round = 0; round < 8; round++) {
        const before = plain.map((spins) => spins.join())
        other.moveGlobally?.()
        twin.flip(plain, flips)
        expect(lattices()).toEqual(plain)
        for (const [lane, spins] of plain.entries()) if (spins.join() !== before[lane]) turned[lane] = (turned[lane] as number) + 1
        other.sweep(1, false)
        twin.sweep(plain)
        // In every other round nobody has counted the spins that are up when the next flip is due.
        if (round % 2 === 0) other.measure(measured.energy, measured.slope)
      }
    }
    // Some lanes flipped often, and not all of them always.
    expect(Math.max(...turned)).toBeGreaterThan(8)
    expect(Math.min(...turned)).toBeLessThan(16)
  })

  it('goes on the same whether sweeps come one by one or many at once', async () => {
    const points = pointsAt(ladder(1, 4), { J: 1, h: 0 })
    const one = await openIsingStepper(8, points)
    const many = await openIsingStepper(8, points)
    for (let sweep = 0; sweep < 30; sweep++) one.stepper.sweep(1, false)
    many.stepper.sweep(30, false)
    expect(many.lattices()).toEqual(one.lattices())
  })

  it.each(cases)('counts energies and magnetisations as a sum over sites does: L = $size, J = $J, h = $h', async ({ size, J, h }) => {
    const { stepper, lattices, measured } = await openIsingStepper(size, pointsAt(ladder(1, 8), { J, h }))
    const { energy, slope, lanes, sample } = measured
    for (const sweeps of [0, 1, 20]) {
      stepper.sweep(sweeps, false)
      stepper.measure(energy, slope)
      stepper.sample(sample, energy, lanes, LANES)
      for (const [lane, spins] of lattices().entries()) {
        const m = spins.reduce((a, b) => a + b, 0) / size ** 2
        const e = energyReference(spins, size, { J, h })
        expect(energy[lane]).toBeCloseTo(e, 9)
        const at = (k: number) => sample[k * LANES + lane]
        expect(at(0)).toBeCloseTo(e / size ** 2, 12)
        expect(at(2)).toBeCloseTo(m, 12)
        expect(at(3)).toBeCloseTo(Math.abs(m), 12)
        expect(at(5)).toBeCloseTo(m ** 4, 12)
      }
    }
  })

  it.each(cases)('counts local fields as a sum over sites does: L = $size, J = $J, h = $h', async ({ size, J, h }) => {
    const inverseTemperature = ladder(1, 8)
    const { stepper, lattices } = await openIsingStepper(size, pointsAt(inverseTemperature, { J, h }))
    stepper.sweep(10, false)
    const out = new Float64Array(3 * LANES)
    const lanes = Int32Array.from({ length: LANES }, (_, lane) => lane)
    stepper.measureIdentity(out, lanes, lanes, LANES)
    for (const [lane, spins] of lattices().entries()) {
      let [aligned, squared, variance] = [0, 0, 0]
      for (let site = 0; site < size ** 2; site++) {
        const k = neighboursUp(spins, size, site % size, Math.floor(site / size))
        const t = Math.tanh((inverseTemperature[lane] as number) * localField(k, { J, h }))
        aligned += ((spins[site] as number) * t) / size ** 2
        squared += (t * t) / size ** 2
        variance += (t * t * (1 - t * t)) / size ** 2
      }
      expect(out[lane]).toBeCloseTo(aligned, 12)
      expect(out[LANES + lane]).toBeCloseTo(squared, 12)
      expect(out[2 * LANES + lane]).toBeCloseTo(variance, 12)
    }
  })

  it('turns thresholds into masks whose running xor is bit i of each lane', async () => {
    const { kernels, memory } = await openKernels()
    const random = new Sfc64(seedStream('masks'))
    const [kinds, at, masks] = [5, 1024, 65536]
    const thresholds = Array.from({ length: kinds }, () => Array.from({ length: LANES }, () => Number(random.next() & 0xffffffffn)))
    const words = new Uint32Array(memory.buffer, at, kinds * LANES)
    for (const [kind, row] of thresholds.entries())
      for (const [lane, t] of row.entries()) words[kind * LANES + 4 * (lane % 32) + Math.floor(lane / 32)] = t
    kernels.buildMasks(at, masks, kinds)
    const planes = new Uint32Array(memory.buffer, masks, 32 * kinds * 4)
    for (const [kind, row] of thresholds.entries()) {
      for (const [lane, t] of row.entries()) {
        let bit = 0
        for (let i = 0; i < 32; i++) {
          bit ^= ((planes[(i * kinds + kind) * 4 + Math.floor(lane / 32)] as number) >>> (lane % 32)) & 1
          expect(bit).toBe((t >>> (31 - i)) & 1)
        }
      }
    }
  })

  // A spin in a uniform lattice turns with probability exp(-8β).
  it('accepts with the right probability for a hundred random thresholds (exact binomial test)', async () => {
    const random = new Sfc64(seedStream('thresholds'))
    // Each lane its own temperature, p = exp(-8/T) spread over (0, 1).
    const inverseTemperature = Float64Array.from({ length: LANES }, () => -Math.log(0.001 + 0.998 * random.uniform()) / 8)
    const size = 8
    const { stepper } = await openIsingStepper(size, pointsAt(inverseTemperature, { J: 1, h: 0 }))
    const spins = stepper.configurations()
    const flips = new Float64Array(LANES)
    const trials = 20_000
    for (let trial = 0; trial < trials; trial++) {
      // All up: no opposing neighbour.
      spins.fill(255)
      stepper.sweep(1, false)
      for (let lane = 0; lane < LANES; lane++) {
        // The even columns of the first row are visited before all of their neighbours.
        for (const x of [0, 2, 4, 6]) flips[lane] = (flips[lane] as number) + (isDown(spins, lane, x) ? 1 : 0)
      }
    }
    let pValues = 0
    let smallest = 1
    for (let lane = 0; lane < 100; lane++) {
      const p = Math.exp(-8 * (inverseTemperature[lane] as number))
      const value = binomialP(flips[lane] as number, 4 * trials, p)
      smallest = Math.min(smallest, value)
      pValues += value
    }
    // A hundred uniform p-values: the smallest is above 1e-5 but once in a thousand, the mean within 4 standard errors of 1/2.
    expect(smallest).toBeGreaterThan(1e-5)
    expect(Math.abs(pValues / 100 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 1200))
  })

  it('keeps two lanes at one temperature independent, after 100,000 sweeps near the transition', async () => {
    const size = 16
    const T = 2.3
    const { stepper, measured } = await openIsingStepper(size, pointsAt(new Float64Array(LANES).fill(1 / T), { J: 1, h: 0 }))
    const { energy, slope, lanes, sample } = measured
    stepper.sweep(100_000, false)
    // Products of the magnetisations of two lanes; by symmetry <m> = 0, so their average is the correlation.
    const samples = 2000
    const offsets = [1, 32, 64]
    const products = offsets.map(() => new Float64Array(LANES))
    let m2 = 0
    for (let i = 0; i < samples; i++) {
      stepper.sweep(40, false)
      stepper.measure(energy, slope)
      stepper.sample(sample, energy, lanes, LANES)
      const m = sample.subarray(2 * LANES, 3 * LANES)
      for (let lane = 0; lane < LANES; lane++) {
        for (const [k, offset] of offsets.entries()) {
          const sums = products[k] as Float64Array
          sums[lane] = (sums[lane] as number) + (m[lane] as number) * (m[(lane + offset) % LANES] as number)
        }
        m2 += (m[lane] as number) ** 2 / LANES / samples
      }
    }
    for (const sums of products) {
      const correlation = sums.map((sum) => sum / samples / m2)
      const average = correlation.reduce((a, b) => a + b, 0) / LANES
      const error = Math.sqrt(correlation.reduce((a, c) => a + (c - average) ** 2, 0) / (LANES - 1) / LANES)
      expect(Math.abs(average)).toBeLessThan(4 * error)
      expect(error).toBeLessThan(0.02)
      // Two lanes that had coalesced would show a correlation of 1.
      expect(Math.max(...correlation.map(Math.abs))).toBeLessThan(0.9)
    }
  })

  it.each([
    { h: 0, off: 1 },
    { h: 0.2, off: 1 },
    { h: 0, off: 1.01 },
  ])('fulfils the Callen identity at the temperature it runs at, and at no other: h = $h, β x $off', async ({ h, off }) => {
    const inverseTemperature = new Float64Array(LANES).fill(1 / 2.5)
    // The check asks for the first point; the lattices are at the second.
    const points = [1, off].map((factor) => ({ inverseTemperature: factor / 2.5, parameters: { J: 1, h } }))
    const { stepper } = await openIsingStepper(10, [...points, ...pointsAt(inverseTemperature, { J: 1, h }).slice(2)])
    stepper.setPoints(new Int32Array(LANES).fill(1))
    const asked = new Int32Array(LANES)
    const lanes = Int32Array.from({ length: LANES }, (_, lane) => lane)
    const out = new Float64Array(3 * LANES)
    const sums = [new Float64Array(LANES), new Float64Array(LANES)]
    stepper.sweep(1000, false)
    for (let i = 0; i < 1000; i++) {
      stepper.sweep(5, false)
      stepper.measureIdentity(out, asked, lanes, LANES)
      for (const [k, sum] of sums.entries())
        for (let lane = 0; lane < LANES; lane++) sum[lane] = (sum[lane] as number) + (out[k * LANES + lane] as number)
    }
    const ratios = (sums[0] as Float64Array).map((sum, lane) => sum / (sums[1]?.[lane] as number))
    const mean = ratios.reduce((a, b) => a + b, 0) / LANES
    const error = Math.sqrt(ratios.reduce((a, r) => a + (r - mean) ** 2, 0) / (LANES - 1) / LANES)
    const deviation = Math.abs(mean - 1) / error
    if (off === 1) expect(deviation).toBeLessThan(4)
    else expect(deviation).toBeGreaterThan(10)
  })
})

/** Whether the spin at (x, 0) is down in this lane. */
function isDown(spins: Uint8Array, lane: number, x: number): boolean {
  return (((spins[16 * x + (lane >> 3)] as number) >> (lane & 7)) & 1) === 0
}

/** Two-sided p-value of k successes of n at probability p, by summing the exact distribution. */
function binomialP(k: number, n: number, p: number): number {
  const lnFactorial = new Float64Array(n + 1)
  for (let i = 1; i <= n; i++) lnFactorial[i] = (lnFactorial[i - 1] as number) + Math.log(i)
  const ln = (i: number) =>
    (lnFactorial[n] as number) - (lnFactorial[i] as number) - (lnFactorial[n - i] as number) + i * Math.log(p) + (n - i) * Math.log1p(-p)
  let [below, above] = [0, 0]
  for (let i = 0; i <= k; i++) below += Math.exp(ln(i))
  for (let i = k; i <= n; i++) above += Math.exp(ln(i))
  return Math.min(1, 2 * Math.min(below, above))
}
