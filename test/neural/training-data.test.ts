import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { showsRectangle } from '../../src/dataset/picture.ts'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { bootstrapRows, drawMoves, shuffle } from '../../src/neural/shuffle.ts'
import { standardisationOf, standardise } from '../../src/neural/standardise.ts'
import { openKernels } from '../support/kernel-memory.ts'
import { random } from '../support/random.ts'

// What a network is shown: standardised, shuffled, moved about.

const uniforms = (count: number, seed: number): Float64Array => {
  const uniform = random(seed)
  return Float64Array.from({ length: count }, uniform)
}

/** How unlikely counts are that should be equal: above 5 something is wrong. */
function pull(counts: readonly number[]): number {
  const mean = counts.reduce((a, b) => a + b) / counts.length
  const chiSquared = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
  const freedom = counts.length - 1
  return (chiSquared - freedom) / Math.sqrt(2 * freedom)
}

describe('standardisation', () => {
  const [count, shape] = [50, [3, 2, 2]]
  const numbers = uniforms(count * 12, 1)
  const x = Float32Array.from(numbers, (u, i) => (i % 12 === 5 ? 0.1 : (1 + (i % 12)) * u + 100 * (i % 2)))
  const data: Dataset = {
    title: '',
    count,
    shape,
    x,
    y: { kind: 'targets', outputs: 1, values: new Float32Array(count) },
    symmetries: [],
    notes: {},
  }
  const rows = Int32Array.from({ length: 40 }, (_, i) => i + 3)
  const standardised = (symmetries: readonly string[]): { out: Float32Array; mean: Float32Array; scale: Float32Array } => {
    const found = standardisationOf(data, rows, symmetries)
    const out = new Float32Array(x.length)
    standardise(x, found, out)
    return { out, ...found }
  }
  /** Mean and variance of some of the numbers of the rows that are trained on. */
  const momentsOf = (out: Float32Array, take: (i: number) => boolean): [number, number] => {
    const values = Array.from(rows).flatMap((row) => Array.from(out.subarray(12 * row, 12 * row + 12)).filter((_, i) => take(i)))
    const mean = values.reduce((a, b) => a + b) / values.length
    return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length]
  }

  it('makes the mean of each input 0 and its variance 1, over the rows that are trained on; constant ones become 0', () => {
    const { out, scale } = standardised([])
    for (let input = 0; input < 12; input++) {
      const [mean, variance] = momentsOf(out, (i) => i === input)
      expect(Math.abs(mean), `${input}`).toBeLessThan(1e-4)
      if (input === 5) expect([variance, scale[5]]).toEqual([0, 1])
      else expect(Math.abs(variance - 1), `${input}`).toBeLessThan(1e-4)
    }
  })

  it('has one mean and one scale for all sites of a channel where examples are moved', () => {
    const { out, mean, scale } = standardised(['translation'])
    expect(new Set(mean).size).toBe(2)
    expect(new Set(scale).size).toBe(2)
    for (const channel of [0, 1]) {
      const [average, variance] = momentsOf(out, (i) => i % 2 === channel)
      expect(Math.abs(average)).toBeLessThan(1e-4)
      expect(Math.abs(variance - 1)).toBeLessThan(1e-4)
    }
  })

  it('leaves 0 where it is where signs are flipped', () => {
    const { out, mean } = standardised(['flip', 'reflection'])
    expect(mean).toEqual(new Float32Array(12))
    const [average, variance] = momentsOf(out, (i) => i % 2 === 1)
    expect(Math.abs(average ** 2 + variance - 1)).toBeLessThan(1e-4)
  })

  it('has no scale of 0 for numbers whose spread is no float any more', () => {
    const tiny = { ...data, count: 10_000, shape: [1], x: new Float32Array(10_000).fill(1e-45, 0, 1) }
    const { scale } = standardisationOf(
      tiny,
      Int32Array.from({ length: 10_000 }, (_, i) => i),
      [],
    )
    expect(scale[0]).toBe(1)
  })
})

describe('shuffles', () => {
  it('show every row once, in an order that is uniform', () => {
    const rows = Int32Array.from([7, 3, 9, 4])
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 4800; seed++) {
      const order = new Int32Array(4)
      shuffle(rows, order, uniforms(4, seed))
      const text = order.join(' ')
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    expect([...counts.keys()].every((text) => text.split(' ').sort().join() === '3,4,7,9')).toBe(true)
    expect(pull([...counts.values()])).toBeLessThan(5)
  })

  it.each([
    [['reflection'], 4],
    [['flip', 'transposition'], 4],
    [['translation'], 15],
    [['flip', 'reflection', 'transposition', 'translation'], 16 * 15],
    [[], 1],
  ])('move uniformly over what %o allows', (symmetries, kinds) => {
    const count = 200 * kinds
    const moves = new Int32Array(4 * count)
    drawMoves(moves, symmetries, 5, 3, uniforms(3 * count, 2))
    const counts = new Map<string, number>()
    for (let i = 0; i < count; i++) {
      const [operation = 0, dy = 0, dx = 0] = moves.subarray(4 * i, 4 * i + 3)
      const allowed = ['flip', 'transposition'].every((name) => symmetries.includes(name) || (operation & (name === 'flip' ? 8 : 4)) === 0)
      expect(allowed && dy < 5 && dx < 3).toBe(true)
      const text = [operation, dy, dx].join(' ')
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    expect(counts.size).toBe(kinds)
    if (kinds > 1) expect(pull([...counts.values()])).toBeLessThan(5)
  })

  it.each([
    [5, 5],
    [4, 6],
  ])('keep the labels of rectangles in %d x %d pixels', async (height, width) => {
    const data = rectangles({ width, height, definition: 'exact', count: 100, seed: '3' })
    const { kernels, memory } = await openKernels(1 << 20)
    const [at, order, moves, out] = [1024, 1 << 18, 1 << 19, 3 << 18]
    const pixels = width * height
    const stride = 4 * Math.ceil(pixels / 4)
    new Float32Array(memory.buffer, at, data.x.length).set(data.x)
    new Int32Array(memory.buffer, order, 100).set(Int32Array.from({ length: 100 }, (_, i) => i))
    const drawn = new Int32Array(memory.buffer, moves, 400)
    let moved = 0
    for (const seed of [1, 2, 3]) {
      drawMoves(drawn, data.symmetries, height, width, uniforms(300, seed))
      kernels.gatherPictures(at, order, moves, 100, height, width, 1, out, stride)
      for (let row = 0; row < 100; row++) {
        const picture = Uint8Array.from(new Float32Array(memory.buffer, out + 4 * row * stride, pixels))
        expect(showsRectangle(picture, { width, height }, 'exact')).toBe(data.y.values[row] === 1)
        if (picture.join() !== data.x.subarray(row * pixels, (row + 1) * pixels).join()) moved++
      }
    }
    expect(moved).toBeGreaterThan(100)
  })
})

describe('the bootstrap', () => {
  const rows = Int32Array.from([1, 2, 4, 5, 7, 8])
  const group = Int32Array.from([9, 3, 3, 9, 6, 6, 9, 6, 2])

  it('draws as many groups as there are, each with all of its rows, and each as likely', () => {
    const draw = random(4)
    const counts = new Map<number, number>()
    let [total, repeated] = [0, 0]
    for (let i = 0; i < 2000; i++) {
      const drawn = bootstrapRows(rows, group, draw)
      const each = [3, 6, 2].map((key) => Array.from(drawn).filter((row) => group[row] === key))
      // Groups 3 (rows 1, 2), 6 (4, 5, 7) and 2 (8).
      const times = [each[0]?.length ?? 0, each[1]?.length ?? 0, each[2]?.length ?? 0].map((n, k) => n / ([2, 3, 1][k] ?? 1))
      expect(times.every(Number.isInteger)).toBe(true)
      expect(times.reduce((a, b) => a + b)).toBe(3)
      expect(new Set(each[1]).size).toBe((times[1] ?? 0) > 0 ? 3 : 0)
      for (const [k, n] of times.entries()) counts.set(k, (counts.get(k) ?? 0) + n)
      total += 3
      if (times.some((n) => n > 1)) repeated++
    }
    expect([...counts.values()].reduce((a, b) => a + b)).toBe(total)
    for (const n of counts.values()) expect(Math.abs(n - total / 3)).toBeLessThan(4 * Math.sqrt((total * 2) / 9))
    // 1 - 3!/3³
    expect(Math.abs(repeated / 2000 - 7 / 9)).toBeLessThan(0.04)
  })

  it('draws rows where there are no groups', () => {
    const drawn = bootstrapRows(rows, undefined, random(5))
    expect(drawn.length).toBe(6)
    expect(Array.from(drawn).every((row) => rows.includes(row))).toBe(true)
    expect(new Set(drawn).size).toBeLessThan(6)
  })
})
