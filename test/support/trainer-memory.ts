import { createArena } from '../../src/engine/memory/arena.ts'
import { instantiateKernels } from '../../src/engine/kernels.ts'
import type { Architecture, CostName, LayerParameters } from '../../src/neural/architecture.ts'
import { NetworkMemory, type NetworkSize, placeData } from '../../src/neural/memory.ts'
import type { OptimizerSettings } from '../../src/neural/settings.ts'
import { Trainer } from '../../src/neural/trainer.ts'
import { compileKernels } from '../../src/engine/pool/built.ts'

/** What a `Trainer` is opened with, in the thread of the test. */
interface Parts {
  readonly architecture: Architecture
  readonly cost: CostName
  readonly optimizer: OptimizerSettings
  /** (rows, inputs) */
  readonly x: ArrayLike<number>
  /** (rows, outputs) */
  readonly targets: ArrayLike<number>
  /** (rows) Default: 1. */
  readonly weights?: ArrayLike<number> | undefined
  readonly initial: readonly { readonly weights: ArrayLike<number>; readonly biases: ArrayLike<number> }[]
  /** Examples to a step; default: all rows. */
  readonly batch?: number
  readonly dropout?: number
  /** Rows that are evaluated after the epoch; default: none. */
  readonly evaluated?: readonly number[]
}

const FIRST = 1024

/** One network in a memory of its own, and the numbers that its trainer leaves there. */
export class OpenTrainer {
  readonly #memory: NetworkMemory
  readonly #buffer: ArrayBufferLike
  readonly #trainer: Trainer
  readonly #batch: number
  readonly #outputs: number
  readonly #evaluated: number
  #steps = 0

  static async open(parts: Parts): Promise<OpenTrainer> {
    return new OpenTrainer(await compileKernels(), parts)
  }

  private constructor(
    module: WebAssembly.Module,
    { architecture, cost, optimizer, x, targets, weights, initial, dropout = 0, evaluated = [], ...rest }: Parts,
  ) {
    const outputs = architecture.layers.at(-1)?.neurons ?? 0
    const rows = x.length / architecture.inputs
    const batch = rest.batch ?? rows
    const place = placeData(FIRST, rows, architecture.inputs, outputs)
    const size: NetworkSize = {
      architecture,
      batch: batch + 3,
      trained: rows,
      evaluated: evaluated.length,
      augmented: false,
      dropout: dropout > 0,
    }
    const offset = FIRST + place.bytes
    const arena = createArena(offset + new NetworkMemory(size, 0).bytes)
    const training = { loss: cost, batch, optimizer, dropout, dropoutSeed: 12_345 }
    this.#buffer = arena.buffer
    this.#memory = new NetworkMemory(size, offset)
    this.#batch = batch
    this.#outputs = outputs
    this.#evaluated = evaluated.length
    new Float32Array(this.#buffer, place.x, x.length).set(x)
    new Float32Array(this.#buffer, place.targets, targets.length).set(targets)
    new Float32Array(this.#buffer, place.weights, rows).set(weights ?? new Float32Array(rows).fill(1))
    new Int32Array(this.#buffer, this.#memory.rows, evaluated.length).set(evaluated)
    const start = initial.map((layer) => ({ weights: Float32Array.from(layer.weights), biases: Float32Array.from(layer.biases) }))
    this.#memory.write(this.#buffer, this.#memory.parameters, start)
    this.#trainer = new Trainer({ size, offset, training }, instantiateKernels(module, arena), arena, place)
  }

  /** One epoch over these rows. @returns the mean cost of the examples, as they were shown */
  epoch(order: readonly number[], rate: number): number {
    const count = order.length
    new Int32Array(this.#buffer, this.#memory.order, count).set(order)
    this.#trainer.epoch({ member: 0, members: 1, count, rate, steps: this.#steps }, () => false)
    this.#steps += Math.ceil(count / this.#batch)
    return new Float64Array(this.#buffer, this.#memory.costs, count).reduce((sum, cost) => sum + cost / count, 0)
  }

  get parameters(): LayerParameters[] {
    return this.#memory.read(this.#buffer, this.#memory.parameters)
  }

  /** Of the last batch. */
  get gradients(): LayerParameters[] {
    return this.#memory.read(this.#buffer, this.#memory.gradients)
  }

  /** Pre-activations of the output in the last batch of `rows`, (rows, outputs); without rows to evaluate. */
  logits(rows: number): Float32Array {
    return this.#unpadded(this.#memory.layers.length - 1, 'z', rows)
  }

  /** Of each hidden layer in the last batch of `rows`, (rows, n). */
  masks(rows: number): Float32Array[] {
    return this.#memory.layers.slice(0, -1).map((_, l) => this.#unpadded(l, 'mask', rows))
  }

  /** Of the rows that are evaluated: outputs (rows, outputs), cost and hit of each. */
  get evaluation(): { readonly outputs: Float32Array; readonly costs: Float64Array; readonly hits: Uint8Array } {
    const { outputs, evaluatedCosts, evaluatedHits } = this.#memory
    return {
      outputs: new Float32Array(this.#buffer, outputs, this.#evaluated * this.#outputs),
      costs: new Float64Array(this.#buffer, evaluatedCosts, this.#evaluated),
      hits: new Uint8Array(this.#buffer, evaluatedHits, this.#evaluated),
    }
  }

  /** The largest number in the padding of weights, gradients, moments and of the last batch: 0. */
  get padding(): number {
    const { parameters, gradients, first, second, layers } = this.#memory
    const found = layers.flatMap(({ inputs, neurons, stride, weights, biases, z, a, delta, transposed, inputStride }) => {
      const blocks = [parameters, gradients, first, second].flatMap((block) => [
        ...this.#columns(block + weights, inputs, stride, neurons),
        ...this.#columns(block + biases, 1, stride, neurons),
      ])
      const batches = [z, a, delta].flatMap((place) => this.#columns(place, this.#batch, stride, neurons))
      return [...blocks, ...batches, ...(transposed > 0 ? this.#columns(transposed, neurons, inputStride, inputs) : [])]
    })
    return found.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  }

  #columns(place: number, rows: number, stride: number, from: number): number[] {
    const values = new Float32Array(this.#buffer, place, rows * stride)
    return Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * stride + from, (row + 1) * stride))).flat()
  }

  #unpadded(l: number, block: 'z' | 'mask', rows: number): Float32Array {
    const layer = this.#memory.layers[l] as NetworkMemory['layers'][number]
    const values = new Float32Array(this.#buffer, layer[block], rows * layer.stride)
    const out = new Float32Array(rows * layer.neurons)
    for (let r = 0; r < rows; r++) out.set(values.subarray(r * layer.stride, r * layer.stride + layer.neurons), r * layer.neurons)
    return out
  }
}
