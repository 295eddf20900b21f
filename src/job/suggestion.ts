import { closest, distance } from 'fastest-levenshtein'

/** `; did you mean 'sweeps'?` where a known name is close to the unknown one, else nothing. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  const best = closest(unknown.toLowerCase(), known.map((name) => name.toLowerCase()) as string[])
  const name = known.find((candidate) => candidate.toLowerCase() === best) ?? best
  const near = distance(unknown.toLowerCase(), best) <= Math.max(2, Math.floor(name.length / 3))
  return near ? `; did you mean '${name}'?` : ''
}
