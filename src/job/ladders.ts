import { bytesOf } from '../engine/memory/fields.ts'
import type { Description } from '../model/description.ts'
import type { Model, Parameters } from '../model/model.ts'
import { chainsOf, schemeFor, schemeOf } from '../sampling/schemes/index.ts'
import type { LadderSpec, Point } from '../sampling/spec.ts'
import { parameterSets } from './parameter-sets.ts'
import type { Job } from './types.ts'

// From a job to its ladders.

/** What the simulations of a group have in common, before it is cut into ladders. */
export interface Family {
  /** Name of the first simulation. */
  readonly id: string
  readonly job: Job
  /** Part of every random seed, as are the parameters. */
  readonly name: string
  readonly size: number
  /** In the order in which they exchange. */
  readonly members: readonly { readonly name: string; readonly parameters: Parameters }[]
}

/** The parameter sets of a job at one size, those together that exchange replicas. */
export function familiesOf(job: Job, size: number): Family[] {
  const root = `${job.model}-L${size}`
  const along = typeof job.tempering === 'object' ? job.tempering.along : undefined
  const values = valuesAlong(job)
  const sets = parameterSets(along !== undefined && values ? { ...job.parameters, [along]: values } : job.parameters)
  const families = new Map<string, Family & { readonly members: { name: string; parameters: Parameters }[] }>()
  for (const { parameters, suffix } of sets) {
    const member = { name: `${root}${suffix}`, parameters }
    const others = JSON.stringify(along === undefined ? parameters : { ...parameters, [along]: 0 })
    const family = families.get(others)
    if (family) family.members.push(member)
    else
      families.set(others, {
        id: member.name,
        job,
        size,
        name: along === undefined ? member.name : `${root}-along-${along}`,
        members: [member],
      })
  }
  return [...families.values()]
}

/** Values of the parameter that replicas exchange, ascending; undefined if they exchange temperatures or nothing. */
export function valuesAlong({ tempering, parameters }: Pick<Job, 'tempering' | 'parameters'>): number[] | undefined {
  if (typeof tempering !== 'object') return undefined
  return [parameters[tempering.along] ?? []].flat().sort((a, b) => a - b)
}

/**
 * The ladders of a family, as the scheme cuts them.
 *
 * @param model undefined if it is not installed: such ladders can be read, and not be stepped
 * @param snapshotsDue samples with which configurations are kept
 */
export function laddersOfFamily(
  { job, name, size, members }: Family,
  model: Model | undefined,
  description: Description,
  snapshotsDue: readonly number[],
): LadderSpec[] {
  const scheme = schemeFor(job.tempering)
  const grid = job.temperatures.flatMap((_, temperature) =>
    members.map((member): Point => ({ simulation: member.name, temperature, parameters: member.parameters })),
  )
  const moves = { overrelax: job.overrelax ?? 0, cluster: job.cluster ?? 0, reflections: job.reflections ?? [] }
  const { lanes } = description
  const ladders: LadderSpec[] = []
  let firstBundle = 0
  const cuts = chainsOf(grid, scheme).flatMap((points) => schemeOf({ scheme }).cut.slots(points, job.copies, lanes))
  for (const { points, slots } of cuts) {
    const bundles = Math.ceil(slots.length / lanes)
    const costs = [...new Set(points.map(({ parameters }) => parameters))].map((set) => model?.cost(size, set, job.update, moves) ?? 0)
    ladders.push({
      model: job.model,
      description,
      bundleBytes: model ? bytesOf(model.fields(size, points.length, job.update)) : 0,
      sweepNanoseconds: Math.max(...costs),
      simulation: name,
      index: ladders.length,
      bundles,
      firstBundle,
      seed: job.seed,
      size,
      parameters: members[0]?.parameters ?? {},
      update: job.update,
      moves,
      temperatures: job.temperatures,
      points,
      slots,
      copies: job.copies,
      scheme,
      thermalization: job.thermalization,
      measureEvery: job.measureEvery,
      samples: sampleCount(job),
      snapshotsDue,
      series: job.series,
    })
    firstBundle += bundles
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
