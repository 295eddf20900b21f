/**
 * What each hidden neuron looks for: its weights from the input, as pictures of the lattice. All share one scale of
 * colours, symmetric about 0. Every weight is a rectangle of its own in the SVG, so that large pictures are few.
 */
import { UsageError } from '../../errors.ts'
import type { Network } from '../../neural/network.ts'
import { DIVERGING, type FigureSpec, GREY } from './render.ts'

export interface WeightImages {
  readonly title: string
  /** Of one example: (height, width), (height, width, channel) or (numbers). */
  readonly shape: readonly number[]
  /** Neurons of the first layer, from 0; default: those with the largest weights to the next layer, the largest first. */
  readonly neurons?: readonly number[]
}

/** Pictures, and rectangles in all of them together, that are drawn at most; one neuron always is. */
const [MAX_PICTURES, MAX_CELLS] = [25, 25_000]
/** Pixels of the longer side of a picture, about. */
const SIDE = 112
/** Pixels of examples that are no pictures but rows of numbers. */
const FLAT = 320

/**
 * One row of pictures for each neuron where there are channels, else one picture for each neuron.
 * @throws UsageError for a neuron that is not there
 */
export function weightImages(network: Network, { title, shape, neurons }: WeightImages): FigureSpec {
  const { architecture, layers } = network
  const hidden = architecture.layers[0]?.neurons ?? 0
  const [height, width, channels] = [shape.length > 1 ? (shape[0] ?? 1) : 1, shape[shape.length > 1 ? 1 : 0] ?? 1, shape[2] ?? 1]
  for (const neuron of neurons ?? []) {
    if (!Number.isInteger(neuron) || neuron < 0 || neuron >= hidden) {
      throw new UsageError(`neurons: there is no neuron ${neuron} in the first layer; allowed: whole numbers from 0 to ${hidden - 1}`)
    }
  }
  const room = Math.max(1, Math.min(Math.floor(MAX_PICTURES / channels), Math.floor(MAX_CELLS / (height * width * channels))))
  const wanted = neurons ?? strongest(network)
  const drawn = wanted.slice(0, room)

  const names: string[] = []
  const weights = layers[0]?.weights ?? new Float32Array()
  const values = drawn.flatMap((neuron) =>
    Array.from({ length: channels }, (_, channel) => {
      const picture = names.push(channels > 1 ? `neuron ${neuron}, channel ${channel}` : `neuron ${neuron}${outgoing(network, neuron)}`) - 1
      return Array.from({ length: height * width }, (_, site) => ({
        picture,
        x: site % width,
        y: Math.floor(site / width),
        weight: weights[(site * channels + channel) * hidden + neuron] ?? 0,
      }))
    }).flat(),
  )
  const largest = values.reduce((most, { weight }) => (Number.isFinite(weight) ? Math.max(most, Math.abs(weight)) : most), 1e-6)
  const flat = shape.length < 2
  const cell = Math.max(1, Math.floor((flat ? FLAT : SIDE) / Math.max(height, width)))
  return {
    title: { text: title, subtitle: caption(network, drawn.length, neurons === undefined, channels === 1) },
    data: { values: values.filter(({ weight }) => Number.isFinite(weight)) },
    facet: {
      field: 'picture',
      type: 'ordinal',
      title: null,
      // Names of neurons hold no text of files: safe inside an expression.
      header: { labelExpr: `${JSON.stringify(names)}[datum.value]`, labelPadding: 4 },
    },
    columns:
      channels > 1 ? Math.min(channels, 6) : Math.max(1, Math.min(Math.ceil(Math.sqrt(drawn.length)), Math.floor(760 / (cell * width)))),
    spacing: { row: 14, column: Math.max(16, 122 - cell * width) },
    spec: {
      width: cell * width,
      height: flat ? 16 : cell * height,
      view: { stroke: GREY.line, strokeWidth: 2 },
      mark: 'rect',
      encoding: {
        x: { field: 'x', type: 'ordinal', axis: null, scale: { padding: 0 } },
        y: { field: 'y', type: 'ordinal', axis: null, scale: { padding: 0 } },
        color: {
          field: 'weight',
          type: 'quantitative',
          scale: { domain: [-largest, 0, largest], range: [...DIVERGING], interpolate: 'rgb' },
          legend: { title: 'weight', gradientLength: 150, tickCount: 5, format: '.2~g' },
        },
      },
    },
  }
}

/** Neurons of the first layer, those with the largest weights to the next layer first; as they are where it is the last. */
function strongest({ architecture, layers }: Network): number[] {
  const hidden = Array.from({ length: architecture.layers[0]?.neurons ?? 0 }, (_, neuron) => neuron)
  const [next, count] = [layers[1]?.weights, architecture.layers[1]?.neurons ?? 0]
  if (!next) return hidden
  const norm = hidden.map((neuron) => Math.hypot(...next.subarray(neuron * count, (neuron + 1) * count)))
  return hidden.toSorted((a, b) => (norm[b] || 0) - (norm[a] || 0))
}

/** The weight to a single output, or the length of the vector of weights to several. */
function outgoing({ architecture, layers }: Network, neuron: number): string {
  const [next, count] = [layers[1]?.weights, architecture.layers[1]?.neurons ?? 0]
  if (!next) return ''
  const found = next.subarray(neuron * count, (neuron + 1) * count)
  const [weight = 0] = found
  return count === 1 ? `: ${weight < 0 ? '\u2212' : '+'}${Math.abs(weight).toFixed(2)}` : `: ${Math.hypot(...found).toFixed(2)}`
}

function caption({ architecture, standardisation }: Network, drawn: number, sorted: boolean, named: boolean): string[] {
  const [first, next] = architecture.layers
  const which = drawn === first?.neurons ? `all ${drawn}` : `${drawn} of ${first?.neurons}`
  return [
    `Weights from the ${standardisation ? 'standardised ' : ''}input to ${which} neurons of the first layer`,
    ...(sorted && next ? ['Those with the largest weights to the next layer first'] : []),
    ...(named && next
      ? [`Beside the number: ${next.neurons === 1 ? 'the weight to the output' : 'the length of the vector of weights to the next layer'}`]
      : []),
  ]
}
