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
const padded = (n: number) => Math.ceil(n / 4) * 4
/** Where arrays may lie, a megabyte each. */
const AT = [1024, 1 << 20, 2 << 20] as const
/** Left over from before: padding that is not cleared shows. */
const GARBAGE = 777

/** `count` numbers of about ±1, the same ones for the same name. */
function noise(name: string, count: number): Float32Array {
  const stream = new Sfc64(seedStream('test', name))
  return Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1)
}

/** A matrix with padding that is 0, from (rows, columns) numbers. */
function place(at: number, x: ArrayLike<number>, rows: number, columns: number, stride: number): void {
  const to = floats(at, rows * stride).fill(0)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) to[i * stride + j] = x[i * columns + j] as number
}

const bits = (at: number, count: number) => Uint32Array.from(new Uint32Array(buffer, at, count))
const largest = (x: readonly number[]) => x.reduce((a, b) => Math.max(a, b), 0)

/** Σ_t left(i, t) right(t, j) and Σ |left right|, in doubles. */
function sums(m: number, n: number, terms: number, left: (i: number, t: number) => number, right: (t: number, j: number) => number) {
  return Array.from({ length: m * n }, (_, at) => {
    const products = Array.from({ length: terms }, (_, t) => left(Math.floor(at / n), t) * right(t, at % n))
    return { sum: products.reduce((a, b) => a + b, 0), size: products.reduce((a, b) => a + Math.abs(b), 0) }
  })
}

const shapes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13].flatMap((m) =>
  [1, 2, 3, 4, 7, 8, 37].flatMap((k) => [4, 8, 12, 100].map((n) => ({ m, k, n }))),
)
const longShapes = [
  { m: 9, k: 255, n: 12 },
  { m: 5, k: 256, n: 12 },
  { m: 9, k: 600, n: 36 },
  { m: 141, k: 5, n: 12 },
  { m: 270, k: 130, n: 4 },
]

describe('products of matrices', () => {
  it('are those of doubles, for every size, and touch nothing beside', () => {
    for (const { m, k, n } of [...shapes, ...longShapes]) {
      const [a, b] = [noise(`a ${m} ${k}`, m * k), noise(`b ${k} ${n}`, k * n)]
      const [strideA, strideB, strideC] = [padded(k), n, n + 4]
      place(AT[0], a, m, k, strideA)
      place(AT[1], b, k, n, strideB)
      const c = floats(AT[2], (m + 1) * strideC).fill(GARBAGE)
      kernels.denseProduct(AT[0], strideA, AT[1], strideB, AT[2], strideC, m, k, n)
      const expected = sums(
        m,
        n,
        k,
        (i, t) => a[i * k + t] as number,
        (t, j) => b[t * n + j] as number,
      )
      const off = expected.map(({ sum, size }, at) => Math.abs((c[Math.floor(at / n) * strideC + (at % n)] as number) - sum) / size)
      expect(largest(off), `${m} ${k} ${n}`).toBeLessThan(1e-6)
      const beside = Array.from(c).filter((_, at) => at % strideC >= n || at >= m * strideC)
      expect(new Set(beside), `${m} ${k} ${n}`).toEqual(new Set([GARBAGE]))
    }
  })

  it('with a transpose, as gradients have them, are those of doubles, for every size, and touch nothing beside', () => {
    for (const { m, k: rows, n } of [...shapes, ...longShapes]) {
      const [a, d] = [noise(`a ${rows} ${m}`, rows * m), noise(`d ${rows} ${n}`, rows * n)]
      const [strideA, strideD, strideG] = [padded(m), n, n + 4]
      place(AT[0], a, rows, m, strideA)
      place(AT[1], d, rows, n, strideD)
      const g = floats(AT[2], (m + 1) * strideG).fill(GARBAGE)
      kernels.denseGradient(AT[0], strideA, AT[1], strideD, AT[2], strideG, m, rows, n)
      const expected = sums(
        m,
        n,
        rows,
        (i, t) => a[t * m + i] as number,
        (t, j) => d[t * n + j] as number,
      )
      const off = expected.map(({ sum, size }, at) => Math.abs((g[Math.floor(at / n) * strideG + (at % n)] as number) - sum) / size)
      expect(largest(off), `${m} ${rows} ${n}`).toBeLessThan(1e-6)
      const beside = Array.from(g).filter((_, at) => at % strideG >= n || at >= m * strideG)
      expect(new Set(beside), `${m} ${rows} ${n}`).toEqual(new Set([GARBAGE]))
    }
  })

  it.each([
    { m: 37, k: 700, n: 36 },
    { m: 300, k: 19, n: 20 },
    { m: 17, k: 300, n: 4 },
  ])('do not depend on how rows are shared out: ($m, $k) times ($k, $n)', ({ m, k, n }) => {
    place(AT[0], noise('a', m * k), m, k, padded(k))
    place(AT[1], noise('b', k * n), k, n, n)
    kernels.denseProduct(AT[0], padded(k), AT[1], n, AT[2], n, m, k, n)
    const whole = bits(AT[2], m * n)
    // Every element is one sum, from the first term to the last.
    const [a, b] = [floats(AT[0], m * padded(k)), floats(AT[1], k * n)]
    for (const [i, j] of [
      [0, 0],
      [m - 1, n - 1],
      [5, 3],
    ] as const) {
      let sum = 0
      for (let t = 0; t < k; t++) sum = Math.fround(sum + Math.fround((a[i * padded(k) + t] as number) * (b[t * n + j] as number)))
      expect(floats(AT[2], m * n)[i * n + j]).toBe(sum)
    }
    for (const part of [1, 2, 3, 5, 11, 13, 129]) {
      floats(AT[2], m * n).fill(GARBAGE)
      for (let from = 0; from < m; from += part) {
        const rows = Math.min(part, m - from)
        kernels.denseProduct(AT[0] + from * padded(k) * 4, padded(k), AT[1], n, AT[2] + from * n * 4, n, rows, k, n)
      }
      expect(bits(AT[2], m * n), `parts of ${part}`).toEqual(whole)
    }
  })

  it.each([
    { m: 37, rows: 300, n: 36 },
    { m: 45, rows: 19, n: 20 },
    { m: 17, rows: 257, n: 4 },
  ])('of gradients do not depend on how rows of the result are shared out: ($rows, $m) and ($rows, $n)', ({ m, rows, n }) => {
    place(AT[0], noise('a', rows * m), rows, m, padded(m))
    place(AT[1], noise('d', rows * n), rows, n, n)
    kernels.denseGradient(AT[0], padded(m), AT[1], n, AT[2], n, m, rows, n)
    const whole = bits(AT[2], m * n)
    const [a, d] = [floats(AT[0], rows * padded(m)), floats(AT[1], rows * n)]
    for (const [i, j] of [
      [0, 0],
      [m - 1, n - 1],
      [5, 3],
    ] as const) {
      let sum = 0
      for (let t = 0; t < rows; t++) sum = Math.fround(sum + Math.fround((a[t * padded(m) + i] as number) * (d[t * n + j] as number)))
      expect(floats(AT[2], m * n)[i * n + j]).toBe(sum)
    }
    for (const part of [1, 2, 3, 5, 11, 19]) {
      floats(AT[2], m * n).fill(GARBAGE)
      for (let from = 0; from < m; from += part) {
        kernels.denseGradient(AT[0] + from * 4, padded(m), AT[1], n, AT[2] + from * n * 4, n, Math.min(part, m - from), rows, n)
      }
      expect(bits(AT[2], m * n), `parts of ${part}`).toEqual(whole)
    }
  })

  it('transposes matrices, pads them with zeros to a whole word, and leaves alone what lies beyond, another share of the columns', () => {
    for (const rows of [1, 2, 3, 4, 5, 8, 11]) {
      for (const columns of [1, 3, 4, 6, 9, 16]) {
        const w = noise(`w ${rows} ${columns}`, rows * columns)
        const [strideW, stride] = [padded(columns), padded(rows) + 4]
        place(AT[0], w, rows, columns, strideW)
        const out = floats(AT[1], (columns + 1) * stride).fill(GARBAGE)
        kernels.denseTranspose(AT[0], strideW, rows, columns, AT[1], stride)
        const expected = Array.from({ length: (columns + 1) * stride }, (_, at) => {
          const [j, i] = [Math.floor(at / stride), at % stride]
          return j === columns || i >= padded(rows) ? GARBAGE : i < rows ? w[i * columns + j] : 0
        })
        expect(Array.from(out), `${rows} ${columns}`).toEqual(expected)
      }
    }
  })

  it('sums the rows of a matrix, one after the other', () => {
    for (const stride of [4, 8, 16, 20, 100]) {
      const d = noise(`d ${stride}`, 37 * stride)
      place(AT[0], d, 37, stride, stride)
      kernels.denseSumRows(AT[0], stride, 37, AT[1])
      const expected = Array.from({ length: stride }, (_, j) => {
        let sum = 0
        for (let i = 0; i < 37; i++) sum = Math.fround(sum + (d[i * stride + j] as number))
        return sum
      })
      expect(Array.from(floats(AT[1], stride))).toEqual(expected)
    }
  })

  it('multiplies arrays of any length element by element', () => {
    for (const count of [0, 1, 3, 4, 7, 18]) {
      const [a, b] = [noise('a', 20), noise('b', 20)]
      place(AT[0], a, 1, 20, 20)
      place(AT[1], b, 1, 20, 20)
      kernels.multiply(AT[0], AT[1], count)
      expect(Array.from(floats(AT[0], 20))).toEqual(Array.from(a, (x, i) => (i < count ? Math.fround(x * (b[i] as number)) : x)))
    }
  })
})
