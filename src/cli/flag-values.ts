import { UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import type { Flags } from './verb.ts'

// What is read from the texts of flags, and what flags are called in messages.

/** `--learning-rate` of `learningRate`. */
export const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Text stays text if it is not a number: the schema then says what was written and what is allowed. */
export function toNumber(value: string): number | string {
  const number = Number(value)
  return value.trim() === '' || Number.isNaN(number) ? value : number
}

/** A flag that is a whole number; undefined if it was not given. @throws UsageError for anything else */
export function wholeNumber(flags: Flags, key: string, from: number, to = Number.POSITIVE_INFINITY): number | undefined {
  const value = flags[key]
  if (value === undefined) return undefined
  const number = toNumber(String(value))
  if (typeof number !== 'number' || !Number.isInteger(number) || number < from || number > to) {
    const most = Number.isFinite(to) ? ` to ${to}` : ''
    throw new UsageError(`${flagOf(key)}: ${shown(value)} is not possible; allowed: whole numbers from ${from}${most}`)
  }
  return number
}

/**
 * Names of `--observable`, each once.
 *
 * @throws UsageError for nothing between two commas
 */
export function observablesIn(written: string): readonly string[] {
  // Commas within brackets are part of a name: cdw_structure_factor[0,1].
  const names = written.split(/,(?![^[]*\])/).map((name) => name.trim())
  if (names.every((name) => name !== '')) return [...new Set(names)]
  throw new UsageError(`--observable: ${shown(written)} is not possible; allowed: names with commas between, such as energy,binder`)
}
