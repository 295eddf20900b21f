import { createHash } from 'node:crypto'
import type { Sfc64State } from './sfc64.ts'

/**
 * The start of one random stream, from what the stream is for: SHA-256 over all the words, so that streams of different
 * jobs, simulations, bundles or purposes have nothing in common (`seed + i` would overlap between jobs).
 *
 * @param purpose for example `[seed, 'ising-L32', bundle, 'sweep', half]`
 */
export function seedStream(...purpose: readonly (string | number)[]): Sfc64State {
  const hash = createHash('sha256')
    .update(JSON.stringify(['spinpool', ...purpose]))
    .digest()
  return { a: hash.readBigUInt64LE(0), b: hash.readBigUInt64LE(8), c: hash.readBigUInt64LE(16), counter: 1n }
}
