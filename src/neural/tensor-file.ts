import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { FileError } from '../errors.ts'
import { float16 } from '../engine/memory/float16.ts'
import { shown } from '../text/suggestion.ts'

// The safetensors format: 8 bytes with the length of a header (little-endian), the header in JSON, the numbers of all tensors
// one after the other. Refuses files whose parts overlap, leave gaps or reach beyond the end, so that a damaged one is found
// before a number of it is used. What the tensors mean is the matter of safetensors.ts.

/** A named array of float32 numbers, row-major. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** A tensor as it stands in a file; its numbers come from `numbersOf`. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: DataView
}

/** Types of numbers that are read, with the bytes of one number and how it is read at an offset. */
const NUMBERS: Readonly<Record<string, { readonly bytes: number; readonly read: (data: DataView, at: number) => number }>> = {
  F64: { bytes: 8, read: (data, at) => data.getFloat64(at, true) },
  F32: { bytes: 4, read: (data, at) => data.getFloat32(at, true) },
  F16: { bytes: 2, read: (data, at) => float16(data.getUint16(at, true)) },
  BF16: { bytes: 2, read: (data, at) => brainFloat(data.getUint16(at, true)) },
}

const length = z.int().nonnegative()
const headerEntry = z.strictObject({ dtype: z.string(), shape: z.array(length), data_offsets: z.tuple([length, length]) })
const header = z.record(z.string(), z.unknown())
const metadataEntry = z.record(z.string(), z.string())

/** The bytes of a file, numbers as F32. The header ends in spaces, so that the numbers begin at a multiple of 8 bytes. */
export function encodeTensors(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let end = 0
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = end
    end += 4 * values.length
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }]
  })
  const numbers = new DataView(new ArrayBuffer(end))
  let at = 0
  for (const { values } of tensors) {
    for (const value of values) {
      numbers.setFloat32(at, value, true)
      at += 4
    }
  }
  const data = new Uint8Array(numbers.buffer)
  const about = { ...metadata, [CHECKSUM]: checksumOf(data) }
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: about, ...Object.fromEntries(entries) }))
  const headerLength = 8 * Math.ceil(json.length / 8)
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength)
  bytes.set(json, 8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.set(data, 8 + headerLength)
  return bytes
}

/** Key of the metadata that holds the CRC-32 of all numbers; files that others made have none. */
const CHECKSUM = 'spinpool_crc32'

function checksumOf(data: Uint8Array): string {
  return crc32(data).toString(16).padStart(8, '0')
}

/**
 * Takes a file apart; tensors come in the order of their numbers in the file.
 *
 * @throws FileError for anything but a whole safetensors file
 */
export function decodeTensors(
  bytes: Uint8Array,
  file: string,
): { readonly tensors: readonly StoredTensor[]; readonly metadata: Readonly<Record<string, string>> } {
  const damaged = (why: string): FileError => new FileError(`${file}: damaged, or no safetensors file; ${why}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, the length of its header alone takes 8`)
  const headerLength = view.getBigUint64(0, true)
  if (headerLength > BigInt(bytes.length - 8)) {
    throw damaged(`its header should have ${headerLength} bytes, but ${bytes.length - 8} are left of the file`)
  }
  const start = 8 + Number(headerLength)
  const { __metadata__: metadata, ...entries } = headerOf(bytes.subarray(8, start), damaged)
  const kept = metadataEntry.nullish().safeParse(metadata)
  if (!kept.success) throw damaged('its __metadata__ is no mapping of text to text')
  const tensors = Object.entries(entries).map(([name, entry]) => {
    const parsed = headerEntry.safeParse(entry)
    if (!parsed.success) throw damaged(`what its header says of ${shown(name)} is not dtype, shape and data_offsets`)
    return { name, ...parsed.data }
  })
  tensors.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])
  let end = 0
  for (const { name, data_offsets: offsets } of tensors) {
    if (offsets[0] !== end || offsets[1] < end) {
      throw damaged(`the numbers of ${shown(name)} should be bytes ${offsets[0]} to ${offsets[1]}, those before end at ${end}`)
    }
    end = offsets[1]
  }
  if (start + end !== bytes.length) {
    throw damaged(`its tensors have ${end} bytes, but ${bytes.length - start} follow the header`)
  }
  const written = kept.data?.[CHECKSUM]
  if (written !== undefined && written !== checksumOf(bytes.subarray(start))) throw damaged('its numbers are not what was written (CRC-32)')
  return {
    metadata: kept.data ?? {},
    tensors: tensors.map(({ name, dtype, shape, data_offsets: [from, to] }) => {
      return { name, dtype, shape, data: new DataView(bytes.buffer, bytes.byteOffset + start + from, to - from) }
    }),
  }
}

function headerOf(bytes: Uint8Array, damaged: (why: string) => FileError): Record<string, unknown> {
  let json: unknown
  let twice: string | undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    json = JSON.parse(text)
    twice = repeatedKey(text)
  } catch {
    throw damaged('its header is no JSON')
  }
  if (twice !== undefined) throw damaged(`its header has ${shown(twice)} twice`)
  const parsed = header.safeParse(json)
  if (!parsed.success) throw damaged('its header is no mapping of names to tensors')
  return parsed.data
}

/** A key that one object of a valid JSON text has twice, of which JSON.parse would keep the last. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = []
  for (const { 0: token, 1: name } of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (name !== undefined) {
      const key = String(JSON.parse(name))
      if (open.at(-1)?.has(key)) return key
      open.at(-1)?.add(key)
    }
  }
  return undefined
}

/**
 * The numbers of a tensor, rounded to float32.
 *
 * @throws FileError for numbers of another type, too many or too few of them, or one that is not finite as float32
 */
export function numbersOf({ name, dtype, shape, data }: StoredTensor, file: string): Float32Array {
  const type = Object.hasOwn(NUMBERS, dtype) ? NUMBERS[dtype] : undefined
  if (!type) {
    throw new FileError(`${file}: ${shown(name)} has numbers of type ${shown(dtype)}; allowed: ${Object.keys(NUMBERS).join(', ')}`)
  }
  const count = shape.reduce((product, n) => product * n, 1)
  if (count * type.bytes !== data.byteLength) {
    throw new FileError(
      `${file}: damaged; ${shown(name)} of shape (${shape.join(', ')}) and type ${dtype} takes ${count * type.bytes} bytes, it has ${data.byteLength}`,
    )
  }
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const value = type.read(data, i * type.bytes)
    values[i] = value
    if (!Number.isFinite(values[i])) {
      throw new FileError(`${file}: number ${i} of ${shown(name)} is ${value}; allowed: finite numbers of float32`)
    }
  }
  return values
}

/** bfloat16: the upper half of a float32. */
function brainFloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits << 16)
  return view.getFloat32(0)
}
