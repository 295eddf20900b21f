import type { Options } from 'yargs'
import { symmetryNames } from '../model/physics.ts'
import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { toNumber, wholeNumber } from './flag-values.ts'
import { type Flags, text } from './verb.ts'

// The flags of `train` that say how to train. Values are taken as text and read at the edge, as those of `run` are.

export const trainingOptions: Readonly<Record<string, Options>> = {
  layers: text('Neurons of the hidden layers: 100, or 64,32, or none [default: 100]'),
  activation: text('Of the hidden layers: sigmoid, tanh, relu, leaky-relu, elu, gelu, silu, softplus ... [default: sigmoid]'),
  loss: text('The cost: bce, cross-entropy, mse [default: bce for two classes, cross-entropy for more, mse for numbers]'),
  outputs: text('Output neurons [default: 1 for two classes, else one for each; 2 for two classes with cross-entropy]'),
  'output-activation': text(
    'Of the output [default: sigmoid for bce and for mse of classes, softmax for cross-entropy, identity for mse of numbers]',
  ),
  initialisation: text('First weights: xavier, he, normal [default: he for relu and its like, else xavier]'),
  optimizer: text('sgd, adam, adamw [default: adam]'),
  'learning-rate': text('How far weights go in a step [default: 0.001; 0.1 for sgd]'),
  schedule: text('Of the learning rate: constant, cosine, step:30:0.1, exponential:0.95 [default: constant]'),
  warmup: text('Epochs in which the learning rate grows to its value [default: 0]'),
  epochs: text('How often every example is shown [default: 100]'),
  batch: text('Examples to a step [default: 32]'),
  momentum: text('Of sgd: share of the last step that is taken again [default: 0; 0.9 with --nesterov]'),
  nesterov: { type: 'boolean', describe: 'Of sgd: look ahead by the momentum [default: no]' },
  beta1: text('Of adam and adamw: memory of the gradients [default: 0.9]'),
  beta2: text('Of adam and adamw: memory of their squares [default: 0.999]'),
  epsilon: text('Of adam and adamw: what keeps them from dividing by 0 [default: 1e-8]'),
  l2: text('λ of (λ/2) ΣW² in the cost [default: 0]'),
  'weight-decay': text('Of adamw: share, times the learning rate, that weights shrink by in a step [default: 0.01]'),
  dropout: text('Chance of a hidden neuron to be left out [default: 0]'),
  'class-weights': text('none, balanced, or a number for each class: 1,13 [default: none]'),
  standardise: { type: 'boolean', describe: 'Inputs to mean 0 and variance 1; kept in the model [default: yes]' },
  augment: {
    type: 'string',
    describe: 'Show examples moved by the symmetries of the data: all, or flip,reflection,transposition,translation [default: as they are]',
  },
  validation: text('Share of the groups to validate with [default: 0.1]'),
  test: text('Share of the groups that are held out [default: 0.2]'),
  patience: text('Stop after that many epochs without a better validation cost [default: 0, never]'),
  seeds: text('Networks of the ensemble, trained in parallel [default: 1]'),
  bootstrap: { type: 'boolean', describe: 'Train each network on groups drawn with replacement [default: no]' },
  seed: text('Seed of all random numbers [default: drawn anew, and kept in the model]'),
}

const NUMBERS = new Set(
  'outputs learningRate warmup epochs batch momentum beta1 beta2 epsilon l2 weightDecay dropout validation test patience seeds'.split(' '),
)

/** What the flags ask for, with the keys of the library. */
export function readTraining(flags: Flags): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const name of Object.keys(trainingOptions)) {
    const key = camel(name)
    const value = flags[key]
    if (value === undefined) continue
    if (key === 'layers') given.layers = numbersOrText(String(value))
    else if (key === 'classWeights') given.classWeights = String(value).includes(',') ? numbersOrText(String(value)) : value
    else if (key === 'augment') given.augment = value === '' || value === 'all' ? true : readSymmetries(String(value))
    else given[key] = NUMBERS.has(key) ? toNumber(String(value)) : value
  }
  return given
}

/** `--threads` of the verbs that use networks. */
export function threadsFlag(flags: Flags): number | undefined {
  return wholeNumber(flags, 'threads', 1, 1024)
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** A list with something else in it stays the text that was written. */
function numbersOrText(text: string): (number | string)[] | string {
  const values = text.split(',').map(toNumber)
  return values.every((value) => typeof value === 'number') ? values : text
}

/** The words of the command line for `all` are not those of the library; and `--augment DATA` takes the data for symmetries. */
function readSymmetries(text: string): readonly string[] {
  const names = text.split(',')
  const unknown = names.find((name) => !symmetryNames.some((known) => known === name))
  if (unknown === undefined) return names
  throw new UsageError(
    `--augment: ${shown(text)} is not possible${didYouMean(unknown, symmetryNames)}; allowed: all, or some of ${symmetryNames.join(',')}; the data are named before it`,
  )
}
