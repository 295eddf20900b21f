// The time series of one place of the plan, from the first sweep on: the energy above, order parameters below.
import type { Hello, Snapshot } from '../feed.ts'
import { axis, chart, lineAt, thinLine } from './chart.ts'
import { at, temperature } from './elements.ts'
import { COLOURS, shortOf, showKey } from './key.ts'

/** Where measuring begins. */
let thermalized: number | undefined

export function showSeries({ series, sweeps, view }: Snapshot, { series: named, temperatures }: Hello): void {
  // Rows that were thinned out while they were read come with the next event.
  if (!series) return
  const value = temperatures.find(({ index }) => index === view.temperature)?.value
  const place = `${value === undefined ? '' : `T = ${temperature(value)}, `}copy ${view.copy + 1}`
  thermalized = sweeps.thermalization > 0 ? sweeps.thermalization : undefined
  const mark = lineAt(() => thermalized, 'x', '--quiet')
  const [energy = [], ...orders] = series.values
  const x = [...series.sweeps]
  chart('energy-series', 'series', [x, [...energy]], () => ({
    scales: { x: { time: false } },
    series: [{}, thinLine('--accent')],
    axes: [axis('sweeps', 40), axis('energy per site', 60)],
    hooks: { draw: [mark] },
  }))
  chart('order-series', 'series', [x, ...orders.map((values) => [...values])], () => ({
    scales: { x: { time: false } },
    series: [{}, ...orders.map((_, i) => thinLine(COLOURS[i + 1] ?? '--text'))],
    axes: [axis('sweeps', 40), axis(orders.length === 1 ? shortOf(named[1]?.longName ?? '') : 'order parameters', 60)],
    hooks: { draw: [mark] },
  }))
  showKey(
    'series-key',
    named.map(({ longName }, i) => [COLOURS[i] ?? '--text', longName] as const),
  )
  at('series-caption').textContent =
    `Single measurements at ${place}, ${x.length} of them${thermalized === undefined ? '' : '; thermalization ends at the dashed line'}.`
}
