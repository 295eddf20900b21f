/** How often each energy was seen at each temperature: neighbours whose histograms overlap can exchange, and be reweighted. */
import { samplesOf } from '../../../archive/samples.ts'
import type { ArchivedSimulation } from '../../../archive/read.ts'
import type { Chart, Series } from '../chart.ts'
import { titleOf } from './title.ts'
import { capitalised } from '../../../text/wrap.ts'
import { evenly, everyKth } from '../../evenly.ts'
import { measuredOrAsked, valuesOf } from './measured.ts'
import { idOf, labelOf, type Selection, shortName } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Temperatures and simulations in full view, and bins of a chart, at most. */
const TEMPERATURES = 8
const SIMULATIONS = 6
const BINS = 400
/** Different values above which a grid of levels is not looked for: they lie close then. */
const LEVELS = 20_000

/** A chart for each simulation, of the energy or of what was asked for; none without single measurements. */
export function histogram(selection: Selection): readonly Chart[] {
  const { simulations, sized } = selection
  return evenly(simulations, sized ? simulations.length : SIMULATIONS).flatMap((simulation) => {
    const samples = samplesOf(simulation)
    if (!samples) return []
    const names = measuredOrAsked(selection, simulation, samples, ['energy'])
    return names.flatMap((name) => {
      // Every k-th one: where they are not equally far apart, neither are the overlaps.
      const columns = everyKth(simulation.temperature.length, TEMPERATURES).indices.map((t) => ({
        name: `T = ${numeral(simulation.temperature[t] ?? Number.NaN)}`,
        values: joined(Array.from({ length: samples.copies }, (_, copy) => valuesOf(samples, name, t, copy).filter(Number.isFinite))),
      }))
      return chartOf(selection, simulation, name, columns, samples.kind === 'trace') ?? []
    })
  })
}

interface Named {
  readonly name: string
  readonly values: Float64Array
}

function chartOf(
  selection: Selection,
  simulation: ArchivedSimulation,
  observable: string,
  all: readonly Named[],
  thinned: boolean,
): Chart | undefined {
  const columns = all.filter(({ values }) => values.length > 1)
  const grid = gridOf(columns.map(({ values }) => values))
  if (!grid) return undefined
  const lines = columns.map(({ name, values }) => densities(name, values, grid))
  const title = titleOf(selection, observable)
  const { temperature } = simulation
  const said = [
    labelOf(selection, simulation),
    ...(columns.length < temperature.length ? [`${columns.length} of ${temperature.length} temperatures`] : []),
    ...(thinned ? ['of the measurements in the trace'] : []),
    `bins of ${numeral(grid.width)}`,
  ]
  const extent = columns.map(({ values }) => extentOf(values))
  const [least, most] = [Math.min(...extent.map(([low]) => low)), Math.max(...extent.map(([, high]) => high))]
  return {
    kind: 'chart',
    id: idOf(selection, 'histogram', observable, shortName(simulation)),
    title: `Histograms of the ${title.name}`,
    subtitle: said.join(', '),
    x: { label: title.label },
    y: { label: 'probability density' },
    series: lines,
    description: `${capitalised(title.name)} of ${labelOf(selection, simulation)} as measured, from ${numeral(least)} to ${numeral(most)}, a histogram of area 1 for each of ${columns.map(({ name }) => name).join(', ')}.`,
  }
}

interface Grid {
  /** Lower edge of bin 0. */
  readonly origin: number
  readonly width: number
}

/**
 * Bins for all columns together. Discrete values, such as energies of the Ising model, must not lie on edges, and every bin
 * must hold as many levels as the next one: else the histogram is a comb.
 */
function gridOf(columns: readonly Float64Array[]): Grid | undefined {
  const extents = columns.map(extentOf)
  const least = Math.min(...extents.map(([low]) => low))
  const most = Math.max(...extents.map(([, high]) => high))
  if (columns.length === 0 || !Number.isFinite(most - least)) return undefined
  // Scott's rule, bounded: samples are correlated, and fine bins of many samples show nothing more.
  const widths = columns.map((values) => deviation(values) * Math.max(3.49 / Math.cbrt(values.length), 1 / 6)).filter((width) => width > 0)
  const wanted = Math.max(widths.length > 0 ? Math.min(...widths) : 0, (most - least) / BINS)
  const spacing = spacingOf(columns)
  if (spacing === undefined) {
    const width = wanted > 0 ? wanted : 1
    return { origin: least - width / 2, width }
  }
  const width = spacing * Math.max(1, Math.round(wanted / spacing))
  return { origin: least - spacing / 2, width }
}

/** Distance between neighbouring levels of discrete values; undefined of others. */
function spacingOf(columns: readonly Float64Array[]): number | undefined {
  const seen = new Set<number>()
  for (const values of columns) {
    for (const value of values) {
      seen.add(value)
      if (seen.size > LEVELS) return undefined
    }
  }
  const levels = Float64Array.from(seen).sort()
  const first = levels[0] ?? 0
  const scale = Math.max(Math.abs(first), Math.abs(levels.at(-1) ?? 0))
  let spacing = Number.POSITIVE_INFINITY
  for (let i = 1; i < levels.length; i++) {
    const step = (levels[i] as number) - (levels[i - 1] as number)
    // The same level, rounded otherwise.
    if (step > 1e-12 * scale) spacing = Math.min(spacing, step)
  }
  if (!Number.isFinite(spacing)) return undefined
  const onGrid = levels.every((level) => Math.abs((level - first) / spacing - Math.round((level - first) / spacing)) < 0.05)
  return onGrid ? spacing : undefined
}

/** Of area 1, with an empty bin at each end; x is the middle of each bin. */
function densities(name: string, values: Float64Array, { origin, width }: Grid): Series {
  const bin = (value: number): number => Math.floor((value - origin) / width)
  const [least, most] = extentOf(values)
  const first = bin(least) - 1
  const counts = new Float64Array(bin(most) - first + 2)
  for (const value of values) counts[bin(value) - first] = (counts[bin(value) - first] ?? 0) + 1
  return {
    name,
    x: Array.from(counts, (_, k) => origin + (first + k + 0.5) * width),
    y: Array.from(counts, (count) => count / (values.length * width)),
    mark: 'steps',
    role: 'data',
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Plain loops: there may be millions of values. */
function extentOf(values: Float64Array): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

function deviation(values: Float64Array): number {
  let [sum, squares] = [0, 0]
  const shift = values[0] ?? 0
  for (const value of values) {
    sum += value - shift
    squares += (value - shift) ** 2
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2))
}
