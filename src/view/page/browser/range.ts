// What an axis shows before anybody zooms: all data with their error bars, and some air.
import type { ChartData } from '../chart-data.ts'
import { isVisible, type Line } from './line.ts'

export type Range = readonly [number, number]

export function homeRanges({ x, y, guides }: ChartData, lines: readonly Line[]): { x: Range; y: Range } {
  const visible = lines.filter(isVisible)
  const data = visible.filter(({ role }) => role === 'data')
  const used = data.length > 0 ? data : visible
  const beside = visible.filter((line) => !used.includes(line))
  const guidesOn = (axis: 'x' | 'y') => guides.filter((guide) => guide.axis === axis).map(({ value }) => value)
  const across = extent(used.flatMap(({ x }) => x))
  // Steps are areas that stand on 0.
  const floor = used.some(({ steps }) => steps) && !y.log ? [0] : []
  const up = extent([...floor, ...used.flatMap((line) => heights(line, y.log))])
  return {
    x: x.domain ?? padded(stretched(across, guidesOn('x')), x.log),
    y: y.domain ?? padded(stretched(up, [...beside.flatMap((line) => line.y), ...guidesOn('y')]), y.log),
  }
}

/** What is shown first, if that is not everything: a range of x, and what of y lies in it. */
export function closeRanges(data: ChartData, lines: readonly Line[]): { x: Range; y: Range } | undefined {
  const { closeUp } = data
  if (!closeUp) return undefined
  const [least, most] = closeUp
  const part = lines.map((line) => {
    const indices = [...line.x.keys()].filter((i) => (line.x[i] ?? Number.NaN) >= least && (line.x[i] ?? Number.NaN) <= most)
    const of = (values: readonly number[]): number[] => indices.map((i) => values[i] ?? Number.NaN)
    return { ...line, x: of(line.x), y: of(line.y), error: of(line.error), low: of(line.low), high: of(line.high) }
  })
  return { x: padded(closeUp, data.x.log), y: homeRanges(data, part).y }
}

/** Values with the ends of their bars, unless the bars are so long that nothing else would be seen. */
function heights({ y, error, low, high }: Line, log: boolean | undefined): readonly number[] {
  const [least, most] = extent(y)
  return y.flatMap((value, i) => {
    const [from = Number.NaN, to = Number.NaN] = [low[i], high[i]]
    if (from <= to) return [from, value, to]
    const bar = error[i] ?? Number.NaN
    if (!(bar <= 2 * (most - least))) return [value]
    return log && value <= bar ? [value, value + bar] : [value - bar, value + bar]
  })
}

function extent(values: readonly number[]): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

/** What stands beside the data widens the range by a half at most, so that the data stay what is seen. */
function stretched([least, most]: Range, values: readonly number[]): Range {
  const room = (most - least) / 2
  const [low, high] = extent(values)
  if (!(room > 0)) return [Math.min(least, low), Math.max(most, high)]
  return [Math.min(least, Math.max(low, least - room)), Math.max(most, Math.min(high, most + room))]
}

function padded([least, most]: Range, log: boolean | undefined): Range {
  if (least > most) return log ? [0.1, 10] : [0, 1]
  if (log) {
    const factor = most > least ? (most / least) ** 0.05 : 2
    return [least / factor, most * factor]
  }
  const air = most > least ? (most - least) * 0.05 : Math.abs(most) * 0.1 || 1
  return [least - air, most + air]
}
