import type { SymmetryName } from '../model/physics.ts'
import type { ActivationName, CostName } from './architecture.ts'
import type { InitialisationName, OptimizerName } from './settings.ts'

/**
 * What may be said of a training; all of it has defaults, some of which depend on the data. options.ts checks it; test/library holds
 * both against each other.
 */
export interface TrainingInput {
  /** Neurons of the hidden layers, or `none`; default [100] */
  readonly layers?: 'none' | readonly number[] | undefined
  /** Activation of the hidden layers; default sigmoid */
  readonly activation?: ActivationName | undefined
  /** Output neurons; default 1 for two classes, else one for each; 2 for two classes with cross-entropy */
  readonly outputs?: number | undefined
  /** Activation of the output; default sigmoid for bce and for mse of classes, softmax for cross-entropy, identity for mse of numbers */
  readonly outputActivation?: ActivationName | undefined
  /** The cost; default bce for two classes, cross-entropy for more, mse for numbers */
  readonly loss?: CostName | undefined
  /** How weights are changed; default adam */
  readonly optimizer?: OptimizerName | undefined
  /** Distribution of the first weights; default he for relu and its like, else xavier */
  readonly initialisation?: InitialisationName | undefined
  /** How often every example is shown; default 100 */
  readonly epochs?: number | undefined
  /** Examples to a step; default 32 */
  readonly batch?: number | undefined
  /** Size of a step; default 0.001, for sgd 0.1 */
  readonly learningRate?: number | undefined
  /** Of the learning rate: constant, cosine, step:30:0.1 or exponential:0.95; default constant */
  readonly schedule?: string | undefined
  /** Epochs in which the learning rate grows to its value; default 0 */
  readonly warmup?: number | undefined
  /** Of sgd: fraction of the last step that is taken again; default 0, with nesterov 0.9 */
  readonly momentum?: number | undefined
  /** Of sgd: look ahead by the momentum; default false */
  readonly nesterov?: boolean | undefined
  /** Of adam and adamw: memory of the gradients; default 0.9 */
  readonly beta1?: number | undefined
  /** Of adam and adamw: memory of their squares; default 0.999 */
  readonly beta2?: number | undefined
  /** Of adam and adamw: what keeps them from dividing by 0; default 1e-8 */
  readonly epsilon?: number | undefined
  /** λ of (λ/2) ΣW² in the cost; default 0 */
  readonly l2?: number | undefined
  /** Of adamw: fraction, times the learning rate, that weights shrink by in a step; default 0.01 */
  readonly weightDecay?: number | undefined
  /** Probability that a hidden neuron is left out; default 0 */
  readonly dropout?: number | undefined
  /** What an example of each class counts; default none, the same for all */
  readonly classWeights?: 'none' | 'balanced' | readonly number[] | undefined
  /** Inputs to mean 0 and variance 1, kept in the model; default true */
  readonly standardise?: boolean | undefined
  /** Show examples moved by the symmetries of the data: true for all of them, or some; default false */
  readonly augment?: boolean | readonly SymmetryName[] | undefined
  /** Fraction of the groups to validate with; default 0.1 */
  readonly validation?: number | undefined
  /** Fraction of the groups that are held out; default 0.2 */
  readonly test?: number | undefined
  /** Stop after that many epochs without a better validation cost; default 0, never */
  readonly patience?: number | undefined
  /** Networks of the ensemble, trained in parallel; default 1 */
  readonly seeds?: number | undefined
  /** Train each network on groups drawn with replacement; default false */
  readonly bootstrap?: boolean | undefined
  /** Seed of all random numbers, 0 to 2^64 - 1; default: drawn anew and kept in the model */
  readonly seed?: number | string | undefined
}
