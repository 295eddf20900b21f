import type { CheckpointReader } from '../archive/checkpoint.ts'
import type { Archive } from '../archive/read.ts'
import { bytesOf, type Field, fieldsAt } from '../engine/memory/fields.ts'
import { FileError } from '../errors.ts'
import type { Group, Plan, SimulationPlan } from '../job/plan.ts'
import type { Model } from '../model/model.ts'
import { LadderMemory, ladderBytes, State } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'
import { assemble, type Saved } from './assemble.ts'
import type { Idle } from './collect.ts'
import { inOnePiece, inPieces, type KeptLadder, type Pieces, restoreGroup } from './checkpoint.ts'

/**
 * Everything that archives of one job hold together, computed anew from their checkpoints. What was measured goes through memory;
 * lattices go from file to file a piece at a time. No worker and no shared memory is needed.
 *
 * @param archives parts of the plan's job, or the whole of it
 * @throws FileError if a checkpoint cannot be used
 */
export function collectArchives(plan: Plan, archives: readonly Archive[]): Saved {
  const { kept, idle } = readLadders(plan, archives)
  return assemble(plan, kept, idle)
}

/** The same by ladder of the plan, before anything is computed. */
export function readLadders(
  plan: Plan,
  archives: readonly Archive[],
): { readonly kept: readonly KeptLadder[]; readonly idle: Idle } {
  const kept: KeptLadder[] = plan.ladders.map(notBegun(plan))
  const idle = { wait: 0, save: 0 }
  for (const group of plan.groups) {
    for (const archive of archives) {
      const reader = checkpointIn(archive, group.id)
      if (!reader) continue
      for (const [ladder, own] of readGroup(plan, group, archive, reader)) kept[ladder] = own
      idle.wait += reader.numbers.waitSeconds
      idle.save += reader.numbers.saveSeconds
    }
  }
  return { kept, idle }
}

/** What a resume needs of a group, by its id; undefined if the archive has nothing of it. */
export function checkpointIn(archive: Archive, group: string): CheckpointReader | undefined {
  return archive.simulations.some(({ name }) => name === group) ? archive.checkpoint(group) : undefined
}

/** @returns by ladder of the plan, those that the archive has */
function readGroup(plan: Plan, group: Group, archive: Archive, reader: CheckpointReader): [number, KeptLadder][] {
  const { model } = group.simulations[0] as SimulationPlan
  const own = group.ladders.filter((ladder) => reader.ladders.includes((plan.ladders[ladder] as LadderSpec).index))
  if (own.length < reader.ladders.length) throw new FileError(`${archive.path}: damaged; it has ladders that its job does not have`)
  const targets = own.map((ladder) => {
    const spec = plan.ladders[ladder] as LadderSpec
    return { spec, memory: measuredMemory(spec, model) }
  })
  restoreGroup(archive, reader, group, targets)
  return targets.map(({ spec, memory }, i) => {
    memory.state[State.ready] = Math.min(1, memory.state[State.ready] as number)
    return [own[i] as number, { spec, memory, bundles: bundlesOf(spec, model, memory, (field) => inPieces(reader, field)) }]
  })
}

/** A ladder of a part that is missing. */
function notBegun({ simulations }: Plan): (spec: LadderSpec) => KeptLadder {
  return (spec) => {
    const { model } = simulations[0] as SimulationPlan
    const memory = measuredMemory(spec, model)
    return { spec, memory, bundles: bundlesOf(spec, model, memory, inOnePiece) }
  }
}

/** Memory of a ladder that is not to be stepped: without lattices. */
function measuredMemory(spec: LadderSpec, model: Model): LadderMemory {
  const { all, lattices } = ladderBytes(spec, model)
  return new LadderMemory(new ArrayBuffer(all - lattices), 0, spec, model)
}

/** The fields of each bundle, which have no memory here; those of one that has not begun are empty. */
function bundlesOf(spec: LadderSpec, model: Model, memory: LadderMemory, pieces: (field: Field) => Pieces): Pieces[][] {
  const table = model.fields(spec.size, spec.points.length)
  // Untouched pages take no memory.
  const fields = fieldsAt(table, new ArrayBuffer(bytesOf(table)), 0)
  const begun = memory.state[State.ready] !== 0
  const own = fields.map(({ view, ...field }) => pieces({ ...field, view: begun ? view : () => view().subarray(0, 0) }))
  return Array.from({ length: spec.bundles }, () => own)
}
