import type { Kernels } from '../engine/kernels.ts'
import type { Offsets, Parts, Views } from '../engine/memory/fields.ts'
import {
  BINS,
  type HistogramFields,
  type HistogramShape,
  independentOf,
  KEPT,
  keptOf,
  madeOf,
  pairsOf,
  recordOf,
  SLOT_RECORDS,
  sizeOf,
  stretchesOf,
  WINDOW,
} from './histogram-shape.ts'

/** Samples of a stretch of time at first. */
const FIRST_LENGTH = 32
/** Bins at first in √N T, which the standard deviation of the energy is of the order of: too fine to last. */
const FINE = 64
/** What is added to an energy, in sites, so that rounding does not put a level of a discrete energy now below an edge, now above. */
const NUDGE = 2 ** -40
/** Least width of a bin in sites: the number of a bin must not be beyond what a double counts. */
const LEAST = 2 ** -26

export type HistogramKernels = Pick<Kernels, 'histogramFill' | 'histogramJoin' | 'histogramKeep'>

/** Indices into the header. */
const Header = {
  samples: 0,
  /** Samples of a stretch; 0 before the first. */
  length: 1,
} as const

/** Adding this to a double and taking it off again rounds it to a whole number. */
const ROUND = 1.5 * 2 ** 52

/** The bin of an energy per site, counted from the first one of a window; it may lie outside. */
function binOf(energy: number, factor: number, shift: number): number {
  return energy * factor + shift + ROUND - ROUND
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
  readonly #at: Offsets<HistogramFields>
  readonly #view: Views<HistogramFields>
  readonly #independent: number
  readonly #pairs: number
  readonly #kept: number
  readonly #size: number
  readonly #memory: Float64Array
  /** Bins of one slot and stretch on their way. */
  readonly #widened: Float64Array

  constructor(at: Offsets<HistogramFields>, view: Views<HistogramFields>, shape: HistogramShape) {
    this.record = recordOf(shape)
    this.countAt = this.record - 2
    this.sites = shape.sites
    this.#shape = shape
    this.#at = at
    this.#view = view
    const { buffer } = view.bins
    this.#memory = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
    this.#widened = new Float64Array(BINS * this.record)
    // Here, as they are not among what a checkpoint keeps.
    view.columns.set(independentOf(shape))
    view.made.set(madeOf(shape))
    this.#independent = view.columns.length
    this.#pairs = pairsOf(shape)
    this.#kept = keptOf(shape)
    this.#size = sizeOf(shape)
  }

  /** Samples in the bins. */
  get samples(): number {
    return this.#view.header[Header.samples] as number
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
    return { width: this.#view.windows[WINDOW * slot + 2] as number, first: this.#view.windows[WINDOW * slot + 3] as number }
  }

  /** The bins of a slot in one stretch of time, (bin, record). */
  binsOf(stretch: number, slot: number): Float64Array {
    const from = stretch * sizeOf(this.#shape) + slot * SLOT_RECORDS * this.record
    return this.#view.bins.subarray(from, from + BINS * this.record)
  }

  /** What a checkpoint keeps of its fields. */
  get parts(): Parts<HistogramFields> {
    return { bins: (bins) => bins.subarray(0, this.stretches * sizeOf(this.#shape)) }
  }

  /**
   * Takes a sample. It waits for others before it is put into its bins: `flush`.
   *
   * @param sample offset of (column, stride)
   * @param temperatureOf asked once for each slot
   */
  add(kernels: HistogramKernels, sample: number, stride: number, temperatureOf: (slot: number) => number): void {
    const { slots, columns } = this.#shape
    const waiting = this.#view.waiting[0] as number
    if (this.samples + waiting === 0) this.#begin(sample + 8 * stride * (columns[0]?.index as number), temperatureOf)
    kernels.histogramKeep(sample, stride, this.#at.columns, this.#independent, this.#at.kept, waiting, slots)
    this.#view.waiting[0] = waiting + 1
    const together = stretchesOf(this.#shape) === 1 ? KEPT : Math.min(KEPT, this.#length)
    if ((this.samples + waiting + 1) % together === 0) this.flush(kernels)
  }

  /** Puts the samples that wait into their bins: to be called before anybody else looks at them. */
  flush(kernels: HistogramKernels): void {
    const waiting = this.#view.waiting[0] as number
    if (waiting === 0) return
    const most = stretchesOf(this.#shape)
    const stretch = most === 1 ? 0 : Math.floor(this.samples / this.#length)
    for (let slot = 0; slot < this.#shape.slots; slot++) this.#fill(kernels, slot, stretch, waiting)
    this.#view.waiting[0] = 0
    this.#view.header[Header.samples] = this.samples + waiting
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
    return this.#view.header[Header.length] as number
  }

  /** Windows around the energies of the first sample. */
  #begin(energies: number, temperatureOf: (slot: number) => number): void {
    const { slots, sites } = this.#shape
    this.#view.header[Header.length] = FIRST_LENGTH
    for (let slot = 0; slot < slots; slot++) {
      const finest = Math.max((temperatureOf(slot) * Math.sqrt(sites)) / FINE, LEAST * sites)
      const width = 2 ** Math.floor(Math.log2(finest))
      const energy = this.#memory[energies / 8 + slot] as number
      this.#put(slot, width, Math.floor((energy * sites) / width) - BINS / 2)
    }
  }

  #put(slot: number, width: number, first: number): void {
    const { sites } = this.#shape
    this.#view.windows.set([sites / width, (NUDGE * sites) / width - first - 0.5, width, first], WINDOW * slot)
  }

  #joinStretches(kernels: HistogramKernels, most: number): void {
    const size = sizeOf(this.#shape)
    const bytes = 8 * size
    for (let stretch = 0; stretch < most / 2; stretch++) {
      kernels.histogramJoin(this.#at.bins + stretch * bytes, this.#at.bins + 2 * stretch * bytes, bytes)
    }
    this.#view.bins.fill(0, (most / 2) * size)
    this.#view.header[Header.length] = 2 * this.#length
  }

  /** Moves the window of a slot, with wider bins if it must be, so that an energy per site is in it. */
  #makeRoom(slot: number, energy: number, stretches: number): void {
    if (!Number.isFinite(energy)) throw new Error(`the energy of slot ${slot} is ${energy}`)
    const { width, first } = this.windowOf(slot)
    const own = first + binOf(energy, this.#view.windows[WINDOW * slot] as number, this.#view.windows[WINDOW * slot + 1] as number)
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
