import { findActivation, softmax, softmaxBackward } from './activation.ts'
import type { ActivationName, Architecture } from './architecture.ts'
import type { Cost } from './cost.ts'

// Feedforward networks in doubles, in plain loops: the oracle of the fast path (workers/kernels/dense.ts and what calls it).
// Matrices are row-major, one row an example. Slow, and for tests; nothing is checked but the shapes of what is given.

/** Numbers of one layer, or their gradients: W (n_in, n_out), b (n_out). */
export interface ReferenceLayer {
  readonly weights: Float64Array
  readonly biases: Float64Array
}

/** What `forward` leaves of one layer for `backward`, each (rows, n). */
interface Trace {
  /** What the layer reads, (rows, n_in). */
  readonly x: Float64Array
  readonly z: Float64Array
  readonly a: Float64Array
  /** What neurons are multiplied by, 0 or 1/(1 - p); undefined: nothing is dropped. */
  readonly mask: ArrayLike<number> | undefined
}

export class ReferenceNetwork {
  readonly architecture: Architecture
  readonly parameters: readonly ReferenceLayer[]
  /** Of the last `backward`. */
  readonly gradients: readonly ReferenceLayer[]
  #traces: readonly Trace[] = []

  /** @param layers numbers to begin with, copied: W (n_in, n_out), b (n_out) */
  constructor(architecture: Architecture, layers: readonly { readonly weights: ArrayLike<number>; readonly biases: ArrayLike<number> }[]) {
    this.architecture = architecture
    this.parameters = architecture.layers.map(({ neurons }, l) => {
      const { weights = [], biases = [] } = layers[l] ?? {}
      const before = widthBefore(architecture, l)
      if (weights.length !== before * neurons || biases.length !== neurons) {
        throw new RangeError(`layer ${l}: ${weights.length} weights and ${biases.length} biases, not ${before} x ${neurons} and ${neurons}`)
      }
      return { weights: Float64Array.from(weights), biases: Float64Array.from(biases) }
    })
    this.gradients = this.parameters.map(({ weights, biases }) => ({
      weights: new Float64Array(weights.length),
      biases: new Float64Array(biases.length),
    }))
  }

  /** Pre-activations (rows, n) and activations (rows, n) of each layer in the last `forward`, before any mask. */
  get layers(): readonly { readonly z: Float64Array; readonly a: Float64Array }[] {
    return this.#traces
  }

  /**
   * x (rows, inputs) to the activations of the output (rows, outputs).
   *
   * @param masks for dropout, one (rows, n) of each hidden layer: 0 where a neuron is left out, else 1/(1 - p)
   */
  forward(x: ArrayLike<number>, rows: number, masks: readonly ArrayLike<number>[] = []): Float64Array {
    const { architecture, parameters } = this
    if (x.length !== rows * architecture.inputs) throw new RangeError(`${x.length} inputs are not ${rows} x ${architecture.inputs}`)
    const traces: Trace[] = []
    let input = Float64Array.from(x)
    architecture.layers.forEach(({ neurons, activation }, l) => {
      const z = new Float64Array(rows * neurons)
      const a = new Float64Array(rows * neurons)
      denseForward(z, input, parameters[l] as ReferenceLayer, rows, widthBefore(architecture, l), neurons)
      activationForward(a, z, activation, rows, neurons)
      const mask = l < architecture.layers.length - 1 ? masks[l] : undefined
      traces.push({ x: input, z, a, mask })
      input = new Float64Array(rows * neurons)
      dropoutForward(input, a, mask)
    })
    this.#traces = traces
    return input
  }

  /**
   * The way back through what `forward` went: fills `gradients`.
   *
   * @param targets (rows, outputs)
   * @param weights (rows) what each example counts; undefined: 1
   * @returns mean over the rows of weight · cost; the gradients are those of this number
   */
  backward(targets: ArrayLike<number>, rows: number, cost: Cost, weights?: ArrayLike<number>): number {
    const { architecture, parameters, gradients } = this
    const last = architecture.layers.length - 1
    const { z, a } = this.#traces[last] as Trace
    const outputs = (architecture.layers[last] as { neurons: number }).neurons
    if (targets.length !== rows * outputs || z.length !== targets.length) {
      throw new RangeError(`${targets.length} targets for ${z.length} outputs are not ${rows} x ${outputs}`)
    }

    let mean = 0
    let delta = new Float64Array(rows * outputs)
    for (let r = 0; r < rows; r++) {
      mean += cost.example(z, a, r * outputs, targets, r * outputs, outputs, (weights?.[r] ?? 1) / rows, delta)
    }

    for (let l = last; l >= 0; l--) {
      const { neurons, activation } = architecture.layers[l] as Architecture['layers'][number]
      const { x, z, a, mask } = this.#traces[l] as Trace
      const before = widthBefore(architecture, l)
      const dz = new Float64Array(rows * neurons)
      if (l === last && cost.slope === 'z') {
        dz.set(delta)
      } else {
        const da = new Float64Array(rows * neurons)
        dropoutBackward(da, delta, mask)
        activationBackward(dz, da, z, a, activation, rows, neurons)
      }
      delta = new Float64Array(rows * before)
      denseBackward(delta, gradients[l] as ReferenceLayer, dz, x, parameters[l] as ReferenceLayer, rows, before, neurons)
    }
    return mean
  }
}

/** Neurons, or inputs, that layer l reads. */
function widthBefore({ inputs, layers }: Architecture, l: number): number {
  return layers[l - 1]?.neurons ?? inputs
}

/** x: (rows, nIn), W: (nIn, nOut), b: (nOut), z: (rows, nOut).  z_rj = b_j + Σ_i x_ri W_ij */
function denseForward(z: Float64Array, x: Float64Array, layer: ReferenceLayer, rows: number, nIn: number, nOut: number): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < nOut; j++) {
      let sum = layer.biases[j] as number
      for (let i = 0; i < nIn; i++) sum += (x[r * nIn + i] as number) * (layer.weights[i * nOut + j] as number)
      z[r * nOut + j] = sum
    }
  }
}

/**
 * dx: (rows, nIn), dW: (nIn, nOut), db: (nOut), dz: (rows, nOut).
 * dx_ri = Σ_j dz_rj W_ij    dW_ij = Σ_r x_ri dz_rj    db_j = Σ_r dz_rj
 */
function denseBackward(
  dx: Float64Array,
  gradient: ReferenceLayer,
  dz: Float64Array,
  x: Float64Array,
  layer: ReferenceLayer,
  rows: number,
  nIn: number,
  nOut: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < nIn; i++) {
      let sum = 0
      for (let j = 0; j < nOut; j++) sum += (dz[r * nOut + j] as number) * (layer.weights[i * nOut + j] as number)
      dx[r * nIn + i] = sum
    }
  }
  for (let j = 0; j < nOut; j++) {
    for (let i = 0; i < nIn; i++) {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += (x[r * nIn + i] as number) * (dz[r * nOut + j] as number)
      gradient.weights[i * nOut + j] = sum
    }
    let sum = 0
    for (let r = 0; r < rows; r++) sum += dz[r * nOut + j] as number
    gradient.biases[j] = sum
  }
}

/** z, a: (rows, n).  a = g(z) */
function activationForward(a: Float64Array, z: Float64Array, name: ActivationName, rows: number, n: number): void {
  if (name === 'softmax') {
    for (let r = 0; r < rows; r++) softmax(z, r * n, n, a)
    return
  }
  const g = findActivation(name)
  for (let k = 0; k < rows * n; k++) a[k] = g.value(z[k] as number)
}

/** dz, da, z, a: (rows, n).  dz = da g'(z) */
function activationBackward(
  dz: Float64Array,
  da: Float64Array,
  z: Float64Array,
  a: Float64Array,
  name: ActivationName,
  rows: number,
  n: number,
): void {
  if (name === 'softmax') {
    dz.set(da)
    for (let r = 0; r < rows; r++) softmaxBackward(a, r * n, n, dz)
    return
  }
  const g = findActivation(name)
  for (let k = 0; k < rows * n; k++) dz[k] = (da[k] as number) * g.derivative(z[k] as number, a[k] as number)
}

/** fed, a, mask: (rows, n).  fed = mask a */
function dropoutForward(fed: Float64Array, a: Float64Array, mask: ArrayLike<number> | undefined): void {
  for (let k = 0; k < a.length; k++) fed[k] = (mask?.[k] ?? 1) * (a[k] as number)
}

/** da, dfed, mask: (rows, n).  da = mask dfed */
function dropoutBackward(da: Float64Array, dfed: Float64Array, mask: ArrayLike<number> | undefined): void {
  for (let k = 0; k < da.length; k++) da[k] = (mask?.[k] ?? 1) * (dfed[k] as number)
}
