import { resolve } from 'node:path'
import { FileError } from '../errors.ts'
import type { Job } from '../job/types.ts'
import { type Description, describe } from '../model/description.ts'
import { type ExactValues, exactValues } from '../model/exact.ts'
import type { Moves } from '../model/model.ts'
import { knownModel, modelNames } from '../model/registry.ts'
import type { ModelName, ParametersOf, QuantitiesOf, UpdateName } from '../model/types.ts'
import { shown } from '../text/suggestion.ts'
import { type ArchiveStatus, FORMAT_VERSION, type Provenance } from './data.ts'
import { CheckpointReader } from './checkpoint.ts'
import {
  attributesOf,
  columnAt,
  Damage,
  datasetAt,
  groupAt,
  isKind,
  numberOf,
  numbersOf,
  realNumbers,
  rowsOf,
  textIn,
  textOf,
} from './fields.ts'
import { ARCHIVE_FORMAT, checkVersion, damaged, KINDS } from './format.ts'
import { attributeNames, hasAttribute, CHECKSUM, type Dataset, type File, type Group, labelsOf, openForReading, SEAL } from './hdf5.ts'

/** A quantity on the temperature grid as read back, (temperature, ...shape); NaN where it could not be given. */
export interface Quantity {
  /** What it is, as in `specific heat per site, N (<e^2> - <e>^2) / T^2`, and its units, `1` for a pure number. */
  readonly longName?: string
  readonly units?: string
  /** Lengths of the dimensions besides the temperature; empty for all but arrays such as a structure factor. */
  readonly shape: readonly number[]
  readonly mean: Float64Array
  readonly error: Float64Array
  readonly tau?: Float64Array
  readonly tauError?: Float64Array
  readonly rhat?: Float64Array
}

/** One simulation of an archive, of the model M. */
export interface ArchivedSimulation<M extends string = string> {
  readonly name: string
  readonly model: M
  readonly size: number
  readonly parameters: ParametersOf<M>
  /** What its model is. */
  readonly description: Description
  /** What is known exactly; undefined if the model is not installed. */
  readonly exact?: ExactValues | undefined
  readonly update: UpdateName<M>
  /** Moves that went with every sweep, of models that have them. */
  readonly moves?: Moves
  readonly tempering: boolean
  readonly sweeps: number
  readonly thermalization: number
  readonly measureEvery: number
  readonly copies: number
  readonly sweepsDone: number
  readonly sweepsTotal: number
  readonly warnings: readonly string[]
  readonly temperature: Float64Array
  readonly samples: Float64Array
  /** Observables, derived quantities and the checked ratio, by name. */
  readonly quantities: QuantitiesOf<M, Quantity>
  /** What is exchanged, with tempering: `temperature`, or the name of a parameter. */
  readonly along?: string
  /** Accepted share of exchanges between neighbouring temperatures, or at each temperature with the next value of the parameter. */
  readonly acceptance?: Float64Array
  readonly roundTrips?: Float64Array
  readonly timing: Readonly<Record<string, number>>
  /** Whether there is a dataset at a path such as `bins/energy`. */
  has(path: string): boolean
  /** Names of the datasets of a group such as `series`; none where there is no such group. */
  members(group: string): readonly string[]
  /** Any dataset of this simulation by its path, such as `bins/energy`, with its shape. @throws FileError where there is none */
  read(path: string): { readonly shape: readonly number[]; readonly values: ArrayLike<number> }
  /** The same for what is large and has three dimensions or more, row by row. @throws FileError also in between */
  rows(path: string): Iterable<Row>
}

/** What a dataset holds for a pair of its first two indices. */
export interface Row {
  readonly first: number
  readonly second: number
  readonly values: ArrayLike<number>
}

/** An open archive of the model M; close it when done. */
export interface Archive<M extends string = string> {
  readonly path: string
  readonly status: ArchiveStatus
  /** Version of the file's layout. */
  readonly formatVersion: number
  readonly title: string
  readonly job: Job<M>
  readonly provenance: Provenance
  /** By size, then by the values of parameters; of several models M, `simulation.model` tells them apart. */
  readonly simulations: readonly (M extends unknown ? ArchivedSimulation<M> : never)[]
  /** Which part of the job this is, as in `1/4`; undefined for all of it. */
  readonly shard?: string
  /**
   * What a resume needs of the simulations that share ladders with this one, the first; undefined where there is none.
   *
   * @internal
   */
  checkpoint(simulation: string): CheckpointReader | undefined
  /** May be called again. */
  close(): void
}

/** What an archive must be of. */
export interface OpenOptions<M extends string> {
  /**
   * The model that its job must be of, so that an editor knows its names; default any. By default the types are those of the models
   * that the compiler knows, told apart by `simulation.model`; `openArchive<string>(path)` leaves all names open.
   */
  readonly model?: M | undefined
}

/**
 * Opens an archive for reading, also while a run still writes to it.
 *
 * @throws FileError if the file is missing, is not an archive of spinpool, is damaged, is of a newer format, or of another model than
 *   was asked for
 */
export async function openArchive<M extends string = ModelName>(path: string, { model }: OpenOptions<M> = {}): Promise<Archive<M>> {
  const file = await openForReading(path)
  try {
    const archive = await readRoot(file, path)
    if (model !== undefined && archive.job.model !== model) {
      throw new FileError(`${path}: an archive of the model ${shown(archive.job.model)}; asked for: ${shown(model)}`)
    }
    return archive as Archive<string> as Archive<M>
  } catch (error) {
    try {
      file.close()
    } catch {
      // A library that gave up cannot close either.
    }
    throw damaged(path, error)
  }
}

/** Does something with an archive that is closed afterwards, whatever happens. @throws FileError as `openArchive` */
export async function withArchive<T>(path: string, act: (archive: Archive) => T | Promise<T>): Promise<T> {
  const archive = await openArchive(path)
  try {
    return await act(archive)
  } finally {
    archive.close()
  }
}

const statuses: readonly ArchiveStatus[] = ['running', 'interrupted', 'complete']

async function readRoot(file: File, path: string): Promise<Archive> {
  const format = hasAttribute(file, 'format') ? textOf(file, 'format') : undefined
  if (format !== ARCHIVE_FORMAT) {
    const kind = format === undefined || !Object.hasOwn(KINDS, format) ? undefined : KINDS[format]
    throw new FileError(
      `${path}: ${kind ? `${kind} of spinpool, but not an archive of a run` : 'an HDF5 file, but not an archive of spinpool'}`,
    )
  }
  checkVersion(file, path, FORMAT_VERSION)
  const written = textOf(file, 'status')
  const status = statuses.find((candidate) => candidate === written)
  if (!status) throw new Damage(`its status is '${written}'; known: ${statuses.join(', ')}`)
  let open = true
  const made = groupAt(file, 'provenance')
  const group = groupAt(file, 'simulations')
  const simulations: ArchivedSimulation[] = []
  for (const name of group.keys()) simulations.push(await readSimulation(groupAt(group, name), name, path))
  return {
    path: resolve(path),
    status,
    formatVersion: numberOf(file, 'formatVersion'),
    title: textOf(file, 'title'),
    job: readJob(datasetAt(file, 'job')),
    provenance: attributesOf(made),
    simulations: inOrder(simulations),
    ...(hasAttribute(file, 'shard') ? { shard: textOf(file, 'shard') } : {}),
    checkpoint: (name) => {
      try {
        const simulation = groupAt(group, name)
        return simulation.keys().includes('checkpoint') ? new CheckpointReader(simulation) : undefined
      } catch (error) {
        throw damaged(path, error)
      }
    },
    close: () => {
      if (open) file.close()
      open = false
    },
  }
}

/** By size, then by the values of parameters: the file has them by name, L = 16 before L = 8. */
function inOrder(simulations: readonly ArchivedSimulation[]): readonly ArchivedSimulation[] {
  return simulations.toSorted((a, b) => {
    const different = Object.keys(a.parameters).find((key) => a.parameters[key] !== b.parameters[key])
    return a.size - b.size || (different === undefined ? 0 : (a.parameters[different] as number) - (b.parameters[different] ?? NaN) || 0)
  })
}

function readJob(dataset: Dataset): Job {
  let job: unknown
  const text = textIn(dataset)
  try {
    job = JSON.parse(text)
  } catch {
    // Said below.
  }
  if (typeof job !== 'object' || job === null) throw new Damage('/job is no job')
  return job as Job
}

/** Attributes of a simulation that are not parameters of the model. */
const NOT_PARAMETERS = new Set([
  'model',
  'description',
  'size',
  'update',
  'overrelax',
  'cluster',
  'reflections',
  'tempering',
  'sweeps',
  'thermalization',
  'measureEvery',
  'copies',
  'sweepsDone',
  'sweepsTotal',
  'warnings',
  SEAL,
  CHECKSUM,
])

async function readSimulation(group: Group, name: string, path: string): Promise<ArchivedSimulation> {
  const temperature = columnAt(group, 'temperature')
  const timing = groupAt(group, 'timing')
  const exchange = group.keys().includes('tempering') ? groupAt(group, 'tempering') : undefined
  const attributes = attributeNames(group)
  const warnings = attributes.includes('warnings') ? group.get_attribute('warnings', true) : []
  const size = numberOf(group, 'size')
  const parameters = Object.fromEntries(attributes.filter((key) => !NOT_PARAMETERS.has(key)).map((key) => [key, numberOf(group, key)]))
  return {
    name,
    size,
    parameters,
    ...(await modelOf(group, name, path, size, parameters)),
    update: textOf(group, 'update'),
    ...(attributes.includes('overrelax')
      ? {
          moves: {
            overrelax: numberOf(group, 'overrelax'),
            cluster: numberOf(group, 'cluster'),
            reflections: textOf(group, 'reflections').split(', ').filter(Boolean),
          },
        }
      : {}),
    tempering: numberOf(group, 'tempering') === 1,
    sweeps: numberOf(group, 'sweeps'),
    thermalization: numberOf(group, 'thermalization'),
    measureEvery: numberOf(group, 'measureEvery'),
    copies: numberOf(group, 'copies'),
    sweepsDone: numberOf(group, 'sweepsDone'),
    sweepsTotal: numberOf(group, 'sweepsTotal'),
    warnings: [warnings].flat().map(String),
    temperature,
    samples: columnAt(group, 'samples', temperature.length),
    quantities: readQuantities(group, temperature.length),
    ...(exchange
      ? {
          along: hasAttribute(exchange, 'along') ? textOf(exchange, 'along') : 'temperature',
          acceptance: columnAt(exchange, 'acceptance'),
          roundTrips: columnAt(exchange, 'round_trips'),
        }
      : {}),
    timing: Object.fromEntries(timing.keys().map((key) => [key, numbersOf(datasetAt(timing, key))[0] as number])),
    has: (key) => {
      const parts = key.split('/')
      const last = parts.pop() ?? ''
      return membersOf(group, parts).includes(last)
    },
    members: (name) => membersOf(group, [name]),
    read: (key) => {
      try {
        const dataset = datasetBelow(group, key)
        return { shape: dataset.shape ?? [], values: numbersOf(dataset) }
      } catch (error) {
        throw damaged(path, error)
      }
    },
    rows: function* (key) {
      try {
        for (const { first, second, values } of rowsOf(datasetBelow(group, key))) yield { first, second, values: realNumbers(values) }
      } catch (error) {
        throw damaged(path, error)
      }
    },
  }
}

/** What an archive says of its model itself; of an archive from before there were descriptions what the installed model says. */
async function modelOf(
  group: Group,
  name: string,
  path: string,
  size: number,
  parameters: Readonly<Record<string, number>>,
): Promise<Pick<ArchivedSimulation, 'model' | 'description' | 'exact'>> {
  const model = textOf(group, 'model')
  const known = knownModel(model)
  const exact = known?.physics.exact && exactValues(known.physics.exact, size, parameters)
  const text = hasAttribute(group, 'description') ? textOf(group, 'description') : undefined
  const installed = known && describe(known, size, parameters)
  // What the installed model says itself need not be checked, which takes a schema library that is slow to load.
  if (installed && (text === undefined || text === JSON.stringify(installed))) return { model, exact, description: installed }
  if (text === undefined) {
    throw new FileError(
      `${path}: ${name} is of the model ${shown(model)}, which this version of spinpool does not have and the archive does not describe; known: ${modelNames.join(', ')}`,
    )
  }
  const { readDescription } = await import('./description.ts')
  return { model, exact, description: readDescription(text, { model, size, parameters }) }
}

/** Names below a group below this one; none where it is not there. */
function membersOf(group: Group, path: readonly string[]): string[] {
  let at = group
  for (const name of path) {
    const child = at.keys().includes(name) ? at.get(name) : undefined
    if (!isKind(child, 'Group')) return []
    at = child
  }
  return at.keys()
}

function datasetBelow(group: Group, path: string): Dataset {
  const parts = path.split('/')
  const last = parts.pop() ?? ''
  return datasetAt(parts.reduce(groupAt, group), last)
}

/** Every dataset of a simulation itself is a column of some quantity, a scale, or `samples`: so what is missing shows. */
function readQuantities(group: Group, length: number): Record<string, Quantity> {
  const keys = new Set(group.keys())
  const names = new Set<string>()
  for (const key of keys) {
    if (key === 'samples') continue
    const name = key.replace(/(?:_tau|_tau_error|_error|_rhat)$/, '')
    if (keys.has(`${name}_error`) || isColumn(group.get(key))) names.add(name)
  }
  return Object.fromEntries([...names].sort().map((name) => [name, readQuantity(group, name, keys, length)]))
}

function readQuantity(group: Group, name: string, keys: ReadonlySet<string>, length: number): Quantity {
  const dataset = datasetAt(group, name)
  const shape = (dataset.shape ?? []).slice(1)
  const size = shape.reduce((a, b) => a * b, length)
  const column = (key: string): Float64Array => columnAt(group, key, size)
  const labels = labelsOf(dataset)
  if (!labels) throw new Damage(`the labels of ${dataset.path} are not what was written`)
  const { longName, units } = labels
  return {
    ...(longName === undefined ? {} : { longName }),
    ...(units === undefined ? {} : { units }),
    shape,
    mean: column(name),
    error: column(`${name}_error`),
    ...(keys.has(`${name}_tau`) || keys.has(`${name}_tau_error`)
      ? { tau: column(`${name}_tau`), tauError: column(`${name}_tau_error`) }
      : {}),
    ...(keys.has(`${name}_rhat`) ? { rhat: column(`${name}_rhat`) } : {}),
  }
}

function isColumn(child: unknown): boolean {
  return isKind(child, 'Dataset') && !hasAttribute(child, 'CLASS')
}
