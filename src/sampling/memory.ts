import type { Persistent, Field } from '../engine/memory/fields.ts'
import { Layout } from '../engine/memory/layout.ts'
import { binnedColumns, columnsOf } from '../model/columns.ts'
import { configurationBytes } from '../model/configuration.ts'
import type { Model, Moves, Parameters } from '../model/model.ts'
import { Accumulator } from './accumulator.ts'
import { EnergyHistogram, type HistogramShape } from './histogram.ts'
import { BARRIER_WORDS, Barrier } from '../engine/pool/barrier.ts'
import { Shares } from '../engine/pool/shares.ts'
import { Trace, type TraceRows } from './trace.ts'

/** A place on the grid that replicas exchange. */
export interface Point {
  /** Name of the simulation that it belongs to. */
  readonly simulation: string
  /** Index into the temperatures. */
  readonly temperature: number
  readonly parameters: Parameters
}

/** One place of the plan: which copy, at which of the ladder's points. */
export interface Slot {
  readonly copy: number
  readonly point: number
}

/** Whether replicas exchange, and what: temperatures, or the values of one parameter. */
export type Tempering = boolean | { readonly along: string }

/** What one ladder is to do; cloned to the workers, so plain data. */
export interface LadderSpec {
  readonly model: string
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
  /** In the order in which neighbours exchange. */
  readonly points: readonly Point[]
  /** With tempering copy by copy, point by point. */
  readonly slots: readonly Slot[]
  /** Copies of the simulation in all its ladders. */
  readonly copies: number
  readonly tempering: Tempering
  readonly thermalization: number
  readonly measureEvery: number
  /** Samples to take. */
  readonly samples: number
  /** Samples with which all configurations are kept, ascending. */
  readonly snapshotsDue: readonly number[]
  readonly series: boolean
}

/** Rows of the trajectory kept at most; when they are full every other one is dropped. Even. */
export const MAX_TRAJECTORY = 1024
/** Samples from one measurement of the identity to the next. */
export const CHECK_EVERY = 16
const STATE = 16
/** A cache line for each bundle, so that threads do not write into each other's. */
const BUNDLE_STATE = 8

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

/** The parameter whose values replicas exchange; undefined where they exchange temperatures or nothing. */
export function alongOf({ tempering }: LadderSpec): string | undefined {
  return typeof tempering === 'object' ? tempering.along : undefined
}

/** Rough nanoseconds of a sweep of one bundle. */
export function sweepCost({ size, points, update, moves }: LadderSpec, model: Model): number {
  const different = new Set(points.map(({ parameters }) => parameters))
  return Math.max(...[...different].map((parameters) => model.cost(size, parameters, update, moves)))
}

/** Observables that single measurements are kept of: indices into Model.observables, and columns of a sample. */
export function seriesOf(model: Model): number[] {
  return model.observables.flatMap((observable, k) => (observable.series ? [k] : []))
}

function traceShape(spec: LadderSpec, model: Model) {
  return { rounds: roundCount(spec), observables: seriesOf(model).length, slots: spec.slots.length }
}

function histogramShape({ slots, size, copies }: LadderSpec, model: Model): HistogramShape {
  return { slots: slots.length, columns: binnedColumns(model, size), sites: size * size, copies }
}

/** Numbers that one bundle of several reads off its lanes at once. */
function readLength({ size }: LadderSpec, model: Model): number {
  return model.lanes * Math.max(columnsOf(model, size).length, model.identity.inputs.length)
}

function offsets(layout: Layout, spec: LadderSpec, model: Model) {
  const slots = spec.slots.length
  const lanes = spec.bundles * model.lanes
  const series = seriesOf(model).length
  return {
    state: layout.f64(STATE),
    bundleState: layout.f64(spec.bundles * BUNDLE_STATE),
    barrier: layout.i32(BARRIER_WORDS),
    claims: layout.i32(spec.bundles),
    random: layout.bytes(32),
    uniform: layout.f64(slots),
    pairs: layout.i32(2 * slots),
    changed: layout.i32(spec.bundles),
    lambda: layout.f64(slots),
    lanes: layout.i32(slots),
    point: layout.i32(lanes),
    energy: layout.f64(lanes),
    slope: layout.f64(lanes),
    everyLane: layout.i32(model.lanes),
    read: layout.f64(spec.bundles > 1 ? spec.bundles * readLength(spec, model) : 0),
    diagnostics: layout.f64(model.diagnostics.length * lanes),
    samples: Accumulator.layout(layout, columnsOf(model, spec.size).length, slots),
    checks: Accumulator.layout(layout, model.identity.inputs.length, slots),
    histogram: EnergyHistogram.layout(layout, histogramShape(spec, model)),
    attempted: layout.f64(spec.points.length),
    accepted: layout.f64(spec.points.length),
    heading: layout.i32(slots),
    roundTrips: layout.i32(slots),
    trajectory: layout.i32(spec.tempering ? MAX_TRAJECTORY * slots : 0),
    trace: Trace.layout(layout, traceShape(spec, model)),
    series: layout.f64(spec.series ? series * spec.samples * slots : 0),
    snapshotLanes: layout.i32(spec.snapshotsDue.length * slots),
    snapshots: layout.bytes(spec.snapshotsDue.length * spec.bundles * configurationBytes(model, spec.size)),
    models: Array.from({ length: spec.bundles }, () => model.layout(layout, spec.size, spec.points.length)),
  }
}

/**
 * Bytes of shared memory that a ladder needs in all, for its lattices and what sweeps need, and for what is measured but
 * series and snapshots.
 */
export function ladderBytes(
  spec: LadderSpec,
  model: Model,
): { readonly all: number; readonly lattices: number; readonly measured: number } {
  const layout = new Layout(0)
  const { series, models } = offsets(layout, spec, model)
  return { all: layout.end, lattices: layout.end - (models[0] as number), measured: series }
}

/** Typed views of one ladder's shared memory; the same for the worker that writes and the coordinator that reads. */
export class LadderMemory {
  /** Numbers of State, by index. */
  readonly state: Float64Array
  /** Numbers of BundleState, by index, of every bundle. */
  readonly bundles: readonly Float64Array[]
  readonly #bundleStates: Float64Array
  /** Where the members of a team meet. */
  readonly barrier: Int32Array
  /** Which rounds' bundles are taken, (bundles); see Shares. */
  readonly claims: Int32Array
  /** Offset of the scalar generator of the exchanges, and its four words. */
  readonly randomAt: number
  readonly random: BigUint64Array
  /** Offsets of what only the exchange kernel reads and writes. */
  readonly exchangeAt: {
    readonly x: number
    readonly lambda: number
    readonly lanes: number
    readonly point: number
    readonly uniform: number
    readonly accepted: number
    readonly pairs: number
  }
  /** Lanes that an exchange has swapped, two by two. */
  readonly pairs: Int32Array
  /** 1 for each bundle whose lanes are no longer where its masks say, (bundles). */
  readonly changed: Int32Array
  /** What a replica's weight multiplies X with at each slot, see Exchange; (slots). */
  readonly lambda: Float64Array
  /** Lane that holds each slot, counted through all bundles, (slots). */
  readonly lanes: Int32Array
  /** The point at which each lane is, (bundles * lanes). Lanes that no slot uses run along at that of the last slot. */
  readonly point: Int32Array
  /** Total energy of each lane, and ∂H/∂p where the parameter p is exchanged, (bundles * lanes). */
  readonly energy: Float64Array
  readonly slope: Float64Array
  /** 0, 1, 2 ..., (lanes of one bundle). */
  readonly everyLane: Int32Array
  /** What one bundle of several reads off its lanes, (value, lane), on its way to the slots; of every bundle. */
  readonly read: readonly Float64Array[]
  /** What Model.diagnostics names, of every bundle, (diagnostic, lanes). */
  readonly diagnostics: readonly Float64Array[]
  readonly #diagnostics: Float64Array
  readonly samples: Accumulator
  readonly checks: Accumulator
  readonly histogram: EnergyHistogram
  /** Exchanges attempted and accepted between points k and k + 1, (points). */
  readonly attempted: Float64Array
  readonly accepted: Float64Array
  /** Where a replica was last, 1 the first point, 2 the last, 0 neither yet; by replica = lane, (slots). */
  readonly heading: Int32Array
  readonly roundTrips: Int32Array
  /** Point of each replica at thinned rounds, (row, slots). */
  readonly trajectory: Int32Array
  readonly trace: Trace
  /** (sample, observable, slots) */
  readonly series: Float64Array
  /** (event, slots) and (event, bundle, bytes) */
  readonly snapshotLanes: Int32Array
  readonly snapshots: Uint8Array
  readonly #seriesWidth: number
  readonly #snapshotBytes: number
  /** Offset for Model.open, of every bundle. */
  readonly modelsAt: readonly number[]

  /**
   * @param buffer where everything but the bulk lies (series, snapshots, lattices), from `offset` on
   * @param bulk where those lie, if elsewhere
   */
  constructor(buffer: ArrayBufferLike, offset: number, spec: LadderSpec, model: Model, bulk = { buffer, offset }) {
    const at = offsets(new Layout(offset), spec, model)
    const far = offsets(new Layout(bulk.offset), spec, model)
    const slots = spec.slots.length
    const lanes = spec.bundles * model.lanes
    const points = spec.points.length
    const series = seriesOf(model).length
    this.state = new Float64Array(buffer, at.state, STATE)
    this.#bundleStates = new Float64Array(buffer, at.bundleState, spec.bundles * BUNDLE_STATE)
    this.bundles = Array.from({ length: spec.bundles }, (_, bundle) => {
      return this.#bundleStates.subarray(BUNDLE_STATE * bundle, BUNDLE_STATE * (bundle + 1))
    })
    this.barrier = new Int32Array(buffer, at.barrier, BARRIER_WORDS)
    this.claims = new Int32Array(buffer, at.claims, spec.bundles)
    this.randomAt = at.random
    this.random = new BigUint64Array(buffer, at.random, 4)
    const x = alongOf(spec) === undefined ? at.energy : at.slope
    this.exchangeAt = {
      x,
      lambda: at.lambda,
      lanes: at.lanes,
      point: at.point,
      uniform: at.uniform,
      accepted: at.accepted,
      pairs: at.pairs,
    }
    this.pairs = new Int32Array(buffer, at.pairs, 2 * slots)
    this.changed = new Int32Array(buffer, at.changed, spec.bundles)
    this.lambda = new Float64Array(buffer, at.lambda, slots)
    this.lanes = new Int32Array(buffer, at.lanes, slots)
    this.point = new Int32Array(buffer, at.point, lanes)
    this.energy = new Float64Array(buffer, at.energy, lanes)
    this.slope = new Float64Array(buffer, at.slope, lanes)
    // Here, as it is not among what a checkpoint keeps.
    this.everyLane = new Int32Array(buffer, at.everyLane, model.lanes)
    for (let lane = 0; lane < model.lanes; lane++) this.everyLane[lane] = lane
    const read = spec.bundles > 1 ? readLength(spec, model) : 0
    this.read = Array.from({ length: spec.bundles }, (_, bundle) => new Float64Array(buffer, at.read + 8 * read * bundle, read))
    const perBundle = model.diagnostics.length * model.lanes
    this.#diagnostics = new Float64Array(buffer, at.diagnostics, spec.bundles * perBundle)
    this.diagnostics = Array.from({ length: spec.bundles }, (_, bundle) =>
      this.#diagnostics.subarray(perBundle * bundle, perBundle * (bundle + 1)),
    )
    this.samples = new Accumulator(buffer, at.samples, columnsOf(model, spec.size).length, slots)
    this.checks = new Accumulator(buffer, at.checks, model.identity.inputs.length, slots)
    this.histogram = new EnergyHistogram(buffer, at.histogram, histogramShape(spec, model))
    this.attempted = new Float64Array(buffer, at.attempted, points)
    this.accepted = new Float64Array(buffer, at.accepted, points)
    this.heading = new Int32Array(buffer, at.heading, slots)
    this.roundTrips = new Int32Array(buffer, at.roundTrips, slots)
    this.trajectory = new Int32Array(buffer, at.trajectory, spec.tempering ? MAX_TRAJECTORY * slots : 0)
    this.trace = new Trace(buffer, at.trace, traceShape(spec, model))
    this.series = new Float64Array(bulk.buffer, far.series, spec.series ? series * spec.samples * slots : 0)
    this.#seriesWidth = spec.series ? series * slots : 0
    this.#snapshotBytes = spec.bundles * configurationBytes(model, spec.size)
    this.snapshotLanes = new Int32Array(bulk.buffer, far.snapshotLanes, spec.snapshotsDue.length * slots)
    const bytes = spec.snapshotsDue.length * spec.bundles * configurationBytes(model, spec.size)
    this.snapshots = new Uint8Array(bulk.buffer, far.snapshots, bytes)
    this.modelsAt = far.models
  }

  /**
   * What a checkpoint keeps besides the lattices, in order. A ladder that has not begun keeps nothing but the first field.
   *
   * @param archived samples of the series, rows of the trace, and times of snapshots, that the archive has of all ladders of
   *   a simulation; only what is beyond is kept here
   */
  persistent(archived: Archived): Field[] {
    const { state, lanes } = this
    const begun = <T extends Persistent>(view: () => T): (() => T) => {
      return () => (state[State.ready] === 0 ? (view().subarray(0, 0) as T) : view())
    }
    const fields: Field[] = [
      { name: 'bundles', longName: 'sweeps done and seconds by kind, of each bundle', view: () => this.#bundleStates },
      { name: 'exchange_random', longName: 'generator of the exchanges, SFC64', view: () => this.random },
      { name: 'changed', longName: '1 for a bundle whose replicas have exchanged since its last sweep', view: () => this.changed },
      { name: 'lanes', longName: 'lane that holds each slot (copy, point)', view: () => lanes },
      { name: 'point', longName: 'point at which each lane is', view: () => this.point },
      { name: 'tuned', longName: 'what was tuned or counted of each lane', view: () => this.#diagnostics },
      ...this.samples.persistent('samples'),
      ...this.checks.persistent('checks'),
      ...this.histogram.persistent('histogram'),
      { name: 'attempted', longName: 'exchanges attempted between points k and k + 1', view: () => this.attempted },
      { name: 'accepted', longName: 'exchanges accepted between points k and k + 1', view: () => this.accepted },
      { name: 'heading', longName: 'end at which a replica was last: 1 the first point, 2 the last', view: () => this.heading },
      { name: 'round_trips', longName: 'round trips of each replica', view: () => this.roundTrips },
      {
        name: 'trajectory',
        longName: 'point of each replica at thinned rounds',
        view: () => this.trajectory.subarray(0, (state[State.trajectoryRows] as number) * lanes.length),
      },
      ...this.trace.persistent(archived.trace),
      {
        name: 'series',
        longName: 'samples that other replicas of the simulation do not have yet',
        view: () => this.series.subarray(archived.samples * this.#seriesWidth, this.samples.samples * this.#seriesWidth),
      },
      {
        name: 'snapshot_lanes',
        longName: 'lane that held each slot when a snapshot was taken that others do not have yet',
        view: () => this.snapshotLanes.subarray(archived.snapshots * lanes.length, this.#snapshotsTaken * lanes.length),
      },
      {
        name: 'snapshots',
        longName: 'configurations of snapshots that others do not have yet',
        view: () => this.snapshots.subarray(archived.snapshots * this.#snapshotBytes, this.#snapshotsTaken * this.#snapshotBytes),
      },
    ]
    return [
      {
        name: 'state',
        longName: '1 once begun; rounds done; rows of the trajectory, rounds between them; snapshots taken',
        view: () => state,
      },
      ...fields.map(({ view, ...field }) => ({ ...field, view: begun(view) })),
    ]
  }

  get #snapshotsTaken(): number {
    return this.state[State.snapshotsTaken] as number
  }

  /** Makes ready for a new team. Call only while no member is at work. */
  resetTeam(): void {
    Barrier.reset(this.barrier)
    Shares.reset(this.claims, this.state[State.rounds] as number)
  }

  /** Sweeps that every replica has done. */
  get sweeps(): number {
    return this.bundles.reduce((least, state) => Math.min(least, state[BundleState.sweeps] as number), Number.POSITIVE_INFINITY)
  }

  /** Seconds of one kind, all threads together. */
  seconds(kind: 'sweepSeconds' | 'measureSeconds' | 'exchangeSeconds' | 'waitSeconds'): number {
    return this.bundles.reduce((sum, state) => sum + (state[BundleState[kind]] as number), 0)
  }
}

/** What the archive has of all ladders of a simulation, outside of the checkpoint. */
export interface Archived {
  readonly samples: number
  readonly snapshots: number
  readonly trace: TraceRows
}

/** What one ladder was at a moment, whatever workers have done to it since. */
export interface FrozenLadder {
  readonly memory: LadderMemory
  /** What lasts of each bundle: lattices, streams, what was tuned. */
  readonly bundles: readonly (readonly Field[])[]
}

/** Where the persistent numbers of a ladder's bundles lie; none before it has begun. */
export function persistentBundles(buffer: ArrayBufferLike, memory: LadderMemory, spec: LadderSpec, model: Model): Field[][] {
  return memory.modelsAt.map((offset) => model.persistent(buffer, offset, spec.size, spec.points.length))
}

/**
 * A copy of one ladder, taken while no worker is in it; the bulk (series, snapshots) is written once and only referred to.
 */
export function freezeLadder(buffer: ArrayBufferLike, offset: number, spec: LadderSpec, model: Model): FrozenLadder {
  const at = offsets(new Layout(offset), spec, model)
  const copy = new Uint8Array(new Uint8Array(buffer, offset, at.series - offset)).buffer
  const memory = new LadderMemory(copy, 0, spec, model, { buffer, offset })
  const begun = memory.state[State.ready] !== 0
  // Where it comes from does not matter to who reads it.
  memory.state[State.ready] = begun ? 1 : 0
  const bundles = persistentBundles(buffer, memory, spec, model).map((fields) =>
    fields.map(({ view, ...field }) => {
      const values = begun ? view().slice() : view().slice(0, 0)
      return { ...field, view: () => values }
    }),
  )
  return { memory, bundles }
}

/** Indices into LadderMemory.state. Plain numbers: one worker at a time writes them, the one that closes a round. */
export const State = {
  /**
   * 1 once lattices and streams are there; 2 where they come from a checkpoint and what follows from them is still to be
   * built.
   */
  ready: 0,
  /** Rounds done, thermalization included. */
  rounds: 1,
  /** Rows of the trajectory in use, and rounds between them. */
  trajectoryRows: 2,
  trajectoryEvery: 3,
  /** Times at which configurations were kept. */
  snapshotsTaken: 4,
} as const

/** Indices into LadderMemory.bundles[i]. The worker that steps the bundle writes them. */
export const BundleState = {
  /** Sweeps done. */
  sweeps: 0,
  /** Seconds of threads, by kind; what a team does together is put down to the first bundle of who does it. */
  sweepSeconds: 1,
  measureSeconds: 2,
  exchangeSeconds: 3,
  waitSeconds: 4,
} as const
