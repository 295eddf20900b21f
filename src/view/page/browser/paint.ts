// Symbols, error bars and guides: what the chart library has not. All lengths are pixels of the canvas.
import type uPlot from 'uplot'
import type { Axis, Guide } from '../../figure/chart.ts'
import { colourOf } from './colour.ts'
import { labelWidth, paintLabel } from './label.ts'
import type { Line } from './line.ts'

/** Corners of each symbol around (0, 0), of radius 1; none is a circle. */
const SYMBOLS: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [
    [-0.87, -0.87],
    [0.87, -0.87],
    [0.87, 0.87],
    [-0.87, 0.87],
  ],
  [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  [
    [0, -1.25],
    [1.15, 0],
    [0, 1.25],
    [-1.15, 0],
  ],
  [
    [0, 1.2],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
]

/** Fills the symbol and draws its edge in the context's colours. */
export function paintSymbol(context: CanvasRenderingContext2D, symbol: number, x: number, y: number, radius: number): void {
  const corners = SYMBOLS[symbol % SYMBOLS.length] ?? []
  context.beginPath()
  if (corners.length === 0) context.arc(x, y, radius, 0, 2 * Math.PI)
  for (const [dx, dy] of corners) context.lineTo(x + dx * radius, y + dy * radius)
  context.closePath()
  context.fill()
  context.stroke()
}

export function paintPoints(plot: uPlot, { x, y, error, entry }: Line): void {
  const { ctx } = plot
  const ratio = devicePixelRatio
  const colour = colourOf(entry.colour)
  const radius = (x.length > 150 ? 2 : x.length > 60 ? 2.8 : 3.6) * ratio
  const across = (value: number): number => plot.valToPos(value, 'x', true)
  const up = (value: number): number => plot.valToPos(value, 'y', true)
  const there = [...x.keys()].filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]))
  inside(plot, () => {
    ctx.strokeStyle = colour
    ctx.lineWidth = 1.25 * ratio
    ctx.beginPath()
    for (const i of there) {
      const [at, value, bar] = [across(x[i] ?? 0), y[i] ?? 0, error[i] ?? 0]
      if (!(bar > 0)) continue
      const top = up(value + bar)
      // On a logarithmic axis a bar that reaches zero goes out of the chart.
      const low = value - bar
      const bottom = low > 0 || plot.scales.y?.distr !== 3 ? up(low) : plot.bbox.top + plot.bbox.height + 10
      if (Math.abs(bottom - top) < radius) continue
      ctx.moveTo(at, top)
      ctx.lineTo(at, bottom)
      for (const end of [top, bottom]) {
        ctx.moveTo(at - 3 * ratio, end)
        ctx.lineTo(at + 3 * ratio, end)
      }
    }
    ctx.stroke()
    ctx.fillStyle = colour
    ctx.strokeStyle = colourOf('--card')
    ctx.lineWidth = 0.75 * ratio
    for (const i of there) paintSymbol(ctx, entry.symbol, across(x[i] ?? 0), up(y[i] ?? 0), radius)
  })
}

/** Bands of lines, such as one standard error to both sides of a curve, behind everything else. */
export function paintBands(plot: uPlot, lines: readonly Line[]): void {
  const { ctx } = plot
  const log = plot.scales.y?.distr === 3
  inside(plot, () => {
    const bands = lines.filter(({ low }) => low.some(Number.isFinite)).length
    ctx.globalAlpha = bands > 5 ? 0.1 : 0.22
    for (const { x, y, low, high, entry } of lines) {
      ctx.fillStyle = colourOf(entry.colour)
      const edge = (i: number, values: readonly number[]): void => {
        const value = values[i] ?? 0
        // On a logarithmic axis a band that reaches zero goes out of the chart.
        const at = value > 0 || !log ? plot.valToPos(value, 'y', true) : plot.bbox.top + plot.bbox.height + 10
        ctx.lineTo(plot.valToPos(x[i] ?? 0, 'x', true), at)
      }
      for (const piece of piecesOf(y.map((value, i) => value + (low[i] ?? Number.NaN) + (high[i] ?? Number.NaN) + (x[i] ?? Number.NaN)))) {
        ctx.beginPath()
        for (const i of piece) edge(i, high)
        for (const i of [...piece].reverse()) edge(i, low)
        ctx.closePath()
        ctx.fill()
      }
    }
  })
}

/** Indices of neighbours that are numbers. */
function piecesOf(values: readonly number[]): number[][] {
  const pieces: number[][] = []
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value)) continue
    if (Number.isFinite(values[i - 1])) pieces.at(-1)?.push(i)
    else pieces.push([i])
  }
  return pieces
}

export function paintGuides(plot: uPlot, guides: readonly Guide[]): void {
  const { ctx } = plot
  const { left, top, width, height } = plot.bbox
  inside(plot, () => {
    ctx.strokeStyle = colourOf('--line')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
    ctx.beginPath()
    for (const { axis, value } of guides) {
      const at = plot.valToPos(value, axis, true)
      if (axis === 'x') {
        ctx.moveTo(at, top)
        ctx.lineTo(at, top + height)
      } else {
        ctx.moveTo(left, at)
        ctx.lineTo(left + width, at)
      }
    }
    ctx.stroke()
  })
}

/** Names of both axes, typeset, in the room that the library leaves for them at the edges. */
export function paintAxisLabels({ ctx, bbox }: uPlot, { x, y }: Readonly<Record<'x' | 'y', Pick<Axis, 'label'>>>): void {
  const ratio = devicePixelRatio
  const font = { family: getComputedStyle(document.body).fontFamily, align: 'center' } as const
  const { left, top, width, height } = bbox
  /** Smaller where there is no room, and moved where it would be cut. */
  const fitted = (label: string, middle: number, room: number): { readonly size: number; readonly at: number } => {
    const width = labelWidth(ctx, label, font.family, 13 * ratio)
    const share = Math.min(1, room / width)
    const half = (share * width) / 2
    return { size: 13 * share * ratio, at: Math.min(Math.max(middle, half), room - half) }
  }
  const [across, up] = [fitted(x.label, left + width / 2, ctx.canvas.width), fitted(y.label, top + height / 2, ctx.canvas.height)]
  ctx.save()
  ctx.fillStyle = colourOf('--text')
  ctx.textBaseline = 'alphabetic'
  paintLabel(ctx, x.label, { ...font, size: across.size, x: across.at, y: ctx.canvas.height - 7 * ratio })
  ctx.translate(15 * ratio, up.at)
  ctx.rotate(-Math.PI / 2)
  paintLabel(ctx, y.label, { ...font, size: up.size, x: 0, y: 0 })
  ctx.restore()
}

/** Height of the label of a vertical line, which stands above the data: a halo over them would hide a peak. */
const GUIDE_ROW = 15

/** Pixels of the page that the labels of vertical lines need above the data, one below the other, so that neighbours do not meet. */
export function roomForGuides(guides: readonly Guide[]): number {
  return GUIDE_ROW * guides.filter(({ axis }) => axis === 'x').length
}

export function paintGuideLabels(plot: uPlot, guides: readonly Guide[]): void {
  const { ctx } = plot
  const { left, top, width, height } = plot.bbox
  const ratio = devicePixelRatio
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11.5 * ratio }
  ctx.save()
  ctx.fillStyle = colourOf('--quiet')
  ctx.strokeStyle = colourOf('--card')
  ctx.lineWidth = 4 * ratio
  ctx.lineJoin = 'round'
  let y = top - roomForGuides(guides) * ratio
  for (const { axis, value, label } of guides) {
    const at = plot.valToPos(value, axis, true)
    if (axis === 'x') {
      y += GUIDE_ROW * ratio
      if (at < left || at > left + width) continue
      const half = labelWidth(ctx, label, font.family, font.size) / 2
      const x = Math.min(Math.max(at, left + half), left + width - half)
      paintLabel(ctx, label, { ...font, x, y: y - 6 * ratio, align: 'center' })
    } else if (at >= top && at <= top + height) {
      const above = at - 5 * ratio
      paintLabel(ctx, label, {
        ...font,
        x: left + width - 6 * ratio,
        y: above < top + 14 * ratio ? at + 14 * ratio : above,
        align: 'right',
        halo: true,
      })
    }
  }
  ctx.restore()
}

/** Nothing that is painted leaves the area of the data. */
function inside({ ctx, bbox }: uPlot, paint: () => void): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  paint()
  ctx.restore()
}
