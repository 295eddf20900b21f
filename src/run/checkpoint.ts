import type { CheckpointData, CheckpointReader } from '../archive/checkpoint.ts'
import { reasonOf } from '../archive/hdf5.ts'
import type { Archive, ArchivedSimulation } from '../archive/read.ts'
import { type Archived, type LadderMemory, State } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'
import type { TraceRows } from '../sampling/trace.ts'
import { FileError } from '../errors.ts'
import type { PlanGroup, SimulationPlan } from '../job/plan.ts'
import type { Persistent, Field } from '../engine/memory/fields.ts'
import { sampledNames } from '../model/columns.ts'
import { bundleBytes, encodeLane } from '../model/configuration.ts'
import { type Idle, samplesOfAll, snapshotsOfAll, traceOfAll } from './collect.ts'
import { ownSlots } from './grid.ts'

// From shared memory into the checkpoint of an archive and back.

/** What is to be kept of one ladder. */
export interface KeptLadder {
  readonly spec: LadderSpec
  readonly memory: LadderMemory
  /** The fields of each bundle, what there is of each in one or more pieces. */
  readonly bundles: readonly (readonly Pieces[])[]
}

/** A field whose numbers need not be in memory all at once. */
export interface Pieces {
  readonly name: string
  readonly longName: string
  readonly sparse: boolean
  readonly length: number
  readonly pieces: () => Iterable<Persistent>
}

/** A field as it lies in memory. */
export function inOnePiece({ name, longName, view, sparse = false }: Field): Pieces {
  return { name, longName, sparse, length: view().length, pieces: () => [view()] }
}

/**
 * The fields of so many bundles that go from one archive to another without being in memory.
 *
 * @throws FileError if the archive does not have the same of every bundle
 */
export function bundlesIn(archive: Archive, reader: CheckpointReader, bundles: number): Pieces[] {
  return reader.fields(BUNDLE).map(({ name, longName, length }) => {
    const own = length / bundles
    if (!Number.isInteger(own)) throw new FileError(`${archive.path}: the checkpoint is damaged; ${name} is not the same of every bundle`)
    return {
      name: name.slice(BUNDLE.length),
      longName,
      sparse: false,
      length: own,
      pieces: function* () {
        const stream = reader.stream(name)
        for (let left = own; left > 0; ) {
          const piece = stream.next(left) as Persistent
          left -= piece.length
          yield piece
        }
      },
    }
  })
}

/** The checkpoint of one group. */
export function checkpointOf({ id }: PlanGroup, kept: readonly KeptLadder[], idle: Idle): CheckpointData {
  const archived = { samples: samplesOfAll(kept), snapshots: snapshotsOfAll(kept), trace: traceOfAll(kept) }
  const { samples, snapshots, trace } = archived
  const common = kept.map(({ memory }) => memory.persistent(archived).map(inOnePiece))
  const own = kept.flatMap(({ bundles }) => bundles)
  const snapshotsTaken = kept.reduce((most, { memory }) => Math.max(most, memory.state[State.snapshotsTaken] as number), 0)
  return {
    simulation: id,
    ladders: kept.map(({ spec }) => spec.index),
    numbers: {
      samples,
      snapshots,
      traceRows: trace.count,
      traceEvery: trace.every,
      snapshotsTaken,
      waitSeconds: idle.wait,
      saveSeconds: idle.save,
    },
    snapshotsDue: kept[0]?.spec.snapshotsDue ?? [],
    fields: [...joined(common, ''), ...joined(own, BUNDLE)],
  }
}

/** Fields of bundles are told apart from those of ladders by this. */
const BUNDLE = 'bundle_'

/** The same field of all ladders, or all bundles, one behind the other. */
function joined(lists: readonly (readonly Pieces[])[], prefix: string): CheckpointData['fields'] {
  const named = new Map(lists.flat().map(({ name, longName, sparse }) => [name, { longName, sparse }]))
  return [...named].map(([name, about]) => {
    const pieces = lists.flatMap((fields) => fields.find((field) => field.name === name) ?? [])
    return {
      ...about,
      name: `${prefix}${name}`,
      length: pieces.reduce((sum, { length }) => sum + length, 0),
      parts: function* () {
        for (const own of pieces) yield* own.pieces()
      },
    }
  })
}

/** A ladder that is to be filled. */
export interface Target {
  readonly spec: LadderSpec
  readonly memory: LadderMemory
  /** What lasts of its bundles, one after the other; undefined if only what was measured is wanted. */
  readonly bundles?: readonly Field[] | undefined
}

/**
 * Puts back what an archive has of one group.
 *
 * @param targets in the order in which the checkpoint has the ladders, with memory that is 0
 * @throws FileError where the checkpoint is not what was written, or belongs to another job
 */
export function restoreGroup(archive: Archive, reader: CheckpointReader, group: PlanGroup, targets: readonly Target[]): void {
  const { samples, snapshots, traceRows, traceEvery } = reader.numbers
  const archived: Archived = { samples, snapshots, trace: { count: traceRows, every: traceEvery } }
  try {
    for (const { memory, bundles } of targets) {
      for (const { name, view } of memory.persistent(archived)) reader.stream(name).fill(view())
      if (memory.state[State.ready] === 0) continue
      for (const { name, view } of bundles ?? []) reader.stream(`${BUNDLE}${name}`).fill(view())
      memory.state[State.ready] = 2
    }
    reader.finish()
  } catch (error) {
    throw error instanceof FileError ? error : new FileError(`${archive.path}: the checkpoint is damaged; ${reasonOf(error)}`)
  }
  restoreBulk(archive, group, targets, archived)
}

/** Series, rows of the trace and snapshots that all ladders have are where readers of the archive find them. */
function restoreBulk(archive: Archive, group: PlanGroup, targets: readonly Target[], { samples, snapshots, trace }: Archived): void {
  for (const plan of group.simulations) {
    const archivedSimulation = archive.simulations.find(({ name }) => name === plan.name)
    if (!archivedSimulation) throw new FileError(`${archive.path}: damaged; the simulation ${plan.name} is missing`)
    const slots = new Map<string, Place>()
    for (const { spec, memory } of targets) {
      // What has not begun has nothing there.
      if (memory.state[State.ready] === 0) continue
      for (const { slot, copy, temperature } of ownSlots(plan, { spec, memory }).slots)
        slots.set(`${temperature},${copy}`, { memory, spec, slot })
    }
    if (trace.count > 0) restoreTrace(archivedSimulation, plan, slots, trace)
    if (samples > 0 && targets[0]?.spec.series) restoreSeries(archivedSimulation, plan, slots, samples)
    if (snapshots > 0) restoreSnapshots(archivedSimulation, plan, slots)
  }
}

/** Where a (temperature, copy) is in memory. */
interface Place {
  readonly memory: LadderMemory
  readonly spec: LadderSpec
  readonly slot: number
}

/** Where a ladder was ahead of others its rows may be closer, and are all in the checkpoint. */
function restoreTrace(from: ArchivedSimulation, { description }: SimulationPlan, slots: ReadonlyMap<string, Place>, rows: TraceRows): void {
  const names = sampledNames(description)
  for (const [k, name] of names.entries()) {
    for (const { first, second, values } of from.rows(`trace/${name}`)) {
      const place = slots.get(`${first},${second}`)
      if (!place || place.memory.trace.every !== rows.every) continue
      for (let row = 0; row < rows.count; row++) place.memory.trace.put(row, k, place.slot, values[row] as number)
    }
  }
}

function restoreSeries(
  from: ArchivedSimulation,
  { description }: SimulationPlan,
  slots: ReadonlyMap<string, Place>,
  samples: number,
): void {
  const names = sampledNames(description)
  for (const [k, name] of names.entries()) {
    for (const { first, second, values } of from.rows(`series/${name}`)) {
      const place = slots.get(`${first},${second}`)
      if (!place) continue
      const width = place.spec.slots.length
      for (let sample = 0; sample < samples; sample++) {
        place.memory.series[(sample * names.length + k) * width + place.slot] = values[sample] as number
      }
    }
  }
}

/** Every slot's configuration goes to the lane of the same number: where it was once no longer matters. */
function restoreSnapshots(from: ArchivedSimulation, { description, copies }: SimulationPlan, slots: ReadonlyMap<string, Place>): void {
  const { configuration, lanes } = description
  const bytes = bundleBytes(configuration, lanes)
  for (const { first, second, values } of from.rows('snapshots/spins')) {
    const place = slots.get(`${first},${second % copies}`)
    if (!place) continue
    const { memory, spec, slot } = place
    const event = Math.floor(second / copies)
    const at = (event * spec.bundles + Math.floor(slot / lanes)) * bytes
    memory.snapshotLanes[event * spec.slots.length + slot] = slot
    encodeLane(configuration, lanes, values, memory.snapshots.subarray(at, at + bytes), slot % lanes)
  }
}
