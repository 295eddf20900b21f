/** Every quantity against the temperature, a chart each: all sizes with error bars, exact curves where they are known, T_c. */
import type { Chart, Series } from '../chart.ts'
import { CURVES, linesOf, peakText } from './analysis.ts'
import { askedFor, columnNames } from './names.ts'
import { titleOf } from './title.ts'
import { columnOf } from '../../column.ts'
import { axisOf, curvesOf, largest, leftOut, rangeOf, symbolOf } from './curve.ts'
import { capitalised } from '../../../text/wrap.ts'
import { criticalGuides, exactSeries, infiniteSeries, sourceOf } from './exact-curves.ts'
import { idOf, type Selection } from './selection.ts'

/** What the model has in its table; of a quantity that was asked for one chart, `all` for everything there is. */
export function observables(selection: Selection): readonly Chart[] {
  const known = columnNames(selection)
  const [first] = selection.simulations
  const element = (name: string): boolean => first !== undefined && columnOf(first, name) !== undefined
  const names = selection.observables
    ? askedFor(selection.observables, known, element)
    : selection.description.table.filter((name) => known.includes(name))
  return names.flatMap((name) => chartOf(selection, name) ?? [])
}

function chartOf(selection: Selection, column: string): Chart | undefined {
  const title = titleOf(selection, column)
  const exact = curvesOf(selection).flatMap((curve) => exactSeries(selection, curve, column) ?? [])
  const { data, smooth } = linesOf(selection, column, undefined, exact)
  if (data.length === 0) return undefined
  const infinite = infiniteSeries(selection, column, 1.1 * highest([...data, ...exact]))
  const symbol = symbolOf(selection)
  const peak = peakText(selection, column)
  const lines = smooth.length > 0 ? CURVES : undefined
  const subtitle = [title.formula, infinite && sourceOf(selection, column), peak, lines, leftOut(selection)]
    .filter((part) => part !== undefined)
    .join('; ')
  const beside = [...(exact.length > 0 ? ['exact curves of finite lattices'] : []), ...(infinite ? [sourceOf(selection, column)] : [])]
  return {
    kind: 'chart',
    id: idOf(selection, column),
    title: capitalised(title.name),
    ...(subtitle === '' ? {} : { subtitle }),
    x: axisOf(selection),
    y: { label: title.label },
    series: [...data, ...smooth, ...exact, ...(infinite ? [infinite] : [])],
    guides: criticalGuides(selection),
    description: `${capitalised(title.name)} for ${data.map(({ name }) => name).join('; ')} at ${symbol} from ${rangeOf(data)}; the largest value is ${largest(data, symbol)}${peak === undefined ? '' : `; ${peak}`}${beside.length > 0 ? `; beside the data ${beside.join(' and ')}` : ''}.`,
  }
}

function highest(series: readonly Series[]): number {
  return series.flatMap(({ y }) => y).reduce((a, b) => (b > a ? b : a), Number.NEGATIVE_INFINITY)
}
