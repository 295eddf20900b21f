/**
 * How series look by their names, so that `L = 32` is the same in every chart of a figure: a colour and a symbol for data,
 * the same colour for what is exact about them, grey for what only guides the eye. Colour never stands alone: symbols
 * and dashes tell the same apart.
 */
import type { Chart, Series } from './chart.ts'
import { COLOUR, GREY, ORDERED } from './render.ts'
import { sequenceOf } from './sequence.ts'

interface Line {
  readonly colour: string
  readonly width: number
  readonly dash: readonly number[]
}

export interface Look {
  readonly name: string
  readonly colour: string
  /** Of points; undefined where nothing of this name has points. */
  readonly shape?: string
  /** In the legend; undefined where nothing of this name is a line. */
  readonly line?: Line
}

export interface Looks {
  /** In the order of the legend: data, what is exact, guides. */
  readonly entries: readonly Look[]
  /** How the lines of one series are drawn. */
  lineOf(series: Series): Line
  /** How the points of one series are drawn. */
  pointsOf(series: Series): { readonly colour: string; readonly shape: string }
}

/** Fewer than colours, and no divisor of their number, so that a colour that comes again has another shape. */
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down']
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [7, 3, 2, 3]]
const GUIDE_DASHES: readonly (readonly number[])[] = [
  [5, 4],
  [2, 3],
  [9, 3, 2, 3],
]
const DASHED: readonly number[] = [6, 3]
/** Light enough to lie behind data. */
const GUIDE_COLOUR = '#757575'

/** Looks of all series of charts that share them. */
export function looksOf(charts: readonly Chart[]): Looks {
  const all = charts.flatMap(({ series }) => series)
  const data = namesOf(all, 'data')
  // A curve without its data is one beside them.
  const exact = [...new Set([...namesOf(all, 'exact'), ...namesOf(all, 'curve')])].filter((name) => !data.includes(name))
  const guides = namesOf(all, 'guide').filter((name) => !data.includes(name) && !exact.includes(name))
  const colours = coloursOf(data)
  const colourOf = (name: string): string => colours[data.indexOf(name)] ?? GREY.text
  const ofData = (name: string): readonly Series[] => all.filter((series) => series.name === name && roleOf(series) === 'data')
  const curved = new Set(namesOf(all, 'curve'))
  const lined = new Set(data.filter((name) => curved.has(name) || ofData(name).some(({ mark }) => mark !== 'points')))
  const pointed = new Set(data.filter((name) => ofData(name).some(hasPoints)))
  const ordered = sequenceOf(data)
  const lineOf = (name: string, role: NonNullable<Series['role']>): Line => {
    if (role === 'guide') return { colour: GUIDE_COLOUR, width: 1.25, dash: at(GUIDE_DASHES, Math.max(0, guides.indexOf(name))) }
    const k = data.indexOf(name)
    if (role === 'data' || (role === 'curve' && k >= 0))
      return { colour: colourOf(name), width: 1.6, dash: at(DASHES, ordered ? (ordered[k]?.group ?? 0) : Math.floor(k / COLOURS.length)) }
    return { colour: colourOf(name), width: 1.25, dash: k < 0 ? at(DASHES, exact.indexOf(name)) : lined.has(name) ? DASHED : [] }
  }
  const shapeOf = (name: string): string => at(SHAPES, Math.max(0, data.indexOf(name)))
  const known = all.some((series) => roleOf(series) === 'exact' && data.includes(series.name))
  // A curve through points of its own colour needs a word, once for all of them.
  const word = known
    ? [{ name: 'exact', colour: GREY.text, line: { colour: GREY.text, width: 1.25, dash: lined.size > 0 ? DASHED : [] } }]
    : []
  return {
    entries: [
      ...data.map((name) => ({
        name,
        colour: colourOf(name),
        ...(pointed.has(name) ? { shape: shapeOf(name) } : {}),
        ...(lined.has(name) ? { line: lineOf(name, 'data') } : {}),
      })),
      ...(exact.includes('exact') ? [] : word),
      ...exact.map((name) => ({ name, colour: GREY.text, line: lineOf(name, 'exact') })),
      ...guides.map((name) => ({ name, colour: GUIDE_COLOUR, line: lineOf(name, 'guide') })),
    ].filter(({ name }) => name.trim() !== ''),
    lineOf: (series) => lineOf(series.name, roleOf(series)),
    pointsOf: (series) => ({
      colour: roleOf(series) === 'guide' ? GUIDE_COLOUR : colourOf(series.name),
      shape: shapeOf(series.name),
    }),
  }
}

export function roleOf({ role = 'data' }: Series): NonNullable<Series['role']> {
  return role
}

export function hasPoints({ mark }: Series): boolean {
  return mark === 'points' || mark === 'points and line'
}

function namesOf(all: readonly Series[], role: Series['role']): readonly string[] {
  return [...new Set(all.filter((series) => roleOf(series) === role).map(({ name }) => name))]
}

const COLOURS = Object.values(COLOUR)

/** A scale for series that are ordered; of others colours of their own, which come again where they are many. */
export function coloursOf(names: readonly string[]): readonly string[] {
  const ordered = sequenceOf(names)
  return names.map((_, k) => (ordered ? between(ORDERED.light, ordered[k]?.place ?? 0) : at(COLOURS, k)))
}

function between(colours: readonly string[], share: number): string {
  const place = share * (colours.length - 1)
  const k = Math.min(colours.length - 2, Math.floor(place))
  const [low, high] = [rgbOf(at(colours, k)), rgbOf(at(colours, k + 1))]
  const mixed = low.map((value, c) => Math.round(value + (place - k) * ((high[c] ?? value) - value)))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function rgbOf(colour: string): readonly number[] {
  return [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16))
}

/** Cyclic. */
function at<T>(values: readonly T[], k: number): T {
  return values[k % values.length] as T
}
