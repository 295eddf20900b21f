/**
 * Quantities against the temperature with the line that their model compares them with, as the stiffness of a superconductor with
 * the line on which the Kosterlitz-Thouless jump of the infinite lattice ends.
 */
import { referenceOf } from '../../../model/description.ts'
import type { Reference } from '../../../model/model.ts'
import type { Chart, Series } from '../chart.ts'
import { CURVES, linesOf } from './analysis.ts'
import { titleOf } from './title.ts'
import { axisOf, largest, leftOut, rangeOf, symbolOf } from './curve.ts'
import { capitalised } from '../../../text/wrap.ts'
import { idOf, type Selection } from './selection.ts'

/** Points of the line, which is bent against the inverse temperature. */
const POINTS = 41

/** None for models whose quantities have no such line. */
export function helicity(selection: Selection): readonly Chart[] {
  return selection.description.derived.flatMap(({ name, reference }) => (reference ? chartOf(selection, name, reference) : []))
}

function chartOf(selection: Selection, column: string, reference: Reference): readonly Chart[] {
  const { data, smooth } = linesOf(selection, column)
  if (data.length === 0) return []
  const title = titleOf(selection, column)
  const symbol = symbolOf(selection)
  const line = lineOf(selection, data, reference)
  const left = leftOut(selection)
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'helicity'),
      title: capitalised(title.name),
      subtitle: [...(line ? [reference.meaning] : []), ...(smooth.length > 0 ? [CURVES] : []), ...(left === undefined ? [] : [left])].join(
        '; ',
      ),
      x: axisOf(selection),
      y: { label: title.label },
      series: [...data, ...smooth, ...(line ? [line] : [])],
      description: `${capitalised(title.name)} for ${data.map(({ name }) => name).join('; ')} at ${symbol} from ${rangeOf(data)}; the largest value is ${largest(data, symbol)}; ${meeting(data, selection, reference)}`,
    },
  ]
}

/** Undefined if a parameter is on the axis. */
function lineOf({ x }: Selection, data: readonly Series[], reference: Reference): Series | undefined {
  if (x !== 'temperature' && x !== 'beta') return undefined
  const all = data.flatMap((one) => one.x)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const at = Array.from({ length: POINTS }, (_, i) => least + ((most - least) * i) / (POINTS - 1))
  const value = referenceOf(reference)
  return { name: reference.name, x: at, y: at.map((own) => value(x === 'beta' ? 1 / own : own)), mark: 'line', role: 'guide' }
}

/** Where curves fall below the line, by straight lines between the points. */
function meeting(data: readonly Series[], { x }: Selection, reference: Reference): string {
  if (x !== 'temperature') return 'each curve has its own temperature.'
  const value = referenceOf(reference)
  const found = data.flatMap(({ name, x: T, y }) => {
    const gap = (i: number): number => (y[i] ?? Number.NaN) - value(T[i] ?? Number.NaN)
    const i = T.findIndex((_, k) => k + 1 < T.length && gap(k) > 0 && gap(k + 1) <= 0)
    if (i < 0) return []
    const [from = 0, to = 0] = [T[i], T[i + 1]]
    return [`T = ${(from + ((to - from) * gap(i)) / (gap(i) - gap(i + 1))).toFixed(3)} (${name})`]
  })
  return found.length > 0 ? `it meets ${reference.name} near ${found.join(', ')}.` : `it does not meet ${reference.name} in this range.`
}
