import { type Field, fieldsAt, type Persistent, persistentFields, type Views, viewsOf } from '../engine/memory/fields.ts'
import { Barrier } from '../engine/pool/barrier.ts'
import { Shares } from '../engine/pool/shares.ts'
import { columnsOf } from '../model/columns.ts'
import type { Model } from '../model/model.ts'
import { Accumulator } from './accumulator.ts'
import { EnergyHistogram } from './histogram.ts'
import { type BulkFields, histogramShape, type LadderFields, ladderBytes, layOut, traceShape } from './layout.ts'
import type { SchemeMemory } from './scheme.ts'
import { schemeOf } from './schemes/index.ts'
import type { LadderSpec } from './spec.ts'
import { Trace, type TraceRows } from './trace.ts'

/**
 * One ladder's shared memory as numbers; the same for the worker that writes and the coordinator that reads. What a scheme needs is
 * part of it, and only the scheme looks into that.
 */
export class LadderMemory {
  /** Numbers of State, by index. */
  readonly state: Float64Array
  /** Numbers of BundleState, by index, of every bundle. */
  readonly bundles: readonly Float64Array[]
  /** Where the members of a team meet. */
  readonly barrier: Int32Array
  /** Which rounds' bundles are taken, (bundles); see Shares. */
  readonly claims: Int32Array
  /** What happens between rounds. */
  readonly scheme: SchemeMemory
  /** Lane that holds each slot, counted through all bundles, (slots). */
  readonly lanes: Int32Array
  /** The rung at which each lane is, (bundles * lanes). Lanes that no slot uses run along at that of the last slot. */
  readonly rung: Int32Array
  /** Total energy of each lane, and ∂H/∂p of the parameter p that changes from rung to rung, (bundles * lanes). */
  readonly energy: Float64Array
  readonly slope: Float64Array
  /** 0, 1, 2 ..., (lanes of one bundle). */
  readonly everyLane: Int32Array
  /** What one bundle of several reads off its lanes, (value, lane), on its way to the slots; of every bundle. */
  readonly read: readonly Float64Array[]
  /** What Description.diagnostics names, of every bundle, (diagnostic, lanes). */
  readonly diagnostics: readonly Float64Array[]
  readonly samples: Accumulator
  readonly checks: Accumulator
  readonly histogram: EnergyHistogram
  readonly trace: Trace
  /** (sample, observable, slots) */
  readonly series: Float64Array
  /** (event, slots) and (event, bundle, bytes) */
  readonly snapshotLanes: Int32Array
  readonly snapshots: Uint8Array
  readonly #spec: LadderSpec
  readonly #fields: LadderFields
  readonly #view: Views<LadderFields>
  readonly #bulkFields: BulkFields
  /** Offset for Model.open, of every bundle. */
  readonly modelsAt: readonly number[]

  /**
   * @param buffer where everything but the bulk lies (series, snapshots, lattices), from `offset` on
   * @param bulk where those lie, if elsewhere
   */
  constructor(buffer: ArrayBufferLike, offset: number, spec: LadderSpec, bulk = { buffer, offset }) {
    const { description } = spec
    const near = layOut(offset, spec)
    const { fields, at, bulk: bulkFields } = near
    const view = viewsOf(fields, buffer, at)
    const far = bulk.offset === offset ? near : layOut(bulk.offset, spec)
    const { series, snapshotLanes, snapshots } = viewsOf(bulkFields, bulk.buffer, far.bulkAt)
    this.#spec = spec
    this.#fields = fields
    this.#bulkFields = bulkFields
    this.#view = view
    this.state = view.state
    this.bundles = rowsOf(view.bundles, spec.bundles)
    this.barrier = view.barrier
    this.claims = view.claims
    this.lanes = view.lanes
    this.rung = view.rung
    this.energy = view.energy
    this.slope = view.slope
    // Here, as it is not among what a checkpoint keeps.
    this.everyLane = view.everyLane
    for (let lane = 0; lane < description.lanes; lane++) this.everyLane[lane] = lane
    this.read = rowsOf(view.read, spec.bundles)
    this.diagnostics = rowsOf(view.diagnostics, spec.bundles)
    this.samples = new Accumulator(at.samples, view.samples, columnsOf(description).length, spec.slots.length)
    this.checks = new Accumulator(at.checks, view.checks, description.identity.inputs.length, spec.slots.length)
    this.histogram = new EnergyHistogram(at.histogram, view.histogram, histogramShape(spec))
    this.scheme = schemeOf(spec).open({
      ...view,
      spec,
      at: { round: at.scheme, books: at.books },
      view: { round: view.scheme, books: view.books },
      numbers: view.state.subarray(State.scheme, State.scheme + 2),
    })
    this.trace = new Trace(view.trace, traceShape(spec))
    this.series = series
    this.snapshotLanes = snapshotLanes
    this.snapshots = snapshots
    this.modelsAt = far.models
  }

  /**
   * What a checkpoint keeps besides the lattices, in order. A ladder that has not begun keeps nothing but the first field.
   *
   * @param archived samples of the series, rows of the trace, and times of snapshots, that the archive has of all ladders of
   *   a simulation; only what is beyond is kept here
   */
  persistent(archived: Archived): Field[] {
    const { state, samples } = this
    const taken = (): number => state[State.snapshotsTaken] as number
    const [begin, ...measured] = persistentFields(this.#fields, this.#view, {
      samples: samples.parts,
      checks: this.checks.parts,
      histogram: this.histogram.parts,
      scheme: this.scheme.parts.round ?? {},
      books: this.scheme.parts.books ?? {},
      trace: this.trace.parts(archived.trace),
    })
    const bulk = persistentFields(this.#bulkFields, this, {
      series: (all) => all.subarray(...range(all, this.#spec.samples, archived.samples, samples.samples)),
      snapshotLanes: (all) => all.subarray(...range(all, this.#spec.snapshotsDue.length, archived.snapshots, taken())),
      snapshots: (all) => all.subarray(...range(all, this.#spec.snapshotsDue.length, archived.snapshots, taken())),
    })
    return [
      begin as Field,
      ...[...measured, ...bulk].map(({ view, ...field }) => ({
        ...field,
        view: () => (state[State.ready] === 0 ? view().subarray(0, 0) : view()),
      })),
    ]
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

/** `count` rows of one length. */
function rowsOf(all: Float64Array, count: number): Float64Array[] {
  const width = all.length / count
  return Array.from({ length: count }, (_, row) => all.subarray(row * width, (row + 1) * width))
}

/** Where the rows from one on up to another lie, of as many as fit. */
function range({ length }: Persistent, rows: number, from: number, to: number): [number, number] {
  const width = rows > 0 ? length / rows : 0
  return [from * width, to * width]
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
  return memory.modelsAt.map((offset) => fieldsAt(model.fields(spec.size, spec.points.length, spec.update), buffer, offset))
}

/**
 * A copy of one ladder, taken while no worker is in it; the bulk (series, snapshots) is written once and only referred to.
 */
export function freezeLadder(buffer: ArrayBufferLike, offset: number, spec: LadderSpec, model: Model): FrozenLadder {
  const copy = new Uint8Array(new Uint8Array(buffer, offset, ladderBytes(spec).measured)).buffer
  const memory = new LadderMemory(copy, 0, spec, { buffer, offset })
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
  /** Two numbers of the scheme. */
  scheme: 2,
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
