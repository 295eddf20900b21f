import { Layout } from './layout.ts'

// One table says what a piece of shared memory holds: the name, type and length of each field, in the order in which they lie, and
// which of them a checkpoint keeps. Offsets, views, sizes and checkpoints follow from it.

/** Numbers as they lie in shared memory. */
export type Persistent = Float64Array | Float32Array | Int32Array | Uint8Array | BigUint64Array

/** A type of numbers, such as Float64Array. */
interface NumberType<V extends Persistent> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset: number, length: number): V
}

/** How a field is kept in checkpoints. */
export interface Keep {
  /** Its name in archives, which must not change. */
  readonly name: string
  readonly longName: string
  /** Mostly zeros, so that compressing is worth its time. */
  readonly sparse?: boolean
}

/** One field of a table. */
export class Declared<V extends Persistent = Persistent> {
  readonly type: NumberType<V>
  readonly length: number
  /** Undefined for what can be built from other fields, or need not outlast a process. */
  readonly keep: Keep | undefined
  /** Another field whose memory this one shares, and from which byte of it on. */
  readonly inside: { readonly field: string; readonly from: number } | undefined

  constructor(type: NumberType<V>, length: number, keep?: Keep, inside?: { readonly field: string; readonly from: number }) {
    this.type = type
    this.length = length
    this.keep = keep
    this.inside = inside
  }

  get bytes(): number {
    return this.length * this.type.BYTES_PER_ELEMENT
  }
}

/** Fields by name, and tables of parts that have one of their own. */
export interface Table {
  readonly [name: string]: Declared | Table
}

/** The offset of every field. */
export type Offsets<T extends Table> = {
  readonly [K in keyof T]: T[K] extends Declared ? number : T[K] extends Table ? Offsets<T[K]> : never
}

/** The numbers of every field. */
export type Views<T extends Table> = {
  readonly [K in keyof T]: T[K] extends Declared<infer V> ? V : T[K] extends Table ? Views<T[K]> : never
}

/** Which numbers of a field are to be kept, for fields that are not kept whole. */
export type Parts<T extends Table> = {
  readonly [K in keyof T]?: T[K] extends Declared<infer V> ? (view: V) => V : T[K] extends Table ? Parts<T[K]> : never
}

export function f64(length: number, keep?: Keep): Declared<Float64Array> {
  return new Declared<Float64Array>(Float64Array, length, keep)
}

export function f32(length: number, keep?: Keep): Declared<Float32Array> {
  return new Declared<Float32Array>(Float32Array, length, keep)
}

export function i32(length: number, keep?: Keep): Declared<Int32Array> {
  return new Declared<Int32Array>(Int32Array, length, keep)
}

export function bytes(length: number, keep?: Keep): Declared<Uint8Array> {
  return new Declared<Uint8Array>(Uint8Array, length, keep)
}

export function bits64(length: number, keep?: Keep): Declared<BigUint64Array> {
  return new Declared<BigUint64Array>(BigUint64Array, length, keep)
}

/** SIMD words of 16 bytes, which only kernels look into. */
export function v128(length: number): Declared<Uint8Array> {
  return bytes(16 * length)
}

/** A second view of a field of the same table, or of a part of it. @param from first byte inside that field */
export function inside<V extends Persistent>(field: string, { type, length, keep }: Declared<V>, from = 0): Declared<V> {
  return new Declared(type, length, keep, { field, from })
}

/** Lays the fields out one behind the other, each on a cache line of its own. */
export function layoutOf<T extends Table>(table: T, layout: Layout): Offsets<T> {
  const at: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(table)) {
    if (!(entry instanceof Declared)) at[name] = layoutOf(entry, layout)
    else if (entry.inside) at[name] = (at[entry.inside.field] as number) + entry.inside.from
    else at[name] = layout.bytes(entry.bytes)
  }
  return at as Offsets<T>
}

/** Bytes that the fields take from the beginning of a cache line on, up to that of the next one that is free. */
export function bytesOf(table: Table): number {
  const layout = new Layout(0)
  layoutOf(table, layout)
  return layout.end
}

/** The numbers of all fields. @param at from layoutOf */
export function viewsOf<T extends Table>(table: T, buffer: ArrayBufferLike, at: Offsets<T>): Views<T> {
  const views: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(table)) {
    if (entry instanceof Declared) views[name] = new entry.type(buffer, at[name] as number, entry.length)
    else views[name] = viewsOf(entry, buffer, at[name] as Offsets<Table>)
  }
  return views as Views<T>
}

/** Offsets and views of a table that begins at `offset`. */
export function openFields<T extends Table>(
  table: T,
  buffer: ArrayBufferLike,
  offset: number,
): { readonly at: Offsets<T>; readonly view: Views<T> } {
  const at = layoutOf(table, new Layout(offset))
  return { at, view: viewsOf(table, buffer, at) }
}

/** One field that outlasts threads and processes: what a checkpoint keeps. All else can be built from these. */
export interface Field extends Keep {
  /** Where its numbers lie. How many there are may depend on the fields before, so that a reader fills them in order. */
  readonly view: () => Persistent
}

/** What a checkpoint keeps of a table that begins at `offset`. */
export function fieldsAt(table: Table, buffer: ArrayBufferLike, offset: number): Field[] {
  return persistentFields(table, openFields(table, buffer, offset).view)
}

/** What a checkpoint keeps of a table, in its order. */
export function persistentFields<T extends Table>(table: T, views: Views<T>, parts: Parts<T> = {}): Field[] {
  return Object.entries(table).flatMap(([name, entry]) => {
    const part: unknown = parts[name]
    if (!(entry instanceof Declared)) return persistentFields(entry, views[name] as Views<Table>, part as Parts<Table> | undefined)
    const all = views[name] as Persistent
    const some = part as ((view: Persistent) => Persistent) | undefined
    return entry.keep ? [{ ...entry.keep, view: () => (some ? some(all) : all) }] : []
  })
}
