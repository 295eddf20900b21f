import { claimArchive } from '../archive/claim.ts'
import { loadJob } from '../job/job.ts'
import type { Where } from '../text/where.ts'
import type { Plan } from '../job/plan.ts'
import type { JobInput } from '../job/input.ts'
import type { WrittenJob } from '../job/schema.ts'
import type { ModelName } from '../model/types.ts'
import { readShard } from '../job/shard.ts'
import { planForMachine } from './plan-for-machine.ts'
import { openSession, type RunResult, runSession, type SessionOptions, type SessionSettings } from './session.ts'

export interface RunOptions extends SessionOptions {
  /** The archive to write; default `results/<model>-<date>.h5` in the working folder. */
  readonly out?: string | undefined
}

/**
 * Runs a job on worker threads and writes the archive. Prints nothing and never exits the process.
 *
 * @param input the job, with the keys of the job file; what the compiler does not know, such as a file that was read, goes through
 *   `resolveJob` first
 * @throws UsageError for an invalid job, FileError where the archive cannot be written, both before anything starts;
 *   MachineError where a worker or the disk fails: the archive then holds a checkpoint, to be resumed
 */
export function run<M extends ModelName>(input: { readonly model: M } & JobInput<M>, options: RunOptions = {}): Promise<RunResult<M>> {
  return runJob(input, options) as Promise<RunResult<string>> as Promise<RunResult<M>>
}

/** `run` for an input that is still to be checked. */
export async function runJob(input: unknown, settings: RunOptions & SessionSettings): Promise<RunResult> {
  const where = settings.where ?? ((key: string) => key)
  const plan = await planInput(input, where)
  const keys = input as WrittenJob
  const session = openSession(keys, settings)
  const { job, shard } = plan
  const name = `${job.model}${shard ? `-${shard.index}-of-${shard.count}` : ''}`
  const claim = claimArchive(settings.out ?? keys.out, name, session.begun, settings.force ?? false, where('out'))
  try {
    return await runSession(plan, session, claim, settings)
  } finally {
    claim.release()
  }
}

/** What a job, or the part of it that it asks for, would run. @throws UsageError for an invalid job */
export async function planInput(input: unknown, where: Where): Promise<Plan> {
  const { job, model } = await loadJob(input, where)
  const { shard } = input as WrittenJob
  return planForMachine(job, { model, shard: shard === undefined ? undefined : readShard(shard, where('shard')), where: where('shard') })
}
