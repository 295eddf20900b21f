import { f64, i32 } from '../engine/memory/fields.ts'
import type { BinnedColumn } from '../model/columns.ts'

// What an energy histogram is made for, and what memory that takes.

/** Bins of a slot. */
export const BINS = 128
/** From the bins of one slot to those of the next, in records; 13 stay empty, as checkpoints of format 3 have them. */
export const SLOT_RECORDS = BINS + 13
/** Samples that wait to be put into bins at most. A power of 2, as lengths of stretches of time are. */
export const KEPT = 128
/** A line of the cache in doubles, between the samples that wait of one slot and of the next. */
const LINE = 8
/** Doubles of a slot's window: factor and shift of the bin, width and index of the first bin. */
export const WINDOW = 4
/** Stretches of time are there to make some 16 to 32 blocks where copies alone are fewer. */
const FEW_COPIES = 16

/** What a histogram is made for. */
export interface HistogramShape {
  readonly slots: number
  /** Columns of a sample that are summed; the first one is the energy per site. */
  readonly columns: readonly BinnedColumn[]
  readonly sites: number
  /** Copies of the simulation in all its ladders: few of them need stretches of time. */
  readonly copies: number
}

/** What the kernel calls the ways in which a column is made. */
const MADE = { kept: 0, square: 1, absolute: 2 } as const

/** Stretches of time at most; when they are full, neighbours are joined, so it is 1 or even. */
export function stretchesOf({ copies }: HistogramShape): number {
  return copies >= FEW_COPIES ? 1 : 2 * Math.ceil(FEW_COPIES / copies)
}

/** Pairs of columns: the last one is there twice if their number is odd. */
export function pairsOf({ columns }: HistogramShape): number {
  return Math.ceil(columns.length / 2)
}

/** Columns of a sample that do not follow from others. */
export function independentOf({ columns }: HistogramShape): number[] {
  return columns.flatMap(({ index, from }) => (from ? [] : [index]))
}

/** Doubles that wait of one slot when as many samples as possible do. */
export function keptOf(shape: HistogramShape): number {
  return KEPT * independentOf(shape).length + LINE
}

/** How each column of a record is made, in pairs: how, and of which kept or earlier column; see workers/kernels/histogram.ts. */
export function madeOf(shape: HistogramShape): number[] {
  const independent = independentOf(shape)
  const made = shape.columns.map(({ index, from }) => (from ? [MADE[from.by], from.column] : [MADE.kept, independent.indexOf(index)]))
  return (made.length % 2 === 0 ? made : [...made, made.at(-1) as number[]]).flat()
}

/** Doubles of one bin: pairs of columns, the count, and one that is 0. */
export function recordOf(shape: HistogramShape): number {
  return 2 * pairsOf(shape) + 2
}

/** Doubles of one stretch. */
export function sizeOf(shape: HistogramShape): number {
  return shape.slots * SLOT_RECORDS * recordOf(shape)
}

/** @param name with which those begin that a checkpoint keeps */
export function histogramFields(name: string, shape: HistogramShape) {
  return {
    header: f64(2, { name: `${name}_counts`, longName: 'samples, and samples of a stretch of time' }),
    columns: i32(independentOf(shape).length),
    made: i32(4 * pairsOf(shape)),
    /** [samples that wait to be put into bins] */
    waiting: i32(1),
    kept: f64(shape.slots * keptOf(shape)),
    values: f64(2 * pairsOf(shape) * KEPT),
    windows: f64(WINDOW * shape.slots, {
      name: `${name}_windows`,
      longName: 'factor and shift from the energy per site to the bin, width and index of the first bin, (slot, 4)',
    }),
    places: i32(KEPT),
    bins: f64(stretchesOf(shape) * sizeOf(shape), {
      name: `${name}_bins`,
      longName: 'counts and sums of each bin, (stretch of time, slot, bin and 13 that are empty, columns and count)',
      sparse: true,
    }),
  }
}

export type HistogramFields = ReturnType<typeof histogramFields>
