import type { Dataset, Group } from './hdf5.ts'

// Checked access to what an archive must hold.

/** What an archive should hold and does not; who opened the file adds which file it is. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

function childOf(group: Group, name: string): unknown {
  if (!group.keys().includes(name)) throw new Damage(`${pathOf(group, name)} is missing`)
  return group.get(name)
}

function pathOf(group: Group, name: string): string {
  return `${group.path === '/' ? '' : group.path}/${name}`
}

interface Kinds {
  readonly Group: Group
  readonly Dataset: Dataset
}

export function isKind<K extends keyof Kinds>(entity: unknown, kind: K): entity is Kinds[K] {
  return typeof entity === 'object' && entity !== null && 'type' in entity && entity.type === kind
}

export function groupAt(group: Group, name: string): Group {
  const found = childOf(group, name)
  if (!isKind(found, 'Group')) throw new Damage(`${pathOf(group, name)} is no group`)
  return found
}

export function datasetAt(group: Group, name: string): Dataset {
  const found = childOf(group, name)
  if (!isKind(found, 'Dataset')) throw new Damage(`${pathOf(group, name)} is no dataset`)
  return found
}

/** A column on a grid of `length` points. */
export function columnAt(group: Group, name: string, length?: number): Float64Array {
  const column = Float64Array.from(numbersOf(datasetAt(group, name)))
  if (length !== undefined && column.length !== length)
    throw new Damage(`${pathOf(group, name)} has ${column.length} values and not ${length}`)
  return column
}

export function numbersOf(dataset: Dataset): number[] | Float64Array | Int8Array {
  const { value } = dataset
  if (value instanceof Float64Array || value instanceof Int8Array) return value
  if (value instanceof BigInt64Array || value instanceof Int32Array || value instanceof Float32Array) return Array.from(value, Number)
  if (typeof value === 'number' || typeof value === 'bigint') return [Number(value)]
  throw new Damage(`${dataset.path} holds no numbers`)
}

function attributeOf(on: Group, name: string): unknown {
  if (!(name in on.attrs)) throw new Damage(`attribute ${name} of ${on.path} is missing`)
  return on.get_attribute(name, false)
}

export function textOf(on: Group, name: string): string {
  const value = attributeOf(on, name)
  if (typeof value !== 'string') throw new Damage(`attribute ${name} of ${on.path} is no text`)
  return value
}

export function numberOf(on: Group, name: string): number {
  const value = Number(attributeOf(on, name))
  if (Number.isNaN(value)) throw new Damage(`attribute ${name} of ${on.path} is no number`)
  return value
}
