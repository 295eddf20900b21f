import { Damage, datasetAt, groupAt, NumberStream, numberOf, numbersOf } from './fields.ts'
import { type Dataset, type Group, type Numbers, writeNumber, writeNumbers, writeParts, labelsOf } from './hdf5.ts'

// All that a resume needs, in the group `checkpoint` of a simulation: one dataset for each kind of numbers, those of all
// ladders one behind the other. The series, rows of the trace and snapshots that all of them have are outside, where readers
// find them.

/** What is kept of the ladders of one simulation, or of those simulations that exchange a parameter. */
export interface CheckpointData {
  /** Simulation in whose group it lies: the first of those that share the ladders. */
  readonly simulation: string
  /** Which of the simulation's ladders these are; a part of a job does not have all. */
  readonly ladders: readonly number[]
  readonly numbers: CheckpointNumbers
  /** Samples with which snapshots are taken. */
  readonly snapshotsDue: readonly number[]
  readonly fields: readonly {
    readonly name: string
    readonly longName: string
    /** Mostly zeros. */
    readonly sparse: boolean
    readonly length: number
    /** At least one, which may be empty; asked for once. */
    readonly parts: () => Iterable<Numbers>
  }[]
}

/** Numbers that the ladders have in common. */
export interface CheckpointNumbers {
  /** Samples of the series, and times of snapshots, that are outside. */
  readonly samples: number
  readonly snapshots: number
  /** Rows of the trace that are outside, and rounds between them. */
  readonly traceRows: number
  readonly traceEvery: number
  /** Times of snapshots that any ladder has taken. */
  readonly snapshotsTaken: number
  /** Seconds that threads stood idle outside of teams, and that saving took. */
  readonly waitSeconds: number
  readonly saveSeconds: number
}

const NUMBERS = ['samples', 'snapshots', 'traceRows', 'traceEvery', 'snapshotsTaken', 'waitSeconds', 'saveSeconds'] as const

/** @param compressed whether there is time to compress what is mostly zeros */
export function writeCheckpoint(group: Group, { ladders, numbers, snapshotsDue, fields }: CheckpointData, compressed: boolean): void {
  for (const name of NUMBERS) writeNumber(group, name, numbers[name])
  const about = { units: '1', compressed: false }
  writeNumbers(group, 'ensembles', Int32Array.from(ladders), [ladders.length], { ...about, longName: 'ensembles that are here' })
  const due = Float64Array.from(snapshotsDue)
  // Datasets without a number are left out: h5repack of HDF5 1.10 cannot pack them.
  if (due.length > 0)
    writeNumbers(group, 'snapshots_due', due, [due.length], { ...about, longName: 'samples with which snapshots are taken' })
  for (const { name, longName, sparse, length, parts } of fields) {
    if (length > 0) writeParts(group, name, length, parts(), { units: '1', longName, compressed: sparse && compressed })
  }
}

/** The checkpoint of an open archive. */
export class CheckpointReader {
  readonly ladders: readonly number[]
  readonly numbers: CheckpointNumbers
  readonly snapshotsDue: readonly number[]
  readonly #group: Group
  readonly #members: readonly string[]
  readonly #streams = new Map<string, NumberStream>()

  /** @param simulation group of the simulation */
  constructor(simulation: Group) {
    const group = groupAt(simulation, 'checkpoint')
    this.#group = group
    this.ladders = Array.from(numbersOf(datasetAt(group, 'ensembles')))
    this.#members = group.keys()
    this.snapshotsDue = this.#members.includes('snapshots_due') ? Array.from(numbersOf(datasetAt(group, 'snapshots_due'))) : []
    this.numbers = Object.fromEntries(NUMBERS.map((name) => [name, numberOf(group, name)])) as Record<(typeof NUMBERS)[number], number>
  }

  /** The numbers of a field from where they were last left, the front at first. */
  stream(name: string): NumberStream {
    const known = this.#streams.get(name)
    if (known) return known
    const stream = new NumberStream(this.#datasetOf(name), `${this.#group.path}/${name}`)
    this.#streams.set(name, stream)
    return stream
  }

  /** Names of the fields that begin with a prefix, what they are, and how many numbers each has. */
  fields(prefix: string): { readonly name: string; readonly longName: string; readonly length: number }[] {
    return this.#members
      .filter((name) => name.startsWith(prefix))
      .map((name) => {
        const dataset = this.#datasetOf(name) as Dataset
        return { name, longName: labelsOf(dataset)?.longName ?? name, length: dataset.shape?.[0] ?? 0 }
      })
  }

  /** @throws Damage where a field that was begun is longer than what was asked for */
  finish(): void {
    for (const stream of this.#streams.values()) stream.finish()
  }

  #datasetOf(name: string): Dataset | undefined {
    if (!this.#members.includes(name)) return undefined
    const dataset = datasetAt(this.#group, name)
    if (dataset.shape?.length !== 1) throw new Damage(`${dataset.path} is of another shape`)
    return dataset
  }
}
