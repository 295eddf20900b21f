import { decodeLane } from '../../model/configuration.ts'
import { componentsOf, flatShape } from '../../model/description.ts'
import type { Look } from '../../model/model.ts'
import type { Seat } from './means.ts'

/** Rows and columns of a picture, at most. */
const MOST_SITES = 128

/** One lattice as it is now, small enough to be sent every second. */
export interface Lattice {
  /** Sites of the picture, and of the lattice along both directions that one of them stands for. */
  readonly rows: number
  readonly columns: number
  readonly every: number
  /**
   * Numbers of a site. Of one: a bit for each site, 1 up, eight to a byte, the first one lowest. Of several, two bytes for each site:
   * the angle of the first two in 256 parts of the circle, and what their squares lack to 1 from 0 to 255.
   */
  readonly components: number
  /** What the colours of several are called. */
  readonly look?: Look
  /** Base64, (y, x). */
  readonly data: string
}

/**
 * The lattice at a place: of a large one every second site, or every third ... along both directions, so that what is read is
 * bounded. Workers go on meanwhile: a part of the picture may be a sweep older than the rest. Undefined if there is none to be had,
 * or if it does not have two dimensions.
 */
export function latticeOf({ live, slot }: Seat): Lattice | undefined {
  const { memory } = live
  const { description } = live.spec
  const { configuration, lanes } = description
  const shape = flatShape(description)
  if (!shape) return undefined
  const lane = memory.lanes[slot] as number
  const bytes = live.configurations(Math.floor(lane / lanes))
  if (!bytes) return undefined
  const every = Math.ceil(Math.max(...shape) / MOST_SITES)
  const [rows, columns] = shape.map((length) => Math.max(1, Math.floor(length / every))) as [number, number]
  const sites = decodeLane(configuration, lanes, sample(bytes, shape, [rows, columns], every), lane % lanes)
  const components = componentsOf(description)
  const { look } = configuration
  const data = base64(components === 1 ? bitsOf(sites) : huesOf(sites, components))
  return { rows, columns, every, components, ...(look ? { look } : {}), data }
}

type Shape = readonly [rows: number, columns: number]

/** All lanes of every `every`-th site along both directions, as if that were the lattice. */
function sample(bytes: Uint8Array, shape: Shape, [rows, columns]: Shape, every: number): Uint8Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  const width = words.length / (shape[0] * shape[1])
  const taken = new Uint32Array(width * rows * columns)
  let to = 0
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const from = width * every * (y * shape[1] + x)
      for (let k = 0; k < width; k++) taken[to++] = words[from + k] as number
    }
  }
  return new Uint8Array(taken.buffer)
}

function bitsOf(spins: Int8Array | Float32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(spins.length / 8))
  for (let i = 0; i < spins.length; i++) if ((spins[i] as number) > 0) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7))
  return bits
}

function huesOf(vectors: Int8Array | Float32Array, components: number): Uint8Array {
  const pairs = new Uint8Array((2 * vectors.length) / components)
  for (let i = 0; components * i < vectors.length; i++) {
    const [a = 0, b = 0] = [vectors[components * i], vectors[components * i + 1]]
    pairs[2 * i] = Math.floor((Math.atan2(b, a) / (2 * Math.PI) + 1) * 256) & 255
    pairs[2 * i + 1] = Math.round(255 * Math.min(1, Math.max(0, 1 - a * a - b * b)))
  }
  return pairs
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
