// Exchanges: how often they are accepted, and where replicas go.
import type UPlot from 'uplot'
import { TEMPERATURE } from '../../figure/label.ts'
import { colourOf } from '../../page/browser/colour.ts'
import type { Snapshot } from '../feed.ts'
import type { Flow } from '../flow.ts'
import { axis, chart, curve } from './chart.ts'
import { at, fixed, type Maybe } from './elements.ts'

/** Where replicas were seen, and when, as long as the run itself does not record it. */
const MOST_SEEN = 300
let seen: { readonly view: string; readonly seconds: number[]; readonly rows: (readonly number[])[] } = { view: '', seconds: [], rows: [] }
/** What stands at the ticks of the replica flow. */
let values: readonly Maybe[] = []

export function showFlow({ flow, view, progress }: Snapshot): void {
  at('acceptance-section').hidden = !flow
  at('flow-section').hidden = !flow
  if (!flow) return
  const named = flow.along === 'temperature' ? TEMPERATURE : flow.along
  showAcceptance(flow, named)
  showPaths(flow, named, watched(flow, JSON.stringify(view), progress.elapsedSeconds))
}

function showAcceptance(flow: Flow, named: string): void {
  const pairs = flow.values.length - 1
  const middle = Array.from({ length: pairs }, (_, k) => ((flow.values[k] ?? 0) + (flow.values[k + 1] ?? 0)) / 2)
  const accepted: Maybe[] = flow.acceptance.slice(0, pairs)
  chart('acceptance', flow.along, [middle, accepted as (number | null)[]], () => ({
    scales: { x: { time: false }, y: { range: [0, 1] } },
    series: [{}, curve('--accent', 6)],
    axes: [axis(`${named}, between neighbours`, 40), axis('accepted', 60)],
  }))
  const known = accepted.filter((value): value is number => typeof value === 'number')
  at('acceptance-caption').textContent =
    known.length === 0
      ? 'Counted from the first measurement on.'
      : `Least ${fixed(Math.min(...known), 3)}, greatest ${fixed(Math.max(...known), 3)}, of all attempts so far.`
}

interface Paths {
  readonly x: readonly number[]
  readonly rows: readonly (readonly number[])[]
  readonly label: string
}

/** The recorded trajectory, or before there is any, while thermalizing, what was seen from event to event. */
function watched(flow: Flow, view: string, now: number): Paths {
  if (flow.rows.length > 0) return { x: flow.rounds, rows: flow.rows, label: 'samples' }
  if (seen.view !== view) seen = { view, seconds: [], rows: [] }
  seen.seconds.push(now)
  seen.rows.push(flow.at)
  if (seen.rows.length > MOST_SEEN) {
    seen.seconds.shift()
    seen.rows.shift()
  }
  return { x: seen.seconds, rows: seen.rows, label: 'seconds, thermalizing' }
}

function showPaths(flow: Flow, named: string, { x, rows, label }: Paths): void {
  values = flow.points === flow.values.length ? flow.values : []
  const paths = flow.replicas.map((_, i) => rows.map((row) => row[i] ?? null))
  // From cold to warm, by where a replica began.
  const series = paths.map(
    (_, i): UPlot.Series => ({ stroke: () => colourOf(i / Math.max(1, paths.length - 1)), width: 1.5, points: { show: false } }),
  )
  chart('flow', `${label} ${flow.along} ${flow.points}`, [[...x], ...paths], () => ({
    scales: { x: { time: false }, y: { range: [-0.5, flow.points - 0.5] } },
    series: [{}, ...series],
    axes: [
      axis(label, 40),
      axis(named, 60, { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], values: (_, ticks) => ticks.map(tickAt) }),
    ],
  }))
  const all = flow.points === flow.replicas.length ? `all ${flow.points} replicas` : `${flow.replicas.length} of ${flow.points} replicas`
  const trips = flow.rows.length === 0 ? 'round trips are counted from the first measurement on' : `${flow.allTrips} round trips so far`
  at('flow-caption').textContent = `Where ${all} of this copy have been, coloured by where they began; ${trips}.`
}

function tickAt(tick: number): string {
  if (values.length === 0) return String(tick)
  const value = values[tick]
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : ''
}
