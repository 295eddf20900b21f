import { totalmem } from 'node:os'
import { UsageError } from '../errors.ts'
import { formatBytes } from '../text/bytes.ts'

/** Most numbers in one array. */
const MOST_NUMBERS = 2 ** 32 - 1

/** Why there is no room for so many 32-bit floats; undefined where there is. `available`: bytes, default those of this machine. */
export function lackOfMemory(numbers: number, available = totalmem()): string | undefined {
  const needs = `they need ${formatBytes(4 * numbers)}`
  if (numbers > MOST_NUMBERS) return `${needs}, and one dataset holds at most ${formatBytes(4 * MOST_NUMBERS)}`
  return 4 * numbers > available ? `${needs} of memory and this machine has ${formatBytes(available)}` : undefined
}

/** @throws UsageError where there is no room for the examples */
export function checkRoom(numbers: number, what: string, advice: string): void {
  const lack = lackOfMemory(numbers)
  if (lack !== undefined) throw new UsageError(`${what}: ${lack}; ${advice}`)
}
