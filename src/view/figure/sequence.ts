/**
 * Which series are ordered: those whose names are equal but for one number after an equals sign, such as `T = 2.1`, `T = 2.2` or
 * `L = 8, g = 0.3`, `L = 16, g = 0.3`, or for two. They take colors from a scale, in the order of the number of which there are more
 * values; the other number tells dashes apart. Others, such as `replica 3`, have colors that only tell them apart. Imports nothing:
 * the script of a page has it too.
 */
const VALUE = /(?<== ?)[-\u2212]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi

export interface Ordered {
  /** On a scale from 0 to 1. */
  readonly place: number
  /** Which value of the other number, from 0. */
  readonly group: number
}

/** In the order of the names; undefined where they are no sequence. */
export function sequenceOf(names: readonly string[]): Ordered[] | undefined {
  if (names.length < 2 || new Set(names.map((name) => name.replace(VALUE, '#'))).size > 1) return undefined
  const values = names.map((name) => [...name.matchAll(VALUE)].map(([text]) => Number(text.replace('\u2212', '-'))))
  const columns = (values[0] ?? []).map((_, k) => values.map((own) => own[k] ?? Number.NaN))
  const varying = columns.map((own) => ({ own, order: [...new Set(own)].sort((a, b) => a - b) })).filter(({ order }) => order.length > 1)
  const [first, second] = varying
  if (!first || varying.length > 2) return undefined
  // As many values of both: the one that comes last in the name, which the one before it has several of.
  const [main, other] = second && second.order.length >= first.order.length ? [second, first] : [first, second]
  return names.map((_, k) => ({
    place: main.order.indexOf(main.own[k] ?? Number.NaN) / (main.order.length - 1),
    group: other ? other.order.indexOf(other.own[k] ?? Number.NaN) : 0,
  }))
}
