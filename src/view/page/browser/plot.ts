// One chart: the library draws axes and lines and follows the mouse; symbols, error bars and guides are painted over it.
// What is seen is a range of x and one of y; drag, keys and buttons set them, and `reset` shows everything again.
import type UPlot from 'uplot'
import type { ChartData } from '../chart-data.ts'
import { colourOf } from './colour.ts'
import { isVisible, type Line } from './line.ts'
import { paintAxisLabels, paintBands, paintGuideLabels, roomForGuides, paintGuides, paintPoints } from './paint.ts'
import { closeRanges, homeRanges, type Range } from './range.ts'
import { tickText, ticksOf } from './ticks.ts'

/** The library is a script of its own before this one. */
declare const uPlot: typeof UPlot

export interface Plot {
  readonly library: UPlot
  readonly view: { readonly x: Range; readonly y: Range }
  readonly zoomed: boolean
  show(x: Range, y: Range): void
  reset(): void
  /** After entries were hidden or shown. */
  refresh(): void
  /** After the colours of the style sheet changed. */
  repaint(): void
}

/** Points of all lines of a chart, and of one of them. */
const [PACKED, LONG] = [1800, 200]

/** Called when the range changes, and when the mouse moves. */
interface Watchers {
  readonly onView: () => void
  readonly onCursor: () => void
}

export function openPlot(target: HTMLElement, data: ChartData, lines: readonly Line[], { onView, onCursor }: Watchers): Plot {
  let home = homeRanges(data, lines)
  const close = closeRanges(data, lines)
  let view = close ?? home
  let zoomed = close !== undefined
  const size = (): { width: number; height: number } => {
    const width = Math.max(240, target.clientWidth)
    return { width, height: Math.round(Math.min(400, Math.max(270, width * 0.58))) }
  }
  const { guides } = data
  const lengths = lines.map(({ stroke, x }) => (stroke ? x.length : 0))
  const drawn = lengths.reduce((a, b) => a + b, 0)
  // Many long lines would be bands of colour, and hide each other.
  const thin = drawn > PACKED && Math.max(...lengths) > LONG ? 0.75 : 1
  const options: UPlot.Options = {
    ...size(),
    legend: { show: false },
    padding: [10 + roomForGuides(guides), 14, 0, 0],
    scales: {
      x: { time: false, distr: data.x.log ? 3 : 1, range: () => [...view.x] },
      y: { distr: data.y.log ? 3 : 1, range: () => [...view.y] },
    },
    axes: [axisOf(data, 'x', () => view.x), axisOf(data, 'y', () => view.y)],
    series: [{}, ...lines.map((line) => seriesOf(line, thin))],
    cursor: {
      points: { show: false },
      drag: { x: true, y: true, uni: 24, dist: 5, setScale: false },
      bind: {
        dblclick: () => () => {
          reset()
          return null
        },
      },
    },
    hooks: {
      drawAxes: [
        (plot) => paintAxisLabels(plot, data),
        (plot) => paintGuides(plot, guides),
        (plot) => paintBands(plot, lines.filter(isVisible)),
      ],
      drawSeries: [
        (plot, index) => {
          const line = lines[index - 1]
          if (line?.points) paintPoints(plot, line)
          else if (line) paintPoints(plot, loneOf(line))
        },
      ],
      draw: [(plot) => paintGuideLabels(plot, guides)],
      setSelect: [(plot) => zoomTo(plot)],
      setCursor: [onCursor],
    },
  }
  const library = new uPlot(options, alignedData(lines, data.x.log), target)

  function show(x: Range, y: Range): void {
    if (!isRange(x) || !isRange(y)) return
    view = { x, y }
    zoomed = x !== home.x || y !== home.y
    library.batch(() => {
      library.setScale('x', { min: x[0], max: x[1] })
      library.setScale('y', { min: y[0], max: y[1] })
    })
    onView()
  }
  function reset(): void {
    show(home.x, home.y)
  }
  /** Where only one side was dragged the other stays as it is. */
  function zoomTo(plot: UPlot): void {
    const { left, top, width, height } = plot.select
    if (width <= 0 && height <= 0) return
    const whole = plot.over
    const x: Range = width < whole.clientWidth ? [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')] : view.x
    const y: Range = height < whole.clientHeight ? [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')] : view.y
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    show(x, y)
  }

  new ResizeObserver(() => {
    if (size().width !== library.width) library.setSize(size())
  }).observe(target)

  return {
    library,
    get view() {
      return view
    },
    get zoomed() {
      return zoomed
    },
    show,
    reset,
    refresh: () => {
      library.batch(() => {
        for (const [i, line] of lines.entries()) library.setSeries(i + 1, { show: isVisible(line) }, false)
      })
      home = homeRanges(data, lines)
      if (!zoomed) reset()
    },
    repaint: () => library.redraw(false, true),
  }
}

function isRange([least, most]: Range): boolean {
  return Number.isFinite(least) && Number.isFinite(most) && most - least > 1e-12 * Math.max(Math.abs(least), Math.abs(most))
}

/** The library's name for nulls that take in what is not there beside them. */
const EXPAND = 2

/** One list of x for all, as the library wants it: undefined where a series has nothing there, null where it has a gap. */
function alignedData(lines: readonly Line[], log: boolean | undefined): UPlot.AlignedData {
  const tables = lines.map(({ x, y, steps }): UPlot.AlignedData => {
    const order = [...x.keys()].filter((i) => Number.isFinite(x[i])).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0))
    const places = order.map((i) => x[i] ?? 0)
    const values = order.map((i) => (Number.isFinite(y[i]) ? (y[i] ?? null) : null))
    return steps ? [stepEdges(places, log), [...values, values.at(-1) ?? null]] : [places, values]
  })
  // A gap is one also where only other series have an x inside it.
  const expand = tables.map((table) => table.map(() => EXPAND))
  return tables.length > 0 ? uPlot.join(tables, expand) : [[]]
}

/** A value holds halfway to its neighbours; the first and the last only inwards. */
function stepEdges(x: readonly number[], log: boolean | undefined): number[] {
  const between = x.slice(1).map((value, i) => (log ? Math.sqrt(value * (x[i] ?? value)) : (value + (x[i] ?? value)) / 2))
  return [...x.slice(0, 1), ...between, ...x.slice(-1)]
}

/** What of a line is no line: points between two gaps. */
function loneOf(line: Line): Line {
  const { x, y, error } = line
  const alone = [...y.keys()].filter((i) => Number.isFinite(y[i]) && !Number.isFinite(y[i - 1]) && !Number.isFinite(y[i + 1]))
  const of = (values: readonly number[]): number[] => alone.map((i) => values[i] ?? Number.NaN)
  return { ...line, x: of(x), y: of(y), error: of(error), low: [], high: [] }
}

/** @param thin share of the usual width */
function seriesOf(line: Line, thin: number): UPlot.Series {
  const { linear, stepped } = uPlot.paths
  const build = line.steps ? stepped?.({ align: 1 }) : linear?.()
  return {
    label: line.entry.name,
    stroke: () => colourOf(line.entry.colour),
    width: (line.role === 'data' || line.role === 'curve' ? 1.6 : 1.25) * thin,
    dash: [...line.dash],
    points: { show: false },
    // Curves through rounded pixels look like stairs.
    pxAlign: 0,
    paths: line.stroke && build ? build : () => null,
  }
}

function axisOf(data: ChartData, scale: 'x' | 'y', range: () => Range): UPlot.Axis {
  const axis = data[scale]
  const line = { stroke: () => colourOf('--line'), width: 1 }
  const font = getComputedStyle(document.body).fontFamily
  return {
    scale,
    // Room for the label, which is painted in paint.ts.
    label: ' ',
    labelSize: 22,
    labelGap: scale === 'x' ? 2 : 6,
    font: `12px ${font}`,
    stroke: () => colourOf('--text'),
    grid: { stroke: () => colourOf('--faint'), width: 1 },
    ticks: { ...line, size: 5 },
    border: { ...line, show: true },
    gap: 4,
    size: scale === 'x' ? 27 : (plot, texts) => widthOf(plot, texts ?? []) + 14,
    // All of them fit: as many as have room were chosen.
    space: 1,
    splits: (plot) => {
      // Of the area of the data itself nothing is known yet when the first ticks are chosen.
      return scale === 'x' ? ticksOf(axis, range(), plot.width - 80, 62) : ticksOf(axis, range(), plot.height - 70, 34)
    },
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((split) => tickText(split, splits)),
  }
}

function widthOf({ ctx }: UPlot, texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => ctx.measureText(text).width)) / devicePixelRatio
}
