import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { seedStream } from '../../src/engine/random/seed.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { openKernels } from '../support/kernel-memory.ts'
import numpy from '../support/reference/sfc64.json' with { type: 'json' }

const state = ([a, b, c, counter]: readonly string[]) => ({
  a: BigInt(a as string),
  b: BigInt(b as string),
  c: BigInt(c as string),
  counter: BigInt(counter as string),
})

describe('the generator SFC64', () => {
  it.each(numpy.streams)('gives the words of NumPy for seed $seed in plain TypeScript', ({ state: words, words: expected }) => {
    const stream = new Sfc64(state(words))
    expect(expected.map(() => stream.next().toString())).toEqual(expected)
  })

  it('gives the doubles of NumPy', () => {
    const stream = new Sfc64(state(numpy.streams[0]?.state ?? []))
    expect(numpy.doublesOfSeed0.map(() => stream.uniform())).toEqual(numpy.doublesOfSeed0)
  })

  it('gives the words of two NumPy streams side by side in the kernel', async () => {
    const { kernels, memory } = await openKernels()
    const [first, second] = [numpy.streams[0], numpy.streams[2]]
    const random = new BigUint64Array(memory.buffer, 1024, 8)
    random.set((first?.state ?? []).flatMap((word, i) => [BigInt(word), BigInt(second?.state[i] ?? 0)]))
    kernels.sfc64Fill(1024, 2048, 8)
    const out = new BigUint64Array(memory.buffer, 2048, 16)
    const column = (half: number) => Array.from({ length: 8 }, (_, i) => out[2 * i + half]?.toString())
    expect(column(0)).toEqual(first?.words)
    expect(column(1)).toEqual(second?.words)
    // The state went on: the next fill is the continuation.
    kernels.sfc64Fill(1024, 2048, 1)
    const plain = new Sfc64(state(first?.state ?? []))
    for (let i = 0; i < 8; i++) plain.next()
    expect(out[0]).toBe(plain.next())
  })

  it('gives the doubles of NumPy in the kernel', async () => {
    const { kernels, memory } = await openKernels()
    new BigUint64Array(memory.buffer, 1024, 4).set((numpy.streams[0]?.state ?? []).map(BigInt))
    kernels.sfc64Uniform(1024, 2048, 4)
    expect([...new Float64Array(memory.buffer, 2048, 4)]).toEqual(numpy.doublesOfSeed0)
  })

  it.each([
    [['1', 'ising-L32', '[{"J":1,"h":0},[2,2.5],true]', 0, 'sweep 0']],
    [['Größe', '\ud800', 0.1]],
    [['x'.repeat(10_000), -1]],
  ])('starts a stream with the SHA-256 that Node has of what it is for: %#', (purpose) => {
    const hash = createHash('sha256').update(JSON.stringify(['spinpool', ...purpose]))
    expect(seedStream(...purpose)).toEqual({
      ...Object.fromEntries(
        ['a', 'b', 'c'].map((name, k) => [
          name,
          hash
            .copy()
            .digest()
            .readBigUInt64LE(8 * k),
        ]),
      ),
      counter: 1n,
    })
  })

  it('starts streams that differ in every word for every seed, simulation, bundle and purpose', () => {
    const words = new Set<bigint>()
    let count = 0
    for (const seed of ['1', '2', '12']) {
      for (const name of ['ising-L8', 'ising-L16']) {
        for (const bundle of [0, 1, 2, 12]) {
          for (const purpose of ['sweep 0', 'sweep 1', 'exchange', 'start']) {
            const { a, b, c } = seedStream(seed, name, bundle, purpose)
            for (const word of [a, b, c]) words.add(word)
            count += 3
          }
        }
      }
    }
    expect(words.size).toBe(count)
  })
})
