import { createHash, randomInt } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import { shown } from '../../text/suggestion.ts'
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

/** What a seed may be, for messages. */
export const SEEDS = 'whole numbers from 0 to 2^64 - 1'

/**
 * The decimal digits of a seed, one drawn anew where none is given.
 *
 * @param where the flag or key that it comes from, for messages
 * @throws UsageError for 2^64 and more, and for what is no whole number
 */
export function readSeed(seed: string | number | undefined, where: string): string {
  if (seed === undefined) return String(randomInt(2 ** 48 - 1))
  const digits = String(seed).trim()
  if (!/^\d{1,20}$/.test(digits) || BigInt(digits) >= 1n << 64n) {
    throw new UsageError(`${where}: ${/^\d+$/.test(digits) ? digits : shown(seed)} is not possible; allowed: ${SEEDS}`)
  }
  return BigInt(digits).toString()
}
