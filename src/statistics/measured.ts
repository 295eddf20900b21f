import type { MultiHistogram } from './multi-histogram.ts'

/** What an archive holds of a simulation for reweighting, whatever it lies in. */
export interface Measured {
  /** What is averaged, by name: the energy first. */
  readonly columns: readonly string[]
  /** Blocks of the jackknife. */
  readonly blocks: number
  /** Where there are samples, ascending. */
  readonly temperatures: readonly MeasuredTemperature[]
  /** All samples of temperatures from ... to - 1 together; their energies must overlap. */
  readonly histogram: (from: number, to: number) => MultiHistogram
}

/** One temperature that has samples. */
export interface MeasuredTemperature {
  readonly temperature: number
  /** Total energies that stand for all, not per site. */
  readonly energy: Float64Array
}
