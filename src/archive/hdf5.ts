import { closeSync, openSync, readSync } from 'node:fs'
import type { Dataset, File, Group } from 'h5wasm/node'
import { FileError, messageOf } from '../errors.ts'

// The one door to h5wasm: what it leaves silent (errors, int32 for every number) is set right here.

type Library = typeof import('h5wasm/node').default
export type { Dataset, File, Group }

let library: Promise<Library> | undefined

/** Loads h5wasm (0.2 s) and makes its errors throw; without that even a full disk goes unnoticed. */
export function loadHdf5(): Promise<Library> {
  library ??= import('h5wasm/node').then(async ({ default: h5wasm }) => {
    const module = await h5wasm.ready
    module.activate_throwing_error_handler()
    return h5wasm
  })
  return library
}

const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Opens a file for reading. Looks at its first bytes before HDF5 does, for a message that says what is wrong.
 *
 * @throws FileError where it is missing, a folder, not HDF5, or truncated
 */
export async function openForReading(path: string): Promise<File> {
  const head = Buffer.alloc(8)
  let read = 0
  try {
    const descriptor = openSync(path, 'r')
    try {
      read = readSync(descriptor, head, 0, 8, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'a folder, not an archive' : `cannot be read (${messageOf(error)})`
    throw new FileError(`${path === '' ? "''" : path}: ${why}`)
  }
  if (read === 0) throw new FileError(`${path}: empty, not an archive of spinpool`)
  if (!head.equals(SIGNATURE)) throw new FileError(`${path}: not an HDF5 file, so not an archive of spinpool`)
  const h5wasm = await loadHdf5()
  try {
    return new h5wasm.File(path, 'r')
  } catch {
    throw new FileError(`${path}: damaged or truncated; HDF5 cannot open it`)
  }
}

/** What went wrong, on one line: HDF5 reports a whole stack, of which the first frame says what was asked for. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error)
  const frame = /#000:.*?\(\): (.+)/.exec(message)?.[1]
  return frame ? `HDF5: ${frame}` : (message.split('\n')[0] as string)
}

export type Numbers = Float64Array | Float32Array | Int8Array | Int32Array | BigInt64Array

const DTYPES: readonly (readonly [new (length: number) => Numbers, string])[] = [
  [Float64Array, '<d'],
  [Float32Array, '<f'],
  [Int8Array, '<b'],
  [Int32Array, '<i'],
  [BigInt64Array, '<q'],
]
/** From this size on a dataset is compressed. */
const LARGE = 64 * 1024
const CHUNK = 1024 * 1024

/** Most bytes handed to HDF5 at once: its heap is 2 GiB, and what it is handed is copied there. */
const SLAB = 64 * 1024 * 1024

/**
 * A numeric dataset with units and a long name. Large ones are cut into chunks of about 1 MiB and compressed, and handed
 * over in slabs.
 */
export function writeNumbers(
  group: Group,
  name: string,
  data: Numbers,
  shape: readonly number[],
  about: { readonly longName: string; readonly units: string },
): Dataset {
  const dtype = DTYPES.find(([type]) => data instanceof type)?.[1] ?? '<d'
  const large = data.byteLength >= LARGE && shape.length > 0
  const storage = large ? { chunks: chunksOf(shape, data.BYTES_PER_ELEMENT), compression: 'gzip' as const, compression_opts: 1 } : {}
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
  writeText(dataset, 'units', about.units)
  writeText(dataset, 'long_name', about.longName)
  return dataset
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
