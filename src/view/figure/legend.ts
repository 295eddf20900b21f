/**
 * A legend in pixels: a piece of the line, the symbol and the name of each series. The renderer's own legends know one kind
 * of mark each, and make two entries of data and the curve through them.
 */
import { type Layers, GREY, widthOf } from './render.ts'
import type { Look } from './series-look.ts'

export interface Legend {
  readonly layers: Layers
  readonly width: number
  readonly height: number
}

const ROW = 18
/** Room for a piece of a line, or for a symbol alone. */
const SYMBOL = { line: 24, point: 10 } as const
const GAP = 7
const BETWEEN = 20
const FONT = 11.5
/** Widest name; longer ones are cut. */
const NAME = 210

/** Below each other, in a second column where there is no room. @param at top left corner; height is that of the plot beside it */
export function legendBeside(entries: readonly Look[], at: { readonly x: number; readonly y: number }, height: number): Legend {
  const rows = Math.max(1, Math.floor(height / ROW))
  const columns = Math.ceil(entries.length / rows)
  const symbol = symbolOf(entries)
  const inEach = Math.ceil(entries.length / Math.max(1, columns))
  let x = at.x
  const placed = Array.from({ length: columns }, (_, c) => {
    const column = entries.slice(c * inEach, (c + 1) * inEach)
    const left = x
    x += widest(column, symbol) + BETWEEN
    return column.map((look, k) => ({ look, x: left, y: at.y + (k + 0.5) * ROW }))
  })
  return { layers: layersOf(placed.flat(), symbol), width: entries.length > 0 ? x - BETWEEN - at.x : 0, height: inEach * ROW }
}

/** After each other, in as many rows as it takes. @param top where it begins */
export function legendInRows(entries: readonly Look[], width: number, top = 0): Legend {
  const symbol = symbolOf(entries)
  let [x, y] = [0, top]
  const placed = entries.map((look) => {
    const room = widest([look], symbol)
    if (x > 0 && x + room > width) [x, y] = [0, y + ROW]
    const place = { look, x, y: y + ROW / 2 }
    x += room + BETWEEN
    return place
  })
  return { layers: layersOf(placed, symbol), width, height: y + ROW - top }
}

function symbolOf(entries: readonly Look[]): number {
  return entries.some(({ line }) => line) ? SYMBOL.line : SYMBOL.point
}

function widest(entries: readonly Look[], symbol: number): number {
  return Math.max(0, ...entries.map(({ name }) => symbol + GAP + widthOf({ fontSize: FONT, limit: NAME }, name)))
}

interface Placed {
  readonly look: Look
  readonly x: number
  readonly y: number
}

/** What is given in pixels has no axis and no scale. */
export function pixels(field: string) {
  return { field, type: 'quantitative', scale: null, axis: null } as const
}

/** What is in the data as it is drawn: a colour, a shape. */
export function asIs(field: string) {
  return { field, type: 'nominal', scale: null, legend: null } as const
}

function layersOf(placed: readonly Placed[], symbol: number): Layers {
  const lines = placed.flatMap(({ look: { line }, x, y }) =>
    line ? [{ x, x2: x + symbol, y, colour: line.colour, width: line.width, dash: [...line.dash] }] : [],
  )
  const symbols = placed.flatMap(({ look: { shape, colour }, x, y }) =>
    shape === undefined ? [] : [{ x: x + symbol / 2, y, shape, colour }],
  )
  const names = placed.map(({ look: { name }, x, y }) => ({ x: x + symbol + GAP, y, text: name }))
  const [x, y] = [pixels('x'), pixels('y')]
  return [
    ...lines.map(({ colour, width, dash, ...ends }): Layers[number] => ({
      data: { values: [ends] },
      mark: { type: 'rule', color: colour, strokeWidth: width, strokeDash: dash },
      encoding: { x, x2: { field: 'x2' }, y },
    })),
    ...(symbols.length === 0
      ? []
      : [
          {
            data: { values: symbols },
            mark: { type: 'point', size: 55 },
            encoding: { x, y, shape: asIs('shape'), color: asIs('colour') },
          } satisfies Layers[number],
        ]),
    {
      data: { values: names },
      mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: FONT, limit: NAME, color: GREY.text },
      encoding: { x, y, text: { field: 'text' } },
    },
  ]
}
