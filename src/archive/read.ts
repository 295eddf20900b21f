import { resolve } from 'node:path'
import { FileError, messageOf } from '../errors.ts'
import type { Job } from '../job/job.ts'
import { type ArchiveStatus, FORMAT_VERSION, type Provenance } from './data.ts'
import { type Dataset, type File, type Group, loadHdf5, openForReading } from './hdf5.ts'

/** A quantity on the temperature grid as read back; NaN where it could not be given. */
export interface Quantity {
  readonly mean: Float64Array
  readonly error: Float64Array
  readonly tau?: Float64Array
  readonly tauError?: Float64Array
  readonly rhat?: Float64Array
}

/** One simulation of an archive. */
export interface ArchivedSimulation {
  readonly name: string
  readonly model: string
  readonly size: number
  readonly parameters: Readonly<Record<string, number>>
  readonly update: string
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
  readonly quantities: Readonly<Record<string, Quantity>>
  /** Accepted share of exchanges between neighbouring temperatures, with tempering. */
  readonly acceptance?: Float64Array
  readonly roundTrips?: Float64Array
  readonly timing: Readonly<Record<string, number>>
  /** Any dataset of this simulation by its path, such as `bins/energy`, with its shape. @throws FileError where there is none */
  read(path: string): { readonly shape: readonly number[]; readonly values: ArrayLike<number> }
}

/** An open archive; close it when done. */
export interface Archive {
  readonly path: string
  readonly status: ArchiveStatus
  readonly title: string
  readonly job: Job
  readonly provenance: Provenance
  readonly simulations: readonly ArchivedSimulation[]
  close(): void
}

/**
 * Opens an archive for reading, also while a run still writes to it.
 *
 * @throws FileError where the file is missing, is no archive of spinpool, is damaged, or is of a newer format
 */
export async function openArchive(path: string): Promise<Archive> {
  const file = await openForReading(path)
  try {
    return await readRoot(file, path)
  } catch (error) {
    file.close()
    throw error instanceof FileError ? error : new FileError(`${path}: damaged; ${messageOf(error).split('\n')[0]}`)
  }
}

async function readRoot(file: File, path: string): Promise<Archive> {
  const format = 'format' in file.attrs ? textOf(file, 'format') : undefined
  if (format !== 'spinpool') throw new FileError(`${path}: an HDF5 file, but not an archive of spinpool`)
  const version = numberOf(file, 'formatVersion')
  if (version > FORMAT_VERSION) {
    throw new FileError(`${path}: format ${version} is newer than the ${FORMAT_VERSION} that this version of spinpool reads; update spinpool`)
  }
  const { Dataset, Group } = await loadHdf5()
  const child = (group: Group, name: string): unknown => {
    if (!group.keys().includes(name)) throw new FileError(`${path}: damaged; ${group.path}/${name} is missing`)
    return group.get(name)
  }
  const groupAt = (group: Group, name: string): Group => {
    const found = child(group, name)
    if (!(found instanceof Group)) throw new FileError(`${path}: damaged; ${name} is no group`)
    return found
  }
  const datasetAt = (group: Group, name: string): Dataset => {
    const found = child(group, name)
    if (!(found instanceof Dataset)) throw new FileError(`${path}: damaged; ${name} is no dataset`)
    return found
  }
  const made = groupAt(file, 'provenance')
  const job = datasetAt(file, 'job').value
  if (typeof job !== 'string') throw new FileError(`${path}: damaged; /job is no text`)
  const group = groupAt(file, 'simulations')
  return {
    path: resolve(path),
    status: textOf(file, 'status') as ArchiveStatus,
    title: textOf(file, 'title'),
    job: JSON.parse(job) as Job,
    provenance: Object.fromEntries(
      Object.keys(made.attrs).map((key) => {
        const value = made.get_attribute(key, false)
        return [key, typeof value === 'string' ? value : Number(value)]
      }),
    ),
    simulations: group.keys().map((name) => readSimulation(groupAt(group, name), name, datasetAt, groupAt)),
    close: () => {
      file.close()
    },
  }
}

/** Attributes of a simulation that are not parameters of the model. */
const NOT_PARAMETERS = new Set(['model', 'size', 'update', 'tempering', 'sweeps', 'thermalization', 'measureEvery', 'copies', 'sweepsDone', 'sweepsTotal', 'warnings'])

function readSimulation(
  group: Group,
  name: string,
  datasetAt: (group: Group, name: string) => Dataset,
  groupAt: (group: Group, name: string) => Group,
): ArchivedSimulation {
  const column = (from: Group, key: string): Float64Array => Float64Array.from(numbersOf(datasetAt(from, key)))
  const keys = group.keys()
  const quantities: Record<string, Quantity> = {}
  for (const key of keys) {
    if (!keys.includes(`${key}_error`) || key.endsWith('_tau')) continue
    quantities[key] = {
      mean: column(group, key),
      error: column(group, `${key}_error`),
      ...(keys.includes(`${key}_tau`) ? { tau: column(group, `${key}_tau`), tauError: column(group, `${key}_tau_error`) } : {}),
      ...(keys.includes(`${key}_rhat`) ? { rhat: column(group, `${key}_rhat`) } : {}),
    }
  }
  const timing = groupAt(group, 'timing')
  const exchange = keys.includes('tempering') ? groupAt(group, 'tempering') : undefined
  const attributes = Object.keys(group.attrs)
  const warnings = attributes.includes('warnings') ? group.get_attribute('warnings', true) : []
  return {
    name,
    model: textOf(group, 'model'),
    size: numberOf(group, 'size'),
    parameters: Object.fromEntries(attributes.filter((key) => !NOT_PARAMETERS.has(key)).map((key) => [key, numberOf(group, key)])),
    update: textOf(group, 'update'),
    tempering: numberOf(group, 'tempering') === 1,
    sweeps: numberOf(group, 'sweeps'),
    thermalization: numberOf(group, 'thermalization'),
    measureEvery: numberOf(group, 'measureEvery'),
    copies: numberOf(group, 'copies'),
    sweepsDone: numberOf(group, 'sweepsDone'),
    sweepsTotal: numberOf(group, 'sweepsTotal'),
    warnings: [warnings].flat().map(String),
    temperature: column(group, 'temperature'),
    samples: column(group, 'samples'),
    quantities,
    ...(exchange ? { acceptance: column(exchange, 'acceptance'), roundTrips: column(exchange, 'round_trips') } : {}),
    timing: Object.fromEntries(timing.keys().map((key) => [key, Number(datasetAt(timing, key).value)])),
    read: (path) => {
      const parts = path.split('/')
      const last = parts.pop() ?? ''
      const dataset = datasetAt(parts.reduce(groupAt, group), last)
      return { shape: dataset.shape ?? [], values: numbersOf(dataset) }
    },
  }
}

function numbersOf(dataset: Dataset): number[] | Float64Array | Int8Array {
  const { value } = dataset
  if (value instanceof Float64Array || value instanceof Int8Array) return value
  if (value instanceof BigInt64Array || value instanceof Int32Array || value instanceof Float32Array) return Array.from(value, Number)
  if (typeof value === 'number' || typeof value === 'bigint') return [Number(value)]
  throw new FileError(`damaged; ${dataset.path} holds no numbers`)
}

function textOf(on: Group, name: string): string {
  const value = on.get_attribute(name, false)
  if (typeof value !== 'string') throw new FileError(`damaged; attribute ${name} of ${on.path} is no text`)
  return value
}

function numberOf(on: Group, name: string): number {
  const value = Number(on.get_attribute(name, false))
  if (Number.isNaN(value)) throw new FileError(`damaged; attribute ${name} of ${on.path} is no number`)
  return value
}
