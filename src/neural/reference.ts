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

/** One layer, and where its numbers are. */
interface Layer {
  readonly nIn: number
  readonly nOut: number
  readonly activation: ActivationName
  readonly parameters: ReferenceLayer
  readonly gradients: ReferenceLayer
}

/** What `forward` leaves of one layer for `backward`. */
interface Trace extends Layer {
  /** (rows, nIn) */
  readonly x: Float64Array
  /** (rows, nOut) */
  readonly z: Float64Array
  /** (rows, nOut) */
  readonly a: Float64Array
  /** (rows, nOut) What the activations are multiplied by, 0 or 1/(1 - p); undefined: nothing is dropped. */
  readonly mask: ArrayLike<number> | undefined
}

export class ReferenceNetwork {
  readonly architecture: Architecture
  /** Of each layer; an optimiser changes them in place. */
  readonly parameters: readonly ReferenceLayer[]
  /** Of the last `backward`. */
  readonly gradients: readonly ReferenceLayer[]
  readonly #layers: readonly Layer[]
  #traces: readonly Trace[] = []

  /**
   * @param start numbers to begin with, copied: W (n_in, n_out), b (n_out) of each layer
   * @throws RangeError where they have another shape
   */
  constructor(architecture: Architecture, start: readonly { readonly weights: ArrayLike<number>; readonly biases: ArrayLike<number> }[]) {
    this.architecture = architecture
    this.#layers = architecture.layers.map(({ neurons: nOut, activation }, l) => {
      const nIn = architecture.layers[l - 1]?.neurons ?? architecture.inputs
      const { weights = [], biases = [] } = start[l] ?? {}
      if (weights.length !== nIn * nOut || biases.length !== nOut) {
        throw new RangeError(`layer ${l}: ${weights.length} weights and ${biases.length} biases, not ${nIn} x ${nOut} and ${nOut}`)
      }
      return {
        nIn,
        nOut,
        activation,
        parameters: { weights: Float64Array.from(weights), biases: Float64Array.from(biases) },
        gradients: { weights: new Float64Array(nIn * nOut), biases: new Float64Array(nOut) },
      }
    })
    this.parameters = this.#layers.map(({ parameters }) => parameters)
    this.gradients = this.#layers.map(({ gradients }) => gradients)
  }

  /** Pre-activations (rows, n) and activations (rows, n) of each layer in the last `forward`, before any mask. */
  get layers(): readonly { readonly z: Float64Array; readonly a: Float64Array }[] {
    return this.#traces
  }

  /**
   * x (rows, inputs) to the activations of the output (rows, outputs).
   *
   * @param masks for dropout, one (rows, n) of each hidden layer: 0 where a neuron is left out, else 1/(1 - p)
   * @throws RangeError where x or a mask has another shape
   */
  forward(x: ArrayLike<number>, rows: number, masks?: readonly ArrayLike<number>[]): Float64Array {
    const { inputs } = this.architecture
    if (x.length !== rows * inputs) throw new RangeError(`${x.length} inputs are not ${rows} x ${inputs}`)
    const hidden = this.#layers.slice(0, -1)
    if (masks && (masks.length !== hidden.length || hidden.some(({ nOut }, l) => masks[l]?.length !== rows * nOut))) {
      throw new RangeError(`masks are not ${hidden.map(({ nOut }) => `${rows} x ${nOut}`).join(', ')}`)
    }
    let read = Float64Array.from(x)
    this.#traces = this.#layers.map((layer, l) => {
      const { nIn, nOut, activation, parameters } = layer
      const trace = { ...layer, x: read, z: new Float64Array(rows * nOut), a: new Float64Array(rows * nOut), mask: masks?.[l] }
      denseForward(trace.z, read, parameters, rows, nIn, nOut)
      activationForward(trace.a, trace.z, activation, rows, nOut)
      read = new Float64Array(rows * nOut)
      dropoutForward(read, trace.a, trace.mask)
      return trace
    })
    return read
  }

  /**
   * The way back through what `forward` went: fills `gradients`.
   *
   * @param targets (rows, outputs)
   * @param weights (rows) what each example counts; undefined: 1
   * @returns mean over the rows of weight · cost; the gradients are those of this number
   * @throws RangeError before any `forward`, or where the targets have another shape than its outputs
   */
  backward(targets: ArrayLike<number>, rows: number, cost: Cost, weights?: ArrayLike<number>): number {
    const output = this.#traces.at(-1)
    if (!output || targets.length !== output.z.length || targets.length !== rows * output.nOut) {
      throw new RangeError(`${targets.length} targets are not ${rows} rows of ${output?.z.length ?? 0} outputs`)
    }

    let mean = 0
    let dread = new Float64Array(targets.length)
    for (let r = 0; r < rows; r++) {
      const at = r * output.nOut
      mean += cost.example(output.z, output.a, at, targets, at, output.nOut, (weights?.[r] ?? 1) / rows, dread)
    }

    for (const trace of this.#traces.toReversed()) {
      const { nIn, nOut, activation, parameters, gradients, x, z, a, mask } = trace
      let dz = dread
      if (trace !== output || cost.slope === 'a') {
        const da = new Float64Array(rows * nOut)
        dz = new Float64Array(rows * nOut)
        dropoutBackward(da, dread, mask)
        activationBackward(dz, da, z, a, activation, rows, nOut)
      }
      dread = new Float64Array(rows * nIn)
      denseBackward(dread, gradients, dz, x, parameters, rows, nIn, nOut)
    }
    return mean
  }
}

/** x: (rows, nIn), W: (nIn, nOut), b: (nOut), z: (rows, nOut).  z_rj = b_j + Σ_i x_ri W_ij */
function denseForward(z: Float64Array, x: Float64Array, parameters: ReferenceLayer, rows: number, nIn: number, nOut: number): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < nOut; j++) {
      let sum = parameters.biases[j] as number
      for (let i = 0; i < nIn; i++) sum += (x[r * nIn + i] as number) * (parameters.weights[i * nOut + j] as number)
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
  gradients: ReferenceLayer,
  dz: Float64Array,
  x: Float64Array,
  parameters: ReferenceLayer,
  rows: number,
  nIn: number,
  nOut: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < nIn; i++) {
      let sum = 0
      for (let j = 0; j < nOut; j++) sum += (dz[r * nOut + j] as number) * (parameters.weights[i * nOut + j] as number)
      dx[r * nIn + i] = sum
    }
  }
  for (let j = 0; j < nOut; j++) {
    for (let i = 0; i < nIn; i++) {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += (x[r * nIn + i] as number) * (dz[r * nOut + j] as number)
      gradients.weights[i * nOut + j] = sum
    }
    let sum = 0
    for (let r = 0; r < rows; r++) sum += dz[r * nOut + j] as number
    gradients.biases[j] = sum
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

/** read, a, mask: (rows, n).  read = mask a */
function dropoutForward(read: Float64Array, a: Float64Array, mask: ArrayLike<number> | undefined): void {
  for (let k = 0; k < a.length; k++) read[k] = (mask?.[k] ?? 1) * (a[k] as number)
}

/** da, dread, mask: (rows, n).  da = mask dread */
function dropoutBackward(da: Float64Array, dread: Float64Array, mask: ArrayLike<number> | undefined): void {
  for (let k = 0; k < da.length; k++) da[k] = (mask?.[k] ?? 1) * (dread[k] as number)
}
