// What a chart draws, out of what the page holds: one line for each series, one entry of the legend for each name.
import type { Series } from '../../figure/chart.ts'
import { type Ordered, sequenceOf } from '../../figure/sequence.ts'
import type { ChartData } from '../chart-data.ts'

/** A line of the legend. */
export interface Entry {
  readonly name: string
  /** A variable of the style sheet, or a place from 0 to 1 on its scale of colours. */
  readonly colour: string | number
  /** Index of a symbol. */
  readonly symbol: number
  readonly dash: readonly number[]
  /** Whether any of its lines has symbols, and any is a line. */
  points: boolean
  stroke: boolean
  hidden: boolean
}

export interface Line {
  readonly entry: Entry
  /** It is seen only with this one as well: the exact curves, of all colours. */
  readonly also?: Entry
  readonly x: readonly number[]
  /** NaN is a gap, also what a logarithmic axis cannot show. */
  readonly y: readonly number[]
  /** NaN where there is none. */
  readonly error: readonly number[]
  /** Ends of a band; NaN where there is none. */
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly dash: readonly number[]
  readonly steps: boolean
  readonly points: boolean
  readonly stroke: boolean
  readonly role: NonNullable<Series['role']>
}

/** As many as the style sheet has colours for series. */
const COLOURS = 7
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [8, 3, 2, 3]]

export function linesOf({ x: xAxis, y: yAxis, xs, series }: ChartData): Line[] {
  const names = new Map<string, Entry>()
  const data = [...new Set(series.filter(({ role }) => role === 'data').map(({ name }) => name))]
  const ordered = sequenceOf(data)
  for (const [k, name] of data.entries()) names.set(name, dataEntry(name, k, ordered?.[k]))
  const counts = { exact: 0, guide: 0 }
  const exact: Entry = { name: 'exact', colour: '--text', symbol: 0, dash: [], points: false, stroke: true, hidden: false }
  return series.map(({ name, x, y, error, low, high, mark, role }) => {
    const entry = names.get(name) ?? besideEntry(name, role, role === 'guide' ? counts.guide++ : counts.exact++)
    names.set(name, entry)
    const shared = role === 'exact' && data.includes(name)
    const [points, stroke] = [mark.startsWith('points'), mark !== 'points']
    const lined =
      shared && series.some((one) => one.name === name && (one.role === 'curve' || (one.role === 'data' && one.mark !== 'points')))
    if (!shared) {
      entry.points ||= points
      entry.stroke ||= stroke
    }
    return {
      entry,
      ...(shared ? { also: names.get('exact') ?? exact } : {}),
      x: (xs[x] ?? []).map((value) => shown(value, xAxis.log)),
      y: y.map((value) => shown(value, yAxis.log)),
      error: y.map((_, i) => error?.[i] ?? Number.NaN),
      low: y.map((value, i) => (role === 'curve' ? (value ?? Number.NaN) - (error?.[i] ?? Number.NaN) : (low?.[i] ?? Number.NaN))),
      high: y.map((value, i) => (role === 'curve' ? (value ?? Number.NaN) + (error?.[i] ?? Number.NaN) : (high?.[i] ?? Number.NaN))),
      dash: lined ? [6, 3] : entry.dash,
      steps: mark === 'steps',
      points,
      stroke,
      role,
    }
  })
}

/** In the order of the legend: data, what is exact, guides. Without a name there is nothing to say. */
export function entriesOf(lines: readonly Line[]): Entry[] {
  const inOrder = (['data', 'curve', 'exact', 'guide'] as const).flatMap((role) => lines.filter((line) => line.role === role))
  const entries = inOrder.flatMap(({ entry, also }) => (also ? [entry, also] : [entry]))
  return [...new Set(entries)].filter(({ name }) => name.trim() !== '')
}

export function isVisible({ entry, also }: Line): boolean {
  return !entry.hidden && also?.hidden !== true
}

function dataEntry(name: string, k: number, ordered: Ordered | undefined): Entry {
  const dash = DASHES[(ordered ? ordered.group : Math.floor(k / COLOURS)) % DASHES.length] ?? []
  return { name, colour: ordered?.place ?? `--series-${k % COLOURS}`, symbol: k, dash, points: false, stroke: false, hidden: false }
}

function besideEntry(name: string, role: Line['role'], k: number): Entry {
  const guide = role === 'guide'
  const dash = DASHES[(guide ? k + 1 : k) % DASHES.length] ?? []
  return { name, colour: guide ? '--line' : '--text', symbol: 0, dash, points: false, stroke: false, hidden: false }
}

function shown(value: number | null, log: boolean | undefined): number {
  return value === null || (log && value <= 0) ? Number.NaN : value
}
