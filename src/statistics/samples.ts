import type { Description } from '../model/description.ts'
import type { ExactValues } from '../model/exact.ts'
import type { Parameters } from '../model/model.ts'

// What statistics take of a simulation, wherever it is kept.

/** A simulation, and what is known of it besides its samples. */
export interface SampledSimulation {
  readonly name: string
  readonly size: number
  readonly parameters: Parameters
  readonly description: Description
  readonly exact?: ExactValues | undefined
  readonly temperature: Float64Array
  /** Sweeps from one measurement to the next. */
  readonly measureEvery: number
  /** Integrated autocorrelation times in sweeps, by observable. */
  readonly quantities: Readonly<Record<string, { readonly tau?: Float64Array }>>
}

/** Measurements of one kind of all replicas, equally spaced in time. */
export interface Samples {
  /** `series`: every sample; `trace`: one out of several. */
  readonly kind: 'series' | 'trace'
  /** Names of the observables that were kept. */
  readonly observables: readonly string[]
  /** Sweeps of a replica before each of them, thermalization included, (sample); ascending. */
  readonly sweep: Float64Array
  readonly copies: number
  /** One observable of one copy at one temperature, (sample); NaN where nothing was measured. @throws FileError where the file is damaged */
  of(observable: string, temperature: number, copy: number): Float64Array
}

/** Histograms of the energies of all samples of a simulation, and sums of the other observables in their bins. */
export interface SampleHistogram {
  /** Samples of a stretch of time. */
  readonly length: number
  /** Group of copies and stretch of time of each block, (block). */
  readonly group: ArrayLike<number>
  readonly stretch: ArrayLike<number>
  /** Names of the columns that are summed. */
  readonly columns: readonly string[]
  /** Width of a bin and number of the first one, (temperature). */
  readonly width: ArrayLike<number>
  readonly first: ArrayLike<number>
  readonly bins: number
  /** Samples, (temperature, block, bin). */
  readonly counts: ArrayLike<number>
  /** Sums of a column, the same shape. @throws FileError where the file is damaged */
  of(column: string): ArrayLike<number>
}
