import type { Accumulator } from '../ensemble/accumulator.ts'
import type { EnsembleMemory, EnsembleSpec } from '../ensemble/memory.ts'

/** What an ensemble holds of one simulation. */
export interface OwnSlots {
  readonly spec: EnsembleSpec
  readonly memory: EnsembleMemory
  readonly slots: readonly { readonly slot: number; readonly copy: number; readonly temperature: number }[]
  /** Part of all its slots. */
  readonly share: number
}

export function ownSlots({ name }: { readonly name: string }, spec: EnsembleSpec, memory: EnsembleMemory): OwnSlots {
  const slots = spec.slots.flatMap(({ copy, point }, slot) => {
    const at = spec.points[point]
    return at?.simulation === name ? [{ slot, copy, temperature: at.temperature }] : []
  })
  return { spec, memory, slots, share: slots.length / spec.slots.length }
}

/** Bins of one simulation, sorted by temperature and copy, all of one length. */
export interface Binned {
  /** Samples in a bin. */
  readonly length: number
  /** Most full bins of a copy. */
  readonly count: number
  /** Samples of each temperature over all copies, unfinished bins included. */
  readonly samples: Float64Array
  /** Mean over all samples. */
  mean(name: string, temperature: number): number
  /** Mean of the squares of all samples. */
  meanSquare(name: string, temperature: number): number
  /** Full bins of each copy. */
  copies(name: string, temperature: number): readonly Float64Array[]
  /** (temperature, copy, bin), filled up with NaN. */
  rectangle(name: string): Float64Array
}

/**
 * Sorts the bins of all ensembles into the (temperature, copy) grid. Ensembles that are not equally far may have bins of
 * different lengths, always powers of two: the shorter ones are joined.
 */
export function binGrid(
  ensembles: readonly OwnSlots[],
  accumulatorOf: (memory: EnsembleMemory) => Accumulator,
  names: readonly string[],
  temperatures: number,
  copies: number,
): Binned {
  const length = Math.max(...ensembles.map(({ memory }) => accumulatorOf(memory).binLength))
  const samples = new Float64Array(temperatures)
  const zeros = (): Float64Array[] => names.map(() => new Float64Array(temperatures))
  const [totals, squares] = [zeros(), zeros()]
  const bins = names.map(() => Array.from({ length: temperatures }, () => new Array<Float64Array>(copies).fill(new Float64Array())))
  for (const { slots, memory } of ensembles) {
    const accumulator = accumulatorOf(memory)
    for (const { slot, copy, temperature: t } of slots) {
      samples[t] = (samples[t] as number) + accumulator.samples
      for (const k of names.keys()) {
        add(totals[k], t, accumulator.total(k, slot))
        add(squares[k], t, accumulator.totalSquares(k, slot))
        const column = bins[k]?.[t]
        if (column) column[copy] = joinBins(accumulator.binsOf(k, slot), length / accumulator.binLength)
      }
    }
  }
  const count = (bins[0] ?? []).flat().reduce((most, own) => Math.max(most, own.length), 0)
  const index = (name: string): number => {
    const k = names.indexOf(name)
    if (k < 0) throw new Error(`no observable '${name}' among ${names.join(', ')}`)
    return k
  }
  return {
    length,
    count,
    samples,
    mean: (name, t) => (totals[index(name)]?.[t] as number) / (samples[t] as number),
    meanSquare: (name, t) => (squares[index(name)]?.[t] as number) / (samples[t] as number),
    copies: (name, t) => bins[index(name)]?.[t] ?? [],
    rectangle: (name) => {
      const all = new Float64Array(temperatures * copies * count).fill(Number.NaN)
      for (const [t, column] of (bins[index(name)] ?? []).entries()) {
        for (const [copy, own] of column.entries()) all.set(own, (t * copies + copy) * count)
      }
      return all
    },
  }
}

function add(to: Float64Array | undefined, i: number, value: number): void {
  if (to) to[i] = (to[i] as number) + value
}

function joinBins(bins: Float64Array, times: number): Float64Array {
  if (times === 1) return bins
  return Float64Array.from({ length: Math.floor(bins.length / times) }, (_, i) => {
    let sum = 0
    for (let k = 0; k < times; k++) sum += bins[i * times + k] as number
    return sum / times
  })
}
