import type { CheckpointReader } from '../archive/checkpoint.ts'
import { openClaim } from '../archive/claim.ts'
import { FORMAT_VERSION } from '../archive/data.ts'
import { type Archive, withArchive } from '../archive/read.ts'
import { FileError, UsageError } from '../errors.ts'
import { changeJob } from '../job/change.ts'
import { dueSnapshots } from '../job/ladders.ts'
import { type Plan, planPart } from '../job/plan.ts'
import type { WrittenJob } from '../job/schema.ts'
import type { JobInput } from '../job/input.ts'
import { loadModel } from '../model/load.ts'
import type { Model } from '../model/model.ts'
import { modelNames } from '../model/registry.ts'
import { shown } from '../text/suggestion.ts'
import type { ModelName } from '../model/types.ts'
import { readShard, type Shard, shardName } from '../job/shard.ts'
import { checkpointIn, collectArchives } from './collect-archives.ts'
import { planForMachine } from './plan-for-machine.ts'
import { openSession, type RunResult, runSession, type SessionOptions, type SessionSettings, sessionsBefore } from './session.ts'

/** What is to change of an archive's job. */
export interface Changes {
  /** Keys of the job; `sweeps` may grow, and all else must be as it was. */
  readonly keys: Partial<WrittenJob>
  /** True where these are all keys of a job, and what is missing has its default; else what is missing stays. */
  readonly whole: boolean
}

/** A run that went on, or had nothing left to do. */
export interface ResumeResult<M extends string = string> extends RunResult<M> {
  /** True where the archive was complete already; it is as it was. */
  readonly nothingToDo: boolean
}

/**
 * Goes on from an archive's last checkpoint. The data at the end are, bit for bit, those of a run that never stopped.
 *
 * @param path the archive; a complete one goes on where `sweeps` is raised
 * @param keys keys of the job: `sweeps` may grow, any other must be as it was
 * @throws FileError where there is no checkpoint, it is damaged, or the archive is in use; UsageError for another job;
 *   MachineError as `run`
 */
export function resume(path: string, keys: Partial<JobInput> = {}, options: SessionOptions = {}): Promise<ResumeResult<ModelName>> {
  return resumeJob(path, { keys, whole: false }, options) as Promise<ResumeResult<ModelName>>
}

/** `resume` with all settings. */
export async function resumeJob(path: string, changes: Changes, settings: SessionSettings): Promise<ResumeResult> {
  // What is no archive, or has nothing left to do, needs no lock.
  const complete = await withArchive(path, async (archive) => {
    openSession(changes.keys, settings)
    const plan = planResume(archive, await modelOf(archive), changes, settings)
    return archive.status === 'complete' && plan.job.sweeps === archive.job.sweeps ? readComplete(archive, plan) : undefined
  })
  if (complete) return complete
  const claim = openClaim(path, settings.force ?? false)
  try {
    return await withArchive(path, async (archive) => {
      // It may have gone on since.
      const plan = planResume(archive, await modelOf(archive), changes, settings)
      const session = { ...openSession(changes.keys, settings), before: sessionsBefore(archive) }
      return { ...(await runSession(plan, session, claim, settings, archive)), nothingToDo: false }
    })
  } finally {
    claim.release()
  }
}

/** What a run that was never stopped would have given. */
function readComplete(archive: Archive, plan: Plan): ResumeResult {
  const { simulations } = collectArchives(plan, [archive])
  return { status: 'complete', path: archive.path, simulations, elapsedSeconds: 0, nothingToDo: true }
}

/** @throws FileError if the archive's model is not installed, or its chains would be others now */
async function modelOf({ path, job, simulations }: Archive): Promise<Model> {
  const model = await loadModel(job.model).catch(() => {
    throw new FileError(`${path}: cannot be resumed, as its model ${shown(job.model)} is not installed; known: ${modelNames.join(', ')}`)
  })
  const version = simulations[0]?.description.version ?? model.version
  if (version === model.version) return model
  throw new FileError(
    `${path}: cannot be resumed, as it was sampled with version ${shown(version)} of the model ${job.model}, and version ${shown(model.version)} is installed; its job can be run again: spinpool info ${path} --job > job.json`,
  )
}

/** The plan of an archive, with more sweeps if that is asked for. */
function planResume(archive: Archive, model: Model, { keys, whole }: Changes, settings: SessionSettings): Plan {
  const where = settings.where ?? ((key: string) => key)
  const shard = shardOf(archive)
  if (keys.shard !== undefined && shardName(readShard(keys.shard, where('shard'))) !== archive.shard) {
    const is = archive.shard === undefined ? 'all of its job and no part' : `part ${archive.shard} of its job`
    throw new UsageError(`${where('shard')}: ${keys.shard} is not possible, ${archive.path} is ${is}; leave it out`)
  }
  const job = changeJob(archive.job, model, keys, whole, where)
  if (shard && job.sweeps > archive.job.sweeps && job.snapshots > 0) {
    throw new UsageError(
      `${where('sweeps')}: ${job.sweeps} is not possible for a part with snapshots, which are spread over the sweeps of all parts alike; merge the parts first, and raise the sweeps of the merged archive`,
    )
  }
  return planArchive(archive, job, model, shard)
}

/** @throws FileError for an archive of an older format: its chains know other moves, and one archive is to have one kind of data */
export function refuseOlder({ path, formatVersion, provenance }: Archive, what: 'resumed' | 'merged'): void {
  if (formatVersion === FORMAT_VERSION) return
  throw new FileError(
    `${path}: cannot be ${what}, it was written by spinpool ${provenance.version} (format ${formatVersion}), whose chains have other moves than those of format ${FORMAT_VERSION}; it can still be read, and its job can be run again: spinpool info ${path} --job > job.json`,
  )
}

/** The part of the job that an archive is. */
export function shardOf({ shard }: Pick<Archive, 'shard'>): Shard | undefined {
  return shard === undefined ? undefined : readShard(shard, 'shard')
}

function planArchive(archive: Archive, job: Plan['job'], model: Model, shard: Shard | undefined): Plan {
  const readers = new Map<string, CheckpointReader | undefined>()
  const readerOf = (group: string): CheckpointReader | undefined => {
    if (!readers.has(group)) readers.set(group, checkpointIn(archive, group))
    return readers.get(group)
  }
  // Those of the first format have no checkpoint at all.
  if (archive.simulations.some(({ has }) => has('checkpoint'))) refuseOlder(archive, 'resumed')
  if (!archive.simulations.some(({ name }) => readerOf(name))) {
    throw new FileError(
      `${archive.path}: there is no checkpoint in this archive to go on from; it was written by spinpool ${archive.provenance.version}`,
    )
  }
  const due = dueSnapshots(job)
  const plan = planForMachine(job, {
    model,
    shard,
    keep: (group, ladder) => readerOf(group)?.ladders.includes(ladder) ?? false,
    // Those that some ladder has taken already stay where they are.
    snapshotsDue: (group) => {
      const reader = readerOf(group)
      return due.map((sample, k) => (reader && k < reader.numbers.snapshotsTaken ? (reader.snapshotsDue[k] as number) : sample))
    },
  })
  if (!shard && plan.ladders.length < planPart(job, { model }).ladders.length)
    throw new FileError(`${archive.path}: damaged; a part of the checkpoint is missing`)
  return plan
}
