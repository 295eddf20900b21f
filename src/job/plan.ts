import { totalmem } from 'node:os'
import { type BundleSpec, bundleBytes, type Slot, thermalizationRounds } from '../bundle/memory.ts'
import { UsageError } from '../errors.ts'
import { ARENA_LIMIT, formatBytes } from '../memory/arena.ts'
import type { Model, Parameters } from '../model/model.ts'
import { findModel } from '../model/registry.ts'
import type { Job } from './job.ts'

/** Replicas of one simulation; each takes some 20 kB for its bins alone. */
const MAX_REPLICAS = 1_000_000

/** One (model, parameters, size) with its whole temperature grid: a group in the archive. */
export interface SimulationPlan {
  /** `ising-L32`, or `ising-L32-h0.1` where several parameter sets are simulated. */
  readonly name: string
  readonly model: Model
  readonly size: number
  readonly parameters: Parameters
  /** Configurations to keep of each temperature. */
  readonly snapshots: number
  readonly bundles: readonly BundleSpec[]
}

/** What a job will run, and what it takes. */
export interface Plan {
  readonly job: Job
  readonly simulations: readonly SimulationPlan[]
  readonly bundles: readonly BundleSpec[]
  /** Bytes of shared memory of each bundle. */
  readonly bytes: readonly number[]
}

/**
 * Cuts a job into simulations and bundles. What runs depends on the job alone, never on the threads.
 *
 * @throws UsageError where it would not fit into memory, with the memory it would need
 */
export function planJob(job: Job, available: number = machineMemory()): Plan {
  const model = findModel(job.model)
  const replicas = job.copies * job.temperatures.length
  if (replicas > MAX_REPLICAS) {
    throw new UsageError(
      `the job has ${job.copies} copies of ${job.temperatures.length} temperatures, ${replicas} replicas of each simulation; allowed: up to ${MAX_REPLICAS}; use fewer --copies`,
    )
  }
  const simulations: SimulationPlan[] = []
  for (const size of job.size) {
    for (const { parameters, suffix } of parameterSets(job.parameters)) {
      const name = `${model.name}-L${size}${suffix}`
      const spec = { job, model, name, size, parameters }
      const bundles = cutIntoBundles(job, model).map((slots, index) => bundleSpec(spec, slots, index))
      simulations.push({ name, model, size, parameters, snapshots: job.snapshots, bundles })
    }
  }
  const bundles = simulations.flatMap((simulation) => simulation.bundles)
  const needs = bundles.map((spec) => bundleBytes(spec, model))
  const bytes = needs.map(({ all }) => all)
  // What is measured is copied once to be saved while the run goes on, and once more on its way into the file.
  const total = needs.reduce((sum, { all, copied }) => sum + all + 2 * copied, 0)
  const largest = bytes.reduce((a, b) => Math.max(a, b))
  if (largest > ARENA_LIMIT - 1024) {
    throw new UsageError(
      `the job needs ${formatBytes(largest)} for one bundle, and a shared memory holds at most 4 GiB; use a smaller size, fewer sweeps with --series, or fewer --snapshots`,
    )
  }
  if (total > 0.9 * available) {
    throw new UsageError(
      `the job needs ${formatBytes(total)} of memory and this machine has ${formatBytes(available)}; use smaller sizes, fewer --copies, --snapshots or samples of --series`,
    )
  }
  return { job, simulations, bundles, bytes }
}

/** Rough seconds of one core that a bundle needs from a given round on; only to put the longest first. */
export function bundleSeconds(spec: BundleSpec, model: Model, done = 0): number {
  const rounds = thermalizationRounds(spec) + spec.samples - done
  const overhead = 4000 + 3 * spec.size ** 2
  return (rounds * (spec.measureEvery * model.cost(spec.size, spec.parameters) + overhead)) / 1e9
}

/** The copies that would give every thread a bundle, or undefined where there are enough bundles. */
export function copiesForThreads(plan: Plan, threads: number): number | undefined {
  if (plan.bundles.length >= threads) return undefined
  const lanes = plan.simulations[0]?.model.lanes ?? 1
  const perBundle = Math.max(1, Math.floor(lanes / plan.job.temperatures.length))
  return Math.ceil(threads / plan.simulations.length) * perBundle
}

function machineMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** With tempering a bundle holds whole copies of the grid, else any lanes that come next. */
function cutIntoBundles(job: Job, model: Model): Slot[][] {
  const T = job.temperatures.length
  const slots: Slot[] = []
  for (let copy = 0; copy < job.copies; copy++) for (let t = 0; t < T; t++) slots.push({ copy, temperature: t })
  const width = job.tempering ? Math.floor(model.lanes / T) * T : model.lanes
  const bundles: Slot[][] = []
  for (let i = 0; i < slots.length; i += width) bundles.push(slots.slice(i, i + width))
  return bundles
}

function bundleSpec(
  { job, model, name, size, parameters }: { job: Job; model: Model; name: string; size: number; parameters: Parameters },
  slots: readonly Slot[],
  index: number,
): BundleSpec {
  return {
    model: model.name,
    simulation: name,
    index,
    seed: job.seed,
    size,
    parameters,
    update: job.update,
    temperatures: job.temperatures,
    slots,
    tempering: job.tempering,
    thermalization: job.thermalization,
    measureEvery: job.measureEvery,
    samples: Math.floor(job.sweeps / job.measureEvery),
    snapshotEvents: Math.ceil(job.snapshots / job.copies),
    series: job.series,
  }
}

function parameterSets(parameters: Job['parameters']): { parameters: Parameters; suffix: string }[] {
  let sets: { parameters: Parameters; suffix: string }[] = [{ parameters: {}, suffix: '' }]
  for (const [name, value] of Object.entries(parameters)) {
    const values = [value].flat() as number[]
    sets = sets.flatMap((set) =>
      values.map((one) => ({
        parameters: { ...set.parameters, [name]: one },
        suffix: values.length > 1 ? `${set.suffix}-${name}${one}` : set.suffix,
      })),
    )
  }
  return sets
}
