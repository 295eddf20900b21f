/**
 * A network as it is drawn on a blackboard: neurons as circles, layers from left to right, weights as lines. Of a large
 * layer only the first and last neurons are there; widths are still measured against the largest weight of the whole
 * layer, so that the drawing does not make weak weights look strong.
 */
import type { Network } from '../../neural/network.ts'
import { COLOUR, DIVERGING, type FigureSpec, GREY, type Layers, widthOf } from './render.ts'

export interface NetworkDrawing {
  readonly title: string
  /** Of one example: (height, width), (height, width, channel) or (numbers). */
  readonly shape: readonly number[]
  readonly classes?: readonly string[] | undefined
  /** Lines that are drawn at most, the strongest ones; default 2000. */
  readonly lines?: number
}

/** Neurons of a layer that are drawn at most; of larger ones half of them at each end. */
const MAX_NEURONS = 16
/** Pixels of the line of the largest weight in a layer. */
const WIDEST = 4
const [ACROSS, DOWN, RADIUS, MARGIN] = [190, 26, 8, 80]
/** Pixels between two rows of the picture beyond those between neurons. */
const ROW_GAP = 12

/** One drawn neuron; `y` counts from the middle of the drawing. */
interface Drawn {
  readonly neuron: number
  readonly y: number
}

/** A drawn weight: ends in pixels, width proportional to |W|. */
interface Line {
  readonly x: number
  readonly y: number
  readonly x2: number
  readonly y2: number
  readonly weight: number
  readonly width: number
  readonly sign: string
}

/** Something written: before or behind a neuron, above a layer, or below what stands above a layer. */
interface Text {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly place: (typeof PLACES)[number][0]
}

const PLACES = [
  ['before', { align: 'right', dx: -RADIUS - 6 }],
  ['behind', { align: 'left', dx: RADIUS + 6 }],
  ['head', { align: 'center', fontWeight: 'bold' }],
  ['note', { align: 'center' }],
] as const

export function networkDrawing(network: Network, { title, shape, classes, lines = 2000 }: NetworkDrawing): FigureSpec {
  const { inputs, layers } = network.architecture
  const columns = [column(inputs, rowLength(inputs, shape)), ...layers.map(({ neurons }) => column(neurons))]
  const height = Math.max(...columns.map((drawn) => 2 * (drawn.at(-1)?.y ?? 0))) + 2 * RADIUS
  const at = (layer: number, y: number) => ({ x: MARGIN + layer * ACROSS, y: height / 2 + y })

  const all = weightLines(network, columns, at)
  const drawn = all.toSorted((a, b) => b.width - a.width).slice(0, lines)
  const neurons = columns.flatMap((found, l) =>
    found.map(({ neuron, y }) => ({ ...at(l, y), bias: network.layers[l - 1]?.biases[neuron] })),
  )
  const biases = neurons.filter(({ bias }) => bias !== undefined && Number.isFinite(bias))
  const largest = Math.max(...biases.map(({ bias }) => Math.abs(bias ?? 0)), 1e-6)
  const dots = columns.flatMap((found, l) => (thinned((found.at(-1)?.neuron ?? 0) + 1) ? [-7, 0, 7].map((y) => at(l, y)) : []))
  const texts: Text[] = [
    ...inputNames(columns[0] ?? [], shape).map(({ y, text }) => ({ ...at(0, y), text, place: 'before' }) as const),
    ...outputNames(columns.at(-1) ?? [], classes).map(({ y, text }) => ({ ...at(layers.length, y), text, place: 'behind' }) as const),
    ...heads(network, shape).map((head) => ({ ...head, x: at(head.layer, 0).x })),
  ]
  const longest = Math.max(...texts.map(({ text, place }) => (place === 'behind' ? widthOf({ text, fontSize: 11.5 }) : 0)))
  const x = { field: 'x', type: 'quantitative', scale: null, axis: null } as const
  const y = { field: 'y', type: 'quantitative', scale: null, axis: null } as const
  const signs = { domain: ['positive', 'negative'], range: [DIVERGING[2], DIVERGING[0]] }
  return {
    title: { text: title, subtitle: caption(network, all.length, drawn.length), offset: 18 },
    width: MARGIN + layers.length * ACROSS + Math.max(MARGIN, 2 * RADIUS + longest),
    height,
    layer: [
      {
        // The strongest come last, over the others.
        data: { values: drawn.toReversed() },
        mark: { type: 'rule', opacity: 0.75 },
        encoding: {
          x,
          y,
          x2: { field: 'x2' },
          y2: { field: 'y2' },
          strokeWidth: { field: 'width', type: 'quantitative', scale: null },
          color: {
            field: 'sign',
            type: 'nominal',
            scale: signs,
            legend: { title: 'weight', symbolType: 'stroke', symbolSize: 300, symbolStrokeWidth: 3, symbolOpacity: 1 },
          },
        },
      },
      {
        data: { values: neurons.filter(({ bias }) => bias === undefined || !Number.isFinite(bias)) },
        mark: { type: 'point', size: (2 * RADIUS) ** 2, fill: GREY.faint, stroke: GREY.text, strokeWidth: 1 },
        encoding: { x, y },
      },
      {
        data: { values: biases },
        mark: { type: 'point', size: (2 * RADIUS) ** 2, stroke: GREY.text, strokeWidth: 1 },
        encoding: {
          x,
          y,
          fill: {
            field: 'bias',
            type: 'quantitative',
            scale: { domain: [-largest, 0, largest], range: [...DIVERGING], interpolate: 'rgb' },
            legend: { title: 'bias', type: 'gradient', gradientLength: 90, tickCount: 3, format: '.2~g' },
          },
        },
      },
      { data: { values: dots }, mark: { type: 'point', size: 9, fill: COLOUR.black }, encoding: { x, y } },
      ...PLACES.map(([place, mark]): Layers[number] => ({
        data: { values: texts.filter((text) => text.place === place) },
        mark: { type: 'text', baseline: 'middle', ...mark },
        encoding: { x, y, text: { field: 'text' } },
      })),
    ],
  }
}

const thinned = (neurons: number) => neurons > MAX_NEURONS

/** The neurons of a layer that are drawn, from top to bottom around 0, with a gap where others are left out. */
function column(neurons: number, row = Number.POSITIVE_INFINITY): Drawn[] {
  const half = MAX_NEURONS / 2
  const kept = Array.from({ length: Math.min(neurons, MAX_NEURONS) }, (_, k) =>
    thinned(neurons) && k >= half ? neurons - MAX_NEURONS + k : k,
  )
  const gap = (k: number) => (thinned(neurons) ? (k >= half ? 1.4 * DOWN : 0) : Math.floor(k / row) * ROW_GAP)
  const last = (kept.length - 1) * DOWN + gap(kept.length - 1)
  return kept.map((neuron, k) => ({ neuron, y: k * DOWN + gap(k) - last / 2 }))
}

/** Numbers in a row of a picture, undefined where it has no rows or too many numbers to be drawn one by one. */
function rowLength(inputs: number, shape: readonly number[]): number | undefined {
  return shape.length < 2 || thinned(inputs) ? undefined : shape.slice(1).reduce((a, b) => a * b, 1)
}

/** What each layer is, and how much of it is drawn. */
function heads({ architecture: { inputs, layers } }: Network, shape: readonly number[]) {
  const found = [
    { neurons: inputs, text: `input ${shape.join(' x ')}` },
    ...layers.map(({ neurons, activation }, l) => ({
      neurons,
      text: `${l === layers.length - 1 ? 'output ' : ''}${neurons}, ${activation}`,
    })),
  ]
  const top = found.some(({ neurons }) => thinned(neurons)) ? -32 : -18
  return found.flatMap(({ neurons, text }, layer) => [
    { layer, y: top, text, place: 'head' } as const,
    ...(thinned(neurons) ? [{ layer, y: -17, text: `${MAX_NEURONS} of ${neurons} neurons drawn`, place: 'note' } as const] : []),
  ])
}

/** Which number of the picture it is, counted from 0: row, column and channel. */
function inputNames(drawn: readonly Drawn[], shape: readonly number[]): { y: number; text: string }[] {
  if (thinned(shape.reduce((a, b) => a * b, 1))) return []
  return drawn.map(({ neuron, y }) => {
    let rest = neuron
    const index = shape.toReversed().map((length) => {
      const position = rest % length
      rest = Math.floor(rest / length)
      return position
    })
    return { y, text: index.reverse().join(', ') }
  })
}

/** What the outputs stand for: one for each class, or the probability of the second of two. */
function outputNames(drawn: readonly Drawn[], classes: readonly string[] = []): { y: number; text: string }[] {
  const single = drawn.length === 1 && classes.length === 2
  return drawn.flatMap(({ neuron, y }) => {
    const name = single ? classes[1] : classes[neuron]
    return name === undefined ? [] : [{ y, text: single ? `p(${name})` : name }]
  })
}

/** The weights between drawn neurons; those that are 0 or no number have no line. */
function weightLines(
  { architecture, layers }: Network,
  columns: readonly Drawn[][],
  at: (layer: number, y: number) => { x: number; y: number },
): Line[] {
  return layers.flatMap(({ weights }, l) => {
    const largest = largestOf(weights)
    const outputs = architecture.layers[l]?.neurons ?? 0
    return (columns[l] ?? []).flatMap((from) =>
      (columns[l + 1] ?? []).flatMap((to): Line[] => {
        const weight = weights[from.neuron * outputs + to.neuron] ?? 0
        if (!Number.isFinite(weight) || weight === 0) return []
        const [start, end] = [at(l, from.y), at(l + 1, to.y)]
        const width = (WIDEST * Math.abs(weight)) / largest
        return [{ ...start, x2: end.x, y2: end.y, weight, width, sign: weight > 0 ? 'positive' : 'negative' }]
      }),
    )
  })
}

function largestOf(weights: Float32Array): number {
  return weights.reduce((largest, weight) => (Number.isFinite(weight) ? Math.max(largest, Math.abs(weight)) : largest), 0)
}

function caption({ layers }: Network, found: number, drawn: number): string[] {
  const widest = layers.map(({ weights }) => largestOf(weights).toPrecision(3)).join(', ')
  return [
    `Width of a line: |weight| against the largest of its layer (from left to right ${widest}).`,
    ...(drawn < found ? [`Of ${found} weights between these neurons the ${drawn} strongest are drawn.`] : []),
  ]
}
