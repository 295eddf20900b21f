import { join } from 'node:path'
import type { SimulationData } from '../../src/archive/data.ts'
import { runJob } from '../../src/coordinator/run.ts'
import type { JobInput } from '../../src/job/schema.ts'
import { lastingFolder } from './folder.ts'

const folder = lastingFolder()
let count = 0

/** Runs a job into a folder of its own and returns its simulations. Gangs are made of the smallest lattices too. */
export async function simulate(job: JobInput, threads = 2): Promise<readonly SimulationData[]> {
  const { simulations, status } = await runJob(job, { threads, out: join(folder, `${count++}.h5`), shortestPart: 0 })
  if (status !== 'complete') throw new Error(`the run ended as ${status}`)
  return simulations
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
