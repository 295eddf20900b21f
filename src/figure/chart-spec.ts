/**
 * From figures, as chart.ts says what they show, to one drawing: a chart alone, or several in a grid of two columns.
 * Charts of the same series share a legend above the grid; others have their own beside them. Refuses nothing: what cannot
 * be drawn, such as numbers that are none, is left out.
 */
import type { Chart, Figure, Pictures } from './chart.ts'
import { plotOf } from './chart-layers.ts'
import { legendBeside, legendInRows } from './legend.ts'
import { picturesPlot } from './pictures-spec.ts'
import { type FigureSpec, type Layers, widthOf } from './render.ts'
import { type Looks, looksOf } from './series-look.ts'

const ALONE = { width: 500, height: 330 } as const
const IN_GRID = { width: 350, height: 225 } as const
const COLUMNS = 2
/** Between the plot, or the labels beside it, and the legend. */
const LEGEND_GAP = 18
const SUBTITLE_LINES = 3

type Part = Extract<FigureSpec, { layer: unknown }>
/** What can stand below others. */
type Block = Extract<FigureSpec, { vconcat: unknown }>['vconcat'][number]

/** One drawing of one figure or more; the same text for the same figures, whatever machine. */
export function figureSpec(figures: readonly Figure[]): FigureSpec {
  const description = figures.map(({ title, description: says }) => `${title}. ${says}`).join(' ')
  const [first] = figures
  if (first && figures.length === 1) return { description, ...(first.kind === 'chart' ? alone(first) : withPictures(first)) }
  const charts = figures.filter((figure) => figure.kind === 'chart')
  const shared = sharedLooks(charts)
  const legend = shared && shared.entries.length > 0 ? [legendView(shared)] : []
  return { description, spacing: 30, vconcat: [...legend, ...blocksOf(figures, shared)] }
}

function alone(chart: Chart): Part {
  return chartView(chart, looksOf([chart]), ALONE, true)
}

/** Of all charts, where the legend of one of them has every name of the others. */
function sharedLooks(charts: readonly Chart[]): Looks | undefined {
  if (charts.length < 2) return undefined
  const all = looksOf(charts)
  return charts.some((chart) => looksOf([chart]).entries.length === all.entries.length) ? all : undefined
}

function legendView(looks: Looks): Part {
  const { layers, width, height } = legendInRows(looks.entries, COLUMNS * IN_GRID.width + 80)
  return { width, height, layer: layers }
}

/** Charts that follow each other in a grid, pictures in a row of their own, in the order they came. */
function blocksOf(figures: readonly Figure[], shared: Looks | undefined): Block[] {
  const blocks: (Pictures | Chart[])[] = []
  for (const figure of figures) {
    const last = blocks.at(-1)
    if (figure.kind === 'pictures') blocks.push(figure)
    else if (Array.isArray(last)) last.push(figure)
    else blocks.push([figure])
  }
  return blocks.map((block) =>
    Array.isArray(block)
      ? {
          columns: COLUMNS,
          align: 'each',
          spacing: { row: 34, column: 36 },
          concat: block.map((chart) => chartView(chart, shared ?? looksOf([chart]), IN_GRID, shared === undefined)),
        }
      : withPictures(block),
  )
}

function chartView(chart: Chart, looks: Looks, size: { readonly width: number; readonly height: number }, ownLegend: boolean): Part {
  const { layers, above, right } = plotOf(chart, looks, size)
  const beside = { x: size.width + right + LEGEND_GAP, y: 0 }
  const legend = ownLegend && looks.entries.length > 0 ? legendBeside(looks.entries, beside, size.height) : undefined
  const width = legend ? beside.x + legend.width : size.width + right
  return { ...size, title: headOf(chart, width, above), layer: [...layers, ...(legend?.layers ?? [])] as Layers }
}

function withPictures(figure: Pictures): Part {
  const plot = picturesPlot(figure)
  return { ...plot, title: headOf(figure, typeof plot.width === 'number' ? plot.width : ALONE.width, 0) }
}

/** @param above what stands between the title and the plot, pixels */
function headOf({ title, subtitle }: Figure, width: number, above: number) {
  const lines = subtitle === undefined ? [] : wrapped(subtitle, width, 11.5)
  return { text: title, ...(lines.length > 0 ? { subtitle: lines } : {}), limit: width, offset: 12 + above }
}

/** Lines that fit; what is left over is on the last one, which is cut. */
function wrapped(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = []
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    const longer = `${last} ${word}`
    if (last !== undefined && (lines.length === SUBTITLE_LINES || widthOf({ fontSize }, longer) <= width)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
