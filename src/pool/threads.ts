import { availableParallelism } from 'node:os'

/**
 * How many worker threads to use: the number asked for, else what Slurm gives the task, else the cores there are.
 */
export function threadCount(asked?: number, environment: NodeJS.ProcessEnv = process.env): number {
  if (asked !== undefined) return asked
  const slurm = Number(environment.SLURM_CPUS_PER_TASK)
  return Number.isInteger(slurm) && slurm > 0 ? slurm : availableParallelism()
}
