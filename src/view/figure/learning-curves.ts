/**
 * How training went: cost, and below it accuracy, against the epoch, of every network of an ensemble and their mean.
 * The mean ends where the first network stops, since a mean over fewer and fewer networks jumps. Costs of 0 have no
 * place on a logarithmic axis and are left out.
 */
import { UsageError } from '../../errors.ts'
import type { History, TrainedNetwork } from '../../neural/model.ts'
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
const PART_COLOUR = { training: COLOUR.blue, validation: COLOUR.vermillion } as const
const CURVES = {
  cost: { training: 'cost', validation: 'validationCost' },
  accuracy: { training: 'accuracy', validation: 'validationAccuracy' },
} as const satisfies Record<string, Record<(typeof PARTS)[number], keyof History>>

/** What one plot shows. */
interface Panel {
  readonly of: keyof typeof CURVES
  readonly axis: string
  readonly curves: readonly Row[]
  readonly means: readonly Row[]
  /** Best epochs, on the validation curves. */
  readonly best: readonly { readonly epoch: number; readonly value: number; readonly what: string }[]
}

/** @throws UsageError where no network has an epoch behind it */
export function learningCurves({ title, cost, networks }: LearningCurves): FigureSpec {
  const panels = [panel(networks, 'cost', `cost (${cost})`), panel(networks, 'accuracy', 'accuracy')].filter(
    ({ curves }) => curves.length > 0,
  )
  if (panels.length === 0) throw new UsageError('there are no learning curves to draw: no epoch was trained; train first')
  const last = Math.max(...networks.map(({ history }) => history.cost.length))
  // Plots share one scale of colours: it has to name the same parts in each.
  const parts = PARTS.filter((part) => panels.some(({ curves }) => curves.some(({ line }) => line === part)))
  const said = `${networks.length} networks: thin lines; thick: their mean, up to the epoch in which the first one stopped`
  return {
    title: { text: title, ...(networks.length > 1 ? { subtitle: said } : {}) },
    spacing: 22,
    vconcat: panels.map((found, k) => ({
      width: WIDTH,
      height: 210,
      layer: drawn(found, last, parts, k === panels.length - 1),
    })),
  }
}

function panel(networks: LearningCurves['networks'], of: keyof typeof CURVES, axis: string): Panel {
  const shown = ({ value }: { readonly value: number }) => Number.isFinite(value) && (of !== 'cost' || value > 0)
  const curves = networks.flatMap(({ history }, network) => PARTS.flatMap((line) => rows(history[CURVES[of][line]], line, network)))
  const means = networks.length > 1 ? PARTS.flatMap((line) => rows(meanOf(networks, CURVES[of][line]), line, -1)) : []
  const best = networks.map(({ history, bestEpoch }) => ({
    epoch: bestEpoch,
    value: history[CURVES[of].validation][bestEpoch - 1] ?? NaN,
    what: 'best epoch',
  }))
  return { of, axis, curves: curves.filter(shown), means: means.filter(shown), best: best.filter(shown) }
}

/** Only the lowest plot names the epochs. */
function drawn({ of, axis, curves, means, best }: Panel, last: number, parts: readonly (typeof PARTS)[number][], lowest: boolean): Layers {
  const domain: number[] = last === 1 ? [0, 2] : [1, last]
  const x = {
    field: 'epoch',
    type: 'quantitative',
    title: lowest ? 'epoch' : null,
    scale: { nice: false, zero: false, domain },
    axis: { grid: false, tickMinStep: 1, tickCount: 8, format: 'd' },
  } as const
  const ticks = of === 'cost' ? { values: logarithmicTicks(curves.map(({ value }) => value)) } : { tickCount: 6 }
  const y = {
    field: 'value',
    type: 'quantitative',
    title: axis,
    scale: of === 'cost' ? ({ type: 'log', nice: false, padding: 8 } as const) : { zero: false, padding: 8, nice: false },
    axis: { grid: true, format: '~g', ...ticks },
  } as const
  const color = {
    field: 'line',
    type: 'nominal',
    scale: { domain: [...parts], range: parts.map((part) => PART_COLOUR[part]) },
    legend: { title: null, symbolType: 'stroke', symbolSize: 300, symbolOpacity: 1, symbolStrokeWidth: 2.6 },
  } as const
  const shape = { field: 'what', type: 'nominal', scale: { domain: ['best epoch'], range: ['diamond'] }, legend: { title: null } } as const
  // One epoch makes no line.
  const point = last === 1
  const thin: Layers[number] = {
    data: { values: [...curves] },
    mark: { type: 'line', point, ...(means.length > 0 ? { strokeWidth: 0.8, opacity: 0.4 } : {}) },
    encoding: { x, y, color, detail: { field: 'network' } },
  }
  const mean: Layers[number] = {
    data: { values: [...means] },
    mark: { type: 'line', point, strokeWidth: 2.6 },
    encoding: { x, y, color },
  }
  const marked: Layers[number] = {
    data: { values: [...best] },
    mark: { type: 'point', size: 55, stroke: '#ffffff', strokeWidth: 0.8, fill: GREY.text },
    encoding: { x, y, shape },
  }
  return [thin, ...(means.length > 0 ? [mean] : []), ...(best.length > 0 ? [marked] : [])]
}

/** Values against the epoch, from 1; of long ones every k-th and the last. */
function rows(values: ArrayLike<number>, line: string, network: number): Row[] {
  const step = Math.ceil(values.length / MAX_EPOCHS)
  return Array.from(values, (value, e) => ({ epoch: e + 1, value, line, network })).filter(
    (_, e) => e % step === 0 || e === values.length - 1,
  )
}

function meanOf(networks: LearningCurves['networks'], of: keyof History): number[] {
  const shortest = Math.min(...networks.map(({ history }) => history[of].length))
  return Array.from(
    { length: shortest },
    (_, e) => networks.reduce((sum, { history }) => sum + (history[of][e] ?? NaN), 0) / networks.length,
  )
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
