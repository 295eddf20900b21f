import type { Kernels } from '../memory/kernels.ts'
import type { LastingField } from '../memory/lasting.ts'
import type { Layout } from '../memory/layout.ts'
import { BINS, binOf, heldAt, linesOf, pairsOf, plainHistogram, recordOf, ROWS, TILE, WINDOW } from './histogram-plain.ts'

/** Samples of a stretch of time at first: so many, or a multiple, wait before they are added. */
const FIRST_LENGTH = 32
/** Stretches of time are there to make some 16 to 32 blocks where copies alone are fewer. */
const FEW_COPIES = 16
/** Bins at first in √N T, which the standard deviation of the energy is of the order of: too fine to last. */
const FINE = 64
/** What is added to an energy, in sites, so that rounding does not put a level of a discrete energy now below an edge, now above. */
const NUDGE = 2 ** -40
/** Least width of a bin in sites: the number of a bin must not be beyond what a double counts. */
const LEAST = 2 ** -26

/** Where a histogram's fields lie. */
interface Offsets {
  readonly header: number
  readonly kept: number
  readonly windows: number
  readonly held: number
  readonly bins: number
}

/** What a histogram is made for. */
export interface HistogramShape {
  readonly slots: number
  /** Columns of a sample that are summed; the first one is the energy per site. */
  readonly kept: readonly number[]
  readonly sites: number
  /** Copies of the simulation in all its ensembles: few of them need stretches of time. */
  readonly copies: number
}

/** Indices into the header. */
const Header = {
  /** Samples taken, those that wait included. */
  samples: 0,
  /** Samples that wait. */
  waiting: 1,
  /** Samples of a stretch; 0 before the first. */
  length: 2,
} as const

/** Stretches of time at most; when they are full, neighbours are joined, so it is 1 or even. */
function stretchesOf({ copies }: HistogramShape): number {
  return copies >= FEW_COPIES ? 1 : 2 * Math.ceil(FEW_COPIES / copies)
}

/** Doubles of one stretch. */
function sizeOf({ slots, kept }: HistogramShape): number {
  return slots * BINS * recordOf(kept.length)
}

/** Doubles of the samples that wait. */
function heldSize({ slots, kept }: HistogramShape): number {
  return 2 * TILE * linesOf(pairsOf(kept.length)) * Math.ceil(slots / TILE)
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
 * All stretches have the same length; when all are full, neighbours are joined. Samples wait in a buffer and are added slot by
 * slot, in order: how many wait at a time changes no bit.
 */
export class EnergyHistogram {
  /** Doubles of one bin: sums of the columns, and the count at `countAt`. */
  readonly record: number
  readonly countAt: number
  readonly sites: number
  readonly #shape: HistogramShape
  readonly #at: Offsets
  readonly #header: Float64Array
  readonly #windows: Float64Array
  readonly #held: Float64Array
  readonly #bins: Float64Array
  readonly #buffer: ArrayBufferLike
  /** Bins of one slot and stretch on their way. */
  readonly #widened: Float64Array

  static layout(layout: Layout, shape: HistogramShape): Offsets {
    return {
      header: layout.f64(4),
      kept: layout.i32(2 * pairsOf(shape.kept.length)),
      windows: layout.f64(WINDOW * shape.slots),
      held: layout.f64(heldSize(shape)),
      bins: layout.f64(stretchesOf(shape) * sizeOf(shape)),
    }
  }

  constructor(buffer: ArrayBufferLike, at: Offsets, shape: HistogramShape) {
    const { slots, kept, sites } = shape
    this.record = recordOf(kept.length)
    this.countAt = this.record - 2
    this.sites = sites
    this.#shape = shape
    this.#at = at
    this.#buffer = buffer
    this.#widened = new Float64Array(BINS * this.record)
    this.#header = new Float64Array(buffer, at.header, 4)
    this.#windows = new Float64Array(buffer, at.windows, WINDOW * slots)
    this.#held = new Float64Array(buffer, at.held, heldSize(shape))
    this.#bins = new Float64Array(buffer, at.bins, stretchesOf(shape) * sizeOf(shape))
  }

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

  /** The bins of a slot in one stretch of time, (bin, record). Call only while none wait. */
  binsOf(stretch: number, slot: number): Float64Array {
    const length = BINS * this.record
    const from = stretch * sizeOf(this.#shape) + slot * length
    return this.#bins.subarray(from, from + length)
  }

  /** What a checkpoint keeps, under names that begin with `name`. Call only while none wait. */
  lasting(name: string): LastingField[] {
    return [
      { name: `${name}_counts`, longName: 'samples, samples that wait, samples of a stretch of time', view: () => this.#header },
      {
        name: `${name}_windows`,
        longName: 'factor and shift from the energy per site to the bin, width and index of the first bin, (slot, 4)',
        view: () => this.#windows,
      },
      {
        name: `${name}_bins`,
        longName: 'counts and sums of each bin, (stretch of time, slot, bin, columns and count)',
        view: () => this.#bins.subarray(0, this.stretches * sizeOf(this.#shape)),
        sparse: true,
      },
    ]
  }

  /**
   * Takes a sample.
   *
   * @param sample offset of (column, stride)
   * @param temperatureOf asked once for each slot
   */
  add(kernels: Kernels, sample: number, stride: number, temperatureOf: (slot: number) => number): void {
    const header = this.#header
    const { slots, kept } = this.#shape
    const waiting = header[Header.waiting] as number
    if (waiting === 0) this.#begin()
    kernels.histogramHold(sample, stride, this.#at.kept, pairsOf(kept.length), this.#at.held, waiting, slots)
    if (this.samples === 0) this.#open(temperatureOf)
    header[Header.samples] = this.samples + 1
    header[Header.waiting] = waiting + 1
    if (waiting + 1 === ROWS || this.samples % this.#length === 0) this.#flush(kernels)
  }

  /** Adds what waits, in plain TypeScript. */
  settle(): void {
    if (this.#header[Header.waiting] !== 0) this.#flush(plainHistogram(this.#buffer))
  }

  get #length(): number {
    return this.#header[Header.length] as number
  }

  /** What a memory that was 0, or was filled from a checkpoint, still needs. */
  #begin(): void {
    if (this.#length === 0) this.#header[Header.length] = FIRST_LENGTH
    const { kept } = this.#shape
    const columns = new Int32Array(this.#buffer, this.#at.kept, 2 * pairsOf(kept.length))
    columns.fill(kept.at(-1) as number)
    columns.set(kept)
  }

  /** Windows around the first sample, which waits. */
  #open(temperatureOf: (slot: number) => number): void {
    const { slots, sites } = this.#shape
    for (let slot = 0; slot < slots; slot++) {
      const finest = Math.max((temperatureOf(slot) * Math.sqrt(sites)) / FINE, LEAST * sites)
      const width = 2 ** Math.floor(Math.log2(finest))
      this.#put(slot, width, Math.floor((this.#energyOf(slot, 0) * sites) / width) - BINS / 2)
    }
  }

  #put(slot: number, width: number, first: number): void {
    const { sites } = this.#shape
    this.#windows.set([sites / width, (NUDGE * sites) / width - first - 0.5, width, first], WINDOW * slot)
  }

  /** Energy per site of a row that waits. */
  #energyOf(slot: number, row: number): number {
    return this.#held[heldAt(slot, row, 0, pairsOf(this.#shape.kept.length))] as number
  }

  #flush(kernels: Pick<Kernels, 'histogramAdd' | 'histogramJoin'>): void {
    const { slots, kept } = this.#shape
    const waiting = this.#header[Header.waiting] as number
    const most = stretchesOf(this.#shape)
    const stretch = most === 1 ? 0 : Math.floor((this.samples - waiting) / this.#length)
    const bins = this.#at.bins + 8 * stretch * sizeOf(this.#shape)
    for (let next = 0; next >= 0; ) {
      next = kernels.histogramAdd(this.#at.held, bins, this.#at.windows, next, slots, waiting, pairsOf(kept.length))
      if (next >= 0) this.#makeRoom(Math.floor(next / ROWS), next % ROWS, stretch + 1)
    }
    this.#header[Header.waiting] = 0
    if (most > 1 && this.samples === most * this.#length) this.#joinStretches(kernels, most)
  }

  #joinStretches(kernels: Pick<Kernels, 'histogramJoin'>, most: number): void {
    const size = sizeOf(this.#shape)
    const bytes = 8 * size
    for (let stretch = 0; stretch < most / 2; stretch++) {
      kernels.histogramJoin(this.#at.bins + stretch * bytes, this.#at.bins + 2 * stretch * bytes, bytes)
    }
    this.#bins.fill(0, (most / 2) * size)
    this.#header[Header.length] = 2 * this.#length
  }

  /** Moves the window of a slot, with wider bins if it must be, so that the energy of a row that waits is in it. */
  #makeRoom(slot: number, row: number, stretches: number): void {
    const energy = this.#energyOf(slot, row)
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
