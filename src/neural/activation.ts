import type { ActivationName } from './architecture.ts'
import { normalBelow, normalDensity } from './normal.ts'

// Activation functions in doubles, one number at a time, each with its derivative beside it; softmax, which mixes a whole
// layer, at the end. Their fast twin is workers/kernels/activation.ts.

/** Those that take each number by itself. */
export type ElementwiseName = Exclude<ActivationName, 'softmax'>

/** a = g(z), element by element. */
export interface Activation {
  readonly name: ElementwiseName
  /** g(z). */
  value(z: number): number
  /** g'(z), given a = g(z) too, as many derivatives are made of it; at a kink that of the left side. */
  derivative(z: number, a: number): number
}

/** Slope of leaky-relu below 0. */
const LEAKY_SLOPE = 0.01

/** 1 / (1 + e⁻ᶻ); e is taken of what is not positive, so that it cannot overflow. */
export function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z))
  return (z >= 0 ? 1 : e) / (1 + e)
}

/** ln(1 + eᶻ) without overflow, and with all its digits where eᶻ is small. */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
}

const activations: { readonly [Name in ElementwiseName]: Activation & { readonly name: Name } } = {
  identity: { name: 'identity', value: (z) => z, derivative: () => 1 },
  sigmoid: { name: 'sigmoid', value: sigmoid, derivative: (_, a) => a * (1 - a) },
  tanh: { name: 'tanh', value: Math.tanh, derivative: (_, a) => (1 - a) * (1 + a) },
  relu: { name: 'relu', value: (z) => Math.max(z, 0), derivative: (z) => (z > 0 ? 1 : 0) },
  'leaky-relu': {
    name: 'leaky-relu',
    value: (z) => (z > 0 ? z : LEAKY_SLOPE * z),
    derivative: (z) => (z > 0 ? 1 : LEAKY_SLOPE),
  },
  // a + 1 = eᶻ
  elu: { name: 'elu', value: (z) => (z > 0 ? z : Math.expm1(z)), derivative: (z, a) => (z > 0 ? 1 : a + 1) },
  gelu: { name: 'gelu', value: (z) => z * normalBelow(z), derivative: (z) => normalBelow(z) + z * normalDensity(z) },
  silu: { name: 'silu', value: (z) => z * sigmoid(z), derivative: (z) => sigmoid(z) * (1 + z * sigmoid(-z)) },
  softplus: { name: 'softplus', value: softplus, derivative: (z) => sigmoid(z) },
  step: { name: 'step', value: (z) => (z > 0 ? 1 : 0), derivative: () => 0 },
}

/** The activation of that name; for softmax, which is not elementwise, see `softmax` and `softmaxBackward`. */
export function findActivation(name: ElementwiseName): Activation {
  return activations[name]
}

/**
 * z, a: (count) numbers of one example, both beginning at index `from`; they may be the same array.
 * a_j = exp(z_j) / Σ_k exp(z_k); the largest z is taken off first, so that nothing overflows.
 */
export function softmax(z: ArrayLike<number>, from: number, count: number, a: { [i: number]: number }): void {
  const largest = largestOf(z, from, count)
  let sum = 0
  for (let j = from; j < from + count; j++) sum += Math.exp((z[j] as number) - largest)
  for (let j = from; j < from + count; j++) a[j] = Math.exp((z[j] as number) - largest) / sum
}

/**
 * a, delta: (count) numbers of one example, both beginning at index `from`.
 * delta holds ∂C/∂a before and ∂C/∂z after: ∂C/∂z_j = a_j (∂C/∂a_j - Σ_k a_k ∂C/∂a_k).
 */
export function softmaxBackward(a: ArrayLike<number>, from: number, count: number, delta: { [i: number]: number }): void {
  let mean = 0
  for (let j = from; j < from + count; j++) mean += (a[j] as number) * (delta[j] as number)
  for (let j = from; j < from + count; j++) delta[j] = (a[j] as number) * ((delta[j] as number) - mean)
}

/** Largest of z (count) from index `from`; NaN where one of them is. */
export function largestOf(z: ArrayLike<number>, from: number, count: number): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let j = from; j < from + count; j++) largest = Math.max(largest, z[j] as number)
  return largest
}
