// Training on one core against PyTorch and TensorFlow.js on one core: examples a second, 900-100-2, batches of 128, Adam,
// float32.
//
// All start from our weights and take our first epoch's order, and none is timed whose cost is another one then. Of each program the
// first epoch warms it up; ours and PyTorch's others are timed with all that belongs to an epoch, the shuffling too; importing,
// reading and starting threads are not. PyTorch and TensorFlow.js run in processes of their own, one round of each after one
// of ours.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '../src/dataset/dataset.ts'
import type { ActivationName, LayerParameters } from '../src/neural/architecture.ts'
import { Training } from '../src/neural/training.ts'
import { compileKernels } from '../src/engine/pool/built.ts'
import { benchmark } from './bench.ts'
import { type Claim, type Figure, figure, ratios } from './figure.ts'
import { EXAMPLES, firstOrder, holdCosts, networkFor, settingsFor, spins, trainingOperations, writeTask } from './mlp.ts'
import { findTfjs, NO_TFJS, type Tfjs, type TfjsWay } from './tfjs.ts'
import { findTorch, NO_TORCH, type Torch } from './torch.ts'

const ROUNDS = 5
const BATCH = 128
/** Less than half a second each, the first not counted. */
const EPOCHS = 6
/** Examples that TensorFlow.js warms up with, and the last of those it is then timed with: its usual ways are slow. */
const TFJS_WARM = 10 * BATCH
const TFJS_END: Readonly<Record<TfjsWay, number>> = { fit: 20 * BATCH, minimize: 40 * BATCH, tuned: EXAMPLES }

interface OwnTraining {
  readonly initial: readonly LayerParameters[]
  readonly costs: readonly number[]
  /** Examples a second. */
  readonly rate: number
}

async function train(data: Dataset, activation: ActivationName, epochs: number): Promise<OwnTraining> {
  const costs: number[] = []
  const ends: number[] = []
  const onEpoch = ({ cost }: { readonly cost: number }): void => {
    costs.push(cost)
    ends.push(performance.now())
  }
  const settings = settingsFor(data, activation, BATCH, epochs)
  const training = await Training.open(data, new Int8Array(data.count), settings, { threads: 1, onEpoch })
  const initial = training.networks[0]?.layers ?? []
  await training.run()
  const seconds = ((ends.at(-1) as number) - (ends[0] as number)) / 1000
  return { initial, costs, rate: ((epochs - 1) * data.count) / seconds }
}

/** Examples a second of all epochs but the first. */
function rateOf(seconds: readonly number[]): number {
  return ((seconds.length - 1) * EXAMPLES) / seconds.slice(1).reduce((a, b) => a + b)
}

/** @returns examples a second of each way. @throws Refusal where the ways differ among each other, or the whole epoch from ours */
async function tfjsRates(tfjs: Tfjs, folder: string, ours: number): Promise<Record<TfjsWay, number>> {
  const tuned = await tfjs(folder, 'tuned', TFJS_WARM, TFJS_END.tuned)
  const whole = (tuned.costs[0] * TFJS_WARM + tuned.costs[1] * (EXAMPLES - TFJS_WARM)) / EXAMPLES
  holdCosts('TensorFlow.js', [whole], ours)
  const rates = { fit: 0, minimize: 0, tuned: tuned.rate }
  for (const way of ['fit', 'minimize'] as const) {
    const { costs, rate } = await tfjs(folder, way, TFJS_WARM, TFJS_END[way])
    holdCosts(`the first batches of TensorFlow.js, ${way},`, [costs[0]], tuned.costs[0])
    rates[way] = rate
  }
  return rates
}

type Program = 'ours' | 'torch' | 'torch, foreach' | `tfjs, ${TfjsWay}`
type Rates = Partial<Record<Program, readonly number[]>>

/** Examples a second of each program, round by round; those that are missing are left out. */
async function measure(task: string, data: Dataset, activation: ActivationName, torch?: Torch, tfjs?: Tfjs): Promise<Rates> {
  const seen: Partial<Record<Program, number[]>> = {}
  const add = (program: Program, rate: number): void => {
    seen[program] = [...(seen[program] ?? []), rate]
  }
  for (let round = 0; round < ROUNDS; round++) {
    const { costs, rate } = await train(data, activation, EPOCHS)
    const first = costs[0] as number
    holdCosts(`our training with ${activation}`, costs, first)
    add('ours', rate)
    if (torch) {
      const { plain, foreach } = await torch.train(task, EPOCHS)
      holdCosts(`PyTorch with ${activation}`, plain.costs, first)
      holdCosts(`PyTorch with ${activation} and foreach`, foreach.costs, first)
      add('torch', rateOf(plain.seconds))
      add('torch, foreach', rateOf(foreach.seconds))
    }
    if (tfjs) for (const [way, rate] of Object.entries(await tfjsRates(tfjs, task, first))) add(`tfjs, ${way as TfjsWay}`, rate)
  }
  return seen
}

await benchmark('neural-training', async ({ folder, note }): Promise<readonly Figure[]> => {
  const [torch, tfjs] = [findTorch(), findTfjs()]
  if (!torch) note(NO_TORCH)
  if (!tfjs) note(NO_TFJS)
  const module = await compileKernels()
  const data = spins(module)
  const rates = async (activation: ActivationName, others?: Tfjs): Promise<Rates> => {
    const settings = settingsFor(data, activation, BATCH, EPOCHS)
    const task = join(folder, activation)
    mkdirSync(task)
    writeTask(task, data, settings, firstOrder(module, settings), (await train(data, activation, 1)).initial)
    return measure(task, data, activation, torch, others)
  }
  const sigmoid = await rates('sigmoid', tfjs)
  const relu = await rates('relu')
  const operations = trainingOperations(networkFor(data, settingsFor(data, 'sigmoid', BATCH, EPOCHS)))
  note(`${EXAMPLES} examples of 30 x 30 spins, batches of ${BATCH}, Adam; sigmoid in the hidden layer where nothing else is said`)
  const versus = (what: string, { ours = [], ...theirs }: Rates, program: Exclude<Program, 'ours'>, claim?: Claim): Figure[] => {
    const rates = theirs[program]
    return rates ? [figure(what, 'x', ratios(ours, rates), claim)] : []
  }
  const thousands = (what: string, rates: readonly number[] | undefined): Figure[] =>
    rates
      ? [
          figure(
            what,
            'thousand examples/s',
            rates.map((rate) => rate / 1000),
          ),
        ]
      : []
  return [
    ...versus('training / PyTorch', sigmoid, 'torch', { atLeast: 0.6 }),
    ...versus('training / PyTorch, foreach=True', sigmoid, 'torch, foreach', { atLeast: 0.6 }),
    ...versus('training / PyTorch, relu', relu, 'torch'),
    ...versus('training / PyTorch, foreach=True, relu', relu, 'torch, foreach'),
    ...versus('training / TensorFlow.js, optimizer.minimize', sigmoid, 'tfjs, minimize', { atLeast: 10 }),
    ...versus('training / TensorFlow.js, model.fit', sigmoid, 'tfjs, fit'),
    ...versus('training / TensorFlow.js, gradients written by hand', sigmoid, 'tfjs, tuned'),
    ...thousands('training', sigmoid.ours),
    ...thousands('training, relu', relu.ours),
    ...thousands('PyTorch', sigmoid.torch),
    ...thousands('PyTorch, foreach=True', sigmoid['torch, foreach']),
    ...thousands('TensorFlow.js, optimizer.minimize', sigmoid['tfjs, minimize']),
    ...thousands('TensorFlow.js, gradients written by hand', sigmoid['tfjs, tuned']),
    figure(
      'training, its products alone counted',
      'GFLOP/s',
      (sigmoid.ours ?? []).map((rate) => (rate * operations) / 1e9),
    ),
  ]
})
