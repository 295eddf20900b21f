import { type Place, writeWhole } from '../archive/atomic.ts'
import { type Group, type Numbers, sealGroup, writeNumber, writeNumbers, writeText } from '../archive/hdf5.ts'
import { sealOwn } from '../archive/own.ts'
import { provenance } from '../archive/provenance.ts'
import { type Scales, scales } from '../archive/scales.ts'
import { writeProvenance } from '../archive/write.ts'
import type { Dataset } from './dataset.ts'

// Datasets as HDF5; their reader is read.ts. What each thing in the file means is in docs/datasets.md.

/** What the root's attribute `format` says. */
export const DATASET_FORMAT = 'spinpool-dataset'
/** Version of the file's layout; a reader refuses a newer one. */
export const DATASET_VERSION = 1

/** Attributes of y besides its labels. */
export const OWN: readonly string[] = ['classes']

/** Attributes of the root that are no notes. */
export const ROOT_ATTRIBUTES: readonly string[] = ['format', 'formatVersion', 'title', 'symmetries', 'size', 'seal', 'crc32']

/** How a dataset came about. */
export interface Making {
  readonly command: string
  readonly seed: string
  /** Default: now. */
  readonly startedAt?: Date
}

/**
 * Writes a dataset in one go.
 *
 * @param place a path alone is replaced
 * @returns the path
 * @throws MachineError where the disk is full, FileError where the folder cannot be written
 */
export async function writeDataset(
  place: string | Place,
  dataset: Dataset,
  { command, seed, startedAt = new Date() }: Making,
): Promise<string> {
  const finishedAt = new Date()
  const elapsedSeconds = (finishedAt.getTime() - startedAt.getTime()) / 1000
  const made = provenance({ seed, threads: 1, command, startedAt, finishedAt, elapsedSeconds })
  return writeWhole(place, (file) => {
    writeRoot(file, dataset)
    writeProvenance(file, made)
    sealGroup(file)
  })
}

function writeRoot(root: Group, dataset: Dataset): void {
  const { title, count, shape, x, group, part, temperature, symmetries, size, notes } = dataset
  writeText(root, 'format', DATASET_FORMAT)
  writeNumber(root, 'formatVersion', DATASET_VERSION)
  writeText(root, 'title', title)
  // HDF5 has no empty list of texts.
  if (symmetries.length > 0) root.create_attribute('symmetries', [...symmetries])
  if (size !== undefined) writeNumber(root, 'size', size)
  for (const [name, note] of Object.entries(notes)) {
    if (ROOT_ATTRIBUTES.includes(name)) throw new RangeError(`a dataset cannot have a note of the name ${name}`)
    if (typeof note === 'number') writeNumber(root, name, note)
    else writeText(root, name, note)
  }
  const scale = scales(root)
  scale.count('example', count, 'example')
  const dimensions = dimensionsOf(shape)
  for (const [i, name] of dimensions.entries()) scale.count(name, shape[i] as number, `${name} of an example`)
  scale.attach(writeNumbers(root, 'x', smallest(x), [count, ...shape], { longName: 'examples', units: '1' }), ['example', ...dimensions])
  writeLabels(root, scale, dataset)
  const column = (name: string, values: Numbers | undefined, longName: string): void => {
    if (values) scale.attach(writeNumbers(root, name, values, [count], { longName, units: '1' }), ['example'])
  }
  column('group', group, 'rows of one group depend on each other')
  column('part', part, '0 train, 1 validation, 2 test')
  column('temperature', temperature, 'temperature (k_B = 1)')
}

function writeLabels(root: Group, scale: Scales, { count, y }: Dataset): void {
  if (y.kind === 'classes') {
    const labels = writeNumbers(root, 'y', y.values, [count], { longName: 'class, an index of the attribute classes', units: '1' })
    labels.create_attribute('classes', [...y.names])
    sealOwn(labels, OWN)
    scale.attach(labels, ['example'])
    return
  }
  scale.count('output', y.outputs, 'output')
  const targets = writeNumbers(root, 'y', y.values, [count, y.outputs], { longName: 'what the outputs should be', units: '1' })
  scale.attach(targets, ['example', 'output'])
}

/** Names of the dimensions of one example. */
function dimensionsOf(shape: readonly number[]): string[] {
  if (shape.length === 1) return ['number']
  if (shape.length <= 3) return ['row', 'column', 'channel'].slice(0, shape.length)
  return shape.map((_, i) => `axis_${i + 1}`)
}

/** Whole numbers from -128 to 127 take a quarter of the room; what is -0 stays so. */
function smallest(x: Float32Array): Float32Array | Int8Array {
  const bytes = Int8Array.from(x)
  return x.every((value, i) => Object.is(value, bytes[i])) ? bytes : x
}
