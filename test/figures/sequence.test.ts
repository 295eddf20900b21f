import { describe, expect, it } from 'vitest'
import { COLOUR, ORDERED } from '../../src/view/figure/render.ts'
import { sequenceOf } from '../../src/view/figure/sequence.ts'
import { looksOf } from '../../src/view/figure/series-look.ts'
import { paletteStyle } from '../../src/view/page/palette.ts'

/** Linear light of a color, red, green and blue. */
const linear = (hex: string): number[] =>
  [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
const luminance = (hex: string): number => linear(hex).reduce((sum, value, k) => sum + value * ([0.2126, 0.7152, 0.0722][k] ?? 0), 0)
/** As the WCAG define it. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

describe('ordered series', () => {
  it.each([
    [
      ['T = 2.5', 'T = 2', 'T = 2.1'],
      [1, 0, 0.5],
      [0, 0, 0],
    ],
    [
      ['L = 8, g = 0.3', 'L = 16, g = 0.3'],
      [0, 1],
      [0, 0],
    ],
    [
      ['h = \u22120.1', 'h = 1e-3', 'h = 0.1'],
      [0, 0.5, 1],
      [0, 0, 0],
    ],
    [
      ['L = 8, h = 0', 'L = 8, h = 0.1', 'L = 16, h = 0', 'L = 16, h = 0.1', 'L = 16, h = 0.2'],
      [0, 0.5, 0, 0.5, 1],
      [0, 0, 1, 1, 1],
    ],
    [
      ['L = 8, T = 1', 'L = 16, T = 1', 'L = 32, T = 1', 'L = 32, T = 2'],
      [0, 0.5, 1, 1],
      [0, 0, 0, 1],
    ],
  ])('%s have places on the scale', (names, places, groups) => {
    expect(sequenceOf(names)?.map(({ place }) => place)).toEqual(places)
    expect(sequenceOf(names)?.map(({ group }) => group)).toEqual(groups)
  })

  it.each([
    [['replica 0', 'replica 8', 'replica 16']],
    [['L = 8']],
    [['energy', 'magnetization']],
    [['T = 1', 'L = 2']],
    [[]],
  ])('%s are none', (names) => {
    expect(sequenceOf(names)).toBe(undefined)
  })

  it('have the colors of the scale, others those that only tell them apart', () => {
    const chart = (names: readonly string[]) => ({
      kind: 'chart' as const,
      id: 'a',
      title: '',
      description: '',
      x: { label: '' },
      y: { label: '' },
      series: names.map((name) => ({ name, x: [0, 1], y: [0, 1], mark: 'line' as const })),
    })
    expect(looksOf([chart(['L = 32', 'L = 8'])]).entries.map(({ colour }) => colour)).toEqual([ORDERED.light.at(-1), ORDERED.light[0]])
    expect(looksOf([chart(['replica 0', 'replica 1'])]).entries.map(({ colour }) => colour)).toEqual([COLOUR.blue, COLOUR.vermillion])
    const dashes = looksOf([chart(['L = 8, h = 0', 'L = 8, h = 1', 'L = 16, h = 0', 'L = 16, h = 1'])]).entries.map(
      ({ line }) => line?.dash.length,
    )
    expect(dashes).toEqual([0, 0, 2, 2])
  })
})

describe('colors of lines', () => {
  const [light = '', dark = ''] = paletteStyle().split('@media')
  const value = (style: string, name: string): string => new RegExp(`--${name}: ([^;]*);`).exec(style)?.[1] ?? ''
  const series = (style: string): string[] => Array.from({ length: 7 }, (_, k) => value(style, `series-${k}`))

  it('stand out from the background, on paper, on light and on dark pages', () => {
    for (const colour of [...Object.values(COLOUR), ...ORDERED.light]) expect(contrast(colour, '#ffffff'), colour).toBeGreaterThanOrEqual(3)
    for (const style of [light, dark]) {
      const colours = [...series(style), ...value(style, 'scale').split(' ')]
      expect(colours.length).toBe(14)
      for (const colour of colours) expect(contrast(colour, value(style, 'card')), colour).toBeGreaterThanOrEqual(3)
    }
  })

  it('of the scale are ordered by lightness, also for those who see no red or no green', () => {
    // What is left of red, green and blue; source: Machado, Oliveira, Fernandes, IEEE Trans. Vis. Comput. Graph. 15, 1291 (2009).
    const sights = [
      [0.2126, 0.7152, 0.0722],
      [0.274, 0.672, 0.054],
      [0.114, 0.834, 0.052],
    ]
    for (const scale of [ORDERED.light, ORDERED.dark])
      for (const sight of sights) {
        const seen = scale.map((colour) => linear(colour).reduce((sum, part, k) => sum + part * (sight[k] ?? 0), 0))
        expect(seen).toEqual([...seen].sort((a, b) => a - b))
        expect(new Set(seen).size).toBe(scale.length)
      }
  })
})
