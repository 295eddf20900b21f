import type { Kernels } from '../engine/kernels.ts'
import { f64, type Offsets, type Parts, type Views } from '../engine/memory/fields.ts'

/** Bins kept at most; when they are full, neighbours are joined and bins are twice as long from then on. Even. */
const MAX_BINS = 256

/** Slots padded to whole SIMD words. */
export function strideOf(slots: number): number {
  return slots + (slots & 1)
}

/** Observables first, slots second: (observable, stride). @param name with which those begin that a checkpoint keeps */
export function accumulatorFields(name: string, observables: number, slots: number) {
  const width = observables * strideOf(slots)
  return {
    header: f64(4, { name: `${name}_counts`, longName: 'samples, full bins, samples in the bin under way, samples in a full bin' }),
    sample: f64(width),
    origins: f64(width, { name: `${name}_origins`, longName: 'first sample, which all sums and bins are without' }),
    sums: f64(width, { name: `${name}_sums`, longName: 'sums over the bin under way, less the first sample' }),
    squares: f64(width, { name: `${name}_squares`, longName: 'sums of squares over all samples, less the first' }),
    bins: f64(MAX_BINS * width, { name: `${name}_bins`, longName: 'means of full bins, less the first sample' }),
  }
}

type Fields = ReturnType<typeof accumulatorFields>

/**
 * Bins of the samples of one ladder, bounded in number, in shared memory.
 *
 * A sample is written into `sample` and taken by `add`. Everything is kept less the first sample, the origin: a quantity that
 * never moves leaves sums of exactly 0, and one that hardly moves loses no digits in the difference of a mean square and a
 * squared mean. The sum of squares over all samples gives the variance of one sample when bins have grown long.
 */
export class Accumulator {
  readonly observables: number
  readonly slots: number
  readonly stride: number
  /** The next sample, (observable, stride). */
  readonly sample: Float64Array
  readonly #at: Offsets<Fields>
  readonly #view: Views<Fields>
  readonly #width: number

  constructor(at: Offsets<Fields>, view: Views<Fields>, observables: number, slots: number) {
    this.observables = observables
    this.slots = slots
    this.stride = strideOf(slots)
    this.sample = view.sample
    this.#at = at
    this.#view = view
    this.#width = observables * this.stride
  }

  /** Where the next sample lies in the shared memory. */
  get sampleAt(): number {
    return this.#at.sample
  }

  /** Samples taken. */
  get samples(): number {
    return this.#view.header[0] as number
  }

  /** Bins that are full. */
  get filled(): number {
    return this.#view.header[1] as number
  }

  /** Samples in a full bin. */
  get binLength(): number {
    return (this.#view.header[3] as number) || 1
  }

  /** What a checkpoint keeps of its fields. */
  get parts(): Parts<Fields> {
    return { bins: (bins) => bins.subarray(0, this.filled * this.#width) }
  }

  /** Takes the sample in `sample`. */
  add(kernels: Kernels): void {
    const { header, origins, sums, bins } = this.#view
    if (this.samples === 0) origins.set(this.sample)
    kernels.accumulate(this.#at.sample, this.#at.origins, this.#at.sums, this.#at.squares, this.#width)
    const length = this.binLength
    const inBin = (header[2] as number) + 1
    if (inBin < length) {
      header[2] = inBin
    } else {
      const filled = this.filled
      const bin = bins.subarray(filled * this.#width, (filled + 1) * this.#width)
      for (let i = 0; i < bin.length; i++) bin[i] = (sums[i] as number) / length
      sums.fill(0)
      header[2] = 0
      header[1] = filled + 1
      if (filled + 1 === MAX_BINS) this.#join()
    }
    header[0] = this.samples + 1
  }

  /** First sample of one observable at one slot. */
  origin(observable: number, slot: number): number {
    return this.#view.origins[observable * this.stride + slot] as number
  }

  /** Means of the full bins of one observable at one slot, less `from`; exact where that is the origin. */
  binsOf(observable: number, slot: number, from = 0): Float64Array {
    const at = observable * this.stride + slot
    const shift = this.origin(observable, slot) - from
    const bins = new Float64Array(this.filled)
    for (let bin = 0; bin < bins.length; bin++) bins[bin] = (this.#view.bins[bin * this.#width + at] as number) + shift
    return bins
  }

  /** Sum over all samples, the unfinished bin included, each less `from`. */
  total(observable: number, slot: number, from = 0): number {
    return this.#deviations(observable, slot) + this.samples * (this.origin(observable, slot) - from)
  }

  /** Sum over all samples, each less the origin. */
  #deviations(observable: number, slot: number): number {
    const at = observable * this.stride + slot
    let sum = 0
    for (let bin = 0; bin < this.filled; bin++) sum += this.#view.bins[bin * this.#width + at] as number
    return sum * this.binLength + (this.#view.sums[at] as number)
  }

  /**
   * Sums over all samples of one observable while another thread may be adding: `total` of every slot, read row by row.
   *
   * Whatever it meets between is torn, so that the counts must fit each other before and after. A sample more or less in
   * the bin under way is not seen, and changes a mean by no more than that sample does.
   *
   * @param out (slots)
   * @returns the samples in the sums, or undefined where bins were being filled or joined; `out` is then worth nothing
   */
  readTotals(observable: number, out: Float64Array): number | undefined {
    const { samples, filled, binLength: length } = this
    const { header, origins, sums, bins } = this.#view
    const inBin = header[2] as number
    if (filled * length + inBin !== samples) return undefined
    const at = observable * this.stride
    out.fill(0)
    for (let bin = 0; bin < filled; bin++) {
      const row = bin * this.#width + at
      for (let slot = 0; slot < out.length; slot++) out[slot] = (out[slot] as number) + (bins[row + slot] as number)
    }
    const now = header[2] as number
    const count = filled * length + now
    for (let slot = 0; slot < out.length; slot++) {
      const deviations = (out[slot] as number) * length + (sums[at + slot] as number)
      out[slot] = deviations + count * (origins[at + slot] as number)
    }
    return this.filled === filled && this.binLength === length && now >= inBin ? count : undefined
  }

  /** Sum over all samples of the squares of what is left of each less `from`. */
  totalSquares(observable: number, slot: number, from = 0): number {
    const shift = this.origin(observable, slot) - from
    const squares = this.#view.squares[observable * this.stride + slot] as number
    return shift === 0 ? squares : squares + shift * (2 * this.#deviations(observable, slot) + this.samples * shift)
  }

  #join(): void {
    const { header, bins } = this.#view
    const width = this.#width
    for (let bin = 0; bin < MAX_BINS / 2; bin++) {
      const [to, a, b] = [bin * width, 2 * bin * width, (2 * bin + 1) * width]
      for (let i = 0; i < width; i++) bins[to + i] = ((bins[a + i] as number) + (bins[b + i] as number)) / 2
    }
    header[3] = 2 * this.binLength
    header[1] = MAX_BINS / 2
  }
}
