// @module-tag slow

import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ArchivedSimulation, withArchive } from '../../src/archive/read.ts'
import { run } from '../../src/run/run.ts'
import { kaufman } from '../../src/model/ising/exact.ts'
import { finiteSizeScaling } from '../../src/statistics/finite-size.ts'
import { freeEnergies } from '../../src/statistics/free-energy.ts'
import { reweightedAt, type Reweighting } from '../../src/statistics/reweighting.ts'
import { reweightingOf } from '../../src/archive/reweighting.ts'
import { temporaryFolder } from '../support/folder.ts'

// An archive of before there were histograms, of a run without --series: single samples are the thinned records of its trace.
const folder = temporaryFolder()
const file = join(folder, 'run.h5')
const names = ['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder']

function withoutHistogram(simulation: ArchivedSimulation): ArchivedSimulation {
  return { ...simulation, has: (path) => !path.startsWith('histogram/') && simulation.has(path) }
}

let reweighting: Reweighting
let direct: ArchivedSimulation

beforeAll(async () => {
  const job = { model: 'ising' as const, size: 16, temperatures: '2.04:2.5/24', sweeps: 20_000, tempering: true, copies: 10, seed: 41 }
  await run(job, { out: file, threads: 2 })
  await withArchive(file, ({ simulations: [simulation] }) => {
    direct = withoutHistogram(simulation as ArchivedSimulation)
    reweighting = reweightingOf(direct)
  })
})

describe('what is reweighted from a trace', () => {
  it.each(names)('goes through the simulated points within errors: %s', (name) => {
    const { temperature, quantities } = direct
    const { mean, error } = quantities[name] as { mean: Float64Array; error: Float64Array }
    let chiSquared = 0
    for (const [t, T] of temperature.entries()) {
      const found = reweightedAt(reweighting, name, T)
      // From a part of the samples there and from those of neighbours: the difference is no more than both errors together.
      const both = Math.hypot(found.error, error[t] as number)
      expect(Math.abs(found.mean - (mean[t] as number)) / both, `${name} at T = ${T}`).toBeLessThan(3)
      chiSquared += (found.mean - (mean[t] as number)) ** 2 / both ** 2
    }
    // Neighbours go together: 24 points are some 8 independent ones, whose chi squared is beyond 2.5 of them once in a hundred times.
    expect(chiSquared / temperature.length).toBeLessThan(2.5)
    expect(chiSquared / temperature.length).toBeGreaterThan(0.02)
  })

  it('agrees with Kaufman between them', () => {
    const { temperature } = reweighting
    for (const [name, key] of [
      ['energy', 'energy'],
      ['specific_heat', 'specificHeat'],
    ] as const) {
      const pulls = temperature.slice(1).map((T, t) => {
        const between = (T + (temperature[t] as number)) / 2
        const { mean, error } = reweightedAt(reweighting, name, between)
        return (mean - kaufman(16, between)[key]) / error
      })
      expect(Math.max(...pulls.map(Math.abs)), name).toBeLessThan(3.5)
      expect(pulls.reduce((sum, pull) => sum + pull ** 2, 0) / pulls.length, name).toBeLessThan(2.5)
    }
  })

  it('has blocks of what is there alone, where a part of a job has only some of the copies', async () => {
    await withArchive(file, ({ simulations: [simulation] }) => {
      const whole = withoutHistogram(simulation as ArchivedSimulation)
      // Copies 0 and 7 of 10 are there.
      const part = reweightingOf({
        ...whole,
        read: (path) => {
          const { shape, values } = whole.read(path)
          const [T = 0, copies = 0, rows = 0] = shape
          if (!path.startsWith('trace/') || rows === 0) return { shape, values }
          const kept = Float64Array.from(values)
          for (let i = 0; i < T * copies; i++) if (i % copies !== 0 && i % copies !== 7) kept.fill(Number.NaN, i * rows, (i + 1) * rows)
          return { shape, values: kept }
        },
      })
      expect(reweighting.blocks).toBe(30)
      expect(part.blocks).toBe(32)
      for (const T of [2.05, 2.27, 2.49]) {
        const [ofAll, ofPart] = [reweightedAt(reweighting, 'energy', T), reweightedAt(part, 'energy', T)]
        // A fifth of the data: errors are 2.2 times as large, known to some 20 %.
        expect(ofPart.error / ofAll.error).toBeGreaterThan(1.3)
        expect(ofPart.error / ofAll.error).toBeLessThan(3.7)
        expect(Math.abs(ofPart.mean - ofAll.mean) / ofPart.error).toBeLessThan(3)
      }
    })
  })
})

describe('runs that are too short for errors', () => {
  it('have crossings without errors, and no exponents, which is said', async () => {
    const out = join(folder, 'short.h5')
    await run({ model: 'ising', size: [8, 16], temperatures: '2.1:2.7/9', sweeps: 300, copies: 1, seed: 4 }, { out, threads: 2 })
    const read = await withArchive(out, ({ simulations }) => simulations.map(reweightingOf))
    expect(read.map(({ blocks }) => blocks)).toContain(1)
    const { crossings, fits, notes } = finiteSizeScaling(read)
    const [first] = crossings
    if (!first?.crossing.found) throw new Error('they do not cross')
    expect(first.crossing.temperature.error).toBeNaN()
    expect(fits).toEqual([])
    expect(notes).toEqual([expect.stringContaining('they need a crossing of binder, with an error')])
  })
})

describe('free energies', () => {
  it('are those of the temperatures that have samples, also where the first has none', () => {
    const energy = Float64Array.of(-8, -4, 0, 4)
    const data = { energy, counts: Float64Array.of(40, 60, 50, 50) }
    const two = freeEnergies({ ...data, beta: Float64Array.of(0.3, 0.1), samples: Float64Array.of(100, 100) }, new Float64Array(2))
    const three = freeEnergies(
      { ...data, beta: Float64Array.of(0.5, 0.3, 0.1), samples: Float64Array.of(0, 100, 100) },
      new Float64Array(3),
    )
    expect((three[2] as number) - (three[1] as number)).toBeCloseTo((two[1] as number) - (two[0] as number), 10)
  })
})
