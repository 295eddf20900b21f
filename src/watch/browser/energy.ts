// Energy and R-hat against temperature.
import type { Hello, Snapshot } from '../feed.ts'
import { axis, chart, curve, dots, lineAt } from './chart.ts'
import { at, fixed } from './elements.ts'

const CONVERGED = 1.05

/** Where the temperature of the lattice is. */
let marked: number | undefined

export function showEnergy({ energy, view }: Snapshot, { temperatures }: Hello): void {
  const T = temperatures.map(({ value }) => value)
  marked = temperatures.find(({ index }) => index === view.temperature)?.value
  const mark = lineAt(() => marked, 'x', '--quiet')
  const copies = energy.latest[0]?.length ?? 0
  const latest = Array.from({ length: copies }, (_, copy) => energy.latest.map((own) => own[copy] ?? null))
  chart('energy', 'energy', [T, ...latest, energy.mean as (number | null)[]], () => ({
    scales: { x: { time: false } },
    series: [{}, ...latest.map(() => dots('--series-1')), curve('--accent')],
    axes: [axis('temperature T', 40), axis('energy per site', 60)],
    hooks: { draw: [mark] },
  }))
  chart('rhat', 'rhat', [T, energy.rhat as (number | null)[]], () => ({
    scales: { x: { time: false }, y: { range: (_, __, most) => [0.998, Math.max(1.06, 1 + 1.1 * ((most ?? 1) - 1))] } },
    series: [{}, curve('--accent')],
    axes: [axis('temperature T', 40), axis('R\u0302', 60)],
    hooks: { draw: [mark, lineAt(() => CONVERGED, 'y', '--series-1')] },
  }))
  at('energy').setAttribute(
    'aria-label',
    `energy per site ${fixed(energy.mean[0], 4)} at T = ${T[0]} to ${fixed(energy.mean.at(-1), 4)} at T = ${T.at(-1)}`,
  )
}
