import { sha256 } from '@noble/hashes/sha2.js'
import type { Sfc64State } from './sfc64.ts'

const utf8 = new TextEncoder()

/**
 * The start of one random stream, from what the stream is for: SHA-256 over all the words, so that streams of different
 * jobs, simulations, bundles or purposes have nothing in common (`seed + i` would overlap between jobs).
 *
 * The hash is plain JavaScript, as sampling also runs in a browser: there is no node:crypto, and the browser's own SHA-256
 * answers only later (a promise).
 *
 * @param purpose for example `[seed, 'ising-L32', bundle, 'sweep', half]`
 */
export function seedStream(...purpose: readonly (string | number)[]): Sfc64State {
  const hash = sha256(utf8.encode(JSON.stringify(['spinpool', ...purpose])))
  const words = new DataView(hash.buffer, hash.byteOffset, hash.byteLength)
  const word = (k: number): bigint => words.getBigUint64(8 * k, true)
  return { a: word(0), b: word(1), c: word(2), counter: 1n }
}
