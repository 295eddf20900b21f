import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ArchivedSimulation, withArchive } from '../../src/archive/read.ts'
import { run } from '../../src/run/run.ts'
import { kaufman } from '../../src/model/ising/exact.ts'
import { finiteSizeScaling } from '../../src/statistics/finite-size.ts'
import { reweightedAt, type Reweighting } from '../../src/statistics/reweighting.ts'
import { reweightingOf } from '../../src/archive/reweighting.ts'
import { temporaryFolder } from '../support/folder.ts'

// What every run keeps for reweighting: histograms of the energy of all samples.
const folder = temporaryFolder()
const file = join(folder, 'run.h5')
const names = ['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder']

let reweighting: Reweighting
let direct: ArchivedSimulation
let sums: ReadonlyMap<string, readonly number[]>

beforeAll(async () => {
  // Temperatures so far apart that neighbours have little to add.
  const job = { model: 'ising' as const, size: 16, temperatures: '1.8:3/6', sweeps: 20_000, tempering: true, copies: 10, seed: 43 }
  await run(job, { out: file, threads: 2 })
  await withArchive(file, ({ simulations: [simulation] }) => {
    direct = simulation as ArchivedSimulation
    reweighting = reweightingOf(direct)
    const totals = (name: string): number[] => {
      const { shape, values } = direct.read(`histogram/${name}`)
      const length = (shape[1] as number) * (shape[2] as number)
      return Array.from(direct.temperature, (_, t) =>
        Array.from(values)
          .slice(t * length, (t + 1) * length)
          .reduce((a, b) => a + b, 0),
      )
    }
    const members = direct.members('histogram').filter((name) => name === 'counts' || name in direct.quantities)
    sums = new Map(members.map((name) => [name, totals(name)]))
  })
})

describe('histograms of an archive', () => {
  it('have every sample, and the means of the table to rounding', () => {
    const counts = sums.get('counts') as readonly number[]
    expect(counts).toEqual([...direct.samples])
    const observables = [...sums.keys()].filter((name) => name !== 'counts')
    expect(observables).toHaveLength(6)
    for (const name of observables) {
      const sum = sums.get(name) as readonly number[]
      for (const [t, mean] of (direct.quantities[name]?.mean ?? []).entries()) {
        expect(Math.abs((sum[t] as number) / (counts[t] as number) - mean), `${name} at ${t}`).toBeLessThan(1e-12)
      }
    }
  })

  it('give no larger errors than the table has, on average over the temperatures', () => {
    expect(reweighting.blocks).toBeGreaterThanOrEqual(20)
    for (const name of names) {
      const { error } = direct.quantities[name] as { error: Float64Array }
      const ratios = reweighting.temperature.map((T, t) => reweightedAt(reweighting, name, T).error / (error[t] as number))
      const ratio = ratios.reduce((a, b) => a + b, 0) / ratios.length
      expect(ratio, name).toBeLessThan(1.1)
      expect(ratio, name).toBeGreaterThan(0.5)
    }
  })

  it('agree with the table at the simulated temperatures and with Kaufman between them', () => {
    const { temperature } = reweighting
    for (const name of names) {
      for (const [t, T] of temperature.entries()) {
        const { mean, error } = direct.quantities[name] as { mean: Float64Array; error: Float64Array }
        expect(Math.abs(reweightedAt(reweighting, name, T).mean - (mean[t] as number)) / (error[t] as number), name).toBeLessThan(2.5)
      }
    }
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
    }
  })
})

describe('histograms of other jobs', () => {
  it('of one temperature give its means alone, with those of each value of a parameter that is exchanged', async () => {
    const out = join(folder, 'along.h5')
    const parameters = { h: [0, 0.05, 0.1] }
    await run(
      { model: 'ising', size: 6, temperatures: [2.5], sweeps: 3000, copies: 3, tempering: { along: 'h' }, parameters, seed: 5 },
      { out, threads: 1 },
    )
    await withArchive(out, ({ simulations }) => {
      expect(simulations).toHaveLength(3)
      for (const simulation of simulations) {
        const alone = reweightingOf(simulation)
        for (const name of names) {
          const { mean } = simulation.quantities[name] as { mean: Float64Array }
          expect(reweightedAt(alone, name, 2.5).mean, `${name} of ${simulation.name}`).toBeCloseTo(mean[0] as number, 10)
        }
      }
    })
  })

  it('of six components know the peak and the correlation length of charge order', async () => {
    const out = join(folder, 'o6.h5')
    await run({ model: 'o6', size: 6, temperatures: '0.25:0.65/6', sweeps: 1500, copies: 2, tempering: true, seed: 6 }, { out, threads: 1 })
    await withArchive(out, ({ simulations: [simulation] }) => {
      const found = reweightingOf(simulation as ArchivedSimulation)
      expect(found.quantities).toEqual(expect.arrayContaining(['cdw_structure_factor[0,0]', 'cdw_correlation_length', 'helicity_modulus']))
      expect(found.missing).toEqual(['cdw_structure_factor'])
      const { peaks } = finiteSizeScaling([found])
      expect(peaks.map(({ quantity }) => quantity)).toEqual(['specific_heat', 'cdw_structure_factor[0,0]'])
      const { mean, error } = simulation?.quantities.cdw_correlation_length as { mean: Float64Array; error: Float64Array }
      for (const [t, T] of found.temperature.entries()) {
        const both = Math.hypot(error[t] as number, reweightedAt(found, 'cdw_correlation_length', T).error)
        expect(Math.abs(reweightedAt(found, 'cdw_correlation_length', T).mean - (mean[t] as number)) / both).toBeLessThan(3)
      }
    })
  })
})
