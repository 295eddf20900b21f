import { z } from 'zod'
import type { Dataset } from '../dataset/dataset.ts'
import { symmetryNames } from '../model/physics.ts'
import { UsageError } from '../errors.ts'
import type { Where } from '../text/where.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { readSeed, SEEDS } from '../engine/random/read-seed.ts'
import { activationNames, checkArchitecture, costNames, OUTPUT_ACTIVATIONS, type Architecture } from './architecture.ts'
import { defaultInitialisation } from './initialisation.ts'
import { readSchedule } from './schedule.ts'
import { initialisationNames, optimizerNames, type TrainingSettings } from './settings.ts'

const whole = (from: number, to: number) => z.number().int().min(from).max(to)
const fraction = z.number().min(0).max(0.95)
const positive = z.number().positive().finite()

/** Of each key what it takes, in words for messages. */
const KEYS = {
  layers: [z.union([z.literal('none'), z.array(whole(1, 1e6)).min(1)]), 'whole numbers from 1, one for each hidden layer, or none'],
  activation: [z.enum(activationNames), activationNames.join(', ')],
  outputs: [whole(1, 1e5), 'whole numbers from 1'],
  outputActivation: [z.enum(activationNames), activationNames.join(', ')],
  loss: [z.enum(costNames), costNames.join(', ')],
  optimizer: [z.enum(optimizerNames), optimizerNames.join(', ')],
  initialisation: [z.enum(initialisationNames), initialisationNames.join(', ')],
  epochs: [whole(1, 1e7), 'whole numbers from 1'],
  batch: [whole(1, 1e6), 'whole numbers from 1'],
  learningRate: [positive, 'numbers above 0'],
  schedule: [z.string(), 'constant, cosine, step:30:0.1 or exponential:0.95'],
  warmup: [whole(0, 1e7), 'whole numbers from 0'],
  momentum: [z.number().min(0).lt(1), 'numbers from 0, below 1'],
  nesterov: [z.boolean(), 'true or false'],
  beta1: [z.number().min(0).lt(1), 'numbers from 0, below 1'],
  beta2: [z.number().min(0).lt(1), 'numbers from 0, below 1'],
  epsilon: [positive, 'numbers above 0'],
  l2: [z.number().min(0).finite(), 'numbers from 0'],
  weightDecay: [z.number().min(0).finite(), 'numbers from 0'],
  dropout: [z.number().min(0).max(0.95), 'numbers from 0 to 0.95'],
  classWeights: [
    z.union([z.enum(['none', 'balanced']), z.array(z.number().min(0).finite()).min(1)]),
    'none, balanced, or a number from 0 for each class',
  ],
  standardise: [z.boolean(), 'true or false'],
  augment: [z.union([z.boolean(), z.array(z.enum(symmetryNames)).min(1)]), `true, false, or a list of ${symmetryNames.join(', ')}`],
  validation: [fraction, 'numbers from 0 to 0.95'],
  test: [fraction, 'numbers from 0 to 0.95'],
  patience: [whole(0, 1e7), 'whole numbers from 0'],
  seeds: [whole(1, 1000), 'whole numbers from 1 to 1000'],
  bootstrap: [z.boolean(), 'true or false'],
  seed: [z.union([whole(0, Number.MAX_SAFE_INTEGER), z.string().regex(/^[0-9]{1,20}$/)]), SEEDS],
} as const

const schema = z.strictObject(
  Object.fromEntries(Object.entries(KEYS).map(([key, [type]]) => [key, type.optional()])) as {
    [K in keyof typeof KEYS]: z.ZodOptional<(typeof KEYS)[K][0]>
  },
)

/** A training as written; training-input.ts has the same for the compiler and for editors. */
export type WrittenTraining = z.input<typeof schema>

/** Names of all keys. */
export const trainingKeys = Object.keys(KEYS) as (keyof typeof KEYS)[]

const VALIDATION = 0.1
const TEST = 0.2

/** Checks what was asked for and fills in the rest. @throws UsageError in one line */
export function resolveTraining(input: unknown, data: Dataset, where: Where): TrainingSettings {
  const given = parse(input, where)
  const classes = data.y.kind === 'classes' ? data.y.names.length : 0
  if (classes === 1) throw new UsageError('all examples are of one class, so that there is nothing to tell apart; give data with two')
  const loss = given.loss ?? (classes === 0 ? 'mse' : classes === 2 ? 'bce' : 'cross-entropy')
  if (classes === 0 && loss !== 'mse') {
    throw new UsageError(`${where('loss')}: ${loss} needs classes, but y holds real numbers; allowed: mse`)
  }
  const fewest = classes === 2 && loss !== 'cross-entropy' ? 1 : classes
  const outputs = given.outputs ?? (data.y.kind === 'targets' ? data.y.outputs : fewest)
  const possible = data.y.kind === 'targets' ? [data.y.outputs] : fewest === 1 ? [1, 2] : [classes]
  if (!possible.includes(outputs)) {
    const why = data.y.kind === 'targets' ? `y has ${data.y.outputs} numbers an example` : `the data have ${classes} classes`
    throw new UsageError(`${where('outputs')}: ${outputs} does not fit, ${why}; allowed: ${possible.join(' or ')}`)
  }
  const optimizer = given.optimizer ?? 'adam'
  const activation = given.activation ?? 'sigmoid'
  const settings: TrainingSettings = {
    layers: given.layers === 'none' ? [] : (given.layers ?? [100]),
    activation,
    outputs,
    outputActivation:
      given.outputActivation ?? (loss === 'mse' ? (classes > 0 ? 'sigmoid' : 'identity') : OUTPUT_ACTIVATIONS[loss][0]) ?? 'identity',
    loss,
    initialisation: given.initialisation ?? defaultInitialisation(activation),
    optimizer,
    momentum: given.momentum ?? (given.nesterov === true ? 0.9 : 0),
    nesterov: given.nesterov ?? false,
    beta1: given.beta1 ?? 0.9,
    beta2: given.beta2 ?? 0.999,
    epsilon: given.epsilon ?? 1e-8,
    l2: given.l2 ?? 0,
    weightDecay: given.weightDecay ?? (optimizer === 'adamw' ? 0.01 : 0),
    epochs: given.epochs ?? 100,
    batch: given.batch ?? 32,
    learningRate: given.learningRate ?? (optimizer === 'sgd' ? 0.1 : 0.001),
    schedule: readSchedule(given.schedule ?? 'constant', where('schedule')),
    warmup: given.warmup ?? 0,
    dropout: given.dropout ?? 0,
    classWeights: given.classWeights ?? 'none',
    standardise: given.standardise ?? true,
    augment: readAugment(given.augment ?? false, data, where),
    validation: data.part ? fractionIn(data.part, 1) : (given.validation ?? VALIDATION),
    test: data.part ? fractionIn(data.part, 2) : (given.test ?? TEST),
    patience: given.patience ?? 0,
    seeds: given.seeds ?? 1,
    bootstrap: given.bootstrap ?? false,
    seed: readSeed(given.seed, where('seed')),
  }
  refuse(given, settings, data, classes, where)
  checkArchitecture(architectureOf(settings, data), loss, where)
  return settings
}

/** The network that settings and the shape of the data make. */
export function architectureOf(
  { layers, activation, outputs, outputActivation }: TrainingSettings,
  { shape }: Pick<Dataset, 'shape'>,
): Architecture {
  return {
    inputs: shape.reduce((a, b) => a * b, 1),
    layers: [...layers.map((neurons) => ({ neurons, activation })), { neurons: outputs, activation: outputActivation }],
  }
}

type Given = z.output<typeof schema>

function parse(input: unknown, where: Where): Given {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0] as z.core.$ZodIssue
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string
    throw new UsageError(`${where(key)}: unknown key${didYouMean(key, trainingKeys)}; allowed: ${trainingKeys.join(', ')}`)
  }
  const key = String(issue.path[0]) as keyof typeof KEYS
  const value = typeof input === 'object' && input !== null ? Reflect.get(input, key) : input
  throw new UsageError(`${where(key)}: ${shown(value)} is not possible; allowed: ${KEYS[key]?.[1] ?? 'a mapping of keys to values'}`)
}

/** What fits each key by itself and not together, or not with the data. */
function refuse(given: Given, settings: TrainingSettings, data: Dataset, classes: number, where: Where): void {
  const only = (key: keyof Given, optimizers: readonly string[]): void => {
    if (given[key] !== undefined && given[key] !== false && !optimizers.includes(settings.optimizer)) {
      throw new UsageError(`${where(key)}: ${settings.optimizer} has none; allowed: with --optimizer ${optimizers.join(' or ')}`)
    }
  }
  only('momentum', ['sgd'])
  only('nesterov', ['sgd'])
  only('beta1', ['adam', 'adamw'])
  only('beta2', ['adam', 'adamw'])
  only('epsilon', ['adam', 'adamw'])
  only('weightDecay', ['adamw'])
  if (settings.nesterov && settings.momentum === 0) {
    throw new UsageError(`${where('momentum')}: 0 leaves Nesterov nothing to look ahead with; allowed: above 0, or without --nesterov`)
  }
  if (data.part && (given.validation !== undefined || given.test !== undefined)) {
    const key = given.validation !== undefined ? 'validation' : 'test'
    throw new UsageError(`${where(key)}: the data say themselves which examples are for what (dataset part); leave it out`)
  }
  if (!data.part && settings.validation + settings.test > 0.95) {
    throw new UsageError(
      `${where('validation')}: ${settings.validation} and ${settings.test} for the test leave nothing to train on; allowed: together up to 0.95`,
    )
  }
  if (settings.patience > 0 && settings.validation === 0) {
    throw new UsageError(`${where('patience')}: stopping early needs examples to validate with; set --validation above 0`)
  }
  if (settings.dropout > 0 && settings.layers.length === 0) {
    throw new UsageError(`${where('dropout')}: there is no hidden layer whose neurons could be left out; set --layers`)
  }
  if (settings.dropout > 0 && settings.activation === 'softmax') {
    throw new UsageError(
      `${where('dropout')}: neurons of softmax depend on each other and cannot be left out one by one; allowed: 0, or another activation`,
    )
  }
  if (settings.warmup > settings.epochs) {
    throw new UsageError(`${where('warmup')}: ${settings.warmup} is more than the ${settings.epochs} epochs there are`)
  }
  if (settings.classWeights === 'none') return
  if (classes === 0) throw new UsageError(`${where('classWeights')}: y holds real numbers, no classes; leave it out`)
  if (settings.classWeights !== 'balanced') {
    const { classWeights } = settings
    if (classWeights.length !== classes) {
      throw new UsageError(`${where('classWeights')}: ${classWeights.length} numbers for ${classes} classes; allowed: one for each`)
    }
    if (classWeights.every((weight) => weight === 0)) {
      throw new UsageError(`${where('classWeights')}: all are 0, nothing would be learned; allowed: one above 0 at least`)
    }
  }
}

function readAugment(augment: boolean | readonly string[], { symmetries, shape }: Dataset, where: Where): readonly string[] {
  if (augment === false) return []
  if (symmetries.length === 0) {
    throw new UsageError(`${where('augment')}: the data name no symmetries (attribute symmetries of their file) that leave labels alone`)
  }
  if (augment === true) return symmetries
  const unknown = augment.find((name) => !symmetries.some((known) => known === name))
  if (unknown !== undefined) {
    throw new UsageError(
      `${where('augment')}: ${unknown} is no symmetry of these data (${shape.join(' x ')}); allowed: ${symmetries.join(', ')}`,
    )
  }
  return augment
}

function fractionIn(part: Int8Array, index: number): number {
  return part.reduce((count, value) => count + (value === index ? 1 : 0), 0) / part.length
}
