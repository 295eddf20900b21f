// @module-tag slow

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resumeJob } from '../../src/run/resume.ts'
import { runJob } from '../../src/run/run.ts'
import { openArchive } from '../../src/index.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { datasetsOf, progressIn } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'
import { besides, slowness } from '../support/processes.ts'

const folder = temporaryFolder()
const worker = fileURLToPath(new URL('../support/workers/dies.mjs', import.meta.url))

/** Whichever of two workers takes the most of its samples takes more than 120, after which a worker is to die. */
const team = {
  model: 'o6',
  size: 4,
  temperatures: '0.3:0.6/18',
  sweeps: 500,
  thermalization: 20,
  tempering: true,
  copies: 1,
  update: 'metropolis',
  snapshots: 4,
  series: true,
  seed: 41,
}
/** Four ladders, two of each size, as three temperatures of 45 copies are more than the 128 lanes of one. */
const several = {
  model: 'ising',
  size: [5, 6],
  temperatures: [1.9, 2.2, 2.5],
  sweeps: 6000,
  measureEvery: 2,
  thermalization: 20,
  tempering: true,
  copies: 45,
  snapshots: 100,
  seed: 42,
}
let slow = 1
/** What an archive of each model has in it where no worker dies. */
const wholes = new Map<string, Record<string, string>>()

beforeAll(async () => {
  slow = await slowness()
  expect(planJob(resolveJob(team)).ladders.map(({ bundles }) => bundles)).toEqual([5])
  expect(planJob(resolveJob(several)).ladders.length).toBe(4)
  for (const job of [team, several]) {
    const out = join(folder, `${job.model}-whole.h5`)
    await runJob(job, { out, threads: 2 })
    wholes.set(job.model, await datasetsOf(out))
  }
})

afterEach(() => {
  delete process.env.SPINPOOL_TEST_DEATH
  delete process.env.SPINPOOL_TEST_DEAD
})

let count = 0

/** Runs a job in which a worker dies. @returns the archive that it leaves */
async function runUntilDeath(job: typeof team | typeof several, death: string, checkpointEvery: string, why: RegExp): Promise<string> {
  const path = join(folder, `${count++}.h5`)
  process.env.SPINPOOL_TEST_DEATH = death
  process.env.SPINPOOL_TEST_DEAD = `${path}-dead`
  const start = performance.now()
  const failure = await runJob(job, { out: path, threads: 2, shortestPart: 0, worker, checkpointEvery }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'MachineError', exitCode: 4, message: expect.stringMatching(/^a worker thread failed: [^\n]+$/) })
  expect(String(failure)).toMatch(why)
  // Else it waited for something that never came.
  expect(performance.now() - start).toBeLessThan(20_000 * slow)
  expect(existsSync(`${path}-dead`)).toBe(true)
  expect(besides(path)).toEqual([])
  const archive = await openArchive(path)
  expect(archive.status).toBe('interrupted')
  archive.close()
  return path
}

/** Goes on to the end, after which nothing is to be seen of the death. */
async function expectResumable(path: string, model: string): Promise<void> {
  const { status } = await resumeJob(path, { keys: {}, whole: false }, { threads: 2, shortestPart: 0 })
  expect(status).toBe('complete')
  expect(await datasetsOf(path)).toEqual(wholes.get(model))
}

describe('a worker that dies in the middle of a round', () => {
  it.each([
    ['throws', /the kernel hit a wall/],
    ['exits', /exit/],
  ])('takes a team back to its last checkpoint, no further: %s', async (way, why) => {
    const path = await runUntilDeath(team, `0 120 ${way}`, '0.05s', why)
    const [sweeps = 0] = await progressIn(path)
    expect(sweeps).toBeGreaterThan(20)
    await expectResumable(path, 'o6')
  })

  it('does so where it runs out of memory', async () => {
    setFlagsFromString('--max-old-space-size=60')
    const path = await runUntilDeath(team, '0 120 fills', '0.05s', /memory/).finally(() => setFlagsFromString('--max-old-space-size=4000'))
    await expectResumable(path, 'o6')
  })

  it('takes a team back to its start where no checkpoint has anything in it', async () => {
    const path = await runUntilDeath(team, '0 100 throws', '1h', /the kernel hit a wall/)
    expect(new Set(await progressIn(path))).toEqual(new Set([0]))
    await expectResumable(path, 'o6')
  })

  it.each(['0.05s', '1h'])('takes back only the ladder it was in, of several; a checkpoint every %s', async (checkpointEvery) => {
    const path = await runUntilDeath(several, '1 1000 throws', checkpointEvery, /the kernel hit a wall/)
    await expectResumable(path, 'ising')
  })
})
