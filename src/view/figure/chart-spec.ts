/**
 * From figures, as chart.ts says what they show, to one drawing: a chart alone, or several in a grid of two columns.
 * Charts of the same series share a legend above the grid; others have their own beside them. Refuses nothing: what cannot
 * be drawn, such as numbers that are none, is left out.
 */
import type { Chart, Figure, Pictures } from './chart.ts'
import { type Plot, plotOf } from './chart-layers.ts'
import { legendBeside, legendInRows } from './legend.ts'
import { picturesPlot } from './pictures-spec.ts'
import { type FigureSpec, widthOf } from './render.ts'
import { type Looks, looksOf, roleOf } from './series-look.ts'

const ALONE = { width: 500, height: 330 } as const
const IN_GRID = { width: 350, height: 225 } as const
const COLUMNS = 2
/** Between the plot, or the labels beside it, and the legend. */
const LEGEND_GAP = 18
const TITLE_LINES = 2
const TITLE = 15
const SUBTITLE_LINES = 3
const SUBTITLE = 11.5
/** How much higher a line of a title is than one of a subtitle. */
const TALLER = 3
const TITLE_OFFSET = 12
/** Room for the title of a narrow picture. */
const LEAST = 300

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
  return chartView(drawn(chart, looksOf([chart]), ALONE), true)
}

/** Of all charts, where one of them has every name of data; curves and guides beside them may be those of one chart only. */
function sharedLooks(charts: readonly Chart[]): Looks | undefined {
  if (charts.length < 2) return undefined
  const namesIn = (some: readonly Chart[]): number =>
    new Set(some.flatMap(({ series }) => series.filter((one) => roleOf(one) === 'data').map(({ name }) => name))).size
  const most = Math.max(...charts.map((chart) => namesIn([chart])))
  return most > 0 && most === namesIn(charts) ? looksOf(charts) : undefined
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
  return blocks.map((block) => (Array.isArray(block) ? gridOf(block, shared) : withPictures(block)))
}

function gridOf(charts: readonly Chart[], shared: Looks | undefined): Block {
  const all = charts.map((chart) => drawn(chart, shared ?? looksOf([chart]), IN_GRID))
  return {
    columns: COLUMNS,
    align: 'each',
    spacing: { row: 34, column: 36 },
    concat: all.map((one, k) => {
      const row = k - (k % COLUMNS)
      return chartView(one, shared === undefined, all.slice(row, row + COLUMNS))
    }),
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** A chart of which everything but its head is known. */
interface Drawn {
  readonly chart: Chart
  readonly looks: Looks
  readonly size: Size
  readonly plot: Plot
  readonly title: readonly string[]
  readonly subtitle: readonly string[]
}

function drawn(chart: Chart, looks: Looks, size: Size): Drawn {
  const plot = plotOf(chart, looks, size)
  const room = size.width + plot.right
  return { chart, looks, size, plot, title: titleOf(chart, room), subtitle: subtitleOf(chart, room) }
}

/** @param row the charts beside each other, so that their titles are level */
function chartView({ looks, size, plot, title, subtitle }: Drawn, ownLegend: boolean, row: readonly Drawn[] = []): Part {
  const { layers, above, right } = plot
  const left = size.width + right + LEGEND_GAP
  const legend = ownLegend && looks.entries.length > 0 ? legendBeside(looks.entries, { x: left, y: 0 }, size.height) : undefined
  // Lines of the head that others of the row have more: empty ones below keep the titles level.
  const more = (of: (one: Drawn) => number, own: number): number => Math.max(0, ...row.map((other) => of(other) - own))
  const [titles, lines] = [more((one) => one.title.length, title.length), more((one) => one.subtitle.length, subtitle.length)]
  const padding = Math.max(0, ...row.map((other) => other.plot.above)) - (row.length > 0 ? above : 0)
  return {
    ...size,
    title: {
      ...headOf(title, [...subtitle, ...Array<string>(titles + lines).fill(' ')], left + (legend?.width ?? -LEGEND_GAP)),
      offset: TITLE_OFFSET + padding + titles * TALLER,
    },
    layer: [...layers, ...(legend?.layers ?? [])],
  }
}

function withPictures(figure: Pictures): Part {
  const { width, height, layers } = picturesPlot(figure)
  const room = Math.max(width, LEAST)
  return { width, height, title: { ...headOf(titleOf(figure, room), subtitleOf(figure, room), room), offset: TITLE_OFFSET }, layer: layers }
}

/** Longer titles are cut. */
function headOf(title: readonly string[], subtitle: readonly string[], limit: number) {
  return { text: [...title], ...(subtitle.length > 0 ? { subtitle: [...subtitle] } : {}), limit }
}

function titleOf({ title }: Figure, width: number): readonly string[] {
  return wrapped(title, width, TITLE_LINES, { fontSize: TITLE, fontWeight: 'bold' })
}

function subtitleOf({ subtitle = '' }: Figure, width: number): readonly string[] {
  return wrapped(subtitle, width, SUBTITLE_LINES, { fontSize: SUBTITLE })
}

/** In lines that fit; what is left over is on the last one, which is cut. */
function wrapped(text: string, width: number, most: number, font: Parameters<typeof widthOf>[0]): readonly string[] {
  const lines: string[] = []
  // Not at spaces that do not break.
  for (const word of text.split(/[ \t\n\r]+/).filter(Boolean)) {
    const last = lines.at(-1)
    const longer = `${last} ${word}`
    if (last !== undefined && (lines.length === most || widthOf(font, longer) <= width)) {
      lines[lines.length - 1] = longer
    } else lines.push(word)
  }
  return lines
}
