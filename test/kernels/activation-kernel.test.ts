import { beforeAll, describe, expect, it } from 'vitest'
import type { Kernels } from '../../src/engine/kernels.ts'
import { activationNames } from '../../src/neural/architecture.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { openKernels } from '../support/kernel-memory.ts'

let kernels: Kernels
let buffer: ArrayBufferLike
beforeAll(async () => {
  const opened = await openKernels(1 << 23)
  kernels = opened.kernels
  buffer = opened.memory.buffer
})

const floats = (at: number, count: number) => new Float32Array(buffer, at, count)
const padded = (n: number) => Math.ceil(n / 4) * 4
/** Where arrays may lie, a megabyte each. */
const AT = [1024, 1 << 20, 2 << 20, 3 << 20] as const
/** Left over from before: padding that is not cleared shows. */
const GARBAGE = 777

/** `count` numbers of about ±1, the same ones for the same name. */
function noise(name: string, count: number): Float32Array {
  const stream = new Sfc64(seedStream('test', name))
  return Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1)
}

/** erf by its series, and by its continued fraction where that one cancels. */
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x)
  const bell = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x < 3) {
    let [term, sum] = [x, x]
    for (let n = 1; n < 80; n++) {
      term *= (x * x) / (2 * n + 1)
      sum += term
    }
    return 0.5 - bell * sum
  }
  let fraction = x
  for (let n = 60; n > 0; n--) fraction = x + n / fraction
  return bell / fraction
}

const largest = (x: readonly number[]) => x.reduce((a, b) => Math.max(a, b), 0)
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const bell = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
/** g and g' in doubles. */
const plain: Readonly<Record<string, readonly [(z: number) => number, (z: number) => number]>> = {
  identity: [(z) => z, () => 1],
  sigmoid: [sigmoid, (z) => sigmoid(z) * sigmoid(-z)],
  tanh: [Math.tanh, (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z)],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  'leaky-relu': [(z) => (z > 0 ? z : 0.01 * z), (z) => (z > 0 ? 1 : 0.01)],
  elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
  gelu: [(z) => z * upperTail(-z), (z) => upperTail(-z) + z * bell(z)],
  silu: [(z) => (z < -800 ? 0 : z * sigmoid(z)), (z) => (z < -800 ? 0 : sigmoid(z) * (1 + z * sigmoid(-z)))],
  softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid],
  step: [(z) => (z > 0 ? 1 : 0), () => 0],
}
const single = activationNames.filter((name) => name !== 'softmax')

/** Values of every size and both signs, a multiple of 4 of them. */
const points = Float32Array.from([
  ...[0, 1, 100, 1e30, 3.4e38, 87, 86.9, 87.1, 88, 0.34657, 0.34658, 1e-3, 1e-7, 1e-30, 1e-40, 13.2].flatMap((z) => [z, -z]),
  ...Array.from({ length: 4000 }, (_, i) => (i - 2000) / 100),
  ...noise('arguments', 4000).map((z) => z * 90),
])

/** The largest error, of numbers beyond 1 as a share of them. */
function worst(found: Float32Array, exact: (z: number) => number): number {
  return largest(
    Array.from(points, (z, i) => {
      const off = Math.abs((found[i] as number) - exact(z)) / Math.max(1, Math.abs(exact(z)))
      return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off
    }),
  )
}

describe('activations', () => {
  it.each(single)('%s and its slope are those of doubles to 10^-6, however large the argument', (name) => {
    const kind = activationNames.indexOf(name)
    const [g, slope] = plain[name] as (typeof plain)[string]
    const count = points.length
    floats(AT[0], count).set(points)
    floats(AT[1], count).fill(0)
    kernels.denseActivate(AT[0], AT[1], AT[2], 1, count, count, kind)
    expect(Array.from(floats(AT[0], count))).toEqual(Array.from(points, (z) => z + 0))
    expect(worst(floats(AT[2], count), g)).toBeLessThan(1e-6)
    floats(AT[3], count).fill(1)
    // What a holds does not matter: dropout may have changed it.
    floats(AT[2], count).fill(GARBAGE)
    kernels.denseDerivative(AT[3], AT[0], AT[2], 1, count, count, kind)
    expect(worst(floats(AT[3], count), slope)).toBeLessThan(1e-6)
  })

  it.each(activationNames)('%s makes NaN of NaN, and only of it', (name) => {
    const kind = activationNames.indexOf(name)
    const z = new Float32Array(8 * 4).map((_, i) => (i % 4 === 0 ? i / 4 - 4 : 0))
    z[4 * 3] = Number.NaN
    floats(AT[0], 32).set(z)
    floats(AT[1], 4).fill(0)
    floats(AT[3], 32).fill(1)
    kernels.denseActivate(AT[0], AT[1], AT[2], 8, 4, 1, kind)
    kernels.denseDerivative(AT[3], AT[0], AT[2], 8, 4, 1, kind)
    for (const at of [AT[2], AT[3]]) {
      const missing = Array.from(floats(at, 32), Number.isNaN)
      // The slope of the identity is 1 everywhere.
      const expected = missing.map((_, i) => i === 12 && !(name === 'identity' && at === AT[3]))
      expect(missing).toEqual(expected)
    }
  })

  it.each(activationNames)('%s adds biases, works on the neurons of every row and leaves zeros beside', (name) => {
    const kind = activationNames.indexOf(name)
    for (const neurons of [1, 2, 3, 4, 5, 7, 100]) {
      const [rows, stride] = [5, padded(neurons)]
      const [z, biases, delta] = [noise('z', rows * neurons), noise('biases', neurons), noise('delta', rows * neurons)]
      const given = (x: Float32Array) =>
        Float32Array.from({ length: rows * stride }, (_, at) =>
          at % stride < neurons ? (x[Math.floor(at / stride) * neurons + (at % stride)] as number) : Number.NaN,
        )
      floats(AT[0], rows * stride).set(given(z))
      floats(AT[1], stride).fill(Number.NaN)
      floats(AT[1], neurons).set(biases)
      floats(AT[2], rows * stride).fill(GARBAGE)
      floats(AT[3], rows * stride).set(given(delta))
      kernels.denseActivate(AT[0], AT[1], AT[2], rows, stride, neurons, kind)
      kernels.denseDerivative(AT[3], AT[0], AT[2], rows, stride, neurons, kind)
      for (let i = 0; i < rows; i++) {
        const row = (x: Float32Array) => Array.from(x.subarray(i * neurons, (i + 1) * neurons))
        const sum = row(z).map((x, j) => Math.fround(x + (biases[j] as number)))
        const top = Math.max(...sum)
        const total = sum.reduce((a, x) => a + Math.exp(x - top), 0)
        const [g, slope] = plain[name] ?? [(x: number) => Math.exp(x - top) / total, () => Number.NaN]
        const a = sum.map(g)
        const mean = a.reduce((b, x, j) => b + x * (row(delta)[j] as number), 0)
        const back = row(delta).map((x, j) => (name === 'softmax' ? (a[j] as number) * (x - mean) : x * slope(sum[j] as number)))
        for (const [at, expected] of [
          [AT[0], sum],
          [AT[2], a],
          [AT[3], back],
        ] as const) {
          const found = floats(at + i * stride * 4, stride)
          expect(largest(expected.map((x, j) => Math.abs(x - (found[j] as number)))), `${neurons}`).toBeLessThan(1e-6)
          expect(Array.from(found.subarray(neurons))).toEqual(new Array(stride - neurons).fill(0))
        }
      }
    }
  })

  it('softmax is stable for large numbers', () => {
    floats(AT[0], 12).set([1e30, -1e30, 1e30, 5, -100, -101, -102, 5, 3.4e38, 100, -3.4e38, 5])
    floats(AT[1], 4).fill(0)
    kernels.denseActivate(AT[0], AT[1], AT[2], 3, 4, 3, activationNames.indexOf('softmax'))
    const [a, b, c] = [1, Math.exp(-1), Math.exp(-2)]
    const s = a + b + c
    const expected = [0.5, 0, 0.5, 0, a / s, b / s, c / s, 0, 1, 0, 0, 0]
    expect(largest(expected.map((x, i) => Math.abs(x - (floats(AT[2], 12)[i] as number))))).toBeLessThan(1e-6)
  })
})
