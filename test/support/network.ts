import type { ActivationName } from '../../src/neural/architecture.ts'
import type { Network } from '../../src/neural/network.ts'
import { random } from './random.ts'

// Networks with random numbers, and a plain way in doubles to see what they make of an input.

/** Weights uniform in ±1/√n_in and biases in ±1, so that outputs are about 1; inputs of any mean and scale where `standardised`. */
export function randomNetwork(
  sizes: readonly number[],
  activations: readonly ActivationName[],
  seed: number,
  standardised = false,
): Network {
  const uniform = random(seed)
  const numbers = (count: number, low = -1, high = 1): Float32Array =>
    Float32Array.from({ length: count }, () => low + (high - low) * uniform())
  const [inputs = 0, ...neurons] = sizes
  return {
    architecture: { inputs, layers: neurons.map((n, l) => ({ neurons: n, activation: activations[l] as ActivationName })) },
    layers: neurons.map((n, l) => {
      const before = sizes[l] as number
      return { weights: numbers(before * n, -1 / Math.sqrt(before), 1 / Math.sqrt(before)), biases: numbers(n) }
    }),
    standardisation: standardised ? { mean: numbers(inputs), scale: numbers(inputs, 0.5, 2) } : undefined,
  }
}

/** Inputs (count, n), uniform in ±2. */
export function randomInputs(count: number, n: number, seed: number): number[][] {
  const uniform = random(seed)
  return Array.from({ length: count }, () => Array.from({ length: n }, () => Math.fround(4 * uniform() - 2)))
}

/** Outputs of one example. */
export function outputsFor({ architecture, layers, standardisation }: Network, input: readonly number[]): number[] {
  let values = input.map((x, i) => (standardisation ? (x - at(standardisation.mean, i)) / at(standardisation.scale, i) : x))
  architecture.layers.forEach(({ neurons, activation }, l) => {
    const { weights, biases } = layers[l] as Network['layers'][number]
    const before = values
    const sums = Array.from({ length: neurons }, (_, j) =>
      before.reduce((sum, a, i) => sum + a * at(weights, i * neurons + j), at(biases, j)),
    )
    values = activated(activation, sums)
  })
  return values
}

/** The largest |a - b|; NaN where a number is missing. */
export function largestDifference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  if (a.length !== b.length) return Number.NaN
  return Math.max(
    ...a.flatMap((row, i) => (row.length === b[i]?.length ? row.map((x, j) => Math.abs(x - (b[i]?.[j] ?? Number.NaN))) : [Number.NaN])),
  )
}

function at(values: Float32Array, i: number): number {
  return values[i] ?? Number.NaN
}

function activated(activation: ActivationName, sums: readonly number[]): number[] {
  if (activation === 'softmax') {
    const exponentials = sums.map((z) => Math.exp(z - Math.max(...sums)))
    const total = exponentials.reduce((a, b) => a + b)
    return exponentials.map((e) => e / total)
  }
  return sums.map((z) => of[activation](z))
}

const of: Readonly<Record<Exclude<ActivationName, 'softmax'>, (z: number) => number>> = {
  identity: (z) => z,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  relu: (z) => (z > 0 ? z : 0),
  'leaky-relu': (z) => (z > 0 ? z : 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  gelu: (z) => (z / 2) * (1 + erf(z / Math.SQRT2)),
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  step: (z) => (z > 0 ? 1 : 0),
}

/** 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms have one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
