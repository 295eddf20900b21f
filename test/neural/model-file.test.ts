// @module-tag slow

import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import type { TrainedModel } from '../../src/neural/model.ts'
import { readModel, writeModel } from '../../src/neural/model-file.ts'
import { resumeSettings, trainSettings } from '../../src/neural/train.ts'
import { temporaryFolder } from '../support/folder.ts'
import { random } from '../support/random.ts'

const folder = temporaryFolder()
const reader = fileURLToPath(new URL('../support/workers/damage-model.mjs', import.meta.url))
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py']).status === 0)
const [data, path] = [join(folder, 'data.h5'), join(folder, 'model.h5')]
const input = { layers: [6, 5], activation: 'relu', epochs: 3, seeds: 2, seed: 9, augment: true, dropout: 0.1, classWeights: [1, 2] }
let model: TrainedModel

beforeAll(async () => {
  const pictures = rectangles({ width: 4, height: 5, definition: 'exact', count: 60, seed: '1' })
  await writeDataset(data, { ...pictures, size: 4 }, { command: 'test', seed: '1' })
  model = (await trainSettings(data, input, { out: path, threads: 1, title: 'a modèl' })).model
})

describe('the file of a model', () => {
  it('gives back every number and word', async () => {
    const read = await readModel(path)
    expect(read).toEqual(model)
    expect(read.networks.map(({ layers, checkpoint }) => [layers.length, checkpoint?.second.length])).toEqual([
      [3, 3],
      [3, 3],
    ])
    const again = join(folder, 'again.h5')
    await writeModel(again, read)
    expect(await readModel(again)).toEqual(model)
  })

  it.each([
    ['of SGD, without standardisation and validation', { optimizer: 'sgd', standardise: false, validation: 0, layers: 'none', epochs: 1 }],
    ['of adamw and mse', { optimizer: 'adamw', loss: 'mse', layers: [2], epochs: 1, patience: 3 }],
  ])('gives back one %s', async (name, settings) => {
    const out = join(folder, `${name.length}.h5`)
    const trained = await trainSettings(data, settings, { out, threads: 1 })
    expect(await readModel(out)).toEqual(trained.model)
  })

  it('can hold a training before its first epoch, which goes on from there', async () => {
    const out = join(folder, 'begun.h5')
    const stopped = await trainSettings(data, input, { out, threads: 1, signal: AbortSignal.abort() })
    expect(stopped.status).toBe('interrupted')
    const read = await readModel(out)
    expect(read.networks.map(({ epochs, bestEpoch, history }) => [epochs, bestEpoch, history.cost.length])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(read).toEqual(stopped.model)
    expect((await resumeSettings(out, undefined, {}, { threads: 1 })).model.networks).toEqual(model.networks)
  })

  it('refuses what is no model', async () => {
    await expect(readModel(data)).rejects.toMatchObject({
      name: 'FileError',
      message: `${data}: a dataset of spinpool and no model; make one with spinpool train`,
    })
    await expect(readModel(join(folder, 'none.h5'))).rejects.toMatchObject({ name: 'FileError' })
  })

  it.skipIf(!python)('is read by h5py (skipped where there is none)', () => {
    const script = `
import h5py, json, sys
f = h5py.File(sys.argv[1])
n = f['networks/1']
w = n['layers/0/weights']
print(json.dumps({
  'format': f.attrs['format'], 'status': f.attrs['status'], 'title': f.attrs['title'], 'shape': [int(v) for v in f.attrs['shape']],
  'classes': [str(v) for v in f.attrs['classes']], 'batch': json.loads(f['training'][()])['batch'], 'weightsShape': w.shape,
  'weights': [float(v) for v in w[()].ravel()], 'activation': n['layers/0'].attrs['activation'],
  'cost': [float(v) for v in n['history/cost'][()]], 'epoch': [int(v) for v in n['history/cost'].dims[0]['epoch'][()]],
  'mean': [float(v) for v in f['standardisation/mean'][()]], 'part': [int(v) for v in f['data/part'][()]],
  'steps': int(n['checkpoint'].attrs['steps']), 'dtype': str(w.dtype)}))`
    const { stdout, stderr, status } = spawnSync(python ?? '', ['-c', script, path], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const network = model.networks[1]
    expect(JSON.parse(stdout)).toEqual({
      format: 'spinpool-model',
      status: 'complete',
      title: 'a modèl',
      shape: [5, 4],
      classes: ['no rectangle', 'rectangle'],
      batch: 32,
      weightsShape: [20, 6],
      weights: Array.from(network?.layers[0]?.weights ?? []),
      activation: 'relu',
      cost: Array.from(network?.history.cost ?? []),
      epoch: [1, 2, 3],
      mean: Array.from(model.standardisation?.mean ?? []),
      part: Array.from(model.training?.data.part ?? []),
      steps: network?.checkpoint?.steps,
      dtype: 'float32',
    })
  })
})

describe('a damaged model', () => {
  interface Verdict {
    readonly outcome: 'right' | 'wrong' | 'refused' | 'crashed'
    readonly name?: string
    readonly message?: string
  }

  async function readDamaged(damages: readonly ({ readonly bit: number } | { readonly length: number })[]): Promise<Verdict[]> {
    const child = fork(reader, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    try {
      await once(child, 'message')
      child.send({ file: path, scratch: join(folder, `damaged-${damages.length}.h5`), damages })
      const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the reader ended with ${code}`)))
      const [verdicts] = (await Promise.race([once(child, 'message'), ended])) as [Verdict[]]
      return verdicts
    } finally {
      child.removeAllListeners('exit')
      child.kill('SIGKILL')
    }
  }

  function expectRefusedOrRight(verdicts: readonly Verdict[]): void {
    expect(verdicts.filter(({ outcome }) => outcome !== 'right' && outcome !== 'refused')).toEqual([])
    for (const { outcome, name, message } of verdicts) {
      if (outcome === 'refused') expect(`${name} ${message}`).toMatch(/^FileError [^:]*\.h5: [^\n]+$/)
    }
  }

  it('is refused on one line, or read as it was, whichever bit is turned over', async () => {
    const bytes = readFileSync(path)
    const uniform = random(55)
    const damages: { bit: number }[] = []
    while (damages.length < 30) {
      const bit = Math.floor(uniform() * 8 * bytes.length)
      if (bytes[bit >> 3] !== 0 || uniform() < 0.1) damages.push({ bit })
    }
    const verdicts = await readDamaged(damages)
    expect(verdicts.length).toBe(30)
    expectRefusedOrRight(verdicts)
    expect(new Set(verdicts.map(({ outcome }) => outcome))).toEqual(new Set(['right', 'refused']))
  })

  it('is refused where a letter of a title, a class or a path is another one', async () => {
    const bytes = readFileSync(path)
    const bits = ['a mod', 'no rectangle', `${folder}/data`].map((text) => 8 * (bytes.indexOf(text) + 1))
    expect(bits.every((bit) => bit > 8)).toBe(true)
    const verdicts = await readDamaged(bits.map((bit) => ({ bit })))
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(bits.map(() => 'refused'))
    expectRefusedOrRight(verdicts)
  })

  it('is refused wherever it is cut off', async () => {
    const { length } = readFileSync(path)
    const uniform = random(56)
    const lengths = [0, 7, 8, 100, length - 1, ...Array.from({ length: 15 }, () => Math.floor(uniform() * length))]
    const verdicts = await readDamaged(lengths.map((left) => ({ length: left })))
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(lengths.map(() => 'refused'))
    expectRefusedOrRight(verdicts)
  })
})
