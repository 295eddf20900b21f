/** Which points of an archive make one curve of a chart, whatever stands on the horizontal axis. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { formatWithError } from '../../../text/number.ts'
import { numeral } from '../../../text/rounded.ts'
import type { Axis, Series } from '../chart.ts'
import { TEMPERATURE } from '../label.ts'
import { type Column, columnOf } from '../../column.ts'
import { evenly } from '../../evenly.ts'
import { labelOf, type Selection } from './selection.ts'

/** Points in ascending order of x. */
export interface Curve {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly simulation: ArchivedSimulation; readonly t: number }[]
}

/** More curves than this in one chart cannot be told apart. */
const MOST = 8

/** Against the temperature or its inverse a curve for each simulation; against a parameter one for each temperature. At most eight. */
export function curvesOf(selection: Selection): readonly Curve[] {
  const { x, simulations } = selection
  if (x === 'temperature' || x === 'beta') {
    return evenly(simulations, MOST).map((simulation) => ({
      name: labelOf(selection, simulation),
      points: ascending([...simulation.temperature].map((T, t) => ({ x: x === 'beta' ? 1 / T : T, simulation, t }))),
    }))
  }
  const groups = grouped(simulations, (simulation) => labelOf(selection, simulation, x))
  const temperatures = [...new Set(simulations.flatMap(({ temperature }) => [...temperature]))].sort((a, b) => a - b)
  const chosen = evenly(temperatures, Math.max(1, Math.floor(MOST / groups.size)))
  return evenly([...groups], MOST).flatMap(([label, members]) =>
    chosen.map((T) => ({
      name: temperatures.length > 1 ? `${label}, T = ${numeral(T)}` : label,
      points: ascending(
        members.flatMap((simulation) => {
          const t = simulation.temperature.indexOf(T)
          return t < 0 ? [] : [{ x: simulation.parameters[x] ?? Number.NaN, simulation, t }]
        }),
      ),
    })),
  )
}

/** What was left out, for a subtitle; undefined where all is there. */
export function leftOut(selection: Selection): string | undefined {
  const { x, simulations } = selection
  if (x === 'temperature' || x === 'beta') {
    const { length } = simulations
    return length > MOST ? `${MOST} of ${length} simulations, evenly chosen` : undefined
  }
  const temperatures = new Set(simulations.flatMap(({ temperature }) => [...temperature])).size
  const drawn = new Set(curvesOf(selection).flatMap(({ points }) => points.map(({ simulation, t }) => simulation.temperature[t]))).size
  return drawn < temperatures ? `${drawn} of ${temperatures} temperatures, evenly chosen` : undefined
}

/** The horizontal axis of curves. */
export function axisOf({ x }: Selection): Axis {
  return { label: x === 'temperature' ? TEMPERATURE : x === 'beta' ? 'inverse temperature 1/T (k_B = 1)' : `parameter ${x}` }
}

/** A series of a curve, of what a column gives of each point; undefined where no point has a value. */
export function seriesOf(
  { name, points }: Curve,
  column: string,
  mark: Series['mark'],
  value: (column: Column, t: number, simulation: ArchivedSimulation) => readonly [number, number],
): Series | undefined {
  const columns = new Map(points.map(({ simulation }) => [simulation, columnOf(simulation, column)]))
  const values = points.map(({ simulation, t }): readonly [number, number] => {
    const found = columns.get(simulation)
    return found ? value(found, t, simulation) : [Number.NaN, Number.NaN]
  })
  const y = values.map(([y]) => y)
  if (!y.some(Number.isFinite)) return undefined
  return { name, x: points.map(({ x }) => x), y, error: values.map(([, error]) => error), mark, role: 'data' }
}

/** `1.85(2) at T = 2.3 (L = 32)`, the largest value of all series, for a description. */
export function largest(series: readonly Series[], axis: string): string {
  let best: { readonly y: number; readonly text: string } | undefined
  for (const { name, x, y, error } of series) {
    for (const [i, value] of y.entries()) {
      if (!Number.isFinite(value) || value <= (best?.y ?? Number.NEGATIVE_INFINITY)) continue
      best = { y: value, text: `${formatWithError(value, error?.[i] ?? Number.NaN)} at ${axis} = ${numeral(x[i] ?? Number.NaN)} (${name})` }
    }
  }
  return best?.text ?? 'nowhere'
}

/** `2 to 2.6` of the x of series that have a value. */
export function rangeOf(series: readonly Series[]): string {
  const x = series.flatMap((one) => one.x.filter((_, i) => Number.isFinite(one.y[i])))
  const [least, most] = [
    x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ]
  return least === most ? numeral(least) : `${numeral(least)} to ${numeral(most)}`
}

/** Symbol of what is on the horizontal axis, as in `T = 2.3`. */
export function symbolOf({ x }: Selection): string {
  return x === 'temperature' ? 'T' : x === 'beta' ? '1/T' : x
}

function ascending<T extends { readonly x: number }>(points: T[]): T[] {
  return points.sort((a, b) => a.x - b.x)
}

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return groups
}
