import { totalmem } from 'node:os'
import { ladderBytes } from '../sampling/layout.ts'
import { type LadderSpec, type Point, roundCount, type Slot, sweepCost } from '../sampling/spec.ts'
import { schemeFor } from '../sampling/schemes/index.ts'
import { UsageError } from '../errors.ts'
import { ARENA_LIMIT, formatBytes } from '../engine/memory/arena.ts'
import type { Model, Parameters } from '../model/model.ts'
import { findModel } from '../model/registry.ts'
import type { Job } from './job.ts'
import { parameterSets } from './parameter-sets.ts'
import { dealOut, type Shard, shardName } from './shard.ts'

/** Replicas of one simulation; each takes some 20 kB for its bins alone. */
const MAX_REPLICAS = 1_000_000

/** One (model, parameters, size) with its whole temperature grid: a group in the archive. */
export interface SimulationPlan {
  /** `ising-L32`, or `ising-L32-h0.1` where several parameter sets are simulated. */
  readonly name: string
  /** @internal */
  readonly model: Model
  readonly size: number
  readonly parameters: Parameters
  /** Copies of the temperature grid, of which a part of a job has only some. */
  readonly copies: number
  /** Configurations to keep of each temperature. */
  readonly snapshots: number
  /** Those that hold replicas of it; simulations that exchange a parameter share theirs. */
  readonly ladders: readonly LadderSpec[]
}

/** What a job will run, or one part of it, and what it takes. */
export interface Plan {
  readonly job: Job
  /** Undefined for the whole job. */
  readonly shard?: Shard | undefined
  readonly simulations: readonly SimulationPlan[]
  readonly ladders: readonly LadderSpec[]
  /** Bytes of shared memory of each ladder. */
  readonly bytes: readonly number[]
}

/** What to plan of a job. */
export interface PlanOptions {
  /** The part of the job to plan; default all of it. */
  readonly shard?: Shard | undefined
  /** Which ladders there are, where that was decided before: in an archive. `grid` names the first simulation that has it. */
  readonly keep?: ((grid: string, ladder: number) => boolean) | undefined
  /** Samples with which snapshots of a grid are taken, where that was decided before. */
  readonly snapshotsDue?: ((grid: string) => readonly number[] | undefined) | undefined
  /** Bytes of memory that there are; default those of this machine. */
  readonly available?: number
  /** Where the shard was written, for messages. */
  readonly where?: string
}

/**
 * Cuts a job into simulations and ladders. What runs depends on the job alone, never on the threads.
 *
 * @throws UsageError where it would not fit into memory, with the memory it would need, and where there are fewer ladders than parts
 */
export function planJob(job: Job, options: PlanOptions = {}): Plan {
  const plan = planPart(job, options)
  checkMemory(plan, options.available ?? machineMemory())
  return plan
}

/** The same without regard to memory, for what runs nothing. */
export function planPart(job: Job, { shard, keep, snapshotsDue, where = 'shard' }: PlanOptions = {}): Plan {
  const model = findModel(job.model)
  const replicas = job.copies * job.temperatures.length
  if (replicas > MAX_REPLICAS) {
    throw new UsageError(
      `the job has ${job.copies} copies of ${job.temperatures.length} temperatures, ${replicas} replicas of each simulation; allowed: up to ${MAX_REPLICAS}; use fewer --copies`,
    )
  }
  const grids = job.size
    .flatMap((size) => gridsOf(job, model, size))
    .map((grid) => ({ grid, own: cutIntoLadders(grid, snapshotsDue?.(firstOf(grid))) }))
  const all = grids.flatMap(({ own }) => own)
  if (shard !== undefined && shard.count > all.length) {
    throw new UsageError(
      `${where}: ${shardName(shard)} is not possible, the job has only ${all.length === 1 ? 'one ladder' : `${all.length} ladders`} to deal out; allowed: ${all.length === 1 ? '1/1; more --copies make more' : `up to ${all.length} parts`}`,
    )
  }
  const parts =
    shard && !keep
      ? dealOut(
          all.map((spec) => roundCount(spec) * roundSeconds(spec, model)),
          shard.count,
        )
      : []
  const part = new Map(all.map((spec, i) => [spec, parts[i]]))
  const ladders: LadderSpec[] = []
  const simulations: SimulationPlan[] = []
  for (const { grid, own } of grids) {
    const kept = own.filter((spec) => (keep ? keep(firstOf(grid), spec.index) : shard === undefined || part.get(spec) === shard.index))
    if (kept.length === 0) continue
    ladders.push(...kept)
    for (const { name, parameters } of grid.members) {
      simulations.push({ name, model, size: grid.size, parameters, copies: job.copies, snapshots: job.snapshots, ladders: kept })
    }
  }
  return { job, shard, simulations, ladders, bytes: ladders.map((spec) => ladderBytes(spec, model).all) }
}

function firstOf({ members }: Grid): string {
  return members[0]?.name ?? ''
}

function checkMemory({ ladders, bytes }: Plan, available: number): void {
  const model = findModel(ladders[0]?.model ?? '')
  const needs = ladders.map((spec) => ladderBytes(spec, model))
  // All is copied once to be saved while the run goes on, and what is measured once more on its way into the file.
  const total = needs.reduce((sum, { all, lattices, measured }) => sum + all + lattices + 2 * measured, 0)
  const largest = bytes.reduce((a, b) => Math.max(a, b))
  if (largest > ARENA_LIMIT - 1024) {
    const bundles = ladders[bytes.indexOf(largest)]?.bundles ?? 1
    const [what, fewer] = bundles === 1 ? ['one bundle', ''] : [`the ${bundles} bundles that exchange replicas`, 'fewer temperatures, ']
    throw new UsageError(
      `the job needs ${formatBytes(largest)} for ${what}, and a shared memory holds at most 4 GiB; use a smaller size, ${fewer}fewer sweeps with --series, or fewer --snapshots`,
    )
  }
  if (total > 0.9 * available) {
    throw new UsageError(
      `the job needs ${formatBytes(total)} of memory and this machine has ${formatBytes(available)}; use smaller sizes, fewer --copies, --snapshots or samples of --series`,
    )
  }
}

/** Rough seconds of one core that a round of a ladder takes; only to put the longest first. */
export function roundSeconds(spec: LadderSpec, model: Model): number {
  const overhead = 4000 + 3 * spec.size ** 2
  return (spec.bundles * (spec.measureEvery * sweepCost(spec, model) + overhead)) / 1e9
}

/** Bundles in all: as many threads have something to do. */
export function bundleCount({ ladders }: Plan): number {
  return ladders.reduce((sum, { bundles }) => sum + bundles, 0)
}

/** The copies that would give every thread a bundle, or undefined where there are enough bundles. */
export function copiesForThreads(plan: Plan, threads: number): number | undefined {
  if (bundleCount(plan) >= threads) return undefined
  const { job, simulations } = plan
  const lanes = simulations[0]?.model.lanes ?? 1
  const values = valuesAlong(job)
  const points = values?.length ?? job.temperatures.length
  const grids = values ? (simulations.length / values.length) * job.temperatures.length : simulations.length
  const bundlesOfGrid = Math.ceil(threads / grids)
  // Without tempering lanes are filled as they come, else every copy is whole.
  if (!job.tempering) return Math.max(Math.floor((bundlesOfGrid * lanes) / points), Math.floor(((bundlesOfGrid - 1) * lanes) / points) + 1)
  return points > lanes ? Math.ceil(bundlesOfGrid / Math.ceil(points / lanes)) : bundlesOfGrid * Math.floor(lanes / points)
}

/** Values of the parameter that replicas exchange, ascending; undefined where they exchange temperatures or nothing. */
function valuesAlong({ tempering, parameters }: Pick<Job, 'tempering' | 'parameters'>): number[] | undefined {
  if (typeof tempering !== 'object') return undefined
  return [parameters[tempering.along] ?? []].flat().sort((a, b) => a - b)
}

function machineMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** Simulations whose replicas run together: one, or those of all values of the parameter that is exchanged. */
interface Grid {
  readonly job: Job
  readonly model: Model
  /** Part of every random seed, as are the parameters. */
  readonly name: string
  readonly size: number
  /** In the order in which they exchange. */
  readonly members: readonly { readonly name: string; readonly parameters: Parameters }[]
}

function gridsOf(job: Job, model: Model, size: number): Grid[] {
  const root = `${model.name}-L${size}`
  const along = typeof job.tempering === 'object' ? job.tempering.along : undefined
  const values = valuesAlong(job)
  const sets = parameterSets(along !== undefined && values ? { ...job.parameters, [along]: values } : job.parameters)
  const grids = new Map<string, Grid & { readonly members: { name: string; parameters: Parameters }[] }>()
  for (const { parameters, suffix } of sets) {
    const member = { name: `${root}${suffix}`, parameters }
    const others = JSON.stringify(along === undefined ? parameters : { ...parameters, [along]: 0 })
    const grid = grids.get(others)
    if (grid) grid.members.push(member)
    else grids.set(others, { job, model, size, name: along === undefined ? member.name : `${root}-along-${along}`, members: [member] })
  }
  return [...grids.values()]
}

/** In a ladder every copy of the points that exchange is whole; without tempering lanes are filled as they come. */
function cutIntoLadders(grid: Grid, snapshotsDue: readonly number[] = dueSnapshots(grid.job)): LadderSpec[] {
  const { job, model, members } = grid
  const temperatures = job.temperatures.map((_, t) => t)
  const at = (t: number): Point[] => members.map(({ name, parameters }) => ({ simulation: name, temperature: t, parameters }))
  const chains = typeof job.tempering === 'object' ? temperatures.map(at) : [temperatures.flatMap(at)]
  const ladders: LadderSpec[] = []
  let firstBundle = 0
  for (const points of chains) {
    const slots: Slot[] = []
    for (let copy = 0; copy < job.copies; copy++) for (let rung = 0; rung < points.length; rung++) slots.push({ copy, rung })
    const width = job.tempering ? Math.max(1, Math.floor(model.lanes / points.length)) * points.length : model.lanes
    for (let i = 0; i < slots.length; i += width) {
      const own = slots.slice(i, i + width)
      const bundles = Math.ceil(own.length / model.lanes)
      ladders.push(
        ladderSpec(grid, {
          index: ladders.length,
          bundles,
          firstBundle,
          snapshotsDue,
          ...(job.tempering ? { points, slots: own } : used(points, own)),
        }),
      )
      firstBundle += bundles
    }
  }
  return ladders
}

/** Samples that every replica of a job takes. */
function sampleCount({ sweeps, measureEvery }: Job): number {
  return Math.floor(sweeps / measureEvery)
}

/** Samples with which all copies are kept: evenly spread, the last one at the very end. */
export function dueSnapshots(job: Job): number[] {
  const events = Math.ceil(job.snapshots / job.copies)
  return Array.from({ length: events }, (_, k) => Math.floor(((k + 1) * sampleCount(job)) / events) - 1)
}

/** Only the points that slots are at: of a long grid a bundle needs few. */
function used(points: readonly Point[], slots: readonly Slot[]): Pick<LadderSpec, 'points' | 'slots'> {
  const indices = [...new Set(slots.map(({ rung }) => rung))].sort((a, b) => a - b)
  const place = new Map(indices.map((index, i) => [index, i]))
  return {
    points: indices.map((index) => points[index] as Point),
    slots: slots.map(({ copy, rung }) => ({ copy, rung: place.get(rung) as number })),
  }
}

function ladderSpec(
  { job, model, name, size, members }: Grid,
  own: Pick<LadderSpec, 'index' | 'bundles' | 'firstBundle' | 'points' | 'slots' | 'snapshotsDue'>,
): LadderSpec {
  return {
    ...own,
    model: model.name,
    simulation: name,
    seed: job.seed,
    size,
    parameters: members[0]?.parameters ?? {},
    update: job.update,
    copies: job.copies,
    moves: { overrelax: job.overrelax ?? 0, cluster: job.cluster ?? 0, reflections: job.reflections ?? [] },
    temperatures: job.temperatures,
    scheme: schemeFor(job.tempering),
    thermalization: job.thermalization,
    measureEvery: job.measureEvery,
    samples: sampleCount(job),
    series: job.series,
  }
}
