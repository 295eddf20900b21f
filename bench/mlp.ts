// What is trained and asked in the claims about networks: 900-100-2 on 20,000 examples of 30 x 30 spins, half of them magnetized.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '../src/dataset/dataset.ts'
import { createArena } from '../src/engine/memory/arena.ts'
import type { ActivationName, Architecture, LayerParameters } from '../src/neural/architecture.ts'
import { architectureOf, resolveTraining } from '../src/neural/options.ts'
import type { TrainingSettings } from '../src/neural/settings.ts'
import { shuffle } from '../src/neural/shuffle.ts'
import { Uniforms } from '../src/neural/uniforms.ts'
import { Refusal } from './bench.ts'

const SIZE = 30
const HIDDEN = 100
const CLASSES = 2
export const EXAMPLES = 20_000
/** Chance of a spin to be up, by the class: to be told apart, and not after one epoch. */
const UP = [0.5, 0.55] as const
const SEED = 1

/** Labelled examples; always the same ones. */
export function spins(module: WebAssembly.Module, count = EXAMPLES): Dataset {
  const uniform = uniformsOf(module, 4096).stream('bench', 'spins')
  const x = new Float32Array(count * SIZE ** 2)
  const values = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const label = uniform() < 0.5 ? 0 : 1
    values[i] = label
    for (let k = i * SIZE ** 2; k < (i + 1) * SIZE ** 2; k++) x[k] = uniform() < UP[label] ? 1 : -1
  }
  return {
    title: 'magnetized or not',
    count,
    shape: [SIZE, SIZE],
    x,
    y: { kind: 'classes', names: ['not magnetized', 'magnetized'], values },
    symmetries: [],
    notes: {},
  }
}

/** Adam and cross-entropy, every example trained on, as it is. */
export function settingsFor(data: Dataset, activation: ActivationName, batch: number, epochs: number): TrainingSettings {
  const given = { activation, batch, epochs, layers: [HIDDEN], outputs: CLASSES, loss: 'cross-entropy', initialisation: 'xavier' }
  return resolveTraining({ ...given, standardise: false, validation: 0, test: 0, seed: SEED }, data, (key) => key)
}

/** The network of these settings. */
export function networkFor(data: Dataset, settings: TrainingSettings): Architecture {
  return architectureOf(settings, data)
}

/** The order in which the first epoch of a training shows its examples. */
export function firstOrder(module: WebAssembly.Module, { seed }: TrainingSettings): Int32Array {
  const order = new Int32Array(EXAMPLES)
  shuffle(Int32Array.from(order.keys()), order, uniformsOf(module, EXAMPLES).draw(EXAMPLES, seed, 'network', 0, 'order', 0))
  return order
}

/**
 * Writes what peers read: task.json; x.i8 (count, inputs), y.i32 (count), order.i32 (count); weights.f32, of one layer after
 * the other W (n_in, n_out) row by row and b (n_out).
 */
export function writeTask(
  folder: string,
  data: Dataset,
  settings: TrainingSettings,
  order: Int32Array,
  weights: readonly LayerParameters[],
): void {
  const { activation, batch, learningRate, beta1, beta2, epsilon } = settings
  const { inputs } = architectureOf(settings, data)
  const task = { count: data.count, inputs, hidden: HIDDEN, outputs: CLASSES, activation, batch, learningRate, beta1, beta2, epsilon }
  writeFileSync(join(folder, 'task.json'), JSON.stringify(task))
  writeFileSync(join(folder, 'x.i8'), Int8Array.from(data.x))
  writeFileSync(join(folder, 'y.i32'), Int32Array.from(data.y.values))
  writeFileSync(join(folder, 'order.i32'), order)
  const blocks = weights.flatMap(({ weights: W, biases }) => [W, biases])
  writeFileSync(join(folder, 'weights.f32'), Buffer.concat(blocks.map(({ buffer }) => Buffer.from(buffer))))
}

/**
 * Operations that one example of a training takes in its products: z = a W and the gradient of W in every layer, the errors of
 * the layer before in every layer but the first. Twice the multiplications.
 */
export function trainingOperations({ inputs, layers }: Architecture): number {
  return layers.reduce((sum, { neurons }, l) => sum + (l === 0 ? 4 : 6) * (layers[l - 1]?.neurons ?? inputs) * neurons, 0)
}

/** @throws Refusal where the cost of an epoch is not ours, or nothing was learned until the last one */
export function holdCosts(what: string, costs: readonly number[], ours: number): void {
  const [first = Number.NaN, last = Number.NaN] = [costs[0], costs.at(-1)]
  if (!(Math.abs(first - ours) < COST_DIFFERENCE)) throw new Refusal(`the first epoch of ${what} cost ${first}, ours ${ours}`)
  if (costs.length > 1 && !(last < LEARNED * first)) throw new Refusal(`${what} learns nothing: its cost is ${first}, then ${last}`)
}

/** The same sums in another order differ by less. */
const COST_DIFFERENCE = 1e-4
const LEARNED = 0.9

function uniformsOf(module: WebAssembly.Module, numbers: number): Uniforms {
  return new Uniforms(module, createArena(1024 + Uniforms.bytes(numbers)), 1024, numbers)
}
