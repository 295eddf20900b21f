import { basename } from 'node:path'
import { type Archive, type ArchivedSimulation, withArchive } from '../archive/read.ts'
import { FileError, UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import type { Model, Parameters } from '../model/model.ts'
import { knownModel, models } from '../model/registry.ts'
import type { Dataset } from './dataset.ts'
import { findEncoding } from './encoding.ts'
import { labelling, type Rule } from './labelling.ts'
import { checkRoom } from './room.ts'

/** What `phases` is asked for. */
export interface PhaseSettings {
  /** Linear size; may be left out where the archives have only one. */
  readonly size?: number | undefined
  /** Values that parameters must have; may be left out where the archives have only one set. */
  readonly parameters?: Parameters | undefined
  /** `temperature` (default), or an observable of the archives. */
  readonly label?: string | undefined
  /** Where one class ends and the other begins; default: the critical temperature, where it is known. */
  readonly boundary?: number | undefined
  /** Default: the first one of the model. */
  readonly encoding?: string | undefined
}

/** The simulation of an archive that examples are taken from. */
export interface Source {
  readonly file: string
  readonly archive: Archive
  readonly simulation: ArchivedSimulation
}

/**
 * Configurations of one or several archives of one model, size and parameter set, with the phase that each was sampled in.
 * All configurations of one copy share a group: with tempering a copy wanders through all temperatures.
 *
 * @param files archives with snapshots
 * @throws FileError for archives that are damaged or have no snapshots; UsageError where several sizes or parameter sets are
 *   there and none is chosen, models are mixed, an archive is given twice, or a boundary is needed and not given
 */
export async function phases(files: readonly string[], settings: PhaseSettings): Promise<Dataset> {
  if (files.length === 0)
    throw new UsageError('no archive; name those that configurations are taken from: spinpool dataset phases FILE ...')
  return withArchives(files, [], (opened) => {
    const sources = chosen(opened, settings)
    checkDifferent(sources)
    const { model: name } = sources[0].simulation
    const model = knownModel(name)
    if (!model) {
      const known = models.flatMap(({ name: other, physics }) => (physics.encodings ? [other] : []))
      throw new UsageError(`there are no encodings of the model ${shown(name)}; known: ${known.join(', ')}`)
    }
    return examplesOf(sources, model, settings)
  })
}

/** Opens one after the other, and closes all of them. */
function withArchives<T>(
  files: readonly string[],
  opened: readonly (readonly [string, Archive])[],
  act: (opened: readonly (readonly [string, Archive])[]) => T,
): Promise<T> {
  const file = files[opened.length]
  if (file === undefined) return Promise.resolve(act(opened))
  return withArchive(file, (archive) => withArchives(files, [...opened, [file, archive]], act))
}

/** One simulation of each archive that has one of the size and parameters asked for. */
function chosen(opened: readonly (readonly [string, Archive])[], { size, parameters }: PhaseSettings): readonly [Source, ...Source[]] {
  const all = opened.flatMap(([file, archive]) => archive.simulations.map((simulation): Source => ({ file, archive, simulation })))
  const models = distinct(all, ({ simulation }) => simulation.model)
  if (models.length > 1) throw new UsageError(`the archives are of different models: ${models.join(', ')}; one dataset has one model`)
  const sizes = distinct(all, ({ simulation }) => simulation.size).sort((a, b) => a - b)
  const [only = 0, ...others] = sizes
  if (size === undefined && others.length > 0) {
    throw new UsageError(`--size: missing; the archives have several sizes, choose one: ${sizes.join(', ')}`)
  }
  const wanted = size ?? only
  if (!sizes.includes(wanted)) throw new UsageError(`--size: ${wanted} is not in the archives; allowed: ${sizes.join(', ')}`)
  checkParameters(all, parameters ?? {})
  const fitting = all.filter(
    ({ simulation }) =>
      simulation.size === wanted && Object.entries(parameters ?? {}).every(([name, value]) => simulation.parameters[name] === value),
  )
  const sets = distinct(fitting, ({ simulation }) => described(simulation.parameters))
  const [first, ...rest] = fitting
  if (!first) {
    const there = distinct(all, ({ simulation }) => `L = ${simulation.size}, ${described(simulation.parameters)}`)
    throw new UsageError(
      `--parameter: nothing in the archives has ${described(parameters ?? {})} and L = ${wanted}; there is ${there.join('; ')}`,
    )
  }
  if (sets.length > 1) {
    throw new UsageError(`--parameter: the archives have several sets of parameters, choose one with -p: ${sets.join('; ')}`)
  }
  return [first, ...rest]
}

function checkParameters(sources: readonly Source[], parameters: Parameters): void {
  const known = Object.keys(sources[0]?.simulation.parameters ?? {})
  const unknown = Object.keys(parameters).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(`--parameter: there is no parameter ${shown(unknown)}${didYouMean(unknown, known)}; allowed: ${known.join(', ')}`)
  }
}

function described(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')
}

function distinct<T, K>(items: readonly T[], key: (item: T) => K): K[] {
  return [...new Set(items.map(key))]
}

/** Random numbers follow from the seed and the simulation alone; only different parts of one job share a seed and no number. */
function checkDifferent(sources: readonly Source[]): void {
  for (const [i, one] of sources.entries()) {
    for (const other of sources.slice(0, i)) {
      if (one.archive.job.seed !== other.archive.job.seed) continue
      const [a, b] = [one, other].map(({ archive }) => archive.shard?.split('/') ?? [])
      if (a?.[1] !== undefined && a[1] === b?.[1] && a[0] !== b[0]) continue
      throw new UsageError(
        `${other.file} and ${one.file} were run with the same seed ${one.archive.job.seed}, so that their configurations are the same or depend on each other; give one of them, or run one again with another --seed`,
      )
    }
  }
}

/** Examples out of simulations of one model, size and parameter set. @throws as `phases` */
export function examplesOf(sources: readonly [Source, ...Source[]], model: Model, settings: PhaseSettings): Dataset {
  const [{ simulation: first }] = sources
  const { size, parameters } = first
  const encoding = findEncoding(model, settings.encoding)
  const rule = labelling(sources, model, settings.label ?? 'temperature', settings.boundary)
  const shape = encoding.shape(size)
  const width = shape.reduce((a, b) => a * b, 1)
  const most = sources.reduce((sum, source) => sum + configurations(source), 0)
  checkRoom(most * width, `${most} configurations of L = ${size}`, 'take fewer --snapshots, a smaller --size, or fewer archives')
  const x = new Float32Array(most * width)
  const y = new Int32Array(most)
  const group = new Int32Array(most)
  const temperature = new Float64Array(most)
  let count = 0
  let groups = 0
  for (const { file, simulation } of sources) {
    const copies = simulation.read('snapshots/copy').values
    for (const { first: t, second: snapshot, values } of simulation.rows('snapshots/spins')) {
      // A part of a job has nothing but zeros for replicas that it does not have.
      if (isEmpty(values)) continue
      const T = simulation.temperature[t] as number
      encoding.encode(values, size, x.subarray(count * width, (count + 1) * width))
      y[count] = classAt(rule, simulation, t, file)
      group[count] = groups + (copies[snapshot] as number)
      temperature[count] = T
      count++
    }
    groups += simulation.copies
  }
  if (count === 0) throw noSnapshots(sources[0])
  return {
    title: `Phases of ${model.name}, L = ${size}`,
    count,
    shape,
    x: x.subarray(0, count * width),
    y: { kind: 'classes', names: rule.classes, values: y.subarray(0, count) },
    group: group.subarray(0, count),
    temperature: temperature.subarray(0, count),
    symmetries: encoding.symmetries(parameters),
    size,
    notes: {
      kind: 'phases',
      model: model.name,
      ...parameters,
      encoding: encoding.name,
      label: rule.label,
      boundary: rule.boundary,
      archives: sources.map(({ file }) => basename(file)).join(', '),
      seeds: sources.map(({ archive }) => archive.job.seed).join(', '),
    },
  }
}

/** Configurations in an archive, all temperatures together. @throws FileError where there are none */
function configurations(source: Source): number {
  const { archive, simulation } = source
  const snapshots = archive.job.snapshots === 0 ? 0 : simulation.read('snapshots/copy').values.length
  if (snapshots === 0) throw noSnapshots(source)
  return snapshots * simulation.temperature.length
}

function noSnapshots({ file, archive, simulation }: Source): FileError {
  const why =
    archive.status === 'running' && archive.job.snapshots > 0
      ? 'no configurations yet; wait'
      : 'no configurations; run it again with --snapshots N'
  return new FileError(`${file}: ${simulation.name} has ${why}`)
}

function isEmpty(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return false
  return true
}

function classAt(rule: Rule, simulation: ArchivedSimulation, t: number, file: string): 0 | 1 {
  const result = rule.classify(simulation, t)
  if (result === undefined) {
    throw new FileError(`${file}: ${rule.label} is not known at T = ${simulation.temperature[t]}, so that its configurations have no label`)
  }
  return result
}
