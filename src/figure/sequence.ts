/**
 * Which series are ordered: those whose names are equal but for one number after an equals sign, such as `T = 2.1`, `T = 2.2` or
 * `L = 8, g = 0.3`, `L = 16, g = 0.3`. They take colors from a scale, in the order of the number; others, such as `replica 3`, have
 * colors that only tell them apart. Imports nothing: the script of a page has it too.
 */
const VALUE = /(?<== ?)[-\u2212]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi

/** The places of all names on a scale from 0 to 1; undefined where they are no sequence. */
export function sequencePlaces(names: readonly string[]): number[] | undefined {
  if (names.length < 2 || new Set(names.map((name) => name.replace(VALUE, '#'))).size > 1) return undefined
  const values = names.map((name) => [...name.matchAll(VALUE)].map(([text]) => Number(text.replace('\u2212', '-'))))
  const varying = (values[0] ?? []).flatMap((first, k) => (values.some((own) => own[k] !== first) ? [k] : []))
  const [position] = varying
  if (position === undefined || varying.length > 1) return undefined
  const own = values.map((all) => all[position] ?? Number.NaN)
  const order = [...new Set(own)].sort((a, b) => a - b)
  return own.map((value) => order.indexOf(value) / (order.length - 1))
}
