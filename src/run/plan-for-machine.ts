import type { Job } from '../job/types.ts'
import { type Plan, type PlanOptions, planJob } from '../job/plan.ts'
import { machineMemory } from './machine-memory.ts'

/**
 * Cuts a job into simulations and ladders. What runs depends on the job alone, never on the threads.
 *
 * @throws UsageError if it would not fit into the memory of this machine, with the memory it would need, and if there are fewer
 *   ladders than parts
 */
export function planForMachine(job: Job, options: PlanOptions = {}): Plan {
  return planJob(job, { ...options, available: options.available ?? machineMemory() })
}
