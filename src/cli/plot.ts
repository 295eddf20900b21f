import { EXIT, FileError, UsageError } from '../errors.ts'
import { FIGURES, type FigureName, figureNames, findFigure } from '../figure/figure.ts'
import type { FigureSpec } from '../figure/render.ts'
import { shown } from '../suggestion.ts'
import type { TrainedModel } from '../neural/model.ts'
import type { StoredPrediction } from '../neural/prediction-file.ts'
import { wholeNumber } from './training-flags.ts'
import type { Flags, Verb } from './verb.ts'

const OF_MODELS: readonly FigureName[] = ['learning', 'network', 'weights']
const OF_PREDICTIONS: readonly FigureName[] = ['output', 'scaling', 'confusion']

/** `spinpool plot`: a figure of a model, or of predictions. */
export const plotVerb: Verb = {
  usage: 'plot <files..>',
  describe: 'Draw a model or predictions as SVG',
  options: {
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The picture to write, a name that ends in .svg' },
    figure: {
      type: 'string',
      requiresArg: true,
      describe: `${figureNames.map((name) => `${name}: ${FIGURES[name]}`).join('; ')} [default: learning of a model; output of predictions with temperatures, else confusion]`,
    },
    network: { type: 'string', requiresArg: true, describe: 'network, weights: which of the ensemble, from 0 [default: 0]' },
    neurons: {
      type: 'string',
      requiresArg: true,
      describe: 'weights: hidden neurons, from 0: 3,7 [default: those with the largest outgoing weights]',
    },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
  },
  examples: [
    ['spinpool plot net.h5 -o learning.svg', 'costs and accuracies of a training'],
    ['spinpool plot net.h5 --figure weights -o weights.svg', 'what hidden neurons look for'],
    ['spinpool plot p10.h5 p20.h5 p40.h5 -o output.svg', 'outputs of predictions against temperature'],
    ['spinpool plot p10.h5 p20.h5 p40.h5 --figure scaling -o scaling.svg', 'their crossings against 1/L'],
  ],
  act: async (flags, terminal) => {
    const out = flags.out === undefined ? undefined : String(flags.out)
    if (out === undefined) throw new UsageError('--out: missing; name the picture to write: spinpool plot FILE -o x.svg')
    if (!out.endsWith('.svg')) throw new UsageError(`--out: ${shown(out)} names no format; allowed: names that end in .svg`)
    const asked = flags.figure === undefined ? undefined : findFigure(String(flags.figure))
    const { writeBytes } = await import('../archive/atomic.ts')
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { renderSvg } = await import('../figure/render.ts')
    const files = [flags.files].flat().map(String)
    checkNoSource(out, files, 'one of the files that are drawn')
    const path = freePlace(out, 'figure', new Date(), flags.force === true)
    writeBytes(path, await renderSvg(await specOf(files, asked, flags)))
    terminal.print(path)
    return EXIT.done
  },
}

async function specOf(files: readonly string[], asked: FigureName | undefined, flags: Flags): Promise<FigureSpec> {
  const { formatOf } = await import('../archive/format.ts')
  const { MODEL_FORMAT, readModel } = await import('../neural/model-file.ts')
  const { PREDICTION_FORMAT, readPrediction } = await import('../neural/prediction-file.ts')
  const [first = ''] = files
  const format = await formatOf(first)
  if (format === MODEL_FORMAT) {
    if (files.length > 1) throw new UsageError(`${files[1]}: one model at a time can be drawn; leave it out`)
    const figure = asked ?? 'learning'
    refuse(figure, OF_MODELS, 'a model', first)
    refuseUnused(figure, flags)
    return modelSpec(await readModel(first), figure, flags)
  }
  if (format !== PREDICTION_FORMAT)
    throw new FileError(`${first}: neither a model nor a prediction of spinpool; allowed: what spinpool train or predict --out wrote`)
  const predictions: StoredPrediction[] = []
  for (const file of files) predictions.push(await readPrediction(file))
  const figure = asked ?? (predictions[0]?.curve ? 'output' : 'confusion')
  refuse(figure, OF_PREDICTIONS, 'a prediction', first)
  refuseUnused(figure, flags)
  return predictionSpec(predictions, files, figure)
}

function refuse(figure: FigureName, allowed: readonly FigureName[], what: string, file: string): void {
  if (!allowed.includes(figure))
    throw new UsageError(`--figure: ${figure} cannot be drawn of ${file}, ${what}; allowed: ${allowed.join(', ')}`)
}

/** Flags of some figures only. */
const USED_BY: Readonly<Record<'network' | 'neurons', readonly FigureName[]>> = { network: ['network', 'weights'], neurons: ['weights'] }

function refuseUnused(figure: FigureName, flags: Flags): void {
  for (const [name, figures] of Object.entries(USED_BY)) {
    if (flags[name] !== undefined && !figures.includes(figure))
      throw new UsageError(`--${name}: the figure ${figure} has no use for it; allowed: with --figure ${figures.join(' or ')}`)
  }
}

async function modelSpec(model: TrainedModel, figure: FigureName, flags: Flags): Promise<FigureSpec> {
  const { title, shape, classes, networks } = model
  if (figure === 'learning') {
    if (!model.training) throw new UsageError('--figure: an imported model tells nothing of how it learned; allowed: network, weights')
    const { learningCurves } = await import('../figure/learning-curves.ts')
    return learningCurves({ title, cost: model.training.settings.loss, networks })
  }
  const k = wholeNumber(flags, 'network', 0) ?? 0
  if (k >= networks.length) throw new UsageError(`--network: ${k} is not possible; allowed: 0 to ${networks.length - 1}`)
  const { networkOf } = await import('../neural/model.ts')
  const network = networkOf(model, k)
  if (figure === 'network') {
    const { networkDrawing } = await import('../figure/network-drawing.ts')
    return networkDrawing(network, { title, shape, classes })
  }
  const { weightImages } = await import('../figure/weight-images.ts')
  const neurons =
    flags.neurons === undefined
      ? undefined
      : String(flags.neurons)
          .split(',')
          .map((written) => (written.trim() === '' ? Number.NaN : Number(written)))
  const most = (network.architecture.layers[0]?.neurons ?? 0) - 1
  const wrong = neurons?.find((neuron) => !Number.isInteger(neuron) || neuron < 0 || neuron > most)
  if (wrong !== undefined)
    throw new UsageError(`--neurons: ${shown(String(flags.neurons))} is not possible; allowed: whole numbers from 0 to ${most}`)
  return weightImages(network, { title, shape, ...(neurons ? { neurons } : {}) })
}

async function predictionSpec(predictions: readonly StoredPrediction[], files: readonly string[], figure: FigureName): Promise<FigureSpec> {
  const first = predictions[0] as StoredPrediction
  if (figure === 'confusion') {
    if (predictions.length > 1) throw new UsageError(`${files[1]}: one confusion matrix at a time can be drawn; leave it out`)
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
    return outputAgainstTemperature({
      title: 'Output of networks against temperature',
      curves: named,
      critical,
      crossings: named.flatMap(({ name, crossing }) => (crossing ? [{ name, ...crossing }] : [])),
      phases: { ordered: first.classes?.[1] ?? 'class 1' },
    })
  }
  const odd = curves.findIndex(({ size }, i) => size === 0 || curves.findIndex((curve) => curve.size === size) < i)
  if (odd >= 0) {
    const size = curves[odd]?.size ?? 0
    throw size === 0
      ? new FileError(`${files[odd]}: does not say the size of its lattice; predict data made with spinpool dataset phases`)
      : new UsageError(`${files[odd]}: L = ${size} is there already; allowed: one prediction for each size`)
  }
  const { transitionOf } = await import('../neural/transition.ts')
  const { finiteSizeScaling } = await import('../figure/finite-size-scaling.ts')
  const { crossings, fit } = transitionOf(curves, 1)
  if (!fit) throw new UsageError(`--figure: scaling needs two sizes or more whose outputs go through 1/2; given: ${crossings.length}`)
  return finiteSizeScaling({
    title: 'Where outputs are one half, against the size of the lattice',
    points: crossings,
    fit: { slope: fit.slope, intercept: fit.intercept, error: fit.interceptError },
    exact: critical,
  })
}
