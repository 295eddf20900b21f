import { ladderBytes } from '../sampling/layout.ts'
import { type LadderSpec, roundCount } from '../sampling/spec.ts'
import { schemeFor, schemeOf } from '../sampling/schemes/index.ts'
import { UsageError } from '../errors.ts'
import { ARENA_LIMIT } from '../engine/memory/arena.ts'
import { formatBytes } from '../text/bytes.ts'
import { type Description, describe } from '../model/description.ts'
import type { Model, Parameters } from '../model/model.ts'
import { unknownModel } from '../model/load.ts'
import { knownModel } from '../model/registry.ts'
import type { Job } from './types.ts'
import { dueSnapshots, familiesOf, laddersOfFamily, valuesAlong } from './ladders.ts'
import { dealOut, type Shard, shardName } from './shard.ts'

/** Replicas of one simulation; each takes some 20 kB for its bins alone. */
const MAX_REPLICAS = 1_000_000

/** One (model, parameters, size) with its whole temperature grid: a group in the archive. */
export interface SimulationPlan {
  /** `ising-L32`, or `ising-L32-h0.1` where several parameter sets are simulated. */
  readonly name: string
  /** Undefined if it is not installed, as for an archive of somebody else's model that is read. @internal */
  readonly model: Model | undefined
  readonly size: number
  readonly parameters: Parameters
  readonly description: Description
  /** Copies of the temperature grid, of which a part of a job has only some. */
  readonly copies: number
  /** Configurations to keep of each temperature. */
  readonly snapshots: number
  /** Those that hold replicas of it, as indices into Plan.ladders; simulations that exchange a parameter share theirs. */
  readonly ladders: readonly number[]
}

/** Simulations whose replicas run together: one, or those of all values of the parameter that is exchanged. */
export interface PlanGroup {
  /** Name of the first simulation; the checkpoint of all of them lies there. */
  readonly id: string
  readonly simulations: readonly SimulationPlan[]
  /** Indices into Plan.ladders. */
  readonly ladders: readonly number[]
}

/** What a job will run, or one part of it, and what it takes. */
export interface Plan {
  readonly job: Job
  /** Undefined for the whole job. */
  readonly shard?: Shard | undefined
  readonly groups: readonly PlanGroup[]
  /** Those of all groups, in order. */
  readonly simulations: readonly SimulationPlan[]
  readonly ladders: readonly LadderSpec[]
  /** Bytes of shared memory of each ladder. */
  readonly bytes: readonly number[]
}

/** The ladders of a simulation, in order. */
export function laddersOf({ ladders }: Plan, simulation: Pick<SimulationPlan, 'ladders'>): LadderSpec[] {
  return simulation.ladders.map((ladder) => ladders[ladder] as LadderSpec)
}

/** What to plan of a job. */
export interface PlanOptions {
  /**
   * The model of the job; default the one that is known by its name.
   *
   * @internal
   */
  readonly model?: Model | undefined
  /**
   * What the model is, of one that is not installed: such a plan can be read and merged, not run.
   *
   * @internal
   */
  readonly describe?: ((size: number, parameters: Parameters) => Description) | undefined
  /** The part of the job to plan; default all of it. */
  readonly shard?: Shard | undefined
  /** Which ladders of a group there are, by its id and their index, where that was decided before: in an archive. */
  readonly keep?: ((group: string, ladder: number) => boolean) | undefined
  /** Samples with which snapshots of a group are taken, where that was decided before. */
  readonly snapshotsDue?: ((group: string) => readonly number[] | undefined) | undefined
  /** Bytes of memory that there are. Default: those of this machine; no limit if the machine is not known. */
  readonly available?: number
  /** Where the shard was written, for messages. */
  readonly where?: string
}

/**
 * Cuts a job into simulations and ladders. What runs depends on the job alone, never on the threads. It knows no machine, so that it
 * works in a browser; run/plan-for-machine.ts says how much memory this one has.
 *
 * @throws UsageError if it would not fit into the memory that there is, or a ladder not into one shared memory, with the memory it
 *   would need, and if there are fewer ladders than parts
 */
export function planJob(job: Job, options: PlanOptions = {}): Plan {
  const plan = planPart(job, options)
  checkMemory(plan, options.available ?? Number.POSITIVE_INFINITY)
  return plan
}

/** The same without regard to memory, for what runs nothing. */
export function planPart(job: Job, options: PlanOptions = {}): Plan {
  const { shard, keep, snapshotsDue, where = 'shard' } = options
  const model = options.model ?? (options.describe ? undefined : knownModel(job.model))
  if (!model && !options.describe) throw unknownModel(job.model, 'model')
  const describeAt = (size: number, parameters: Parameters): Description =>
    model ? describe(model, size, parameters) : (options.describe?.(size, parameters) as Description)
  const replicas = job.copies * job.temperatures.length
  if (replicas > MAX_REPLICAS) {
    throw new UsageError(
      `the job has ${job.copies} copies of ${job.temperatures.length} temperatures, ${replicas} replicas of each simulation; allowed: up to ${MAX_REPLICAS}; use fewer --copies`,
    )
  }
  const families = job.size
    .flatMap((size) => familiesOf(job, size))
    .map((family) => {
      const descriptions = family.members.map(({ parameters }) => describeAt(family.size, parameters))
      const due = snapshotsDue?.(family.id) ?? dueSnapshots(job)
      return { family, descriptions, own: laddersOfFamily(family, model, descriptions[0] as Description, due) }
    })
  const all = families.flatMap(({ own }) => own)
  if (shard !== undefined && shard.count > all.length) {
    throw new UsageError(
      `${where}: ${shardName(shard)} is not possible, the job has only ${all.length === 1 ? 'one ladder' : `${all.length} ladders`} to deal out; allowed: ${all.length === 1 ? '1/1; more --copies make more' : `up to ${all.length} parts`}`,
    )
  }
  const seconds = (spec: LadderSpec): number => roundCount(spec) * roundSeconds(spec)
  const parts = shard && !keep ? dealOut(all.map(seconds), shard.count) : undefined
  const groups: PlanGroup[] = []
  const ladders: LadderSpec[] = []
  let dealt = 0
  for (const { family, descriptions, own } of families) {
    const first = dealt
    dealt += own.length
    const kept = own.filter((spec, i) => keep?.(family.id, spec.index) ?? (parts === undefined || parts[first + i] === shard?.index))
    if (kept.length === 0) continue
    const indices = kept.map((_, i) => ladders.length + i)
    ladders.push(...kept)
    const simulations = family.members.map(({ name, parameters }, i): SimulationPlan => {
      const description = descriptions[i] as Description
      return { name, model, size: family.size, parameters, description, copies: job.copies, snapshots: job.snapshots, ladders: indices }
    })
    groups.push({ id: family.id, simulations, ladders: indices })
  }
  const simulations = groups.flatMap((group) => group.simulations)
  return { job, shard, groups, simulations, ladders, bytes: ladders.map((spec) => ladderBytes(spec).all) }
}

function checkMemory({ ladders, bytes }: Plan, available: number): void {
  const needs = ladders.map((spec) => ladderBytes(spec))
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
export function roundSeconds({ bundles, measureEvery, sweepNanoseconds, description }: LadderSpec): number {
  const overhead = 4000 + 3 * description.lattice.sites
  return (bundles * (measureEvery * sweepNanoseconds + overhead)) / 1e9
}

/** Bundles in all: as many threads have something to do. */
export function bundleCount({ ladders }: Pick<Plan, 'ladders'>): number {
  return ladders.reduce((sum, { bundles }) => sum + bundles, 0)
}

/** The copies that would give every thread a bundle, or undefined where there are enough bundles. */
export function copiesForThreads(plan: Plan, threads: number): number | undefined {
  if (bundleCount(plan) >= threads) return undefined
  const { job, simulations } = plan
  const lanes = simulations[0]?.description.lanes ?? 1
  const values = valuesAlong(job)
  const points = values?.length ?? job.temperatures.length
  const groups = values ? (simulations.length / values.length) * job.temperatures.length : simulations.length
  const bundlesOfGroup = Math.ceil(threads / groups)
  return schemeOf({ scheme: schemeFor(job.tempering) }).cut.copies(bundlesOfGroup, points, lanes)
}
