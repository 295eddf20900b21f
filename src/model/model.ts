import type { Lattice } from '../lattice/lattice.ts'
import type { Kernels } from '../engine/kernels.ts'
import type { Table } from '../engine/memory/fields.ts'
import type { Sfc64State } from '../engine/random/sfc64.ts'
import type { Parameters } from './parameters.ts'
import type { Exact } from './exact.ts'
import type { Physics } from './physics.ts'

export type { Parameters }

/** A parameter of H. Plain data, so that workers need no schema library to know a model. */
export interface Parameter {
  readonly name: string
  readonly default: number
  readonly describe: string
  /** What is wrong with a finite value, as in `must not be 0`; undefined where nothing is. */
  readonly refuse?: (value: number) => string | undefined
}

/** How one observable follows from another one. */
export type Power = 'square' | 'absolute'

/** A quantity read off every sample. */
export interface Observable {
  readonly name: string
  readonly longName: string
  readonly units: string
  /** Kept sample by sample with `series`; the other observables are powers of these, or many. */
  readonly series?: boolean
  /** How a sample of it follows, in every bit, from the same sample of another observable before it; undefined if it does not. */
  readonly of?: { readonly observable: string; readonly by: Power }
  /** Dimensions besides the temperature, of an observable that is an array; those stand last in Model.observables. */
  readonly axes?: (size: number) => readonly Axis[]
  /** True if the average vanishes by a symmetry of H. Chains of version 0.1.0 may have kept its sign, so their tau is not asked. */
  readonly odd?: (parameters: Parameters) => boolean
}

/** A dimension of an observable that is an array. */
export interface Axis {
  readonly name: string
  readonly longName: string
  readonly values: Float64Array
}

/** A quantity computed from means of observables, with a jackknife error. */
export interface Derived {
  readonly name: string
  readonly longName: string
  readonly units: string
  /** The columns (see columns.ts) whose means go in, by the symbol that stands for each in `formula`. */
  readonly inputs: Readonly<Record<string, string>>
  /** As in `N * (m2 - m * m) / T`: of the inputs, of L, N (sites), T, pi and the parameters; see formula.ts. */
  readonly formula: string
  /**
   * True of a fluctuation: a factor times <x^2> - <x>^2, the inputs being x and x^2. It does not change where x is counted from
   * another origin, so it is computed from one among the samples, where nothing cancels.
   */
  readonly fluctuation?: true
  /** A line that its curves are compared with in a figure of their own. */
  readonly reference?: Reference
}

/** What a quantity is compared with. */
export interface Reference {
  /** A function of T, as in `2 * T / pi`; see formula.ts. */
  readonly formula: string
  /** As in `2T/π`. */
  readonly name: string
  /** What it means where curves meet the line, one sentence without a full stop. */
  readonly meaning: string
}

/**
 * An identity that holds exactly: the ratio of two averages whose value is known. What is judged is the difference
 * numerator - expected * denominator, which averages to 0: it is as normal as sums are, also where the denominator is all noise.
 */
export interface Identity {
  /** Name of the ratio in the archive. */
  readonly name: string
  readonly longName: string
  readonly units: string
  /**
   * Names of the averages measured: numerator, denominator, and, where single rare events decide, the variance of
   * the difference that is due to the sites alone (summed over sites, given their neighbours), which bounds the
   * error from below where no event was seen.
   */
  readonly inputs: readonly [string, string] | readonly [string, string, string]
  /** What the ratio must be, as a formula of T. */
  readonly expected: string
  /** The identity in words and symbols, for messages. */
  readonly statement: string
}

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

/** Something that a stepper sets while it thermalises, or counts, of each replica. */
export interface Diagnostic {
  readonly name: string
  readonly longName: string
}

/** One configuration: a number, or several, on every site. */
export interface Configuration {
  readonly longName: string
  /** Numbers on each site; undefined of a single one. */
  readonly components?: { readonly count: number; readonly longName: string }
  /** What they are in the archive. */
  readonly type: 'int8' | 'float32'
  /**
   * How the lanes of a bundle lie in memory. `bits`: a site is a word with one bit of each lane, 1 for +1 and 0 for -1.
   * `interleaved`: each number is there once for each lane, side by side.
   */
  readonly storage: 'bits' | 'interleaved'
  /** What pictures of several components show; default: what can be said of the components of any model. */
  readonly look?: Look
}

/** The color of a site with several components: its hue is the angle of the first two. */
export interface Look {
  /** Name of this angle. */
  readonly hue: string
  /** Name of the sum of squares of the others: the larger, the darker. */
  readonly dark: string
}

/** What a model's transition is told by, on lattices of several sizes. */
export interface Criticality {
  /** Quantities whose maxima against the temperature are looked for. */
  readonly peaks: readonly string[]
  /** The ratio of moments whose curves of two sizes cross. */
  readonly binder: string
  /** The power laws in L at the critical temperature, or why there are none. */
  readonly powerLaws: (parameters: Parameters) => PowerLaws | string
}

/** Quantities that go as a power of L at the critical temperature. */
export interface PowerLaws {
  /** Goes as L^(-beta/nu). */
  readonly order: string
  /** Goes as L^(gamma/nu). */
  readonly susceptibility: string
  /** Exponents with which crossings of the ratio of moments approach T_c: as L^(-1/nu - omega). */
  readonly correction: { readonly nu: number; readonly omega: number }
  /** Where it is known. */
  readonly exact?: Readonly<Record<'criticalTemperature' | 'nu' | 'gammaOverNu' | 'betaOverNu', number>>
}

/** A place on the grid that replicas exchange, as a stepper needs it. */
export interface GridPoint {
  readonly inverseTemperature: number
  readonly parameters: Parameters
}

/** What a stepper is made of: one bundle's shared memory and what runs in it. */
export interface StepperContext {
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

/** Everything that spinpool knows of one model. A new one is a folder like src/model/ising, a kernel file, and a line in registry.ts. */
export interface Model {
  readonly name: string
  readonly title: string
  readonly lattice: Lattice
  /** Replicas that share SIMD words. */
  readonly lanes: number
  readonly updates: readonly [string, ...string[]]
  /** Moves besides the update with how many there are by default; undefined where the model has none. */
  readonly moves?: { readonly overrelax: number; readonly cluster: number; readonly reflections: readonly Reflection[] }
  readonly parameters: readonly Parameter[]
  /** What is wrong with values that are possible one by one: the parameter to blame, and why. */
  readonly refuse?: (parameters: Parameters) => { readonly parameter: string; readonly reason: string } | undefined
  /** The highest temperature at which the update samples well with these parameters; undefined where there is no bound. */
  readonly hottest?: (parameters: Parameters) => number
  /** Names of the parameters along which replicas may be exchanged: H is linear in them. */
  readonly linear: readonly string[]
  /** Largest linear size that the kernels' 32-bit counts and pointers allow. */
  readonly maxSize: number
  /** Scalars first, then arrays; the order is the order of samples in memory. */
  readonly observables: readonly Observable[]
  readonly derived: readonly Derived[]
  readonly identity: Identity
  readonly diagnostics: readonly Diagnostic[]
  readonly exact: Exact
  readonly criticality: Criticality
  readonly physics: Physics
  /**
   * Scalar observables that tell the phases apart, at most three, as the page of a run draws them beside the energy. Each is kept
   * sample by sample, or is a function of one that is.
   */
  readonly orders: readonly string[]
  /** Columns and derived quantities in the table that a run ends with. */
  readonly table: readonly string[]
  /**
   * One bundle's memory, in the order in which it lies; `rungs`: number of points at which a lane may be. A checkpoint keeps the
   * fields that say so. Their names must not change, as archives have them; the one of the lattices is `spins`.
   */
  readonly fields: (size: number, rungs: number) => Table
  readonly open: (context: StepperContext) => Stepper
  readonly configuration: Configuration
  /** Rough nanoseconds of a sweep of one bundle on one core, to order bundles by length. */
  readonly cost: (size: number, parameters: Parameters, update: string, moves: Moves) => number
}
