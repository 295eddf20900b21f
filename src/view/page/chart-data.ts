/**
 * A chart as a page holds it: numbers with the digits that can be seen, and every list of x once, although many series
 * share it. The page's own script draws, tabulates and saves from this alone.
 */
import type { Axis, Chart, Guide, Series } from '../figure/chart.ts'

/** NaN has no place in JSON. */
type Numbers = readonly (number | null)[]

export interface ChartData {
  readonly id: string
  readonly x: Axis
  readonly y: Axis
  /** Lists of x that series point to. */
  readonly xs: readonly Numbers[]
  readonly series: readonly {
    readonly name: string
    /** Index into `xs`. */
    readonly x: number
    readonly y: Numbers
    readonly error?: Numbers
    readonly low?: Numbers
    readonly high?: Numbers
    readonly mark: Series['mark']
    readonly role: NonNullable<Series['role']>
  }[]
  readonly guides: readonly Guide[]
  /** Range of x that is shown first. */
  readonly closeUp?: readonly [number, number]
}

export function chartData({ id, x, y, series, guides = [], closeUp }: Chart): ChartData {
  const places = new Map<string, number>()
  const xs: Numbers[] = []
  const place = (values: readonly number[]): number => {
    const rounded = values.map((value) => round(value))
    const key = rounded.join()
    const found = places.get(key) ?? xs.push(rounded) - 1
    places.set(key, found)
    return found
  }
  return {
    id,
    x,
    y,
    xs,
    series: series.map((one) => ({
      name: one.name,
      x: place(one.x),
      y: one.y.map((value, i) => round(value, one.error?.[i])),
      ...(one.error ? { error: one.error.map((value) => round(value, 0, 4)) } : {}),
      ...(one.band ? { low: one.band.low.map((value) => round(value)), high: one.band.high.map((value) => round(value)) } : {}),
      mark: one.mark,
      role: one.role ?? 'data',
    })),
    guides,
    ...(closeUp ? { closeUp } : {}),
  }
}

/** Seven digits, more where the error is that small; null for what is no number. */
function round(value: number, error = 0, digits = 7): number | null {
  if (!Number.isFinite(value)) return null
  if (Number.isInteger(value)) return value
  const needed = error > 0 ? Math.ceil(Math.log10(Math.abs(value) / error)) + 3 : 0
  return Number(value.toPrecision(Math.min(17, Math.max(digits, needed))))
}
