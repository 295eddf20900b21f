import type { Options } from 'yargs'
import type { Where } from '../job/job.ts'
import { UsageError } from '../errors.ts'
import { shown } from '../suggestion.ts'
import type { Flags } from './verb.ts'

// The flags of `train` that say how to train. Values are taken as text and read at the edge, as those of `run` are.

const text = (describe: string): Options => ({ type: 'string', requiresArg: true, describe })

export const trainingOptions: Readonly<Record<string, Options>> = {
  layers: text('Neurons of the hidden layers: 100, or 64,32, or none [default: 100]'),
  activation: text('Of the hidden layers: sigmoid, tanh, relu, leaky-relu, elu, gelu, silu, softplus ... [default: sigmoid]'),
  loss: text('The cost: bce, cross-entropy, mse [default: bce for two classes, cross-entropy for more, mse for numbers]'),
  outputs: text('Output neurons [default: 1 for two classes, else one for each]'),
  'output-activation': text('Of the output [default: sigmoid for bce, softmax for cross-entropy]'),
  initialisation: text('First weights: xavier, he, normal [default: he for relu and its like, else xavier]'),
  optimizer: text('sgd, adam, adamw [default: adam]'),
  'learning-rate': text('[default: 0.001; 0.1 for sgd]'),
  schedule: text('Of the learning rate: constant, cosine, step:30:0.1, exponential:0.95 [default: constant]'),
  warmup: text('Epochs in which the learning rate grows to its value [default: 0]'),
  epochs: text('How often every example is shown [default: 100]'),
  batch: text('Examples to a step [default: 32]'),
  momentum: text('Of sgd [default: 0]'),
  nesterov: { type: 'boolean', describe: 'Nesterov momentum, of sgd' },
  beta1: text('Of adam and adamw [default: 0.9]'),
  beta2: text('Of adam and adamw [default: 0.999]'),
  epsilon: text('Of adam and adamw [default: 1e-8]'),
  l2: text('λ of (λ/2) ΣW² in the cost [default: 0]'),
  'weight-decay': text('Of adamw [default: 0.01]'),
  dropout: text('Chance of a hidden neuron to be left out [default: 0]'),
  'class-weights': text('none, balanced, or a number for each class: 1,13 [default: none]'),
  standardise: { type: 'boolean', describe: 'Inputs to mean 0 and variance 1; kept in the model [default: yes]' },
  augment: {
    type: 'string',
    describe: 'Show examples moved by the symmetries of the data: all, or flip,reflection,transposition,translation',
  },
  validation: text('Share of the groups to validate with [default: 0.1]'),
  test: text('Share of the groups that are held out [default: 0.2]'),
  patience: text('Stop after that many epochs without a better validation cost [default: 0, never]'),
  seeds: text('Networks of the ensemble, trained in parallel [default: 1]'),
  bootstrap: { type: 'boolean', describe: 'Train each network on groups drawn with replacement' },
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
    if (key === 'layers') given.layers = value === 'none' ? 'none' : String(value).split(',').map(toNumber)
    else if (key === 'classWeights') given.classWeights = String(value).includes(',') ? String(value).split(',').map(toNumber) : value
    else if (key === 'augment') given.augment = value === '' || value === 'all' ? true : String(value).split(',')
    else given[key] = NUMBERS.has(key) ? toNumber(String(value)) : value
  }
  return given
}

/** `--learning-rate` of `learningRate`. */
export const flagOf: Where = (key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** A flag of other verbs, a whole number. @throws UsageError for anything else */
export function wholeNumber(flags: Flags, key: string, from: number, to = Number.POSITIVE_INFINITY): number | undefined {
  const value = flags[key]
  if (value === undefined) return undefined
  const number = toNumber(String(value))
  if (typeof number !== 'number' || !Number.isInteger(number) || number < from || number > to) {
    const most = to < Number.POSITIVE_INFINITY ? ` to ${to}` : ''
    throw new UsageError(`${flagOf(key)}: ${shown(value)} is not possible; allowed: whole numbers from ${from}${most}`)
  }
  return number
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Text stays text where it is no number: the schema then says what was written and what is allowed. */
function toNumber(value: string): number | string {
  const number = Number(value)
  return value.trim() === '' || Number.isNaN(number) ? value : number
}
