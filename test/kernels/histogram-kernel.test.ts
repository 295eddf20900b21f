import { beforeAll, describe, expect, it } from 'vitest'
import { EnergyHistogram, type HistogramShape } from '../../src/ensemble/histogram.ts'
import { createArena } from '../../src/memory/arena.ts'
import { instantiateKernels, type Kernels } from '../../src/memory/kernels.ts'
import { Layout } from '../../src/memory/layout.ts'
import { compileKernels } from '../../src/pool/built.ts'
import { plainHistogram } from '../support/plain-histogram.ts'
import { random } from '../support/random.ts'

let module: WebAssembly.Module
beforeAll(async () => {
  module = await compileKernels()
})

const COLUMNS = 9
const SITES = 144
const uniform = random(5)

/** Samples (column, slot) whose energies drift, so that windows slide and bins are joined. */
function drawn(count: number, slots: number): Float64Array[] {
  return Array.from({ length: count }, (_, i) => {
    const sample = new Float64Array(COLUMNS * slots).map(() => uniform() - 0.5)
    // Column 2 is the energy.
    for (let slot = 0; slot < slots; slot++) {
      const steps = Math.round((i < 700 ? 5 + i / 20 : 60) * (uniform() + uniform() - 1)) - slot
      sample[2 * slots + slot] = slot % 2 === 0 ? (4 * steps) / SITES : (4.1 * (steps + uniform())) / SITES
    }
    return sample
  })
}

/** A histogram in a memory of its own. */
function histogramOf(shape: HistogramShape, samples: readonly Float64Array[], plain: boolean) {
  const layout = new Layout(1024)
  const sampleAt = layout.f64(COLUMNS * shape.slots)
  const at = EnergyHistogram.layout(layout, shape)
  const memory = createArena(layout.end)
  const histogram = new EnergyHistogram(memory.buffer, at, shape)
  const kernels = plain ? (plainHistogram(memory.buffer) as Kernels) : instantiateKernels(module, memory)
  const place = new Float64Array(memory.buffer, sampleAt, COLUMNS * shape.slots)
  for (const sample of samples) {
    place.set(sample)
    histogram.add(kernels, sampleAt, shape.slots, (slot) => 1 + slot / 10)
  }
  return { histogram, fields: histogram.lasting('histogram').map(({ view }) => view().slice()) }
}

const shapes: readonly HistogramShape[] = [
  { slots: 13, kept: [2, 0, 1, 3, 5, 8], sites: SITES, copies: 1 },
  { slots: 9, kept: [2, 0, 1, 4, 8], sites: SITES, copies: 5 },
  { slots: 20, kept: [2, 0, 1, 4, 8, 7, 6, 5], sites: SITES, copies: 40 },
]

describe('histograms of the energy', () => {
  it.each(shapes)('are those of plain TypeScript, bit for bit: $copies copies', (shape) => {
    const samples = drawn(1500, shape.slots)
    const { fields } = histogramOf(shape, samples, false)
    expect(fields).toEqual(histogramOf(shape, samples, true).fields)
  })

  it.each(shapes)('hold every sample in the right stretch of time and the right bin: $copies copies', (shape) => {
    const samples = drawn(1300, shape.slots)
    const { histogram } = histogramOf(shape, samples, false)
    const { record, countAt, length, stretches } = histogram
    expect(histogram.samples).toBe(1300)
    for (let slot = 0; slot < shape.slots; slot++) {
      const { width, first } = histogram.windowOf(slot)
      expect(Number.isInteger(Math.log2(width))).toBe(true)
      const expected = new Map<string, number[]>()
      for (const [i, sample] of samples.entries()) {
        const energy = (sample[2 * shape.slots + slot] as number) * SITES
        const key = `${Math.floor(i / length)} ${Math.floor((energy + 1e-6) / width) - first}`
        const sums = expected.get(key) ?? new Array<number>(shape.kept.length + 1).fill(0)
        for (const [c, column] of shape.kept.entries()) sums[c] = (sums[c] as number) + (sample[column * shape.slots + slot] as number)
        sums[shape.kept.length] = (sums.at(-1) as number) + 1
        expected.set(key, sums)
      }
      let found = 0
      for (let stretch = 0; stretch < stretches; stretch++) {
        const bins = histogram.binsOf(stretch, slot)
        for (let bin = 0; bin < bins.length / record; bin++) {
          if (bins[bin * record + countAt] === 0) continue
          found++
          const sums = expected.get(`${stretch} ${bin}`)
          expect(bins[bin * record + countAt], `slot ${slot}, stretch ${stretch}, bin ${bin}`).toBe(sums?.at(-1))
          for (const c of shape.kept.keys()) expect(bins[bin * record + c]).toBeCloseTo(sums?.[c] as number, 9)
        }
      }
      expect(found).toBe(expected.size)
      expect(width).toBeGreaterThan(1)
    }
  })
})
