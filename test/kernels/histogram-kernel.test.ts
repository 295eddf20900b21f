import { beforeAll, describe, expect, it } from 'vitest'
import { EnergyHistogram } from '../../src/sampling/histogram.ts'
import { type HistogramShape, histogramFields } from '../../src/sampling/histogram-shape.ts'
import { layoutOf, persistentFields, viewsOf } from '../../src/engine/memory/fields.ts'
import { createArena } from '../../src/engine/memory/arena.ts'
import { instantiateKernels, type Kernels } from '../../src/engine/kernels.ts'
import { Layout } from '../../src/engine/memory/layout.ts'
import type { BinnedColumn } from '../../src/model/columns.ts'
import type { Power } from '../../src/model/model.ts'
import { compileKernels } from '../../src/engine/pool/built.ts'
import { plainHistogram } from '../support/plain-histogram.ts'
import { random } from '../support/random.ts'

let module: WebAssembly.Module
beforeAll(async () => {
  module = await compileKernels()
})

const COLUMNS = 9
const SITES = 144
const uniform = random(5)

/** Columns of a sample by index; `from` has those that follow from others, by their place. */
function columnsAt(indices: readonly number[], from: Readonly<Record<number, readonly [number, Power]>>): BinnedColumn[] {
  return indices.map((index, place) => {
    const [column, by] = from[place] ?? []
    return { name: `column ${index}`, index, ...(column !== undefined && by ? { from: { column, by } } : {}) }
  })
}

/** What is summed of one sample at one slot. */
function valuesOf({ columns, slots }: HistogramShape, sample: Float64Array, slot: number): number[] {
  const values: number[] = []
  for (const { index, from } of columns) {
    const other = from ? (values[from.column] as number) : 0
    values.push(from?.by === 'square' ? other * other : from ? Math.abs(other) : (sample[index * slots + slot] as number))
  }
  return values
}

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
function histogramOf(shape: HistogramShape, samples: readonly Float64Array[], plain: boolean, flushed = (_: number) => false) {
  const layout = new Layout(1024)
  const sampleAt = layout.f64(COLUMNS * shape.slots)
  const fields = histogramFields('histogram', shape)
  const at = layoutOf(fields, layout)
  const memory = createArena(layout.end)
  const view = viewsOf(fields, memory.buffer, at)
  const histogram = new EnergyHistogram(at, view, shape)
  const kernels = plain ? (plainHistogram(memory.buffer) as Kernels) : instantiateKernels(module, memory)
  const place = new Float64Array(memory.buffer, sampleAt, COLUMNS * shape.slots)
  for (const [i, sample] of samples.entries()) {
    place.set(sample)
    histogram.add(kernels, sampleAt, shape.slots, (slot) => 1 + slot / 10)
    if (flushed(i)) histogram.flush(kernels)
  }
  histogram.flush(kernels)
  // Bytes: to compare numbers by the hundred thousand one by one takes seconds.
  const kept = persistentFields(fields, view, histogram.parts).map((field) => Buffer.from(field.view().slice().buffer))
  return { histogram, fields: kept }
}

function same(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((bytes, i) => bytes.equals(b[i] as Buffer))
}

const shapes: readonly HistogramShape[] = [
  {
    slots: 13,
    columns: columnsAt([2, 0, 1, 3, 5, 8], { 1: [0, 'square'], 3: [2, 'absolute'], 4: [2, 'square'], 5: [4, 'square'] }),
    sites: SITES,
    copies: 1,
  },
  { slots: 9, columns: columnsAt([2, 0, 1, 4, 8], { 4: [0, 'absolute'] }), sites: SITES, copies: 5 },
  { slots: 20, columns: columnsAt([2, 0, 1, 4, 8, 7, 6, 5], {}), sites: SITES, copies: 40 },
]

describe('histograms of the energy', () => {
  it.each(shapes)('are those of plain TypeScript, bit for bit: $copies copies', (shape) => {
    const samples = drawn(1500, shape.slots)
    const { fields } = histogramOf(shape, samples, false)
    expect(same(fields, histogramOf(shape, samples, true).fields)).toBe(true)
  })

  it.each(shapes)('are the same however often samples are put into bins: $copies copies', (shape) => {
    const samples = drawn(700, shape.slots)
    const { fields } = histogramOf(shape, samples, false, (i) => i % 7 === 0 || i % 50 < 3)
    expect(same(fields, histogramOf(shape, samples, false).fields)).toBe(true)
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
        const sums = expected.get(key) ?? new Array<number>(shape.columns.length + 1).fill(0)
        for (const [c, value] of valuesOf(shape, sample, slot).entries()) sums[c] = (sums[c] as number) + value
        sums[shape.columns.length] = (sums.at(-1) as number) + 1
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
          for (const c of shape.columns.keys()) expect(bins[bin * record + c]).toBeCloseTo(sums?.[c] as number, 9)
        }
      }
      expect(found).toBe(expected.size)
      expect(width).toBeGreaterThan(1)
    }
  })
})
