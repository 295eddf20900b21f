import { type Claim, claimArchive } from '../archive/claim.ts'
import type { ArchiveStatus, SimulationData } from '../archive/data.ts'
import { provenance } from '../archive/provenance.ts'
import { writeArchive } from '../archive/write.ts'
import { UsageError } from '../errors.ts'
import { resolveJob, type Where } from '../job/job.ts'
import { type Plan, planJob } from '../job/plan.ts'
import { allowed, type JobInput } from '../job/schema.ts'
import { threadCount } from '../pool/threads.ts'
import type { Progress } from './progress.ts'
import { Sampling } from './sampling.ts'

export interface RunOptions {
  /** Worker threads, 1 to 1024; default `SLURM_CPUS_PER_TASK`, else the cores there are. Never changes the data. */
  readonly threads?: number | undefined
  /** The archive to write; default `results/<model>-<date>.h5` in the working folder. */
  readonly out?: string | undefined
  /** Replace an archive that is there; default false. */
  readonly force?: boolean | undefined
  /** Aborting finishes the round, writes what was measured, and resolves with status `interrupted`. */
  readonly signal?: AbortSignal | undefined
  /** Told a few times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Told once, when everything is checked and before the first sweep. */
  readonly onStart?: ((plan: Plan, path: string, threads: number) => void) | undefined
  /** Told what a user should know while the run goes on, such as a save that failed. */
  readonly onWarning?: ((warning: string) => void) | undefined
  /** What to note as the command in the archive's provenance. */
  readonly command?: string | undefined
}

/** What the command line and the tests may say besides. */
export interface RunSettings extends RunOptions {
  /** Names where a key of the job was written, for error messages. */
  readonly where?: Where | undefined
  /** Seconds of a round that a thread of a gang steps at least; 0 makes gangs of the smallest lattices, to test them. */
  readonly shortestPart?: number | undefined
  /** Another worker entry than the built-in one (a path), to test how failures are met. */
  readonly worker?: string | undefined
}

/** A finished or interrupted run. */
export interface RunResult {
  readonly status: Exclude<ArchiveStatus, 'running'>
  /** Absolute path of the archive. */
  readonly path: string
  readonly simulations: readonly SimulationData[]
  readonly elapsedSeconds: number
}

/**
 * Runs a job on worker threads and writes the archive. Prints nothing and never exits the process.
 *
 * @param input the job, with the keys of the job file
 * @throws UsageError for an invalid job, FileError where the archive cannot be written, both before anything starts;
 *   MachineError where a worker or the disk fails: the archive then holds what was measured, with status `interrupted`
 */
export function run(input: JobInput, options: RunOptions = {}): Promise<RunResult> {
  return runJob(input, options)
}

/** `run` for an input that is still to be checked. */
export async function runJob(input: unknown, settings: RunSettings): Promise<RunResult> {
  const where = settings.where ?? ((key: string) => key)
  const job = resolveJob(input, where)
  const keys = input as JobInput
  const plan = planJob(job)
  const threads = threadCount(settings.threads ?? keys.threads)
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new UsageError(`${where('threads')}: ${threads} is not possible; allowed: ${allowed.threads}`)
  }
  const startedAt = new Date()
  const claim = claimArchive(settings.out ?? keys.out, job.model, startedAt, settings.force ?? false, where('out'))
  try {
    return await runClaimed(plan, threads, startedAt, claim, settings)
  } finally {
    claim.release()
  }
}

async function runClaimed(plan: Plan, threads: number, startedAt: Date, { path }: Claim, settings: RunSettings): Promise<RunResult> {
  const { job } = plan
  const { onStart, onProgress, onWarning, signal, worker, shortestPart } = settings
  const write = async (status: ArchiveStatus, simulations: readonly SimulationData[], finishedAt?: Date): Promise<void> => {
    const command = settings.command ?? 'library call'
    const made = provenance({ seed: job.seed, threads, command, startedAt, finishedAt })
    await writeArchive(path, { status, job, provenance: made, simulations })
  }
  const sampling = new Sampling(plan, threads, {
    onProgress,
    onWarning,
    signal,
    worker,
    shortestPart,
    save: (data) => write('running', data),
  })
  onStart?.(plan, path, threads)
  let failure: unknown
  let status: RunResult['status'] = 'interrupted'
  try {
    status = await sampling.run()
  } catch (error) {
    failure = error
  }
  let simulations: readonly SimulationData[] = []
  const finishedAt = new Date()
  try {
    simulations = sampling.collect()
    await write(status, simulations, finishedAt)
  } catch (error) {
    throw failure ?? error
  }
  if (failure !== undefined) throw failure
  return { status, path, simulations, elapsedSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000 }
}
