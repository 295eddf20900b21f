import type { SimulationData } from '../../src/archive/data.ts'
import { Sampling } from '../../src/run/sampling.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import type { JobInput } from '../../src/job/input.ts'

/**
 * Samples a job and returns its simulations, without an archive, which would take longer than most of these jobs do. Gangs are
 * made of the smallest lattices too.
 */
export async function simulate(job: JobInput, threads = 2): Promise<readonly SimulationData[]> {
  const sampling = new Sampling(planJob(resolveJob(job)), threads, { checkpointEvery: 300, save: async () => {}, shortestPart: 0 })
  const status = await sampling.run()
  if (status !== 'complete') throw new Error(`the run ended as ${status}`)
  return (await sampling.collect(async () => undefined)).simulations
}

/** One quantity of a simulation at one temperature. */
export function quantityAt(
  simulation: SimulationData,
  name: string,
  temperature: number,
): { readonly mean: number; readonly error: number } {
  const t = simulation.temperature.findIndex((T) => Math.abs(T - temperature) < 1e-9)
  const quantity = simulation.quantities.find((candidate) => candidate.name === name)
  return { mean: quantity?.mean[t] as number, error: quantity?.error[t] as number }
}
