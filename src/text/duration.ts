import { UsageError } from '../errors.ts'
import { shown } from './suggestion.ts'

const DAY = 86_400
/** Longer than any queue or machine: more is a slip. */
const LONGEST = 3650 * DAY
const ALLOWED = '2h, 90m, 45s, 1h30m, 12:00:00 or 1-12:00:00'
const WITH_UNITS = /^(?:(\d+(?:\.\d+)?)d)? ?(?:(\d+(?:\.\d+)?)h)? ?(?:(\d+(?:\.\d+)?)m)? ?(?:(\d+(?:\.\d+)?)s)?$/
const WITH_COLONS = /^(?:(\d+)-)?(\d+):([0-5]?\d):([0-5]?\d)$/

/**
 * Seconds of a time span as people and Slurm write it: `2h`, `90m`, `0.5s`, `1d`, `1h30m`, `12:00:00` (hours:minutes:seconds)
 * or `1-12:00:00` (days before). A number without a unit is refused, as it is minutes to Slurm and seconds to most others;
 * so is `1:30`, which is hours to some and minutes to Slurm.
 *
 * @param where the flag or key that the value comes from, for messages
 * @throws UsageError for anything else, for 0, and for more than 10 years
 */
export function readDuration(value: unknown, where: string): number {
  const refuse = (what: string): never => {
    throw new UsageError(`${where}: ${shown(value)} ${what}; allowed: ${ALLOWED}`)
  }
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return refuse('is no duration')
  const span = text.trim()
  if (/^\d+(\.\d+)?$/.test(span) && Number(span) > 0) return refuse(`has no unit; write ${span}m or ${span}s`)
  const parts = span === '' ? null : (WITH_UNITS.exec(span) ?? WITH_COLONS.exec(span))
  if (!parts) return refuse('is no duration')
  const [days, hours, minutes, seconds] = parts.slice(1).map((part = '0') => Number(part)) as [number, number, number, number]
  const total = days * DAY + hours * 3600 + minutes * 60 + seconds
  if (total === 0) return refuse('is no time at all')
  if (total > LONGEST) return refuse('is more than 10 years')
  return total
}
