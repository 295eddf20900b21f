import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { checkSize, checkSum, Damage, isKind, isNumbers, memberOf, textOf } from '../archive/fields.ts'
import { checkVersion, withFile } from '../archive/format.ts'
import { attributeNames, bytesOf, type Dataset as Hdf5Dataset, type File, hasAttribute, hasSignature } from '../archive/hdf5.ts'
import { checkOwn } from '../archive/own.ts'
import { readAt, statReadable, withRegular } from '../archive/regular.ts'
import { FileError } from '../errors.ts'
import { type Column, type ColumnName, columnNames, type ColumnSource, datasetOf, type Description, readColumns } from './columns.ts'
import { symmetryNames } from '../model/physics.ts'
import type { Dataset } from './dataset.ts'
import { isNpy } from './npy.ts'
import { readNpy, readNpz, readNumpyFolder } from './numpy.ts'
import { lackOfMemory } from './room.ts'
import { DATASET_FORMAT, DATASET_VERSION, OWN, ROOT_ATTRIBUTES } from './write.ts'

/**
 * Reads labelled examples: what spinpool wrote (checksums are verified), any HDF5 file with x (examples, ...) and y, or
 * files of NumPy (see numpy.ts). The kind of file is told by what is in it, not by its name.
 *
 * One dimension of whole numbers in y are classes; other numbers, or two dimensions (examples, outputs), are targets.
 *
 * @throws FileError in one line that says what is missing or wrong, and in which example
 */
export async function readDataset(path: string): Promise<Dataset> {
  const kind = kindOf(path)
  if (kind === 'hdf5') return withFile(path, (file) => readRoot(file, path))
  const { columns, present } = kind === 'folder' ? readNumpyFolder(path) : kind === 'npz' ? readNpz(path) : readNpy(path)
  return datasetOf(readColumns(columns, path, present), { title: basename(path) }, path, present)
}

function kindOf(path: string): 'hdf5' | 'npz' | 'npy' | 'folder' {
  if (statReadable(path).isDirectory()) return 'folder'
  const { head, hdf5 } = withRegular(path, '', (descriptor, size) => ({
    head: readAt(descriptor, 0, 8),
    hdf5: hasSignature(descriptor, size),
  }))
  if (head.length === 0) throw new FileError(`${path}: empty, no labelled examples`)
  if (hdf5) return 'hdf5'
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04' || head.toString('latin1', 0, 4) === 'PK\x05\x06') return 'npz'
  if (isNpy(head)) return 'npy'
  throw new FileError(`${path}: neither HDF5 nor a file of NumPy (.npy, .npz); labelled examples come as x and y in one of these`)
}

function readRoot(file: File, path: string): Dataset {
  const format = typeof attribute(file, 'format') === 'string' ? textOf(file, 'format') : undefined
  if (format === 'spinpool') {
    throw new FileError(`${path}: an archive of a run, not labelled examples; make them with: spinpool dataset phases ${path}`)
  }
  const own = format === DATASET_FORMAT
  if (own) checkVersion(file, path, DATASET_VERSION)
  const present = file.keys()
  const sources: Partial<Record<ColumnName, ColumnSource>> = {}
  for (const name of columnNames) {
    if (present.includes(name)) sources[name] = columnIn(memberOf(file, name), name, path)
  }
  return datasetOf(readColumns(sources, path, present), describe(file, own, path), path, present)
}

/** Attributes of files from elsewhere are heard where they are what they should be. */
function describe(file: File, own: boolean, path: string): Description {
  const title = attribute(file, 'title')
  const size = Number(attribute(file, 'size') ?? Number.NaN)
  const symmetries = textsOf(file, 'symmetries')
  const y = file.keys().includes('y') ? file.get('y') : undefined
  const notes = attributeNames(file)
    .filter((name) => own && !ROOT_ATTRIBUTES.includes(name))
    .map((name): [string, string | number] => {
      const value = attribute(file, name)
      return [name, typeof value === 'string' ? value : Number(value)]
    })
  return {
    title: typeof title === 'string' ? title : basename(path),
    classes: isKind(y, 'Dataset') ? classesOf(y) : undefined,
    symmetries: symmetryNames.filter((name) => symmetries?.includes(name)),
    ...(Number.isInteger(size) && size > 0 ? { size } : {}),
    notes: Object.fromEntries(notes),
  }
}

function classesOf(y: Hdf5Dataset): readonly string[] | undefined {
  checkOwn(y, OWN)
  return textsOf(y, 'classes')
}

function attribute(on: File | Hdf5Dataset, name: string): unknown {
  return hasAttribute(on, name) ? on.get_attribute(name, false) : undefined
}

function textsOf(on: File | Hdf5Dataset, name: string): readonly string[] | undefined {
  const value = hasAttribute(on, name) ? on.get_attribute(name, true) : undefined
  const texts = [value].flat()
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts : undefined
}

/** Elements that are read at once: HDF5's heap is 2 GiB, and what is read is copied out of it. */
const BLOCK = 4 * 1024 * 1024

/** Kinds of numbers by HDF5's numbers for them; booleans are an enumeration. */
const [INTEGER, FLOAT, ENUMERATION] = [0, 1, 8]

/** Filters that are read, by their numbers: gzip, shuffle, Fletcher's checksum, n-bit, scale-offset. */
const FILTERS = [1, 2, 3, 5, 6]

/** How netCDF packs numbers: value = packed * scale_factor + add_offset, and values that stand for nothing. */
function decoderOf(dataset: Hdf5Dataset): { readonly scale: number; readonly offset: number; readonly missing: readonly number[] } {
  const numbers = (name: string): number[] => {
    const value = attribute(dataset, name)
    const list = isNumbers(value) ? Array.from(value as ArrayLike<number | bigint>, Number) : [value].flat().map(Number)
    return value === undefined || value === null ? [] : list.filter((one) => !Number.isNaN(one))
  }
  return {
    scale: numbers('scale_factor')[0] ?? 1,
    offset: numbers('add_offset')[0] ?? 0,
    missing: [...numbers('_FillValue'), ...numbers('missing_value')],
  }
}

function columnIn(found: unknown, name: ColumnName, path: string): ColumnSource {
  if (!isKind(found, 'Dataset')) throw new FileError(`${path}: ${name} is no dataset; allowed: numbers`)
  const { shape, metadata } = found
  if (shape === null || ![INTEGER, FLOAT, ENUMERATION].includes(metadata.type)) {
    throw new FileError(`${path}: ${name} holds no numbers; allowed: integers, booleans, and floats of 32 or 64 bits`)
  }
  if (metadata.type === FLOAT && metadata.size !== 4 && metadata.size !== 8) {
    throw new FileError(`${path}: ${name} holds floats of ${8 * metadata.size} bits; allowed: 32 or 64; save it with .astype('float32')`)
  }
  const unknown = found.filters.find(({ id }) => !FILTERS.includes(id))
  if (unknown) {
    const called = unknown.name === '' ? '' : ` ${unknown.name}`
    throw new FileError(
      `${path}: ${name} is packed by the filter${called} (${unknown.id}) of HDF5, which is not read; save it with gzip, or without compression`,
    )
  }
  if (shape.length === 0) throw new FileError(`${path}: ${name} is a single number; allowed: one for each example`)
  const length = shape.reduce((a, b) => a * b, 1)
  const lack = lackOfMemory(length)
  if (lack !== undefined) throw new FileError(`${path}: ${name} has ${length} numbers; ${lack}`)
  checkSize(found)
  return { shape, read: () => readColumn(found, shape, name, path) }
}

function readColumn(found: Hdf5Dataset, shape: readonly number[], name: ColumnName, path: string): Column {
  const decode = decoderOf(found)
  const plain = decode.scale === 1 && decode.offset === 0
  const [count = 0, ...inner] = shape
  const width = inner.reduce((a, b) => a * b, 1)
  const length = count * width
  const values = name === 'x' ? new Float32Array(length) : new Float64Array(length)
  let checksum = 0
  const rows = Math.max(1, Math.floor(BLOCK / Math.max(1, width)))
  for (let from = 0; from < count && width > 0; from += rows) {
    const to = Math.min(count, from + rows)
    const block = found.slice([[from, to], ...inner.map((size): [number, number] => [0, size])])
    if (!isNumbers(block) || block.length !== (to - from) * width) throw new Damage(`${found.path} holds no numbers`)
    checksum = crc32(bytesOf(block), checksum)
    for (let i = 0; i < block.length; i++) {
      const packed = Number(block[i])
      if (decode.missing.includes(packed)) {
        const example = from + Math.floor(i / width)
        throw new FileError(
          `${path}: ${name} of example ${example} is ${packed}, the fill value: nothing is known there; leave out such examples`,
        )
      }
      // What is not packed keeps its sign of 0.
      values[from * width + i] = plain ? packed : packed * decode.scale + decode.offset
    }
  }
  checkSum(found, checksum)
  return { shape, values }
}
