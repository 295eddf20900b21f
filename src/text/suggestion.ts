import { closest, distance } from 'fastest-levenshtein'

/** Most characters of a value that a message repeats. */
const MAX_SHOWN = 80

/** `; did you mean 'sweeps'?` where a known name is close to the unknown one, else nothing. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  const best = closest(unknown.toLowerCase(), known.map((name) => name.toLowerCase()) as string[])
  const name = known.find((candidate) => candidate.toLowerCase() === best) ?? best
  const away = distance(unknown.toLowerCase(), best)
  // One letter is one edit from any other, and two edits from most short words.
  const near = away < name.length && away <= Math.max(Math.min(2, unknown.length - 1), Math.floor(name.length / 3))
  return near ? `; did you mean '${name}'?` : ''
}

/** A value as a message shows it: text in quotes, on one line, cut where it is long. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  const json = JSON.stringify(value) ?? String(value)
  const text = typeof value === 'string' ? `'${json.slice(1, -1).replaceAll('\\"', '"')}'` : json
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text
}
