import type { Scheme } from '../scheme.ts'
import type { LadderSpec, SchemeSpec, Tempering } from '../spec.ts'
import { independent } from './independent.ts'
import { tempering } from './tempering.ts'

/** The schemes, one line each. */
const schemes: readonly Scheme[] = [independent, tempering]

/** The scheme that a ladder follows. */
export function schemeOf({ scheme }: { readonly scheme: SchemeSpec }): Scheme {
  const found = schemes.find(({ name }) => name === scheme.name)
  if (!found) throw new Error(`there is no scheme '${scheme.name}'`)
  return found
}

/** The scheme of a job. */
export function schemeFor(exchanges: Tempering): SchemeSpec {
  if (exchanges === false) return { name: independent.name }
  return exchanges === true ? { name: tempering.name } : { name: tempering.name, along: exchanges.along }
}

/** Points whose replicas share ladders: all of a grid, or, if a parameter changes, those of one temperature. */
export function chainsOf(points: LadderSpec['points'], { along }: SchemeSpec): LadderSpec['points'][] {
  if (along === undefined) return [points]
  const temperatures = [...new Set(points.map(({ temperature }) => temperature))]
  return temperatures.map((t) => points.filter(({ temperature }) => temperature === t))
}
