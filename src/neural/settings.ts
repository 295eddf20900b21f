import type { ActivationName, CostName } from './architecture.ts'

/** How fast to go: constant; by a factor every few epochs; by a factor every epoch; half a cosine down to 0. */
export const scheduleNames = ['constant', 'step', 'exponential', 'cosine'] as const
export type Schedule =
  | { readonly kind: 'constant' }
  | { readonly kind: 'step'; readonly every: number; readonly factor: number }
  | { readonly kind: 'exponential'; readonly factor: number }
  | { readonly kind: 'cosine' }

export const optimizerNames = ['sgd', 'adam', 'adamw'] as const
export type OptimizerName = (typeof optimizerNames)[number]

/** Xavier: uniform within ±√(6 / (n_in + n_out)). He: normal of variance 2 / n_in. Normal: of standard deviation 0.01. */
export const initialisationNames = ['xavier', 'he', 'normal'] as const
export type InitialisationName = (typeof initialisationNames)[number]

/** How weights follow their gradients. */
export interface OptimizerSettings {
  readonly optimizer: OptimizerName
  /** Of SGD: fraction of the last step that is taken again. */
  readonly momentum: number
  readonly nesterov: boolean
  /** Of Adam: β₁, β₂, ε. */
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Coefficient λ of (λ/2) Σ W² in the cost: λW in the gradient of weights, not of biases. */
  readonly l2: number
  /** Of AdamW: weights (not biases) shrink by learning rate times this in each step. */
  readonly weightDecay: number
}

/** Everything that a training depends on besides its data; nothing is left open. */
export interface TrainingSettings extends OptimizerSettings {
  /** Neurons of the hidden layers. */
  readonly layers: readonly number[]
  readonly activation: ActivationName
  readonly outputs: number
  readonly outputActivation: ActivationName
  readonly loss: CostName
  readonly initialisation: InitialisationName
  readonly epochs: number
  /** Examples to a step. */
  readonly batch: number
  readonly learningRate: number
  readonly schedule: Schedule
  /** Epochs in which the learning rate grows to its value. */
  readonly warmup: number
  /** Chance of a hidden neuron to be left out in a step. */
  readonly dropout: number
  /** 'balanced': weights count/(classes x count of the class), so that every class counts alike; or one for each class. */
  readonly classWeights: 'none' | 'balanced' | readonly number[]
  readonly standardise: boolean
  /** Symmetries to draw from, each time an example is shown. */
  readonly augment: readonly string[]
  /** Fractions of the groups. */
  readonly validation: number
  readonly test: number
  /** Epochs without a better validation cost after which a network stops; 0: never. */
  readonly patience: number
  /** Networks of the ensemble. */
  readonly seeds: number
  /** Each network is trained on groups drawn with replacement, so that their spread tells of the finite data too. */
  readonly bootstrap: boolean
  /** Decimal digits. */
  readonly seed: string
}
