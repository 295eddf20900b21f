import type { Description } from '../model/description.ts'
import type { Moves, Parameters } from '../model/model.ts'

// What a ladder is to do, and when.

/** A place on the grid that replicas exchange. */
export interface Point {
  /** Name of the simulation that it belongs to. */
  readonly simulation: string
  /** Index into the temperatures. */
  readonly temperature: number
  readonly parameters: Parameters
}

/** One place of the plan: which copy, on which rung of the ladder, an index into its points. */
export interface Slot {
  readonly copy: number
  readonly rung: number
}

/** Whether replicas exchange, and what: temperatures, or the values of one parameter. */
export type Tempering = boolean | { readonly along: string }

/** What happens between rounds: the name of a scheme in schemes/, and what it is told; plain data. */
export interface SchemeSpec {
  readonly name: string
  /** The parameter that changes from rung to rung, if it is not the temperature. */
  readonly along?: string
}

/** What one ladder is to do; cloned to the workers, so plain data. */
export interface LadderSpec {
  /** What loads the model; see model/load.ts. */
  readonly model: string
  /** What the model is, at this size and these parameters. */
  readonly description: Description
  /** Memory that the model needs for each bundle, in bytes; 0 if it is not installed. */
  readonly bundleBytes: number
  /** Rough nanoseconds of a sweep of one bundle. */
  readonly sweepNanoseconds: number
  /** Name of the simulation, or of the simulations that exchange a parameter; part of every random seed. */
  readonly simulation: string
  readonly index: number
  /** Bundles that it holds, and the index of the first one, part of their seeds. More than one hold a single copy. */
  readonly bundles: number
  readonly firstBundle: number
  readonly seed: string
  readonly size: number
  /** Parameters that all points share, or those of the first. */
  readonly parameters: Parameters
  readonly update: string
  readonly moves: Moves
  /** Temperatures of the simulation, ascending. */
  readonly temperatures: readonly number[]
  /** One for each rung, in the order in which neighbours exchange. */
  readonly points: readonly Point[]
  /** Copy by copy, rung by rung, if copies are whole. */
  readonly slots: readonly Slot[]
  /** Copies of the simulation in all its ladders. */
  readonly copies: number
  readonly scheme: SchemeSpec
  readonly thermalization: number
  readonly measureEvery: number
  /** Samples to take. */
  readonly samples: number
  /** Samples with which all configurations are kept, ascending. */
  readonly snapshotsDue: readonly number[]
  readonly series: boolean
}

/** Samples from one measurement of the identity to the next. */
export const CHECK_EVERY = 16

/** Rounds of a ladder before the first sample. */
export function thermalizationRounds({ thermalization, measureEvery }: LadderSpec): number {
  return Math.ceil(thermalization / measureEvery)
}

/** Rounds of a ladder in all. */
export function roundCount(spec: LadderSpec): number {
  return thermalizationRounds(spec) + spec.samples
}

/** Sweeps of a replica, thermalization included, when a round is done. */
export function sweepsAfter(spec: LadderSpec, round: number): number {
  const { measureEvery, thermalization } = spec
  const sample = round - thermalizationRounds(spec)
  return sample < 0 ? Math.min((round + 1) * measureEvery, thermalization) : thermalization + (sample + 1) * measureEvery
}

/** Observables that single measurements are kept of: indices into Description.observables, and columns of a sample. */
export function seriesOf({ observables }: Description): number[] {
  return observables.flatMap((observable, k) => (observable.series ? [k] : []))
}
