// @module-tag slow

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import { resumeJob } from '../../src/run/resume.ts'
import { runJob } from '../../src/run/run.ts'
import type { RunResult, SessionSettings } from '../../src/run/session.ts'
import type { WrittenJob } from '../../src/job/schema.ts'
import { dataOf } from '../support/data.ts'
import { temporaryFolder } from '../support/folder.ts'
import { jobs as longer } from '../support/jobs.ts'
import { random } from '../support/random.ts'

const folder = temporaryFolder()
/** One parameter set and one size where there are several, to be quick; six components keep two sizes. A field changes nothing here. */
const jobs = longer
  .filter(({ title }) => title !== 'in a field' && title !== 'six components, along g')
  .map((job) => ({
    ...job,
    ...(job.model === 'ising' && Array.isArray(job.size) ? { size: job.size[0] as number } : {}),
    parameters: { ...job.parameters, ...(job.parameters && 'J' in job.parameters ? { J: 1 } : {}) },
  }))
let count = 0
const path = (): string => join(folder, `${count++}.h5`)

const pauses = fileURLToPath(new URL('../support/workers/pauses.mjs', import.meta.url))
afterEach(() => {
  delete process.env.SPINPOOL_TEST_MOMENTS
})

/** Settings with which each thread stops the run after so many moments of some milliseconds. */
function stopAfter(moments: number): SessionSettings {
  process.env.SPINPOOL_TEST_MOMENTS = String(moments)
  return { worker: pauses, shortestPart: 0 }
}

/** Runs a job with interruptions and resumes, each time on another number of threads, and to its end. */
async function inPieces(job: WrittenJob, sessions: number, out = path()): Promise<RunResult> {
  const uniform = random(7)
  const moments = (): number => Math.floor(2 * uniform())
  let result = await runJob(job, { ...stopAfter(moments()), threads: 2, out })
  for (let session = 1; session < sessions; session++) {
    expect(result.status).toBe('interrupted')
    result = await resumeJob(out, { keys: {}, whole: false }, { ...stopAfter(moments()), threads: 1 + (session % 3) })
  }
  expect(result.status).toBe('interrupted')
  return resumeJob(out, { keys: {}, whole: false }, { threads: 2, shortestPart: 0 })
}

/** Without what is spread over the sweeps there are when it is taken. */
function withoutSnapshots(simulations: readonly SimulationData[]): Record<string, unknown>[] {
  return dataOf(simulations).map(({ snapshots: _, ...data }) => data)
}

describe('a run that is stopped and resumed', () => {
  it.each(jobs)('has the data of one that was never stopped, bit for bit: $title', async (job) => {
    const whole = await runJob(job, { threads: 2, out: path(), shortestPart: 0 })
    // Twice, so that one that was resumed is stopped and resumed too.
    const result = await inPieces(job, 2)
    expect(result.status).toBe('complete')
    expect(dataOf(result.simulations)).toEqual(dataOf(whole.simulations))
  })

  it.each(
    jobs.filter(({ title }) => title.includes('gang')),
  )('has the data of a longer run where sweeps are raised, stopped or complete: $title', async (job) => {
    const sweeps = job.sweeps as number
    const thermalization = 40
    const long = await runJob({ ...job, sweeps, thermalization }, { threads: 2, out: path(), shortestPart: 0 })
    const [out, stopped] = [path(), path()]
    await runJob({ ...job, sweeps: Math.ceil(sweeps / 3), thermalization }, { threads: 2, out, shortestPart: 0 })
    await runJob({ ...job, sweeps: Math.ceil(sweeps / 2), thermalization }, { ...stopAfter(2), threads: 2, out: stopped })
    for (const file of [out, stopped]) {
      const result = await resumeJob(file, { keys: { sweeps }, whole: false }, { threads: 1, shortestPart: 0 })
      expect(result.status).toBe('complete')
      expect(withoutSnapshots(result.simulations)).toEqual(withoutSnapshots(long.simulations))
    }
  })
})
