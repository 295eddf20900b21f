import type { Kernels } from '../engine/kernels.ts'
import { BARRIER_WORDS, Barrier } from '../engine/pool/barrier.ts'
import { type ActivationName, activationNames } from './architecture.ts'
import { type Cost, findCost } from './cost.ts'
import { type DataPlace, NetworkMemory } from './memory.ts'
import { foundClass } from './metrics.ts'
import type { EpochTask, NetworkSpec, NetworkTraining } from './tasks.ts'

/** Pieces that a member takes of a batch, or of the weights of a layer, on average. */
const PIECES = 4

/**
 * One network in shared memory, trained and evaluated by the members of a team. The slow twin is reference.ts.
 *
 * Which thread does what changes no bit: a batch is cut by rows for everything up to the errors δ, and by weights for the
 * gradients, so that each number is summed by one thread, in the order of the examples. Between the two the members meet;
 * until then they take piece after piece.
 */
export class Trainer {
  readonly #memory: NetworkMemory
  readonly #spec: NetworkSpec
  readonly #data: DataPlace
  readonly #kernels: Kernels
  readonly #activations: readonly number[]
  readonly #cost: Cost | undefined
  readonly #outputs: number
  readonly #outputStride: number
  // The output of a batch, and what it should be.
  readonly #z: Float32Array
  readonly #a: Float32Array
  readonly #delta: Float32Array
  readonly #targets: Float32Array
  readonly #weights: Float32Array
  readonly #order: Int32Array
  readonly #costs: Float64Array
  readonly #hits: Uint8Array
  readonly #rows: Int32Array
  readonly #evaluatedCosts: Float64Array
  readonly #evaluatedHits: Uint8Array
  readonly #evaluatedOutputs: Float32Array
  readonly #barrier: Int32Array
  readonly #taken: Int32Array

  constructor(spec: NetworkSpec, kernels: Kernels, { buffer }: WebAssembly.Memory, data: DataPlace) {
    const { size, offset, training } = spec
    const memory = new NetworkMemory(size, offset)
    const last = memory.layers.at(-1) as NetworkMemory['layers'][number]
    this.#memory = memory
    this.#spec = spec
    this.#data = data
    this.#kernels = kernels
    this.#activations = size.architecture.layers.map(({ activation }) => kindOf(activation))
    this.#cost = training && findCost(training.loss)
    this.#outputs = last.neurons
    this.#outputStride = last.stride
    const output = (place: number): Float32Array => new Float32Array(buffer, place, size.batch * last.stride)
    this.#z = output(last.z)
    this.#a = output(last.a)
    this.#delta = size.trained > 0 ? output(last.delta) : new Float32Array(0)
    this.#targets = new Float32Array(buffer, data.targets, data.count * data.outputs)
    this.#weights = new Float32Array(buffer, data.weights, data.outputs > 0 ? data.count : 0)
    this.#order = new Int32Array(buffer, memory.order, size.trained)
    this.#costs = new Float64Array(buffer, memory.costs, size.trained)
    this.#hits = new Uint8Array(buffer, memory.hits, size.trained)
    this.#rows = new Int32Array(buffer, memory.rows, size.evaluated)
    this.#evaluatedCosts = new Float64Array(buffer, memory.evaluatedCosts, size.evaluated)
    this.#evaluatedHits = new Uint8Array(buffer, memory.evaluatedHits, size.evaluated)
    this.#evaluatedOutputs = new Float32Array(buffer, memory.outputs, size.evaluated * last.neurons)
    this.#barrier = new Int32Array(buffer, memory.barrier, BARRIER_WORDS)
    this.#taken = new Int32Array(buffer, memory.taken, 1 + memory.layers.length)
  }

  /**
   * Trains on the first `count` examples of the order, then evaluates; as one member of a team.
   *
   * @returns false where `stop` was heard; the parameters are then those of some batch on the way
   */
  epoch({ count, rate, steps, member, members }: Omit<EpochTask, 'network'>, stop: () => boolean): boolean {
    const { training } = this.#spec
    const barrier = new Barrier(this.#barrier, members)
    const goOn = (): boolean => {
      this.#taken.fill(0)
      return !stop()
    }
    if (training && count > 0) {
      this.#transpose(member, members)
      if (!barrier.meet(true, goOn)) return false
      for (let start = 0, step = steps; start < count; start += training.batch, step++) {
        const m = Math.min(training.batch, count - start)
        this.#handOut(0, m, members, (from, to) => this.#learnRows(training, start, m, step, from, to))
        if (!barrier.meet(true, goOn)) return false
        this.#memory.layers.forEach(({ inputs }, l) => {
          this.#handOut(1 + l, inputs, members, (from, to) => this.#learnWeights(training, m, rate, step + 1, l, from, to))
        })
        if (!barrier.meet(true, goOn)) return false
      }
    }
    return this.#evaluate(member, members, stop)
  }

  /** Rows [from, to) of a batch of m: input (m, inputs) -> outputs -> cost -> δ (m, n) of every layer. */
  #learnRows(training: NetworkTraining, start: number, m: number, step: number, from: number, to: number): void {
    const count = to - from
    this.#gather(training, start + from, from, count)
    this.#forward(from, count, training, step)
    this.#compare(start, m, from, to)
    this.#backward(from, count)
  }

  /** x (count, inputs) of the data, in the order of the epoch. */
  #gather(training: NetworkTraining, start: number, from: number, count: number): void {
    const { input, inputStride, order, moves } = this.#memory
    const { x, width } = this.#data
    const out = input + 4 * from * inputStride
    const rows = order + 4 * start
    if (training.picture) {
      const [height, columns, channels] = training.picture
      this.#kernels.gatherPictures(x, rows, moves + 16 * start, count, height, columns, channels, out, inputStride)
    } else {
      this.#kernels.gatherRows(x, rows, count, width, out, inputStride)
    }
  }

  /** z = a W + b (count, n), a = g(z) (count, n), layer by layer; with dropout a is then multiplied by its mask. */
  #forward(from: number, count: number, training?: NetworkTraining, step = 0): void {
    const { layers, parameters, input } = this.#memory
    layers.forEach((layer, l) => {
      const before = layers[l - 1]?.a ?? input
      const at = 4 * from * layer.stride
      const [z, a] = [layer.z + at, layer.a + at]
      this.#kernels.denseProduct(
        before + 4 * from * layer.inputStride,
        layer.inputStride,
        parameters + layer.weights,
        layer.stride,
        z,
        layer.stride,
        count,
        layer.inputs,
        layer.columns,
      )
      this.#kernels.denseActivate(z, parameters + layer.biases, a, count, layer.stride, layer.neurons, this.#activations[l] as number)
      if (training && layer.mask > 0) {
        const { dropout, dropoutSeed } = training
        const seed = mix(mix(dropoutSeed, step), l)
        this.#kernels.denseDropout(a, layer.mask + at, count, layer.stride, from, seed, Math.round(dropout * 2 ** 32), 1 / (1 - dropout))
      }
    })
  }

  /** Cost and hit of each example, and δ of the output, of which a batch's mean is made. */
  #compare(start: number, m: number, from: number, to: number): void {
    const cost = this.#cost as Cost
    const outputs = this.#outputs
    for (let r = from; r < to; r++) {
      const row = this.#order[start + r] as number
      const at = r * this.#outputStride
      const weight = this.#weights[row] as number
      const value = cost.example(this.#z, this.#a, at, this.#targets, row * outputs, outputs, weight / m, this.#delta)
      this.#costs[start + r] = value * m
      this.#hits[start + r] = this.#isHit(at, row) ? 1 : 0
    }
  }

  #isHit(at: number, row: number): boolean {
    const outputs = this.#outputs
    return foundClass(this.#a, at, outputs) === foundClass(this.#targets, row * outputs, outputs)
  }

  /** δ (count, n_ℓ) = (δ (count, n_ℓ+1) Wᵀ) ∘ mask ∘ g'(z), from the output back to the first layer. */
  #backward(from: number, count: number): void {
    const { layers } = this.#memory
    const kernels = this.#kernels
    for (let l = layers.length - 1; l >= 0; l--) {
      const layer = layers[l] as (typeof layers)[number]
      const above = layers[l + 1]
      const at = 4 * from * layer.stride
      const delta = layer.delta + at
      if (above) {
        const errors = above.delta + 4 * from * above.stride
        kernels.denseProduct(errors, above.stride, above.transposed, layer.stride, delta, layer.stride, count, above.neurons, layer.columns)
        if (layer.mask > 0) kernels.multiply(delta, layer.mask + at, count * layer.stride)
      }
      if (above || this.#cost?.slope === 'a') {
        const activation = this.#activations[l] as number
        kernels.denseDerivative(delta, layer.z + at, layer.a + at, count, layer.stride, layer.neurons, activation)
      }
    }
  }

  /**
   * ∂C/∂W (n_in, n) = aᵀ δ of rows [from, to) of the weights of a layer, and one step along it; with the first of them also
   * ∂C/∂b (n) = Σ δ.
   */
  #learnWeights({ optimizer }: NetworkTraining, m: number, rate: number, step: number, l: number, from: number, to: number): void {
    const { layers, gradients, input } = this.#memory
    const kernels = this.#kernels
    const layer = layers[l] as (typeof layers)[number]
    const { stride, columns, delta, inputStride } = layer
    const before = layers[l - 1]?.a ?? input
    const at = layer.weights + 4 * from * stride
    kernels.denseGradient(before + 4 * from, inputStride, delta, stride, gradients + at, stride, to - from, m, columns)
    this.#step(at, (to - from) * stride, rate, step, optimizer.l2, optimizer.optimizer === 'adamw' ? optimizer.weightDecay : 0)
    this.#transposeRows(l, from, to)
    if (from > 0) return
    kernels.denseSumRows(delta, stride, m, gradients + layer.biases)
    this.#step(layer.biases, stride, rate, step, 0, 0)
  }

  /**
   * Hands [0, count) out in pieces to whichever member is free: of two threads one is always slower for a while. What comes
   * out does not depend on who takes a piece, nor on how large it is.
   *
   * @param counter which of the counters, 0 at the beginning
   * @param act a piece, which begins with a multiple of four
   */
  #handOut(counter: number, count: number, members: number, act: (from: number, to: number) => void): void {
    // Alone there is nobody to share with, and nothing to count.
    const piece = members === 1 ? count : 4 * Math.ceil(count / (4 * PIECES * members))
    const next = (from: number): number => (members === 1 ? from + piece : piece * Atomics.add(this.#taken, counter, 1))
    for (let from = members === 1 ? 0 : next(0); from < count; from = next(from)) act(from, Math.min(count, from + piece))
  }

  /** One step of the optimiser for `count` numbers at `at` of a block of parameters. */
  #step(at: number, count: number, rate: number, step: number, l2: number, decay: number): void {
    const { parameters, gradients, first, second } = this.#memory
    const { optimizer, momentum, nesterov, beta1, beta2, epsilon } = (this.#spec.training as NetworkTraining).optimizer
    const [w, g, m] = [parameters + at, gradients + at, first + at]
    if (optimizer === 'sgd') {
      this.#kernels.sgd(w, g, m, count, rate, momentum, nesterov ? 1 : 0, l2, step === 1 ? 1 : 0)
    } else {
      const corrections = [1 - beta1 ** step, 1 - beta2 ** step] as const
      this.#kernels.adam(w, g, m, second + at, count, rate, beta1, beta2, epsilon, ...corrections, l2, decay)
    }
  }

  /** Wᵀ of all layers but the first, this member's part. */
  #transpose(member: number, members: number): void {
    this.#memory.layers.forEach(({ inputs }, l) => {
      this.#transposeRows(l, ...rowsFor(inputs, member, members))
    })
  }

  /** Rows [from, to) of W, columns of Wᵀ; `from` is a multiple of four. */
  #transposeRows(l: number, from: number, to: number): void {
    const { layers, parameters } = this.#memory
    const { transposed, weights, stride, neurons, inputStride } = layers[l] as (typeof layers)[number]
    if (l === 0 || to <= from) return
    this.#kernels.denseTranspose(parameters + weights + 4 * from * stride, stride, to - from, neurons, transposed + 4 * from, inputStride)
  }

  /** Outputs, costs and hits of the rows to evaluate. Members keep to their own part of the batch's memory, so nobody waits. */
  #evaluate(member: number, members: number, stop: () => boolean): boolean {
    const { size } = this.#spec
    const { input, inputStride, rows } = this.#memory
    const { x, width } = this.#data
    const outputs = this.#outputs
    const first = Math.floor((size.batch * member) / members)
    const end = Math.floor((size.batch * (member + 1)) / members)
    for (let start = 0; start < size.evaluated; start += size.batch) {
      if (stop()) return false
      const count = Math.min(end, size.evaluated - start) - first
      if (count <= 0) continue
      this.#kernels.gatherRows(x, rows + 4 * (start + first), count, width, input + 4 * first * inputStride, inputStride)
      this.#forward(first, count)
      for (let r = first; r < first + count; r++) {
        const at = r * this.#outputStride
        const i = start + r
        this.#evaluatedOutputs.set(this.#a.subarray(at, at + outputs), i * outputs)
        if (this.#cost === undefined) continue
        const row = this.#rows[i] as number
        const weight = this.#weights[row] as number
        this.#evaluatedCosts[i] = this.#cost.example(this.#z, this.#a, at, this.#targets, row * outputs, outputs, weight, undefined)
        this.#evaluatedHits[i] = this.#isHit(at, row) ? 1 : 0
      }
    }
    return true
  }
}

/** What a kernel calls an activation. */
function kindOf(name: ActivationName): number {
  return activationNames.indexOf(name)
}

/** Rows of a matrix that a member looks after: multiples of four, so that whole SIMD words of the transpose are its own. */
function rowsFor(rows: number, member: number, members: number): [number, number] {
  const fours = Math.ceil(rows / 4)
  return [4 * Math.floor((fours * member) / members), Math.min(rows, 4 * Math.floor((fours * (member + 1)) / members))]
}

/** 32 bits out of two numbers (the finaliser of MurmurHash3). */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b + 1, 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
