import type { AlongName, ParametersOf, ReflectionName, UpdateName } from '../model/types.ts'

/**
 * A job with nothing left open: what is written to `/job` in the archive, and enough to run it again bit for bit.
 * Where and with how many threads it runs is not part of it: that never changes the data.
 */
export interface ResolvedJob<M extends string> {
  readonly title: string
  readonly model: M
  readonly size: readonly number[]
  /** Ascending. */
  readonly temperatures: readonly number[]
  readonly sweeps: number
  readonly thermalization: number
  readonly measureEvery: number
  readonly update: UpdateName<M>
  /** Moves that go with every sweep, of models that have them. */
  readonly overrelax?: number
  readonly cluster?: number
  readonly reflections?: readonly ReflectionName<M>[]
  /** Whether replicas exchange, and what: temperatures, or the values of one parameter. */
  readonly tempering: boolean | { readonly along: AlongName<M> }
  readonly copies: number
  /** Every parameter of the model; a list makes one simulation for each value. */
  readonly parameters: ParametersOf<M, number | readonly number[]>
  readonly snapshots: number
  readonly series: boolean
  /** Decimal digits; seeds may exceed 2^53. */
  readonly seed: string
}

/** A resolved job of the model M, or of any model. */
export type Job<M extends string = string> = M extends unknown ? ResolvedJob<M> : never
