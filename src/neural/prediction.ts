import { type Dataset, kindOf, type PartName, partNames } from '../dataset/dataset.ts'
import { encodingOf } from '../dataset/encoding.ts'
import { hashDataset } from '../dataset/hash.ts'
import { UsageError } from '../errors.ts'
import { outputsOf } from './architecture.ts'
import { type Baseline, thresholdBaseline } from './baseline.ts'
import { type Curve, curveOf } from './curve.ts'
import { evaluate } from './evaluate.ts'
import { type Classification, classify, foundClass } from './metrics.ts'
import type { TrainedModel } from './model.ts'

/** What a model makes of data. Means over the networks of the ensemble; `spread`s are standard deviations between them. */
export interface Prediction {
  readonly title: string
  /** Which examples: those of a part of the training's data, or all. */
  readonly part: PartName | 'all'
  /** (example) rows of the data. */
  readonly rows: Int32Array
  readonly outputs: number
  /** (example, output): mean outputs, and how they differ between networks (NaN for one network). */
  readonly mean: Float64Array
  readonly spread: Float64Array
  /** Names of classes; undefined where outputs are real numbers. */
  readonly classes?: readonly string[] | undefined
  /** (example) The class that the mean outputs stand for. */
  readonly found?: Int32Array | undefined
  /** (example, class): probabilities, which sum to 1. */
  readonly probability?: Float64Array | undefined
  /** What is right and wrong, by the mean outputs; undefined without classes. */
  readonly classification?: Classification | undefined
  /** What a threshold on an order parameter would get, for configurations that the model's own data hold. */
  readonly baseline?: Baseline | undefined
  /** Accuracy of each network by itself. */
  readonly accuracies?: readonly number[] | undefined
  /** Mean squared error, of outputs that are real numbers. */
  readonly squaredError?: number | undefined
  /** Probability of class 1 against temperature, where the data have one and there are two classes. */
  readonly curve?: Curve | undefined
  /** Linear size of the lattice, where the data have one. */
  readonly size?: number | undefined
  readonly networks: number
}

/**
 * Outputs of a model for data, and how good they are.
 *
 * @param part which rows: of the data that the model was trained on, a part; default `test` for those, where there is such a
 *   part, and all rows of other data
 * @throws UsageError where the data do not fit the model, or have no such part
 */
export async function predict(
  model: TrainedModel,
  data: Dataset,
  part: PartName | 'all' | undefined,
  threads: number,
): Promise<Prediction> {
  checkFit(model, data)
  const { training } = model
  const order = encodingOf(data)?.order
  // The data that it was trained on, so that it is known what was held out.
  const own = training && hashDataset(data) === training.data.hash ? training.data.part : undefined
  const chosen = part ?? (own?.includes(2) ? 'test' : 'all')
  const rows = rowsOf(own ?? data.part, chosen, data.count)
  const { inputs } = model.architecture
  const outputs = outputsOf(model.architecture)
  const x = new Float32Array(rows.length * inputs)
  rows.forEach((row, i) => {
    x.set(data.x.subarray(row * inputs, (row + 1) * inputs), i * inputs)
  })
  const all = await evaluate(model, x, threads)
  const { mean, spread } = together(all)
  const base = {
    title: model.title,
    part: chosen,
    rows,
    outputs,
    mean,
    spread,
    size: data.size ?? model.size,
    networks: all.length,
  }
  const { y } = data
  if (!model.classes || y.kind === 'targets') return { ...base, squaredError: squaredError(mean, rows, data) }
  const classes = model.classes
  const find = (values: ArrayLike<number>): Int32Array => Int32Array.from(rows, (_, i) => foundClass(values, i * outputs, outputs))
  const truth = Int32Array.from(rows, (row) => y.values[row] as number)
  const found = find(mean)
  const probability = probabilities(mean, outputs, classes.length)
  const curve =
    data.temperature && classes.length === 2
      ? curveOf(
          data,
          rows,
          all.map((values) => classOne(values, outputs)),
          training?.settings.bootstrap ?? false,
        )
      : undefined
  return {
    ...base,
    classes,
    found,
    probability,
    classification: classify(truth, found, classes.length),
    accuracies: all.map((values) => classify(truth, find(values), classes.length).accuracy),
    curve,
    baseline: own && order && thresholdBaseline(data, order, rowsOf(own, 'train', data.count), rows),
  }
}

function checkFit({ shape, classes, architecture, training }: TrainedModel, data: Dataset): void {
  const [known, given] = [training?.data.kind, kindOf(data)]
  if (known !== undefined && given !== undefined && known !== given) {
    throw new UsageError(`the data are ${given} and the model is for ${known}; give data of that kind, or train another model`)
  }
  const width = data.shape.reduce((a, b) => a * b, 1)
  // Pictures may come as rows of numbers, but not as pictures of another shape.
  const picture = shape.length > 1 && data.shape.length > 1
  if (width !== architecture.inputs || (picture && shape.join() !== data.shape.join())) {
    throw new UsageError(
      `the data have examples of ${data.shape.join(' x ')} and the model is for ${shape.join(' x ')}; give data of that shape, or train another model`,
    )
  }
  if (classes && data.y.kind === 'targets')
    throw new UsageError('the data hold real numbers y and the model is for classes; give data with classes')
  if (!classes && data.y.kind === 'targets' && data.y.outputs !== outputsOf(architecture)) {
    throw new UsageError(
      `the data have ${data.y.outputs} numbers y an example and the model has ${outputsOf(architecture)} outputs; give data that fit`,
    )
  }
  if (!classes && data.y.kind === 'classes' && outputsOf(architecture) !== 1) {
    throw new UsageError(
      `the data hold classes and the model has ${outputsOf(architecture)} outputs for real numbers y (example, output); give data that fit`,
    )
  }
  if (classes && data.y.kind === 'classes') {
    const most = data.y.values.reduce((a, b) => Math.max(a, b), 0)
    if (most >= classes.length)
      throw new UsageError(`the data have a class ${most} and the model knows 0 to ${classes.length - 1}; give data that fit`)
    const { names } = data.y
    const moved = names.find((name, k) => classes[k] !== name && classes.includes(name))
    if (moved !== undefined) {
      throw new UsageError(
        `the data call class ${names.indexOf(moved)} '${moved}', and the model class ${classes.indexOf(moved)}; give data whose classes come in its order: ${classes.join(', ')}`,
      )
    }
  }
}

function rowsOf(parts: Int8Array | undefined, chosen: PartName | 'all', count: number): Int32Array {
  const all = Int32Array.from({ length: count }, (_, row) => row)
  if (chosen === 'all') return all
  if (!parts) throw new UsageError(`--part: these are not the data that the model was trained on, and they name no parts; allowed: all`)
  const index = partNames.indexOf(chosen)
  const rows = all.filter((row) => parts[row] === index)
  if (rows.length === 0)
    throw new UsageError(
      `--part: the data have no part ${chosen}; allowed: all, or ${partNames.filter((_, k) => parts.includes(k)).join(', ')}`,
    )
  return rows
}

function together(all: readonly Float32Array[]): { readonly mean: Float64Array; readonly spread: Float64Array } {
  const n = all.length
  const over = (act: (value: number, i: number) => number): Float64Array =>
    Float64Array.from({ length: all[0]?.length ?? 0 }, (_, i) => all.reduce((sum, values) => sum + act(values[i] as number, i), 0))
  const mean = over((value) => value / n)
  const spread = over((value, i) => (value - (mean[i] as number)) ** 2 / (n - 1))
  return { mean, spread: n > 1 ? spread.map(Math.sqrt) : spread.fill(Number.NaN) }
}

/** Outputs that are trained with mse may be outside of 0 to 1; probabilities are not. */
function bounded(output: number): number {
  return Math.min(Math.max(output, 0), 1)
}

/** Probability of class 1; of two sigmoid outputs their fraction of the sum, since they need not sum to 1. */
function classOne(values: ArrayLike<number>, outputs: number): Float64Array {
  return Float64Array.from({ length: values.length / outputs }, (_, i) => {
    if (outputs === 1) return bounded(values[i] as number)
    const [zero, one] = [bounded(values[2 * i] as number), bounded(values[2 * i + 1] as number)]
    return zero + one > 0 ? one / (zero + one) : 0.5
  })
}

function probabilities(mean: Float64Array, outputs: number, classes: number): Float64Array {
  if (classes === 2) return Float64Array.from([...classOne(mean, outputs)].flatMap((p) => [1 - p, p]))
  const within = mean.map(bounded)
  return within.map((value, i) => {
    const at = i - (i % outputs)
    const sum = within.subarray(at, at + outputs).reduce((a, b) => a + b, 0)
    return sum > 0 ? value / sum : 1 / outputs
  })
}

function squaredError(mean: Float64Array, rows: Int32Array, { y }: Dataset): number {
  let sum = 0
  const outputs = mean.length / rows.length
  rows.forEach((row, i) => {
    for (let j = 0; j < outputs; j++) sum += ((mean[i * outputs + j] as number) - (y.values[row * outputs + j] as number)) ** 2
  })
  return sum / mean.length
}
