import type { Exact } from './exact.ts'
import type { Parameters } from './parameters.ts'

// The third part of a model, beside its description and its engine: what a physicist knows of it. Everything here may be left out; a
// command that needs what is missing says so. The files of a model's folder fill it in, and the rooms above are handed the model.

/** What may be done to an example without changing its label; training draws from these with --augment. */
export const symmetryNames = ['flip', 'reflection', 'transposition', 'translation'] as const
/**
 * `flip`: every number changes its sign. `reflection`: upside down, left to right, and both. `transposition`: rows become
 * columns (square pictures only). `translation`: by any number of sites, around the edges.
 */
export type SymmetryName = (typeof symmetryNames)[number]

/** What is known of a model beyond how to describe and simulate it. */
export interface Physics {
  /** Exact or published values. */
  readonly exact?: Exact
  /** The job that `spinpool run` runs if it is given nothing but the model. */
  readonly example?: Example
  /** Two phases, one above and one below a critical temperature. */
  readonly phases?: Phases
  /** What a network may be shown of a configuration; the first is the default. */
  readonly encodings?: readonly [Encoding, ...Encoding[]]
  /** What `spinpool bench` runs. */
  readonly workload?: Workload
}

/** A short job that shows what the model does; the keys are those of a job file. */
export interface Example {
  readonly title: string
  readonly size: number
  readonly temperatures: { readonly start: number; readonly stop: number; readonly step: number }
  readonly sweeps: number
  readonly thermalization: number
  readonly measureEvery: number
  readonly tempering: boolean
  readonly copies: number
  readonly parameters?: Parameters
  readonly seed: number
}

/** The phases that labelled configurations are divided into. */
export interface Phases {
  /** Names of the phase above the critical temperature, class 0, and of the one below, class 1. */
  readonly names: readonly [string, string]
  /** Where the ordered phase ends on an infinite lattice; undefined if that is not known for these parameters. */
  readonly criticalTemperature: (parameters: Parameters) => number | undefined
}

/** One way to turn a configuration into numbers. All sums over sites run around the edges of the lattice. */
export interface Encoding {
  readonly name: string
  readonly describe: string
  /** Of one encoded configuration of linear size L. */
  readonly shape: (size: number) => readonly number[]
  /** What leaves the distribution of encoded configurations alone, at every temperature. */
  readonly symmetries: (parameters: Parameters) => readonly SymmetryName[]
  /** One configuration, as the archive has it, into `out`, which has the length that the shape says. */
  readonly encode: (configuration: ArrayLike<number>, size: number, out: Float32Array) => void
  /** The simplest classifier to compare a network with: a threshold on an order parameter. */
  readonly order?: OrderParameter
  /** What is known to go wrong if a network is shown this, one line. */
  readonly caution?: string
}

/** A number that is large in the ordered phase. */
export interface OrderParameter {
  /** As in `|m|`. */
  readonly symbol: string
  /** Of one encoded configuration; not below 0. */
  readonly of: (inputs: Float32Array) => number
}

/** Temperatures evenly spread, both ends included. */
interface Range {
  readonly start: number
  readonly stop: number
}

/** What is timed of a model. All of it uses tempering around the transition. */
export interface Workload {
  /** What tables call the model: short. */
  readonly title: string
  /** Linear sizes of the kernels, ascending; scaling is measured at the largest. */
  readonly sizes: readonly number[]
  /** Parameters that are not the model's defaults. */
  readonly parameters: Parameters
  /** Sweeps of one bundle; its lanes are spread over `range`. */
  readonly kernels: { readonly range: Range; readonly sweeps: readonly SweepKind[] }
  /**
   * Strong and weak scaling. `ladder`: temperatures of a ladder, of which as many as fill the lanes of a bundle run in it. Without
   * it, one ladder spans all bundles, so that the threads meet after every round.
   */
  readonly scaling: { readonly range: Range; readonly ladder?: number; readonly measureEvery: number }
  /** Configurations that are written to archives and read back. */
  readonly archives: { readonly range: Range; readonly temperatures: number }
}

/** What a sweep is made of. Over-relaxation and clusters are part of its time, and count no updates of their own. */
export interface SweepKind {
  /** Letters, digits and `-`. */
  readonly name: string
  readonly title: string
  readonly update: string
  readonly parameters?: Parameters
  readonly overrelax?: number
  readonly cluster?: number
}
