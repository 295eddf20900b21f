import type { CheckpointReader } from '../archive/checkpoint.ts'
import { claimArchive } from '../archive/claim.ts'
import type { SimulationData } from '../archive/data.ts'
import { provenance } from '../archive/provenance.ts'
import { type Archive, openArchive } from '../archive/read.ts'
import { writeArchive } from '../archive/write.ts'
import { ladderBytes } from '../sampling/layout.ts'
import { LadderMemory, State } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'
import { realPath } from '../archive/lock.ts'
import { FileError, UsageError } from '../errors.ts'
import { type Plan, planPart } from '../job/plan.ts'
import { bytesOf, type Field, fieldsAt } from '../engine/memory/fields.ts'
import type { Model } from '../model/model.ts'
import { checkpointOf, type Grid, gridsOf, inOnePiece, inPieces, type KeptLadder, type Pieces, restoreGrid } from './checkpoint.ts'
import { collectGrid } from './collect.ts'
import { ownSlots } from './grid.ts'
import { refuseOlder, shardOf } from './resume.ts'

export interface MergeOptions {
  /** Replace an archive that is there; default false. */
  readonly force?: boolean | undefined
  /** Merge what there is, also where parts are missing or not complete; default false. */
  readonly partial?: boolean | undefined
  /** What to note as the command in the archive's provenance. */
  readonly command?: string | undefined
}

/** An archive that was merged. */
export interface MergeResult {
  /** `interrupted` where something is missing: `resume` runs the rest. */
  readonly status: 'complete' | 'interrupted'
  /** Absolute path of the archive. */
  readonly path: string
  readonly simulations: readonly SimulationData[]
}

/**
 * Joins the parts of one job. The data are, bit for bit, those of the job run as a whole.
 *
 * @param files the parts, in any order
 * @param out the archive to write
 * @throws FileError where a part is missing, there twice, not complete, or of another job or version; nothing is written then
 */
export async function merge(files: readonly string[], out: string, options: MergeOptions = {}): Promise<MergeResult> {
  const begun = new Date()
  const parts: Archive[] = []
  try {
    for (const file of files) parts.push(await openArchive(file))
    const [first] = parts
    if (!first) throw new FileError('there is no part to merge; name the files')
    const count = checkParts(parts, options.partial ?? false)
    const same = parts.find((part) => realPath(part.path) === realPath(out))
    if (same) throw new UsageError(`--out: ${out} is one of the parts, which would be lost; name another file`)
    const claim = claimArchive(out, first.job.model, begun, options.force ?? false, '--out')
    try {
      const plan = planMerge(parts)
      const grids = gridsOf(plan).map((grid) => mergeGrid(grid, parts))
      const simulations = grids.flatMap((grid) => grid.simulations)
      const status = parts.length === count && parts.every((part) => part.status === 'complete') ? 'complete' : 'interrupted'
      const sum = (key: string): number => parts.reduce((total, part) => total + Number(part.provenance[key] ?? 0), 0)
      const made = provenance({
        seed: first.job.seed,
        threads: sum('threads'),
        command: options.command ?? 'library call',
        startedAt: parts.map((part) => new Date(String(part.provenance.startedAt))).reduce((a, b) => (a < b ? a : b)),
        finishedAt: begun,
        elapsedSeconds: sum('elapsedSeconds'),
      })
      const checkpoints = grids.map(({ checkpoint }) => checkpoint)
      await writeArchive(claim.path, {
        status,
        compressed: true,
        job: first.job,
        provenance: { ...made, parts: parts.length },
        simulations,
        checkpoints,
      })
      return { status, path: claim.path, simulations }
    } finally {
      claim.release()
    }
  } finally {
    for (const part of parts) part.close()
  }
}

/** @returns the number of parts that the job was cut into */
function checkParts(parts: readonly Archive[], partial: boolean): number {
  const [first] = parts as [Archive]
  const count = shardOf(first)?.count
  const seen = new Map<number, Archive>()
  for (const part of parts) {
    const shard = shardOf(part)
    refuseOlder(part, 'merged')
    if (!shard) throw new FileError(`${part.path}: not a part of a job but all of it; parts are made by spinpool run --shard i/n`)
    if (JSON.stringify(part.job) !== JSON.stringify(first.job)) {
      throw new FileError(`${part.path}: a part of another job than ${first.path} (${differences(part, first)}); merge parts of one job`)
    }
    if (shard.count !== count) {
      throw new FileError(`${part.path}: part ${part.shard}, and ${first.path} is part ${first.shard}; merge parts of one number`)
    }
    const version = (archive: Archive): string => `${archive.provenance.version}, format ${archive.formatVersion}`
    if (version(part) !== version(first)) {
      throw new FileError(
        `${part.path}: written by spinpool ${version(part)}, and ${first.path} by ${version(first)}; run one of them again`,
      )
    }
    const same = seen.get(shard.index)
    if (same) throw new FileError(`${part.path}: part ${part.shard} is there twice, also as ${same.path}; name each part once`)
    seen.set(shard.index, part)
    if (part.status !== 'complete' && !partial) {
      throw new FileError(
        `${part.path}: part ${part.shard} is ${part.status}; finish it with spinpool resume, or merge what there is with --partial`,
      )
    }
  }
  const missing = Array.from({ length: count ?? 0 }, (_, i) => i + 1).filter((index) => !seen.has(index))
  if (missing.length > 0 && !partial) {
    const names = missing.map((index) => `${index}/${count}`).join(', ')
    throw new FileError(
      `${missing.length === 1 ? `part ${names} is` : `parts ${names} are`} missing; name what is missing too, or merge what there is with --partial`,
    )
  }
  return count ?? 0
}

/** Names of the keys in which two jobs differ. */
function differences(a: Archive, b: Archive): string {
  const [left, right] = [a.job, b.job] as [object, object] as [Record<string, unknown>, Record<string, unknown>]
  const keys = Object.keys({ ...left, ...right }).filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]))
  return `${keys.join(', ')} differ${keys.length === 1 ? 's' : ''}`
}

/** The plan of the whole job. */
function planMerge(parts: readonly Archive[]): Plan {
  const [first] = parts as [Archive]
  return planPart(first.job, {
    snapshotsDue: (grid) => {
      const due = parts.flatMap((part) => {
        const reader = readerOf(part, grid)
        return reader ? [{ part, due: reader.snapshotsDue }] : []
      })
      const other = due.find((one) => JSON.stringify(one.due) !== JSON.stringify(due[0]?.due))
      if (other) {
        throw new FileError(
          `${other.part.path}: its sweeps were raised when it had taken other snapshots than ${due[0]?.part.path}; such parts do not fit together; run them again, or leave one out with --partial`,
        )
      }
      return due[0]?.due
    },
  })
}

function readerOf(part: Archive, grid: string): CheckpointReader | undefined {
  return part.simulations.some(({ name }) => name === grid) ? part.checkpoint(grid) : undefined
}

/** What was measured goes through memory; lattices go from file to file a piece at a time. */
function mergeGrid(grid: Grid, parts: readonly Archive[]) {
  const { model, ladders } = grid
  const kept = new Map<LadderSpec, KeptLadder>()
  const seconds = { wait: 0, save: 0 }
  for (const part of parts) {
    const reader = readerOf(part, grid.name)
    if (!reader) continue
    const own = ladders.filter(({ index }) => reader.ladders.includes(index))
    if (own.length < reader.ladders.length) throw new FileError(`${part.path}: damaged; it has ladders that its job does not have`)
    const memories = own.map((spec) => measuredMemory(spec, model))
    restoreGrid(
      part,
      reader,
      { ...grid, ladders: own },
      memories.map((memory) => ({ memory })),
    )
    for (const [e, spec] of own.entries()) {
      const memory = memories[e] as LadderMemory
      memory.state[State.ready] = Math.min(1, memory.state[State.ready] as number)
      kept.set(spec, { memory, bundles: bundlesOf(spec, model, memory, (field) => inPieces(reader, field)) })
    }
    seconds.wait += reader.numbers.waitSeconds
    seconds.save += reader.numbers.saveSeconds
  }
  const all = ladders.map((spec): KeptLadder => {
    const known = kept.get(spec)
    if (known) return known
    // Of a part that is missing: not begun.
    const memory = measuredMemory(spec, model)
    return { memory, bundles: bundlesOf(spec, model, memory, inOnePiece) }
  })
  const share = 1 / grid.simulations.length
  return {
    checkpoint: checkpointOf(grid, all, seconds),
    simulations: collectGrid(
      grid.simulations.map((plan) => {
        const own = ladders.map((spec, e) => ownSlots(plan, spec, (all[e] as KeptLadder).memory))
        return { plan, ladders: own, idle: { wait: share * seconds.wait, save: share * seconds.save } }
      }),
    ),
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
