import { UsageError } from '../../errors.ts'
import { shown } from '../../text/suggestion.ts'

/** What a seed may be, for messages. */
export const SEEDS = 'whole numbers from 0 to 2^64 - 1'

/**
 * The decimal digits of a seed; a new random one of 48 bits if none is given.
 *
 * @param where the flag or key that it comes from, for messages
 * @throws UsageError for 2^64 and more, and for anything that is not a whole number
 */
export function readSeed(seed: string | number | undefined, where: string): string {
  if (seed === undefined) return String(drawSeed())
  const digits = String(seed).trim()
  if (!/^\d{1,20}$/.test(digits) || BigInt(digits) >= 1n << 64n) {
    throw new UsageError(`${where}: ${/^\d+$/.test(digits) ? digits : shown(seed)} is not possible; allowed: ${SEEDS}`)
  }
  return BigInt(digits).toString()
}

/** 48 bits, so that the seed is a whole number in JSON, YAML and JavaScript alike. */
function drawSeed(): number {
  return crypto.getRandomValues(new Uint16Array(3)).reduce((seed, word) => seed * 2 ** 16 + word, 0)
}
