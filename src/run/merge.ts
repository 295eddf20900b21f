import { claimArchive } from '../archive/claim.ts'
import type { SimulationData } from '../archive/data.ts'
import { provenance } from '../archive/provenance.ts'
import { type Archive, openArchive } from '../archive/read.ts'
import { writeArchive } from '../archive/write.ts'
import { realPath } from '../archive/lock.ts'
import { FileError, UsageError } from '../errors.ts'
import { type Plan, planPart } from '../job/plan.ts'
import { checkpointIn, collectArchives, modelIn } from './collect-archives.ts'
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
      const { simulations, checkpoints } = collectArchives(plan, parts)
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
    ...modelIn(parts),
    snapshotsDue: (group) => {
      const due = parts.flatMap((part) => {
        const reader = checkpointIn(part, group)
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
