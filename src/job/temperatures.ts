import { UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'

/** A grid as a user may write it. */
export type TemperatureInput =
  | string
  | number
  | readonly (number | string)[]
  | { readonly start: number; readonly stop: number; readonly step?: number | undefined; readonly count?: number | undefined }

const MAX_TEMPERATURES = 100_000
const FORMS = 'allowed: a list 2.0,2.269,2.5, a range start:stop:step (stop included) or start:stop/count'

/**
 * Reads a temperature grid: `2.0,2.269,2.5`, `start:stop:step` (stop included), `start:stop/count`, an array, or
 * `{ start, stop, count }` or `{ start, stop, step }`.
 *
 * @param instead what to do where one is there twice, for the message
 * @returns the temperatures, ascending
 * @throws UsageError naming the entry, for anything empty, malformed, not positive, not finite or there twice
 */
export function readTemperatures(
  input: TemperatureInput,
  where = 'temperatures',
  instead = 'for more statistics use --copies or --sweeps',
): number[] {
  const list = listOf(input, where)
  if (list.length === 0) throw new UsageError(`${where}: empty; ${FORMS}`)
  list.forEach((T, i) => {
    // Below 1e-308 its inverse is infinite.
    if (!(T > 0) || !Number.isFinite(T) || !Number.isFinite(1 / T)) {
      throw new UsageError(
        `${list.length > 1 ? `${where}[${i}]` : where}: ${T} is no temperature; allowed: finite numbers above 0 (k_B = 1)`,
      )
    }
  })
  const sorted = [...list].sort((a, b) => a - b)
  const twice = sorted.find((T, i) => T === sorted[i + 1])
  if (twice !== undefined) {
    throw new UsageError(`${where}[${list.lastIndexOf(twice)}]: ${twice} is there twice; ${instead}`)
  }
  return sorted
}

function listOf(input: TemperatureInput, where: string): number[] {
  if (typeof input === 'number') return [input]
  if (typeof input === 'string') return parse(input.trim(), where)
  if (isList(input)) return input.map((entry, i) => (typeof entry === 'number' ? entry : number(entry, `${where}[${i}]`)))
  const { start, stop, step, count } = input
  if (count !== undefined && step !== undefined) throw new UsageError(`${where}: both step and count; give one of them`)
  if (count !== undefined) return byCount(start, stop, count, where)
  if (step !== undefined) return byStep(start, stop, step, where)
  throw new UsageError(`${where}: start and stop need a count or a step, for example { start: 2.0, stop: 2.6, count: 25 }`)
}

function isList(input: TemperatureInput): input is readonly (number | string)[] {
  return Array.isArray(input)
}

function parse(text: string, where: string): number[] {
  if (text === '') return []
  if (text.includes(':') || text.includes('/')) {
    const match = /^([^:/]+):([^:/]+)([:/])([^:/]+)$/.exec(text)
    const [start, stop, last] = [match?.[1], match?.[2], match?.[4]].map(toNumber) as [number, number, number]
    if ([start, stop, last].some(Number.isNaN)) throw new UsageError(`${where}: ${shown(text)} is no range; ${FORMS}`)
    return match?.[3] === '/' ? byCount(start, stop, last, where) : byStep(start, stop, last, where)
  }
  const parts = text.split(',')
  return parts.map((part, i) => number(part, parts.length > 1 ? `${where}[${i}]` : where))
}

function number(text: string, where: string): number {
  const value = toNumber(text)
  if (Number.isNaN(value)) throw new UsageError(`${where}: ${shown(text.trim())} is no number; ${FORMS}`)
  return value
}

function toNumber(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text)
}

function byCount(start: number, stop: number, count: number, where: string): number[] {
  ends(start, stop, where)
  if (!Number.isInteger(count) || count < 1 || count > MAX_TEMPERATURES) {
    throw new UsageError(`${where}: a count of ${count}; allowed: whole numbers from 1 to ${MAX_TEMPERATURES}`)
  }
  if (count === 1 && start !== stop)
    throw new UsageError(`${where}: one temperature cannot span ${start} to ${stop}; use a count of 2 or more`)
  if (count > 1 && start === stop) throw new UsageError(`${where}: ${count} temperatures between ${start} and ${stop} would all be equal`)
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? stop : round(start + (i * (stop - start)) / (count - 1))))
}

function byStep(start: number, stop: number, step: number, where: string): number[] {
  ends(start, stop, where)
  if (!(step > 0) || !Number.isFinite(step)) throw new UsageError(`${where}: a step of ${step}; allowed: above 0`)
  if (stop > start && step > (stop - start) * (1 + 1e-9)) {
    const meant = Number.isInteger(step) && step > 1 ? `; for ${step} temperatures write ${start}:${stop}/${step}` : ''
    throw new UsageError(`${where}: ${start}:${stop}:${step} has a step larger than its span, which leaves ${start} alone${meant}`)
  }
  const count = Math.floor((stop - start) / step + 1e-9) + 1
  if (count > MAX_TEMPERATURES)
    throw new UsageError(`${where}: ${start}:${stop}:${step} has ${count} temperatures; allowed: at most ${MAX_TEMPERATURES}`)
  return Array.from({ length: count }, (_, i) => round(start + i * step))
}

function ends(start: number, stop: number, where: string): void {
  if (!Number.isFinite(start) || !Number.isFinite(stop) || !(start > 0)) {
    throw new UsageError(`${where}: from ${start} to ${stop}; allowed: finite temperatures above 0 (k_B = 1)`)
  }
  if (stop < start) throw new UsageError(`${where}: from ${start} down to ${stop}; the first must be the lower one`)
}

/** 0.1 + 2 * 0.1 is 0.3, not 0.30000000000000004. */
function round(T: number): number {
  return Number(T.toPrecision(12))
}
