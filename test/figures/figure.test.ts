import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { confusionMatrix } from '../../src/view/figure/confusion-matrix.ts'
import { FIGURES, figureNames, findFigure } from '../../src/view/figure/figure.ts'
import { finiteSizeScaling } from '../../src/view/figure/finite-size-scaling.ts'
import { learningCurves } from '../../src/view/figure/learning-curves.ts'
import { networkDrawing } from '../../src/view/figure/network-drawing.ts'
import { outputAgainstTemperature } from '../../src/view/figure/output-against-temperature.ts'
import { type FigureSpec, renderSvg } from '../../src/view/figure/render.ts'
import { weightImages } from '../../src/view/figure/weight-images.ts'
import type { History } from '../../src/neural/model.ts'
import type { Network } from '../../src/neural/network.ts'

/** Every row of data in a figure that has all these fields. */
function rowsWith(spec: unknown, ...fields: readonly string[]): Record<string, unknown>[] {
  if (typeof spec !== 'object' || spec === null) return []
  if ('values' in spec && Array.isArray(spec.values))
    return spec.values.filter((row) => fields.every((field) => row?.[field] !== undefined))
  return Object.values(spec).flatMap((part) => rowsWith(part, ...fields))
}

/** A number that looks random but is the same on every machine, between -1 and 1, never 0. */
const wobble = (k: number) => ((((k + 3) * 7919) % 1000) + 0.5) / 500 - 1

function network(inputs: number, ...neurons: readonly number[]): Network {
  return {
    architecture: { inputs, layers: neurons.map((count) => ({ neurons: count, activation: 'sigmoid' })) },
    layers: neurons.map((count, l) => ({
      weights: Float32Array.from({ length: (neurons[l - 1] ?? inputs) * count }, (_, k) => (l + 1) * wobble(k + l)),
      biases: Float32Array.from({ length: count }, (_, k) => wobble(k + 17)),
    })),
  }
}

function history(cost: readonly number[], validation: readonly number[], accuracy: (cost: number) => number): History {
  return {
    cost: Float64Array.from(cost),
    accuracy: Float64Array.from(cost, accuracy),
    validationCost: Float64Array.from(validation),
    validationAccuracy: Float64Array.from(validation, accuracy),
    learningRate: Float64Array.from(cost, () => 0.01),
  }
}

const none = [NaN, NaN, NaN]
const ensemble = [
  { history: history([0.7, 0.3, 0.1, 0.05], [0.7, 0.4, 0.2, 0.3], (cost) => 1 - cost / 2), bestEpoch: 3 },
  { history: history([0.6, 0.2, 0.06], [0.65, 0.3, 0.35], (cost) => 1 - cost / 2), bestEpoch: 2 },
]
const learning = learningCurves({ title: 'Rectangles, 2 x 2', cost: 'binary cross-entropy', networks: ensemble })

const temperature = [1.5, 2, 2.5, 3]
const curves = [
  { name: 'L = 10', temperature, probability: [0.99, 0.9, 0.3, 0.1], error: [0.001, 0.01, 0.02, 0.01] },
  { name: 'L = 20', temperature, probability: [1, 0.97, 0.1, 0.02], error: [0, 0.01, 0.02, NaN] },
]
const output = outputAgainstTemperature({
  title: 'Phases of the Ising model',
  curves,
  critical: { name: 'T_c', value: 2.269185314 },
  crossings: [
    { name: 'L = 10', temperature: 2.333, error: 0.012 },
    { name: 'L = 20', temperature: 2.27, error: 0.004 },
  ],
  phases: { ordered: 'ordered', disordered: 'disordered' },
  closeUp: [2.2, 2.5],
})
const points = [
  { size: 10, temperature: 2.333, error: 0.012 },
  { size: 20, temperature: 2.301, error: 0.008 },
  { size: 40, temperature: NaN, error: NaN },
]
const scaling = finiteSizeScaling({
  title: 'Phases of the Ising model',
  points,
  fit: { intercept: 2.269, interceptError: 0.02, slope: 0.64, slopeError: 0.31, chiSquared: 0.8, freedom: 1 },
  exact: { name: 'T_c', value: 2.269185314 },
})
const confusion = confusionMatrix({
  title: 'Phases, test part',
  classes: ['disordered', 'ordered'],
  counts: [
    [1287, 21],
    [9, 91],
  ],
})
const drawing = networkDrawing(network(4, 3, 2), { title: 'Rectangles, 2 x 2', shape: [2, 2], classes: ['no', 'yes'] })
const images = weightImages(network(4, 3, 1), { title: 'Rectangles, 2 x 2', shape: [2, 2] })
const gallery: Readonly<Record<(typeof figureNames)[number], FigureSpec>> = {
  learning,
  network: drawing,
  weights: images,
  confusion,
  output,
  scaling,
}

/** Its texts, with scripts as they were written. */
function textIn(svg: string): string {
  return svg
    .replace(/<tspan dy="(-?)[\d.]+" font-size="[^"]*">([^<]*)<\/tspan>/g, (_, up, text) => `${up === '-' ? '^' : '_'}${text}`)
    .replace(/<[^>]*>/g, '')
}

describe('every figure', () => {
  it.each(figureNames)('%s is drawn as it was', async (name) => {
    await expect(await renderSvg(gallery[name])).toMatchFileSnapshot(`./snapshots/${name}.svg`)
  })

  it.each(figureNames)('%s has no number that is none, and compiles without a warning', async (name) => {
    expect((await renderSvg(gallery[name])).match(/.{40}(NaN|undefined|Infinity|null)/)).toBe(null)
    const { compile } = await import('vega-lite')
    const { logger } = await import('vega')
    const warnings: unknown[] = []
    const listening = logger()
    listening.warn = (...said: readonly unknown[]) => {
      warnings.push(...said)
      return listening
    }
    compile(gallery[name], { logger: listening })
    expect(warnings).toEqual([])
  })

  it('is the same text again, also when several are drawn at once', async () => {
    const together = await Promise.all([renderSvg(output), renderSvg(images), renderSvg(output)])
    expect(together).toEqual([await renderSvg(output), await renderSvg(images), together[0]])
  })

  it('never lets text of files become markup', async () => {
    const nasty = '<script>alert("1 & 2")</script>'
    const figures = [
      learningCurves({ title: nasty, cost: nasty, networks: ensemble }),
      networkDrawing(network(4, 3, 2), { title: nasty, shape: [2, 2], classes: [nasty, "'];alert(1)//"] }),
      weightImages(network(4, 3, 1), { title: nasty, shape: [2, 2] }),
      confusionMatrix({
        title: nasty,
        classes: [nasty, 'b'],
        counts: [
          [1, 2],
          [3, 4],
        ],
      }),
      outputAgainstTemperature({ title: nasty, curves: curves.map((curve) => ({ ...curve, name: nasty })), phases: { ordered: nasty } }),
      finiteSizeScaling({ title: nasty, points, exact: { name: nasty, value: 2 } }),
    ]
    const tag = /<\/?(svg|g|path|line|rect|text|tspan|defs|linearGradient|stop|clipPath)((?: [a-zA-Z0-9:-]+="[^"<>]*")*)\/?>/g
    for (const svg of await Promise.all(figures.map(renderSvg))) {
      expect(svg.includes('&lt;script&gt;')).toBe(true)
      expect(svg.replace(tag, '').match(/[<>]/)).toBe(null)
    }
  })

  it('keeps characters that XML forbids out of the document', async () => {
    const svg = await renderSvg(
      confusionMatrix({
        title: 'a\0b\ud800c',
        classes: ['\x1b[31m', 'b'],
        counts: [
          [1, 2],
          [3, 4],
        ],
      }),
    )
    expect(svg).toContain('a\ufffdb\ufffdc')
    expect(svg).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f]|\p{Cs}/u)
  })

  it('leaves numbers in texts as they are, and rounds those of coordinates', async () => {
    const svg = await renderSvg(scaling)
    expect(textIn(svg)).toContain('T_c = 2.26919')
    expect(svg).not.toMatch(/ (d|transform)="[^"]*\d\.\d{4}/)
  })
})

describe('learning curves', () => {
  it('mark the best epoch of each network on its validation curve', () => {
    expect(rowsWith(learning, 'what').map(({ epoch, value }) => [epoch, value])).toEqual([
      [3, 0.2],
      [2, 0.3],
      [3, 0.9],
      [2, 0.85],
    ])
  })

  it('draw the mean as long as all networks train', () => {
    const mean = rowsWith(learning, 'network').filter(({ network: of, line }) => of === -1 && line === 'training')
    expect(mean.slice(0, 3).map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(mean.length).toBe(6)
    expect(mean[1]?.value).toBeCloseTo(0.25, 12)
  })

  it('leave out what was not measured: validation, a whole panel', async () => {
    const networks = [{ history: history([0.7, 0.3, 0], none, () => NaN), bestEpoch: 3 }]
    const spec = learningCurves({ title: 'Energies', cost: 'mean squared error', networks })
    expect(rowsWith(spec, 'value').map(({ value }) => value)).toEqual([0.7, 0.3])
    const svg = await renderSvg(spec)
    expect(svg).toContain('mean squared error')
    expect(svg).not.toMatch(/validation|accuracy|best epoch|NaN/)
  })

  it('have one colour for each part, also where a plot lacks one of them', async () => {
    const networks = [
      {
        history: { ...history([0.7, 0.3, 0.1], none, (cost) => 1 - cost), validationAccuracy: Float64Array.of(0.2, 0.5, 0.6) },
        bestEpoch: 3,
      },
    ]
    const svg = await renderSvg(learningCurves({ title: 'x', cost: 'mse', networks }))
    expect(svg.match(/stroke="#0072B2"/g)?.length).toBe(3)
    expect(svg.match(/stroke="#D55E00"/g)?.length).toBe(2)
  })

  it('show a single epoch as a point', async () => {
    const networks = [{ history: history([0.7], [NaN], () => NaN), bestEpoch: 1 }]
    expect(await renderSvg(learningCurves({ title: 'x', cost: 'mse', networks }))).toMatch(/<path [^>]*fill="#0072B2"/)
  })

  it('say so where nothing was trained', () => {
    const networks = [{ history: history([], [], () => NaN), bestEpoch: 0 }]
    expect(() => learningCurves({ title: 'x', cost: 'mse', networks })).toThrow(UsageError)
  })

  it('thin long histories, and keep their last epoch', () => {
    const long = Array.from({ length: 10_001 }, (_, k) => 1 / (k + 1))
    const networks = [
      {
        history: history(
          long,
          long.map(() => NaN),
          () => NaN,
        ),
        bestEpoch: 10_001,
      },
    ]
    const rows = rowsWith(learningCurves({ title: 'x', cost: 'mse', networks }), 'value')
    expect(rows.length).toBeLessThanOrEqual(401)
    expect(rows.at(-1)).toMatchObject({ epoch: 10_001, value: 1 / 10_001 })
  })
})

describe('the drawing of a network', () => {
  it('has lines as wide as weights are large, the largest of each layer widest', () => {
    const { layers } = network(4, 3, 2)
    const lines = rowsWith(drawing, 'width')
    const starts = [...new Set(lines.map(({ x }) => Number(x)))].sort((a, b) => a - b)
    expect(starts.length).toBe(2)
    layers.forEach(({ weights }, l) => {
      const largest = Math.max(...weights.map(Math.abs))
      const drawn = lines.filter(({ x }) => x === starts[l])
      expect(drawn.map(({ weight }) => Number(weight)).sort()).toEqual([...weights].sort())
      for (const { width, weight } of drawn) expect(width).toBeCloseTo((4 * Math.abs(Number(weight))) / largest, 12)
    })
  })

  it('joins input i and neuron j with the weight W_ij', () => {
    const { layers } = network(4, 3, 2)
    const lines = rowsWith(drawing, 'width').filter(({ x }) => x === 80)
    const heights = (end: string) => [...new Set(lines.map((line) => Number(line[end])))].sort((a, b) => a - b)
    const [from, to] = [heights('y'), heights('y2')]
    const found = lines.find(({ y, y2 }) => y === from[2] && y2 === to[1])
    expect(found?.weight).toBe(layers[0]?.weights[2 * 3 + 1])
    expect(found?.sign).toBe(Number(found?.weight) > 0 ? 'positive' : 'negative')
  })

  it('names numbers of the picture by row and column, and outputs by class', async () => {
    const svg = await renderSvg(drawing)
    for (const text of ['input 2 x 2', '3, sigmoid', 'output 2, sigmoid', '0, 0', '1, 1', 'yes']) expect(svg).toContain(`>${text}</text>`)
    const single = networkDrawing(network(4, 1), { title: 'x', shape: [4], classes: ['no', 'yes'] })
    expect(await renderSvg(single)).toContain('>p(yes)</text>')
  })

  it('draws sixteen neurons of a large layer, and says how many there are', async () => {
    const large = networkDrawing(network(900, 100, 2), { title: 'x', shape: [30, 30] })
    expect(rowsWith(large, 'width').length).toBe(16 * 16 + 16 * 2)
    const svg = await renderSvg(large)
    expect(svg).toContain('16 of 900 neurons drawn')
    expect(svg).toContain('16 of 100 neurons drawn')
  })

  it('draws the strongest lines only where there are too many', () => {
    const all = rowsWith(networkDrawing(network(9, 16, 1), { title: 'x', shape: [3, 3] }), 'width').map(({ width }) => Number(width))
    const few = rowsWith(networkDrawing(network(9, 16, 1), { title: 'x', shape: [3, 3], lines: 20 }), 'width').map(({ width }) =>
      Number(width),
    )
    expect(few).toEqual(all.slice(-20))
    expect(few[0]).toBeGreaterThanOrEqual(Math.max(...all.slice(0, -20)))
  })

  it('draws a network whose numbers are none or 0', async () => {
    const { architecture } = network(4, 3, 2)
    const empty = (value: number) => ({
      architecture,
      layers: network(4, 3, 2).layers.map(({ weights, biases }) => ({
        weights: weights.map(() => value),
        biases: biases.map(() => value),
      })),
    })
    for (const value of [NaN, 0]) {
      const svg = await renderSvg(networkDrawing(empty(value), { title: 'x', shape: [2, 2] }))
      expect(svg).toContain('output 2')
      expect(svg).not.toMatch(/NaN|undefined/)
      expect(await renderSvg(weightImages(empty(value), { title: 'x', shape: [2, 2] }))).not.toMatch(/="[^"]*NaN|undefined/)
    }
  })
})

describe('weights as pictures', () => {
  it('have the weight of row y and column x at y and x, on a scale symmetric about 0', () => {
    const wide = network(6, 4, 1)
    const spec = weightImages(wide, { title: 'x', shape: [2, 3], neurons: [3] })
    expect(rowsWith(spec, 'weight').map(({ x, y, weight }) => [y, x, weight])).toEqual(
      [0, 1].flatMap((y) => [0, 1, 2].map((x) => [y, x, wide.layers[0]?.weights[(3 * y + x) * 4 + 3]])),
    )
    expect(JSON.stringify(spec)).toMatch(/"domain":\[-([\d.]+),0,\1\]/)
  })

  it('begin with the neuron that counts most for the output', async () => {
    const { layers } = network(4, 3, 1)
    const out = Array.from(layers[1]?.weights ?? [], (weight, neuron) => ({ neuron, weight })).sort(
      (a, b) => Math.abs(b.weight) - Math.abs(a.weight),
    )
    const titles = [...(await renderSvg(images)).matchAll(/>neuron (\d)/g)].map(([, neuron]) => Number(neuron))
    expect(titles).toEqual(out.map(({ neuron }) => neuron))
  })

  it('show one picture for each channel, of as many neurons as there is room for', () => {
    const rows = rowsWith(weightImages(network(4 * 6, 20, 2), { title: 'x', shape: [2, 2, 6] }), 'picture')
    expect(new Set(rows.map(({ picture }) => picture)).size).toBe(4 * 6)
    expect(
      new Set(rowsWith(weightImages(network(4, 60, 2), { title: 'x', shape: [2, 2] }), 'picture').map(({ picture }) => picture)).size,
    ).toBe(25)
  })

  it('refuse a neuron that is not there', () => {
    expect(() => weightImages(network(4, 3, 1), { title: 'x', shape: [2, 2], neurons: [3] })).toThrow('there is no neuron 3')
  })
})

describe('a confusion matrix', () => {
  it('has the share of each true class in its cells', () => {
    const shares = rowsWith(confusion, 'share').map(({ share }) => Number(share))
    expect(shares).toEqual([1287 / 1308, 21 / 1308, 9 / 100, 91 / 100])
  })

  it('says accuracy, and the mean over classes that a rare class weighs in', async () => {
    const svg = await renderSvg(confusion)
    expect(svg).toContain('1,408 examples; accuracy 0.979, mean of the classes 0.947')
    expect(svg).toContain('>98.4%</text>')
  })

  it('shows a class without examples as such', async () => {
    const svg = await renderSvg(
      confusionMatrix({
        title: 'x',
        classes: ['a', 'a', 'c'],
        counts: [
          [2, 1, 0],
          [0, 0, 0],
          [0, 0, 3],
        ],
      }),
    )
    expect(svg).toContain('>a (1)</text>')
    expect(svg).not.toMatch(/NaN|undefined/)
  })
})

describe('output against temperature', () => {
  it('has error bars of one standard error, none where the error is no number', () => {
    const rows = rowsWith(output, 'phase').filter(({ name, phase }) => name === 'L = 20' && phase === 'ordered')
    expect(rows.slice(0, 4).map(({ low, p, high }) => [low, p, high])).toEqual([
      [1, 1, 1],
      [0.97 - 0.01, 0.97, 0.97 + 0.01],
      [0.1 - 0.02, 0.1, 0.1 + 0.02],
      [0.02, 0.02, 0.02],
    ])
  })

  it('has 1 - p for the disordered phase', () => {
    const other = rowsWith(output, 'phase').filter(({ name, phase }) => name === 'L = 10' && phase === 'disordered')
    expect(other.slice(0, 4).map(({ p }) => p)).toEqual([1 - 0.99, 1 - 0.9, 1 - 0.3, 1 - 0.1])
  })

  it('names the crossings with their errors, and the temperature that is known', async () => {
    const svg = await renderSvg(output)
    expect(textIn(svg)).toContain('L = 10 at 2.333(12), L = 20 at 2.270(4)')
    expect(textIn(svg)).toContain('T_c = 2.26919')
  })

  it('has labels on its axis that are the values of the ticks', async () => {
    const svg = await renderSvg(outputAgainstTemperature({ title: 'x', curves }))
    for (const [place, values] of [
      [/transform="translate\(([\d.]+),17\)"[^>]*>([\d.]+)</g, temperature],
      [/transform="translate\(-8,([\d.]+)\)"[^>]*>([\d.]+)</g, [0, 1]],
    ] as const) {
      const labels = [...svg.matchAll(place)].map(([, pixel, text]) => ({ pixel: Number(pixel), value: Number(text) }))
      const [first, last] = [labels[0], labels.at(-1)]
      if (!first || !last) throw new Error('there are no labels')
      expect(labels.length).toBeGreaterThan(3)
      const slope = (last.value - first.value) / (last.pixel - first.pixel)
      for (const { pixel, value } of labels) expect(value).toBeCloseTo(first.value + slope * (pixel - first.pixel), 4)
      for (const { value } of labels) expect(value >= Math.min(...values) && value <= Math.max(...values)).toBe(true)
    }
  })

  it('draws a single temperature, and refuses none', async () => {
    const [one] = curves
    const single = [{ name: 'L = 10', temperature: [2], probability: [0.4], error: [0.1] }]
    expect(one && (await renderSvg(outputAgainstTemperature({ title: 'x', curves: single })))).not.toMatch(/NaN|undefined/)
    expect(() => outputAgainstTemperature({ title: 'x', curves: [] })).toThrow(UsageError)
  })
})

describe('finite-size scaling', () => {
  it('says T_c and the slope with their errors, and how good the fit is', async () => {
    const said = textIn(await renderSvg(scaling))
    expect(said).toContain('T(L) = T_c + b/L: T_c = 2.27(2), b = 0.6(3), χ^2/dof = 0.8/1')
    expect(said).toContain('temperature T (k_B = 1)')
  })

  it('has 1/L across, and the line through its intercept', () => {
    expect(
      rowsWith(scaling, 'low')
        .slice(0, 3)
        .map(({ inverse, temperature: t }) => [inverse, t]),
    ).toEqual([
      [0.1, 2.333],
      [0.05, 2.301],
      [0, 2.269],
    ])
    const [start, end] = rowsWith(scaling, 'guide').filter(({ guide }) => guide === 'straight line')
    expect(start).toMatchObject({ inverse: 0, temperature: 2.269 })
    expect((Number(end?.temperature) - 2.269) / Number(end?.inverse)).toBeCloseTo(0.64, 12)
  })

  it('refuses to draw no crossing at all', () => {
    expect(() => finiteSizeScaling({ title: 'x', points: points.slice(2) })).toThrow(UsageError)
  })
})

describe('the names of figures', () => {
  it('each say what is shown', () => {
    expect(figureNames.map((name) => FIGURES[name].length > 20)).toEqual(figureNames.map(() => true))
    expect(findFigure('output')).toBe('output')
  })

  it('are offered where one is mistyped', () => {
    expect(() => findFigure('confuson')).toThrow(
      "--figure: 'confuson' is not possible; did you mean 'confusion'?; allowed: observables, crossings, scaling, helicity, series, autocorrelation, histogram, tempering, snapshots of archives; learning, network, weights, confusion, output, scaling of models and predictions",
    )
  })
})
