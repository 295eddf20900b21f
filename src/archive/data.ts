import type { Job } from '../job/types.ts'
import type { Description } from '../model/description.ts'
import type { Moves } from '../model/model.ts'
import type { ExchangeData, SchemeGroup } from '../sampling/scheme.ts'
import type { MeasuredName, ParametersOf, QuantityName, SampledName, UpdateName } from '../model/types.ts'
import type { CheckpointData } from './checkpoint.ts'

/**
 * Version of the file's layout and of the moves that its checkpoints go on with; a reader refuses a newer one, and only
 * checkpoints of this one are resumed.
 */
export const FORMAT_VERSION = 3

export type ArchiveStatus = 'running' | 'interrupted' | 'complete'

/** A dimension besides the temperature. */
export interface AxisData {
  readonly name: string
  readonly longName: string
  readonly values: Float64Array
}

/** One quantity on the temperature grid, (temperature, ...axes); NaN where it cannot be given. */
export interface QuantityData<Name extends string = string> {
  readonly name: Name
  readonly longName: string
  readonly units: string
  readonly axes?: readonly AxisData[]
  readonly mean: Float64Array
  readonly error: Float64Array
  /** Integrated autocorrelation time in sweeps, its error, and R̂ between copies; measured quantities only. */
  readonly tau?: Float64Array
  readonly tauError?: Float64Array
  readonly rhat?: Float64Array
}

/** Histograms of the energy of all samples, with the sums of observables in each bin: what reweighting reads. */
export interface HistogramData {
  /** Bins of the temperature that has most. */
  readonly bins: number
  /** Samples of a stretch of time. */
  readonly length: number
  /** Group of copies and stretch of time of each block, (block). */
  readonly group: Int32Array
  readonly stretch: Int32Array
  /** Width of the bins in units of the total energy, a power of 2, and index of the first: bin i begins at (first + i) width, (temperature). */
  readonly width: Float64Array
  readonly first: Float64Array
  /** Samples, (temperature, block, bin). */
  readonly counts: Float64Array
  /** Sums over those samples, the same shape, by column as in columns.ts; the energy is per site as everywhere. */
  readonly sums: Readonly<Record<string, Float64Array>>
}

/** Everything measured of one simulation of the model M: a group under /simulations. */
export interface SimulationData<M extends string = string> {
  readonly name: string
  readonly model: M
  readonly size: number
  readonly parameters: ParametersOf<M>
  /** What the model is, for readers that do not have it. */
  readonly description: Description
  readonly update: UpdateName<M>
  /** Over-relaxation, clusters and their reflections, where the model has such moves. */
  readonly moves?: Moves
  readonly tempering: boolean
  readonly sweeps: number
  readonly thermalization: number
  readonly measureEvery: number
  readonly copies: number
  readonly temperature: Float64Array
  readonly quantities: readonly QuantityData<QuantityName<M>>[]
  /** Samples of each temperature over all copies. */
  readonly samples: Float64Array
  /** Ratio whose value an exact identity knows, with its error, and what is judged of it. */
  readonly check: QuantityData & {
    /** Numerator - expected * denominator, which must be 0, and its error, (temperature). */
    readonly deviation: Float64Array
    readonly deviationError: Float64Array
    /** All temperatures together, in standard errors; NaN where there are not two. */
    readonly combined: number
  }
  readonly bins: {
    /** Samples in a bin. */
    readonly length: number
    /** Bins of each copy; shorter copies are filled up with NaN. */
    readonly count: number
    /** (temperature, copy, bin, ...axes) by observable. */
    readonly values: Readonly<Record<MeasuredName<M>, Float64Array>>
  }
  /** Undefined before the first sample. */
  readonly histogram?: HistogramData
  /** Single measurements from the first sweep on, thinned to a bounded number of records. */
  readonly trace: {
    /** Sweeps of a replica, thermalization included, when a record was taken, (record). */
    readonly sweep: Float64Array
    /** (temperature, copy, record) by observable; NaN where nothing was measured. */
    readonly values: Readonly<Record<SampledName<M>, Float32Array>>
  }
  readonly series?: {
    readonly count: number
    /** (temperature, copy, sample) by observable. */
    readonly values: Readonly<Record<SampledName<M>, Float64Array>>
  }
  readonly snapshots?: {
    readonly count: number
    readonly shape: readonly number[]
    readonly dimensions: readonly { readonly name: string; readonly longName: string }[]
    readonly longName: string
    /** (temperature, snapshot, ...shape) */
    readonly values: Int8Array | Float32Array
    /** Copy and sweep of measurement of each snapshot, (snapshot). */
    readonly copy: Int32Array
    readonly sweep: Float64Array
  }
  /** With tempering. */
  readonly exchange?: ExchangeData
  /** What the archive has of the scheme, such as exchanges. */
  readonly scheme?: SchemeGroup
  /** What was tuned or counted of each replica, by the slot it started from: (temperature, copy). */
  readonly tuning?: readonly { readonly name: string; readonly longName: string; readonly values: Float64Array }[]
  /** Seconds of all threads, by kind. */
  readonly timing: Readonly<Record<string, number>>
  /** Sweeps of one replica that are done, thermalization included, and the number there will be. */
  readonly sweepsDone: number
  readonly sweepsTotal: number
  readonly warnings: readonly string[]
}

/** Where, when and by what an archive was made. */
export type Provenance = Readonly<Record<string, string | number>>

/** One archive. */
export interface ArchiveData {
  readonly status: ArchiveStatus
  /** Whether large datasets are compressed, which takes longer than all the rest. */
  readonly compressed: boolean
  readonly job: Job
  readonly provenance: Provenance
  /** Which part of the job this is, as in `1/4`; undefined for all of it. */
  readonly shard?: string | undefined
  readonly simulations: readonly SimulationData[]
  readonly checkpoints: readonly CheckpointData[]
}
