import { Layout } from '../memory/layout.ts'
import type { Model } from '../model/model.ts'
import { Accumulator } from './accumulator.ts'

/** One place of the plan: which copy, at which temperature (index into the grid). */
export interface Slot {
  readonly copy: number
  readonly temperature: number
}

/** What one bundle is to do; cloned to the workers, so plain data. */
export interface BundleSpec {
  readonly model: string
  /** Name of the simulation, part of every random seed. */
  readonly simulation: string
  readonly index: number
  readonly seed: string
  readonly size: number
  readonly parameters: Readonly<Record<string, number>>
  readonly update: string
  /** Temperatures of the simulation, ascending. */
  readonly temperatures: readonly number[]
  readonly slots: readonly Slot[]
  readonly tempering: boolean
  readonly thermalization: number
  readonly measureEvery: number
  /** Samples to take. */
  readonly samples: number
  /** Times at which all configurations are kept. */
  readonly snapshotEvents: number
  readonly series: boolean
}

/** Rows of the trajectory kept at most; when they are full every other one is dropped. Even. */
export const MAX_TRAJECTORY = 1024
/** Samples from one measurement of the identity to the next. */
export const CHECK_EVERY = 16
const STATE = 16

/** Rounds of a bundle before the first sample. */
export function thermalizationRounds({ thermalization, measureEvery }: BundleSpec): number {
  return Math.ceil(thermalization / measureEvery)
}

function offsets(layout: Layout, spec: BundleSpec, model: Model) {
  const slots = spec.slots.length
  const series = model.observables.filter((observable) => observable.series).length
  return {
    state: layout.f64(STATE),
    random: layout.bytes(32),
    uniform: layout.f64(model.lanes),
    pairs: layout.i32(2 * model.lanes),
    inverseTemperature: layout.f64(slots),
    lanes: layout.i32(slots),
    energy: layout.f64(model.lanes),
    samples: Accumulator.layout(layout, model.observables.length, slots),
    checks: Accumulator.layout(layout, model.check.inputs.length, slots),
    attempted: layout.f64(spec.temperatures.length),
    accepted: layout.f64(spec.temperatures.length),
    heading: layout.i32(slots),
    roundTrips: layout.i32(slots),
    trajectory: layout.i32(spec.tempering ? MAX_TRAJECTORY * slots : 0),
    series: layout.f64(spec.series ? series * spec.samples * slots : 0),
    snapshotLanes: layout.i32(spec.snapshotEvents * slots),
    snapshots: layout.bytes(spec.snapshotEvents * model.snapshot.bytes(spec.size)),
    model: model.layout(layout, spec.size),
  }
}

/** Bytes of shared memory that a bundle needs in all, and for what freezeBundle copies. */
export function bundleBytes(spec: BundleSpec, model: Model): { readonly all: number; readonly copied: number } {
  const layout = new Layout(0)
  const { series } = offsets(layout, spec, model)
  return { all: layout.end, copied: series }
}

/** Typed views of one bundle's shared memory; the same for the worker that writes and the coordinator that reads. */
export class BundleMemory {
  /** Numbers of State, by index. */
  readonly state: Float64Array
  /** Offset of the scalar generator of the exchanges, and its four words. */
  readonly randomAt: number
  readonly random: BigUint64Array
  /** Offsets of what only the exchange kernel reads and writes. */
  readonly exchangeAt: {
    readonly energy: number
    readonly inverseTemperature: number
    readonly lanes: number
    readonly uniform: number
    readonly accepted: number
    readonly pairs: number
  }
  /** (slots) */
  readonly inverseTemperature: Float64Array
  /** Lane that holds each slot, (slots). */
  readonly lanes: Int32Array
  /** Total energy of each lane, (lanes). */
  readonly energy: Float64Array
  readonly samples: Accumulator
  readonly checks: Accumulator
  /** Exchanges attempted and accepted between temperatures k and k + 1, (temperatures). */
  readonly attempted: Float64Array
  readonly accepted: Float64Array
  /** Where a replica was last, 1 the lowest temperature, 2 the highest, 0 neither yet; by replica = lane, (slots). */
  readonly heading: Int32Array
  readonly roundTrips: Int32Array
  /** Temperature index of each replica at thinned rounds, (row, slots). */
  readonly trajectory: Int32Array
  /** (observable, sample, slots) */
  readonly series: Float64Array
  /** (event, slots) and (event, bytes) */
  readonly snapshotLanes: Int32Array
  readonly snapshots: Uint8Array
  /** Offset for Model.open. */
  readonly modelAt: number

  /**
   * @param buffer where everything but the bulk lies (series, snapshots, lattices), from `offset` on
   * @param bulk where those lie, if elsewhere
   */
  constructor(buffer: ArrayBufferLike, offset: number, spec: BundleSpec, model: Model, bulk = { buffer, offset }) {
    const at = offsets(new Layout(offset), spec, model)
    const far = offsets(new Layout(bulk.offset), spec, model)
    const slots = spec.slots.length
    const pairs = spec.temperatures.length
    const series = model.observables.filter((observable) => observable.series).length
    this.state = new Float64Array(buffer, at.state, STATE)
    this.randomAt = at.random
    this.random = new BigUint64Array(buffer, at.random, 4)
    const { energy, inverseTemperature, lanes, uniform, accepted, pairs: swapped } = at
    this.exchangeAt = { energy, inverseTemperature, lanes, uniform, accepted, pairs: swapped }
    this.inverseTemperature = new Float64Array(buffer, at.inverseTemperature, slots)
    this.lanes = new Int32Array(buffer, at.lanes, slots)
    this.energy = new Float64Array(buffer, at.energy, model.lanes)
    this.samples = new Accumulator(buffer, at.samples, model.observables.length, slots)
    this.checks = new Accumulator(buffer, at.checks, model.check.inputs.length, slots)
    this.attempted = new Float64Array(buffer, at.attempted, pairs)
    this.accepted = new Float64Array(buffer, at.accepted, pairs)
    this.heading = new Int32Array(buffer, at.heading, slots)
    this.roundTrips = new Int32Array(buffer, at.roundTrips, slots)
    this.trajectory = new Int32Array(buffer, at.trajectory, spec.tempering ? MAX_TRAJECTORY * slots : 0)
    this.series = new Float64Array(bulk.buffer, far.series, spec.series ? series * spec.samples * slots : 0)
    this.snapshotLanes = new Int32Array(bulk.buffer, far.snapshotLanes, spec.snapshotEvents * slots)
    this.snapshots = new Uint8Array(bulk.buffer, far.snapshots, spec.snapshotEvents * model.snapshot.bytes(spec.size))
    this.modelAt = far.model
  }
}

/**
 * A copy of what one bundle has measured, taken while no worker is in it; the bulk (series, snapshots) is written once and
 * only referred to.
 */
export function freezeBundle(buffer: ArrayBufferLike, offset: number, spec: BundleSpec, model: Model): BundleMemory {
  const at = offsets(new Layout(offset), spec, model)
  const copy = new Uint8Array(new Uint8Array(buffer, offset, at.series - offset)).buffer
  return new BundleMemory(copy, 0, spec, model, { buffer, offset })
}

/** Indices into BundleMemory.state. Plain numbers: one worker writes a bundle at a time. */
export const State = {
  /** 1 once lattices and streams are there. */
  ready: 0,
  /** Rounds done, thermalization included. */
  rounds: 1,
  /** Seconds spent, by kind. */
  sweepSeconds: 2,
  measureSeconds: 3,
  exchangeSeconds: 4,
  /** Sweeps done. */
  sweeps: 5,
  /** Rows of the trajectory in use, and rounds between them. */
  trajectoryRows: 6,
  trajectoryEvery: 7,
  /** Times at which configurations were kept. */
  snapshotsTaken: 8,
  /** Sweeps done of the round under way. */
  sweepsOfRound: 9,
} as const
