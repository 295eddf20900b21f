// @module-tag slow

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runJob } from '../../src/run/run.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob, roundSeconds } from '../../src/job/plan.ts'
import type { JobInput } from '../../src/job/input.ts'
import { datasetsOf, progressIn } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'
import { besides, braked, hasBegun, partialsOf, type Running, start, until } from '../support/processes.ts'
import { random } from '../support/random.ts'

const folder = temporaryFolder()
/** Moments at which to kill. Most kills are around checkpoints, where most can go wrong; a kill costs a start, half a second. */
const MOMENTS = ['starting', 'writing', 'begun', 'between', 'writing', 'between', 'writing'] as const

/** Too long for all sessions together on a machine that is slowed down, and a second without. */
const jobs: readonly (JobInput & { readonly title: string; readonly model: string })[] = [
  {
    title: 'ising',
    model: 'ising',
    size: 4,
    temperatures: [1.8, 2.2, 2.6],
    tempering: true,
    copies: 2,
    thermalization: 40,
    sweeps: 1500,
    snapshots: 40,
    series: true,
    seed: 31,
  },
  {
    title: 'o6, a team',
    model: 'o6',
    size: 20,
    temperatures: [0.4, 0.45, 0.5, 0.55, 0.6],
    tempering: true,
    copies: 1,
    thermalization: 10,
    sweeps: 1500,
    update: 'metropolis',
    snapshots: 2,
    seed: 32,
  },
]

/** The flags of a job. */
function flagsOf(job: JobInput): string[] {
  const { title: _, thermalization, ...keys } = job as JobInput & { title: string }
  const flags = Object.entries({ ...keys, thermalization }).map(([key, value]) => (value === true ? `--${key}` : `--${key}=${value}`))
  return [`--title=${job.title}`, ...flags]
}

/** Waits for a moment of a kind: while it starts, as it begins, while the next checkpoint is written, or when none is, some time after two of them. */
async function moment(running: Running, path: string, uniform: () => number, kind: (typeof MOMENTS)[number]): Promise<void> {
  // Before there is a lock, or just after.
  if (kind === 'starting') return wait(400 * uniform())
  if (kind === 'begun') return void (await until(running, () => hasBegun(running)))
  const first = inodeOf(path)
  await until(running, () => inodeOf(path) !== first)
  if (kind === 'between') {
    const second = inodeOf(path)
    await until(running, () => inodeOf(path) !== second)
    await wait(200 * uniform())
    // Checkpoints follow each other closely.
    return void (await until(running, () => partialsOf(path).length === 0))
  }
  await until(running, () => partialsOf(path).length > 0)
  await wait(20 * uniform())
}

/** Which file there is at a path: another one after every checkpoint. */
function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}

describe.concurrent('a run that is killed again and again', () => {
  it.each(jobs)(
    'can always be resumed, loses no checkpoint, and has in the end what it would have had: $title',
    { timeout: 600_000 },
    async (job) => {
      const [path, whole] = [join(folder, `${job.model}.h5`), join(folder, `${job.model}-whole.h5`)]
      const uniform = random(job.seed === 31 ? 1 : 2)
      let before: number[] = []
      let [advanced, sweeping, writing, withoutArchive] = [0, 0, 0, 0]
      for (const [kill, kind] of MOMENTS.entries()) {
        const threads = `--threads=${1 + Math.floor(2 * uniform())}`
        const verb = existsSync(path) ? ['resume', path] : ['run', ...flagsOf(job), `--out=${path}`]
        const running = start([...verb, threads, '--checkpoint-every=0.05s'], braked(10))
        await moment(running, path, uniform, kind)
        running.child.kill('SIGKILL')
        const { code, signal } = await running.ended
        expect({ code, signal }, `kill ${kill}: ${running.said()}`).toEqual({ code: null, signal: 'SIGKILL' })
        // Never more than what one process leaves: the next one clears it away.
        expect(partialsOf(path).length).toBeLessThan(2)
        writing += partialsOf(path).length
        if (!existsSync(path)) {
          withoutArchive++
          continue
        }
        const now = await progressIn(path)
        expect(now.map((value, i) => value >= (before[i] ?? 0))).not.toContain(false)
        if (now.some((value, i) => value > (before[i] ?? 0))) {
          advanced++
          if (partialsOf(path).length === 0) sweeping++
        }
        before = now
      }
      expect(withoutArchive).toBeGreaterThan(0)
      // In the middle of a checkpoint, and between two.
      expect(writing).toBeGreaterThan(1)
      expect(sweeping).toBeGreaterThan(1)
      expect(advanced).toBeGreaterThan(MOMENTS.length / 4)
      const last = start(['resume', path, '--threads=2', '--quiet'])
      expect((await last.ended).code, last.said()).toBe(0)
      expect(besides(path)).toEqual([])
      await runJob(job, { threads: 1, out: whole })
      expect(await datasetsOf(path)).toEqual(await datasetsOf(whole))
    },
  )

  it('is a team with the job that says so', () => {
    const [spec] = planJob(resolveJob(jobs[1])).ladders
    if (!spec) throw new Error('no ladder')
    expect(spec.bundles).toBeGreaterThan(1)
    expect(roundSeconds(spec)).toBeGreaterThan(2 * 5e-5)
  })
})
