import { FileError } from '../errors.ts'
import type { SymmetryName } from '../model/physics.ts'
import { type Dataset, type Labels, partNames } from './dataset.ts'

// What a file of labelled examples must hold, whatever kind of file it is: the checks between read numbers and a Dataset.

/** Numbers as a file has them, row-major. */
export interface Column {
  readonly shape: readonly number[]
  readonly values: Float32Array | Float64Array | Int32Array | Int8Array
}

/** The columns that a dataset is made of; others are not looked at. */
export const columnNames = ['x', 'y', 'group', 'part', 'temperature'] as const
export type ColumnName = (typeof columnNames)[number]
export type Columns = Partial<Readonly<Record<ColumnName, Column>>>

/** A column whose shape is known before its numbers are read. */
export interface ColumnSource {
  readonly shape: readonly number[]
  readonly read: () => Column
}
export type ColumnSources = Partial<Readonly<Record<ColumnName, ColumnSource>>>

/** Compares the shapes of all columns, and then reads their numbers. @throws FileError as `datasetOf` */
export function readColumns(sources: ColumnSources, path: string, present: readonly string[]): Columns {
  checkShapes(sources, path, present)
  return Object.fromEntries(Object.entries(sources).map(([name, { read }]) => [name, read()]))
}

/** What a file says besides its numbers. */
export interface Description {
  readonly title: string
  readonly classes?: readonly string[] | undefined
  readonly symmetries?: readonly SymmetryName[] | undefined
  readonly size?: number | undefined
  readonly notes?: Readonly<Record<string, string | number>> | undefined
}

/** From so many classes on, whole numbers are more likely to be something else. */
const MOST_CLASSES = 1000

/**
 * A dataset out of the columns of a file.
 *
 * @param path of the file, for messages
 * @param present what else the file holds, for the message that x or y is missing
 * @throws FileError that says which number of which example is wrong
 */
export function datasetOf(columns: Columns, description: Description, path: string, present: readonly string[]): Dataset {
  const { x, y, shape, count } = checkShapes(columns, path, present)
  const floats = x.values instanceof Float32Array ? x.values : Float32Array.from(x.values)
  checkFinite(floats, 'x', shape, path)
  return {
    title: description.title,
    count,
    shape,
    x: floats,
    y: labelsOf(y, description.classes, path),
    ...(columns.group ? { group: wholeColumn(columns.group, 'group', path) } : {}),
    ...(columns.part ? { part: partsOf(columns.part, path) } : {}),
    ...(columns.temperature ? { temperature: temperaturesOf(columns.temperature, path) } : {}),
    symmetries: (description.symmetries ?? []).filter((name) => name !== 'transposition' || shape[0] === shape[1]),
    ...(description.size === undefined ? {} : { size: description.size }),
    notes: description.notes ?? {},
  }
}

interface Shaped {
  readonly shape: readonly number[]
}

/** What can be said of columns by their shapes alone. @throws FileError if they do not fit each other */
function checkShapes<T extends Shaped>(
  columns: Partial<Readonly<Record<ColumnName, T>>>,
  path: string,
  present: readonly string[],
): { readonly x: T; readonly y: T; readonly count: number; readonly shape: readonly number[] } {
  const missing = (['x', 'y'] as const).filter((name) => !columns[name])
  const { x, y } = columns
  if (!x || !y) {
    const there = present.length === 0 ? 'it is empty' : `there is ${present.slice(0, 10).join(', ')}${present.length > 10 ? ' ...' : ''}`
    throw new FileError(
      `${path}: it has no ${missing.join(' and no ')}; ${there}; needed are x (examples, ...) and y, one label for each example`,
    )
  }
  const [count = 0, ...shape] = x.shape
  if (x.shape.length < 2) {
    throw new FileError(
      `${path}: x has the shape ${shapeText(x.shape)}; needed are 2 dimensions or more: (examples, numbers), (examples, height, width) ...`,
    )
  }
  if (count === 0) throw new FileError(`${path}: x has no examples, its shape is ${shapeText(x.shape)}`)
  if (shape.includes(0)) throw new FileError(`${path}: the examples have no numbers, the shape of x is ${shapeText(x.shape)}`)
  for (const name of columnNames) {
    const rows = columns[name]?.shape[0] ?? 0
    if (columns[name] && rows !== count)
      throw new FileError(`${path}: x has ${count} examples and ${name} ${rows}; every example needs one`)
  }
  if (y.shape.length > 2) {
    throw new FileError(`${path}: y has the shape ${shapeText(y.shape)}; allowed: (examples,) for classes, (examples, outputs) for targets`)
  }
  if (y.shape[1] === 0) throw new FileError(`${path}: y has no numbers, its shape is ${shapeText(y.shape)}`)
  for (const name of ['group', 'part', 'temperature'] as const) {
    const own = columns[name]?.shape
    if (own && own.length !== 1) {
      throw new FileError(`${path}: ${name} has the shape ${shapeText(own)}; allowed: one number for each example`)
    }
  }
  return { x, y, count, shape }
}

/** `100 x 3 x 3` */
function shapeText(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
}

function checkFinite(
  values: Float32Array | Float64Array | Int32Array | Int8Array,
  name: string,
  shape: readonly number[],
  path: string,
): void {
  const at = values.findIndex((value: number) => !Number.isFinite(value))
  if (at < 0) return
  const width = shape.reduce((a, b) => a * b, 1)
  const value = values[at] as number
  const what = Number.isNaN(value) ? 'NaN' : `${value}, infinite or too large for 32-bit floats`
  const place = shape.length === 0 ? '' : ` at [${indicesOf(at % width, shape).join(', ')}]`
  throw new FileError(`${path}: ${name} of example ${Math.floor(at / width)}${place} is ${what}; allowed: finite numbers`)
}

function indicesOf(at: number, shape: readonly number[]): number[] {
  const indices: number[] = []
  let rest = at
  for (const length of [...shape].reverse()) {
    indices.unshift(rest % length)
    rest = Math.floor(rest / length)
  }
  return indices
}

/**
 * One dimension of whole numbers: classes. One dimension of other numbers, or two dimensions (examples, outputs): targets.
 */
function labelsOf({ shape, values }: Column, classes: readonly string[] | undefined, path: string): Labels {
  const outputs = shape[1] ?? 1
  checkFinite(values, 'y', shape.slice(1), path)
  const whole = values.every((value: number) => Number.isInteger(value))
  if (shape.length === 2 || !whole) {
    const targets = Float32Array.from(values)
    checkFinite(targets, 'y', shape.slice(1), path)
    return { kind: 'targets', outputs, values: targets }
  }
  const refuse = (at: number, allowed: string): FileError =>
    new FileError(`${path}: y of example ${at} is ${values[at]}; ${allowed}; targets that are no classes need the shape (examples, 1)`)
  const negative = values.findIndex((value: number) => value < 0)
  if (negative >= 0) throw refuse(negative, 'classes are numbered 0, 1, 2 ...')
  if (classes) {
    const unknown = values.findIndex((value: number) => value >= classes.length)
    if (unknown >= 0) throw refuse(unknown, `there are ${classes.length} classes: ${classes.join(', ')}`)
    return { kind: 'classes', names: classes, values: Int32Array.from(values) }
  }
  const many = values.findIndex((value: number) => value >= MOST_CLASSES)
  if (many >= 0) throw refuse(many, `classes are numbered from 0 to at most ${MOST_CLASSES - 1}`)
  const labels = Int32Array.from(values)
  const last = labels.reduce((most, label) => Math.max(most, label), 0)
  return { kind: 'classes', names: Array.from({ length: last + 1 }, (_, label) => String(label)), values: labels }
}

function wholeColumn({ values }: Column, name: string, path: string): Int32Array {
  const wrong = values.findIndex((value: number) => !Number.isInteger(value) || Math.abs(value) >= 2 ** 31)
  if (wrong >= 0) throw new FileError(`${path}: ${name} of example ${wrong} is ${values[wrong]}; allowed: whole numbers of 32 bits`)
  return Int32Array.from(values)
}

function partsOf(column: Column, path: string): Int8Array {
  const parts = wholeColumn(column, 'part', path)
  const wrong = parts.findIndex((part) => partNames[part] === undefined)
  if (wrong >= 0) {
    const allowed = partNames.map((name, i) => `${i} (${name})`).join(', ')
    throw new FileError(`${path}: part of example ${wrong} is ${parts[wrong]}; allowed: ${allowed}`)
  }
  return Int8Array.from(parts)
}

function temperaturesOf({ values }: Column, path: string): Float64Array {
  checkFinite(values, 'temperature', [], path)
  return Float64Array.from(values)
}
