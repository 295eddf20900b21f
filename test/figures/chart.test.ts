import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { scaleOf } from '../../src/view/figure/chart-scale.ts'
import { figureSpec } from '../../src/view/figure/chart-spec.ts'
import type { Chart, Figure, Series } from '../../src/view/figure/chart.ts'
import { renderPng } from '../../src/view/figure/png.ts'
import { type FigureSpec, renderSvg, widthOf } from '../../src/view/figure/render.ts'
import { looksOf } from '../../src/view/figure/series-look.ts'
import { rowsOf } from '../../src/view/figure/series-rows.ts'
import {
  acceptance,
  autocorrelation,
  empty,
  energies,
  gallery,
  grid,
  histogram,
  hostile,
  onePoint,
  snapshots,
  specificHeat,
} from '../support/charts.ts'

const names = Object.keys(gallery)
const svgOf = (...figures: readonly Figure[]): Promise<string> => renderSvg(figureSpec(figures))

interface Box {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where every level text of a drawing stands, if it is as wide as was estimated. */
function textsOf(svg: string): Box[] {
  const boxes: Box[] = []
  const groups: (readonly [number, number])[] = []
  for (const { 1: name = '', 2: attributes = '', index, 0: tag } of svg.matchAll(/<(\/?\w+)([^>]*)>/g)) {
    if (name.startsWith('/')) groups.pop()
    else {
      const [x = 0, y = 0] = (/translate\(([^)]*)\)/.exec(attributes)?.[1] ?? '0,0').split(',').map(Number)
      const [left, top] = groups.at(-1) ?? [0, 0]
      const at = [left + x, top + y] as const
      if (name === 'text' && !attributes.endsWith('/') && !attributes.includes('rotate')) {
        // Scripts, which have a size of their own, belong to the line they are in.
        const content = svg
          .slice(index + tag.length, svg.indexOf('</text>', index))
          .replace(/<tspan dy="[^"]*"[^>]*>([^<]*)<\/tspan>/g, '$1')
        let line = at[1]
        for (const piece of content.split('</tspan>')) {
          line += Number(/ dy="([\d.]+)"/.exec(piece)?.[1] ?? 0)
          boxes.push(boxOf(piece.replace(/<[^>]*>/g, ''), attributes, at[0], line))
        }
      }
      if (!attributes.endsWith('/')) groups.push(at)
    }
  }
  return boxes.filter(({ text }) => text.trim() !== '')
}

function boxOf(escaped: string, attributes: string, x: number, y: number): Box {
  const text = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const fontSize = Number(/font-size="([\d.]+)px"/.exec(attributes)?.[1])
  const width = widthOf({ text, fontSize, ...(attributes.includes('bold') ? { fontWeight: 'bold' } : {}) })
  const anchor = /text-anchor="(\w+)"/.exec(attributes)?.[1]
  const left = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x
  return { text, left, right: left + width, top: y - 0.75 * fontSize, bottom: y + 0.2 * fontSize }
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

describe('figures of archives', () => {
  it.each(names)('%s is drawn as it was', async (name) => {
    await expect(await svgOf(...(gallery[name] ?? []))).toMatchFileSnapshot(`./snapshots/${name}.svg`)
  })

  it.each(names)('%s has no number that is none, and compiles without a warning', async (name) => {
    const spec = figureSpec(gallery[name] ?? [])
    expect((await renderSvg(spec)).match(/="[^"]*(NaN|undefined|Infinity|null)/)).toBe(null)
    const { compile } = await import('vega-lite')
    const { logger } = await import('vega')
    const warnings: unknown[] = []
    const listening = logger()
    listening.warn = (...said: readonly unknown[]) => {
      warnings.push(...said)
      return listening
    }
    compile(spec, { logger: listening })
    expect(warnings).toEqual([])
  })

  it.each(names)('%s has no text over another, and none outside', async (name) => {
    const svg = await svgOf(...(gallery[name] ?? []))
    const [, width = 0, height = 0] = (/ width="(\d+)" height="(\d+)"/.exec(svg) ?? []).map(Number)
    const boxes = textsOf(svg)
    expect(boxes.length).toBeGreaterThan(3)
    expect(boxes.filter(({ left, right, top, bottom }) => left < 0 || right > width || top < 0 || bottom > height)).toEqual([])
    const pairs = boxes.flatMap((a, k) => boxes.slice(k + 1).flatMap((b) => (overlaps(a, b) ? [`${a.text} | ${b.text}`] : [])))
    expect(pairs).toEqual([])
  })

  it('are the same text again, also when several are drawn at once', async () => {
    const together = await Promise.all([svgOf(...grid), svgOf(snapshots), svgOf(...grid)])
    expect(together).toEqual([await svgOf(...grid), await svgOf(snapshots), together[0]])
  })

  it('never let text of files become markup, an expression or the name of a field', async () => {
    const svg = await svgOf(hostile, {
      ...snapshots,
      title: hostile.title,
      pictures: snapshots.pictures.map((one) => ({ ...one, caption: hostile.title })),
    })
    const tag = /<\/?(svg|g|path|line|rect|text|tspan|image|defs|clipPath)((?: [a-zA-Z0-9:-]+="[^"<>]*")*)\/?>/g
    expect(svg).toContain('&lt;script&gt;')
    expect(svg).toContain(`a.b[0]["c"]\\`)
    expect(svg.replace(tag, '').match(/[<>]/)).toBe(null)
    const { compile } = await import('vega-lite')
    const compiled = JSON.stringify(compile(figureSpec([hostile])).spec, (key, value) =>
      ['values', 'text', 'subtitle', 'title', 'description'].includes(key) ? undefined : value,
    )
    expect(compiled).not.toMatch(/alert|a\.b/)
  })

  it('say to a screen reader what is to be seen', async () => {
    expect(await svgOf(specificHeat)).toContain('aria-label="Specific heat, Ising model. Peaks near T_c that grow with the size."')
  })

  it('wrap long titles into two lines and cut the second, and wrap what is said below them', async () => {
    expect(await svgOf(hostile)).toMatch(/<tspan>&lt;script&gt;[^<…]*long<\/tspan><tspan[^>]*>long [^<]*…</)
    expect(textsOf(await svgOf(histogram)).filter(({ text }) => text.includes('many many')).length).toBe(3)
  })
})

describe('a legend', () => {
  const entries = async (...figures: readonly Figure[]): Promise<string[]> =>
    textsOf(await svgOf(...figures))
      .map(({ text }) => text)
      .filter((text) => /^(L = \d+|exact|Yang.*)$/.test(text))

  it('has each name once, and a word for what is exact about them', async () => {
    expect(await entries(specificHeat)).toEqual(['L = 8', 'L = 16', 'L = 32', 'L = 64', 'exact'])
  })

  it('is shared by charts of the same data', async () => {
    expect(await entries(...grid)).toEqual(['L = 8', 'L = 16', 'L = 32', 'L = 64', 'exact', 'Yang, L → ∞'])
  })

  it('stands beside each chart where their data are others', async () => {
    expect(await entries(specificHeat, energies, onePoint)).toEqual(['L = 8', 'L = 16', 'L = 32', 'L = 64', 'exact', 'L = 8'])
  })
})

describe('looks', () => {
  const look = (chart: Chart) => looksOf([chart]).entries.map(({ colour, shape, line }) => `${colour} ${shape} ${line?.dash}`)

  it('of twelve names are all told apart', () => {
    expect(new Set(look(acceptance)).size).toBe(12)
  })

  it('of a sequence grow from dark to light, whatever order they come in', () => {
    const lightness = (chart: Chart) =>
      looksOf([chart]).entries.map(({ colour }) =>
        [1, 3, 5].reduce((sum, from, k) => sum + (k === 1 ? 0.6 : 0.2) * Number.parseInt(colour.slice(from, from + 2), 16), 0),
      )
    const light = lightness(histogram)
    expect(light).toEqual([...light].sort((a, b) => a - b))
    expect(new Set(light).size).toBe(12)
    expect(lightness({ ...histogram, series: [...histogram.series].reverse() })).toEqual([...light].reverse())
  })

  it('make a curve through data their own line, of one entry with them', () => {
    const series: Series[] = [
      { name: 'L = 8', x: [1, 2], y: [1, 2], mark: 'points' },
      { name: 'L = 16', x: [1, 2], y: [2, 3], mark: 'points' },
      { name: 'L = 16', x: [1, 1.5, 2], y: [2, 2.6, 3], mark: 'line', role: 'curve' },
    ]
    const { entries, lineOf, pointsOf } = looksOf([{ ...specificHeat, series }])
    expect(entries.map(({ name, line }) => [name, line !== undefined])).toEqual([
      ['L = 8', false],
      ['L = 16', true],
    ])
    expect(lineOf(series[2] as Series)).toMatchObject({ colour: pointsOf(series[1] as Series).colour, dash: [] })
  })

  it('draw the band of a curve behind its line, in its colour, without an entry of its own', async () => {
    const curve: Series = { name: 'L = 8', x: [1, 1.5, 2], y: [1, 1.4, 2], error: [0.1, 0.2, 0.1], mark: 'line', role: 'curve' }
    const banded = { ...specificHeat, series: [{ name: 'L = 8', x: [1, 2], y: [1, 2], mark: 'points' } as const, curve] }
    const bare = { ...banded, series: [banded.series[0] as Series, { ...curve, error: [NaN, NaN, NaN] }] }
    expect(looksOf([banded]).entries).toEqual(looksOf([bare]).entries)
    expect(await svgOf(banded)).toMatch(/opacity="0.22"/)
    expect(await svgOf(bare)).not.toMatch(/opacity="0.22"/)
  })

  it('give what is exact the colour of the data of its name', () => {
    const looks = looksOf([specificHeat])
    const [data, exact] = specificHeat.series
    if (!data || !exact) throw new Error('the chart has two series or more')
    expect(looks.lineOf(exact).colour).toBe(looks.pointsOf(data).colour)
    expect(looks.lineOf({ ...exact, name: 'Onsager' }).colour).not.toBe(looks.pointsOf(data).colour)
  })
})

describe('an axis', () => {
  it('has room for all data, a few pixels from its ends', () => {
    const { domain, pixel } = scaleOf({ label: 'x' }, { data: [3, 1, 2] }, 500)
    expect(domain[0]).toBeLessThan(1)
    expect(pixel(1)).toBeCloseTo(8, 10)
    expect(pixel(3)).toBeCloseTo(492, 10)
  })

  it('is not ruled by what stands beside the data', () => {
    const far = scaleOf(
      { label: 'x' },
      {
        data: [0, 1],
        bars: [
          [0.9, 1.1],
          [-0.1, 0.1],
          [-99, 99],
        ],
        beside: [1000],
      },
      500,
    ).domain
    expect(far[1]).toBeLessThan(4)
    expect(far[1]).toBeGreaterThan(1.1)
    expect(far[0]).toBeGreaterThan(-2)
  })

  it('shows a single value with its whole error bar', () => {
    const [low, high] = scaleOf({ label: 'x' }, { data: [5], bars: [[1, 9]] }, 500).domain
    expect(low).toBeLessThan(1)
    expect(high).toBeGreaterThan(9)
  })

  it('that is logarithmic has no place for 0 and less, and is labelled with powers of ten', async () => {
    const scale = scaleOf({ label: 'x', log: true }, { data: [0, -1, 1e-6, 10] }, 500)
    expect([0, -1, 1e-6].map((value) => scale.shows(value))).toEqual([false, false, true])
    expect(scale.ticks).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10])
    const labels = textsOf(await svgOf(autocorrelation)).map(({ text }) => text)
    expect(labels).toEqual(expect.arrayContaining(['10−4', '100', '1,000']))
  })
})

describe('a series', () => {
  const across = scaleOf({ label: 'x' }, { data: [0, 10] }, 500)
  const up = scaleOf({ label: 'y' }, { data: [-2, 2] }, 300)
  const series = (rest: Partial<Series>): Series => ({ name: 'a', x: [1, 2, 3, 4, 5], y: [1, 2, NaN, 1, 0], mark: 'line', ...rest })

  it('has a gap where there is no number', () => {
    expect(rowsOf(series({}), across, up).line.map(({ x, piece }) => [x, piece])).toEqual([
      [1, 0],
      [2, 0],
      [4, 1],
      [5, 1],
    ])
  })

  it('of a curve have their errors as a band, in pieces as its line, and no bars', () => {
    const { bars, band, line } = rowsOf(series({ role: 'curve', y: [1, 2, NaN, 1, 2], error: [0.5, 0.25, 1, 0.25, 0.5] }), across, up)
    expect(bars).toEqual([])
    expect(band.map(({ x, low, high, piece }) => [x, low, high, piece])).toEqual(
      line.map(({ x, y, piece }, i) => {
        const error = [0.5, 0.25, 0.25, 0.5][i] as number
        return [x, y - error, y + error, piece]
      }),
    )
    expect(new Set(band.map(({ piece }) => piece)).size).toBe(2)
    const { bars: ofData, band: none } = rowsOf(series({ error: [0.5, 0.25, 1, 0.25, 0.5] }), across, up)
    expect([ofData.length > 0, none]).toEqual([true, []])
  })

  it('shows a point that is alone between gaps, also of a line', () => {
    const { line, points } = rowsOf(series({ y: [1, 2, NaN, 1, NaN] }), across, up)
    expect(line.length).toBe(2)
    expect(points.map(({ x }) => x)).toEqual([4])
  })

  it('has error bars of one standard error, and open points where the error is not known', () => {
    const { bars, points } = rowsOf(series({ mark: 'points', error: [0.5, NaN, 1, 0, 0.25] }), across, up)
    expect(bars).toEqual([
      { x: 1, low: 0.5, high: 1.5 },
      { x: 5, low: -0.25, high: 0.25 },
    ])
    expect(points.map(({ open }) => open)).toEqual([false, true, false, false])
  })

  it('has bars that end at the axis where it is logarithmic and they reach 0', () => {
    const log = scaleOf({ label: 'y', log: true }, { data: [0.1, 10] }, 300)
    const [bar] = rowsOf(series({ y: [0.2], x: [1], error: [0.3] }), across, log).bars
    expect(bar).toEqual({ x: 1, low: log.domain[0], high: 0.5 })
  })

  it('of many points keeps its ends and its extremes', () => {
    const x = Array.from({ length: 20_000 }, (_, k) => k / 2000)
    const y = x.map((value, k) => (k === 7777 ? 1.9 : k === 12_345 ? -1.9 : Math.sin(50 * value)))
    for (const mark of ['line', 'points'] as const) {
      const rows = rowsOf(series({ x, y, mark }), across, up)
      const kept = mark === 'line' ? rows.line : rows.points
      expect(kept.length).toBeLessThanOrEqual(2000)
      expect([kept[0]?.x, kept.at(-1)?.x]).toEqual([0, x.at(-1)])
      expect(kept.map((row) => row.y)).toEqual(expect.arrayContaining([1.9, -1.9]))
      expect(kept.map((row) => row.x)).toEqual(kept.map((row) => row.x).sort((a, b) => a - b))
    }
  })

  it('without a number leaves its axes, and says so', async () => {
    const texts = textsOf(await svgOf(empty)).map(({ text }) => text)
    expect(texts).toEqual(expect.arrayContaining(['No number at all', 'nothing to show']))
  })
})

describe('pictures', () => {
  it('are in the drawing, cell by cell, each as a square of one colour', async () => {
    const svg = await svgOf(snapshots)
    const images = [...svg.matchAll(/<image[^>]*"data:image\/png;base64,([^"]+)"/g)].map(([, data = '']) =>
      decode(Buffer.from(data, 'base64')),
    )
    expect(images.length).toBe(6)
    snapshots.pictures.forEach(({ width, height, rgba }, k) => {
      const image = images[k]
      if (!image) throw new Error('it is not there')
      const times = image.width / width
      expect(Number.isInteger(times) && times >= 4 && image.height === times * height).toBe(true)
      for (const [row, column] of [
        [0, 0],
        [3, 7],
        [15, 15],
        [9, 1],
      ] as const) {
        for (const [dy, dx] of [
          [0, 0],
          [times - 1, times - 1],
        ] as const) {
          const at = 4 * ((row * times + dy) * image.width + column * times + dx)
          expect([...image.data.slice(at, at + 4)]).toEqual([...rgba.slice(4 * (row * width + column), 4 * (row * width + column) + 4)])
        }
      }
    })
  })
})

describe('PNG', () => {
  const dark = ({ data }: { readonly data: ArrayLike<number> }): number => {
    let count = 0
    for (let k = 0; k < data.length; k += 4) if ((data[k] ?? 0) + (data[k + 1] ?? 0) + (data[k + 2] ?? 0) < 300) count++
    return count
  }

  it('has twice as many pixels as the drawing is wide, on white, with its text', async () => {
    const spec: FigureSpec = figureSpec([specificHeat])
    const svg = await renderSvg(spec)
    const [, width = 0, height = 0] = (/ width="(\d+)" height="(\d+)"/.exec(svg) ?? []).map(Number)
    const image = decode(await renderPng(svg))
    expect([image.width, image.height, image.channels]).toEqual([2 * width, 2 * height, 4])
    expect([...image.data.slice(0, 4)]).toEqual([255, 255, 255, 255])
    const wordless = decode(await renderPng(svg.replace(/<text[^>]*>[^<]*<\/text>/g, '')))
    expect(dark(image) - dark(wordless)).toBeGreaterThan(5000)
  })

  it('is as large as was asked for, and the same again', async () => {
    const svg = await svgOf(onePoint)
    const [one, again] = [await renderPng(svg, { scale: 1 }), await renderPng(svg, { scale: 1 })]
    expect(decode(one).width).toBe(Number(/ width="(\d+)"/.exec(svg)?.[1]))
    expect(Buffer.compare(one, again)).toBe(0)
  })

  it('has cells with sharp edges', async () => {
    const svg = await svgOf({ ...snapshots, columns: 1, pictures: snapshots.pictures.slice(0, 1) })
    const { data, width } = decode(await renderPng(svg))
    const colours = new Map<string, number>()
    // Within the picture, below its caption.
    for (let y = 250; y < 450; y++)
      for (let x = 150; x < 350; x++) {
        const at = 4 * (y * width + x)
        const colour = data.slice(at, at + 3).join()
        colours.set(colour, (colours.get(colour) ?? 0) + 1)
      }
    const own = (colours.get('0,114,178') ?? 0) + (colours.get('240,228,200') ?? 0)
    expect(own).toBeGreaterThan(0.97 * 200 * 200)
  })
})
