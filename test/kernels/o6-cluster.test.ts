// @module-tag slow

import { beforeAll, describe, expect, it } from 'vitest'
import { Layout } from '../../src/engine/memory/layout.ts'
import type { Kernels } from '../../src/engine/kernels.ts'
import { reflections } from '../../src/model/o6/reflections.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { writeStreams } from '../../src/engine/random/streams.ts'
import { openKernels } from '../support/kernel-memory.ts'
import reference from '../support/reference/o6.json' with { type: 'json' }

// Clusters by themselves, with no other move beside them: on 2 x 2, where bonds count twice, spins that start in one plane
// or one space make a model whose energy is known exactly. A bond probability that is off shows at once.

const LANES = 4
const STANDARD_ERRORS = 4
const kindOf = (name: string): number => reflections.findIndex((reflection) => reflection.name === name)

interface Lattices {
  readonly vectors: Float32Array
  readonly update: (name: string) => void
}

let kernels: Kernels
let memory: WebAssembly.Memory

beforeAll(async () => {
  ;({ kernels, memory } = await openKernels(1 << 22))
})

/** Four lattices at β with ρ = 1, every spin along component `first`. */
function openLattices(size: number, beta: number, lambda: number, first: number): Lattices {
  const layout = new Layout(1024)
  const N = size * size
  const [random, couplings, projections, words] = [4, 8, 2 * N, 2 * size + 24].map((count) => layout.bytes(16 * count)) as [
    number,
    number,
    number,
    number,
  ]
  const [bonds, coins, flips, parents, sites] = [layout.bytes(N), layout.bytes(N), layout.bytes(N), layout.i32(N), layout.bytes(96 * N)]
  writeStreams(memory, random, [seedStream('cluster', String(size), String(first)), seedStream('other', String(beta))])
  const values = new Float32Array(memory.buffer, couplings, 8 * LANES)
  values.fill(0)
  values.fill(beta, 0, LANES)
  values.fill(lambda, 4 * LANES, 5 * LANES)
  const vectors = new Float32Array(memory.buffer, sites, 24 * N)
  vectors.fill(0)
  for (let site = 0; site < N; site++) vectors.fill(1, 24 * site + 4 * first, 24 * site + 4 * first + LANES)
  let turns = 0
  return {
    vectors,
    update: (name) => {
      kernels.o6Cluster(kindOf(name), sites, size, random, couplings, projections, words, bonds, coins, flips, parents)
      if (++turns % 16 === 0) kernels.o6Normalise(sites, N)
    },
  }
}

/** -Σ n·n' over the bonds of 2 x 2, per site, with components weighted by λ from the third on. */
function bondEnergy(vectors: Float32Array, lane: number, lambda: number): number {
  let sum = 0
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [3, 1],
    [3, 2],
  ] as const) {
    for (let k = 0; k < 6; k++) {
      sum += (k < 2 ? 1 : lambda) * (vectors[24 * i + 4 * k + lane] as number) * (vectors[24 * j + 4 * k + lane] as number)
    }
  }
  return -sum / 2
}

function expectEnergy(lattices: Lattices, names: readonly string[], lambda: number, exact: number): void {
  const [count, blocks] = [300_000, 40]
  const sums = new Float64Array(blocks)
  for (let i = -200; i < count; i++) {
    for (const name of names) lattices.update(name)
    if (i < 0) continue
    const block = Math.floor((i * blocks) / count)
    for (let lane = 0; lane < LANES; lane++) sums[block] = (sums[block] as number) + bondEnergy(lattices.vectors, lane, lambda)
  }
  const means = sums.map((sum) => (sum * blocks) / (LANES * count))
  const mean = means.reduce((a, b) => a + b, 0) / blocks
  const error = Math.sqrt(means.reduce((sum, m) => sum + (m - mean) ** 2, 0) / (blocks * (blocks - 1)))
  expect(error).toBeLessThan(0.002)
  expect(Math.abs(mean - exact), `${mean} +- ${error} and ${exact}`).toBeLessThan(STANDARD_ERRORS * error)
}

/** Modified Bessel function of the first kind, by its power series. */
function bessel(n: number, x: number): number {
  let term = 1
  for (let k = 1; k <= n; k++) term *= x / (2 * k)
  let sum = term
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (4 * k * (k + n))
    sum += term
  }
  return sum
}

/** ln Z of XY spins on a ring of four bonds of strength K, or on a chain of `bonds` bonds. */
const ring = (K: number): number => {
  let sum = bessel(0, K) ** 4
  for (let n = 1; n < 30; n++) sum += 2 * bessel(n, K) ** 4
  return sum
}
const chain = (bonds: number, K: number): number => bessel(0, K) ** bonds

/** Energy per site from Z(β), by a difference. */
function energyOf(Z: (beta: number) => number, beta: number): number {
  const step = 1e-5
  return -(Math.log(Z(beta + step)) - Math.log(Z(beta - step))) / (2 * step) / 4
}

describe('clusters alone', () => {
  it.each([0.3, 0.6, 1.2])('of psi make the XY model, beta = %d', (beta) => {
    expectEnergy(
      openLattices(2, beta, 1, 0),
      ['psi'],
      1,
      energyOf((b) => ring(2 * b), beta),
    )
  })

  it.each([0.7, 1.4, -1])('of phi-x and phi-y make the XY model with the coupling lambda = %d', (lambda) => {
    const beta = 0.8
    expectEnergy(
      openLattices(2, beta, lambda, 2),
      ['phi-x'],
      lambda,
      energyOf((b) => ring(2 * b * Math.abs(lambda)), beta),
    )
    expectEnergy(
      openLattices(2, beta, lambda, 5),
      ['phi-y'],
      lambda,
      energyOf((b) => ring(2 * b * Math.abs(lambda)), beta),
    )
  })

  it.each(['beta0.5', 'beta1.0', 'beta2.0'] as const)('of phi make the O(4) model and of all the O(6) model, %s', (key) => {
    const beta = Number(key.slice(4))
    expectEnergy(openLattices(2, beta, 1, 3), ['phi'], 1, reference.on2x2.O4[key].u)
    expectEnergy(openLattices(2, beta, 1, 1), ['all'], 1, reference.on2x2.O6[key].u)
  })

  it.each([0.8, 1.3])('of swap, phi-x and phi-y make spins that choose one of two planes, lambda = %d', (lambda) => {
    // Which of the four corners are in the x plane: none or all, one or three, two neighbours, two opposite ones.
    const Z = (beta: number): number => {
      const K = 2 * beta * lambda
      return 2 * ring(K) + 8 * chain(2, K) + 4 * chain(1, K) ** 2 + 2
    }
    const beta = 0.9
    expectEnergy(openLattices(2, beta, lambda, 2), ['swap', 'phi-x', 'swap', 'phi-y'], lambda, energyOf(Z, beta))
  })

  it.each(reflections.map(({ name }) => name))('of %s keep the length of every spin and what V depends on', (name) => {
    const size = 9
    const { vectors, update } = openLattices(size, 0.7, 1.3, 0)
    const random = new Sfc64(seedStream(name))
    for (let site = 0; site < size * size; site++) {
      for (let lane = 0; lane < LANES; lane++) {
        const n = Array.from({ length: 6 }, () => random.uniform() - 0.5)
        for (let k = 0; k < 6; k++) vectors[24 * site + 4 * k + lane] = (n[k] as number) / Math.hypot(...n)
      }
    }
    const squares = (): Float64Array[] =>
      Array.from({ length: size * size * LANES }, (_, i) => {
        const at = (k: number): number => (vectors[24 * Math.floor(i / LANES) + 4 * k + (i % LANES)] as number) ** 2
        const [a, b, c] = [at(0) + at(1), at(2) + at(3), at(4) + at(5)]
        // What a reflection may mix is added up.
        if (name === 'all') return Float64Array.of(a + b + c)
        if (name === 'phi') return Float64Array.of(a, b + c)
        return name === 'swap' ? Float64Array.of(a, Math.min(b, c), Math.max(b, c)) : Float64Array.of(a, b, c)
      })
    const [before, start] = [squares(), vectors.slice()]
    for (let i = 0; i < 10; i++) update(name)
    const moved = vectors.filter((value, i) => Math.abs(value - (start[i] as number)) > 0.1).length
    expect(moved).toBeGreaterThan(vectors.length / 20)
    for (const [i, values] of squares().entries()) {
      for (const [k, value] of values.entries()) expect(value).toBeCloseTo(before[i]?.[k] as number, 5)
    }
  })
})
