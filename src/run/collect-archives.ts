import { isDeepStrictEqual } from 'node:util'
import type { CheckpointReader } from '../archive/checkpoint.ts'
import type { Archive } from '../archive/read.ts'
import { FileError } from '../errors.ts'
import { bundleCount, type Plan, type PlanGroup, type PlanOptions } from '../job/plan.ts'
import { knownModel } from '../model/registry.ts'
import { ladderBytes } from '../sampling/layout.ts'
import { LadderMemory, State } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'
import { assemble, type Saved } from './assemble.ts'
import type { Idle } from './collect.ts'
import { bundlesIn, type KeptLadder, restoreGroup } from './checkpoint.ts'

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
export function readLadders(plan: Plan, archives: readonly Archive[]): { readonly kept: readonly KeptLadder[]; readonly idle: Idle } {
  // As they are of a part that is missing.
  const kept: KeptLadder[] = plan.ladders.map((spec) => ({ ...measuredMemory(spec), bundles: [] }))
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

/**
 * By what the job of some archives is planned: the installed model, or else what the archives say of it.
 *
 * @throws FileError when the plan asks for a simulation that none of the archives has
 */
export function modelIn(archives: readonly Archive[]): Pick<PlanOptions, 'model' | 'describe'> {
  const { model: name } = archives[0]?.job ?? {}
  const model = knownModel(name)
  if (model) return { model }
  const simulations = archives.flatMap((archive) => archive.simulations)
  return {
    describe: (size, parameters) => {
      const found = simulations.find((one) => one.size === size && isDeepStrictEqual(one.parameters, parameters))
      if (found) return found.description
      throw new FileError(`${archives[0]?.path}: the model ${name} is not installed, and nothing here describes it at L = ${size}`)
    },
  }
}

/** What a resume needs of a group, by its id; undefined if the archive has nothing of it. */
export function checkpointIn(archive: Archive, group: string): CheckpointReader | undefined {
  return archive.simulations.some(({ name }) => name === group) ? archive.checkpoint(group) : undefined
}

/** @returns by ladder of the plan, those that the archive has */
function readGroup(plan: Plan, group: PlanGroup, archive: Archive, reader: CheckpointReader): [number, KeptLadder][] {
  const own = group.ladders.filter((ladder) => reader.ladders.includes((plan.ladders[ladder] as LadderSpec).index))
  if (own.length < reader.ladders.length) throw new FileError(`${archive.path}: damaged; it has ladders that its job does not have`)
  const measured = own.map((ladder) => measuredMemory(plan.ladders[ladder] as LadderSpec))
  restoreGroup(archive, reader, group, measured)
  const begun = measured.filter(({ memory }) => memory.state[State.ready] !== 0)
  for (const { memory } of begun) memory.state[State.ready] = 1
  const fields = bundlesIn(archive, reader, bundleCount({ ladders: begun.map(({ spec }) => spec) }))
  return measured.map((one, i) => {
    const bundles = begun.includes(one) ? Array.from({ length: one.spec.bundles }, () => fields) : []
    return [own[i] as number, { ...one, bundles }]
  })
}

/** Memory of a ladder that is not to be stepped: without lattices. */
function measuredMemory(spec: LadderSpec): Pick<KeptLadder, 'spec' | 'memory'> {
  const { all, lattices } = ladderBytes(spec)
  return { spec, memory: new LadderMemory(new ArrayBuffer(all - lattices), 0, spec) }
}
