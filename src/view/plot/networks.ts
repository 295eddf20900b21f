import { FileError, UsageError } from '../../errors.ts'
import type { FigureName } from '../figure/figure.ts'
import type { FigureSpec } from '../figure/render.ts'
import type { TrainedModel } from '../../neural/model.ts'
import type { StoredPrediction } from '../../neural/prediction-file.ts'
import { shown } from '../../text/suggestion.ts'
import { alone, forNetworks, type PlotRequest } from './request.ts'

// What `plot` draws of models and of predictions, and what it refuses to.

const OF_MODELS: readonly FigureName[] = ['learning', 'network', 'weights']
const OF_PREDICTIONS: readonly FigureName[] = ['output', 'scaling', 'confusion']

export interface NetworkFigure {
  readonly figure: FigureName
  readonly spec: FigureSpec
}

/** @param format what the first file says it is */
export async function networkFigure(files: readonly string[], format: string | undefined, request: PlotRequest): Promise<NetworkFigure> {
  const { MODEL_FORMAT, readModel } = await import('../../neural/model-file.ts')
  const { PREDICTION_FORMAT, readPrediction } = await import('../../neural/prediction-file.ts')
  const [first = ''] = files
  const { figure: asked } = request
  if (format === MODEL_FORMAT) {
    alone(files, 'model', 'leave it out')
    const figure = allowed(asked ?? 'learning', OF_MODELS, 'a model', first)
    forNetworks(request, first)
    refuseUnused(figure, request)
    return { figure, spec: await modelSpec(await readModel(first), figure, request) }
  }
  if (format !== PREDICTION_FORMAT)
    throw new FileError(
      `${first}: no archive of a run, no model, no prediction and no benchmark of spinpool; allowed: what spinpool run, train, predict --out or bench wrote`,
    )
  const predictions: StoredPrediction[] = []
  for (const file of files) predictions.push(await readPrediction(file))
  const figure = allowed(asked ?? (predictions[0]?.curve ? 'output' : 'confusion'), OF_PREDICTIONS, 'a prediction', first)
  forNetworks(request, first)
  refuseUnused(figure, request)
  return { figure, spec: await predictionSpec(predictions, files, figure) }
}

function allowed(figure: string, among: readonly FigureName[], what: string, file: string): FigureName {
  const found = among.find((name) => name === figure)
  if (found) return found
  throw new UsageError(`--figure: ${figure} cannot be drawn of ${file}, ${what}; allowed: ${among.join(', ')}`)
}

/** Flags of some figures only. */
const USED_BY: Readonly<Record<'network' | 'neurons', readonly FigureName[]>> = { network: ['network', 'weights'], neurons: ['weights'] }

function refuseUnused(figure: FigureName, request: PlotRequest): void {
  for (const [name, figures] of Object.entries(USED_BY)) {
    if (request[name as keyof typeof USED_BY] !== undefined && !figures.includes(figure))
      throw new UsageError(`--${name}: the figure ${figure} has no use for it; allowed: with --figure ${figures.join(' or ')}`)
  }
}

async function modelSpec(model: TrainedModel, figure: FigureName, request: PlotRequest): Promise<FigureSpec> {
  const { title, shape, classes, networks } = model
  if (figure === 'learning') {
    if (!model.training) throw new UsageError('--figure: an imported model tells nothing of how it learned; allowed: network, weights')
    const { learningCurves } = await import('../figure/learning-curves.ts')
    return learningCurves({ title, cost: model.training.settings.loss, networks })
  }
  const { network: k = 0, neurons: written } = request
  if (!Number.isInteger(k) || k < 0 || k >= networks.length)
    throw new UsageError(`--network: ${k} is not possible; allowed: 0 to ${networks.length - 1}`)
  const { networkOf } = await import('../../neural/model.ts')
  const network = networkOf(model, k)
  if (figure === 'network') {
    const { networkDrawing } = await import('../figure/network-drawing.ts')
    return networkDrawing(network, { title, shape, classes })
  }
  const { weightImages } = await import('../figure/weight-images.ts')
  const neurons = written?.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const most = (network.architecture.layers[0]?.neurons ?? 0) - 1
  const wrong = neurons?.find((neuron) => !Number.isInteger(neuron) || neuron < 0 || neuron > most)
  if (wrong !== undefined) throw new UsageError(`--neurons: ${shown(written)} is not possible; allowed: whole numbers from 0 to ${most}`)
  return weightImages(network, { title, shape, ...(neurons ? { neurons } : {}) })
}

async function predictionSpec(predictions: readonly StoredPrediction[], files: readonly string[], figure: FigureName): Promise<FigureSpec> {
  const first = predictions[0] as StoredPrediction
  if (figure === 'confusion') {
    alone(files, 'confusion matrix', 'leave it out')
    if (!first.confusion || !first.classes) throw new FileError(`${files[0]}: holds no classes, so no confusion`)
    const { confusionMatrix } = await import('../figure/confusion-matrix.ts')
    return confusionMatrix({ title: first.title, classes: first.classes, counts: first.confusion })
  }
  const curves = predictions.map(({ curve }, i) => {
    if (!curve) throw new FileError(`${files[i]}: has no output against temperature; predict data that have temperatures and two classes`)
    return curve
  })
  const critical = first.critical === undefined ? undefined : { name: 'T_c', value: first.critical }
  if (figure === 'output') {
    const { outputAgainstTemperature } = await import('../figure/output-against-temperature.ts')
    const named = curves.map((curve, i) => ({ ...curve, name: curve.size > 0 ? `L = ${curve.size}` : `prediction ${i + 1}` }))
    const { closeUpOf } = await import('../figure/close-up.ts')
    const closeUp = closeUpOf(
      curves.flatMap(({ crossing }) => (crossing ? [{ at: crossing.temperature, error: crossing.error }] : [])),
      curves.flatMap(({ temperature }) => [...temperature]),
    )
    return outputAgainstTemperature({
      title: 'Output of networks against temperature',
      curves: named,
      critical,
      crossings: named.flatMap(({ name, crossing }) => (crossing ? [{ name, ...crossing }] : [])),
      phases: { ordered: first.classes?.[1] ?? 'class 1' },
      ...(closeUp ? { closeUp } : {}),
    })
  }
  const odd = curves.findIndex(({ size }, i) => size === 0 || curves.findIndex((curve) => curve.size === size) < i)
  if (odd >= 0) {
    const size = curves[odd]?.size ?? 0
    throw size === 0
      ? new FileError(`${files[odd]}: does not say the size of its lattice; predict data made with spinpool dataset phases`)
      : new UsageError(`${files[odd]}: L = ${size} is there already; allowed: one prediction for each size`)
  }
  const { transitionOf } = await import('../../neural/transition.ts')
  const { finiteSizeScaling } = await import('../figure/finite-size-scaling.ts')
  const { crossings, fit } = transitionOf(curves, 1)
  if (!fit) throw new UsageError(`--figure: scaling needs two sizes or more whose outputs go through 1/2; given: ${crossings.length}`)
  return finiteSizeScaling({
    title: 'Where outputs are one half, against the size of the lattice',
    points: crossings,
    fit,
    exact: critical,
  })
}
