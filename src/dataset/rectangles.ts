import { UsageError } from '../errors.ts'
import type { SymmetryName } from '../model/physics.ts'
import type { Dataset } from './dataset.ts'
import { drawPictures } from './drawing.ts'
import { type Definition, type Picture, showsRectangle, type Size } from './picture.ts'
import { Random } from './random.ts'
import { checkRoom } from './room.ts'

/** Pixels up to which all pictures are made. */
const ALL_PIXELS = 16
const DEFAULT_COUNT = 10_000
/** Longest side of a picture. */
const MOST_SIDE = 256

/** What `rectangles` is asked for. */
export interface RectangleSettings {
  readonly width: number
  readonly height: number
  readonly definition: Definition
  /** Examples; default: all pictures of up to 16 pixels, else 10000, or as many as there are. */
  readonly count?: number | undefined
  readonly seed: string
}

/**
 * Pictures (height, width) of 0 and 1, where 1 is black, labelled 1 where there is a rectangle in them. Small ones are all
 * there are, in order of the number whose binary digits they are; else half have a rectangle, and none is there twice.
 *
 * @throws UsageError for sides that are not possible, and where more are asked for than there are
 */
export function rectangles({ width, height, definition, count, seed }: RectangleSettings): Dataset {
  for (const [name, side] of Object.entries({ width, height })) {
    if (!Number.isInteger(side) || side < 1 || side > MOST_SIDE) {
      throw new UsageError(`--${name}: ${side} is not possible; allowed: whole numbers from 1 to ${MOST_SIDE}`)
    }
  }
  const pixels = width * height
  if (pixels < 2) throw new UsageError('--width, --height: a picture of one pixel shows nothing; allowed: 2 pixels or more')
  if (count !== undefined && (!Number.isInteger(count) || count < 2)) {
    throw new UsageError(`--count: ${count} is not possible; allowed: whole numbers from 2`)
  }
  const most = count ?? DEFAULT_COUNT
  checkRoom(most * pixels, `${most} pictures of ${width} x ${height} pixels`, 'ask for a smaller --count')
  const random = new Random('rectangles', width, height, definition, seed)
  const size = { width, height }
  const small = pixels <= ALL_PIXELS
  const pictures = small ? someOf(size, definition, count, random) : drawPictures(size, definition, count, DEFAULT_COUNT, random)
  const x = new Float32Array(pictures.length * pixels)
  for (const [i, picture] of pictures.entries()) x.set(picture, i * pixels)
  const symmetries: SymmetryName[] = width === height ? ['reflection', 'transposition'] : ['reflection']
  return {
    title: `Rectangles in ${width} x ${height} pixels`,
    count: pictures.length,
    shape: [height, width],
    x,
    y: {
      kind: 'classes',
      names: ['no rectangle', 'rectangle'],
      values: Int32Array.from(pictures, (picture) => (showsRectangle(picture, size, definition) ? 1 : 0)),
    },
    symmetries,
    notes: { kind: 'rectangles', definition },
  }
}

/** All small pictures; or as many as asked for, half of them with a rectangle. */
function someOf(size: Size, definition: Definition, count: number | undefined, random: Random): Picture[] {
  const pixels = size.width * size.height
  const all = Array.from({ length: 2 ** pixels }, (_, number) => Uint8Array.from({ length: pixels }, (_, i) => (number >> i) & 1))
  if (count === undefined || count === all.length) return all
  const [yes, no] = [true, false].map((label) => all.filter((picture) => showsRectangle(picture, size, definition) === label))
  const [wanted, others] = [Math.floor(count / 2), Math.ceil(count / 2)]
  if (wanted > (yes?.length ?? 0) || others > (no?.length ?? 0)) {
    const most = 2 * Math.min(yes?.length ?? 0, no?.length ?? 0)
    throw new UsageError(
      `--count: ${count} pictures, half of them with a rectangle, are more than there are; allowed: up to ${most}; all ${all.length} pictures without --count`,
    )
  }
  return random.shuffle([...random.shuffle(yes ?? []).slice(0, wanted), ...random.shuffle(no ?? []).slice(0, others)])
}
