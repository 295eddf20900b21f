import { BARRIER_WORDS } from '../engine/pool/barrier.ts'
import { Layout } from '../engine/memory/layout.ts'
import type { Architecture, LayerParameters } from './architecture.ts'

// Where the numbers of a training lie in shared memory. Matrices are row-major float32; the rows of everything that belongs
// to a layer are padded with zeros to whole SIMD words of four neurons, and further where the cache gains by it (its stride).

/** The examples, once for all networks: x (count, width) unpadded, targets (count, outputs), weights (count). */
export interface DataPlace {
  readonly count: number
  readonly width: number
  readonly outputs: number
  readonly x: number
  readonly targets: number
  readonly weights: number
  /** Bytes from the first on. */
  readonly bytes: number
}

/** @param outputs 0 where there is nothing to compare with, as in a prediction */
export function placeData(start: number, count: number, width: number, outputs: number): DataPlace {
  const layout = new Layout(start)
  const x = layout.bytes(4 * count * width)
  const targets = layout.bytes(4 * count * outputs)
  const weights = layout.bytes(outputs > 0 ? 4 * count : 0)
  return { count, width, outputs, x, targets, weights, bytes: layout.end - start }
}

/** What decides how much memory a network takes. */
export interface NetworkSize {
  readonly architecture: Architecture
  /** Rows that are in work at once. */
  readonly batch: number
  /** Rows to train on in one epoch; 0: the network is only evaluated. */
  readonly trained: number
  /** Rows to evaluate. */
  readonly evaluated: number
  readonly augmented: boolean
  readonly dropout: boolean
}

/** Neurons rounded up to whole SIMD words: the columns that kernels write. */
function columnsOf(neurons: number): number {
  return 4 * Math.ceil(neurons / 4)
}

/** Rows a multiple of 256 bytes apart would share few sets of the cache: they are kept 64 bytes further from each other. */
function strideOf(neurons: number): number {
  const columns = columnsOf(neurons)
  return columns % 64 === 0 ? columns + 16 : columns
}

/** One layer: its shape, and byte offsets inside the block of parameters and inside the buffers of a batch. */
interface LayerPlace {
  readonly inputs: number
  readonly neurons: number
  /** Of the layer before, and of this one. */
  readonly inputStride: number
  readonly stride: number
  /** Neurons rounded up to whole SIMD words. */
  readonly columns: number
  /** Inside a block of parameters: W (inputs, stride), b (stride). */
  readonly weights: number
  readonly biases: number
  /** Absolute: (batch, stride) each. */
  readonly z: number
  readonly a: number
  readonly delta: number
  /** Which neurons are left out, (batch, stride); 0 where there is no dropout. */
  readonly mask: number
  /** Wᵀ (neurons, inputStride), for the errors of the layer before; 0 in the first layer. */
  readonly transposed: number
}

/** Lays one network out in a shared memory; coordinator and workers build the same from the same size. */
export class NetworkMemory {
  readonly layers: readonly LayerPlace[]
  /** Bytes of one block of parameters. */
  readonly parameterBytes: number
  readonly parameters: number
  readonly gradients: number
  /** Moments of the optimiser. */
  readonly first: number
  readonly second: number
  /** The batch, (batch, stride of the inputs). */
  readonly input: number
  readonly inputStride: number
  /** Row of the data for each example of an epoch, (trained) int32, and how it is moved, (trained, 4) int32. */
  readonly order: number
  readonly moves: number
  /** Of each example of an epoch: cost (trained) float64; 1 where the class was found, (trained) uint8. */
  readonly costs: number
  readonly hits: number
  /** Rows of the data to evaluate, (evaluated) int32; costs and hits of them, and outputs (evaluated, outputs) float32. */
  readonly rows: number
  readonly evaluatedCosts: number
  readonly evaluatedHits: number
  readonly outputs: number
  readonly barrier: number
  /** Pieces of work that members of a team have taken, (1 + layers) int32: of the rows of a batch, of the weights of each layer. */
  readonly taken: number
  readonly bytes: number

  constructor({ architecture, batch, trained, evaluated, augmented, dropout }: NetworkSize, start: number) {
    const { inputs, layers } = architecture
    const trains = trained > 0
    const block = new Layout(0)
    const places = layers.map(({ neurons }, l) => {
      const before = layers[l - 1]?.neurons ?? inputs
      const stride = strideOf(neurons)
      return {
        inputs: before,
        neurons,
        inputStride: strideOf(before),
        stride,
        columns: columnsOf(neurons),
        weights: block.bytes(4 * before * stride),
        biases: block.bytes(4 * stride),
      }
    })
    this.parameterBytes = block.end
    const layout = new Layout(start)
    this.parameters = layout.bytes(block.end)
    const blockIf = (needed: boolean): number => layout.bytes(needed ? block.end : 0)
    this.gradients = blockIf(trains)
    this.first = blockIf(trains)
    this.second = blockIf(trains)
    this.inputStride = strideOf(inputs)
    this.input = layout.bytes(4 * batch * this.inputStride)
    this.layers = places.map((place, l) => {
      const rows = (needed = true): number => layout.bytes(needed ? 4 * batch * place.stride : 0)
      return {
        ...place,
        z: rows(),
        a: rows(),
        delta: rows(trains),
        mask: dropout && trains && l < layers.length - 1 ? rows() : 0,
        transposed: trains && l > 0 ? layout.bytes(4 * place.neurons * place.inputStride) : 0,
      }
    })
    this.order = layout.i32(trained)
    this.moves = layout.i32(augmented ? 4 * trained : 0)
    this.costs = layout.f64(trained)
    this.hits = layout.bytes(trained)
    this.rows = layout.i32(evaluated)
    this.evaluatedCosts = layout.f64(evaluated)
    this.evaluatedHits = layout.bytes(evaluated)
    this.outputs = layout.bytes(4 * evaluated * (layers.at(-1)?.neurons ?? 0))
    this.barrier = layout.i32(BARRIER_WORDS)
    this.taken = layout.i32(1 + layers.length)
    this.bytes = layout.end - start
  }

  /** Copies a block of parameters (weights, gradients or moments) out, without padding. */
  read(buffer: ArrayBufferLike, block: number): LayerParameters[] {
    return this.layers.map(({ inputs, neurons, stride, weights, biases }) => {
      const padded = new Float32Array(buffer, block + weights, inputs * stride)
      const W = new Float32Array(inputs * neurons)
      for (let i = 0; i < inputs; i++) W.set(padded.subarray(i * stride, i * stride + neurons), i * neurons)
      return { weights: W, biases: new Float32Array(buffer, block + biases, neurons).slice() }
    })
  }

  /** Copies a block of parameters in; padding is left as it is, zero. */
  write(buffer: ArrayBufferLike, block: number, layers: readonly LayerParameters[]): void {
    this.layers.forEach(({ inputs, neurons, stride, weights, biases }, l) => {
      const from = layers[l] as LayerParameters
      const padded = new Float32Array(buffer, block + weights, inputs * stride)
      for (let i = 0; i < inputs; i++) padded.set(from.weights.subarray(i * neurons, (i + 1) * neurons), i * stride)
      new Float32Array(buffer, block + biases, neurons).set(from.biases)
    })
  }
}
