/** Quantities that do not depend on the size at a transition: Binder ratios, and correlation lengths in units of L. */
import type { Chart, Series } from '../chart.ts'
import { closeUpOf, type Meeting, meetingOf } from '../close-up.ts'
import { crossingText, CURVES, linesOf } from './analysis.ts'
import { capitalised, unbroken } from '../../../text/wrap.ts'
import { askedFor, columnNames } from './names.ts'
import { titleOf } from './title.ts'
import { axisOf, largest, leftOut, rangeOf, symbolOf } from './curve.ts'
import { criticalGuides } from './exact-curves.ts'
import { idOf, type Selection } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Binder ratios and correlation lengths of two sizes or more, or what was asked for; none of one size. */
export function crossings(selection: Selection): readonly Chart[] {
  if (new Set(selection.simulations.map(({ size }) => size)).size < 2) return []
  const known = columnNames(selection)
  const names = selection.observables ? askedFor(selection.observables, known) : known.filter(crosses)
  return names.flatMap((name) => chartOf(selection, name) ?? [])
}

/** Whether curves of different sizes of that quantity meet where a lattice orders. */
export function crosses(column: string): boolean {
  return /(?:^|_)binder$/.test(column) || isLength(column)
}

function isLength(column: string): boolean {
  return column.endsWith('correlation_length')
}

function chartOf(selection: Selection, column: string): Chart | undefined {
  const title = titleOf(selection, column)
  const { data, smooth } = linesOf(selection, column, ({ size }) => (isLength(column) ? size : 1))
  if (data.length === 0) return undefined
  const [name, label] = isLength(column) ? [`${title.name} over L`, `${title.label} / L`] : [title.name, title.label]
  const symbol = symbolOf(selection)
  const crossing = crossingText(selection, column)
  const lines = smooth.length > 0 ? CURVES : undefined
  const meetings = meetingsOf(data.map((one) => smooth.find(({ name: own }) => own === one.name) ?? one))
  const closeUp = closeUpOf(
    meetings,
    data.flatMap(({ x }) => x),
  )
  const said =
    crossing ?? (meetings.length > 0 ? 'curves of different sizes meet near a transition' : 'no two sizes cross clearly in this range')
  const subtitle = [
    said,
    ...(closeUp ? [`close-up of ${symbol} = ${closeUp.map(numeral).join(' to ')}, measured from ${rangeOf(data)}`] : []),
    lines,
    leftOut(selection),
  ].filter((part) => part !== undefined)
  return {
    kind: 'chart',
    id: idOf(selection, 'crossing', column),
    title: `${capitalised(name)}, all sizes`,
    subtitle: unbroken(subtitle.join('; ')),
    x: axisOf(selection),
    y: { label },
    series: [...data, ...smooth],
    guides: criticalGuides(selection),
    ...(closeUp ? { closeUp } : {}),
    description: `${capitalised(name)} for ${data.map((one) => one.name).join('; ')} at ${symbol} from ${rangeOf(data)}; ${said}; the largest value is ${largest(data, symbol)}.`,
  }
}

/** Where curves of sizes that follow each other cross; those of other parameters have pairs of their own. */
function meetingsOf(curves: readonly Series[]): readonly Meeting[] {
  const parameters = (name: string): string => name.replace(/^L = \d+/, '')
  return curves.flatMap((one, k) => {
    const next = curves.slice(k + 1).find(({ name }) => parameters(name) === parameters(one.name))
    return (next && meetingOf(one, next)) ?? []
  })
}
