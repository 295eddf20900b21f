/**
 * The marks of one chart, from back to front: guides, curves, error bars, points. Nothing here is an expression made of
 * text from a file, and no field is named after one.
 */
import type { Chart, Series } from './chart.ts'
import { type Channel, channel, levelled } from './chart-axis.ts'
import { type Scale, scaleOf } from './chart-scale.ts'
import { asIs, pixels } from './legend.ts'
import { GREY, type Layers, widthOf } from './render.ts'
import { type Looks, roleOf } from './series-look.ts'
import { rowsOf } from './series-rows.ts'

export interface Plot {
  readonly layers: Layers
  /** What stands above and right of the plot, pixels. */
  readonly above: number
  readonly right: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const LABEL = 11
const LABEL_ROW = 14
const NOTHING = 'nothing to show'
/** Longest label of a guide; longer ones are cut. */
const LABEL_LIMIT = 150

/** @param named whether the labels of guides are drawn */
export function plotOf(chart: Chart, looks: Looks, { width, height }: Size): Plot {
  const { guides = [], closeUp } = chart
  const part = (margin: number): readonly Series[] => chart.series.map((one) => (closeUp ? inside(one, closeUp, margin) : one))
  const series = part(1)
  const across = scaleOf(closeUp ? { ...chart.x, domain: closeUp } : chart.x, shownAcross(chart), width)
  const up = scaleOf(chart.y, shownUp({ ...chart, series: part(0) }), height)
  const x = channel(chart.x, across, { title: width, ticks: width / 65, grid: false })
  const y = channel(chart.y, levelled(chart.y, up, height), { title: height, ticks: height / 45, grid: true })
  const drawn = series.map((one) => ({ one, rows: rowsOf(one, across, up) }))
  const lengths = drawn.map(({ rows: { line } }) => line.length)
  const longest = Math.max(0, ...lengths)
  const packed = longest > LONG && lengths.reduce((a, b) => a + b, 0) > PACKED
  const thin = packed ? 0.3 : longest > DENSE ? 0.5 : 1
  const opacity = drawn.filter(({ rows }) => rows.band.length > 0).length > MANY ? FAINT : BAND
  const isEmpty = drawn.every(({ rows: { points, line } }) => points.length + line.length === 0)
  const upright = guides.filter(({ axis, value }) => axis === 'x' && isInside(across, value))
  const level = guides.filter(({ axis, value }) => axis === 'y' && isInside(up, value))
  const above = labelsAbove(
    upright.map(({ label, value }) => ({ text: label, at: across.pixel(value) })),
    width,
  )
  const beside = labelsBeside(
    level.map(({ label, value }) => ({ text: label, at: height - up.pixel(value) })),
    width,
    height,
  )
  return {
    layers: [
      frame(x, y, across, up),
      ...rules(
        upright.map(({ value }) => value),
        'x',
        x,
      ),
      ...rules(
        level.map(({ value }) => value),
        'y',
        y,
      ),
      ...drawn.flatMap(({ one, rows }) => band(rows.band, { color: looks.lineOf(one).colour, opacity }, x, y)),
      ...drawn.flatMap(({ one, rows }) => curve(one, rows.line, looks, { x, y, share: thin })),
      ...bars(
        drawn.flatMap(({ one, rows }) => rows.bars.map((bar) => ({ ...bar, colour: looks.pointsOf(one).colour }))),
        x,
        y,
      ),
      ...dots(
        drawn.flatMap(({ one, rows }) => rows.points.map((point) => ({ ...point, ...looks.pointsOf(one) }))),
        x,
        y,
      ),
      ...texts(isEmpty ? [{ text: NOTHING, x: (width - widthOf({ fontSize: LABEL }, NOTHING)) / 2, y: height / 2 }] : [], 'middle'),
      ...texts(above.labels, 'bottom'),
      ...texts(beside.labels, 'middle'),
    ],
    above: above.height,
    right: beside.width,
  }
}

function shownAcross({ series, guides = [] }: Chart) {
  const data = series.filter((one) => roleOf(one) === 'data').flatMap((one) => one.x.filter((_, k) => Number.isFinite(one.y[k])))
  const beside = series.filter((one) => roleOf(one) !== 'data').flatMap(({ x }) => x)
  return { data, beside: [...beside, ...guides.filter(({ axis }) => axis === 'x').map(({ value }) => value)] }
}

/** What of a series lies within a range of x. @param margin points more on both sides, to which lines go on */
function inside(series: Series, [low, high]: readonly [number, number], margin: number): Series {
  const { x, y, error, band } = series
  const there = [...x.keys()].filter((i) => (x[i] ?? NaN) >= low && (x[i] ?? NaN) <= high)
  const [first, last] = [(there[0] ?? 0) - margin, (there.at(-1) ?? -1) + margin]
  const of = (values: readonly number[]): readonly number[] => (there.length === 0 ? [] : values.slice(Math.max(0, first), last + 1))
  return {
    ...series,
    x: of(x),
    y: of(y),
    ...(error ? { error: of(error) } : {}),
    ...(band ? { band: { low: of(band.low), high: of(band.high) } } : {}),
  }
}

function shownUp({ series, guides = [] }: Chart) {
  const data = series.filter((one) => roleOf(one) === 'data')
  return {
    data: data.flatMap(({ y }) => y),
    bars: data.flatMap(({ y, error, band }) =>
      y.flatMap((middle, k) => {
        const bar = error?.[k] ?? NaN
        const [low, high] = band ? [band.low[k] ?? NaN, band.high[k] ?? NaN] : [middle - bar, middle + bar]
        return Number.isFinite(low) && Number.isFinite(high) ? [[low, high] as const] : []
      }),
    ),
    beside: [
      ...series.filter((one) => roleOf(one) !== 'data').flatMap(({ y }) => y),
      ...guides.filter(({ axis }) => axis === 'y').map(({ value }) => value),
    ],
    fromZero: series.some(({ mark }) => mark === 'steps'),
  }
}

function isInside({ domain: [low, high] }: Scale, value: number): boolean {
  return value >= low && value <= high
}

/** Axes for charts without a single point too. */
function frame(x: Channel, y: Channel, across: Scale, up: Scale): Layers[number] {
  const values = [{ x: across.domain[0], y: up.domain[0] }]
  return { data: { values }, mark: { type: 'point', opacity: 0 }, encoding: { x, y: { ...y, field: 'y' } } }
}

function rules(values: readonly number[], axis: 'x' | 'y', on: Channel): Layers {
  if (values.length === 0) return []
  const data = { values: values.map((value) => ({ [axis]: value })) }
  const encoding = { [axis]: { ...on, field: axis } }
  return [{ data, mark: { type: 'rule', color: GREY.line, strokeWidth: 1.25, strokeDash: [4, 3] }, encoding }]
}

/** Points of all lines of a chart that would be bands of colour, and hide each other. */
const PACKED = 1800
/** Points of one line that may be such a band. */
const [LONG, DENSE] = [200, 600]

/** Of a band; of one among many, which lie over each other. */
const [BAND, FAINT] = [0.22, 0.1]
const MANY = 5

interface LineChannels {
  readonly x: Channel
  readonly y: Channel
  /** Of the usual width. */
  readonly share: number
}

function curve(
  series: Series,
  rows: readonly { x: number; y: number; piece: number }[],
  looks: Looks,
  { x, y, share }: LineChannels,
): Layers {
  if (rows.length === 0) return []
  const { colour, width, dash } = looks.lineOf(series)
  return [
    {
      data: { values: [...rows] },
      mark: {
        type: 'line',
        clip: true,
        color: colour,
        strokeWidth: width * share,
        strokeDash: [...dash],
        ...(series.mark === 'steps' ? { interpolate: 'step', strokeJoin: 'miter' } : {}),
      },
      encoding: { x, y: { ...y, field: 'y' }, detail: { field: 'piece', type: 'nominal' } },
    },
  ]
}

/** As one standard error to both sides of a curve, light enough for bands that overlap. */
function band(
  rows: readonly { x: number; low: number; high: number; piece: number }[],
  { color, opacity }: { readonly color: string; readonly opacity: number },
  x: Channel,
  y: Channel,
): Layers {
  if (rows.length === 0) return []
  return [
    {
      data: { values: [...rows] },
      mark: { type: 'area', clip: true, color, opacity, line: false },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, detail: { field: 'piece', type: 'nominal' } },
    },
  ]
}

function bars(rows: readonly { x: number; low: number; high: number; colour: string }[], x: Channel, y: Channel): Layers {
  if (rows.length === 0) return []
  return [
    {
      data: { values: [...rows] },
      mark: { type: 'rule', strokeWidth: 1.25, clip: true },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: asIs('colour') },
    },
  ]
}

interface Dot {
  readonly x: number
  readonly y: number
  readonly open: boolean
  readonly colour: string
  readonly shape: string
}

/** Filled; open where the error is not known. */
function dots(rows: readonly Dot[], x: Channel, y: Channel): Layers {
  const size = rows.length <= 250 ? 42 : rows.length <= 1000 ? 22 : 9
  const encoding = { x, y: { ...y, field: 'y' }, color: asIs('colour'), shape: asIs('shape') }
  return [false, true].flatMap((open): Layers => {
    const values = rows.filter((row) => row.open === open)
    if (values.length === 0) return []
    const look = open ? ({ filled: false, fill: '#ffffff', strokeWidth: 1.5 } as const) : {}
    return [{ data: { values }, mark: { type: 'point', clip: true, size, ...look }, encoding }]
  })
}

interface Label {
  readonly text: string
  readonly x: number
  readonly y: number
}

function texts(labels: readonly Label[], baseline: 'bottom' | 'middle'): Layers {
  if (labels.length === 0) return []
  return [
    {
      data: { values: [...labels] },
      mark: { type: 'text', align: 'left', baseline, fontSize: LABEL, limit: LABEL_LIMIT, color: GREY.quiet },
      encoding: { x: pixels('x'), y: pixels('y'), text: { field: 'text' } },
    },
  ]
}

interface Wanted {
  readonly text: string
  /** Where its line is, pixels. */
  readonly at: number
}

/** Names of upright lines stand above the plot, where no data are; those too near to each other in rows of their own. */
function labelsAbove(wanted: readonly Wanted[], width: number): { readonly labels: readonly Label[]; readonly height: number } {
  const ends: number[] = []
  const labels = [...wanted]
    .sort((a, b) => a.at - b.at)
    .map(({ text, at }) => {
      const room = widthOf({ fontSize: LABEL, limit: LABEL_LIMIT }, text)
      const x = Math.max(0, Math.min(at - room / 2, width - room))
      const free = ends.findIndex((end) => end + 8 <= x)
      const row = free < 0 ? ends.length : free
      ends[row] = x + room
      return { text, x, y: -4 - row * LABEL_ROW }
    })
  return { labels, height: ends.length * LABEL_ROW }
}

/** Names of level lines stand right of the plot, those too near to each other a little off. */
function labelsBeside(wanted: readonly Wanted[], x: number, height: number): { readonly labels: readonly Label[]; readonly width: number } {
  const sorted = [...wanted].sort((a, b) => a.at - b.at)
  const places: number[] = []
  for (const { at } of sorted) places.push(Math.max(at, (places.at(-1) ?? -LABEL_ROW) + LABEL_ROW))
  for (let k = places.length - 1, most = height; k >= 0; k--, most -= LABEL_ROW) places[k] = Math.min(places[k] ?? most, most)
  return {
    labels: sorted.map(({ text }, k) => ({ text, x: x + 6, y: places[k] ?? 0 })),
    width: Math.max(0, ...sorted.map(({ text }) => 6 + widthOf({ fontSize: LABEL, limit: LABEL_LIMIT }, text))),
  }
}
