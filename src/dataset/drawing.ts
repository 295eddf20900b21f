import { UsageError } from '../errors.ts'
import type { Random } from './random.ts'
import { type Definition, nameOf, type Picture, showsRectangle, type Size } from './picture.ts'

/**
 * Pictures too large to make all of: half with a rectangle, half without, none twice.
 *
 * A rectangle has each height and each width with equal probability, and lies anywhere with equal probability, so that large
 * ones are as frequent as small ones. Where the definition lets it have company, every other one has another figure beside it.
 * The pictures without a rectangle are, in turn, such as nearly have one: two rectangles apart, a rectangle with one pixel too
 * many or too few, a frame, a rectangle with a corner cut out; every ninth is noise of any density, or blank. What a definition
 * calls a rectangle all the same is left out; where one kind is used up, the others make up for it.
 */
export function drawPictures(size: Size, definition: Definition, count: number | undefined, usual: number, random: Random): Picture[] {
  const among = definition.startsWith('among')
  const there = rectangleCount(size) - (definition === 'no-points' ? size.width * size.height : 0)
  // With other figures beside it a rectangle makes more pictures than anybody counts.
  const most = among ? Number.POSITIVE_INFINITY : there
  if (count !== undefined && Math.floor(count / 2) > most) {
    throw new UsageError(`--count: ${count} pictures, half of them with a rectangle, are more than there are; allowed: up to ${2 * most}`)
  }
  const total = count ?? Math.min(usual, 2 * most)
  const yes = Math.floor(total / 2)
  const taken = new Set<string>()
  const drawn = (wanted: number, label: boolean, figures: readonly Figure[], last: Figure): Picture[] =>
    draw(wanted, figures, last, (figure) => {
      const picture = figure(size, random)
      if (!picture || showsRectangle(picture, size, definition) !== label) return undefined
      const name = nameOf(picture)
      if (taken.has(name)) return undefined
      taken.add(name)
      return picture
    })
  // Where most of them are wanted, drawing the last ones by chance would take long.
  const positive =
    2 * yes > most
      ? sampleOf(allRectangles(size, definition), yes, random)
      : drawn(yes, true, among ? [rectangle, accompanied] : [rectangle], accompanied)
  const nearly: readonly Figure[] = [pair, onePixelOff, frame, cornerCut]
  const negative = drawn(total - yes, false, [...nearly, ...nearly, noise], noise)
  const lacking = positive.length < yes ? 'with' : negative.length < total - yes ? 'without' : undefined
  if (lacking !== undefined) {
    throw new UsageError(
      `--count: of ${size.width} x ${size.height} pixels only ${lacking === 'with' ? positive.length : negative.length} different pictures ${lacking} a rectangle were found, and ${lacking === 'with' ? yes : total - yes} are needed; ask for fewer, or for larger pictures`,
    )
  }
  return random.shuffle([...positive, ...negative])
}

/** Draws a picture; undefined where the picture is too small for such a figure. */
type Figure = (size: Size, random: Random) => Picture | undefined

/** Tries after which a kind of picture is taken to be used up, and the one that stands in for it. */
const [TRIES, LAST_TRIES] = [100, 20_000]

/** As many as wanted, the figures in turn; `last` stands in for those that are used up. Fewer, where that is used up too. */
function draw(wanted: number, figures: readonly Figure[], last: Figure, attempt: (figure: Figure) => Picture | undefined): Picture[] {
  const pictures: Picture[] = []
  const usedUp = new Set<Figure>()
  const tried = (figure: Figure, tries: number): Picture | undefined => {
    for (let i = 0; i < tries; i++) {
      const picture = attempt(figure)
      if (picture) return picture
    }
    usedUp.add(figure)
    return undefined
  }
  for (let turn = 0; pictures.length < wanted; turn++) {
    const figure = figures[turn % figures.length] as Figure
    const picture = (usedUp.has(figure) ? undefined : tried(figure, TRIES)) ?? tried(last, LAST_TRIES)
    if (!picture) break
    pictures.push(picture)
  }
  return pictures
}

/** A rectangle of pixels: from (top, left), height and width. */
interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** Every height and width, and then every place, with equal probability. */
function boxIn({ width, height }: Size, random: Random, leastHeight = 1, leastWidth = 1): Box | undefined {
  if (height < leastHeight || width < leastWidth) return undefined
  const [h, w] = [random.between(leastHeight, height), random.between(leastWidth, width)]
  return { height: h, width: w, top: random.below(height - h + 1), left: random.below(width - w + 1) }
}

/** The picture with the pixels of a box set. */
function fill(picture: Picture, { width: row }: Size, { top, left, height, width }: Box, value: 0 | 1): Picture {
  for (let y = top; y < top + height; y++) picture.fill(value, y * row + left, y * row + left + width)
  return picture
}

function blank({ width, height }: Size): Picture {
  return new Uint8Array(width * height)
}

const rectangle: Figure = (size, random) => {
  const box = boxIn(size, random)
  return box && fill(blank(size), size, box, 1)
}

/** A rectangle with another figure somewhere, perhaps on top of it. */
const accompanied: Figure = (size, random) => over(rectangle(size, random), nearRectangle(size, random))

const pair: Figure = (size, random) => over(rectangle(size, random), rectangle(size, random))

const onePixelOff: Figure = (size, random) => {
  const box = boxIn(size, random)
  if (!box) return undefined
  const picture = fill(blank(size), size, box, 1)
  const { top, left, height, width } = box
  // From one pixel above to one below, and so on: within the box it is taken away, beside it added.
  const y = random.between(Math.max(0, top - 1), Math.min(size.height - 1, top + height))
  const x = random.between(Math.max(0, left - 1), Math.min(size.width - 1, left + width))
  const pixel = y * size.width + x
  picture[pixel] = picture[pixel] === 1 ? 0 : 1
  return picture
}

/** A rectangle with a hole that leaves an edge of the same thickness all around. */
const frame: Figure = (size, random) => {
  const box = boxIn(size, random, 3, 3)
  if (!box) return undefined
  const { top, left, height, width } = box
  const edge = random.between(1, Math.floor((Math.min(height, width) - 1) / 2))
  const hole = { top: top + edge, left: left + edge, height: height - 2 * edge, width: width - 2 * edge }
  return fill(fill(blank(size), size, box, 1), size, hole, 0)
}

/** An L: a rectangle without a smaller one in one of its corners. */
const cornerCut: Figure = (size, random) => {
  const box = boxIn(size, random, 2, 2)
  if (!box) return undefined
  const { top, left, height, width } = box
  const [h, w] = [random.between(1, height - 1), random.between(1, width - 1)]
  const cut = {
    height: h,
    width: w,
    top: random.below(2) === 0 ? top : top + height - h,
    left: random.below(2) === 0 ? left : left + width - w,
  }
  return fill(fill(blank(size), size, box, 1), size, cut, 0)
}

/** Pixels black with one probability, which is anything. */
const noise: Figure = (size, random) => {
  const density = random.uniform()
  return blank(size).map(() => (random.uniform() < density ? 1 : 0))
}

const nearRectangle: Figure = (size, random) => ([onePixelOff, frame, cornerCut][random.below(3)] as Figure)(size, random)

function over(one: Picture | undefined, other: Picture | undefined): Picture | undefined {
  return one && other && one.map((pixel, i) => pixel | (other[i] as number))
}

function rectangleCount({ width, height }: Size): number {
  return ((width * (width + 1)) / 2) * ((height * (height + 1)) / 2)
}

/** A picture with how likely it is to be drawn. */
interface Weighted {
  readonly picture: Picture
  readonly weight: number
}

function allRectangles(size: Size, definition: Definition): Weighted[] {
  const all: Weighted[] = []
  for (let height = 1; height <= size.height; height++) {
    for (let width = 1; width <= size.width; width++) {
      const places = (size.height - height + 1) * (size.width - width + 1)
      for (let place = 0; place < places; place++) {
        const across = size.width - width + 1
        const box = { height, width, top: Math.floor(place / across), left: place % across }
        const picture = fill(blank(size), size, box, 1)
        if (showsRectangle(picture, size, definition)) all.push({ picture, weight: 1 / places })
      }
    }
  }
  return all
}

/** Some of them, none twice: those with the largest u^(1/weight), u uniform (Efraimidis, Spirakis, Inf. Process. Lett. 97, 181 (2006)). */
function sampleOf(all: readonly Weighted[], wanted: number, random: Random): Picture[] {
  const keyed = all.map(({ picture, weight }) => ({ picture, key: Math.log(1 - random.uniform()) / weight }))
  return keyed
    .sort((a, b) => b.key - a.key)
    .slice(0, wanted)
    .map(({ picture }) => picture)
}
