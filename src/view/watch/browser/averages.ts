// Means and R-hat against temperature: the energy, and the order parameters in one chart.
import type UPlot from 'uplot'
import { TEMPERATURE } from '../../figure/label.ts'
import type { Hello, Snapshot } from '../feed.ts'
import { axis, chart, curve, dots, lineAt } from './chart.ts'
import { at, fixed, type Maybe } from './elements.ts'
import { COLOURS, shortOf, showKey } from './key.ts'

const CONVERGED = 1.05

/** Where the temperature of the lattice is. */
let marked: number | undefined

export function showAverages({ energy, orders, view }: Snapshot, { temperatures, orders: named }: Hello): void {
  const T = temperatures.map(({ value }) => value)
  marked = temperatures.find(({ index }) => index === view.temperature)?.value
  const mark = lineAt(() => marked, 'x', '--quiet')
  const copies = energy.latest[0]?.length ?? 0
  const latest = Array.from({ length: copies }, (_, copy) => energy.latest.map((own) => own[copy] ?? null))
  chart('energy', 'energy', [T, ...latest, numbers(energy.mean)], () => ({
    scales: { x: temperatureScale },
    series: [{}, ...latest.map(() => dots('--series-1')), curve('--accent')],
    axes: [axis(TEMPERATURE, 40), axis('energy per site', 60)],
    hooks: { draw: [mark] },
  }))
  const [order] = named
  chart('order', 'order', [T, ...orders.map(({ mean }) => numbers(mean))], () => ({
    scales: { x: temperatureScale },
    series: [{}, ...named.map((_, i) => curve(COLOURS[i + 1] ?? '--text'))],
    axes: [axis(TEMPERATURE, 40), axis(order && named.length === 1 ? shortOf(order.longName) : 'order parameters', 60)],
    hooks: { draw: [mark] },
  }))
  const names = ['energy', ...named.map(({ longName }) => longName)]
  showKey(
    'order-key',
    named.map(({ longName }, i) => [COLOURS[i + 1] ?? '--text', longName] as const),
  )
  chart('rhat', 'rhat', [T, numbers(energy.rhat), ...orders.map(({ rhat }) => numbers(rhat))], () => ({
    scales: { x: temperatureScale, y: { range: (_, __, most) => [0.998, Math.max(1.06, 1 + 1.1 * ((most ?? 1) - 1))] } },
    series: [{}, ...names.map((_, i) => curve(COLOURS[i] ?? '--text'))],
    axes: [axis(TEMPERATURE, 40), axis('R\u0302', 60)],
    hooks: { draw: [mark, lineAt(() => CONVERGED, 'y', '--series-1')] },
  }))
  showKey(
    'rhat-key',
    names.map((name, i) => [COLOURS[i] ?? '--text', name] as const),
  )
  const told = (name: string, mean: readonly Maybe[]): string =>
    `${name} ${fixed(mean[0], 4)} at T = ${T[0]} to ${fixed(mean.at(-1), 4)} at T = ${T.at(-1)}`
  at('energy').setAttribute('aria-label', told('energy per site', energy.mean))
  if (order) at('order').setAttribute('aria-label', named.map(({ longName }, i) => told(longName, orders[i]?.mean ?? [])).join('; '))
}

/** One temperature alone stands in the middle. */
const temperatureScale: UPlot.Scale = {
  time: false,
  range: ({ data: [T] }, low, high) => (T.length === 1 ? [0.9 * (T[0] ?? 0), 1.1 * (T[0] ?? 0)] : [low, high]),
}

/** What JSON makes of NaN is null, which is a gap. */
function numbers(values: readonly number[]): (number | null)[] {
  return values as (number | null)[]
}
