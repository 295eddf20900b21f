/**
 * Pictures of lattices beside each other, each a PNG inside the figure. Cells are enlarged before, so that their edges are
 * sharp in any viewer, also where it smooths what it enlarges.
 */
import { encode } from 'fast-png'
import type { Picture, Pictures } from './chart.ts'
import { legendInRows, pixels } from './legend.ts'
import { GREY, type Layers } from './render.ts'

const GAP = 16
const CAPTION = 20
const KEY = 14
/** Widths of one picture, and of all of them in a row. */
const LEAST = 90
const MOST = 300
const ROW = 760

export interface PicturesPlot {
  readonly width: number
  readonly height: number
  readonly layers: Layers
}

export function picturesPlot({ pictures, columns, key = [] }: Pictures): PicturesPlot {
  const across = Math.max(1, Math.min(Math.floor(columns), pictures.length))
  const room = Math.max(LEAST, Math.min(MOST, Math.floor((ROW - (across - 1) * GAP) / across)))
  const widest = Math.max(1, ...pictures.map(({ width }) => width))
  // So many pixels for each cell that none is cut.
  const side = Math.max(1, Math.floor(room / widest)) * widest
  const tallest = Math.max(0, ...pictures.map(({ width, height }) => Math.round((side * height) / width)))
  const rows = Math.ceil(pictures.length / across)
  const width = Math.max(1, across * (side + GAP) - GAP)
  const height = Math.max(1, rows * (CAPTION + tallest + GAP) - GAP)
  const placed = pictures.map((picture, k) => ({
    picture,
    x: (k % across) * (side + GAP),
    y: Math.floor(k / across) * (CAPTION + tallest + GAP) + CAPTION,
    height: Math.round((side * picture.height) / picture.width),
  }))
  const legend = legendInRows(
    key.map(({ colour, name }) => ({ name, colour, shape: 'square' })),
    width,
    height + KEY,
  )
  const below = key.length > 0 ? KEY + legend.height : 0
  const [x, y] = [pixels('x'), pixels('y')]
  const images = placed.map((place): Layers[number] => ({
    data: { values: [{ x: place.x, y: place.y, url: dataUri(place.picture, 2 * side) }] },
    mark: { type: 'image', width: side, height: place.height, align: 'left', baseline: 'top', aspect: false, smooth: false },
    encoding: { x, y, url: { field: 'url', type: 'nominal' } },
  }))
  return {
    width,
    height: height + below,
    layers: [
      ...images,
      {
        data: { values: placed.map((place) => ({ x: place.x, x2: place.x + side, y: place.y, y2: place.y + place.height })) },
        mark: { type: 'rect', fill: null, stroke: GREY.line, strokeWidth: 0.75 },
        encoding: { x, x2: { field: 'x2' }, y, y2: { field: 'y2' } },
      },
      {
        data: { values: placed.map((place) => ({ x: place.x, y: place.y - 6, text: place.picture.caption })) },
        mark: { type: 'text', align: 'left', baseline: 'bottom', fontSize: 11.5, limit: side, color: GREY.text },
        encoding: { x, y, text: { field: 'text' } },
      },
      ...(key.length > 0 ? legend.layers : []),
    ],
  }
}

/** @param least pixels, across, that the enlarged picture has at least */
function dataUri({ width, height, rgba }: Picture, least: number): string {
  const times = Math.max(1, Math.ceil(least / width))
  const [wide, tall] = [width * times, height * times]
  const cells = new Uint32Array(rgba.slice().buffer)
  const data = new Uint32Array(wide * tall)
  for (let row = 0; row < tall; row++) {
    const from = Math.floor(row / times) * width
    for (let column = 0; column < wide; column++) data[row * wide + column] = cells[from + Math.floor(column / times)] ?? 0
  }
  const png = encode({ width: wide, height: tall, data: new Uint8Array(data.buffer), channels: 4, depth: 8 })
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`
}
