import { createHash } from 'node:crypto'

// Black and white pictures, and what counts as a rectangle in them.

/** What counts as a rectangle: all of its pixels are black, its sides lie along the picture's. */
export const definitionNames = ['exact', 'no-points', 'among-4', 'among-8'] as const
/**
 * `exact`: the black pixels are one rectangle and nothing else (36 of the 512 pictures of 3 x 3). `no-points`: the same, but a
 * single pixel is none (27). `among-4`: exactly one of the connected pieces of black is a rectangle, whatever the others are;
 * pixels are connected by their sides (140). `among-8`: the same, pixels being connected by their corners too (68).
 */
export type Definition = (typeof definitionNames)[number]

/** A picture, row by row: 1 is black. */
export type Picture = Uint8Array

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Whether the definition finds a rectangle in a picture. */
export function showsRectangle(picture: Picture, size: Size, definition: Definition): boolean {
  if (definition === 'among-4' || definition === 'among-8') {
    const pieces = piecesOf(picture, size, definition === 'among-8')
    return pieces.filter((piece) => fills(piece, size)).length === 1
  }
  const black: number[] = []
  for (let i = 0; i < picture.length; i++) if (picture[i] === 1) black.push(i)
  return black.length > (definition === 'no-points' ? 1 : 0) && fills(black, size)
}

/** Whether pixels, none of them twice, fill the least rectangle that they are all in. */
function fills(pixels: readonly number[], { width }: Size): boolean {
  let [top, bottom, left, right] = [Number.POSITIVE_INFINITY, -1, width, -1]
  for (const pixel of pixels) {
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
    left = Math.min(left, column)
    right = Math.max(right, column)
  }
  return (bottom - top + 1) * (right - left + 1) === pixels.length
}

/** The connected pieces of black pixels; `corners`: whether pixels that share only a corner are connected. */
function piecesOf(picture: Picture, { width, height }: Size, corners: boolean): number[][] {
  const seen = new Uint8Array(picture.length)
  const pieces: number[][] = []
  for (const start of picture.keys()) {
    if (picture[start] !== 1 || seen[start] === 1) continue
    const piece = [start]
    seen[start] = 1
    // The list grows while it is walked through.
    for (const pixel of piece) {
      const [row, column] = [Math.floor(pixel / width), pixel % width]
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (!corners && dx !== 0 && dy !== 0) continue
          if (row + dy < 0 || row + dy >= height || column + dx < 0 || column + dx >= width) continue
          const next = pixel + dy * width + dx
          if (picture[next] !== 1 || seen[next] === 1) continue
          seen[next] = 1
          piece.push(next)
        }
      }
    }
    pieces.push(piece)
  }
  return pieces
}

/** A text that two pictures of one size share exactly if they are the same. */
export function nameOf(picture: Picture): string {
  return picture.length <= 64 ? Buffer.from(picture).toString('latin1') : createHash('sha256').update(picture).digest('base64')
}
