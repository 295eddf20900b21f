import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ArchiveStatus, SimulationData } from '../archive/data.ts'
import { provenance } from '../archive/provenance.ts'
import { writeArchive } from '../archive/write.ts'
import { FileError, UsageError } from '../errors.ts'
import { resolveJob, type Where } from '../job/job.ts'
import { type Plan, planJob } from '../job/plan.ts'
import type { JobInput } from '../job/schema.ts'
import { threadCount } from '../pool/threads.ts'
import type { Progress } from './progress.ts'
import { Sampling } from './sampling.ts'

export interface RunOptions {
  /** Worker threads; default `SLURM_CPUS_PER_TASK`, else the cores there are. Never changes the data. */
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
  /** What to note as the command in the archive's provenance. */
  readonly command?: string | undefined
  /** Names where a key of the job was written, for error messages. */
  readonly where?: Where | undefined
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
export async function run(input: JobInput | Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<RunResult> {
  const where = options.where ?? ((key: string) => key)
  const job = resolveJob(input, where)
  const keys = input as JobInput
  const plan = planJob(job)
  const threads = threadCount(options.threads ?? keys.threads)
  const startedAt = new Date()
  const path = claim(options.out ?? keys.out, job.model, startedAt, options.force ?? false, where('out'))
  const { onStart, onProgress, signal, worker } = options
  onStart?.(plan, path, threads)

  const write = async (status: ArchiveStatus, simulations: readonly SimulationData[], finishedAt?: Date): Promise<void> => {
    const command = options.command ?? 'library call'
    const made = provenance({ seed: job.seed, threads, command, startedAt, finishedAt })
    await writeArchive(path, { status, job, provenance: made, simulations })
  }
  const sampling = new Sampling(plan, threads, { onProgress, signal, worker, save: (simulations) => write('running', simulations) })
  let failure: unknown
  let status: RunResult['status'] = 'interrupted'
  try {
    status = await sampling.run()
  } catch (error) {
    failure = error
  }
  const simulations = sampling.collect()
  const finishedAt = new Date()
  try {
    await write(status, simulations, finishedAt)
  } catch (error) {
    throw failure ?? error
  }
  if (failure !== undefined) throw failure
  return { status, path, simulations, elapsedSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000 }
}

/** Makes sure that the archive can be written, before anything starts. @returns its absolute path */
function claim(out: string | undefined, model: string, date: Date, force: boolean, where: string): string {
  const path = resolve(out ?? `results/${model}-${stamp(date)}.h5`)
  const folder = dirname(path)
  if (out === undefined) {
    try {
      mkdirSync(folder, { recursive: true })
    } catch {
      throw new FileError(`${folder}: this folder for results cannot be made; name an archive with --out`)
    }
  }
  if (!existsSync(folder)) throw new FileError(`${where}: the folder ${folder} does not exist; make it first, or name another with --out`)
  if (!statSync(folder).isDirectory()) throw new FileError(`${where}: ${folder} is no folder`)
  if (existsSync(path) && statSync(path).isDirectory())
    throw new UsageError(`${where}: ${path} is a folder; name a file, such as ${path}/run.h5`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new FileError(`${where}: the folder ${folder} is not writable; name another with --out`)
  }
  if (existsSync(path) && !force)
    throw new FileError(`${where}: ${path} exists already; name another with --out, or replace it with --force`)
  return path
}

/** 2026-11-22-160412, local time. */
function stamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
