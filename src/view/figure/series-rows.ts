/**
 * From a series to rows with fixed names of fields, which is all that a specification sees of it: points with the ends of
 * their error bars, and lines in pieces between gaps. Long series are thinned to what a screen can tell apart: of each
 * column of pixels the first, the last, the lowest and the highest are kept.
 */
import type { Series } from './chart.ts'
import type { Scale } from './chart-scale.ts'
import { hasPoints, roleOf } from './series-look.ts'

interface PointRow {
  readonly x: number
  readonly y: number
  /** True where its error is not known, though those of others are. */
  readonly open: boolean
}

interface BarRow {
  readonly x: number
  readonly low: number
  readonly high: number
}

interface LineRow {
  readonly x: number
  readonly y: number
  /** Which piece of the line, from 0. */
  readonly piece: number
}

interface BandRow extends BarRow {
  /** Which piece of the band, from 0. */
  readonly piece: number
}

export interface SeriesRows {
  readonly points: readonly PointRow[]
  readonly bars: readonly BarRow[]
  readonly band: readonly BandRow[]
  readonly line: readonly LineRow[]
}

/** Points of a series that are drawn one by one. */
const MOST = 2000
/** Columns that longer ones are thinned to. */
const COLUMNS = 500

interface Sample {
  readonly x: number
  readonly y: number
  readonly error: number
  readonly low: number
  readonly high: number
}

export function rowsOf(series: Series, x: Scale, y: Scale): SeriesRows {
  const pieces = piecesOf(series, x, y)
  const drawn = thinned(series.mark === 'points' ? [pieces.flat()] : pieces, x)
  const known = series.error?.some(Number.isFinite) ?? false
  const alone = drawn.filter((piece) => piece.length === 1)
  const banded = roleOf(series) === 'curve' || series.band !== undefined
  const lined = series.mark !== 'points'
  // A piece of one point is no line; it would not be seen.
  const dots = hasPoints(series) ? drawn.flat() : alone.flat()
  return {
    points: dots.map((sample) => ({ x: sample.x, y: sample.y, open: known && !Number.isFinite(sample.error) })),
    bars: banded ? [] : drawn.flat().flatMap((sample) => barOf(sample, y)),
    band: banded ? drawn.flatMap((piece, k) => piece.flatMap((sample) => barOf(sample, y).map((bar) => ({ ...bar, piece: k })))) : [],
    line: lined
      ? drawn.flatMap((piece, k) => (piece.length > 1 ? piece.map((sample) => ({ x: sample.x, y: sample.y, piece: k })) : []))
      : [],
  }
}

/** A bar or a piece of a band; on a logarithmic axis one that reaches 0 goes on to the end of the axis. */
function barOf({ x, low, high }: Sample, scale: Scale): readonly BarRow[] {
  if (!(Number.isFinite(low) && high > low)) return []
  return [{ x, low: scale.shows(low) ? low : scale.domain[0], high }]
}

/** Neighbours that can be on both axes. */
function piecesOf({ x, y, error, band }: Series, across: Scale, up: Scale): readonly (readonly Sample[])[] {
  const pieces: Sample[][] = []
  let open = false
  for (const [k, value] of x.entries()) {
    const height = y[k] ?? NaN
    const there = across.shows(value) && up.shows(height)
    if (there) {
      const bar = error?.[k] ?? NaN
      const [low, high] = band ? [band.low[k] ?? NaN, band.high[k] ?? NaN] : [height - bar, height + bar]
      const sample = { x: value, y: height, error: bar, low, high }
      if (open) pieces.at(-1)?.push(sample)
      else pieces.push([sample])
    }
    open = there
  }
  return pieces
}

function thinned(pieces: readonly (readonly Sample[])[], across: Scale): readonly (readonly Sample[])[] {
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (count <= MOST) return pieces
  const [low, high] = [across.pixel(across.domain[0]), across.pixel(across.domain[1])]
  const columnOf = ({ x }: Sample): number => Math.floor((COLUMNS * (across.pixel(x) - low)) / (high - low))
  return pieces.map((piece) => (isAscending(piece) ? envelope(piece, columnOf) : piece))
}

function isAscending(piece: readonly Sample[]): boolean {
  return piece.every(({ x }, k) => k === 0 || x >= (piece[k - 1]?.x ?? x))
}

function envelope(piece: readonly Sample[], columnOf: (sample: Sample) => number): readonly Sample[] {
  const kept: Sample[] = []
  for (let from = 0; from < piece.length; ) {
    const column = columnOf(piece[from] as Sample)
    let [to, lowest, highest] = [from + 1, from, from]
    while (to < piece.length && columnOf(piece[to] as Sample) === column) {
      if ((piece[to] as Sample).y < (piece[lowest] as Sample).y) lowest = to
      if ((piece[to] as Sample).y > (piece[highest] as Sample).y) highest = to
      to++
    }
    for (const k of [...new Set([from, lowest, highest, to - 1])].sort((a, b) => a - b)) kept.push(piece[k] as Sample)
    from = to
  }
  return kept
}
