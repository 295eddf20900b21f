// @module-tag slow

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { provenance } from '../../src/archive/provenance.ts'
import { crossingVerb } from '../../src/cli/crossing.ts'
import { exportVerb } from '../../src/cli/export.ts'
import { importVerb } from '../../src/cli/import.ts'
import { plotVerb } from '../../src/cli/plot.ts'
import { predictVerb } from '../../src/cli/predict.ts'
import { trainVerb } from '../../src/cli/train.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { importModel } from '../../src/neural/import.ts'
import { classify } from '../../src/neural/metrics.ts'
import { networkOf, type TrainedModel } from '../../src/neural/model.ts'
import { readModel, writeModel } from '../../src/neural/model-file.ts'
import { readPrediction, writePrediction } from '../../src/neural/prediction-file.ts'
import { toSafetensors } from '../../src/neural/safetensors.ts'
import { verdictOf } from '../../src/view/report/metrics.ts'
import { type Batched, expectNothingDone, folderWith, jsonOf, spinpool, spinpoolEach } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { outputsFor, randomNetwork } from '../support/network.ts'
import { besides, start, startShell, until } from '../support/processes.ts'
import { random } from '../support/random.ts'

// train, predict, crossing, plot, export and import as a user has them; what is refused before a training begins is in
// network-bad-input.test.ts. Most command lines share one process, since starting one takes half a second.

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const pictures = rectangles({ width: 3, height: 3, definition: 'exact', seed: '1' })
const made = { command: 'test', seed: '1' }

/** Spins of a lattice of 4 x 4, the more of them up the colder it is; four copies at each of six temperatures. */
function phases(): Dataset {
  const uniform = random(5)
  const temperatures = [1.8, 2, 2.2, 2.4, 2.6, 2.8]
  const rows = temperatures.flatMap((T) => Array.from({ length: 24 }, (_, i) => ({ T, copy: i % 4 })))
  return {
    title: 'Made up phases',
    count: rows.length,
    shape: [4, 4],
    x: Float32Array.from({ length: 16 * rows.length }, (_, i) => (uniform() < (3.2 - (rows[i >> 4]?.T ?? 0)) / 1.4 ? 1 : -1)),
    y: { kind: 'classes', names: ['disordered', 'ordered'], values: Int32Array.from(rows, ({ T }) => (T < 2.3 ? 1 : 0)) },
    group: Int32Array.from(rows, ({ copy }) => copy),
    temperature: Float64Array.from(rows, ({ T }) => T),
    symmetries: ['reflection', 'transposition', 'translation'],
    size: 4,
    notes: { model: 'ising', encoding: 'spins', label: 'temperature', boundary: 2.3 },
  }
}

/** A prediction for size L whose output is one half at T = 2.269 + 1/L. */
async function writeCurve(path: string, L: number, crossingError = 0.04 / L): Promise<void> {
  const temperature = Float64Array.from({ length: 13 }, (_, t) => 2.1 + t / 30)
  const crossing = 2.269 + 1 / L
  const probability = temperature.map((T) => 1 / (1 + Math.exp((T - crossing) * L)))
  const now = new Date()
  const prediction = {
    title: `L = ${L}`,
    part: 'all',
    rows: Int32Array.of(0),
    outputs: 1,
    mean: Float64Array.of(0.5),
    spread: Float64Array.of(Number.NaN),
    classes: ['disordered', 'ordered'],
    size: L,
    networks: 1,
    curve: {
      temperature,
      probability,
      error: temperature.map(() => 0.01),
      count: Int32Array.from(temperature, () => 50),
      networks: [probability],
      crossing: { temperature: crossing, error: crossingError },
    },
  } as const
  const by = provenance({ seed: '1', threads: 1, command: 'test', startedAt: now, finishedAt: now, elapsedSeconds: 0 })
  await writePrediction(path, prediction, phases(), { model: 'net.h5', data: 'near.h5', provenance: by })
}

const [data, net, one, imported] = ['pictures.h5', 'net.h5', 'one.h5', 'imported.h5'].map(at) as [string, string, string, string]
const quick = ['--layers', '6', '--learning-rate', '0.02', '--seed', '3', '--threads', '1']
const figures: readonly (readonly [figure: string, files: readonly string[], says: string])[] = [
  ['learning', [net], 'epoch'],
  ['network', [net], '<svg'],
  ['weights', [net, '--neurons', '0,5', '--network', '1'], '<svg'],
  ['confusion', [at('predicted.h5')], 'no rectangle'],
  ['output', [at('predicted-phases.h5')], 'temperature'],
  ['scaling', ['p10.h5', 'p20.h5', 'p40.h5'].map(at), '1/L'],
]

const lines = {
  trained: ['train', data, ...quick, '--epochs', '12', '--seeds', '2', '--out', net, '--json', '-q'],
  one: ['train', data, ...quick, '--epochs', '9', '--out', one, '--test', '0', '--validation', '0'],
  dry: ['train', data, ...quick, '--dry-run', '--json', '--out', at('dry.h5')],
  dryText: ['train', data, '--dry-run', '--class-weights', '1,13', '--augment'],
  forced: ['train', data, ...quick, '--epochs', '9', '--out', one, '--test', '0', '--validation', '0', '--force'],
  idle: ['train', '--resume', one],
  more: ['train', '--resume', one, '--epochs', '10', '--json'],
  predicted: ['predict', net, data, '--json', '--out', at('predicted.h5')],
  all: ['predict', net, data, '--part', 'all', '--json'],
  csv: ['predict', net, data, '--csv'],
  text: ['predict', one, data],
  onnx: ['export', net, '-o', at('net.onnx'), '--network', '1'],
  first: ['export', net, '-o', at('first.onnx')],
  safetensors: ['export', one, '-o', at('one.safetensors')],
  far: ['export', at('far.h5'), '-o', at('far.safetensors')],
  farOnnx: ['export', at('far.h5'), '-o', at('far.onnx')],
  imported: ['import', at('one.safetensors'), '--classes', 'no,yes', '--shape', '3,3', '-o', imported],
  predictedImported: ['predict', imported, data, '--json'],
  predictedOne: ['predict', one, data, '--json'],
  trainedPhases: [
    'train',
    at('phases.h5'),
    ...quick,
    '--epochs',
    '60',
    '--test',
    '0.25',
    '--validation',
    '0',
    '--out',
    at('phases-net.h5'),
  ],
  predictedPhases: ['predict', at('phases-net.h5'), at('phases.h5'), '--part', 'all', '--out', at('predicted-phases.h5')],
  broken: [
    'train',
    data,
    '--optimizer',
    'sgd',
    '--learning-rate',
    '1e20',
    '--loss',
    'mse',
    '--output-activation',
    'identity',
    '--activation',
    'relu',
    '--out',
    at('broken.h5'),
    '-q',
  ],
  crossing: ['crossing', at('predicted-phases.h5')],
  four: ['crossing', ...['p40.h5', 'p10.h5', 'p30.h5', 'p20.h5'].map(at), '--json'],
  two: ['crossing', at('p10.h5'), at('p20.h5')],
  root: ['crossing', at('p10.h5'), at('p20.h5'), '--nu', '2'],
  ...Object.fromEntries(figures.map(([name, files]) => [name, ['plot', ...files, '--figure', name, '-o', at(`${name}.svg`)]])),
}
let ran: Readonly<Record<keyof typeof lines, Batched>>

/** Which file there is at a path: another one after every checkpoint. */
function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}

interface Predicted {
  readonly part: string
  readonly rows: number[]
  readonly probabilities: number[]
  readonly found: number[]
  readonly accuracy: number
  readonly confusion: number[][]
}

beforeAll(async () => {
  await writeDataset(data, pictures, made)
  await writeDataset(at('phases.h5'), phases(), made)
  for (const L of [10, 20, 30, 40]) await writeCurve(at(`p${L}.h5`), L)
  const imported = importModel(toSafetensors(randomNetwork([20, 10, 2], ['tanh', 'softmax'], 11), {}), { file: 'net', command: 'test' })
  const far = { mean: new Float32Array(20).fill(1e6), scale: new Float32Array(20).fill(1) }
  await writeModel(at('far.h5'), { ...imported, standardisation: far })
  const outcomes = await spinpoolEach(Object.values(lines).map((args) => [args]))
  ran = Object.fromEntries(Object.keys(lines).map((name, i) => [name, outcomes[i]])) as typeof ran
})

/** Probabilities of class 1 of all pictures, by plain loops in doubles, mean over the networks. */
function expected(model: TrainedModel): number[] {
  return Array.from({ length: pictures.count }, (_, row) => {
    const input = [...pictures.x.subarray(9 * row, 9 * row + 9)]
    return (
      model.networks.reduce((sum, _network, k) => sum + (outputsFor(networkOf(model, k), input)[0] as number), 0) / model.networks.length
    )
  })
}

function expectClose(values: readonly number[], others: readonly number[], most: number): void {
  expect(values).toHaveLength(others.length)
  expect(Math.max(...values.map((value, i) => Math.abs(value - (others[i] ?? Number.NaN))))).toBeLessThan(most)
}

describe('spinpool train', () => {
  it('trains where nobody says where: a table, a verdict and the path; what it does goes to stderr', async () => {
    const cwd = folderWith()
    const { code, stdout, stderr } = await spinpool(['train', data, '--epochs', '3', '--seed', '1', '--threads', '2'], { cwd, alone: true })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    const [name] = readdirSync(join(cwd, 'results'))
    expect(readdirSync(join(cwd, 'results'))).toHaveLength(1)
    expect(name).toMatch(/^network-\d{4}-\d\d-\d\d-\d{6}\.h5$/)
    const path = stdout.trimEnd().split('\n').at(-1) as string
    expect(path.endsWith(`/results/${name}`)).toBe(true)
    expect(
      stdout
        .split('\n')
        .slice(0, 2)
        .map((row) => row.trim().split(/ {2,}/).length),
    ).toEqual([9, 9])
    expect(stdout).toMatch(
      /\ntest, 102 examples: accuracy 0\.\d{4}, balanced 0\.5000\n +true +found no rectangle +found rectangle +recall +precision\n/,
    )
    expect(stdout).toMatch(
      /\nalways saying 'no rectangle' would be right in 0\.\d{4}; see --class-weights balanced and --augment, or make more data\n/,
    )
    expect(stderr).toMatch(
      /^1 network 9 - 100 sigmoid - 1 sigmoid; bce, adam at 0\.001, 3 epochs of 359 examples by 32; 51 to validate, 102 held out\n/,
    )
    expect(stderr).toContain(`writing ${path}\n`)
    expect(stderr).toMatch(/\n100 %, epoch 3: cost 0\.\d{4}, 0\.\d{4} right; validation 0\.\d{4}, 0\.\d{4} right\ndone in [\d.]+ s\n$/)
    expect((await readModel(path)).provenance.command).toBe(`spinpool train ${data} --epochs 3 --seed 1 --threads 2`)
  })

  it('says in JSON how it was trained and how good it is, and with -q nothing on stderr', async () => {
    expect(ran.trained.stderr).toBe('')
    const json = jsonOf<{ settings: object; networks: { cost: number }[]; test: object }>(ran.trained)
    const model = await readModel(net)
    expect(json.settings).toEqual(JSON.parse(JSON.stringify(model.training?.settings)))
    expect(json).toMatchObject({ path: net, status: 'complete', settings: { layers: [6], epochs: 12, seeds: 2, seed: '3', loss: 'bce' } })
    expect(json.networks).toHaveLength(2)
    expect(json.networks.map(({ cost }) => cost)).toEqual(model.networks.map(({ history, bestEpoch }) => history.cost[bestEpoch - 1]))
    expect(json.networks[1]).toMatchObject({
      epochs: 12,
      ended: 'epochs',
      testAccuracy: expect.any(Number),
      validationCost: expect.any(Number),
    })
    expect(json.test).toMatchObject({ examples: 102, confusion: [expect.any(Array), expect.any(Array)] })
  })

  it('without a test part says nothing of one', () => {
    expect(ran.one.code).toBe(0)
    expect(ran.one.stdout.split('\n')[0]?.trim().split(/ {2,}/)).toEqual(['network', 'epochs', 'best', 'cost', 'accuracy', 'ended'])
    expect(ran.one.stdout).not.toContain('always saying')
  })

  it('says what would be trained, and writes nothing', () => {
    expect(jsonOf(ran.dry)).toMatchObject({ counts: [359, 51, 102], parameters: 67, architecture: { inputs: 9 }, settings: { seed: '3' } })
    expect(ran.dryText).toMatchObject({ code: 0, stderr: '', after: {} })
    expect(ran.dryText.stdout).toMatch(
      /^1 network 9 - 100 sigmoid - 1 sigmoid; .*\n1101 weights and biases to a network; nothing was trained or written\n$/,
    )
    expect(existsSync(at('dry.h5'))).toBe(false)
  })

  it('replaces a model by force, goes on with it, and says so where there is nothing to do', async () => {
    expect(ran.forced.code).toBe(0)
    expect(ran.idle).toMatchObject({ code: 0, stderr: expect.stringContaining(`${one} is complete; raise --epochs to go on\n`) })
    expect(jsonOf(ran.more)).toMatchObject({ path: one, networks: [{ epochs: 10, ended: 'epochs' }] })
    expect((await readModel(one)).networks[0]?.history.cost).toHaveLength(10)
  })

  it('keeps the last good weights of a training whose cost is no number any more', async () => {
    expect(ran.broken).toMatchObject({ code: 2, stdout: '' })
    expect(ran.broken.stderr).toMatch(
      /^spinpool: the cost was no number in epoch 1 at learning rate 100000000000000000000; \S+broken\.h5 holds the weights of epoch 0; try a smaller --learning-rate\n$/,
    )
    const [network] = (await readModel(at('broken.h5'))).networks
    expect(network).toMatchObject({ epochs: 0, ended: 'the cost was no number' })
    expect(network?.layers.every(({ weights }) => weights.every(Number.isFinite))).toBe(true)
  })

  it('is stopped by Ctrl-C, also pressed twice, and goes on to the weights of one that was not', { timeout: 60_000 }, async () => {
    const out = at('stopped.h5')
    const asked = [data, '--layers', '40', '--seed', '8', '--threads', '1']
    const whole = spinpool(['train', ...asked, '--epochs', '700', '--out', at('whole.h5')])
    const running = start(['train', ...asked, '--epochs', '700', '--checkpoint-every', '0.3s', '--out', out])
    // The first checkpoint may come before the first epoch.
    for (let epochs = 0; epochs === 0; epochs = (await readModel(out)).networks[0]?.epochs ?? 0) {
      const before = inodeOf(out)
      expect(await until(running, () => inodeOf(out) !== before), running.said()).toBe(true)
    }
    running.child.kill('SIGINT')
    await wait(1)
    running.child.kill('SIGINT')
    expect((await running.ended).code, running.said()).toBe(75)
    expect(running.said().match(/SIGINT: leaving the epoch and writing a checkpoint/g)).toHaveLength(1)
    expect(running.said()).toContain(`go on with: spinpool train --resume ${out}\n`)
    expect(besides(out)).toEqual([])
    const stopped = await readModel(out)
    expect(stopped.status).toBe('interrupted')
    expect(stopped.networks[0]?.epochs).toBeLessThan(700)
    expect(stopped.networks[0]?.epochs).toBeGreaterThan(0)
    expect(await spinpool(['train', '--resume', out])).toMatchObject({ code: 0 })
    expect((await whole).code).toBe(0)
    const [resumed, uninterrupted] = [await readModel(out), await readModel(at('whole.h5'))]
    expect(resumed.status).toBe('complete')
    expect(resumed.networks).toEqual(uninterrupted.networks)
  })

  it('does not mind a reader that has seen enough', async () => {
    const out = at('piped.h5')
    const command = `set -o pipefail; $spinpool train '${data}' --epochs 2 --threads 1 -o '${out}' --json | true`
    const piped = startShell(command)
    expect(await piped.ended).toMatchObject({ code: 0 })
    expect(piped.said()).toMatch(/\ndone in [\d.]+ s\n$/)
    expect((await readModel(out)).status).toBe('complete')
  })
})

describe('spinpool predict', () => {
  it('gives the probabilities of class 1 in the order of the data, as plain loops in doubles do', async () => {
    const probability = expected(await readModel(net))
    const all = jsonOf<Predicted>(ran.all)
    expect(all.rows).toEqual([...pictures.x.keys()].slice(0, pictures.count))
    expectClose(all.probabilities, probability, 1e-5)
    expect(all.found).toEqual(all.probabilities.map((p) => (p >= 0.5 ? 1 : 0)))
    const held = jsonOf<Predicted>(ran.predicted)
    const parts = (await readModel(net)).training?.data.part
    expect(held.part).toBe('test')
    expect(held.rows).toEqual([...(parts?.keys() ?? [])].filter((row) => parts?.[row] === 2))
    expectClose(
      held.probabilities,
      held.rows.map((row) => probability[row] as number),
      1e-5,
    )
    const right = held.rows.filter((row, i) => pictures.y.values[row] === held.found[i]).length
    expect(held.accuracy).toBeCloseTo(right / held.rows.length, 12)
    expect(held.confusion.flat().reduce((a, b) => a + b)).toBe(102)
  })

  it('gives a line of CSV for each example', () => {
    const held = jsonOf<Predicted>(ran.predicted)
    const [heading, ...rows] = ran.csv.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    expect(heading).toEqual(['row', 'class', 'found', 'probability_0', 'probability_1', 'spread_0'])
    expect(rows.map((row) => Number(row[0]))).toEqual(held.rows)
    expect(rows.map((row) => Number(row[4]))).toEqual(held.probabilities)
    expect(rows.map((row) => Number(row[1]))).toEqual(held.rows.map((row) => pictures.y.values[row]))
  })

  it('takes all of the data where no part was held out', () => {
    expect(ran.text).toMatchObject({ code: 0, stderr: '' })
    expect(ran.text.stdout).toMatch(/^Rectangles in 3 x 3 pixels, network 9-6-1\n\n512 examples: accuracy/)
  })

  it('gives the output against temperature, where it is one half, and what a threshold on |m| would get', () => {
    const { code, stdout } = ran.predictedPhases
    expect(code).toBe(0)
    expect(stdout).toMatch(/\na threshold on \|m\|, at 0\.\d{3}: accuracy 0\.\d{4}\n/)
    expect(stdout).toMatch(/\n {2}T +p\(ordered\) +examples\n1\.8 .*\n +2 +0\.9\d*\(\d+\) +24\n/)
    expect(stdout).toMatch(/\np = 1\/2 at T = 2\.\d+\(\d+\)\n/)
  })
})

describe('a verdict', () => {
  const verdict = (values: readonly number[]): string => {
    const found = Int32Array.from(values, () => 0)
    const y = { kind: 'classes', names: ['no', 'yes'], values: Int32Array.from(values) } as const
    const rows = Int32Array.from(values.keys())
    const mean = Float64Array.from(values, () => 0.1)
    const classification = classify(values, found, 2)
    const all = {
      title: 't',
      part: 'all',
      rows,
      outputs: 1,
      mean,
      spread: mean,
      classes: y.names,
      found,
      classification,
      networks: 1,
    } as const
    const shown = verdictOf(all, {
      title: 't',
      count: values.length,
      shape: [1],
      x: new Float32Array(values.length),
      y,
      symmetries: [],
      notes: {},
    })
    return shown.at(-1) as string
  }

  it('advises weights of classes only where one class is rarer than the other', () => {
    expect(verdict([0, 0, 0, 1])).toBe(
      "always saying 'no' would be right in 0.7500; see --class-weights balanced and --augment, or make more data",
    )
    expect(verdict([0, 1, 0, 1])).toBe(
      "always saying 'no' would be right in 0.5000; see --epochs, --learning-rate and --augment, or make more data",
    )
  })
})

describe('spinpool export and import', () => {
  it('give back a network that predicts the same', () => {
    expect(ran.onnx).toMatchObject({ code: 0, stdout: `${at('net.onnx')}\n`, stderr: '' })
    expect(readFileSync(at('net.onnx')).length).toBeGreaterThan(300)
    expect(ran.first).toMatchObject({ code: 0, stderr: 'network 0 of 2; choose another with --network\n' })
    expect(readFileSync(at('first.onnx'))).not.toEqual(readFileSync(at('net.onnx')))
    expect(ran.imported).toMatchObject({ code: 0, stdout: `${imported}\n`, stderr: '' })
    const [before, after] = [jsonOf<Predicted>(ran.predictedOne), jsonOf<Predicted>(ran.predictedImported)]
    expectClose(after.probabilities, before.probabilities, 1e-6)
    expect(after).toMatchObject({ classes: ['no', 'yes'], part: 'all', confusion: before.confusion })
  })
})

describe('spinpool export of a network whose data lie far from 0', () => {
  it('says what safetensors loses, and loses nothing as ONNX', () => {
    expect(ran.far).toMatchObject({ code: 0, stdout: `${at('far.safetensors')}\n` })
    expect(ran.far.stderr).toMatch(
      /^warning: outputs of the file differ from those of \S+far\.h5 by about 0\.0\d+: means that are large beside the standard deviations cancel in its first layer; export to \.onnx, .+\n$/,
    )
    expect(ran.farOnnx).toMatchObject({ code: 0, stderr: '' })
    expect(ran.safetensors).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('spinpool crossing', () => {
  it('finds the transition of sizes given in any order', () => {
    const json = jsonOf<{
      crossings: { size: number; temperature: number }[]
      pairs: object[]
      tc: { value: number; error: number }
      slope: { value: number }
    }>(ran.four)
    expect(json.crossings.map(({ size }) => size)).toEqual([10, 20, 30, 40])
    expect(json.tc.value).toBeCloseTo(2.269, 10)
    expect(json.slope.value).toBeCloseTo(1, 9)
    expect(json.tc.error).toBeGreaterThan(0)
    expect(json).toMatchObject({ nu: 1, degreesOfFreedom: 2 })
  })

  it('of two sizes says that the fit cannot be judged, and takes another exponent', () => {
    expect(ran.two.stdout).toMatch(/^ *L +p = 1\/2 at T\n10 +2\.369\(4\)\n20 +2\.319\(2\)\n/)
    expect(ran.two.stdout).toMatch(
      /\nT\(L\) = T_c \+ b 1\/L: T_c = 2\.269\d*\(\d+\), b = 1\.0+\(\d+\), two sizes, so the fit cannot be judged\n$/,
    )
    // T_c + b/√L through both points.
    const b = 0.05 / (1 / Math.sqrt(10) - 1 / Math.sqrt(20))
    expect(ran.root.stdout).toContain(`T(L) = T_c + b L^(-1/2): T_c = ${(2.319 - b / Math.sqrt(20)).toFixed(3)}`)
  })

  it('of one size, that spinpool predict wrote, gives its crossing and no limit', () => {
    const { code, stdout } = ran.crossing
    expect(code).toBe(0)
    const predicted = /p = 1\/2 at T = (\S+)/.exec(ran.predictedPhases.stdout)?.[1] as string
    expect(stdout).toMatch(/^L +p = 1\/2 at T\n4 +\S+\n\nT_c for L → ∞ needs crossings of two sizes, with errors\n$/)
    expect(stdout).toContain(predicted)
  })
})

describe('spinpool plot', () => {
  it('reads a prediction whose crossing has no error', async () => {
    await writeCurve(at('no-error.h5'), 10, Number.NaN)
    const { curve } = await readPrediction(at('no-error.h5'))
    expect(curve?.crossing).toEqual({ temperature: 2.269 + 1 / 10, error: Number.NaN })
  })

  it.each(figures)('draws %s', (name, _files, says) => {
    const outcome = ran[name as keyof typeof ran]
    expect({ ...outcome, before: {}, after: {} }).toEqual({ code: 0, stdout: `${at(`${name}.svg`)}\n`, stderr: '', before: {}, after: {} })
    const svg = readFileSync(at(`${name}.svg`), 'utf8')
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\s*$/)
    expect(svg).toContain(says)
    expect(svg).not.toMatch(/NaN|undefined/)
  })
})

describe('what is not possible', () => {
  const words = { 'words.h5': 'words' }
  const wrong = (): readonly (readonly [args: readonly string[], code: number, says: string])[] => [
    [['train'], 2, 'the data are missing; write spinpool train DATA, or --resume MODEL'],
    [['train', '--augment', data], 2, `--augment: '${data}' is not possible; allowed: all, or some of flip,`],
    [['train', data, 'more.h5'], 2, "'more.h5' is one argument too many"],
    [['train', 'nothing.h5'], 3, 'nothing.h5: there is no such file'],
    [['train', 'words.h5'], 3, 'words.h5: neither HDF5 nor a file of NumPy'],
    [['train', net], 3, 'it has no x and no y'],
    [['train', data, '--layer', '8'], 2, "--layer: unknown flag; did you mean '--layers'?; see spinpool train --help"],
    [['train', data, '--learningRat', '8'], 2, '--learningRat: unknown flag'],
    [['train', data, '--standardize'], 2, "--standardize: unknown flag; did you mean '--standardise'?"],
    [['train', data, '--seed', '1', '--seed', '2'], 2, '--seed: given 2 times; allowed: once'],
    [['train', data, '--epochs'], 2, '--epochs: its value is missing'],
    [['train', data, '--no-epochs'], 2, '--no-epochs: unknown flag; --epochs takes a value'],
    [['train', data, '--epochs', '-1'], 2, '--epochs: -1 is not possible; allowed: whole numbers from 1'],
    [['train', data, '--bootstrap=maybe'], 2, "--bootstrap: 'maybe' is not possible; allowed: --bootstrap or --no-bootstrap"],
    [['train', data, '--threads', '0'], 2, "--threads: '0' is not possible; allowed: whole numbers from 1 to 1024"],
    [['train', data, '--threads', '5000'], 2, "--threads: '5000' is not possible; allowed: whole numbers from 1 to 1024"],
    [['train', data, '--checkpoint-every', '5'], 2, '--checkpoint-every: '],
    [['train', data, '--layers', '0'], 2, '--layers: [0] is not possible'],
    [['train', data, '--loss', 'hinge'], 2, "--loss: 'hinge' is not possible; allowed: mse, bce, cross-entropy"],
    [
      ['train', data, '--out', net],
      3,
      `${net} exists already; name another with --out, replace it with --force, or go on with it: spinpool train --resume`,
    ],
    [['train', data, '--out', '.'], 2, 'is a folder; name a file'],
    [['train', data, '--out', 'nowhere/deep/net.h5'], 3, 'nowhere/deep nor the one above it exists; make them first'],
    [['train', data, '--out', data, '--force'], 2, `--out: ${data} is the data that are trained on; name another`],
    [['train', '--resume', one, '--layers', '3'], 2, '--layers: a training that goes on keeps its settings, only --epochs may be raised'],
    [['train', '--resume', one, '--seed', '4'], 2, '--seed: a training that goes on keeps its settings'],
    [['train', '--resume', one, '--epochs', '2'], 2, '--epochs: 2 is fewer than the 10 of before; allowed: from 10'],
    [['train', '--resume', one, '--out', 'x.h5'], 2, '--out: a training that goes on keeps its file'],
    [['train', '--resume', one, '--title', 'x'], 2, '--title: a training that goes on keeps its title'],
    [['train', '--resume', one, '--dry-run'], 2, '--dry-run: not together with --resume'],
    [['train', at('phases.h5'), '--resume', one], 3, 'phases.h5: not the data that'],
    [['train', 'nothing.h5', '--resume', one], 3, 'nothing.h5: there is no such file'],
    [['train', '--resume', 'nothing.h5'], 3, 'nothing.h5: there is no such file'],
    [['train', '--resume', data], 3, 'a dataset of spinpool and no model'],
    [['train', '--resume', imported], 2, 'was imported and holds no state of a training'],
    [['predict', net], 2, 'the file is missing; write spinpool predict <model> <data>'],
    [['predict', data, net], 3, 'a dataset of spinpool and no model; make one with spinpool train'],
    [['predict', net, at('phases.h5')], 2, 'the data have examples of 4 x 4 and the model is for 3 x 3'],
    [['predict', net, data, '--csv', '--json'], 2, '--csv: not together with --json'],
    [['predict', net, data, '--part', 'tset'], 2, "--part: 'tset' is not possible; allowed: train, validation, test, all"],
    [['predict', one, data, '--part', 'test'], 2, '--part: the data have no part test; allowed: all, or train'],
    [['predict', imported, data, '--part', 'test'], 2, '--part: these are not the data that the model was trained on'],
    [['predict', net, data, '--threads', '5000'], 2, '--threads: '],
    [['predict', net, data, '--out', one], 3, 'exists already; name another with --out, or replace it with --force'],
    [['predict', net, data, '--out', net, '--force'], 2, `--out: ${net} is what is predicted with; name another`],
    [['predict', net, data, '--out', '.'], 2, 'is a folder'],
    [['crossing'], 2, 'the file is missing; write spinpool crossing <predictions..>'],
    [['crossing', net], 3, 'a model of spinpool and no prediction'],
    [['crossing', at('predicted.h5')], 3, 'has no output against temperature'],
    [['crossing', at('p10.h5'), at('p10.h5')], 2, `L = 10, as ${at('p10.h5')}; allowed: one prediction for each size`],
    [['crossing', at('p10.h5'), '--nu', '0'], 2, "--nu: '0' is not possible; allowed: numbers above 0, up to 100"],
    [['crossing', at('p10.h5'), '--nu', 'one'], 2, "--nu: 'one' is not possible"],
    [['export', net], 2, '--out: missing; name the file to write'],
    [['export', net, '-o', 'net.pt'], 2, "--out: 'net.pt' names no format; allowed: names that end in .onnx or .safetensors"],
    [['export', net, '-o', 'net.onnx', '--network', '2'], 2, '--network: 2 is not possible; allowed: 0 to 1'],
    [['export', net, '-o', 'net.onnx', '--network', 'x'], 2, "--network: 'x' is not possible; allowed: whole numbers from 0"],
    [['export', data, '-o', 'net.onnx'], 3, 'a dataset of spinpool and no model'],
    [['export', net, '-o', at('net.onnx')], 3, 'exists already; name another with --out, or replace it with --force'],
    [['import', 'nothing.safetensors'], 3, 'nothing.safetensors: there is no such file'],
    [['import', 'words.h5', '--activation', 'relu'], 3, 'words.h5: '],
    [['import', net], 3, `${net}: HDF5 and no safetensors file; a model of spinpool needs no import`],
    [['import', at('one.safetensors'), '--activation', 'relu'], 2, '--activation: relu for layer 1 of'],
    [
      ['import', at('one.safetensors'), '--activation', 'rleu'],
      2,
      "--activation: 'rleu' is not possible; did you mean 'relu'?; allowed: identity,",
    ],
    [['import', at('one.safetensors'), '--output-activation', 'sigmoid,relu'], 2, '--output-activation: more than one; allowed: one'],
    [['import', at('one.safetensors'), '--classes', 'a,'], 2, "--classes: '' is no name"],
    [['import', at('one.safetensors'), '--shape', '3,x'], 2, "--shape: '3,x' is not possible; allowed: whole numbers from 1"],
    [['import', at('one.safetensors'), '--out', at('one.safetensors'), '--force'], 2, 'is the file that is read; name another'],
    [['plot', net], 2, '--out: missing; name the picture to write'],
    [['plot', net, '-o', 'x.pdf'], 2, "--out: 'x.pdf' names no format; allowed: names that end in .svg, .png or .html"],
    [['plot', net, '-o', net, '--force'], 2, 'names no format'],
    [['plot', net, '-o', 'nowhere/deep/x.png'], 3, 'nowhere/deep nor the one above it exists; make them first'],
    [['plot', 'nothing.h5', '-o', 'x.png'], 3, 'nothing.h5: there is no such file'],
    [['plot', net, '-o', 'x.svg', '--size', '8'], 2, '--size: there is no use for it with'],
    [['plot', net, '-o', 'x.svg', '--figure', 'snapshots'], 2, '--figure: snapshots cannot be drawn of'],
    [
      ['plot', net, '-o', 'x.svg', '--figure', 'wieghts'],
      2,
      "--figure: 'wieghts' is not possible; did you mean 'weights'?; allowed: observables,",
    ],
    [['plot', net, '-o', 'x.svg', '--figure', 'output'], 2, '--figure: output cannot be drawn of'],
    [['plot', at('p10.h5'), '-o', 'x.svg', '--figure', 'weights'], 2, '--figure: weights cannot be drawn of'],
    [['plot', imported, '-o', 'x.svg'], 2, '--figure: an imported model tells nothing of how it learned; allowed: network, weights'],
    [['plot', net, net, '-o', 'x.svg'], 2, 'one model at a time can be drawn'],
    [
      ['plot', net, '-o', 'x.svg', '--network', '1'],
      2,
      '--network: the figure learning has no use for it; allowed: with --figure network or weights',
    ],
    [
      ['plot', at('p10.h5'), '-o', 'x.svg', '--neurons', '1'],
      2,
      '--neurons: the figure output has no use for it; allowed: with --figure weights',
    ],
    [
      ['plot', net, '-o', 'x.svg', '--figure', 'weights', '--neurons', '1,,2'],
      2,
      "--neurons: '1,,2' is not possible; allowed: whole numbers from 0 to 5",
    ],
    [['plot', net, '-o', 'x.svg', '--figure', 'network', '--network', '2'], 2, '--network: 2 is not possible; allowed: 0 to 1'],
    [
      ['plot', at('p10.h5'), at('p10.h5'), '-o', 'x.svg', '--figure', 'scaling'],
      2,
      'L = 10 is there already; allowed: one prediction for each size',
    ],
    [['plot', at('p10.h5'), '-o', 'x.svg', '--figure', 'scaling'], 2, '--figure: scaling needs two sizes or more'],
    [['plot', at('p10.h5'), '-o', 'x.svg', '--figure', 'confusion'], 3, 'holds no classes, so no confusion'],
    [['plot', data, '-o', 'x.svg'], 3, 'no archive of a run, no model, no prediction and no benchmark of spinpool'],
  ]

  it('is refused in one line, and nothing is written', async () => {
    const cases = wrong()
    const before = readdirSync(folder)
    const outcomes = await spinpoolEach(cases.map(([args]) => [args, words]))
    for (const [i, [, code, says]] of cases.entries()) expectNothingDone(outcomes[i], code, [says])
    expect(readdirSync(folder)).toEqual(before)
    expect(readFileSync(data).length).toBeGreaterThan(1000)
  })
})

describe('the help', () => {
  const verbs = [trainVerb, predictVerb, crossingVerb, plotVerb, exportVerb, importVerb]

  it('names every flag', async () => {
    const printed = await spinpoolEach(verbs.map(({ usage }) => [[usage.split(' ')[0] as string, '--help']]))
    verbs.forEach(({ options, examples }, i) => {
      const { code, stdout, stderr } = printed[i] as Batched
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const [name, { describe: help = '' }] of Object.entries(options)) {
        expect(stdout).toMatch(name.length === 1 ? new RegExp(`^ +-${name} `, 'm') : new RegExp(`--${name} `))
        expect(stdout.replaceAll(/\s+/g, ' ')).toContain(help.split(' ').slice(0, 3).join(' '))
      }
      expect(examples.length).toBeGreaterThan(0)
    })
  })

  it('has examples that do what they say', async () => {
    const model = await readModel(net)
    await writeModel(at('four.h5'), { ...model, networks: [...model.networks, ...model.networks] })
    const given: Readonly<Record<string, Uint8Array>> = {
      'rectangles.h5': readFileSync(data),
      'data.h5': readFileSync(data),
      'phases.h5': readFileSync(at('phases.h5')),
      'near.h5': readFileSync(at('phases.h5')),
      'net.h5': readFileSync(at('four.h5')),
      'phases-net.h5': readFileSync(at('phases-net.h5')),
      'torch.safetensors': toSafetensors(randomNetwork([9, 5, 2], ['relu', 'softmax'], 2), {}),
      ...Object.fromEntries([10, 20, 30, 40].map((L) => [`p${L}.h5`, readFileSync(at(`p${L}.h5`))])),
    }
    const all = verbs.flatMap(({ examples }) => examples.map(([line]) => line.split(' ').slice(1)))
    // Figures of archives and benchmarks are tried in plot-cli.test.ts.
    const tried = all.filter((words) => !words.includes('run.h5') && !words.includes('bench.h5'))
    const outcomes = await spinpoolEach(
      tried.map((words) => {
        const read = words.filter((word, i) => given[word] && !['-o', '--out'].includes(words[i - 1] ?? ''))
        // A whole training would take long; what is wrong with one shows before it begins.
        const rehearsed = words[0] === 'train' && !words.includes('--resume') ? ['--dry-run'] : []
        return [[...words, ...rehearsed], Object.fromEntries(read.map((name) => [name, given[name] as Uint8Array]))]
      }),
    )
    const ended = (code: number | null, i: number): string => `spinpool ${tried[i]?.join(' ')}: exit code ${code}`
    expect(outcomes.map(({ code, stderr }, i) => `${ended(code, i)}${code === 0 ? '' : `, ${stderr}`}`)).toEqual(
      tried.map((_, i) => ended(0, i)),
    )
  })
})
