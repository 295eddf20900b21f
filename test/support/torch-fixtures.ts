import { readFileSync } from 'node:fs'
import type { Architecture, CostName } from '../../src/neural/architecture.ts'
import type { OptimizerSettings } from '../../src/neural/settings.ts'

// What test/support/reference/torch-networks.py printed, with types: networks in PyTorch's doubles, for both paths to agree with.

/** One layer: W (n_in, n_out) row by row, b (n_out). */
export interface TorchLayer {
  readonly weights: readonly number[]
  readonly biases: readonly number[]
}

/** One network and a batch of examples. */
export interface TorchNetwork {
  readonly name: string
  readonly architecture: Architecture
  readonly cost: CostName
  readonly rows: number
  /** (rows, inputs) */
  readonly x: readonly number[]
  /** (rows, outputs) */
  readonly targets: readonly number[]
  /** (rows) What each example counts; absent: 1. */
  readonly weights?: readonly number[]
  /** (rows, n) of each hidden layer, 0 or 2 (dropout of a half); absent: nothing is dropped. */
  readonly masks?: readonly (readonly number[])[]
  readonly initial: readonly TorchLayer[]
  /** (rows, outputs) Pre-activations of the output. */
  readonly logits: readonly number[]
  /** Mean over the rows of weight times cost. */
  readonly value: number
  /** Of `value`. */
  readonly gradients: readonly TorchLayer[]
  /** By the names of `optimizers`: parameters after `steps` steps on this batch, and their `value`. */
  readonly trained: Readonly<Record<string, { readonly layers: readonly TorchLayer[]; readonly value: number }>>
}

interface Stored {
  /** Version that printed it. */
  readonly torch: string
  readonly steps: number
  /** What is not there has the default of PyTorch, or is 0. */
  readonly optimizers: Readonly<Record<string, Partial<OptimizerSettings> & { readonly rate: number }>>
  /** Learning rates of 10 epochs from 0.1 on. */
  readonly schedules: Readonly<Record<string, readonly number[]>>
  readonly networks: readonly TorchNetwork[]
}

export const torchFile = new URL('./reference/torch.json', import.meta.url)
export const torchScript = new URL('./reference/torch-networks.py', import.meta.url)

const stored: Stored = JSON.parse(readFileSync(torchFile, 'utf8'))

const defaults: OptimizerSettings = {
  optimizer: 'sgd',
  momentum: 0,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0,
  weightDecay: 0,
}

export const torch = {
  steps: stored.steps,
  schedules: stored.schedules,
  networks: stored.networks,
  optimizers: Object.entries(stored.optimizers).map(([name, { rate, ...settings }]) => ({
    name,
    rate,
    settings: { ...defaults, ...settings } satisfies OptimizerSettings,
  })),
}
