import type { Claim } from '../archive/claim.ts'
import type { ArchiveStatus, SimulationData } from '../archive/data.ts'
import { Ownership } from '../archive/ownership.ts'
import { provenance } from '../archive/provenance.ts'
import { type Archive, openArchive } from '../archive/read.ts'
import { writeArchive } from '../archive/write.ts'
import { readDuration } from '../text/duration.ts'
import type { Where } from '../text/where.ts'
import type { Plan } from '../job/plan.ts'
import type { WrittenJob } from '../job/schema.ts'
import { shardName } from '../job/shard.ts'
import { checkedThreads } from '../engine/pool/threads.ts'
import { type Deadline, findDeadline } from './deadline.ts'
import type { LiveRun } from './live.ts'
import type { Progress } from './progress.ts'
import { Sampling } from './sampling.ts'
import type { Saved } from './assemble.ts'

// One stretch of a run, from its start or a checkpoint to its end or the next interruption.

const CHECKPOINT_EVERY = '5m'

/** How to run; none of it changes the data. */
export interface SessionOptions {
  /** Worker threads, 1 to 1024; default `SLURM_CPUS_PER_TASK`, else the cores there are. */
  readonly threads?: number | undefined
  /** Replace an archive that is there, or take one over that a dead process on another machine has locked; default false. */
  readonly force?: boolean | undefined
  /** Stop in time for this, as in `2h`, with a checkpoint; default none. Inside Slurm the end of its job counts as well. */
  readonly timeLimit?: string | undefined
  /** Time from one checkpoint to the next, default `5m`. */
  readonly checkpointEvery?: string | undefined
  /** Aborting finishes the round, writes a checkpoint, and resolves with status `interrupted`. */
  readonly signal?: AbortSignal | undefined
  /** Told a few times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Told once, when everything is checked and before the first sweep. */
  readonly onStart?: ((started: Started) => void) | undefined
  /** Told what a user should know while the run goes on, such as a checkpoint that failed. */
  readonly onWarning?: ((warning: string) => void) | undefined
  /** What to note as the command in the archive's provenance. */
  readonly command?: string | undefined
}

/** What the command line and the tests may say besides. */
export interface SessionSettings extends SessionOptions {
  /** Names where a key of the job was written, for error messages. */
  readonly where?: Where | undefined
  /** What performance.now() was when the time limit began to count; default at the call. */
  readonly since?: number | undefined
  /** Seconds of a round that a thread of a team steps at least; 0 makes teams of the smallest lattices, to test them. */
  readonly shortestPart?: number | undefined
  /** Given once, before the first sweep, what may be looked at while the run goes on. */
  readonly onLive?: ((run: LiveRun) => void) | undefined
  /** Another worker entry than the built-in one (a path), to test how failures are met. */
  readonly worker?: string | undefined
}

/** A run that begins. */
export interface Started {
  readonly plan: Plan
  /** The archive, absolute. */
  readonly path: string
  readonly threads: number
  /** Writes a checkpoint soon, and goes on. */
  readonly checkpoint: () => void
}

/** A finished or interrupted run of the model M. */
export interface RunResult<M extends string = string> {
  readonly status: Exclude<ArchiveStatus, 'running'>
  /** What interrupted it. */
  readonly stoppedBy?: 'signal' | 'time limit' | undefined
  /** Absolute path of the archive. */
  readonly path: string
  /** Of several models M, `simulation.model` tells them apart. */
  readonly simulations: readonly (M extends unknown ? SimulationData<M> : never)[]
  /** Of this session. */
  readonly elapsedSeconds: number
}

/** Settings with nothing left open. */
export interface Session {
  readonly threads: number
  readonly checkpointEvery: number
  readonly deadline: Deadline | undefined
  readonly command: string
  readonly begun: Date
  /** Of a run that is resumed. */
  readonly before?: SessionsBefore | undefined
}

/** What an archive says of the sessions that made it. */
interface SessionsBefore {
  readonly startedAt: Date
  readonly command: string
  readonly elapsedSeconds: number
  readonly resumes: number
}

/**
 * Checks what can be checked before anything starts.
 *
 * @param keys those of the job file that say how to run, where settings do not
 * @throws UsageError
 */
export function openSession(keys: Partial<WrittenJob>, settings: SessionSettings): Session {
  const where = settings.where ?? ((key: string) => key)
  const threads = checkedThreads(settings.threads ?? keys.threads, where('threads'))
  const limit = settings.timeLimit ?? keys.timeLimit
  return {
    threads,
    checkpointEvery: readDuration(settings.checkpointEvery ?? keys.checkpointEvery ?? CHECKPOINT_EVERY, where('checkpointEvery')),
    deadline: findDeadline(limit === undefined ? undefined : readDuration(limit, where('timeLimit')), settings.since ?? performance.now()),
    command: settings.command ?? 'library call',
    begun: new Date(),
  }
}

export function sessionsBefore({ provenance: made }: Archive): SessionsBefore {
  return {
    startedAt: new Date(String(made.startedAt)),
    command: String(made.command),
    elapsedSeconds: Number(made.elapsedSeconds),
    resumes: Number(made.resumes ?? 0),
  }
}

/**
 * Samples until there is nothing left, or something stops it, and leaves a checkpoint.
 *
 * @param from the open archive to go on from; it is closed when everything is read
 */
export async function runSession(
  plan: Plan,
  session: Session,
  { path, lock }: Claim,
  settings: SessionSettings,
  from?: Archive,
): Promise<RunResult> {
  const { job } = plan
  const { threads, before, begun, command, deadline } = session
  const { onStart, onProgress, onWarning, onLive, signal, worker, shortestPart } = settings
  const start = performance.now()
  const elapsed = (): number => (performance.now() - start) / 1000
  const ownership = new Ownership({ path, lock }, 'archive', 'run', from ? 'ours' : settings.force ? 'replaced' : 'none')
  const write = async (status: ArchiveStatus, saved: Saved, finishedAt?: Date): Promise<void> => {
    ownership.check()
    const made = provenance({
      seed: job.seed,
      threads,
      command: before?.command ?? command,
      startedAt: before?.startedAt ?? begun,
      finishedAt,
      resumed: before && { count: before.resumes + 1, at: begun, command },
      elapsedSeconds: (before?.elapsedSeconds ?? 0) + elapsed(),
    })
    // A run under way, or one that is told to stop, has no time to compress; nor has one that ends just before its limit.
    const compressed = status === 'complete' && (deadline === undefined || deadline.secondsLeft > sampling.secondsToCompress)
    await writeArchive(path, { status, compressed, job, provenance: made, shard: plan.shard && shardName(plan.shard), ...saved })
    ownership.note()
  }
  const sampling = new Sampling(plan, threads, {
    ...session,
    onProgress,
    onLive,
    onBeat: (status) => {
      ownership.check()
      lock.update(status)
    },
    onWarning,
    signal,
    worker,
    shortestPart,
    save: (saved) => write('running', saved),
  })
  if (from) {
    sampling.restore(from)
    from.close()
  }
  if (sampling.isTooLate) onWarning?.('the time limit is so close that this run may end after it; give it more time')
  onStart?.({ plan, path, threads, checkpoint: () => sampling.checkpointSoon() })
  let failure: unknown
  let status: RunResult['status'] = 'interrupted'
  try {
    status = await sampling.run()
  } catch (error) {
    failure = error
  }
  let saved: Saved
  try {
    saved = await sampling.collect(async () => (ownership.written ? openArchive(path) : undefined))
    await write(status, saved, new Date())
  } catch (error) {
    throw failure ?? error
  }
  if (failure !== undefined) throw failure
  const stoppedBy = status === 'complete' ? undefined : sampling.stoppedBy
  return { status, stoppedBy, path, simulations: saved.simulations, elapsedSeconds: elapsed() }
}
