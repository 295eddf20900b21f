import type { Kernels } from '../engine/kernels.ts'
import type { Table } from '../engine/memory/fields.ts'
import type { Sfc64State } from '../engine/random/sfc64.ts'
import type { Parameters } from './parameters.ts'

// The second part of a model: how it is sampled.

/** Moves that go with the update in every sweep. */
export interface Moves {
  /** Sweeps of over-relaxation after each sweep of the update. */
  readonly overrelax: number
  /** Cluster updates after each sweep. */
  readonly cluster: number
  /** Reflections that the clusters are built of, one after the other; not empty where there are clusters. */
  readonly reflections: readonly string[]
}

/** A reflection that clusters may be built of. */
export interface Reflection {
  readonly name: string
  /** What the parameters must be for it, as in `needs w = 0`; undefined where they are. */
  readonly refuse: (parameters: Parameters) => string | undefined
}

/** A place on the grid that replicas exchange, as a stepper needs it. */
export interface GridPoint {
  readonly inverseTemperature: number
  readonly parameters: Parameters
}

/** What a stepper is made of: one bundle's shared memory and what runs in it. */
export interface StepperContext {
  /** A model that brings a WebAssembly module of its own compiles it when it is loaded, and instantiates it on this memory. */
  readonly memory: WebAssembly.Memory
  readonly kernels: Kernels
  /** First byte of the bundle's fields. */
  readonly offset: number
  readonly size: number
  /** Parameters that all points share, or those of the first. */
  readonly parameters: Parameters
  readonly update: string
  readonly moves: Moves
  /** The points at which a lane may be, one for each rung of the ladder. */
  readonly points: readonly GridPoint[]
  /** The parameter whose values replicas exchange; undefined where they exchange temperatures or nothing. */
  readonly along: string | undefined
}

/**
 * Steps all lanes of one bundle. It keeps no state of its own outside the shared memory, so any worker may go on with it.
 *
 * A *lane* is where a configuration lives; a *slot* is a place (copy, rung) in the plan. An exchange moves
 * rungs between lanes, never lattices, so `lanes[slot]` says which lane holds a slot at the moment.
 */
export interface Stepper {
  /** Lattices and random streams, once. `rungs`: the rung of every lane, (lanes). */
  initialise(stream: (name: string) => Sfc64State, rungs: Int32Array): void
  /** Builds what follows from the fields that a checkpoint keeps, and changes nothing of those. */
  restore(): void
  /** Puts every lane at the point of its rung, (lanes). */
  setPoints(rungs: Int32Array): void
  /**
   * A move of whole lattices that updates of single spins hardly ever make between them, such as s -> -s below a critical
   * temperature; once a round, before its sweeps. Models whose equivalent states are never far apart have none.
   */
  moveGlobally?(): void
  /** @param thermalizing true before the first sample: proposals may still be tuned */
  sweep(count: number, thermalizing: boolean): void
  /**
   * Total energy of every lane into `energy`, (lanes), and ∂H/∂p of the parameter `along` into `slope`, (lanes), if there is one.
   * These arrays, and those of `sample`, lie in the memory of the context, so that kernels can write them.
   */
  measure(energy: Float64Array, slope: Float64Array): void
  /** All columns of the lattices last measured into `out`, (column, stride); `lanes`: the lane of every slot, (slots); stride is even. */
  sample(out: Float64Array, energy: Float64Array, lanes: Int32Array, stride: number): void
  /** The averages of Model.identity, per site, into `out`, (inputs, stride); `rungs`: the rung of every slot, (slots). */
  measureIdentity(out: Float64Array, rungs: Int32Array, lanes: Int32Array, stride: number): void
  /** What Model.diagnostics names, of the lattices last measured, into `out`, (diagnostic, lanes); of models that name any. */
  diagnose?(out: Float64Array): void
  /** The bytes of all configurations, as they lie. */
  configurations(): Uint8Array
}

/** What samples a model. */
export interface Engine {
  /** Replicas that share SIMD words. */
  readonly lanes: number
  readonly updates: readonly [string, ...string[]]
  /** Moves besides the update with how many there are by default; undefined where the model has none. */
  readonly moves?: { readonly overrelax: number; readonly cluster: number; readonly reflections: readonly Reflection[] }
  /** What is wrong with values that are possible one by one: the parameter to blame, and why. */
  readonly refuse?: (parameters: Parameters) => { readonly parameter: string; readonly reason: string } | undefined
  /** The highest temperature at which an update samples well with these parameters; undefined where there is no bound. */
  readonly hottest?: (parameters: Parameters, update: string) => number
  /** Names of the parameters along which replicas may be exchanged: H is linear in them. */
  readonly linear: readonly string[]
  /** Largest linear size that the kernels' 32-bit counts and pointers allow. */
  readonly maxSize: number
  /**
   * One bundle's memory, in the order in which it lies; `rungs`: number of points at which a lane may be; `update`: what must have room. A checkpoint keeps the
   * fields that say so. Their names must not change, as archives have them; the one of the lattices is `spins`.
   */
  readonly fields: (size: number, rungs: number, update: string) => Table
  readonly open: (context: StepperContext) => Stepper
  /** Rough nanoseconds of a sweep of one bundle on one core, to order bundles by length. */
  readonly cost: (size: number, parameters: Parameters, update: string, moves: Moves) => number
}
