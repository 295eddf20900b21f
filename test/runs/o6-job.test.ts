import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openArchive } from '../../src/archive/read.ts'
import { runJob } from '../../src/run/run.ts'
import { UsageError } from '../../src/errors.ts'
import { resolveJob } from '../../src/job/job.ts'
import { bundleCount, copiesForThreads, planJob } from '../../src/job/plan.ts'
import { columnOf } from '../../src/view/column.ts'
import { observableRows } from '../../src/view/report/observable-columns.ts'
import { alignRows } from '../../src/text/table.ts'
import { summaryCsv, summaryJson } from '../../src/view/report/summary.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const good = { model: 'o6', size: 4, temperatures: [0.4, 0.5], sweeps: 300, seed: 1 }
const defaults = { rho: 1, a: 1, lambda: 1, g: 0.3, gPrime: 0, w: 0 }

function refusal(input: object): string {
  try {
    resolveJob({ ...good, ...input })
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).message
  }
  throw new Error(`nothing is wrong with ${JSON.stringify(input)}`)
}

describe('a job of the six-component model', () => {
  it('has the heat bath, two over-relaxations and no clusters by default, and every parameter', () => {
    expect(resolveJob(good)).toMatchObject({
      update: 'heat-bath',
      overrelax: 2,
      cluster: 0,
      reflections: [],
      copies: 2,
      parameters: defaults,
    })
  })

  it.each([
    [{}, ['psi', 'phi-x', 'phi-y', 'phi', 'swap']],
    [{ w: -0.4 }, ['psi', 'phi-x', 'phi-y', 'swap']],
    [{ g: 0 }, ['psi', 'phi-x', 'phi-y', 'phi', 'all', 'swap']],
    [{ g: 0, lambda: 1.1 }, ['psi', 'phi-x', 'phi-y', 'phi', 'swap']],
    [{ w: [0, 0.1] }, ['psi', 'phi-x', 'phi-y', 'swap']],
  ])('builds clusters of all reflections that the parameters allow: %j', (parameters, reflections) => {
    expect(resolveJob({ ...good, parameters, cluster: 1 }).reflections).toEqual(reflections)
  })

  it('takes reflections as a wish for clusters', () => {
    expect(resolveJob({ ...good, reflections: ['psi', 'swap', 'psi'] })).toMatchObject({ cluster: 1, reflections: ['psi', 'swap'] })
  })

  it('runs again as it was resolved', () => {
    for (const input of [good, { ...good, cluster: 2, parameters: { w: 0.1 } }, { ...good, update: 'metropolis', overrelax: 0 }]) {
      const job = resolveJob(input)
      expect(resolveJob(job)).toEqual(job)
    }
  })

  it.each([
    [{ parameters: { rho: 0 } }, 'parameters.rho: 0 is not possible; it must be above 0'],
    [{ parameters: { rho: -1 } }, 'parameters.rho: -1 is not possible; it must be above 0'],
    [{ parameters: { a: 0 } }, 'parameters.a: 0 is not possible; g = 0.3 would have no effect; give another a, or set g = 0'],
    [{ parameters: { a: 0, g: 0, w: 1 } }, 'parameters.a: 0 is not possible; w = 1 would have no effect'],
    [{ parameters: { a: [1, 0] } }, 'parameters.a: 0 is not possible; g = 0.3 would have no effect'],
    [{ parameters: { g: Number.NaN } }, 'parameters.g: '],
    [{ parameters: { g: 1e7 } }, 'parameters.g: 10000000 is not possible; it must lie between -10000 and 1000000'],
    [{ parameters: { G: 1 } }, "parameters.G: unknown parameter of o6; did you mean 'g'?; allowed: rho, a, lambda, g, gPrime, w"],
    [{ parameters: { J: 1 } }, 'parameters.J: unknown parameter of o6; allowed: rho'],
    [{ update: 'wolff' }, "update: the model o6 has no update 'wolff'; allowed: heat-bath, metropolis"],
    [{ overrelax: -1 }, 'overrelax: -1 is not possible; allowed: whole numbers from 0 to 1000'],
    [{ cluster: 1.5 }, 'cluster: 1.5 is not possible; allowed: whole numbers from 0 to 1000'],
    [{ reflections: 'psy' }, "reflections: unknown reflection 'psy'; did you mean 'psi'?; allowed: psi, phi-x, phi-y, phi, swap"],
    [
      { reflections: ['psi', 'phi'], parameters: { w: 0.1 } },
      'reflections: clusters of phi are not possible, it needs w = 0; allowed with these parameters: psi, phi-x, phi-y, swap',
    ],
    [
      { reflections: 'all' },
      'reflections: clusters of all are not possible, it needs lambda = 1, g = 0, gPrime = 0, w = 0; allowed with these parameters: psi, phi-x, phi-y, phi, swap',
    ],
    [{ reflections: 'psi', cluster: 0 }, 'reflections: psi need clusters, and cluster is 0; use 1 or more, or leave them out'],
    [{ model: 'ising', overrelax: 1 }, 'overrelax: the model ising has no such move; leave it out'],
    [{ model: 'ising', reflections: 'psi' }, 'reflections: the model ising has no such move; leave it out'],
    [{ tempering: { along: 'a' } }, 'tempering.along: replicas of o6 cannot exchange a; allowed: rho, lambda, g, gPrime, w'],
    [{ size: 6000 }, 'size: L = 6000 would need'],
  ])('is refused before anything starts: %j', (input, message) => {
    expect(refusal(input)).toContain(message)
  })

  it('with more temperatures than lanes is one ladder of bundles, copy by copy', () => {
    const plan = planJob(resolveJob({ ...good, temperatures: '0.3:0.6/10', tempering: true, copies: 3 }))
    expect(plan.ladders.map(({ bundles, slots }) => [bundles, slots.length])).toEqual([
      [3, 10],
      [3, 10],
      [3, 10],
    ])
  })
})

describe('advice on copies', () => {
  it.each([
    [3, 4],
    [6, 4],
    [7, 8],
    [2, 5],
    [30, 16],
  ])('gives every thread a bundle: %d temperatures, %d threads', (count, threads) => {
    for (const tempering of [false, true]) {
      const job = (copies: number) => resolveJob({ ...good, temperatures: `0.3:0.6/${count}`, copies, tempering })
      const advice = copiesForThreads(planJob(job(1)), threads)
      if (bundleCount(planJob(job(1))) >= threads) expect(advice).toBeUndefined()
      else expect(bundleCount(planJob(job(advice as number)))).toBeGreaterThanOrEqual(threads)
    }
  })
})

describe('its archive', () => {
  it('holds arrays, moves, vectors and what was tuned, and reads back', async () => {
    const out = join(folder, 'arrays.h5')
    const job = { ...good, size: 5, sweeps: 600, update: 'metropolis', cluster: 1, snapshots: 3, series: true, parameters: { w: -0.1 } }
    const { simulations } = await runJob(job, { out, threads: 1 })
    const archive = await openArchive(out, { model: 'o6' })
    try {
      const [simulation] = archive.simulations
      if (!simulation) throw new Error('no simulation')
      expect(simulation).toMatchObject({
        update: 'metropolis',
        moves: { overrelax: 2, cluster: 1, reflections: ['psi', 'phi-x', 'phi-y', 'swap'] },
        parameters: { ...defaults, w: -0.1 },
      })
      const factor = simulation.quantities.cdw_structure_factor
      expect(factor?.shape).toEqual([4, 4])
      expect(factor?.mean).toHaveLength(2 * 16)
      expect(factor?.mean).toEqual(simulations[0]?.quantities.find(({ name }) => name === 'cdw_structure_factor')?.mean)
      // The structure factor is slow here, and its element and temperature are named.
      for (const warning of simulation.warnings) expect(warning).not.toContain('undefined')
      expect(simulation.read('series/sc_current_squared').shape).toEqual([2, 2, 600])
      expect(simulation.read('kx').values).toEqual(Float64Array.from([0, 1, 2, 3], (k) => (2 * Math.PI * k) / 5))
      expect(simulation.read('bins/cdw_structure_factor').shape.slice(3)).toEqual([4, 4])
      expect(simulation.read('snapshots/spins').shape).toEqual([2, 3, 5, 5, 6])
      const spins = simulation.read('snapshots/spins').values
      for (let i = 0; i < spins.length; i += 6) {
        expect(Math.hypot(...[0, 1, 2, 3, 4, 5].map((k) => spins[i + k] as number))).toBeCloseTo(1, 5)
      }
      for (const name of ['mixing_width', 'charge_width', 'sector_width', 'acceptance']) {
        for (const value of Array.from(simulation.read(`tuning/${name}`).values)) {
          expect(value).toBeGreaterThan(0)
          expect(value).toBeLessThanOrEqual(1)
        }
      }
      const table = alignRows(observableRows(simulation)).split('\n')
      expect(table[0]).toContain('cdw_structure_factor[0,0]')
      expect(table).toHaveLength(3)
      const element = columnOf(simulation, 'cdw_structure_factor[2,3]')
      expect(element?.mean).toEqual(Float64Array.from([0, 1], (t) => factor?.mean[16 * t + 2 * 4 + 3] as number))
      for (const none of ['cdw_structure_factor[4,0]', 'cdw_structure_factor[1]', 'cdw_structure_factor', 'energy[0]', 'toString'])
        expect(columnOf(simulation, none), none).toBeUndefined()
      const [json] = summaryJson(archive).simulations as { cdw_structure_factor: { mean: number[][][] } }[]
      expect(json?.cdw_structure_factor.mean[1]?.[2]?.[3]).toBe(factor?.mean[16 + 2 * 4 + 3])
      expect(summaryCsv(archive).split('\n')[0]).not.toContain('cdw_structure_factor')
    } finally {
      archive.close()
    }
  })

  const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py, xarray, h5netcdf']).status === 0)
  it.skipIf(!python)('opens in h5py and xarray with its dimensions named', async () => {
    const out = join(folder, 'python.h5')
    await runJob({ ...good, snapshots: 2 }, { out, threads: 1 })
    expect(existsSync(out)).toBe(true)
    const script = `
import xarray, h5py, sys
d = xarray.open_dataset(sys.argv[1], group="simulations/o6-L4", engine="h5netcdf")
print(d.cdw_structure_factor.dims, d.cdw_structure_factor_error.dims, float(d.kx[1]))
print(d.attrs["update"], int(d.attrs["overrelax"]), d.attrs["g"])
with h5py.File(sys.argv[1]) as f:
    s = f["simulations/o6-L4/snapshots/spins"]
    print(s.dtype, s.shape, [s.dims[i].keys() for i in range(5)])
`
    const { stdout, stderr, status } = spawnSync(python as string, ['-c', script, out], { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    expect(stdout.split('\n')).toEqual([
      "('temperature', 'ky', 'kx') ('temperature', 'ky', 'kx') 1.5707963267948966",
      'heat-bath 2 0.3',
      "float32 (2, 2, 4, 4, 6) [['temperature'], ['snapshot'], ['y'], ['x'], ['component']]",
      '',
    ])
  })
})
