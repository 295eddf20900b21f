import type { Lattice } from '../lattice/lattice.ts'
import type { Parameters } from './parameters.ts'

// The first part of a model: what it is.

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

/** What a model is, apart from how it is sampled: description.ts makes plain data of it for one size and one set of parameters. */
export interface Definition {
  readonly name: string
  /** Changes if the chains of a job and seed do. What was begun with one version does not go on with another. */
  readonly version: string
  readonly title: string
  readonly lattice: Lattice
  readonly parameters: readonly Parameter[]
  /** Scalars first, then arrays; the order is the order of samples in memory. */
  readonly observables: readonly Observable[]
  readonly derived: readonly Derived[]
  readonly identity: Identity
  readonly diagnostics: readonly Diagnostic[]
  readonly configuration: Configuration
  readonly criticality: Criticality
  /**
   * Scalar observables that tell the phases apart, at most three, as the page of a run draws them beside the energy. Each is kept
   * sample by sample, or is a function of one that is.
   */
  readonly orders: readonly string[]
  /** Columns and derived quantities in the table that a run ends with. */
  readonly table: readonly string[]
}
