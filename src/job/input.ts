import type { AlongName, ModelName, ParametersOf, ReflectionName, UpdateName } from '../model/types.ts'
import type { TemperatureInput } from './temperatures.ts'

// A job as a program writes it, for the compiler and for editors: the keys of schema.ts, with the names of each model. The texts are
// those of the schema; test/library holds both against each other.

/** Keys of a job that are the same for every model. */
export interface JobKeys {
  /** A title, kept in the archive */
  readonly title?: string | undefined
  /** Linear sizes L; one simulation each */
  readonly size: number | readonly number[]
  /** A list, a range as text (start:stop:step or start:stop/count), or { start, stop, count }; k_B = 1 */
  readonly temperatures: TemperatureInput
  /** Sweeps that are measured, per replica; default 10000 */
  readonly sweeps?: number | undefined
  /** Sweeps before the first measurement; default a tenth of sweeps */
  readonly thermalization?: number | undefined
  /** Sweeps from one sample to the next; default 1 */
  readonly measureEvery?: number | undefined
  /** Independent copies of the whole temperature grid; default: as many as fill the lanes of one bundle */
  readonly copies?: number | undefined
  /** Configurations kept per temperature; default 0 */
  readonly snapshots?: number | undefined
  /** Keep every sample, not only bins; default false */
  readonly series?: boolean | undefined
  /** Seed of all random numbers, 0 to 2^64 - 1; the same job with the same seed has the same chains, also with more sweeps, copies or thermalization, so independent data need another; default: drawn anew and kept in the archive */
  readonly seed?: number | string | undefined
  /** Worker threads; default SLURM_CPUS_PER_TASK or the cores there are */
  readonly threads?: number | undefined
  /** Stop in time for this, with a checkpoint: 2h, 90m, 1-12:00:00; default none, or the end of the Slurm job */
  readonly timeLimit?: string | undefined
  /** Time from one checkpoint to the next; default 5m */
  readonly checkpointEvery?: string | undefined
  /** Run the i-th of n parts of the job: i/n; default all of it */
  readonly shard?: string | undefined
  /** The archive to write; default results/<model>-<date>.h5 */
  readonly out?: string | undefined
}

/** Keys of a job whose names are those of one model. */
export interface ModelKeys<M extends string> {
  /** The model */
  readonly model: M
  /** How spins are updated; default: the first that the model names */
  readonly update?: UpdateName<M> | undefined
  /** Exchange temperatures between replicas, or { along: h } the values of a parameter; default false */
  readonly tempering?: boolean | { readonly along: AlongName<M> } | undefined
  /** Parameters of the model; a list makes one simulation for each value */
  readonly parameters?: Partial<ParametersOf<M, number | readonly number[]>> | undefined
}

/** Keys of a job of a model that has over-relaxation and clusters. */
export interface MoveKeys<M extends string> {
  /** Sweeps of over-relaxation after each sweep of the update (o6); default 2 */
  readonly overrelax?: number | undefined
  /** Cluster updates after each sweep (o6); default 0 */
  readonly cluster?: number | undefined
  /** Reflections that clusters are built of: psi, phi-x, phi-y, phi, all, swap; default: all that the parameters allow */
  readonly reflections?: ReflectionName<M> | readonly ReflectionName<M>[] | undefined
}

/**
 * A job of the model M, with the keys of the job file; of any model that the compiler knows by default. What is read from elsewhere and
 * is only a `string` to the compiler goes through `resolveJob`, which checks it.
 */
export type JobInput<M extends ModelName = ModelName> = M extends unknown
  ? JobKeys & ModelKeys<M> & ([ReflectionName<M>] extends [never] ? unknown : MoveKeys<M>)
  : never
