import { availableParallelism } from 'node:os'
import { UsageError } from '../../errors.ts'

/**
 * How many worker threads to use: the number asked for, else what Slurm gives the task, else the cores there are.
 */
export function threadCount(asked?: number, environment: Readonly<Record<string, string | undefined>> = process.env): number {
  if (asked !== undefined) return asked
  const slurm = Number(environment.SLURM_CPUS_PER_TASK)
  return Number.isInteger(slurm) && slurm > 0 ? slurm : availableParallelism()
}

/** `threadCount` of what a user asked for. @throws UsageError for anything but whole numbers from 1 to 1024 */
export function checkedThreads(asked: number | undefined, where: string): number {
  const threads = threadCount(asked)
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new UsageError(`${where}: ${threads} is not possible; allowed: whole numbers from 1 to 1024`)
  }
  return threads
}
