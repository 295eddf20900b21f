import { readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Dataset, File, Group } from 'h5wasm/node'
import { FileError, messageOf } from '../errors.ts'
import { formatBytes } from '../text/bytes.ts'
import { lookAtHeaps } from './heaps.ts'
import { bytesOnDisk, limitTime, loadHdf5, wasStopped } from './library.ts'
import { withRegular } from './regular.ts'

// The one door to h5wasm: what it leaves silent (int32 for every number) is set right here. See library.ts for the rest.

export type { Dataset, File, Group }
export { loadHdf5 }

const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Opens a file for reading. Looks at its first bytes before HDF5 does, for a message that says what is wrong.
 *
 * @throws FileError if it is missing, a folder, not HDF5, or truncated
 */
export async function openForReading(path: string): Promise<File> {
  const { size, signed, heaps } = withRegular(path, 'a folder, not an archive', (descriptor, bytes) => {
    const found = hasSignature(descriptor, bytes)
    return { size: bytes, signed: found, heaps: found ? lookAtHeaps(descriptor, bytes) : undefined }
  })
  if (size === 0) throw new FileError(`${path}: empty, not an archive of spinpool`)
  if (!signed) throw new FileError(`${path}: not an HDF5 file, so not an archive of spinpool`)
  if (heaps?.endless !== undefined) throw new FileError(`${path}: damaged; the texts at byte ${heaps.endless} are overwritten`)
  const h5wasm = await loadHdf5()
  try {
    const file = new h5wasm.File(path, 'r')
    if (heaps?.odd) limitTime(file.file_id)
    return file
  } catch {
    const why = wasStopped()
      ? 'cannot be opened, as HDF5 was stopped in a damaged file before; start the program again'
      : 'damaged or truncated; HDF5 cannot open it'
    throw new FileError(`${path}: ${why}`)
  }
}

/** Up to this size a dataset may be larger than its file, as one that was never written and has nothing but its fill value. */
const SMALL = 16 * 1024 * 1024
/** At most so many times smaller is what is packed: gzip by the longest repetitions that it knows, scale-offset also by leaving constants out. */
const [GZIP, SCALE_OFFSET, PACKED, CONSTANT] = [1, 6, 1100, 2 ** 20]

/** Why a dataset cannot have as many elements as it says, by the size of its file; undefined if it can. */
export function oversize(dataset: Dataset): string | undefined {
  const { shape, size } = dataset.metadata
  const declared = (shape ?? []).reduce((a, b) => a * Number(b), size)
  if (declared <= SMALL) return undefined
  const bytes = bytesOnDisk(dataset.file_id)
  if (bytes === undefined) return undefined
  const filters = dataset.filters.map(({ id }) => id)
  const ratio = filters.includes(SCALE_OFFSET) ? CONSTANT : filters.includes(GZIP) ? PACKED : 1
  if (declared <= ratio * bytes) return undefined
  return `has the shape (${(shape ?? []).join(', ')}), ${formatBytes(declared)}, and cannot be in a file of ${formatBytes(bytes)}`
}

/** Whether a regular file is HDF5: behind a user block, as MATLAB writes one, its signature is at byte 512, 1024, 2048 ... */
export function hasSignature(descriptor: number, size: number): boolean {
  const head = Buffer.alloc(SIGNATURE.length)
  for (let at = 0; at + head.length <= size; at = at === 0 ? 512 : 2 * at) {
    if (readSync(descriptor, head, 0, head.length, at) === head.length && head.equals(SIGNATURE)) return true
  }
  return false
}

/** What went wrong, on one line: HDF5 reports a whole stack, of which the first frame says what was asked for. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error)
  const frame = /#000:.*?\(\): (.+)/.exec(message)?.[1]
  return frame ? `HDF5: ${frame}` : (message.split('\n')[0] as string)
}

type Entity = Pick<Group, 'attrs' | 'get_attribute'>

/**
 * Whether a file, group or dataset has an attribute.
 *
 * @throws where its attributes cannot be read; a listing by h5wasm is then empty, as if there were none
 */
export function hasAttribute(on: Entity, name: string): boolean {
  try {
    on.get_attribute(name, false)
    return true
  } catch (error) {
    if (messageOf(error).includes('name not defined')) return false
    throw error
  }
}

/** A name that no attribute has: to find that out, HDF5 has to read them all. */
const NOBODY = '\x01'

/** Names of all attributes. @throws as `hasAttribute`, if only one of them cannot be read */
export function attributeNames(on: Entity): string[] {
  hasAttribute(on, NOBODY)
  return Object.keys(on.attrs)
}

export type Numbers = Float64Array | Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array | BigUint64Array

const DTYPES: readonly (readonly [new (length: number) => Numbers, string])[] = [
  [Float64Array, '<d'],
  [Float32Array, '<f'],
  [Int8Array, '<b'],
  [Uint8Array, '<B'],
  [Int32Array, '<i'],
  [BigInt64Array, '<q'],
  [BigUint64Array, '<Q'],
]
/** From this size on a dataset is compressed. */
const LARGE = 64 * 1024
const CHUNK = 1024 * 1024

/** Most bytes handed to HDF5 at once: its heap is 2 GiB, and what it is handed is copied there. */
const SLAB = 64 * 1024 * 1024

/** Name of the attribute that holds the CRC-32 of a dataset's bytes, as they lie in memory on all machines that Node runs on. */
export const CHECKSUM = 'crc32'

/** Name of the attribute that holds the CRC-32 of a dataset's labels; archives made before labels were read have none. */
const LABELS_CHECKSUM = 'labels_crc32'

/** What a dataset says of itself; undefined where it does not. */
interface Labels {
  readonly longName: string | undefined
  readonly units: string | undefined
}

/** The labels of a dataset. @returns undefined where they are not what was written */
export function labelsOf(dataset: Dataset): Labels | undefined {
  const text = (key: string): string | undefined => {
    const value = hasAttribute(dataset, key) ? dataset.get_attribute(key, false) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const labels = { longName: text('long_name'), units: text('units') }
  if (!hasAttribute(dataset, LABELS_CHECKSUM)) return labels
  return Number(dataset.get_attribute(LABELS_CHECKSUM, false)) === checksumOfLabels(labels) ? labels : undefined
}

function checksumOfLabels({ longName = '', units = '' }: Labels): number {
  return crc32(JSON.stringify([longName, units]))
}

/** The bytes of any numbers. */
export function bytesOf(data: Numbers): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/**
 * A numeric dataset with units, a long name and a checksum. Large ones are cut into chunks of about 1 MiB, compressed if
 * there is time for it, and handed over in slabs.
 */
export function writeNumbers(group: Group, name: string, data: Numbers, shape: readonly number[], about: About): Dataset {
  const dtype = dtypeOf(data)
  const large = data.byteLength >= LARGE && shape.length > 0
  const chunks = large ? { chunks: chunksOf(shape, data.BYTES_PER_ELEMENT) } : {}
  const storage = large && about.compressed !== false ? { ...chunks, compression: 'gzip' as const, compression_opts: 1 } : chunks
  let dataset: Dataset
  if (data.byteLength <= SLAB) {
    dataset = group.create_dataset({ name, data, shape: [...shape], dtype, ...storage })
  } else {
    const [first, ...others] = slabsOf(shape, SLAB / data.BYTES_PER_ELEMENT) as [Slab, ...Slab[]]
    const part = ({ from, to }: Slab): Numbers => data.subarray(from, to)
    const begun = first.ranges.map(([a, b]) => b - a)
    dataset = group.create_dataset({ name, data: part(first), shape: begun, maxshape: [...shape], dtype, ...storage })
    if (dataset.resize([...shape]) < 0) throw new Error(`HDF5 cannot make ${name} as large as ${shape.join(' x ')}`)
    for (const slab of others) dataset.write_slice(slab.ranges, part(slab))
  }
  describe(dataset, about, crc32(bytesOf(data)))
  return dataset
}

/** What a dataset says of itself. */
interface About {
  readonly longName: string
  readonly units: string
  /** Whether it is compressed if it is large; default true. */
  readonly compressed?: boolean
}

function dtypeOf(data: Numbers): string {
  return DTYPES.find(([type]) => data instanceof type)?.[1] ?? '<d'
}

function describe(dataset: Dataset, { units, longName }: About, checksum: number): void {
  writeText(dataset, 'units', units)
  writeText(dataset, 'long_name', longName)
  writeNumber(dataset, CHECKSUM, checksum)
  writeNumber(dataset, LABELS_CHECKSUM, checksumOfLabels({ longName, units }))
}

/**
 * A one-dimensional dataset out of parts, without having all of it in memory at once; not compressed unless that is asked for.
 *
 * @param length elements of all parts together
 * @param parts arrays of one type; at least one, which may be empty
 */
export function writeParts(group: Group, name: string, length: number, parts: Iterable<Numbers>, about: About): Dataset {
  let dataset: Dataset | undefined
  let [checksum, written] = [0, 0]
  for (const block of blocksOf(parts, length)) {
    checksum = crc32(bytesOf(block), checksum)
    if (dataset === undefined) {
      const dtype = dtypeOf(block)
      const packed = about.compressed === true && length * block.BYTES_PER_ELEMENT >= LARGE
      const chunks = packed || block.length < length ? { chunks: chunksOf([length], block.BYTES_PER_ELEMENT) } : {}
      const storage = {
        ...chunks,
        ...(block.length < length ? { maxshape: [length] } : {}),
        ...(packed ? { compression: 'gzip' as const, compression_opts: 1 } : {}),
      }
      dataset = group.create_dataset({ name, data: block, shape: [block.length], dtype, ...storage })
      if (block.length < length && dataset.resize([length]) < 0) throw new Error(`HDF5 cannot make ${name} ${length} long`)
    } else {
      dataset.write_slice([[written, written + block.length]], block)
    }
    written += block.length
  }
  if (dataset === undefined || written !== length) throw new Error(`${name} has ${written} elements and not ${length}`)
  describe(dataset, about, checksum)
  return dataset
}

/** Bytes that small parts are gathered to. */
const BLOCK = 16 * 1024 * 1024

/** Gathers small parts, and cuts large ones, to blocks of 16 MiB; the last one is what is left, and there is at least one. */
function* blocksOf(parts: Iterable<Numbers>, length: number): Generator<Numbers> {
  let block: Numbers | undefined
  let filled = 0
  let left = length
  for (const part of parts) {
    for (let taken = 0; taken < part.length || block === undefined; ) {
      if (block === undefined || filled === block.length) {
        block = emptyLike(part, Math.min(left, BLOCK / part.BYTES_PER_ELEMENT))
        filled = 0
      }
      const piece = part.subarray(taken, taken + block.length - filled)
      block.set(piece as never, filled)
      taken += piece.length
      filled += piece.length
      left -= piece.length
      if (filled === block.length && filled > 0) yield block
    }
  }
  if (length === 0 && block !== undefined) yield block
}

/** Zeros of the same type. */
function emptyLike(data: Numbers, length: number): Numbers {
  const [type] = DTYPES.find(([candidate]) => data instanceof candidate) ?? (DTYPES[0] as (typeof DTYPES)[number])
  return new type(length)
}

/** Name of the text that a group is sealed with. */
export const SEAL = 'seal'

/** Notes the attributes and members that a group has now, with a checksum, so that a reader finds out if one of them changes. */
export function sealGroup(group: Group): void {
  const attributes = attributeNames(group).sort()
  const seal = JSON.stringify({ attributes, members: group.keys().sort() })
  writeText(group, SEAL, seal)
  writeNumber(group, CHECKSUM, checksumOf(group, attributes, seal))
}

/** What is wrong with a group that was sealed; undefined where nothing is, or where it never was. What was added does not matter. */
export function brokenSeal(group: Group): string | undefined {
  const names = attributeNames(group)
  if (!names.includes(SEAL) && !names.includes(CHECKSUM)) return undefined
  try {
    const seal = String(group.get_attribute(SEAL, false))
    const { attributes, members } = JSON.parse(seal) as { attributes: string[]; members: string[] }
    const keys = group.keys()
    const missing = members.find((member) => !keys.includes(member))
    if (missing !== undefined) return `${group.path === '/' ? '' : group.path}/${missing} is missing`
    if (checksumOf(group, attributes, seal) === Number(group.get_attribute(CHECKSUM, false))) return undefined
  } catch {
    // Said below.
  }
  return `the attributes of ${group.path} are not what was written`
}

function checksumOf(group: Group, attributes: readonly string[], seal: string): number {
  const values = attributes.map((name) => [name, group.get_attribute(name, false)])
  const text = JSON.stringify([seal, values], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value,
  )
  return crc32(text)
}

/** A block of consecutive elements: from and to in memory, and its range in each dimension. */
interface Slab {
  readonly from: number
  readonly to: number
  readonly ranges: [number, number][]
}

/** Cuts an array into blocks of at most `most` elements: single indices in front, a run in one dimension, all of the rest. */
export function slabsOf(shape: readonly number[], most: number): Slab[] {
  let cut = shape.length - 1
  let inner = 1
  while (cut > 0 && inner * (shape[cut] as number) <= most) inner *= shape[cut--] as number
  const run = Math.max(1, Math.floor(most / inner))
  const length = shape[cut] as number
  const outer = shape.slice(0, cut).reduce((a, b) => a * b, 1)
  const slabs: Slab[] = []
  for (let o = 0; o < outer; o++) {
    let rest = o
    const front: [number, number][] = []
    for (const size of shape.slice(0, cut).reverse()) {
      front.unshift([rest % size, (rest % size) + 1])
      rest = Math.floor(rest / size)
    }
    for (let start = 0; start < length; start += run) {
      const stop = Math.min(length, start + run)
      const whole = shape.slice(cut + 1).map((size): [number, number] => [0, size])
      slabs.push({ from: (o * length + start) * inner, to: (o * length + stop) * inner, ranges: [...front, [start, stop], ...whole] })
    }
  }
  return slabs
}

/** Whole trailing dimensions as long as they fit, so that reading one temperature or snapshot touches few chunks. */
function chunksOf(shape: readonly number[], bytes: number): number[] {
  const chunks = shape.map(() => 1)
  let left = Math.floor(CHUNK / bytes)
  for (let i = shape.length - 1; i >= 0; i--) {
    const take = Math.max(1, Math.min(shape[i] as number, left))
    chunks[i] = take
    left = Math.floor(left / take)
  }
  return chunks
}

/** A UTF-8 text attribute. */
export function writeText(on: Group | Dataset, name: string, text: string): void {
  on.create_attribute(name, text)
}

/** A number as an attribute: whole ones as int64, others as double. */
export function writeNumber(on: Group | Dataset, name: string, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) on.create_attribute(name, BigInt64Array.of(BigInt(value)), [], '<q')
  else on.create_attribute(name, Float64Array.of(value), [], '<d')
}

/** Texts and numbers as attributes. */
export function writeAttributes(on: Group, values: Readonly<Record<string, string | number>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'number') writeNumber(on, key, value)
    else writeText(on, key, value)
  }
}

/** A text as a scalar dataset with a checksum. */
export function writeTextDataset(group: Group, name: string, text: string, longName: string): void {
  const dataset = group.create_dataset({ name, data: text })
  writeText(dataset, 'long_name', longName)
  writeText(dataset, 'units', '1')
  writeNumber(dataset, CHECKSUM, crc32(text))
}
