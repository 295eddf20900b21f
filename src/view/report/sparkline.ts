/** Numbers as a line of small bars, one character each, for a glance on a terminal. */
import { evenly } from '../evenly.ts'

const BARS = [...'▁▂▃▄▅▆▇█']

/** From the smallest value, the lowest bar, to the largest; NaN is a space, and equal values are all of the lowest bar. */
export function sparkline(values: ArrayLike<number>): string {
  const finite = Array.from(values).filter(Number.isFinite)
  const [least, most] = [Math.min(...finite), Math.max(...finite)]
  // Halves first: the difference of two doubles may be more than a double.
  const span = most / 2 - least / 2
  const bar = (value: number): string => {
    if (!Number.isFinite(value)) return ' '
    const share = span > 0 ? (value / 2 - least / 2) / span : 0
    return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? ' '
  }
  return Array.from(values, bar).join('')
}

/**
 * A line for each name: `energy  ▁▂▃▅▇█  -1.7455 .. -0.8177`; none of columns without a number.
 *
 * @param room characters of a line; where there are more values, evenly chosen ones are shown
 */
export function sparklines(
  columns: readonly (readonly [name: string, values: ArrayLike<number>])[],
  room = Number.POSITIVE_INFINITY,
): readonly string[] {
  const drawn = columns.filter(([, values]) => Array.from(values).some(Number.isFinite))
  const width = Math.max(0, ...drawn.map(([name]) => name.length))
  const numeral = (value: number): string => String(Number(value.toPrecision(5)))
  return drawn.map(([name, values]) => {
    const finite = Array.from(values).filter(Number.isFinite)
    const ends = `${numeral(Math.min(...finite))} .. ${numeral(Math.max(...finite))}`
    return `${name.padEnd(width)}  ${sparkline(evenly(Array.from(values), Math.max(8, room - width - ends.length - 4)))}  ${ends}`
  })
}
