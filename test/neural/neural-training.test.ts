// @module-tag slow

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { splitParts } from '../../src/dataset/split.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import type { TrainedModel, TrainedNetwork } from '../../src/neural/model.ts'
import { readModel } from '../../src/neural/model-file.ts'
import { resolveTraining } from '../../src/neural/options.ts'
import { predict } from '../../src/neural/prediction.ts'
import { resumeSettings, type TrainSettings, trainSettings } from '../../src/neural/train.ts'
import { Training } from '../../src/neural/training.ts'
import { temporaryFolder } from '../support/folder.ts'
import { random } from '../support/random.ts'

const folder = temporaryFolder()
const worker = fileURLToPath(new URL('../support/workers/trainer-dies.mjs', import.meta.url))
const pictures = rectangles({ width: 5, height: 5, definition: 'exact', count: 120, seed: '1' })
const path = join(folder, 'pictures.h5')
const made = { command: 'test', seed: '1' }

beforeAll(() => writeDataset(path, pictures, made))

afterEach(() => {
  delete process.env.SPINPOOL_TEST_DEATH
  delete process.env.SPINPOOL_TEST_DEAD
})

let files = 0
const free = (): string => join(folder, `model-${files++}.h5`)

async function trainTo(out: string, input: object, options: TrainSettings = {}, data = path): Promise<TrainedModel> {
  return (await trainSettings(data, input, { out, threads: 1, ...options })).model
}

/** Trains without files. */
async function networksOf(data: Dataset, input: object, threads: number): Promise<{ threads: number; networks: TrainedNetwork[] }> {
  const settings = resolveTraining(input, data, (key) => key)
  const training = await Training.open(data, splitParts(data, settings, settings.seed), settings, { threads, shortestPart: 0 })
  expect(await training.run()).toBe('complete')
  return { threads: training.threads, networks: training.networks }
}

describe('a training', () => {
  it.each([
    { name: 'plain Adam', input: { layers: [13, 7], batch: 11 } },
    {
      name: 'dropout, augmentation, class weights and validation',
      input: { layers: [14, 9], batch: 11, dropout: 0.3, augment: true, classWeights: 'balanced', activation: 'relu', optimizer: 'adamw' },
    },
    { name: 'an ensemble with bootstrap', input: { layers: [10], seeds: 2, bootstrap: true, optimizer: 'sgd', momentum: 0.9 } },
  ] as const)('has the same weights, moments and history on 1, 2, 3 and 5 threads: $name', async ({ input }) => {
    const one = await networksOf(pictures, { ...input, epochs: 5, seed: 3 }, 1)
    expect(one.networks.map(({ epochs }) => epochs)).toEqual(one.networks.map(() => 5))
    expect(one.networks[0]?.history.cost[4]).toBeLessThan(one.networks[0]?.history.cost[0] ?? 0)
    for (const threads of [2, 3, 5]) {
      const many = await networksOf(pictures, { ...input, epochs: 5, seed: 3 }, threads)
      // Gangs form, of as many threads as there are for each network.
      expect(many.threads).toBe('seeds' in input ? 2 * Math.floor(threads / 2) : threads)
      expect(many.networks).toEqual(one.networks)
    }
  })

  it('is another one with another seed, and each network of an ensemble is another one', async () => {
    const input = { layers: [6], epochs: 2, seeds: 2 }
    const all = await Promise.all([1, 2].map(async (seed) => (await networksOf(pictures, { ...input, seed }, 2)).networks))
    expect(new Set(all.flat().map(({ layers }) => layers[0]?.weights.join())).size).toBe(4)
  })

  it('learns more from classes that weigh more', async () => {
    const share = async (classWeights: readonly number[]): Promise<number> => {
      const model = await trainTo(free(), { layers: [6], epochs: 30, seed: 1, learningRate: 0.02, classWeights: [...classWeights] })
      const { found = new Int32Array(0) } = await predict(model, pictures, 'all', 1)
      return found.reduce((sum, value) => sum + value, 0) / found.length
    }
    expect(await share([1, 100])).toBeGreaterThan(0.9)
    expect(await share([100, 1])).toBeLessThan(0.1)
  })
})

const long = { layers: [12, 6], epochs: 8, seed: 5, dropout: 0.2, augment: true, batch: 16, seeds: 2, learningRate: 0.01 } as const

describe('a training that is stopped', () => {
  let whole: TrainedModel
  beforeAll(async () => {
    whole = await trainTo(free(), long)
  })

  it('by a signal, is interrupted, and goes on to the weights, moments and history of one that was not', async () => {
    const out = free()
    const abort = new AbortController()
    const onEpoch = ({ epoch, network }: { epoch: number; network: number }) => (epoch === 3 && network === 1 ? abort.abort() : undefined)
    const { status, model } = await trainSettings(path, long, { out, threads: 1, signal: abort.signal, onEpoch })
    expect([status, model.status]).toEqual(['interrupted', 'interrupted'])
    const file = await readModel(out)
    expect(file.status).toBe('interrupted')
    expect(file.networks.map(({ epochs, ended }) => [epochs, ended])).toEqual([
      [8, 'epochs'],
      [3, undefined],
    ])
    expect(file.networks).toEqual(model.networks)
    const resumed = await resumeSettings(out, undefined, {}, { threads: 3, shortestPart: 0 })
    expect(resumed.status).toBe('complete')
    expect(resumed.model.networks).toEqual(whole.networks)
    expect((await readModel(out)).networks).toEqual(whole.networks)
  })

  it.each([1, 3])('in the middle of an epoch, on %d threads, does not count that epoch', async (threads) => {
    const out = free()
    process.env.SPINPOOL_TEST_DEATH = 'stops 90'
    process.env.SPINPOOL_TEST_DEAD = `${out}-dead`
    const { status, model } = await trainSettings(path, { ...long, seeds: 1 }, { out, threads, shortestPart: 0, worker })
    expect(status).toBe('interrupted')
    const [{ epochs = 0, checkpoint } = {}] = model.networks
    expect(epochs).toBeGreaterThan(0)
    expect(epochs).toBeLessThan(8)
    expect((checkpoint?.steps ?? 0) / epochs).toBe(Math.ceil((model.training?.data.part.filter((part) => part === 0).length ?? 0) / 16))
    const resumed = await resumeSettings(out, undefined, {}, { threads: 1 })
    expect(resumed.model.networks).toEqual(whole.networks.slice(0, 1))
  })

  it('goes on with more epochs as if it had always had them', async () => {
    const out = free()
    await trainTo(out, { ...long, epochs: 3 })
    const { model } = await resumeSettings(out, undefined, { epochs: 8 }, { threads: 1 })
    expect(model.networks).toEqual(whole.networks)
    expect(model.training?.settings).toEqual(whole.training?.settings)
  })

  it.each([
    ['sgd', { optimizer: 'sgd', momentum: 0.9, nesterov: true, l2: 0.01, bootstrap: true, schedule: 'step:2:0.5', warmup: 2 }],
    ['adamw', { optimizer: 'adamw', standardise: false, validation: 0, loss: 'mse', schedule: 'exponential:0.9' }],
  ] as const)('goes on as if it had not been stopped: %s', async (_, input) => {
    const settings = { layers: [7], seed: 6, ...input }
    const { networks } = await trainTo(free(), { ...settings, epochs: 5 })
    const out = free()
    await trainTo(out, { ...settings, epochs: 2 })
    expect((await resumeSettings(out, undefined, { epochs: 5 }, { threads: 1 })).model.networks).toEqual(networks)
  })

  it('keeps its settings: only epochs may be raised, and the data must be the same', async () => {
    const out = free()
    await trainTo(out, { layers: [3], epochs: 2, schedule: 'cosine' })
    const refused = (input: object, data?: string) => resumeSettings(out, data, { ...input }, { threads: 1 })
    const usage = (message: RegExp) => ({ name: 'UsageError', message: expect.stringMatching(message) })
    await expect(refused({ batch: 7 })).rejects.toMatchObject(usage(/^batch: [^\n]+ only --epochs may be raised; leave it out$/))
    await expect(refused({ epochs: 1 })).rejects.toMatchObject(usage(/^epochs: 1 is fewer than the 2 of before; allowed: from 2$/))
    await expect(refused({ epochs: 3 })).rejects.toMatchObject(usage(/^epochs: the cosine [^\n]+$/))
    const other = join(folder, 'other.h5')
    await writeDataset(other, rectangles({ width: 5, height: 5, definition: 'exact', count: 120, seed: '2' }), made)
    await expect(refused({}, other)).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringMatching(/not the data that [^\n]+$/),
    })
  })
})

describe('early stopping', () => {
  const input = { layers: [40], epochs: 200, seed: 2, learningRate: 0.05, patience: 5, activation: 'relu' } as const

  it('keeps the weights of the epoch with the smallest validation cost, and stops `patience` epochs after it', async () => {
    const { networks } = await networksOf(pictures, input, 1)
    const [{ epochs, bestEpoch, ended, history, layers }] = networks as [TrainedNetwork]
    expect(ended).toBe('early stopping')
    expect(bestEpoch).toBe(history.validationCost.indexOf(Math.min(...history.validationCost)) + 1)
    expect(epochs).toBe(bestEpoch + 5)
    expect(history.cost.length).toBe(epochs)
    // What a training to that epoch and no further ends with.
    const until = await networksOf(pictures, { ...input, patience: 0, epochs: bestEpoch }, 1)
    expect(until.networks[0]?.checkpoint?.layers).toEqual(layers)
  })

  it('ends a training also where patience ran out in the last epoch and epochs are raised afterwards', async () => {
    const { networks } = await networksOf(pictures, input, 1)
    const out = free()
    await trainTo(out, { ...input, epochs: networks[0]?.epochs ?? 0 })
    const { model } = await resumeSettings(out, undefined, { epochs: 200 }, { threads: 1 })
    expect(model.networks).toEqual(networks)
  })

  it('needs examples to validate with', async () => {
    await expect(trainTo(free(), { ...input, validation: 0 })).rejects.toMatchObject({
      name: 'UsageError',
      message: 'patience: stopping early needs examples to validate with; set --validation above 0',
    })
    const parted = join(folder, 'parted.h5')
    await writeDataset(parted, { ...pictures, part: new Int8Array(pictures.count) }, made)
    await expect(trainTo(free(), input, {}, parted)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/^patience: [^\n]+$/),
    })
  })
})

describe('a cost that is no number', () => {
  it.each([
    { name: 'in the first epoch', input: { learningRate: 1e20 }, epoch: 0 },
    { name: 'after a single step, whose cost was still one', input: { learningRate: 1e39, batch: 1000, validation: 0 }, epoch: 0 },
    { name: 'later, of two networks', input: { learningRate: 20, warmup: 40, seeds: 2 }, epoch: undefined },
  ])('is told in one line, and the weights before it are kept: $name', async ({ input, epoch }) => {
    const out = free()
    const settings = {
      layers: [30],
      activation: 'relu',
      loss: 'mse',
      outputActivation: 'identity',
      optimizer: 'sgd',
      momentum: 0.5,
      epochs: 40,
      seed: 4,
    }
    const failure = await trainTo(out, { ...settings, ...input }).catch((error: unknown) => error)
    const model = await readModel(out)
    const broken = model.networks.find(({ ended }) => ended === 'the cost was no number') as TrainedNetwork
    if (epoch !== undefined) expect(broken.epochs).toBe(epoch)
    else expect(broken.epochs).toBeGreaterThan(0)
    expect(failure).toMatchObject({ name: 'UsageError', exitCode: 2 })
    expect(String(failure)).toMatch(
      new RegExp(
        `was no number in epoch ${broken.epochs + 1} at learning rate [^\\n]+ of epoch ${broken.epochs}; try a smaller --learning-rate$`,
      ),
    )
    for (const { layers, checkpoint, history, epochs } of model.networks) {
      expect(history.cost.length).toBe(epochs)
      for (const { weights, biases } of [...layers, ...(checkpoint?.layers ?? []), ...(checkpoint?.first ?? [])]) {
        expect([...weights, ...biases].every(Number.isFinite)).toBe(true)
      }
    }
    // Going on would only come here again.
    await expect(resumeSettings(out, undefined, {}, { threads: 1 })).rejects.toMatchObject({
      name: 'UsageError',
      message: (failure as Error).message,
    })
  })
})

describe('a worker that dies', () => {
  it.each([
    ['throws', 1, /the kernel hit a wall/],
    ['throws', 3, /the kernel hit a wall/],
    ['exits', 1, /exit/],
    ['exits', 3, /exit/],
  ] as const)('leaves the epochs before it, from which the training goes on: it %s, of %d', async (way, threads, why) => {
    const input = { layers: [12, 6], epochs: 6, seed: 7, batch: 16 }
    const out = free()
    process.env.SPINPOOL_TEST_DEATH = `${way} 100`
    process.env.SPINPOOL_TEST_DEAD = `${out}-dead`
    const failure = await trainTo(out, input, { threads, shortestPart: 0, worker }).catch((error: unknown) => error)
    expect(existsSync(`${out}-dead`)).toBe(true)
    expect(failure).toMatchObject({
      name: 'MachineError',
      exitCode: 4,
      message: expect.stringMatching(/^a worker thread failed: [^\n]+--resume [^\n]+$/),
    })
    expect(String(failure)).toMatch(why)
    const file = await readModel(out)
    expect(file.status).toBe('interrupted')
    expect(file.networks[0]?.epochs).toBeGreaterThan(0)
    expect(file.networks[0]?.epochs).toBeLessThan(6)
    const { networks } = await networksOf(pictures, input, 1)
    expect((await resumeSettings(out, undefined, {}, { threads: 1 })).model.networks).toEqual(networks)
  })

  it('is told of where the worker cannot be loaded', async () => {
    const file = fileURLToPath(new URL('../support/workers/unloadable.mjs', import.meta.url))
    const failure = trainTo(free(), { layers: [3], epochs: 2 }, { worker: file })
    await expect(failure).rejects.toMatchObject({ name: 'MachineError', message: expect.stringMatching(/this worker cannot be loaded/) })
  })
})

describe('what a network can learn', () => {
  it('xor with a hidden layer of 8, and at most three of its four cases without one', async () => {
    const xor = join(folder, 'xor.h5')
    const data: Dataset = {
      title: 'xor',
      count: 4,
      shape: [2],
      x: Float32Array.from([0, 0, 0, 1, 1, 0, 1, 1]),
      y: { kind: 'classes', names: ['no', 'yes'], values: Int32Array.from([0, 1, 1, 0]) },
      symmetries: [],
      notes: {},
    }
    await writeDataset(xor, data, made)
    const input = { epochs: 300, batch: 4, learningRate: 0.1, validation: 0, test: 0, seed: 1 }
    const right = async (layers: readonly number[] | 'none'): Promise<number | undefined> => {
      const model = await trainTo(free(), { ...input, layers: layers === 'none' ? layers : [...layers] }, {}, xor)
      return (await predict(model, data, 'all', 1)).classification?.accuracy
    }
    expect(await right([8])).toBe(1)
    expect(await right('none')).toBeLessThanOrEqual(0.75)
  })

  it('all 512 pictures of 3 x 3 with 16 hidden neurons, for four of five seeds at least', async () => {
    const data = rectangles({ width: 3, height: 3, definition: 'exact', seed: '1' })
    const input = { layers: [16], epochs: 400, learningRate: 0.02, validation: 0, test: 0, seeds: 5, seed: 1 }
    const { networks } = await networksOf(data, input, 2)
    expect(data.count).toBe(512)
    expect(networks.filter(({ history }) => history.accuracy.at(-1) === 1).length).toBeGreaterThanOrEqual(4)
  })

  it('nine of ten pictures of 10 x 10 that it has not seen, where what is no rectangle is nearly one', async () => {
    const data = rectangles({ width: 10, height: 10, definition: 'exact', seed: '1' })
    // 100 epochs find 98 of 100.
    const input = { layers: [512], activation: 'relu', epochs: 25, batch: 64, learningRate: 0.002, schedule: 'cosine', seed: 4 }
    const out = free()
    const file = join(folder, 'rectangles.h5')
    await writeDataset(file, data, made)
    const model = await trainTo(out, { ...input, optimizer: 'adamw', weightDecay: 0.1, augment: true }, { threads: 2 }, file)
    const { part, classification } = await predict(model, data, undefined, 2)
    expect(part).toBe('test')
    expect(classification?.balancedAccuracy).toBeGreaterThan(0.85)
  })

  it('real numbers: a plane, from inputs far from 0', async () => {
    const uniform = random(9)
    const x = Float32Array.from({ length: 300 }, () => 4 * uniform() + 10)
    const plane = Float32Array.from({ length: 100 }, (_, i) => 2 * (x[3 * i] ?? 0) - (x[3 * i + 1] ?? 0) + 0.5)
    const data: Dataset = {
      title: 'plane',
      count: 100,
      shape: [3],
      x,
      y: { kind: 'targets', outputs: 1, values: plane },
      symmetries: [],
      notes: {},
    }
    const { networks } = await networksOf(
      data,
      { layers: 'none', epochs: 120, batch: 10, learningRate: 0.3, schedule: 'exponential:0.95', seed: 1 },
      1,
    )
    expect(networks[0]?.history.cost.at(-1)).toBeLessThan(1e-4)
    expect(networks[0]?.history.accuracy.every(Number.isNaN)).toBe(true)
  })
})

describe('examples of more than three dimensions', () => {
  it('are pictures whose other dimensions are channels, also where they are moved', async () => {
    const uniform = random(31)
    const x = Float32Array.from({ length: 40 * 36 }, () => uniform() - 0.5)
    const values = Int32Array.from({ length: 40 }, (_, i) => ((x[36 * i + 35] ?? 0) > 0 ? 1 : 0))
    const trained = async (shape: readonly number[]): Promise<readonly TrainedNetwork[]> => {
      const y = { kind: 'classes', names: ['no', 'yes'], values } as const
      const data: Dataset = { title: '', count: 40, shape, x, y, symmetries: ['reflection', 'translation'], notes: {} }
      return (await networksOf(data, { layers: [5], epochs: 3, augment: true, seed: 1 }, 1)).networks
    }
    expect(await trained([3, 3, 2, 2])).toEqual(await trained([3, 3, 4]))
  })
})

describe('a model that another process has taken over', () => {
  it('is not written any more, and its training stops', async () => {
    const out = free()
    let epochs = 0
    const onEpoch = (): void => {
      if (epochs++ > 0) return
      writeFileSync(`${out}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: new Date().toISOString() }))
    }
    await expect(trainTo(out, { layers: [2], epochs: 1e6 }, { onEpoch, checkpointEvery: '1s' })).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringMatching(/process 1 on host elsewhere has taken this model over; this training stops$/),
    })
    expect(existsSync(out)).toBe(false)
    rmSync(`${out}.lock`)
  })
})

describe('a model that is in the way', () => {
  it('is not overwritten, unless by force', async () => {
    const out = free()
    await trainTo(out, { layers: [2], epochs: 1 })
    await expect(trainTo(out, { layers: [2], epochs: 1 })).rejects.toMatchObject({ name: 'FileError' })
    expect((await trainTo(out, { layers: [4], epochs: 1 }, { force: true })).architecture.layers[0]?.neurons).toBe(4)
    rmSync(out)
  })

  it('is not the data, whatever force says', async () => {
    const message = expect.stringMatching(/^out: [^\n]+ is the data that are trained on; name another$/)
    await expect(trainTo(path, { layers: [2], epochs: 1 }, { force: true })).rejects.toMatchObject({ name: 'UsageError', message })
  })

  it.each([
    [{ dropout: 0.2, activation: 'softmax', layers: [5] }, /^dropout: neurons of softmax [^\n]+$/],
    [{ dropout: 0.2, layers: 'none' }, /^dropout: there is no hidden layer [^\n]+$/],
    [{ classWeights: [0, 0] }, /^classWeights: all are 0[^\n]+$/],
    [{ beta1: 0.5, optimizer: 'sgd' }, /^beta1: sgd has none[^\n]+$/],
    [{ warmup: 5, epochs: 4 }, /^warmup: 5 is more [^\n]+$/],
  ])('is not made for settings that do not fit: %o', async (input, message) => {
    const out = free()
    await expect(trainTo(out, input)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    })
    expect(existsSync(out)).toBe(false)
  })
})
