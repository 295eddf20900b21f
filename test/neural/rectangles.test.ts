import { describe, expect, it } from 'vitest'
import { type Definition, definitionNames, showsRectangle } from '../../src/dataset/picture.ts'
import { splitParts } from '../../src/dataset/split.ts'
import { imagesOf } from '../../src/dataset/symmetry.ts'
import { type RectangleSettings, rectangles } from '../../src/dataset/rectangles.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'

const make = (settings: Partial<RectangleSettings>): Dataset =>
  rectangles({ width: 3, height: 3, definition: 'exact', seed: '1', ...settings })

const labels = ({ y }: Dataset): number[] => Array.from(y.values)
const positives = (dataset: Dataset): number => labels(dataset).reduce((a, b) => a + b, 0)

/** Pictures as text, so that they can be compared. */
function pictures({ count, x }: Dataset): string[] {
  const width = x.length / count
  return Array.from({ length: count }, (_, i) => x.subarray(i * width, (i + 1) * width).join(''))
}

/** A picture drawn with # and . in rows. */
function drawn(...rows: readonly string[]): { readonly picture: Uint8Array; readonly size: { width: number; height: number } } {
  const picture = Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0))
  return { picture, size: { width: rows[0]?.length ?? 0, height: rows.length } }
}

/** Definitions by which a drawing has a rectangle. */
function finding(...rows: readonly string[]): Definition[] {
  const { picture, size } = drawn(...rows)
  return definitionNames.filter((definition) => showsRectangle(picture, size, definition))
}

describe('a rectangle', () => {
  it('is in 36 of the 512 pictures of 3 x 3, 27 without single pixels, and in 140 or 68 among other things', () => {
    const counts = definitionNames.map((definition) => positives(make({ definition })))
    expect(Object.fromEntries(definitionNames.map((name, i) => [name, counts[i]]))).toEqual({
      exact: 36,
      'no-points': 27,
      'among-4': 140,
      'among-8': 68,
    })
  })

  it('is found as every definition says', () => {
    expect(finding('....', '.##.', '.##.')).toEqual(['exact', 'no-points', 'among-4', 'among-8'])
    expect(finding('####', '####')).toEqual(['exact', 'no-points', 'among-4', 'among-8'])
    expect(finding('....', '..#.')).toEqual(['exact', 'among-4', 'among-8'])
    expect(finding('....', '....')).toEqual([])
    expect(finding('##..', '#...')).toEqual([])
    expect(finding('##..', '....', '..##')).toEqual([])
    // The rectangle touches the angle with a corner only, or not at all.
    expect(finding('##...', '##...', '..##.', '...#.')).toEqual(['among-4'])
    expect(finding('##...', '##...', '...##', '....#')).toEqual(['among-4', 'among-8'])
    // Rows do not go on in the next one.
    expect(finding('..#', '#..')).toEqual([])
  })

  it('stays one in the mirror, and transposed', () => {
    const size = { width: 3, height: 3 }
    for (const definition of definitionNames) {
      const all = make({ definition })
      const known = new Map(pictures(all).map((picture, i) => [picture, labels(all)[i]]))
      for (const from of imagesOf([size.height, size.width], ['reflection', 'transposition'])) {
        for (const [picture, label] of known) {
          expect(known.get(Array.from(from, (pixel) => picture[pixel] as string).join(''))).toBe(label)
        }
      }
    }
  })
})

describe('small pictures', () => {
  it('are all there are, in order of the number whose binary digits they are', () => {
    const dataset = make({ width: 3, height: 2 })
    expect(dataset).toMatchObject({ count: 64, shape: [2, 3], symmetries: ['reflection'], notes: { definition: 'exact' } })
    const binary = Array.from({ length: 64 }, (_, number) => [...number.toString(2).padStart(6, '0')].reverse().join(''))
    expect(pictures(dataset)).toEqual(binary)
    expect(positives(dataset)).toBe(18)
  })

  it('are split with all their images where training shows these too', () => {
    const dataset = make({})
    expect(dataset.symmetries).toEqual(['reflection', 'transposition'])
    const parts = (symmetries: readonly string[]): Map<string, number | undefined> => {
      const part = splitParts(dataset, { validation: 0, test: 0.4 }, '1', symmetries)
      return new Map(pictures(dataset).map((picture, i) => [picture, part[i]]))
    }
    // By Burnside's lemma there are 102 classes of 3 x 3 pictures under the eight symmetries of a square.
    const images = imagesOf([3, 3], dataset.symmetries)
    const orbits = new Map(pictures(dataset).map((picture) => [picture, images.map((from) => [...from].map((i) => picture[i]).join(''))]))
    expect(new Set([...orbits.values()].map((orbit) => [...orbit].sort()[0])).size).toBe(102)
    const together = (split: Map<string, number | undefined>): boolean =>
      [...orbits].every(([picture, orbit]) => orbit.every((image) => split.get(image) === split.get(picture)))
    expect(together(parts(dataset.symmetries))).toBe(true)
    expect(together(parts([]))).toBe(false)
    expect([...parts([]).values()].filter((part) => part === 2)).toHaveLength(205)
  })

  it('are half with a rectangle where so many are asked for, and none twice', () => {
    const some = make({ count: 60, seed: '5' })
    expect([some.count, positives(some), new Set(pictures(some)).size]).toEqual([60, 30, 60])
    expect(pictures(make({ count: 60, seed: '5' }))).toEqual(pictures(some))
    expect(pictures(make({ count: 60, seed: '6' }))).not.toEqual(pictures(some))
    expect(() => make({ count: 74 })).toThrow(
      '--count: 74 pictures, half of them with a rectangle, are more than there are; allowed: up to 72',
    )
  })
})

describe('larger pictures', () => {
  it.each(definitionNames)('are half with a rectangle, none twice, the same for the same seed: %s', (definition) => {
    const asked = { width: 9, height: 7, definition, count: 800 }
    const dataset = make(asked)
    expect([dataset.count, positives(dataset), new Set(pictures(dataset)).size]).toEqual([800, 400, 800])
    for (const [i, picture] of pictures(dataset).entries()) {
      expect(showsRectangle(Uint8Array.from(picture, Number), asked, definition)).toBe(labels(dataset)[i] === 1)
    }
    expect(pictures(make(asked))).toEqual(pictures(dataset))
    expect(pictures(make({ ...asked, seed: '2' }))).not.toEqual(pictures(dataset))
  })

  it('are as many as there are, where few have a rectangle', () => {
    const all = make({ width: 5, height: 4 })
    expect([all.count, positives(all)]).toEqual([300, 150])
    expect(() => make({ width: 5, height: 4, count: 302 })).toThrow('allowed: up to 300')
    expect(positives(make({ width: 5, height: 4, definition: 'no-points' }))).toBe(130)
    // In one row only rectangles alone have one.
    expect(() => make({ width: 18, height: 1, definition: 'among-4', count: 600 })).toThrow(
      /only 1[67]\d different pictures with a rectangle were found, and 300 are needed; ask for fewer/,
    )
  })

  it('have rectangles of all sizes', () => {
    const { count, x, y } = make({ width: 20, height: 20, count: 4000 })
    const heights: number[] = []
    for (let i = 0; i < count; i++) {
      if (y.values[i] !== 1) continue
      const rows = Array.from({ length: 20 }, (_, row) => x.subarray(i * 400 + row * 20, i * 400 + row * 20 + 20).includes(1))
      heights.push(rows.filter(Boolean).length)
    }
    // Uniform from 1 to 20, but for the few that were there already: mean 10.5 or a little less, standard error 5.77 / √2000 = 0.13.
    expect(heights.reduce((a, b) => a + b, 0) / heights.length).toBeCloseTo(10.3, 0)
    expect(new Set(heights).size).toBe(20)
  })

  it('have, without one, such as nearly have one', () => {
    const { count, x, y } = make({ width: 12, height: 12, count: 900 })
    // A pixel off a rectangle: the least box around is full but for one pixel, or would be without one.
    let [hollow, blank, one] = [0, 0, 0]
    for (let i = 0; i < count; i++) {
      if (y.values[i] === 1) continue
      const black = [...x.subarray(i * 144, (i + 1) * 144).keys()].filter((pixel) => x[i * 144 + pixel] === 1)
      const [rows, columns] = [black.map((pixel) => Math.floor(pixel / 12)), black.map((pixel) => pixel % 12)]
      const [top, bottom, left, right] = [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)]
      const area = (bottom - top + 1) * (right - left + 1)
      if (black.length === 0) blank++
      else if (area - black.length === 1) one++
      const edge = 2 * (bottom - top + right - left)
      if (area > edge && edge === black.length) hollow++
    }
    expect(one).toBeGreaterThan(40)
    expect(hollow).toBeGreaterThan(20)
    expect(blank).toBeLessThanOrEqual(1)
  })
})

describe('pictures that are not possible', () => {
  it.each([
    [{ width: 0 }, '--width: 0 is not possible; allowed: whole numbers from 1 to 256'],
    [{ height: 2.5 }, '--height: 2.5 is not possible'],
    [{ width: 1000 }, '--width: 1000 is not possible'],
    [{ width: 1, height: 1 }, 'a picture of one pixel shows nothing'],
    [{ count: 1 }, '--count: 1 is not possible; allowed: whole numbers from 2'],
    [{ count: Number.NaN }, '--count: NaN is not possible'],
    [{ width: 256, height: 256, count: 1e6 }, '1000000 pictures of 256 x 256 pixels: they need 244 GiB'],
  ])('are refused: %o', (settings, says) => {
    expect(() => make(settings)).toThrow(says)
  })
})
