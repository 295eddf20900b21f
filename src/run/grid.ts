import type { Accumulator } from '../sampling/accumulator.ts'
import type { LadderMemory } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'

/** What a ladder holds of one simulation. */
export interface OwnSlots {
  readonly spec: LadderSpec
  readonly memory: LadderMemory
  readonly slots: readonly { readonly slot: number; readonly copy: number; readonly temperature: number }[]
  /** Of all its slots. */
  readonly fraction: number
}

export function ownSlots({ name }: { readonly name: string }, { spec, memory }: Pick<OwnSlots, 'spec' | 'memory'>): OwnSlots {
  const slots = spec.slots.flatMap(({ copy, rung }, slot) => {
    const at = spec.points[rung]
    return at?.simulation === name ? [{ slot, copy, temperature: at.temperature }] : []
  })
  return { spec, memory, slots, fraction: slots.length / spec.slots.length }
}

/**
 * Bins of one simulation, sorted by temperature and copy, all of one length. Where numbers are said to be less the origin,
 * they are exactly 0 of what never moved; origin plus number is the value.
 */
export interface Binned {
  /** Samples in a bin. */
  readonly length: number
  /** Most full bins of a copy. */
  readonly count: number
  /** Samples of each temperature over all copies, unfinished bins included. */
  readonly samples: Float64Array
  /** One of the samples: the first of the first copy that has any; 0 where there is none. */
  origin(name: string, temperature: number): number
  /** Mean over all samples, less the origin. */
  shifted(name: string, temperature: number): number
  /** Mean over all samples. */
  mean(name: string, temperature: number): number
  /** Mean of the squares of all samples, each less the origin. */
  meanSquare(name: string, temperature: number): number
  /** Full bins of each copy, less the origin; none of a copy that is not there. */
  copies(name: string, temperature: number): readonly Float64Array[]
  /** (temperature, copy, bin), filled up with NaN. */
  rectangle(name: string): Float64Array
}

/** One column at one temperature. */
interface Cell {
  origin: number
  /** Over all samples, less the origin. */
  total: number
  squares: number
  /** Less the origin, by copy. */
  readonly copies: Float64Array[]
}

/**
 * Sorts the bins of all ladders into the (temperature, copy) grid. Ladders that are not equally far may have bins of
 * different lengths, always powers of two: the shorter ones are joined.
 */
export function binGrid(
  ladders: readonly OwnSlots[],
  accumulatorOf: (memory: LadderMemory) => Accumulator,
  names: readonly string[],
  temperatures: number,
  copies: number,
): Binned {
  const length = Math.max(...ladders.map(({ memory }) => accumulatorOf(memory).binLength))
  const samples = new Float64Array(temperatures)
  const none = new Float64Array()
  const empty = (): Cell => ({ origin: 0, total: 0, squares: 0, copies: new Array<Float64Array>(copies).fill(none) })
  const cells = names.map(() => Array.from({ length: temperatures }, empty))
  for (const { slots, memory } of ladders) {
    const accumulator = accumulatorOf(memory)
    // Of a part of the job that is missing.
    if (accumulator.samples === 0) continue
    for (const { slot, copy, temperature: t } of slots) {
      const first = samples[t] === 0
      samples[t] = (samples[t] as number) + accumulator.samples
      for (const [k, column] of cells.entries()) {
        const cell = column[t] as Cell
        if (first) cell.origin = accumulator.origin(k, slot)
        cell.total += accumulator.total(k, slot, cell.origin)
        cell.squares += accumulator.totalSquares(k, slot, cell.origin)
        cell.copies[copy] = joinBins(accumulator.binsOf(k, slot, cell.origin), length / accumulator.binLength)
      }
    }
  }
  const count = (cells[0] ?? []).flatMap((cell) => cell.copies).reduce((most, own) => Math.max(most, own.length), 0)
  const columnOf = (name: string): readonly Cell[] => {
    const column = cells[names.indexOf(name)]
    if (!column) throw new Error(`no observable '${name}' among ${names.join(', ')}`)
    return column
  }
  const at = (name: string, t: number): Cell => columnOf(name)[t] as Cell
  const shifted = (name: string, t: number): number => at(name, t).total / (samples[t] as number)
  return {
    length,
    count,
    samples,
    origin: (name, t) => at(name, t).origin,
    shifted,
    mean: (name, t) => at(name, t).origin + shifted(name, t),
    meanSquare: (name, t) => at(name, t).squares / (samples[t] as number),
    copies: (name, t) => at(name, t).copies,
    rectangle: (name) => {
      const all = new Float64Array(temperatures * copies * count).fill(Number.NaN)
      for (const [t, cell] of columnOf(name).entries()) {
        for (const [copy, own] of cell.copies.entries()) {
          const from = (t * copies + copy) * count
          for (let bin = 0; bin < own.length; bin++) all[from + bin] = cell.origin + (own[bin] as number)
        }
      }
      return all
    },
  }
}

function joinBins(bins: Float64Array, times: number): Float64Array {
  if (times === 1) return bins
  return Float64Array.from({ length: Math.floor(bins.length / times) }, (_, i) => {
    let sum = 0
    for (let k = 0; k < times; k++) sum += bins[i * times + k] as number
    return sum / times
  })
}
