import { decodeLane } from '../../model/configuration.ts'
import type { Seat } from './means.ts'

/** Sites along each side of a picture, at most. */
const MOST_SITES = 128

/** One lattice as it is now, small enough to be sent every second. */
export interface Lattice {
  /** Sites along each side of the picture, and of the lattice that one of them stands for. */
  readonly side: number
  readonly every: number
  /**
   * `spins`: a bit for each site, 1 up, eight to a byte, the first one lowest. `vectors`: two bytes for each site, the
   * superconducting phase in 256 parts of the circle and the charge order q from 0 to 255.
   */
  readonly kind: 'spins' | 'vectors'
  /** Base64, (y, x). */
  readonly data: string
}

/**
 * The lattice at a place: of a large one every second site, or every third ... along both sides, so that what is read is
 * bounded. Workers go on meanwhile: a part of the picture may be a sweep older than the rest.
 */
export function latticeOf({ live, slot }: Seat): Lattice | undefined {
  const { spec, memory, description } = live
  const { configuration, lanes } = description
  const lane = memory.lanes[slot] as number
  const bytes = live.configurations(Math.floor(lane / lanes))
  if (!bytes) return undefined
  const every = Math.ceil(spec.size / MOST_SITES)
  const side = Math.floor(spec.size / every)
  const sites = decodeLane(configuration, lanes, sample(bytes, spec.size, side, every), lane % lanes)
  return sites instanceof Int8Array
    ? { side, every, kind: 'spins', data: base64(bitsOf(sites)) }
    : { side, every, kind: 'vectors', data: base64(huesOf(sites, configuration.shape.at(-1) as number)) }
}

/** All lanes of every `every`-th site, as if that were the lattice. */
function sample(bytes: Uint8Array, size: number, side: number, every: number): Uint8Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  const width = words.length / size ** 2
  const taken = new Uint32Array(width * side * side)
  let to = 0
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = width * every * (y * size + x)
      for (let k = 0; k < width; k++) taken[to++] = words[from + k] as number
    }
  }
  return new Uint8Array(taken.buffer)
}

function bitsOf(spins: Int8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(spins.length / 8))
  for (let i = 0; i < spins.length; i++) if ((spins[i] as number) > 0) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7))
  return bits
}

function huesOf(vectors: Float32Array, components: number): Uint8Array {
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
