import type { HistogramData } from '../archive/data.ts'
import { BINS } from '../sampling/histogram-shape.ts'
import { binnedColumns } from '../model/columns.ts'
import type { Description } from '../model/description.ts'
import type { OwnSlots } from './grid.ts'

/** Groups of copies at most. */
const GROUPS = 32
/** Blocks at most, unless there are more groups of copies: stretches of time are joined until there are no more. */
const BLOCKS = 40

/** One slot at one temperature. */
interface Source {
  readonly own: OwnSlots
  readonly slot: number
  readonly copy: number
}

/**
 * Joins the histograms of all copies in blocks, groups of copies times stretches of time, with one grid of bins for each temperature.
 * Copies of other parts of the job, and those that have no sample yet, are left out.
 *
 * @returns undefined where there is no sample
 */
export function collectHistogram(description: Description, ladders: readonly OwnSlots[], temperatures: number): HistogramData | undefined {
  const begun = ladders.filter(({ memory, slots }) => memory.histogram.samples > 0 && slots.length > 0)
  if (begun.length === 0) return undefined
  const copies = [...new Set(begun.flatMap(({ slots }) => slots.map(({ copy }) => copy)))].sort((a, b) => a - b)
  const groups = Math.min(copies.length, GROUPS)
  const groupOf = new Map(copies.map((copy, i) => [copy, Math.floor((i * groups) / copies.length)]))
  const time = stretchesOf(begun, groups)
  const blocks = groups * time.count
  const sources = Array.from({ length: temperatures }, (): Source[] => [])
  for (const own of begun) for (const { slot, copy, temperature } of own.slots) sources[temperature]?.push({ own, slot, copy })
  const grids = sources.map(gridOf)
  const bins = grids.reduce((most, grid) => Math.max(most, grid.bins), 0)
  const columns = binnedColumns(description)
  const empty = (): Float64Array => new Float64Array(temperatures * blocks * bins)
  const [counts, sums] = [empty(), columns.map(empty)]
  for (const [t, { width, first }] of grids.entries()) {
    for (const { own, slot, copy } of sources[t] as Source[]) {
      const { histogram } = own.memory
      const window = histogram.windowOf(slot)
      for (let stretch = 0; stretch < histogram.stretches; stretch++) {
        const block = (groupOf.get(copy) as number) * time.count + Math.floor((stretch * histogram.length) / time.length)
        const values = histogram.binsOf(stretch, slot)
        for (let bin = 0; bin < BINS; bin++) {
          const from = bin * histogram.record
          if (values[from + histogram.countAt] === 0) continue
          const to = (t * blocks + block) * bins + Math.floor(((window.first + bin) * window.width) / width) - first
          for (const [c, part] of sums.entries()) part[to] = (part[to] as number) + (values[from + c] as number)
          counts[to] = (counts[to] as number) + (values[from + histogram.countAt] as number)
        }
      }
    }
  }
  return {
    bins,
    length: time.length,
    group: Int32Array.from({ length: blocks }, (_, block) => Math.floor(block / time.count)),
    stretch: Int32Array.from({ length: blocks }, (_, block) => block % time.count),
    width: Float64Array.from(grids, (grid) => grid.width),
    first: Float64Array.from(grids, (grid) => grid.first),
    counts,
    sums: Object.fromEntries(columns.map(({ name }, c) => [name, sums[c] as Float64Array])),
  }
}

/** Stretches of time that all ladders share: as long as the longest there are, which are multiples of the others. */
function stretchesOf(begun: readonly OwnSlots[], groups: number): { readonly length: number; readonly count: number } {
  const samples = begun.reduce((most, { memory }) => Math.max(most, memory.histogram.samples), 0)
  let length = begun.reduce((most, { memory }) => Math.max(most, memory.histogram.length), 0)
  while (length < samples && groups * Math.ceil(samples / length) > BLOCKS) length *= 2
  return { length, count: Math.ceil(samples / length) }
}

/** The finest bins that those of all copies fit into, in a number that is no larger than that of one copy. */
function gridOf(sources: readonly Source[]): { readonly width: number; readonly first: number; readonly bins: number } {
  let [width, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { own, slot } of sources) {
    const { histogram } = own.memory
    const window = histogram.windowOf(slot)
    width = Math.max(width, window.width)
    for (let stretch = 0; stretch < histogram.stretches; stretch++) {
      const values = histogram.binsOf(stretch, slot)
      for (let bin = 0; bin < BINS; bin++) {
        if (values[bin * histogram.record + histogram.countAt] === 0) continue
        low = Math.min(low, (window.first + bin) * window.width)
        high = Math.max(high, (window.first + bin) * window.width)
      }
    }
  }
  if (width === 0) return { width: Number.NaN, first: 0, bins: 0 }
  while (Math.floor(high / width) - Math.floor(low / width) >= BINS) width *= 2
  const first = Math.floor(low / width)
  return { width, first, bins: Math.floor(high / width) - first + 1 }
}
