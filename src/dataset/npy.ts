import { Damage } from '../archive/fields.ts'
import { float16 } from '../engine/memory/float16.ts'
import { shown } from '../text/suggestion.ts'
import { type Column, columnNames } from './columns.ts'

/**
 * NumPy's .npy files, versions 1 to 3, also of Python 2: plain arrays and structured ones, of integers, booleans and floats of
 * 16, 32 or 64 bits, little or big endian, in C or Fortran order. Refuses complex numbers, texts and pickled objects, but for
 * fields of structured arrays that are not asked for.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

const MAGIC = Buffer.from('\x93NUMPY', 'latin1')

export function isNpy(head: Uint8Array): boolean {
  return MAGIC.equals(head.subarray(0, MAGIC.length))
}

/** An array, or the fields of a structured one by their names. */
export type NpyFile =
  | { readonly kind: 'array'; readonly array: Column }
  | { readonly kind: 'structured'; readonly fields: ReadonlyMap<string, Column> }

/** The shapes of an array, or of the fields of a structured one that are asked for, before their numbers are read. */
export type NpyShapes =
  | { readonly kind: 'array'; readonly shape: readonly number[] }
  | { readonly kind: 'structured'; readonly fields: ReadonlyMap<string, readonly number[]> }

/**
 * @param read gives the first bytes of the file, at least so many unless there are fewer
 * @param size of the whole file
 * @throws Damage also if the file is too short for what its header declares
 */
export function shapesOf(read: (length: number) => Uint8Array, size: number): NpyShapes {
  const prefix = read(PREFIX)
  const needed = headerEnd(prefix, size)
  const { descr, shape, start } = parseHeader(needed > prefix.length ? read(needed) : prefix, size)
  const count = shape.reduce((a, b) => a * b, 1)
  if (typeof descr === 'string') {
    expectBytes(size - start, count * typeOf(descr).bytes)
    return { kind: 'array', shape }
  }
  const laid = structureOf(descr, shape)
  const stride = laid.reduce((sum, { bytes }) => sum + bytes, 0)
  expectBytes(size - start, count * stride)
  return { kind: 'structured', fields: new Map(laid.flatMap(({ name, type, inner }) => (type ? [[name, [...shape, ...inner]]] : []))) }
}

/** @throws Damage that says what is wrong */
export function parseNpy(bytes: Uint8Array): NpyFile {
  const { descr, fortran, shape, start } = parseHeader(bytes, bytes.byteLength)
  const data = bytes.subarray(start)
  const count = shape.reduce((a, b) => a * b, 1)
  if (typeof descr === 'string') {
    const type = typeOf(descr)
    expectBytes(data.byteLength, count * type.bytes)
    const values = take(data, type, { offset: 0, stride: type.bytes, rows: count, width: 1 })
    return { kind: 'array', array: { shape, values: fortran ? rowMajor(values, shape) : values } }
  }
  const fields = new Map<string, Column>()
  const laid = structureOf(descr, shape)
  const stride = laid.reduce((sum, { bytes }) => sum + bytes, 0)
  expectBytes(data.byteLength, count * stride)
  let offset = 0
  for (const { name, type, inner, bytes } of laid) {
    const width = inner.reduce((a, b) => a * b, 1)
    // Padding has the empty name and no type.
    if (type) fields.set(name, { shape: [count, ...inner], values: take(data, type, { offset, stride, rows: count, width }) })
    offset += bytes
  }
  return { kind: 'structured', fields }
}

function expectBytes(there: number, needed: number): void {
  if (there !== needed) throw new Damage(`${there < needed ? 'truncated' : 'damaged'}; ${there} bytes of numbers and not ${needed}`)
}

interface Header {
  readonly descr: unknown
  readonly fortran: boolean
  readonly shape: readonly number[]
  /** Where the numbers begin. */
  readonly start: number
}

/** What is read at first, with the headers of all arrays in it but for those of hundreds of fields. */
const PREFIX = 4096
/** The longest header that is read. */
const LONGEST = 1024 * 1024

/** Where the header of a file ends, by its first bytes. */
function headerEnd(bytes: Uint8Array, size: number): number {
  if (!isNpy(bytes)) throw new Damage('not a .npy file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3) throw new Damage(`version ${version} of the .npy format; allowed: 1, 2 and 3`)
  const begin = version === 1 ? 10 : 12
  const length = bytes.byteLength < begin ? Number.POSITIVE_INFINITY : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (begin + length > size) throw new Damage('truncated in its header')
  if (length > LONGEST) throw new Damage(`a header of ${length} bytes; allowed: up to ${LONGEST}`)
  return begin + length
}

function parseHeader(bytes: Uint8Array, size: number): Header {
  const start = headerEnd(bytes, size)
  if (start > bytes.byteLength) throw new Damage('truncated in its header')
  const header = parseLiteral(Buffer.from(bytes.subarray(bytes[6] === 1 ? 10 : 12, start)).toString('utf8'))
  if (!(header instanceof Map)) throw new Damage('its header is no dict')
  const [descr, fortran, shape]: unknown[] = [header.get('descr'), header.get('fortran_order'), header.get('shape')]
  if (descr === undefined || typeof fortran !== 'boolean' || !isShape(shape)) {
    throw new Damage('its header lacks one of descr, fortran_order and shape')
  }
  return { descr, fortran, shape, start }
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0)
}

/** One type of number: its size, how to read one, and what to keep them in. */
interface NumberType {
  readonly bytes: number
  readonly make: (length: number) => Column['values']
  readonly at: (view: DataView, offset: number) => number
}

function typeOf(descr: string): NumberType {
  const [, order, kind = '', size = ''] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? []
  const little = order !== '>'
  const floats = (bytes: number, at: NumberType['at']): NumberType => ({ bytes, make: (length) => new Float64Array(length), at })
  switch (`${kind}${size}`) {
    case 'f4':
      return { bytes: 4, make: (length) => new Float32Array(length), at: (view, offset) => view.getFloat32(offset, little) }
    case 'f8':
      return floats(8, (view, offset) => view.getFloat64(offset, little))
    case 'b1':
    case 'i1':
      return { bytes: 1, make: (length) => new Int8Array(length), at: (view, offset) => view.getInt8(offset) }
    case 'u1':
      return { bytes: 1, make: (length) => new Int32Array(length), at: (view, offset) => view.getUint8(offset) }
    case 'i2':
      return { bytes: 2, make: (length) => new Int32Array(length), at: (view, offset) => view.getInt16(offset, little) }
    case 'u2':
      return { bytes: 2, make: (length) => new Int32Array(length), at: (view, offset) => view.getUint16(offset, little) }
    case 'i4':
      return { bytes: 4, make: (length) => new Int32Array(length), at: (view, offset) => view.getInt32(offset, little) }
    case 'u4':
      return floats(4, (view, offset) => view.getUint32(offset, little))
    case 'i8':
      return floats(8, (view, offset) => Number(view.getBigInt64(offset, little)))
    case 'u8':
      return floats(8, (view, offset) => Number(view.getBigUint64(offset, little)))
    case 'f2':
      return { bytes: 2, make: (length) => new Float32Array(length), at: (view, offset) => float16(view.getUint16(offset, little)) }
    default:
      refusePickled(descr)
      throw new Damage(`it holds '${descr}'; allowed: integers, booleans, and floats of 16, 32 or 64 bits`)
  }
}

/** What Python has pickled can run any code when it is read, and has no fixed size. */
function refusePickled(descr: string): void {
  if (/^[<>|=]?O/.test(descr)) throw new Damage('it holds pickled objects; save arrays of numbers')
}

/** One field of a structured array; without a type it is padding. */
interface Field {
  readonly name: string
  readonly type: NumberType | undefined
  readonly inner: readonly number[]
  readonly bytes: number
}

/** Fields of the rows of a structured array. */
function structureOf(descr: unknown, shape: readonly number[]): Field[] {
  if (shape.length !== 1) throw new Damage(`a structured array of shape (${shape.join(', ')}); allowed: one dimension`)
  const fields = fieldsOf(descr)
  if (shape[0] !== 0 && fields.every(({ bytes }) => bytes === 0)) throw new Damage(`${shape[0]} rows without a number in them`)
  const twice = fields.find(({ name }, i) => name !== '' && fields.findIndex((other) => other.name === name) < i)
  if (twice) throw new Damage(`its header has the field ${shown(twice.name)} twice`)
  return fields
}

function fieldsOf(descr: unknown): Field[] {
  if (!Array.isArray(descr)) throw new Damage('its header has an unknown descr')
  return descr.map((entry: unknown) => {
    const [named, written, inner]: unknown[] = Array.isArray(entry) ? entry : []
    // A field may have a title besides: (title, name).
    const name = Array.isArray(named) ? named.at(-1) : named
    if (typeof name !== 'string' || !(inner === undefined || isShape(inner))) throw new Damage('its header has an unknown descr')
    const width = (inner ?? []).reduce((a, b) => a * b, 1)
    if (isAskedFor(name) && typeof written !== 'string') throw new Damage(`its field ${name} has fields of its own; allowed: numbers`)
    const type = isAskedFor(name) && typeof written === 'string' ? typeOf(written) : undefined
    return { name, type, inner: inner ?? [], bytes: (type?.bytes ?? sizeOf(written)) * width }
  })
}

function isAskedFor(name: string): boolean {
  return columnNames.some((column) => column === name)
}

/** Bytes of a field of any type: numbers, texts (S: bytes, U: four bytes a letter), dates, padding (V), or fields of its own. */
function sizeOf(descr: unknown): number {
  if (Array.isArray(descr)) return fieldsOf(descr).reduce((sum, { bytes }) => sum + bytes, 0)
  if (typeof descr === 'string') refusePickled(descr)
  const [, kind, size] = /^[<>|=]([a-zA-Z])(\d+)(?:\[.*\])?$/.exec(String(descr)) ?? []
  if (kind === undefined) throw new Damage(`its header has the unknown type ${String(descr)}`)
  return Number(size) * (kind === 'U' ? 4 : 1)
}

/** Where numbers lie: `rows` times `width` in a row, from one row to the next `stride` bytes. */
interface Place {
  readonly offset: number
  readonly stride: number
  readonly rows: number
  readonly width: number
}

function take(data: Uint8Array, type: NumberType, { offset, stride, rows, width }: Place): Column['values'] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const values = type.make(rows * width)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) values[row * width + i] = type.at(view, offset + row * stride + i * type.bytes)
  }
  return values
}

/** From Fortran's order, first index fastest. */
function rowMajor(values: Column['values'], shape: readonly number[]): Column['values'] {
  const out = values.slice()
  const index = shape.map(() => 0)
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((a, b) => a * b, 1))
  for (let to = 0, from = 0; to < values.length; to++) {
    out[to] = values[from] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] as number
      from += stride
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < (shape[axis] as number)) break
      from -= stride * (shape[axis] as number)
      index[axis] = 0
    }
  }
  return out
}

/** No header of a real array is nested more deeply. */
const DEEPEST = 32

/** A literal of Python: dicts (as Map), tuples and lists (as arrays), texts, whole numbers, True, False, None. */
function parseLiteral(text: string): unknown {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+L?|[A-Za-z_]+|\S/g) ?? []
  let next = 0
  let depth = 0
  const until = (close: string, item: () => void): void => {
    while (tokens[next] !== close) {
      if (next >= tokens.length) throw new Damage('its header ends too early')
      depth++
      item()
      depth--
      if (tokens[next] === ',') next++
    }
    next++
  }
  const value = (): unknown => {
    const token = tokens[next++] ?? ''
    if (depth > DEEPEST) throw new Damage('its header is nested too deeply')
    if (token === '{') {
      const dict = new Map<unknown, unknown>()
      until('}', () => {
        const key = value()
        if (tokens[next++] !== ':') throw new Damage('its header is no dict')
        dict.set(key, value())
      })
      return dict
    }
    if (token === '(' || token === '[') {
      const items: unknown[] = []
      until(token === '(' ? ')' : ']', () => items.push(value()))
      return items
    }
    if (/^['"]/.test(token)) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    // Python 2 marks some whole numbers by an L.
    if (/^-?\d+L?$/.test(token)) return Number.parseInt(token, 10)
    if (token === 'True' || token === 'False') return token === 'True'
    if (token === 'None') return null
    throw new Damage(`its header has ${token === '' ? 'nothing' : token} where a value should be`)
  }
  return value()
}
