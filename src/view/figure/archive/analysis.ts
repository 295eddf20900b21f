/**
 * What follows from the samples of all temperatures together, for figures: smooth curves between the points, peaks, crossings
 * and finite-size fits. Each simulation is read once, however many figures ask. None of archives without samples, and none by
 * default where an archive has no histograms and so many single samples that a figure would take minutes.
 */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { samplesOf } from '../../../archive/samples.ts'
import { estimateOf, formatEstimate } from '../../../statistics/estimate.ts'
import { unbroken } from '../../../text/wrap.ts'
import { type FiniteSizeScaling, finiteSizeScaling } from '../../../statistics/finite-size.ts'
import { gridBetween } from '../../../statistics/peak.ts'
import type { Reweighting } from '../../../statistics/reweighting.ts'
import { NoSamples, reweightingOf } from '../../../archive/reweighting.ts'
import type { Series } from '../chart.ts'
import { type Curve, curvesOf, seriesOf } from './curve.ts'
import type { Selection } from './selection.ts'

/**
 * Single measurements of all simulations, at 1 μs each, that are read for figures of which nobody said that they need them; of
 * archives that have no histograms.
 */
const MOST = 8_000_000
/** Steps of a curve, and how often those where it bends are halved. */
const STEPS = 48
const HALVINGS = 2
/** Places of a curve where its error is computed, which takes as many times as long as there are blocks; straight lines between them. */
const ERRORS = 24
/** Bends below this share of the height nobody sees. */
const FLAT = 0.004

/** What simulations that differ in size alone tell together. */
export interface Family {
  /** One of them, for its parameters. */
  readonly simulation: ArchivedSimulation
  readonly reweightings: readonly Reweighting[]
  readonly scaling: FiniteSizeScaling
}

const known = new WeakMap<ArchivedSimulation, Reweighting | 'none'>()
const families = new WeakMap<Selection['simulations'], readonly Family[]>()

/** Undefined where the archive has no samples of it that are numbers. */
function reweightingFor(simulation: ArchivedSimulation): Reweighting | undefined {
  const found = known.get(simulation) ?? attempt(simulation)
  known.set(simulation, found)
  return found === 'none' ? undefined : found
}

function attempt(simulation: ArchivedSimulation): Reweighting | 'none' {
  try {
    return reweightingOf(simulation)
  } catch (error) {
    // The points can be drawn all the same.
    if (error instanceof NoSamples) return 'none'
    throw error
  }
}

/** Whether reading what is there of all samples takes seconds, not minutes. */
export function isQuick({ simulations }: Selection): boolean {
  let count = 0
  for (const simulation of simulations) {
    const samples = simulation.has('histogram/counts') ? undefined : samplesOf(simulation)
    if (samples) count += samples.sweep.length * samples.copies * simulation.temperature.length
  }
  return count <= MOST
}

/** Simulations with samples, together with those that have the same parameters; in the order in which they come. */
export function familiesOf({ simulations }: Selection): readonly Family[] {
  const found = families.get(simulations) ?? grouped(simulations)
  families.set(simulations, found)
  return found
}

function grouped(simulations: readonly ArchivedSimulation[]): readonly Family[] {
  const groups = new Map<string, { readonly simulation: ArchivedSimulation; readonly reweightings: Reweighting[] }>()
  for (const simulation of simulations) {
    const reweighting = reweightingFor(simulation)
    if (!reweighting) continue
    const key = JSON.stringify(Object.entries(simulation.parameters).sort())
    const group = groups.get(key) ?? { simulation, reweightings: [] }
    groups.set(key, group)
    group.reweightings.push(reweighting)
  }
  return [...groups.values()].map((group) => ({ ...group, scaling: finiteSizeScaling(group.reweightings) }))
}

/**
 * The line of data against the temperature: of the reweighted samples, straight where energies of neighbours do not overlap.
 * Undefined where there is none, as of one temperature, or of what the samples do not hold.
 *
 * @param value of what is drawn, out of the quantity itself
 */
function reweightedSeries(
  selection: Selection,
  { name, points }: Curve,
  column: string,
  value: (mean: number, simulation: ArchivedSimulation) => number,
): Series | undefined {
  const { x } = selection
  const simulation = points[0]?.simulation
  if (!simulation || (x !== 'temperature' && x !== 'beta') || !isQuick(selection)) return undefined
  const reweighting = reweightingFor(simulation)
  if (!reweighting?.quantities.includes(column) || reweighting.temperature.length < 2) return undefined
  const { temperature, gaps } = reweighting
  if (gaps.length >= temperature.length - 1) return undefined
  const isKnown = (T: number): boolean => !gaps.some(([from, to]) => T > from && T < to)
  const even = gridBetween(temperature[0] as number, temperature.at(-1) as number, STEPS)
  const start = [...new Set([...even, ...gaps.flat()])].filter(isKnown).sort((a, b) => a - b)
  const all = refined(start, isKnown, (T) => value(reweighting.value(column, T), simulation))
  if (x === 'beta') all.reverse()
  const errors = errorsOf(all, reweighting, (T, without) => value(reweighting.value(column, T, without), simulation))
  return {
    name,
    x: all.map(({ T }) => (x === 'beta' ? 1 / T : T)),
    // Six digits: nobody sees more, and a page stays small.
    y: all.map(({ y }) => Number(y.toPrecision(6))),
    ...(errors ? { error: errors.map((error) => Number(error.toPrecision(3))) } : {}),
    mark: 'line',
    role: 'curve',
  }
}

/** What a chart of a column draws: what was measured, and a smooth line through it if there is one. */
interface Lines {
  readonly data: readonly Series[]
  readonly smooth: readonly Series[]
}

/**
 * A column against what is on the horizontal axis, with a smooth line if the samples allow one.
 *
 * @param unit of the values, by simulation; default: 1
 * @param exact curves that are known: smooth ones would hide how the data lie on them, so that there are none then
 */
export function linesOf(
  selection: Selection,
  column: string,
  unit: (simulation: ArchivedSimulation) => number = () => 1,
  exact: readonly Series[] = [],
): Lines {
  const curves = curvesOf(selection)
  const smooth =
    exact.length > 0
      ? []
      : curves.flatMap((curve) => reweightedSeries(selection, curve, column, (mean, simulation) => mean / unit(simulation)) ?? [])
  const known = new Set([...exact, ...smooth].map(({ name }) => name))
  const data = curves.flatMap(
    (curve) =>
      seriesOf(curve, column, known.has(curve.name) ? 'points' : 'points and line', ({ mean, error }, t, simulation) => [
        (mean[t] ?? Number.NaN) / unit(simulation),
        (error[t] ?? Number.NaN) / unit(simulation),
      ]) ?? [],
  )
  return { data, smooth }
}

/** Jackknife errors of points of a curve, for its band; undefined where there is one block alone. */
function errorsOf(
  points: readonly Point[],
  reweighting: Reweighting,
  value: (T: number, without?: number) => number,
): readonly number[] | undefined {
  if (reweighting.blocks < 2) return undefined
  const step = Math.max(1, Math.ceil(points.length / ERRORS))
  const at = (k: number): number => {
    const { T } = points[Math.min(k, points.length - 1)] as Point
    return estimateOf(reweighting, reweighting.blocks, (without) => value(T, without)).error
  }
  const known = Array.from({ length: Math.ceil((points.length - 1) / step) + 1 }, (_, i) => at(i * step))
  return points.map((_, k) => {
    const [from, to] = [known[Math.floor(k / step)] as number, known[Math.ceil(k / step)] as number]
    return from + ((to - from) * (k % step)) / step
  })
}

interface Point {
  readonly T: number
  readonly y: number
}

function refined(start: readonly number[], isKnown: (T: number) => boolean, value: (T: number) => number): Point[] {
  let points: Point[] = start.map((T) => ({ T, y: value(T) }))
  for (let round = 0; round < HALVINGS; round++) {
    const heights = points.map(({ y }) => y).filter(Number.isFinite)
    const height = Math.max(...heights) - Math.min(...heights)
    const bends = points.map(({ y }, i) => Math.abs((points[i - 1]?.y ?? y) - 2 * y + (points[i + 1]?.y ?? y)))
    const isEnd = (i: number): boolean => i === 0 || i === points.length - 1
    const isBent = (i: number): boolean => !isEnd(i) && (bends[i] as number) > FLAT * height
    points = points.flatMap((point, i) => {
      const next = points[i + 1]
      if (!next || !(isBent(i) || isBent(i + 1))) return [point]
      const T = (point.T + next.T) / 2
      return isKnown(T) ? [point, { T, y: value(T) }] : [point]
    })
  }
  return points
}

/** What curves are, for a subtitle. */
export const CURVES = 'lines: reweighted samples with standard errors'

/** `peak of L = 32: 1.94(2) at T = 2.293(3)` of the largest size that has one; undefined where none has. */
export function peakText(selection: Selection, column: string): string | undefined {
  const family = only(selection)
  const last = family?.scaling.peaks.findLast(({ quantity, peak }) => quantity === column && peak.found)
  if (!last?.peak.found) return undefined
  const { height, temperature } = last.peak
  return unbroken(`peak of L = ${last.size}: ${formatEstimate(height)} at T = ${formatEstimate(temperature)}`)
}

/** Where the curves of the two largest sizes cross; undefined where they do not. */
export function crossingText(selection: Selection, column: string): string | undefined {
  const family = only(selection)
  const last = family?.scaling.crossings.findLast(({ quantity, crossing }) => quantity === column && crossing.found)
  if (!last?.crossing.found) return undefined
  const { value, temperature } = last.crossing
  return unbroken(`L = ${last.sizes.join(' and ')} cross at T = ${formatEstimate(temperature)}, ${formatEstimate(value)}`)
}

/** Where there are several sets of parameters, one of them says nothing about the others. */
function only(selection: Selection): Family | undefined {
  if (selection.varying.length > 0 || !isQuick(selection)) return undefined
  return familiesOf(selection)[0]
}
