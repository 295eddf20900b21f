import { crc32 } from 'node:zlib'
import {
  attributeNames,
  hasAttribute,
  brokenSeal,
  bytesOf,
  CHECKSUM,
  type Dataset,
  type Group,
  type Numbers,
  oversize,
  SEAL,
} from './hdf5.ts'
import { Elsewhere } from './library.ts'
import { shown } from '../text/suggestion.ts'

// Checked access to what an archive must hold.

/** What an archive should hold and does not; who opened the file adds which file it is. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

function childOf(group: Group, name: string): unknown {
  if (!group.keys().includes(name)) throw new Damage(`${pathOf(group, name)} is missing`)
  return memberOf(group, name)
}

/** What a group has under a name that is among its keys. @throws Elsewhere, Damage if that is a link that leads out of the file, or nowhere */
export function memberOf(group: Group, name: string): unknown {
  const found: unknown = group.get(name)
  if (found instanceof Object && 'type' in found && 'target' in found && found.type === 'BrokenSoftLink')
    throw new Damage(`${pathOf(group, name)} is a link to ${shown(found.target)}, which is not there`)
  if (found instanceof Object && 'type' in found && 'filename' in found && found.type === 'ExternalLink')
    throw new Elsewhere(String(found.filename))
  return found
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
  checkSeal(found)
  return found
}

/** @throws Damage where attributes or members of a group are not what was written */
export function checkSeal(group: Group): void {
  const wrong = brokenSeal(group)
  if (wrong !== undefined) throw new Damage(wrong)
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

/** All numbers of a dataset. @throws Damage where they are not what was written */
export function numbersOf(dataset: Dataset): RealNumbers {
  checkSize(dataset)
  const { value } = dataset
  const numbers = isNumbers(value) ? value : scalarOf(dataset, value)
  checkSum(dataset, crc32(bytesOf(numbers)))
  return realNumbers(numbers)
}

/** Without BigInts. */
export function realNumbers(numbers: Numbers): RealNumbers {
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array ? Float64Array.from(numbers, Number) : numbers
}

type RealNumbers = Exclude<Numbers, BigInt64Array | BigUint64Array>

/** All attributes of a group, without its seal. */
export function attributesOf(group: Group): Record<string, string | number> {
  const names = attributeNames(group).filter((key) => key !== SEAL && key !== CHECKSUM)
  return Object.fromEntries(
    names.map((key) => {
      const value = group.get_attribute(key, false)
      return [key, typeof value === 'string' ? value : Number(value)]
    }),
  )
}

/** The text of a dataset that holds one. @throws Damage where it is not what was written */
export function textIn(dataset: Dataset): string {
  checkSize(dataset)
  const { value } = dataset
  if (typeof value !== 'string') throw new Damage(`${dataset.path} is no text`)
  checkSum(dataset, crc32(value))
  return value
}

export function isNumbers(value: unknown): value is Numbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

function scalarOf(dataset: Dataset, value: unknown): Numbers {
  if (typeof value === 'bigint') return BigInt64Array.of(value)
  if (typeof value !== 'number') throw new Damage(`${dataset.path} holds no numbers`)
  return dataset.dtype === '<i' ? Int32Array.of(value) : Float64Array.of(value)
}

/** @throws Damage if a dataset has more elements than its file can hold, which would be made up out of nothing */
export function checkSize(dataset: Dataset): void {
  const wrong = oversize(dataset)
  if (wrong !== undefined) throw new Damage(`${dataset.path} ${wrong}`)
}

export function checkSum(dataset: Dataset, found: number): void {
  if (hasAttribute(dataset, CHECKSUM) && Number(dataset.get_attribute(CHECKSUM, false)) !== found) {
    throw new Damage(`${dataset.path} is not what was written (its checksum differs)`)
  }
}

/** Elements that are read at once. */
const BLOCK = 2 * 1024 * 1024

/**
 * Reads a one-dimensional dataset from front to back, as much at a time as somebody asks for. The last element is given out
 * only if all are what was written.
 */
export class NumberStream {
  readonly #dataset: Dataset | undefined
  readonly #path: string
  readonly #length: number
  #block: Numbers | undefined
  /** Elements of the block that are used up, and of the dataset that are read. */
  #used = 0
  #read = 0
  #checksum = 0

  /** @param dataset undefined if it is empty, as empty datasets are not written */
  constructor(dataset: Dataset | undefined, path: string) {
    if (dataset) checkSize(dataset)
    this.#dataset = dataset
    this.#path = path
    this.#length = dataset?.shape?.[0] ?? 0
  }

  /** Up to `most` of the next elements, at least one. @throws Damage where there are none */
  next(most: number): Numbers {
    if (this.#block === undefined || this.#used === this.#block.length) this.#load()
    const block = this.#block as Numbers
    const part = block.subarray(this.#used, this.#used + most)
    this.#used += part.length
    return part
  }

  /** Fills an array of the dataset's type. */
  fill(values: Numbers): void {
    for (let done = 0; done < values.length; ) {
      const part = this.next(values.length - done)
      if (part.constructor !== values.constructor) throw new Damage(`${this.#path} is of another type`)
      values.set(part as never, done)
      done += part.length
    }
  }

  /** @throws Damage where elements are left */
  finish(): void {
    if (this.#read < this.#length || this.#used < (this.#block?.length ?? 0)) throw new Damage(`${this.#path} is too long`)
  }

  #load(): void {
    const end = Math.min(this.#length, this.#read + BLOCK)
    if (end === this.#read || !this.#dataset) throw new Damage(`${this.#path} is too short`)
    const block = this.#dataset.slice([[this.#read, end]])
    if (!isNumbers(block) || block.length !== end - this.#read) throw new Damage(`${this.#path} holds no numbers`)
    this.#checksum = crc32(bytesOf(block), this.#checksum)
    if (end === this.#length) checkSum(this.#dataset, this.#checksum)
    this.#block = block
    this.#used = 0
    this.#read = end
  }
}

/**
 * The rows of a dataset of three or more dimensions: what there is for each pair of the first two indices.
 *
 * @throws Damage at the end, where they are not what was written
 */
export function* rowsOf(dataset: Dataset): Generator<{ readonly first: number; readonly second: number; readonly values: Numbers }> {
  const [firsts = 0, seconds = 0, ...inner] = dataset.shape ?? []
  const width = inner.reduce((a, b) => a * b, 1)
  if (firsts * seconds * width === 0) return
  checkSize(dataset)
  const together = Math.max(1, Math.floor(BLOCK / width))
  let checksum = 0
  for (let first = 0; first < firsts; first++) {
    for (let from = 0; from < seconds; from += together) {
      const to = Math.min(seconds, from + together)
      const block = dataset.slice([[first, first + 1], [from, to], ...inner.map((length): [number, number] => [0, length])])
      if (!isNumbers(block) || block.length !== (to - from) * width) throw new Damage(`${dataset.path} holds no numbers`)
      checksum = crc32(bytesOf(block), checksum)
      for (let second = from; second < to; second++) {
        yield { first, second, values: block.subarray((second - from) * width, (second - from + 1) * width) }
      }
    }
  }
  checkSum(dataset, checksum)
}

function attributeOf(on: Group, name: string): unknown {
  if (!hasAttribute(on, name)) throw new Damage(`attribute ${name} of ${on.path} is missing`)
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
