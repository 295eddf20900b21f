import type { Kernels } from '../engine/kernels.ts'
import type { Field } from '../engine/memory/fields.ts'
import type { Layout } from '../engine/memory/layout.ts'
import type { BinnedColumn } from '../model/columns.ts'

/** Bins of a slot. */
export const BINS = 128
/** From the bins of one slot to those of the next, in records; 13 stay empty, as checkpoints of format 3 have them. */
const SLOT_RECORDS = BINS + 13
/** Samples that wait to be put into bins at most. A power of 2, as lengths of stretches of time are. */
const KEPT = 128
/** A line of the cache in doubles, between the samples that wait of one slot and of the next. */
const LINE = 8
/** Doubles of a slot's window: factor and shift of the bin, width and index of the first bin. */
const WINDOW = 4
/** Samples of a stretch of time at first. */
const FIRST_LENGTH = 32
/** Stretches of time are there to make some 16 to 32 blocks where copies alone are fewer. */
const FEW_COPIES = 16
/** Bins at first in √N T, which the standard deviation of the energy is of the order of: too fine to last. */
const FINE = 64
/** What is added to an energy, in sites, so that rounding does not put a level of a discrete energy now below an edge, now above. */
const NUDGE = 2 ** -40
/** Least width of a bin in sites: the number of a bin must not be beyond what a double counts. */
const LEAST = 2 ** -26

export type HistogramKernels = Pick<Kernels, 'histogramFill' | 'histogramJoin' | 'histogramKeep'>

/** Where a histogram's fields lie. */
interface Offsets {
  readonly header: number
  readonly columns: number
  readonly made: number
  readonly waiting: number
  readonly kept: number
  readonly values: number
  readonly windows: number
  readonly places: number
  readonly bins: number
}

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

/** Indices into the header. */
const Header = {
  samples: 0,
  /** Samples of a stretch; 0 before the first. */
  length: 1,
} as const

/** Stretches of time at most; when they are full, neighbours are joined, so it is 1 or even. */
function stretchesOf({ copies }: HistogramShape): number {
  return copies >= FEW_COPIES ? 1 : 2 * Math.ceil(FEW_COPIES / copies)
}

/** Adding this to a double and taking it off again rounds it to a whole number. */
const ROUND = 1.5 * 2 ** 52

/** The bin of an energy per site, counted from the first one of a window; it may lie outside. */
function binOf(energy: number, factor: number, shift: number): number {
  return energy * factor + shift + ROUND - ROUND
}

/** Pairs of columns: the last one is there twice if their number is odd. */
function pairsOf({ columns }: HistogramShape): number {
  return Math.ceil(columns.length / 2)
}

/** Columns of a sample that do not follow from others. */
function independentOf({ columns }: HistogramShape): number[] {
  return columns.flatMap(({ index, from }) => (from ? [] : [index]))
}

/** Doubles that wait of one slot when as many samples as possible do. */
function keptOf(shape: HistogramShape): number {
  return KEPT * independentOf(shape).length + LINE
}

/** How each column of a record is made, in pairs: how, and of which kept or earlier column; see workers/kernels/histogram.ts. */
function madeOf(shape: HistogramShape): number[] {
  const independent = independentOf(shape)
  const made = shape.columns.map(({ index, from }) => (from ? [MADE[from.by], from.column] : [MADE.kept, independent.indexOf(index)]))
  return (made.length % 2 === 0 ? made : [...made, made.at(-1) as number[]]).flat()
}

/** Doubles of one bin: pairs of columns, the count, and one that is 0. */
function recordOf(shape: HistogramShape): number {
  return 2 * pairsOf(shape) + 2
}

/** Doubles of one stretch. */
function sizeOf(shape: HistogramShape): number {
  return shape.slots * SLOT_RECORDS * recordOf(shape)
}

/**
 * Histograms of the energy of every slot and stretch of time, with the sums of all columns in each bin, of all samples: what
 * reweighting needs of them, in a bounded number of bins.
 *
 * The bins of a slot are [(i - nudge) w, (i + 1 - nudge) w) of the total energy, i = first, first + 1 ... and w a power of 2, so that those of different
 * slots fit into each other. Where an energy lies outside, the window of bins slides, or, where what is occupied would not fit,
 * neighbours are joined and w is twice as large from then on. As each bin has the sum of its energies, that costs nothing at the
 * simulated temperature, and between temperatures next to nothing as long as w is small against the standard deviation, of which
 * there are 6 to 13 bins.
 *
 * All stretches have the same length; when all are full, neighbours are joined.
 */
export class EnergyHistogram {
  /** Doubles of one bin: sums of the columns, and the count at `countAt`. */
  readonly record: number
  readonly countAt: number
  readonly sites: number
  readonly #shape: HistogramShape
  readonly #at: Offsets
  readonly #header: Float64Array
  readonly #independent: number
  readonly #pairs: number
  readonly #kept: number
  readonly #size: number
  /** [samples that wait to be put into bins] */
  readonly #waiting: Int32Array
  readonly #windows: Float64Array
  readonly #bins: Float64Array
  readonly #memory: Float64Array
  /** Bins of one slot and stretch on their way. */
  readonly #widened: Float64Array

  static layout(layout: Layout, shape: HistogramShape): Offsets {
    return {
      header: layout.f64(2),
      columns: layout.i32(independentOf(shape).length),
      made: layout.i32(4 * pairsOf(shape)),
      waiting: layout.i32(1),
      kept: layout.f64(shape.slots * keptOf(shape)),
      values: layout.f64(2 * pairsOf(shape) * KEPT),
      windows: layout.f64(WINDOW * shape.slots),
      places: layout.i32(KEPT),
      bins: layout.f64(stretchesOf(shape) * sizeOf(shape)),
    }
  }

  constructor(buffer: ArrayBufferLike, at: Offsets, shape: HistogramShape) {
    this.record = recordOf(shape)
    this.countAt = this.record - 2
    this.sites = shape.sites
    this.#shape = shape
    this.#at = at
    this.#memory = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
    this.#widened = new Float64Array(BINS * this.record)
    this.#header = new Float64Array(buffer, at.header, 2)
    // Here, as they are not among what a checkpoint keeps.
    const independent = independentOf(shape)
    new Int32Array(buffer, at.columns, independent.length).set(independent)
    new Int32Array(buffer, at.made, 4 * pairsOf(shape)).set(madeOf(shape))
    this.#independent = independent.length
    this.#pairs = pairsOf(shape)
    this.#kept = keptOf(shape)
    this.#size = sizeOf(shape)
    this.#waiting = new Int32Array(buffer, at.waiting, 1)
    this.#windows = new Float64Array(buffer, at.windows, WINDOW * shape.slots)
    this.#bins = new Float64Array(buffer, at.bins, stretchesOf(shape) * sizeOf(shape))
  }

  /** Samples in the bins. */
  get samples(): number {
    return this.#header[Header.samples] as number
  }

  /** Samples of a stretch of time; all there are where there is one stretch alone. */
  get length(): number {
    return stretchesOf(this.#shape) === 1 ? this.samples : this.#length
  }

  /** Stretches that have samples. */
  get stretches(): number {
    return stretchesOf(this.#shape) === 1 ? Math.min(1, this.samples) : Math.ceil(this.samples / this.#length)
  }

  /** Width of the bins of a slot in units of the total energy, and index of the first; the width is 0 before the first sample. */
  windowOf(slot: number): { readonly width: number; readonly first: number } {
    return { width: this.#windows[WINDOW * slot + 2] as number, first: this.#windows[WINDOW * slot + 3] as number }
  }

  /** The bins of a slot in one stretch of time, (bin, record). */
  binsOf(stretch: number, slot: number): Float64Array {
    const from = stretch * sizeOf(this.#shape) + slot * SLOT_RECORDS * this.record
    return this.#bins.subarray(from, from + BINS * this.record)
  }

  /** What a checkpoint keeps, under names that begin with `name`. */
  persistent(name: string): Field[] {
    return [
      { name: `${name}_counts`, longName: 'samples, and samples of a stretch of time', view: () => this.#header },
      {
        name: `${name}_windows`,
        longName: 'factor and shift from the energy per site to the bin, width and index of the first bin, (slot, 4)',
        view: () => this.#windows,
      },
      {
        name: `${name}_bins`,
        longName: 'counts and sums of each bin, (stretch of time, slot, bin and 13 that are empty, columns and count)',
        view: () => this.#bins.subarray(0, this.stretches * sizeOf(this.#shape)),
        sparse: true,
      },
    ]
  }

  /**
   * Takes a sample. It waits for others before it is put into its bins: `flush`.
   *
   * @param sample offset of (column, stride)
   * @param temperatureOf asked once for each slot
   */
  add(kernels: HistogramKernels, sample: number, stride: number, temperatureOf: (slot: number) => number): void {
    const { slots, columns } = this.#shape
    const waiting = this.#waiting[0] as number
    if (this.samples + waiting === 0) this.#begin(sample + 8 * stride * (columns[0]?.index as number), temperatureOf)
    kernels.histogramKeep(sample, stride, this.#at.columns, this.#independent, this.#at.kept, waiting, slots)
    this.#waiting[0] = waiting + 1
    const together = stretchesOf(this.#shape) === 1 ? KEPT : Math.min(KEPT, this.#length)
    if ((this.samples + waiting + 1) % together === 0) this.flush(kernels)
  }

  /** Puts the samples that wait into their bins: to be called before anybody else looks at them. */
  flush(kernels: HistogramKernels): void {
    const waiting = this.#waiting[0] as number
    if (waiting === 0) return
    const most = stretchesOf(this.#shape)
    const stretch = most === 1 ? 0 : Math.floor(this.samples / this.#length)
    for (let slot = 0; slot < this.#shape.slots; slot++) this.#fill(kernels, slot, stretch, waiting)
    this.#waiting[0] = 0
    this.#header[Header.samples] = this.samples + waiting
    if (most > 1 && this.samples === most * this.#length) this.#joinStretches(kernels, most)
  }

  #fill(kernels: HistogramKernels, slot: number, stretch: number, waiting: number): void {
    const { made, values, places, windows } = this.#at
    const kept = this.#at.kept + 8 * slot * this.#kept
    const window = windows + 8 * WINDOW * slot
    const bins = this.#at.bins + 8 * (stretch * this.#size + slot * SLOT_RECORDS * this.record)
    for (let done = 0; ; ) {
      done = kernels.histogramFill(kept, made, this.#pairs, values, places, window, bins, done, waiting)
      if (done === waiting) return
      this.#makeRoom(slot, this.#memory[kept / 8 + done] as number, stretch + 1)
    }
  }

  get #length(): number {
    return this.#header[Header.length] as number
  }

  /** Windows around the energies of the first sample. */
  #begin(energies: number, temperatureOf: (slot: number) => number): void {
    const { slots, sites } = this.#shape
    this.#header[Header.length] = FIRST_LENGTH
    for (let slot = 0; slot < slots; slot++) {
      const finest = Math.max((temperatureOf(slot) * Math.sqrt(sites)) / FINE, LEAST * sites)
      const width = 2 ** Math.floor(Math.log2(finest))
      const energy = this.#memory[energies / 8 + slot] as number
      this.#put(slot, width, Math.floor((energy * sites) / width) - BINS / 2)
    }
  }

  #put(slot: number, width: number, first: number): void {
    const { sites } = this.#shape
    this.#windows.set([sites / width, (NUDGE * sites) / width - first - 0.5, width, first], WINDOW * slot)
  }

  #joinStretches(kernels: HistogramKernels, most: number): void {
    const size = sizeOf(this.#shape)
    const bytes = 8 * size
    for (let stretch = 0; stretch < most / 2; stretch++) {
      kernels.histogramJoin(this.#at.bins + stretch * bytes, this.#at.bins + 2 * stretch * bytes, bytes)
    }
    this.#bins.fill(0, (most / 2) * size)
    this.#header[Header.length] = 2 * this.#length
  }

  /** Moves the window of a slot, with wider bins if it must be, so that an energy per site is in it. */
  #makeRoom(slot: number, energy: number, stretches: number): void {
    if (!Number.isFinite(energy)) throw new Error(`the energy of slot ${slot} is ${energy}`)
    const { width, first } = this.windowOf(slot)
    const own = first + binOf(energy, this.#windows[WINDOW * slot] as number, this.#windows[WINDOW * slot + 1] as number)
    let [low, high] = [own, own]
    const parts = Array.from({ length: stretches }, (_, stretch) => this.binsOf(stretch, slot))
    for (const bins of parts) {
      for (let bin = 0; bin < BINS; bin++) {
        if (bins[bin * this.record + this.countAt] === 0) continue
        low = Math.min(low, first + bin)
        high = Math.max(high, first + bin)
      }
    }
    let times = 1
    while (Math.floor(high / times) - Math.floor(low / times) >= BINS) times *= 2
    const [least, most] = [Math.floor(low / times), Math.floor(high / times)]
    const start = least - Math.floor((BINS - (most - least + 1)) / 2)
    for (const bins of parts) {
      if (times === 1) this.#slide(bins, first - start)
      else this.#widen(bins, (bin) => Math.floor((first + bin) / times) - start)
    }
    this.#put(slot, times * width, start)
  }

  /** Moves all bins by as many places; those that fall out are empty. */
  #slide(bins: Float64Array, places: number): void {
    const by = places * this.record
    if (by > 0) bins.copyWithin(by, 0).fill(0, 0, by)
    else bins.copyWithin(0, -by).fill(0, bins.length + by)
  }

  #widen(bins: Float64Array, to: (bin: number) => number): void {
    const { record } = this
    const moved = this.#widened.fill(0)
    for (let bin = 0; bin < BINS; bin++) {
      if (bins[bin * record + this.countAt] === 0) continue
      const at = to(bin) * record
      for (let i = 0; i < record; i++) moved[at + i] = (moved[at + i] as number) + (bins[bin * record + i] as number)
    }
    bins.set(moved)
  }
}
