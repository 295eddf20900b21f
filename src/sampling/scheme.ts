import type { Kernels } from '../engine/kernels.ts'
import type { Offsets, Parts, Table, Views } from '../engine/memory/fields.ts'
import type { Sfc64State } from '../engine/random/sfc64.ts'
import type { LadderSpec, Point, SchemeSpec, Slot } from './spec.ts'

/**
 * What happens between the rounds of a ladder: nothing, exchanges of replicas, and so on. The ladder sweeps and measures; its scheme
 * may then move the lanes to other rungs. A new scheme is a file in schemes/ and a line in the table of schemes/index.ts.
 */
export interface Scheme<F extends SchemeFields = SchemeFields> {
  readonly name: string
  /** Deals replicas out to ladders. */
  readonly cut: Cut
  /** What stands for the scheme in the names of random streams, as plain data. */
  seedWord(spec: SchemeSpec): unknown
  /** The memory of one ladder that the scheme needs. */
  fields(spec: LadderSpec): F
  open(ladder: OpenLadder<F>): SchemeMemory
  /** What it says of one simulation in results and in the archive. @param ladders those that hold replicas of the simulation */
  collect?(simulation: { readonly name: string; readonly copies: number }, ladders: readonly SchemeLadder[]): SchemeResults
}

/** How the copies of some points are dealt out to ladders. */
export interface Cut {
  /** The ladders' slots, and the points at which they are. @param lanes lanes of a bundle */
  slots(
    points: readonly Point[],
    copies: number,
    lanes: number,
  ): readonly { readonly points: readonly Point[]; readonly slots: readonly Slot[] }[]
  /** Copies of so many points that fill a number of bundles. */
  copies(bundles: number, points: number, lanes: number): number
}

/** Fields of a scheme, in two places of the ladder's memory. */
interface SchemeFields {
  /** What is needed in every round. */
  readonly round: Table
  /** What is counted and recorded. */
  readonly books: Table
}

/** What of a ladder a scheme sees, and where it lies for kernels. */
export interface OpenLadder<F extends SchemeFields> {
  readonly spec: LadderSpec
  /** The scheme's own fields. */
  readonly at: { readonly round: Offsets<F['round']>; readonly books: Offsets<F['books']> }
  readonly view: { readonly round: Views<F['round']>; readonly books: Views<F['books']> }
  /** Two numbers that checkpoints keep with the state of the ladder. */
  readonly numbers: Float64Array
  /** Lane that holds each slot, counted through all bundles, (slots). */
  readonly lanes: Int32Array
  /** The rung at which each lane is, (bundles * lanes). */
  readonly rung: Int32Array
  /** Total energy of each lane, and ∂H/∂p of the parameter `along`, as last measured, (bundles * lanes). */
  readonly energy: Float64Array
  readonly slope: Float64Array
}

/** A scheme at work in one ladder. It keeps no state outside of shared memory. */
export interface SchemeMemory {
  /** 1 for each bundle whose lanes are to be put to their rungs anew before the next sweep, (bundles). */
  readonly changed: Int32Array
  /** Whether energies are needed in every round, also while thermalizing. */
  readonly everyRound: boolean
  /** Which numbers of its fields a checkpoint keeps. */
  readonly parts: { readonly round?: Parts<Table>; readonly books?: Parts<Table> }
  /** What a ladder has once. @param restored true if what checkpoints keep is there already */
  begin(restored: boolean, stream: (name: string) => Sfc64State): void
  /**
   * Called when all lanes have been measured, by one thread.
   *
   * @param round counts from the start
   * @param sample index of the sample just taken; negative while thermalizing
   */
  afterRound(round: number, sample: number, kernels: Kernels): void
  /** How replicas travel along the rungs, of schemes in which they do. */
  readonly travel?: Travel
}

/** How the replicas of a ladder have traveled; a replica is a lane. Workers go on writing it. */
export interface Travel {
  /** Exchanges attempted and accepted between rungs k and k + 1, (rungs). */
  readonly attempted: Float64Array
  readonly accepted: Float64Array
  /** Round trips of each replica, (slots). */
  readonly roundTrips: Int32Array
  /** Rung of each replica at thinned rounds, (row, slots): how many rows there are, and rounds from one to the next. */
  readonly trajectory: Int32Array
  readonly rows: number
  readonly every: number
}

/** One ladder of those to be collected. */
export interface SchemeLadder {
  readonly spec: LadderSpec
  readonly scheme: SchemeMemory
  /** False for a ladder that has not begun, such as one of a part of a job that is missing. */
  readonly begun: boolean
}

/** What a scheme says of one simulation. */
export interface SchemeResults {
  readonly scheme: SchemeGroup
  readonly exchange?: ExchangeData
}

/** A group of the archive, which the scheme describes itself. */
export interface SchemeGroup {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Dimensions besides the temperature: their values, or a length if they only count. */
  readonly dimensions: readonly { readonly name: string; readonly longName: string; readonly values: Float64Array | number }[]
  readonly datasets: readonly {
    readonly name: string
    readonly longName: string
    readonly values: Float64Array | Int32Array
    /** `temperature`, or one of the above. */
    readonly dimensions: readonly string[]
  }[]
}

/** Exchanges of one simulation. */
export interface ExchangeData {
  /** What is exchanged: `temperature`, or the name of a parameter. */
  readonly along: string
  /**
   * Accepted share of the exchanges between temperatures k and k + 1, (pair); or with the next value of the parameter,
   * (temperature), NaN for the last value.
   */
  readonly acceptance: Float64Array
  /** (replica); or (temperature, replica), each temperature with replicas of its own. */
  readonly roundTrips: Int32Array
  /** Temperature index, (row, replica), and the round of each row; empty where a parameter is exchanged. */
  readonly trajectory: Int32Array
  readonly rounds: Float64Array
}
