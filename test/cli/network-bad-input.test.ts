import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTraining, trainingOptions } from '../../src/cli/training-flags.ts'
import { flagOf } from '../../src/cli/flag-values.ts'
import { datasetOf } from '../../src/dataset/columns.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { SpinpoolError } from '../../src/errors.ts'
import { importModel } from '../../src/neural/import.ts'
import type { Network } from '../../src/neural/network.ts'
import { resolveTraining, trainingKeys } from '../../src/neural/options.ts'
import { predict } from '../../src/neural/prediction.ts'
import { toSafetensors } from '../../src/neural/safetensors.ts'
import { planTraining, trainSettings } from '../../src/neural/train.ts'
import { temporaryFolder } from '../support/folder.ts'
import { bytes, npyFile, smallDataset } from '../support/labelled.ts'
import { randomNetwork } from '../support/network.ts'

// What the command line refuses before it trains, in this process; flags of other verbs are in network-cli.test.ts.

const folder = temporaryFolder()

/** Six examples that leave the split to the flags. */
function free(changes: Partial<Dataset> = {}): Dataset {
  return smallDataset({ part: undefined, ...changes })
}

/** What the command line says to these flags, written in camelCase. */
function refusalOf(flags: Readonly<Record<string, unknown>>, data = free()): SpinpoolError {
  return caught(() => resolveTraining(readTraining(flags), data, flagOf))
}

function caught(act: () => unknown): SpinpoolError {
  try {
    act()
  } catch (error) {
    if (error instanceof SpinpoolError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

async function caughtIn(work: Promise<unknown>): Promise<SpinpoolError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  )
  if (error instanceof SpinpoolError) return error
  throw error
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const withValue = Object.entries(trainingOptions).filter(([, { type }]) => type === 'string')
const numbers = withValue.map(([name]) => name).filter((name) => !/activation|loss|init|optimizer|schedule|augment|weights$/.test(name))

describe('the flags of a training', () => {
  it('are the keys of the library, each with a default that the help names', () => {
    expect(
      Object.keys(trainingOptions)
        .map((name) => flagOf(camel(name)))
        .sort(),
    ).toEqual(trainingKeys.map(flagOf).sort())
    for (const [name, { describe: help = '' }] of Object.entries(trainingOptions))
      expect(`${name}: ${help}`).toMatch(/: \S.* \[default: .+\]$/)
  })

  it.each(withValue.map(([name]) => name))('--%s x is refused in one line that names the flag, the value and what is allowed', (name) => {
    const { message, exitCode } = refusalOf({ [camel(name)]: 'x' })
    expect(exitCode).toBe(2)
    expect(message).toMatch(new RegExp(`^--${name}: 'x' is .*; allowed: [^\\n]+$`))
  })

  it.each(numbers)('--%s takes no minus, infinity, word or nothing for a number', (name) => {
    for (const value of ['-1', 'Infinity', '1e999', 'NaN', '', ' ', '1,x', '1.5.5']) {
      const { message, exitCode } = refusalOf({ [camel(name)]: value })
      expect({ exitCode, message }).toEqual({
        exitCode: 2,
        message: expect.stringMatching(new RegExp(`^--${name}: [^\\n]+; allowed: [^\\n]+$`)),
      })
    }
  })

  it.each(numbers.filter((name) => /outputs|warmup|epochs|batch|patience|seeds?$|layers/.test(name)))('--%s takes no fraction', (name) => {
    expect(refusalOf({ [camel(name)]: '1.5' }).message).toMatch(new RegExp(`^--${name}: .*1\\.5.*allowed: whole numbers`))
  })

  const wrong: readonly (readonly [flags: Readonly<Record<string, unknown>>, says: string])[] = [
    [{ layers: '0' }, '--layers: [0] is not possible; allowed: whole numbers from 1, one for each hidden layer, or none'],
    [{ layers: '64,' }, "--layers: '64,' is not possible; allowed: whole numbers from 1"],
    [{ layers: '8,0' }, '--layers: [8,0] is not possible'],
    [
      { loss: 'cross-entropy', outputActivation: 'sigmoid' },
      '--loss: cross-entropy does not fit an output of sigmoid; allowed: softmax; for sigmoid',
    ],
    [{ loss: 'bce', outputActivation: 'tanh' }, '--loss: bce does not fit an output of tanh; allowed: sigmoid; for tanh take --loss mse'],
    [{ loss: 'cross-entropy', outputs: '1' }, '--outputs: 1 does not fit, the data have 2 classes; allowed: 2'],
    [{ outputs: '3' }, '--outputs: 3 does not fit, the data have 2 classes; allowed: 1 or 2'],
    [{ activation: 'step' }, '--activation: step has slope 0 everywhere'],
    [{ outputActivation: 'step', loss: 'mse' }, '--output-activation: step has slope 0 everywhere'],
    [{ momentum: '0.5' }, '--momentum: adam has none; allowed: with --optimizer sgd'],
    [{ weightDecay: '0.1' }, '--weight-decay: adam has none; allowed: with --optimizer adamw'],
    [{ beta1: '0.5', optimizer: 'sgd' }, '--beta1: sgd has none; allowed: with --optimizer adam or adamw'],
    [{ nesterov: true, optimizer: 'sgd', momentum: '0' }, '--momentum: 0 leaves Nesterov nothing to look ahead with'],
    [{ warmup: '9', epochs: '8' }, '--warmup: 9 is more than the 8 epochs there are'],
    [{ dropout: '0.5', layers: 'none' }, '--dropout: there is no hidden layer'],
    [{ dropout: '1' }, '--dropout: 1 is not possible; allowed: numbers from 0 to 0.95'],
    [{ patience: '3', validation: '0' }, '--patience: stopping early needs examples to validate with; set --validation above 0'],
    [{ validation: '0.5', test: '0.5' }, '--validation: 0.5 and 0.5 for the test leave nothing to train on'],
    [{ classWeights: '1,2,3' }, '--class-weights: 3 numbers for 2 classes; allowed: one for each'],
    [{ classWeights: '1,x' }, "--class-weights: '1,x' is not possible; allowed: none, balanced, or a number from 0 for each class"],
    [{ classWeights: '0,0' }, '--class-weights: all are 0'],
    [{ schedule: 'step:30' }, "--schedule: 'step:30' has 1 number, step takes 2"],
    [{ schedule: 'cosin' }, "--schedule: 'cosin' is no schedule; did you mean 'cosine'?; allowed: constant, cosine"],
    [{ seed: '18446744073709551616' }, '--seed: 18446744073709551616 is not possible; allowed: whole numbers from 0 to 2^64 - 1'],
    [{ augment: 'flop' }, "--augment: 'flop' is not possible; did you mean 'flip'?; allowed: all, or some of flip,"],
    [{ augment: 'flip' }, '--augment: flip is no symmetry of these data (2 x 2); allowed: reflection, transposition'],
  ]
  it.each(wrong)('%j are refused', (flags, says) => {
    const { message, exitCode } = refusalOf(flags)
    expect({ message, exitCode }).toEqual({ message: expect.stringContaining(says), exitCode: 2 })
    expect(message).not.toContain('\n')
  })

  it('that have no use for the data are refused', () => {
    const targets = free({ y: { kind: 'targets', outputs: 2, values: new Float32Array(12) } })
    expect(refusalOf({ loss: 'bce' }, targets).message).toBe('--loss: bce needs classes, but y holds real numbers; allowed: mse')
    expect(refusalOf({ outputs: '3' }, targets).message).toBe('--outputs: 3 does not fit, y has 2 numbers an example; allowed: 2')
    expect(refusalOf({ classWeights: 'balanced' }, targets).message).toMatch(/^--class-weights: y holds real numbers/)
    expect(refusalOf({ augment: 'all' }, free({ symmetries: [] })).message).toMatch(/^--augment: the data name no symmetries/)
    expect(refusalOf({ test: '0.3' }, smallDataset()).message).toMatch(/^--test: the data say themselves which examples are for what/)
  })

  it('say of a key of the library that there is none, and which one is meant', () => {
    const { message } = caught(() => resolveTraining({ learningrate: 1 }, free(), (key) => key))
    expect(message).toMatch(/^learningrate: unknown key; did you mean 'learningRate'\?; allowed: layers, /)
  })
})

/** A folder with these arrays as NumPy saves them. */
function numpyFolder(name: string, arrays: Readonly<Record<string, Uint8Array>>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [array, file] of Object.entries(arrays)) writeFileSync(join(path, `${array}.npy`), file)
  return path
}

const f4 = (shape: readonly number[], values: readonly number[]) => npyFile("'<f4'", shape, bytes(Float32Array.from(values)))
const i4 = (values: readonly number[]) => npyFile("'<i4'", [values.length], bytes(Int32Array.from(values)))
const x3 = f4([3, 2], [1, 2, 3, 4, 5, 6])

describe('data that cannot be trained on', () => {
  const wrong: readonly (readonly [name: string, arrays: Readonly<Record<string, Uint8Array>>, says: string])[] = [
    ['no labels', { x: x3 }, 'no y'],
    ['no examples', { y: i4([0, 1]) }, 'no x'],
    ['nothing', {}, 'no x'],
    ['two labels for three', { x: x3, y: i4([0, 1]) }, 'x has 3 examples and y 2; every example needs one'],
    ['two groups for three', { x: x3, y: i4([0, 1, 0]), group: i4([0, 1]) }, 'x has 3 examples and group 2'],
    ['one dimension', { x: f4([3], [1, 2, 3]), y: i4([0, 1, 0]) }, 'x has the shape (3,); needed are 2 dimensions or more'],
    ['NaN', { x: f4([3, 2], [1, 2, 3, Number.NaN, 5, 6]), y: i4([0, 1, 0]) }, 'x of example 1 at [1] is NaN; allowed: finite numbers'],
    ['infinity', { x: x3, y: f4([3], [0, 0.5, Number.POSITIVE_INFINITY]) }, 'y of example 2 is Infinity'],
    ['a negative class', { x: x3, y: i4([0, -1, 1]) }, 'y of example 1 is -1; classes are numbered 0, 1, 2'],
    ['too many classes', { x: x3, y: i4([0, 5000, 1]) }, 'y of example 1 is 5000; classes are numbered from 0 to at most 999'],
    ['a part 3', { x: x3, y: i4([0, 1, 1]), part: i4([0, 1, 3]) }, 'part of example 2 is 3; allowed: 0 (train), 1 (validation), 2 (test)'],
    ['nothing to train on', { x: x3, y: i4([0, 1, 1]), part: i4([1, 1, 2]) }, 'its dataset part leaves no example to train on'],
    ['one group', { x: x3, y: i4([0, 1, 1]), group: i4([4, 4, 4]) }, 'the data have 1 independent group of examples'],
    ['equal examples', { x: f4([3, 1], [1, 1, 1]), y: i4([0, 1, 1]) }, 'the data have 1 different example'],
  ]
  it.each(wrong)('are refused in one line, and no model is written: %s', async (name, arrays, says) => {
    const path = numpyFolder(name, arrays)
    const before = readdirSync(folder)
    const { message, exitCode } = await caughtIn(
      trainSettings(path, { epochs: 1 }, { out: join(folder, 'model.h5'), threads: 1, where: flagOf }),
    )
    expect(message).toContain(says)
    expect(message).not.toContain('\n')
    expect([2, 3]).toContain(exitCode)
    expect(readdirSync(folder)).toEqual(before)
  })

  it('are those with a label that their classes do not have', () => {
    const columns = { x: { shape: [2, 1], values: Float32Array.of(1, 2) }, y: { shape: [2], values: Int32Array.of(0, 2) } }
    const { message, exitCode } = caught(() => datasetOf(columns, { title: 't', classes: ['no', 'yes'] }, 'd.h5', []))
    expect({ message, exitCode }).toEqual({
      message: expect.stringContaining('d.h5: y of example 1 is 2; there are 2 classes: no, yes'),
      exitCode: 3,
    })
  })

  it('are not those that hold nearly all of their examples out by themselves', async () => {
    const path = join(folder, 'held-out.h5')
    const data = free({ count: 100, shape: [1], x: Float32Array.from({ length: 100 }, (_, i) => i), symmetries: [] })
    const part = Int8Array.from({ length: 100 }, (_, i) => (i < 2 ? 0 : 2))
    const y = { kind: 'classes', names: ['a', 'b'], values: Int32Array.from({ length: 100 }, (_, i) => i % 2) } as const
    await writeDataset(path, { ...data, part, y, group: undefined, temperature: undefined }, { command: 'test', seed: '1' })
    expect((await planTraining(path, {}, flagOf)).counts).toEqual([2, 0, 98])
  })

  it('are those that leave nothing for early stopping', async () => {
    const path = join(folder, 'unvalidated.h5')
    await writeDataset(path, smallDataset({ part: Int8Array.of(0, 0, 0, 0, 2, 2) }), { command: 'test', seed: '1' })
    const { message } = await caughtIn(planTraining(path, { patience: 2 }, flagOf))
    expect(message).toMatch(/^--patience: stopping early needs examples to validate with/)
  })
})

describe('a file of weights', () => {
  const network: Network = randomNetwork([6, 3, 1], ['relu', 'sigmoid'], 1)
  const file = toSafetensors(network, {})
  const options = { file: 'torch.safetensors', command: 'test' }
  /** As PyTorch writes it: without a word on activations. */
  const silent = withoutMetadata(file)

  it('is taken with the activations that it says itself, and with those that are given', () => {
    for (const model of [
      importModel(file, options),
      importModel(silent, { ...options, activation: ['relu'], outputActivation: 'sigmoid' }),
    ]) {
      expect(model.architecture).toEqual(network.architecture)
      expect(model.networks[0]?.layers).toEqual(network.layers)
      expect(model).toMatchObject({ classes: ['0', '1'], shape: [6], status: 'complete' })
    }
  })

  const wrong: readonly (readonly [what: string, from: Uint8Array, given: object, says: string])[] = [
    [
      'hidden activations are missing',
      silent,
      { outputActivation: 'sigmoid' },
      '--activation: missing, torch.safetensors does not say the activation of layer 1',
    ],
    ['the output is missing', silent, { activation: ['relu'] }, '--output-activation: missing, torch.safetensors does not say'],
    [
      'there are too many activations',
      silent,
      { activation: ['relu', 'relu'], outputActivation: 'sigmoid' },
      '--activation: 2 for torch.safetensors, which has 1 hidden layers',
    ],
    [
      'the file says otherwise',
      file,
      { activation: ['tanh'] },
      '--activation: tanh for layer 1 of torch.safetensors, which says relu itself',
    ],
    ['a class has no name', file, { classes: ['no', ''] }, "--classes: '' is no name; allowed: a name of its own for each"],
    ['two classes have one name', file, { classes: ['no', 'no'] }, "--classes: 'no' is there twice"],
    ['a class is missing', file, { classes: ['no'] }, '--classes: 1 name for a network of 1 output; allowed: 2'],
    ['the shape is another one', file, { shape: [2, 2] }, '--shape: 2 x 2 is not the 6 inputs of the network'],
    ['it is cut off', file.subarray(0, 40), {}, 'torch.safetensors: damaged'],
    ['it is empty', new Uint8Array(0), {}, 'torch.safetensors: '],
  ]
  it.each(wrong)('is refused in one line where %s', (_, from, given, says) => {
    const { message } = caught(() => importModel(from, { ...options, ...given }))
    expect(message).toContain(says)
    expect(message).not.toContain('\n')
  })

  it('predicts nothing of data that it does not fit', async () => {
    const model = importModel(file, { ...options, shape: [2, 3] })
    const says = async (data: Dataset): Promise<string> => (await caughtIn(predict(model, data, undefined, 1))).message
    expect(await says(free())).toBe(
      'the data have examples of 2 x 2 and the model is for 2 x 3; give data of that shape, or train another model',
    )
    expect(await says(free({ count: 4, shape: [3, 2] }))).toContain('the data have examples of 3 x 2 and the model is for 2 x 3')
    const y = { kind: 'classes', names: ['a', 'b', 'c'], values: Int32Array.of(0, 2, 1, 0) } as const
    expect(await says(free({ count: 4, shape: [2, 3], y }))).toBe('the data have a class 2 and the model knows 0 to 1; give data that fit')
  })
})

function withoutMetadata(file: Uint8Array): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const { __metadata__, ...tensors } = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString()) as Record<string, unknown>
  const header = Buffer.from(JSON.stringify(tensors).padEnd(length))
  return Buffer.concat([file.subarray(0, 8), header, file.subarray(8 + length)])
}
