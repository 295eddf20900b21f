import { UsageError } from '../errors.ts'

/** Every activation function g; `step` cannot be trained through, its slope is 0. */
export const activationNames = [
  'identity',
  'sigmoid',
  'tanh',
  'relu',
  'leaky-relu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'softmax',
  'step',
] as const
export type ActivationName = (typeof activationNames)[number]

/** What is made small: mean squared error, binary cross-entropy of each output, cross-entropy of all outputs together. */
export const costNames = ['mse', 'bce', 'cross-entropy'] as const
export type CostName = (typeof costNames)[number]

/** One layer: n neurons, a_j = g(Σ_i a_i W_ij + b_j) over the neurons i of the layer before. */
export interface LayerShape {
  readonly neurons: number
  readonly activation: ActivationName
}

/** A feedforward network without its numbers. */
export interface Architecture {
  /** Numbers of one example: the picture, read row by row. */
  readonly inputs: number
  /** The hidden layers and, last, the output; at least one. */
  readonly layers: readonly LayerShape[]
}

/** Weights and biases of one layer: W (n_{ℓ-1}, n_ℓ) row-major, b (n_ℓ). */
export interface LayerParameters {
  readonly weights: Float32Array
  readonly biases: Float32Array
}

/** Neurons of the last layer. */
export function outputsOf({ layers }: Architecture): number {
  return layers.at(-1)?.neurons ?? 0
}

/** How many weights and biases there are. */
export function parameterCount({ inputs, layers }: Architecture): number {
  return layers.reduce((sum, { neurons }, l) => sum + ((layers[l - 1]?.neurons ?? inputs) + 1) * neurons, 0)
}

/** `900-100-2`. */
export function sizesOf({ inputs, layers }: Architecture): string {
  return [inputs, ...layers.map(({ neurons }) => neurons)].join('-')
}

/** The activations of the output for which a cost is defined; the first one is the default. */
export const OUTPUT_ACTIVATIONS: Readonly<Record<CostName, readonly ActivationName[]>> = {
  mse: activationNames.filter((name) => name !== 'step'),
  bce: ['sigmoid'],
  'cross-entropy': ['softmax'],
}

/** @throws UsageError for layers without neurons, a step that would have to be trained, a cost that does not fit the output */
export function checkArchitecture({ inputs, layers }: Architecture, cost: CostName, where: (key: string) => string): void {
  if (inputs < 1) throw new UsageError('the data have examples without a single number; allowed: at least 1')
  layers.forEach(({ neurons, activation }, l) => {
    const last = l === layers.length - 1
    const key = where(last ? 'outputs' : 'layers')
    if (!Number.isInteger(neurons) || neurons < 1) {
      throw new UsageError(`${key}: a layer of ${neurons} neurons is not possible; allowed: whole numbers from 1`)
    }
    if (activation === 'step') {
      throw new UsageError(
        `${where(last ? 'outputActivation' : 'activation')}: step has slope 0 everywhere, so that nothing is learned; train with sigmoid`,
      )
    }
  })
  const output = layers.at(-1)?.activation as ActivationName
  if (!OUTPUT_ACTIVATIONS[cost].includes(output)) {
    throw new UsageError(
      `${where('loss')}: ${cost} does not fit an output of ${output}; allowed: ${OUTPUT_ACTIVATIONS[cost].join(', ')}; for ${output} take --loss mse`,
    )
  }
  if (cost === 'cross-entropy' && (layers.at(-1)?.neurons ?? 0) < 2) {
    throw new UsageError(
      `${where('outputs')}: cross-entropy of 1 output is always 0; allowed: an output for each class; for one take --loss bce`,
    )
  }
}
