/**
 * How training went: cost, and below it accuracy, against the epoch, of every network of an ensemble and their mean.
 * The mean ends where the first network stops, since a mean over fewer and fewer networks jumps. Costs of 0 have no
 * place on a logarithmic axis and are left out.
 */
import { UsageError } from '../errors.ts'
import type { History, TrainedNetwork } from '../neural/model.ts'
import { COLOUR, type FigureSpec, GREY, type Layers } from './render.ts'

export interface LearningCurves {
  readonly title: string
  /** What the cost is called on its axis, such as `cross-entropy`. */
  readonly cost: string
  readonly networks: readonly Pick<TrainedNetwork, 'history' | 'bestEpoch'>[]
}

type Row = { readonly epoch: number; readonly value: number; readonly line: string; readonly network: number }

/** Epochs of one line that are drawn; more cannot be seen. */
const MAX_EPOCHS = 400
const WIDTH = 520
const PARTS = ['training', 'validation'] as const
const PART_COLOUR = [COLOUR.blue, COLOUR.vermillion] as const
const CURVES = {
  cost: { training: 'cost', validation: 'validationCost' },
  accuracy: { training: 'accuracy', validation: 'validationAccuracy' },
} as const satisfies Record<string, Record<(typeof PARTS)[number], keyof History>>

/** @throws UsageError where no network has an epoch behind it */
export function learningCurves({ title, cost, networks }: LearningCurves): FigureSpec {
  const panels = [
    panel(networks, 'cost', `cost (${cost})`, (value) => value > 0),
    panel(networks, 'accuracy', 'accuracy', () => true),
  ].filter((found) => found !== undefined)
  if (panels.length === 0) throw new UsageError('there are no learning curves to draw: no epoch was trained; train first')
  const several = networks.length > 1
  return {
    title: {
      text: title,
      ...(several
        ? { subtitle: `${networks.length} networks: thin lines; thick: their mean, up to the epoch in which the first one stopped` }
        : {}),
    },
    spacing: 22,
    vconcat: panels.map((layers, k) => ({
      width: WIDTH,
      height: 210,
      layer: layers(k === panels.length - 1),
    })),
  }
}

/** One panel, or undefined where it would be empty. Only the lowest one names the epochs. */
function panel(networks: LearningCurves['networks'], of: keyof typeof CURVES, axisTitle: string, shown: (value: number) => boolean) {
  const one = networks.flatMap(({ history }, network) => PARTS.flatMap((line) => rows(history[CURVES[of][line]], line, network)))
  const drawn = one.filter(({ value }) => shown(value))
  if (drawn.length === 0) return undefined
  const means = networks.length > 1 ? PARTS.flatMap((line) => rows(meanOf(networks, CURVES[of][line]), line, -1)) : []
  const best = networks.flatMap(({ history, bestEpoch }) => {
    const value = history[CURVES[of].validation][bestEpoch - 1]
    return value !== undefined && Number.isFinite(value) && shown(value) ? [{ epoch: bestEpoch, value, what: 'best epoch' }] : []
  })
  const parts = PARTS.filter((part) => drawn.some(({ line }) => line === part))
  const colours = { domain: [...parts], range: parts.map((part) => PART_COLOUR[PARTS.indexOf(part)] ?? COLOUR.black) }
  const logarithmic = of === 'cost'
  const ticks = logarithmic ? { values: logarithmicTicks(drawn.map(({ value }) => value)), format: '~g' } : { tickCount: 6, format: '~g' }
  const y = {
    field: 'value',
    type: 'quantitative',
    title: axisTitle,
    scale: logarithmic ? ({ type: 'log', nice: false, padding: 8 } as const) : { zero: false, padding: 8, nice: false },
    axis: { grid: true, ...ticks },
  } as const
  return (lowest: boolean): Layers => {
    const x = {
      field: 'epoch',
      type: 'quantitative',
      title: lowest ? 'epoch' : null,
      scale: { nice: false, zero: false, domain: epochs(networks) },
      axis: { grid: false, tickMinStep: 1, tickCount: 8, format: 'd' },
    } as const
    const color = {
      field: 'line',
      type: 'nominal',
      scale: colours,
      legend: { title: null, symbolType: 'stroke', symbolSize: 300, symbolOpacity: 1, symbolStrokeWidth: 2.6 },
    } as const
    const several = networks.length > 1
    const thin: Layers[number] = {
      data: { values: drawn },
      mark: several ? { type: 'line', strokeWidth: 0.8, opacity: 0.4 } : 'line',
      encoding: { x, y, color, detail: { field: 'network' } },
    }
    const mean: Layers[number] = {
      data: { values: means.filter(({ value }) => shown(value)) },
      mark: { type: 'line', strokeWidth: 2.6 },
      encoding: { x, y, color },
    }
    const shape = {
      field: 'what',
      type: 'nominal',
      scale: { domain: ['best epoch'], range: ['diamond'] },
      legend: { title: null },
    } as const
    const marked: Layers[number] = {
      data: { values: best },
      mark: { type: 'point', size: 55, stroke: '#ffffff', strokeWidth: 0.8, fill: GREY.text },
      encoding: { x, y, shape },
    }
    return [thin, ...(several ? [mean] : []), ...(best.length > 0 ? [marked] : [])]
  }
}

/** The finite values against the epoch, from 1; of long ones every k-th and the last. */
function rows(values: ArrayLike<number>, line: string, network: number): Row[] {
  const step = Math.ceil(values.length / MAX_EPOCHS)
  return Array.from(values, (value, e) => ({ epoch: e + 1, value, line, network })).filter(
    ({ value }, e) => Number.isFinite(value) && (e % step === 0 || e === values.length - 1),
  )
}

function meanOf(networks: LearningCurves['networks'], of: keyof History): number[] {
  const shortest = Math.min(...networks.map(({ history }) => history[of].length))
  return Array.from(
    { length: shortest },
    (_, e) => networks.reduce((sum, { history }) => sum + (history[of][e] ?? NaN), 0) / networks.length,
  )
}

function epochs(networks: LearningCurves['networks']): [number, number] {
  const last = Math.max(...networks.map(({ history }) => history.cost.length))
  return last === 1 ? [0, 2] : [1, last]
}

/** 1, 2 and 5 of every decade that is there; where that would be less than three, evenly spaced round numbers. */
function logarithmicTicks(values: readonly number[]): number[] {
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  const within = (tick: number) => tick >= least * 0.999 && tick <= most * 1.001
  const lowest = Math.floor(Math.log10(least))
  const decades = Array.from({ length: Math.ceil(Math.log10(most)) - lowest + 1 }, (_, k) => 10 ** (lowest + k))
  const found = (factors: readonly number[]) =>
    decades.flatMap((decade) => factors.map((factor) => Number((factor * decade).toPrecision(3)))).filter(within)
  if (decades.length > 4) return found([1])
  const coarse = found([1, 2, 5])
  if (coarse.length > 2) return coarse
  const unit = 10 ** Math.floor(Math.log10(Math.max(most - least, least * 1e-6)))
  const step = [0.1, 0.2, 0.5, 1, 2].map((factor) => factor * unit).find((size) => (most - least) / size <= 6) ?? unit
  return Array.from({ length: 12 }, (_, k) => Number(((Math.ceil(least / step) + k) * step).toPrecision(6))).filter(within)
}
