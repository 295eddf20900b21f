// One chart for each place of the page. It is made once; from then on only its data change, unless it becomes another kind.
import type UPlot from 'uplot'
import { colourOf } from '../../page/browser/colour.ts'
import { paintAxisLabels } from '../../page/browser/paint.ts'
import { at } from './elements.ts'

/** The library is a script of its own before this one. */
declare const uPlot: typeof UPlot

interface Drawn {
  readonly plot: UPlot
  readonly kind: string
}

const charts = new Map<string, Drawn>()

/** @param kind what it is, as far as its lines and axes depend on it; with as many lines the chart stays */
export function chart(
  id: string,
  kind: string,
  data: UPlot.AlignedData,
  options: () => Pick<UPlot.Options, 'series' | 'axes' | 'scales' | 'hooks'>,
): void {
  const place = at(id)
  const known = charts.get(id)
  const key = `${kind} ${data.length}`
  if (known?.kind === key) {
    known.plot.setData(data)
    return
  }
  known?.plot.destroy()
  const size = { width: place.clientWidth, height: heightOf(place) }
  const { axes = [], hooks, ...given } = options()
  const [x = '', y = ''] = axes.map(({ label }) => String(label))
  // The library leaves room for a label, and cannot typeset it.
  const drawn = { axes: axes.map((one) => ({ ...one, label: ' ' })), hooks: { ...hooks, draw: [...(hooks?.draw ?? []), labelled] } }
  function labelled(on: UPlot): void {
    paintAxisLabels(on, { x: { label: x }, y: { label: y } })
  }
  const plot = new uPlot({ ...size, legend: { show: false }, cursor: { drag: { x: false, y: false } }, ...given, ...drawn }, data, place)
  charts.set(id, { plot, kind: key })
}

/** After the colours of the style sheet changed. */
export function repaintCharts(): void {
  for (const { plot } of charts.values()) plot.redraw(false, true)
}

export function resizeCharts(): void {
  for (const [id, { plot }] of charts) plot.setSize({ width: at(id).clientWidth, height: heightOf(at(id)) })
}

/** Of an empty place, as the style sheet has it. */
function heightOf(place: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(place).minHeight)
}

export function axis(label: string, size: number, more: UPlot.Axis = {}): UPlot.Axis {
  const line = { stroke: () => colourOf('--faint'), width: 1 }
  return {
    label,
    stroke: () => colourOf('--quiet'),
    grid: line,
    ticks: line,
    size,
    labelSize: 20,
    font: '12px system-ui',
    labelFont: '12px system-ui',
    ...more,
  }
}

/** @param colour a variable of the style sheet */
export function curve(colour: string, size = 5): UPlot.Series {
  const stroke = (): string => colourOf(colour)
  return { stroke, width: 2, points: { show: true, size, fill: stroke, width: 0 } }
}

/** Of many points. */
export function thinLine(colour: string): UPlot.Series {
  return { stroke: () => colourOf(colour), width: 1, points: { show: false } }
}

export function dots(colour: string): UPlot.Series {
  const stroke = (): string => colourOf(colour)
  return { stroke, width: 0, paths: () => null, points: { show: true, size: 4, fill: stroke, width: 0 } }
}

/** A line across the chart, along x or y. @param colour a variable of the style sheet */
export function lineAt(of: () => number | undefined, direction: 'x' | 'y', colour: string): (plot: UPlot) => void {
  return (plot) => {
    const value = of()
    if (value === undefined) return
    const { ctx, bbox } = plot
    const position = plot.valToPos(value, direction, true)
    const [low, high] = direction === 'x' ? [bbox.left, bbox.left + bbox.width] : [bbox.top, bbox.top + bbox.height]
    if (!(position >= low && position <= high)) return
    ctx.save()
    ctx.strokeStyle = colourOf(colour)
    ctx.setLineDash([6, 4])
    ctx.beginPath()
    if (direction === 'x') {
      ctx.moveTo(position, bbox.top)
      ctx.lineTo(position, bbox.top + bbox.height)
    } else {
      ctx.moveTo(bbox.left, position)
      ctx.lineTo(bbox.left + bbox.width, position)
    }
    ctx.stroke()
    ctx.restore()
  }
}
