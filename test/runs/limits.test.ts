// @module-tag slow

import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadHdf5 } from '../../src/archive/hdf5.ts'
import { writeArchive } from '../../src/archive/write.ts'
import { Sampling } from '../../src/run/sampling.ts'
import type { Saved } from '../../src/run/assemble.ts'
import { runJob } from '../../src/run/run.ts'
import { openArchive } from '../../src/index.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { datasetsOf, progressIn } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'
import { besides, braked, hasBegun, slowness, start, until } from '../support/processes.ts'

const folder = temporaryFolder()

const longFlags = ['run', '--model=ising', '--size=4', '--temperatures=2,2.5', '--copies=2', '--sweeps=1e7', '--seed=71', '--threads=1']

// One of rounds that take microseconds and one of rounds that take a good part of a second, and each way to set a limit.
describe('a time limit', () => {
  it.concurrent.each([
    ['ising', ['--model=ising', '--size=16', '--temperatures=2:2.6/4', '--threads=1'], 'flag'],
    ['o6', ['--model=o6', '--size=512', '--temperatures=0.4,0.5', '--copies=2'], 'slurm'],
  ] as const)(
    'ends the whole process in time, and not much earlier: %s %s, by %s',
    { timeout: 60_000, retry: 1 },
    async (model, flags, by) => {
      await turn(async () => {
        const path = join(folder, `limit-${model}${flags[1]}-${attempts++}.h5`)
        const limit = Math.ceil(3 * (await slowness()))
        const begin = performance.now()
        const ends = Math.ceil(Date.now() / 1000) + limit
        const seconds = by === 'flag' ? limit : ends - Date.now() / 1000
        const args = ['run', ...flags, '--sweeps=1e8', '--thermalization=1', '--seed=72', `--out=${path}`]
        const running = by === 'flag' ? start([...args, `--time-limit=${limit}s`]) : start(args, { SLURM_JOB_END_TIME: String(ends) })
        const { code } = await running.ended
        const took = (performance.now() - begin) / 1000
        expect(code, running.said()).toBe(75)
        expect(running.said()).toContain('stopped for the time limit')
        expect(took).toBeLessThan(seconds)
        expect(took).toBeGreaterThan(seconds / 3)
        expect(besides(path)).toEqual([])
        expect((await progressIn(path))[0]).toBeGreaterThan(0)
      })
    },
  )
})

let attempts = 0
let last: Promise<void> = Promise.resolve()

/** One after the other: two at once would be late for each other. */
function turn(act: () => Promise<void>): Promise<void> {
  const mine = last.then(act)
  last = mine.catch(() => {})
  return mine
}

/** Writes a file until there is no room left for a byte. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (;;) writeSync(file, Buffer.alloc(4096))
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    closeSync(file)
  }
}

describe('a disk that is full', () => {
  const small = join(folder, 'small disk')
  mkdirSync(small)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]).status === 0
  afterAll(() => {
    if (mounted) spawnSync('umount', [small])
  })

  it.runIf(mounted)('ends a run, which can be resumed once there is room', { timeout: 120_000 }, async () => {
    const [path, whole] = [join(small, 'run.h5'), join(folder, 'disk-whole.h5')]
    const job = { model: 'ising', size: 4, temperatures: '2:2.7/8', sweeps: 1000, copies: 2, tempering: true, series: true, seed: 73 }
    await runJob(job, { out: whole, threads: 1 })
    const flags = ['--size=4', '--temperatures=2:2.7/8', '--sweeps=1000', '--copies=2', '--tempering', '--series', '--seed=73']
    const running = start(['run', '--model=ising', ...flags, `--out=${path}`, '--checkpoint-every=0.05s', '--threads=1'], braked(4))
    expect(await until(running, () => existsSync(path)), running.said()).toBe(true)
    // The first checkpoint may have nothing in it, and how large the next one is depends on how busy the machine is.
    await vi.waitUntil(async () => ((await progressIn(path))[0] ?? 0) > 0, { timeout: 60_000, interval: 50 })
    fill(join(small, 'other'))
    // Nothing larger fits from here on, and nothing will be smaller.
    expect(await until(running, () => running.said().includes('no checkpoint could be written')), running.said()).toBe(true)
    const checkpoint = readFileSync(path)
    expect((await running.ended).code, running.said()).toBe(4)
    const message = running.said().trim().split('\n').at(-1)
    expect(message).toMatch(
      new RegExp(
        `^spinpool: ${path}: could not be written: no space left; make room \\(the disk mounted at ${small} has .* free of 8 MiB\\)$`,
      ),
    )
    expect(readdirSync(small).sort()).toEqual(['other', 'run.h5'])
    expect(readFileSync(path).equals(checkpoint)).toBe(true)
    const archive = await openArchive(path)
    expect(archive.status).toBe('running')
    archive.close()
    expect((await progressIn(path))[0]).toBeGreaterThan(0)

    rmSync(join(small, 'other'))
    const resumed = start(['resume', path, '--threads=2'])
    expect((await resumed.ended).code, resumed.said()).toBe(0)
    expect(await datasetsOf(path)).toEqual(await datasetsOf(whole))
  })

  it('is told from a file that may not become larger', { timeout: 60_000 }, async () => {
    const path = join(folder, 'ulimit.h5')
    const line = `ulimit -f 20; '${process.execPath}' dist/src/cli/main.js ${longFlags.join(' ')} --out=${path}`
    const { status, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' })
    expect(status, stderr).toBe(4)
    expect(stderr).toContain(`spinpool: ${path}: could not be written: larger than a file may be here; see ulimit -f`)
    expect(besides(path)).toEqual([])
  })
})

/** It gets the archive, and stops as soon as it is told. */
async function expectResumed(args: readonly string[]): Promise<void> {
  const running = start(args)
  expect(await until(running, () => hasBegun(running)), running.said()).toBe(true)
  running.child.kill('SIGTERM')
  expect((await running.ended).code, running.said()).toBe(75)
}

describe.concurrent('an archive in use', () => {
  it('is refused to others as long as its owner lives, and is free at once when it is killed', { timeout: 60_000 }, async () => {
    const path = join(folder, 'used.h5')
    const owner = start([...longFlags, `--out=${path}`])
    expect(await until(owner, () => existsSync(path))).toBe(true)
    const others = [start(['resume', path]), start([...longFlags, `--out=${path}`, '--force'])]
    for (const other of others) {
      expect((await other.ended).code, other.said()).toBe(3)
      expect(other.said()).toMatch(new RegExp(`^spinpool: ${path}: in use by process ${owner.child.pid} on this machine since [^\\n]+\\n$`))
    }
    owner.child.kill('SIGKILL')
    await owner.ended
    expect(besides(path)).toContain('used.h5.lock')
    await expectResumed(['resume', path])
    expect(besides(path)).toEqual([])
  })

  it('on another machine is taken over only by force, and its old owner then stops without a word in it', { timeout: 60_000 }, async () => {
    const path = join(folder, 'elsewhere.h5')
    const owner = start([...longFlags, `--out=${path}`, '--checkpoint-every=1s'])
    expect(await until(owner, () => existsSync(path))).toBe(true)
    // From here on the owner seems to be on another machine, as it would be to whoever looks from there.
    const lock = `${path}.lock`
    const mine = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; host: string }
    expect(mine).toMatchObject({ pid: owner.child.pid, host: hostname() })
    writeFileSync(lock, JSON.stringify({ ...mine, host: 'elsewhere' }))
    const refused = start(['resume', path])
    expect((await refused.ended).code).toBe(3)
    expect(refused.said()).toMatch(
      new RegExp(`^spinpool: ${path}: in use by process ${mine.pid} on host elsewhere since [^\\n]+ --force\\n$`),
    )
    expect((await owner.ended).code, owner.said()).toBe(3)
    expect(owner.said()).toContain(`process ${mine.pid} on host elsewhere has taken this archive over; this run stops`)
    // It left the lock alone, as that is of another.
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ host: 'elsewhere' })
    const before = statSync(path).ino
    await wait(100)
    expect(statSync(path).ino).toBe(before)
    await expectResumed(['resume', path, '--force'])
    expect(besides(path)).toEqual([])
  })
})

describe('thousands of checkpoints', () => {
  const path = join(folder, 'often.h5')
  const CHECKPOINTS = Number(process.env.SPINPOOL_TEST_CHECKPOINTS ?? 40)
  const job = { model: 'ising', size: 2, temperatures: [2], sweeps: 10, thermalization: 0, copies: 1, seed: 74 }
  let saved: Saved
  beforeAll(async () => {
    const sampling = new Sampling(planJob(resolveJob(job)), 1, { checkpointEvery: 1, save: async () => {} })
    expect(await sampling.run()).toBe('complete')
    saved = await sampling.collect(async () => undefined)
  })

  it('need no more memory, files or room than some', { timeout: 1_800_000 }, async () => {
    const h5wasm = await loadHdf5()
    const module = await h5wasm.ready
    const look = (): Record<'heap' | 'memory' | 'files' | 'size', number> => {
      globalThis.gc?.()
      return {
        heap: module.HEAPU8.length,
        memory: process.memoryUsage.rss(),
        files: readdirSync('/proc/self/fd').length,
        size: readFileSync(path).length,
      }
    }
    const write = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await writeArchive(path, { status: 'running', compressed: false, job: resolveJob(job), provenance: { savedAt: 'now' }, ...saved })
        if (i % 10 === 0) (await openArchive(path)).close()
      }
    }
    await write(10)
    const before = look()
    await write(CHECKPOINTS)
    const after = look()
    expect(after.files).toBe(before.files)
    expect(after.size).toBe(before.size)
    expect(after.heap).toBe(before.heap)
    // Less than a megabyte for each of the 40 that are usual, and no more for thousands.
    expect(after.memory).toBeLessThan(before.memory + 30e6)
  })
})
