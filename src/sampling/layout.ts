import { bytes, bytesOf, f64, i32, layoutOf } from '../engine/memory/fields.ts'
import { Layout } from '../engine/memory/layout.ts'
import { BARRIER_WORDS } from '../engine/pool/barrier.ts'
import { binnedColumns, columnsOf } from '../model/columns.ts'
import type { Model } from '../model/model.ts'
import { accumulatorFields } from './accumulator.ts'
import { type HistogramShape, histogramFields } from './histogram-shape.ts'
import { schemeOf } from './schemes/index.ts'
import { type LadderSpec, roundCount, seriesOf } from './spec.ts'
import { traceFields } from './trace.ts'

// What a ladder's memory holds, and where it lies.

/** A cache line for each bundle, so that threads do not write into each other's. */
const BUNDLE_STATE = 8

export function traceShape(spec: LadderSpec, model: Model) {
  return { rounds: roundCount(spec), observables: seriesOf(model).length, slots: spec.slots.length }
}

export function histogramShape({ slots, size, copies }: LadderSpec, model: Model): HistogramShape {
  return { slots: slots.length, columns: binnedColumns(model, size), sites: size * size, copies }
}

/** Numbers that one bundle of several reads off its lanes at once. */
function readLength({ size }: LadderSpec, model: Model): number {
  return model.lanes * Math.max(columnsOf(model, size).length, model.identity.inputs.length)
}

export type LadderFields = ReturnType<typeof ladderFields>
export type BulkFields = ReturnType<typeof bulkFields>

/** All of a ladder's memory but its bulk and its lattices. */
function ladderFields(spec: LadderSpec, model: Model) {
  const slots = spec.slots.length
  const scheme = schemeOf(spec).fields(spec)
  const lanes = spec.bundles * model.lanes
  return {
    /** Numbers of State, by index. */
    state: f64(16, {
      name: 'state',
      longName: '1 once begun; rounds done; rows of the trajectory, rounds between them; snapshots taken',
    }),
    bundles: f64(spec.bundles * BUNDLE_STATE, { name: 'bundles', longName: 'sweeps done and seconds by kind, of each bundle' }),
    barrier: i32(BARRIER_WORDS),
    claims: i32(spec.bundles),
    scheme: scheme.round,
    lanes: i32(slots, { name: 'lanes', longName: 'lane that holds each slot (copy, point)' }),
    rung: i32(lanes, { name: 'point', longName: 'point at which each lane is' }),
    energy: f64(lanes),
    slope: f64(lanes),
    everyLane: i32(model.lanes),
    read: f64(spec.bundles > 1 ? spec.bundles * readLength(spec, model) : 0),
    diagnostics: f64(model.diagnostics.length * lanes, { name: 'tuned', longName: 'what was tuned or counted of each lane' }),
    samples: accumulatorFields('samples', columnsOf(model, spec.size).length, slots),
    checks: accumulatorFields('checks', model.identity.inputs.length, slots),
    histogram: histogramFields('histogram', histogramShape(spec, model)),
    books: scheme.books,
    trace: traceFields(traceShape(spec, model)),
  }
}

/** What is written once and never changes again, of as many samples as there will be. */
function bulkFields(spec: LadderSpec, model: Model) {
  const slots = spec.slots.length
  const snapshots = spec.snapshotsDue.length
  return {
    series: f64(spec.series ? seriesOf(model).length * spec.samples * slots : 0, {
      name: 'series',
      longName: 'samples that other replicas of the simulation do not have yet',
    }),
    snapshotLanes: i32(snapshots * slots, {
      name: 'snapshot_lanes',
      longName: 'lane that held each slot when a snapshot was taken that others do not have yet',
    }),
    snapshots: bytes(snapshots * spec.bundles * model.snapshot.bytes(spec.size), {
      name: 'snapshots',
      longName: 'configurations of snapshots that others do not have yet',
    }),
  }
}

/** Where all of a ladder lies that begins at `offset`. */
export function layOut(offset: number, spec: LadderSpec, model: Model) {
  const layout = new Layout(offset)
  const [fields, bulk] = [ladderFields(spec, model), bulkFields(spec, model)]
  const at = layoutOf(fields, layout)
  const bulkFrom = layout.end
  const bulkAt = layoutOf(bulk, layout)
  const ofModel = bytesOf(model.fields(spec.size, spec.points.length))
  const models = Array.from({ length: spec.bundles }, (_, bundle) => layout.end + bundle * ofModel)
  return { fields, at, bulk, bulkFrom, bulkAt, models, end: layout.end + spec.bundles * ofModel }
}

/**
 * Bytes of shared memory that a ladder needs in all, for its lattices and what sweeps need, and for what is measured but
 * series and snapshots.
 */
export function ladderBytes(
  spec: LadderSpec,
  model: Model,
): { readonly all: number; readonly lattices: number; readonly measured: number } {
  const { bulkFrom, models, end } = layOut(0, spec, model)
  return { all: end, lattices: end - (models[0] as number), measured: bulkFrom }
}
