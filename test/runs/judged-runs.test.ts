import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import { merge } from '../../src/run/merge.ts'
import { runJob } from '../../src/run/run.ts'
import { openArchive } from '../../src/index.ts'
import type { JobInput } from '../../src/job/input.ts'
import { TC_ISING } from '../../src/model/ising/exact.ts'
import { temporaryFolder } from '../support/folder.ts'
import { simulate } from '../support/simulate.ts'

const folder = temporaryFolder()

async function simulated(job: JobInput): Promise<SimulationData> {
  const [simulation] = await simulate(job, 1)
  if (!simulation) throw new Error('no simulation')
  return simulation
}

/** Columns of a quantity at one temperature. */
function at({ quantities, check }: SimulationData, name: string, t: number) {
  const quantity = [...quantities, check].find((candidate) => candidate.name === name)
  const column = (values: Float64Array | undefined): number | undefined => values?.[t]
  return {
    mean: column(quantity?.mean),
    error: column(quantity?.error),
    tau: column(quantity?.tau),
  }
}

describe('a run of frozen chains', () => {
  it('says what they were, that they never moved, and nothing that is rounding', async () => {
    const simulation = await simulated({
      model: 'ising',
      size: 8,
      temperatures: [0.1, 1],
      sweeps: 1000,
      copies: 8,
      parameters: { h: 0.1 },
      seed: 1,
    })
    expect(at(simulation, 'energy', 0)).toEqual({ mean: -2.1, error: Number.NaN, tau: Number.NaN })
    expect(at(simulation, 'magnetization', 0)).toEqual({ mean: 1, error: Number.NaN, tau: Number.NaN })
    for (const name of ['specific_heat', 'susceptibility']) expect(at(simulation, name, 0)).toMatchObject({ mean: 0, error: Number.NaN })
    expect(at(simulation, 'binder', 0)).toMatchObject({ mean: 1 - 1 / 3, error: Number.NaN })
    expect(at(simulation, 'callen_ratio', 0)).toMatchObject({ mean: 1, error: Number.NaN })
    expect(at(simulation, 'energy', 1).error).toBeGreaterThan(0)
    expect(simulation.warnings).toContainEqual(
      expect.stringMatching(/^energy, energy_squared, magnetization and 3 more did not change in 8000 samples at T = 0\.1: /),
    )
    expect(simulation.warnings.join()).not.toContain('too few')
  })
})

describe('a part of the copies', () => {
  // Two ladders: 128 copies and 72.
  const job: JobInput = { model: 'ising', size: 4, temperatures: [2.5], sweeps: 400, copies: 200, seed: 3 }

  it('has errors, autocorrelation times, R-hat, the check and warnings of the copies that are there, also merged', async () => {
    const whole = await simulated(job)
    const part = join(folder, 'part.h5')
    const { simulations } = await runJob({ ...job, shard: '1/2' }, { threads: 1, out: part })
    const merged = await merge([part], join(folder, 'merged.h5'), { partial: true })
    expect(merged.status).toBe('interrupted')
    // What is missing does not take the trace of the rest with it, which reweighting is made of.
    const trace = merged.simulations[0]?.trace
    expect(trace?.sweep).toEqual(whole.trace.sweep)
    const rows = trace?.sweep.length as number
    expect(trace?.values.energy?.subarray(0, 128 * rows)).toEqual(whole.trace.values.energy?.subarray(0, 128 * rows))
    expect(trace?.values.energy?.subarray(128 * rows).every(Number.isNaN)).toBe(true)
    for (const own of [...simulations, ...merged.simulations]) {
      expect(own.samples[0]).toBe(128 * 400)
      for (const { name, error, tau, rhat } of [...own.quantities, own.check]) {
        const expected = [...whole.quantities, whole.check].find((quantity) => quantity.name === name)
        // Errors of 128 copies against those of 200.
        expect((error[0] as number) / (expected?.error[0] as number), name).toBeGreaterThan(0.9)
        expect((error[0] as number) / (expected?.error[0] as number), name).toBeLessThan(1.7)
        if (tau) expect(Math.abs((tau[0] as number) / (expected?.tau?.[0] as number) - 1), name).toBeLessThan(0.4)
        if (rhat) expect(rhat[0], name).toBeLessThan(1.2)
        if (rhat) expect(rhat[0], name).toBeGreaterThan(1)
      }
      expect(own.warnings.join()).not.toContain('too few')
    }
  })
})

describe('a run of few samples', () => {
  it('says so, and of what', async () => {
    for (const seed of [1, 2, 3]) {
      const simulation = await simulated({ model: 'ising', size: 32, temperatures: [TC_ISING], sweeps: 200, copies: 1, seed })
      expect(simulation.warnings).toContainEqual(
        expect.stringMatching(
          /^only [\d.]+ independent samples, N \/ \(2 tau\), fewer than 50 \(\w+ at T = 2\.26\d+\): .*use --sweeps \d+$/,
        ),
      )
    }
  })

  it('says so of those with which it exchanges replicas', async () => {
    const simulations = await simulate(
      {
        model: 'ising',
        size: 8,
        temperatures: [2.3],
        sweeps: 200,
        copies: 1,
        tempering: { along: 'h' },
        parameters: { h: [0, 3] },
        seed: 4,
      },
      1,
    )
    const [free, field] = simulations
    const own = free?.warnings.find((warning) => warning.includes('independent samples'))
    expect(own).toBeDefined()
    expect(field?.warnings).toContain(`replicas that exchange with this simulation, those of ${free?.name}: ${own}`)
  })
})

describe('the identity of the six components', () => {
  it('holds where it is hot and its denominator is all noise', async () => {
    const simulation = await simulated({ model: 'o6', size: 4, temperatures: [1000, 4000, 16_000], sweeps: 4000, copies: 4, seed: 5 })
    expect(simulation.warnings.filter((warning) => warning.includes('configurational'))).toEqual([])
    for (const t of [0, 1, 2]) {
      const { deviation, deviationError, mean, error } = simulation.check
      expect(Math.abs(deviation[t] as number) / (deviationError[t] as number)).toBeLessThan(4)
      // The error of the ratio is as large as the ratio, not a small number.
      expect(error[t]).toBeGreaterThan(0.05 * Math.abs(mean[t] as number))
    }
    expect(Math.abs(simulation.check.combined)).toBeLessThan(4)
  })

  it('is archived with what is judged of it', async () => {
    const out = join(folder, 'check.h5')
    const { simulations } = await runJob(
      { model: 'o6', size: 2, temperatures: [0.5, 1], sweeps: 600, copies: 2, seed: 6 },
      { threads: 1, out },
    )
    const archive = await openArchive(out)
    try {
      const [simulation] = archive.simulations
      const check = simulations[0]?.check
      expect(simulation?.members('check')).toEqual(['combined', 'deviation', 'deviation_error'])
      expect(simulation?.read('check/deviation').values).toEqual(check?.deviation)
      expect(simulation?.read('check/deviation_error').values).toEqual(check?.deviationError)
      expect(simulation?.read('check/combined').values[0]).toBe(check?.combined)
      expect(Object.keys(simulation?.quantities ?? {})).not.toContain('check')
    } finally {
      archive.close()
    }
  })
})
