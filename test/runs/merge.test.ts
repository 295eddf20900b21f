// @module-tag slow

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import { merge } from '../../src/run/merge.ts'
import { resumeJob } from '../../src/run/resume.ts'
import { runJob } from '../../src/run/run.ts'
import type { RunResult } from '../../src/run/session.ts'
import { roundCount } from '../../src/sampling/spec.ts'
import { openArchive } from '../../src/index.ts'
import { resolveJob } from '../../src/job/job.ts'
import { type Plan, planJob, roundSeconds } from '../../src/job/plan.ts'
import type { JobInput } from '../../src/job/input.ts'
import { spinpoolEach } from '../support/command.ts'
import { dataOf } from '../support/data.ts'
import { datasetsOf } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'
import { jobs as longer } from '../support/jobs.ts'

const folder = temporaryFolder()
/** Long enough for a part that has one ladder to be stopped in the middle. */
const jobs = longer.map((job) => {
  const few = Object.entries(job.parameters ?? {}).map(([name, values]) => [name, Array.isArray(values) ? values.slice(0, 2) : values])
  return { ...job, parameters: Object.fromEntries(few) as Record<string, number | number[]> }
})
let files = 0
const path = (): string => join(folder, `${files++}.h5`)

const pauses = fileURLToPath(new URL('../support/workers/pauses.mjs', import.meta.url))
afterEach(() => {
  delete process.env.SPINPOOL_TEST_MOMENTS
})

/** Runs a job or a part of it, or only some five milliseconds of it. */
async function archived(job: JobInput, threads: number, stopped = false): Promise<string> {
  const out = path()
  process.env.SPINPOOL_TEST_MOMENTS = '1'
  const { status } = await runJob(job, { threads, out, shortestPart: 0, ...(stopped ? { worker: pauses, threads: 1 } : {}) })
  expect(status).toBe(stopped ? 'interrupted' : 'complete')
  return out
}

async function goneOn(file: string, sweeps?: number): Promise<readonly SimulationData[]> {
  const keys = sweeps === undefined ? {} : { sweeps }
  const { status, simulations } = await resumeJob(file, { keys, whole: false }, { threads: 2, shortestPart: 0 })
  expect(status).toBe('complete')
  return simulations
}

const wholes = new Map<JobInput, Promise<RunResult>>()

/** A job run at once, once for all tests. */
function wholeOf(job: JobInput): Promise<RunResult> {
  const whole = wholes.get(job) ?? runJob(job, { threads: 2, out: path(), shortestPart: 0 })
  wholes.set(job, whole)
  return whole
}

/** All parts of a job, the second of which was stopped and resumed, each on another number of threads. */
async function partsOf(job: JobInput, count: number): Promise<string[]> {
  const parts: string[] = []
  for (let index = 1; index <= count; index++) {
    const part = await archived({ ...job, shard: `${index}/${count}` }, 1 + (index % 3), index === 2)
    if (index === 2) await goneOn(part)
    parts.push(part)
  }
  return parts
}

/** Without what is spread over the sweeps there are when it is taken. */
function withoutSnapshots(simulations: readonly SimulationData[]): Record<string, unknown>[] {
  return dataOf(simulations).map(({ snapshots: _, ...data }) => data)
}

function planOf(job: JobInput, shard?: { index: number; count: number }): Plan {
  return planJob(resolveJob(job), { shard })
}

function costsOf({ ladders }: Plan): number[] {
  return ladders.map((spec) => roundCount(spec) * roundSeconds(spec))
}

describe('the parts of a job', () => {
  const large: JobInput = {
    model: 'ising',
    size: [4, 8, 12, 16, 24, 32, 64],
    temperatures: '2.0:2.6/40',
    sweeps: 1000,
    tempering: true,
    copies: 20,
    seed: 1,
  }

  it.each([...jobs, { ...large, title: 'many sizes' }])('have each ladder once, and about as much to do: $title', (job) => {
    const whole = planOf(job)
    const all = whole.ladders.map((spec) => JSON.stringify(spec))
    const costs = costsOf(whole)
    for (const count of new Set([1, 2, 3, 5, 8, all.length].filter((n) => n <= all.length))) {
      const parts = Array.from({ length: count }, (_, i) => planOf(job, { index: i + 1, count }))
      const own = parts.flatMap(({ ladders }) => ladders.map((spec) => JSON.stringify(spec)))
      expect([...own].sort()).toEqual([...all].sort())
      const loads = parts.map((part) => costsOf(part).reduce((a, b) => a + b, 0))
      expect(Math.min(...loads)).toBeGreaterThan(0)
      expect(Math.max(...loads)).toBeLessThanOrEqual(Math.min(...loads) + Math.max(...costs) * (1 + 1e-9))
      for (const { simulations, ladders } of parts) {
        expect(new Set(simulations.flatMap((simulation) => simulation.ladders))).toEqual(new Set(ladders.keys()))
        for (const simulation of simulations) expect(simulation.ladders.length).toBeGreaterThan(0)
      }
    }
  })
})

describe('merged parts', () => {
  it.each(jobs.filter((_, i) => [0, 5].includes(i)))('are the job run as a whole, bit for bit: $title', async (job) => {
    const count = Math.min(3, planOf(job).ladders.length)
    const whole = await wholeOf(job)
    const [first = '', ...others] = await partsOf(job, count)
    const out = path()
    const merged = await merge([...others.reverse(), first], out)
    expect(merged).toMatchObject({ status: 'complete', path: out })
    expect(dataOf(merged.simulations)).toEqual(dataOf(whole.simulations))
    expect(await datasetsOf(out)).toEqual(await datasetsOf(whole.path))
  })

  it.each(jobs.filter((_, i) => i === 0))('with some of them missing or unfinished leave the rest to a resume: $title', async (job) => {
    const { simulations } = await wholeOf(job)
    const parts = [await archived({ ...job, shard: '1/3' }, 1), await archived({ ...job, shard: '3/3' }, 2, true)]
    const out = path()
    const merged = await merge(parts.reverse(), out, { partial: true })
    expect(merged.status).toBe('interrupted')
    const archive = await openArchive(out)
    const summed = (data: readonly { readonly samples: Float64Array }[]) => data.map(({ samples }) => samples.reduce((a, b) => a + b, 0))
    expect(archive.status).toBe('interrupted')
    expect(archive.simulations).toHaveLength(simulations.length)
    expect(summed(archive.simulations).reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    expect(summed(archive.simulations)).not.toEqual(summed(simulations))
    archive.close()
    expect(dataOf(await goneOn(out))).toEqual(dataOf(simulations))
  })

  it.each(
    jobs.filter((_, i) => [5].includes(i)),
  )('go on with more sweeps, before they are merged or after, to the data of a longer run: $title', async (job) => {
    const sweeps = job.sweeps as number
    const short = { ...job, snapshots: 0, sweeps: Math.ceil(sweeps / 3), thermalization: 40 }
    const long = await runJob({ ...short, sweeps }, { threads: 2, out: path(), shortestPart: 0 })
    const parts = await partsOf(short, 2)
    const [early, late] = [path(), path()]
    await merge(parts, early)
    expect(withoutSnapshots(await goneOn(early, sweeps))).toEqual(withoutSnapshots(long.simulations))
    for (const part of parts) await goneOn(part, sweeps)
    const merged = await merge(parts, late)
    expect(merged.status).toBe('complete')
    expect(withoutSnapshots(merged.simulations)).toEqual(withoutSnapshots(long.simulations))
  })
})

describe('a part of a job', () => {
  const job: JobInput = { model: 'ising', size: 4, temperatures: '2:3/200', sweeps: 200, copies: 1, seed: 1, shard: '2/2' }
  let part: Promise<string> | undefined
  /** The archive of it, made once. */
  const made = (): Promise<string> => {
    part ??= archived(job, 1)
    return part
  }
  /** A Python that has h5py, if there is one: Debian's, or the one on the path. */
  const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py']).status === 0)

  it('is an archive that can be looked at', async () => {
    const part = await made()
    const archive = await openArchive(part)
    const [simulation] = archive.simulations
    expect(archive.shard).toBe('2/2')
    expect(archive.job).not.toHaveProperty('shard')
    expect(simulation?.temperature).toHaveLength(200)
    expect([...(simulation?.samples ?? [])]).toEqual(Array.from({ length: 200 }, (_, t) => (t < 128 ? 0 : 200)))
    expect([...(simulation?.quantities.energy?.mean ?? [])].map(Number.isNaN)).toEqual(Array.from({ length: 200 }, (_, t) => t < 128))
    archive.close()
    const [summary, csv, json, status, info] = await spinpoolEach(
      [['summary'], ['summary', '--csv'], ['summary', '--json'], ['status'], ['info']].map((verb) => [[...verb, part, '--quiet']] as const),
    )
    for (const outcome of [summary, csv, json, status, info]) expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(summary?.stdout).toMatch(/\n +2 +- +-1\.\d+ .*\n/)
    expect(summary?.stdout).toMatch(/\n +3 +-\d\.\d+\(\d+\) +-1\.\d+ .*\n/)
    expect(csv?.stdout).toMatch(/\nising-L4,ising,4,1,0,2,0,,,,/)
    expect(status?.stdout).toMatch(/^2D Ising model, L = 4, part 2\/2: complete after /)
    expect(info?.stdout).toMatch(/^shard +2\/2$/m)
  })

  it.skipIf(!python)('opens in h5py, with NaN where it has nothing (skipped where there is no h5py)', async () => {
    const part = await made()
    const program = `
import h5py, json, math, sys
with h5py.File(sys.argv[1]) as f:
    s = f['simulations/ising-L4']
    bins = s['bins/energy'][:]
    print(json.dumps([str(f.attrs['shard']), s['samples'][:].tolist().index(200), [math.isnan(e) for e in s['energy'][:]].index(False), bool(math.isnan(bins[0].max())), bool(math.isnan(bins[199].max())), s['bins/energy'].dims[0].keys()]))
`
    const { stdout, stderr } = spawnSync(python as string, ['-c', program, part], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(['2/2', 128, 128, true, false, ['temperature']])
  })
})
