import { beforeAll, describe, expect, it } from 'vitest'
import type { Kernels } from '../../src/engine/kernels.ts'
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
const ints = (at: number, count: number) => new Int32Array(buffer, at, count)
/** Where arrays may lie, a megabyte each. */
const AT = [1024, 1 << 20, 2 << 20, 3 << 20] as const
/** Left over from before: padding that is not cleared shows. */
const GARBAGE = 777

/** `count` numbers of about ±1, the same ones for the same name. */
function noise(name: string, count: number): Float32Array {
  const stream = new Sfc64(seedStream('test', name))
  return Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1)
}

describe('a batch', () => {
  it('is rows of the data in any order, padded with zeros', () => {
    for (const width of [1, 3, 4, 5, 16, 30, 71]) {
      const stride = Math.ceil(width / 4) * 4 + 4
      const x = noise('x', 9 * width)
      floats(AT[0], x.length).set(x)
      const order = [8, 0, 3, 3, 7]
      ints(AT[1], 5).set(order)
      const out = floats(AT[2], 6 * stride).fill(GARBAGE)
      kernels.gatherRows(AT[0], AT[1], 5, width, AT[2], stride)
      const expected = order.flatMap((row) => [...x.subarray(row * width, (row + 1) * width), ...new Array(stride - width).fill(0)])
      expect(Array.from(out), `${width}`).toEqual([...expected, ...new Array(stride).fill(GARBAGE)])
    }
  })

  it.each([
    { height: 1, width: 1, channels: 1 },
    { height: 3, width: 5, channels: 1 },
    { height: 9, width: 9, channels: 1 },
    { height: 4, width: 7, channels: 2 },
    { height: 5, width: 5, channels: 6 },
    { height: 22, width: 22, channels: 1 },
  ])('has pictures of $height x $width x $channels moved, by each symmetry and shift', ({ height, width, channels }) => {
    const size = height * width * channels
    const stride = Math.ceil(size / 4) * 4 + 4
    const x = noise('x', 3 * size)
    floats(AT[0], x.length).set(x)
    const mod = (a: number, n: number) => ((a % n) + n) % n
    for (let op = 0; op < 16; op++) {
      if (op & 4 && height !== width) continue
      const shifts = [
        [0, 0],
        [1, 0],
        [0, 1],
        [height - 1, width - 1],
        [-1, -2],
        [2 * height + 1, -3 * width - 1],
      ] as const
      const order = shifts.map((_, i) => i % 3)
      ints(AT[1], order.length).set(order)
      ints(AT[3], 4 * order.length).set(shifts.flatMap(([dy, dx]) => [op, dy, dx, 0]))
      const out = floats(AT[2], order.length * stride).fill(GARBAGE)
      kernels.gatherPictures(AT[0], AT[1], AT[3], order.length, height, width, channels, AT[2], stride)
      const expected = shifts.flatMap(([dy, dx], i) =>
        Array.from({ length: stride }, (_, at) => {
          const y = Math.floor(at / channels / width)
          const column = Math.floor(at / channels) % width
          let [Y, X] = op & 4 ? [column, y] : [y, column]
          if (op & 1) X = width - 1 - X
          if (op & 2) Y = height - 1 - Y
          const from = (mod(Y + dy, height) * width + mod(X + dx, width)) * channels + (at % channels)
          return at < size ? (op & 8 ? -1 : 1) * (x[(i % 3) * size + from] as number) : 0
        }),
      )
      expect(Array.from(out), `${op}`).toEqual(expected)
    }
  })
})

describe('dropout', () => {
  const threshold = Math.floor(0.3 * 2 ** 32)
  /** Which elements are left out. */
  const dropped = (rows: number, stride: number, first: number, seed: number, below = threshold): boolean[] => {
    floats(AT[0], rows * stride).fill(1)
    kernels.denseDropout(AT[0], AT[1], rows, stride, first, seed, below, 2)
    return Array.from(floats(AT[1], rows * stride), (factor) => factor === 0)
  }
  const share = (x: readonly boolean[]) => x.filter(Boolean).length / x.length
  const both = (x: readonly boolean[], y: readonly boolean[]) => share(x.map((dropped, i) => dropped && (y[i] as boolean)))

  it('multiplies by the mask: 0, or the scale', () => {
    const a = noise('a', 40)
    floats(AT[0], 40).set(a)
    kernels.denseDropout(AT[0], AT[1], 5, 8, 0, 3, threshold, 1.25)
    const mask = Array.from(floats(AT[1], 40))
    expect(new Set(mask)).toEqual(new Set([0, 1.25]))
    expect(Array.from(floats(AT[0], 40))).toEqual(mask.map((factor, i) => Math.fround(factor * (a[i] as number))))
  })

  it.each([0, 1, 2 ** 31, 2 ** 32 - 1])('leaves out the share that is asked for, with seed %d', (seed) => {
    for (const p of [0, 0.01, 0.3, 0.5, 0.9]) {
      const error = Math.sqrt((p * (1 - p)) / 200_000)
      expect(Math.abs(share(dropped(500, 400, 0, seed, Math.floor(p * 2 ** 32))) - p)).toBeLessThanOrEqual(4 * error)
    }
  })

  it('treats neighbours, rows and seeds as independent of each other', () => {
    const [rows, stride] = [1000, 100]
    const x = dropped(rows, stride, 0, 5)
    const error = Math.sqrt((0.09 * 0.91) / x.length)
    for (const shift of [1, 2, 3, 4, 8, 16, 64, stride - 1, stride, stride + 1, 2 * stride]) {
      const y = x.map((_, i) => x[(i + shift) % x.length] as boolean)
      expect(Math.abs(both(x, y) - 0.09), `${shift}`).toBeLessThan(4 * error)
    }
    for (const seed of [4, 6, 7, 5 + 2 ** 16, 5 + 2 ** 31, 0]) {
      const other = dropped(rows, stride, 0, seed)
      for (const shift of [0, 1, -1, seed - 5]) {
        const y = x.map((_, i) => other[(i + shift + x.length) % x.length] ?? false)
        expect(Math.abs(both(x, y) - 0.09), `${seed} ${shift}`).toBeLessThan(4 * error)
      }
    }
    // Three neighbours at once.
    const triples = x.filter((dropped, i) => dropped && x[i + 1] && x[i + 2]).length / x.length
    expect(Math.abs(triples - 0.027)).toBeLessThan(5 * Math.sqrt(0.027 / x.length))
  })

  it('does not depend on how rows are shared out', () => {
    const whole = dropped(37, 12, 0, 9)
    for (const part of [1, 5, 36]) {
      const parts: boolean[] = []
      for (let from = 0; from < 37; from += part) parts.push(...dropped(Math.min(part, 37 - from), 12, from, 9))
      expect(parts).toEqual(whole)
    }
  })
})

const count = 23
const padding = 4
/** Three arrays that belong to weights, and the gradient of each step; the last `padding` elements are padding. */
const gradient = (step: number) => noise(`g ${step}`, count).fill(0, count - padding)

describe('Adam', () => {
  it.each([
    { rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, decay: 0 },
    { rate: 0.03, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, l2: 0.1, decay: 0 },
    { rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, l2: 0, decay: 0.5 },
    { rate: 0.01, beta1: 0, beta2: 0.99, epsilon: 0, l2: 0, decay: 0 },
  ])('steps as in doubles: %o', ({ rate, beta1, beta2, epsilon, l2, decay }) => {
    const w = Float64Array.from(noise('w', count)).fill(0, count - padding)
    const [m, v] = [new Float64Array(count), new Float64Array(count)]
    floats(AT[0], count + 1).fill(GARBAGE)
    floats(AT[0], count).set(w)
    floats(AT[2], count).fill(0)
    floats(AT[3], count).fill(0)
    for (let t = 1; t <= 20; t++) {
      const g = gradient(t)
      floats(AT[1], count).set(g)
      const [correction1, correction2] = [1 - beta1 ** t, 1 - beta2 ** t]
      kernels.adam(AT[0], AT[1], AT[2], AT[3], count, rate, beta1, beta2, epsilon, correction1, correction2, l2, decay)
      for (let i = 0; i < count - padding; i++) {
        const slope = (g[i] as number) + l2 * (w[i] as number)
        m[i] = beta1 * (m[i] as number) + (1 - beta1) * slope
        v[i] = beta2 * (v[i] as number) + (1 - beta2) * slope ** 2
        const step = (rate * ((m[i] as number) / correction1)) / (Math.sqrt((v[i] as number) / correction2) + epsilon)
        w[i] = (w[i] as number) * (1 - rate * decay) - step
      }
    }
    const found = floats(AT[0], count + 1)
    w.forEach((x, i) => {
      expect(Math.abs(x - (found[i] as number)), `${i}`).toBeLessThan(2e-6)
    })
    for (const at of [AT[0], AT[2], AT[3]]) {
      expect(Array.from(floats(at, count).subarray(count - padding))).toEqual(new Array(padding).fill(0))
    }
    expect(found[count]).toBe(GARBAGE)
  })

  it('does not depend on how weights are shared out', () => {
    const step = (parts: readonly number[]): number[] => {
      for (const [i, name] of ['w', 'g', 'm', 'v'].entries()) floats(AT[i] as number, 40).set(noise(name, 40))
      floats(AT[3], 40).set(noise('v', 40).map(Math.abs))
      parts.slice(1).forEach((end, i) => {
        const [a, b, c, d] = AT.map((at) => at + 4 * (parts[i] as number)) as [number, number, number, number]
        kernels.adam(a, b, c, d, end - (parts[i] as number), 0.01, 0.9, 0.99, 1e-8, 0.1, 0.01, 0.1, 0.1)
      })
      return AT.flatMap((at) => Array.from(floats(at, 40)))
    }
    const whole = step([0, 40])
    expect(step([0, 3, 20, 39, 40])).toEqual(whole)
    expect(step([0, 13, 26, 40])).toEqual(whole)
  })

  it('keeps NaN, and forgets moments too small for a normal float', () => {
    const [w, m] = [floats(AT[0], 5), floats(AT[2], 5)]
    w.fill(1)
    m.fill(1.2e-38)
    floats(AT[3], 5).fill(1.2e-38)
    floats(AT[1], 5).set([Number.NaN, 0, 0, 0, Number.NaN])
    kernels.adam(AT[0], AT[1], AT[2], AT[3], 5, 0.1, 0.9, 0.9, 1e-8, 1, 1, 0, 0)
    expect(Array.from(w)).toEqual([Number.NaN, 1, 1, 1, Number.NaN])
    expect(Array.from(m)).toEqual([Number.NaN, 0, 0, 0, Number.NaN])
    expect(Array.from(floats(AT[3], 5))).toEqual([Number.NaN, 0, 0, 0, Number.NaN])
  })
})

describe('SGD', () => {
  it.each([
    { rate: 0.1, momentum: 0, nesterov: 0, l2: 0 },
    { rate: 0.1, momentum: 0.9, nesterov: 0, l2: 0 },
    { rate: 0.1, momentum: 0.9, nesterov: 1, l2: 0 },
    { rate: 0.05, momentum: 0.5, nesterov: 1, l2: 0.2 },
  ])('steps as in doubles: %o', ({ rate, momentum, nesterov, l2 }) => {
    const w = Float64Array.from(noise('w', count)).fill(0, count - padding)
    const velocity = new Float64Array(count)
    floats(AT[0], count + 1).fill(GARBAGE)
    floats(AT[0], count).set(w)
    // Not read in the first step.
    floats(AT[2], count).fill(GARBAGE)
    for (let t = 1; t <= 10; t++) {
      const g = gradient(t)
      floats(AT[1], count).set(g)
      kernels.sgd(AT[0], AT[1], AT[2], count, rate, momentum, nesterov, l2, t === 1 ? 1 : 0)
      for (let i = 0; i < count; i++) {
        const slope = (g[i] as number) + l2 * (w[i] as number)
        const v = t === 1 ? slope : momentum * (velocity[i] as number) + slope
        velocity[i] = v
        w[i] = (w[i] as number) - rate * (nesterov ? slope + momentum * v : v)
      }
    }
    const found = floats(AT[0], count + 1)
    w.forEach((x, i) => {
      expect(Math.abs(x - (found[i] as number)), `${i}`).toBeLessThan(3e-6)
    })
    expect(Array.from(found.subarray(count - padding, count))).toEqual(new Array(padding).fill(0))
    expect(found[count]).toBe(GARBAGE)
  })
})
