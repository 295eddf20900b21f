/**
 * From a figure's specification to SVG: the one place that knows how figures look. Figures say what is drawn; sizes of
 * text, colours of lines and the style of axes come from here. Vega takes a third of a second to load, so that it is
 * imported when the first figure is drawn. The same specification gives the same text on every machine: widths of text
 * are estimated here and never measured with the fonts of the machine, and ids count from one in each figure.
 */
import type { Config, TopLevelSpec } from 'vega-lite'
import { labelPieces, plainLabel, SCRIPT_LOOK } from './label.ts'
import { withTypesetLabels } from './svg-label.ts'

/** What a figure is before it is drawn: data and marks, no style. */
export type FigureSpec = TopLevelSpec
/** Marks over each other in one plot. */
export type Layers = Extract<FigureSpec, { layer: unknown }>['layer']

/**
 * Colours of Okabe and Ito, told apart with every kind of colour vision; orange and sky are darker than theirs, so that lines have a
 * contrast of 3 to white.
 */
export const COLOUR = {
  blue: '#0072B2',
  vermillion: '#D55E00',
  green: '#009E73',
  purple: '#CC79A7',
  orange: '#B87A00',
  sky: '#3A95C9',
  black: '#000000',
} as const

/**
 * For series that are ordered, such as temperatures: from cold to hot in even steps of lightness, with a contrast of 3 or more to the
 * background at both ends, on white and on the dark of pages.
 */
export const ORDERED = {
  light: ['#111e77', '#412192', '#732698', '#a42885', '#c93561', '#d55836', '#d17c1b'],
  dark: ['#5473d2', '#8c79e0', '#bf7cd9', '#ea86c1', '#ff9d95', '#ffbe73', '#f8e277'],
} as const

/** Of text and axes, of what is said beside, of lines that only guide the eye. */
export const GREY = { text: '#222222', quiet: '#5f5f5f', line: '#8a8a8a', faint: '#e6e6e6' } as const

/** From negative through 0 to positive; also the two signs where there is nothing between. */
export const DIVERGING = [COLOUR.blue, '#ffffff', COLOUR.vermillion] as const
/** From none to all. */
export const SEQUENTIAL = ['#ffffff', '#cfe3f1', COLOUR.blue, '#00304d'] as const

/** Without quotes, so that it can stand in an attribute of any renderer. */
const FONT = 'Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif'

const LOOK: Config = {
  font: FONT,
  background: '#ffffff',
  padding: 12,
  // A label for a screen reader at each of thousands of marks is noise; the whole figure has one.
  aria: false,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'group',
    color: GREY.text,
    fontSize: 15,
    fontWeight: 'bold',
    lineHeight: 18,
    subtitleColor: GREY.quiet,
    subtitleFontSize: 11.5,
    subtitleLineHeight: 15,
    subtitlePadding: 5,
    offset: 14,
    limit: 900,
  },
  axis: {
    labelColor: GREY.text,
    labelFontSize: 11,
    labelPadding: 4,
    titleColor: GREY.text,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    domainColor: GREY.line,
    tickColor: GREY.line,
    tickSize: 4,
    gridColor: GREY.faint,
    labelOverlap: 'greedy',
    labelFlush: false,
  },
  legend: {
    orient: 'right',
    offset: 18,
    labelColor: GREY.text,
    labelFontSize: 11.5,
    labelLimit: 220,
    titleColor: GREY.text,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titleLimit: 220,
    titlePadding: 8,
    rowPadding: 4,
    symbolSize: 70,
    symbolStrokeWidth: 2,
  },
  header: { labelColor: GREY.text, labelFontSize: 11.5, titleColor: GREY.text },
  line: { strokeWidth: 1.75, strokeJoin: 'round' },
  point: { filled: true, size: 45, opacity: 1 },
  text: { color: GREY.text, fontSize: 11.5 },
  range: { category: Object.values(COLOUR) },
}

/** What a figure is called where it cannot be seen: what it says of itself, else its title. */
export function labelOf({ title, description }: FigureSpec): string {
  if (description !== undefined) return description
  if (title === undefined || typeof title === 'string') return title ?? ''
  if ('text' in title && typeof title.text === 'string') return title.text
  return ''
}

let last: Promise<unknown> = Promise.resolve()

/**
 * The figure as an SVG document, the same text for the same specification. What is drawn at once is drawn one after
 * another, since the renderer numbers the ids of a page, not of a figure.
 */
export function renderSvg(spec: FigureSpec): Promise<string> {
  const drawn = last.then(() => draw(spec))
  last = drawn.catch(() => undefined)
  return drawn
}

async function draw(spec: FigureSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  vega.textMetrics.width = widthOf
  const silent = vega.logger(vega.Error)
  const compiled = compile(spec, { config: LOOK, logger: silent }).spec
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: silent })
  try {
    vega.resetSVGDefIds()
    return completed(withTypesetLabels(await view.toSVG()), plainLabel(labelOf(spec)))
  } finally {
    view.finalize()
  }
}

/**
 * With a name for screen readers, a line for each mark, without the characters that XML forbids even when escaped or that
 * reverse text, and with coordinates to a thousandth of a pixel: their last digits differ from one version of Node to the next. What stands
 * between tags stays as it is; no line begins inside a text.
 */
function completed(svg: string, label: string): string {
  const name = label.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const marks = svg
    .replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d{4,}(e-\d+)?/g, thousandths))
    .replace('<svg ', () => `<svg role="img" aria-label="${name}" `)
    .replace(/<(?=(g|path|line|rect|text|image|defs)\b)/g, '\n<')
  return `${marks}\n`.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
}

function thousandths(number: string): string {
  // Adding 0 makes 0 of -0.
  return String(Math.round(Number(number) * 1000) / 1000 + 0)
}

/** What the renderer tells of a text whose width it wants to know. */
interface MeasuredText {
  readonly text?: unknown
  readonly fontSize?: number
  readonly fontWeight?: string | number
  /** Where it is cut; 0 or nothing: never. */
  readonly limit?: number
}

declare module 'vega' {
  /** How wide text is, pixels; not in the package's own types. */
  const textMetrics: { width: (item: MeasuredText, text?: unknown) => number }
}

/** Pixels: a little more than the text takes in the usual fonts without serifs, so that nothing overlaps in the wider ones. */
export function widthOf({ text: own, fontSize = 11, fontWeight, limit }: MeasuredText, text: unknown = own): number {
  const bold = fontWeight === 'bold' ? 1.15 : 1
  let width = 0
  for (const { text: part, level } of labelPieces(String(text ?? '').trim())) {
    const size = fontSize * bold * (level === 0 ? 1 : SCRIPT_LOOK.size)
    for (const character of part) width += size * emsOf(character)
  }
  return Math.ceil(limit ? Math.min(limit, width) : width)
}

function emsOf(character: string): number {
  if (/[iljtfrI.,:;'|!()[\] \u00a0-]/.test(character)) return 0.37
  if (/[mwMW%@]/.test(character)) return 0.96
  return /[A-Z\u2e80-\uffff]/.test(character) ? 0.72 : 0.62
}
