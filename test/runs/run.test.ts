// @module-tag slow

import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runJob } from '../../src/run/run.ts'
import { openArchive, type Progress, resume, run } from '../../src/index.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const worker = (name: string) => fileURLToPath(new URL(`../support/workers/${name}.mjs`, import.meta.url))
/** Some seconds of work in four bundles, unless it is stopped. */
const long = {
  model: 'ising' as const,
  size: 32,
  temperatures: '2.0:2.6/32',
  sweeps: 1e7,
  thermalization: 100,
  tempering: true,
  copies: 16,
  seed: 1,
}

afterEach(() => {
  expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
})

describe('a run as a library call', () => {
  it('prints nothing, tells its progress, and resolves with the path of a complete archive', async () => {
    const out = vi.spyOn(process.stdout, 'write')
    const error = vi.spyOn(process.stderr, 'write')
    const seen: Progress[] = []
    const path = join(folder, 'complete.h5')
    const result = await run(
      { model: 'ising', size: 8, temperatures: [2, 2.3], sweeps: 500, seed: 1 },
      { out: path, threads: 1, onProgress: (progress) => seen.push(progress) },
    )
    expect(out).not.toHaveBeenCalled()
    expect(error).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    expect(result.status).toBe('complete')
    expect(result.path).toBe(path)
    expect(seen.at(-1)?.fraction).toBe(1)
    expect(seen.at(-1)?.bundles).toEqual({ done: 1, total: 1 })
    const archive = await openArchive(path)
    expect(archive.status).toBe('complete')
    expect([...(archive.simulations[0]?.samples ?? [])]).toEqual([32_000, 32_000])
    archive.close()
  })

  it('stops at the end of a round when its signal is raised, and keeps what was measured', async () => {
    const abort = new AbortController()
    const path = join(folder, 'stopped.h5')
    const onProgress = ({ fraction }: Progress) => {
      if (fraction > 0.001) abort.abort()
    }
    const { status, simulations } = await run(long, { out: path, threads: 2, signal: abort.signal, onProgress })
    expect(status).toBe('interrupted')
    const archive = await openArchive(path)
    const [simulation] = archive.simulations
    expect(archive.status).toBe('interrupted')
    expect(simulation?.samples[0]).toBeGreaterThan(1000)
    expect(simulation?.sweepsDone).toBeLessThan(simulation?.sweepsTotal ?? 0)
    expect(simulation?.quantities.energy?.mean).toEqual(simulations[0]?.quantities[0]?.mean)
    expect(simulation?.quantities.energy?.mean.every((e) => e < -1 && e > -2)).toBe(true)
    archive.close()
  })

  it('can be stopped before it begins', async () => {
    const path = join(folder, 'never.h5')
    const { status, simulations } = await run(long, { out: path, signal: AbortSignal.abort() })
    expect(status).toBe('interrupted')
    expect(simulations[0]?.samples[0]).toBe(0)
    expect(simulations[0]?.quantities[0]?.mean[0]).toBeNaN()
  })

  it.each([
    ['throws', /a worker thread failed: the kernel hit a wall/],
    ['exits', /a worker thread failed: .*exit/],
  ])('leaves a valid archive of what was measured when a worker %s', async (name, message) => {
    const path = join(folder, `${name}.h5`)
    const failure = await runJob(long, { out: path, threads: 2, worker: worker(name) }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'MachineError', exitCode: 4, message: expect.stringMatching(message) })
    const archive = await openArchive(path)
    expect(archive.status).toBe('interrupted')
    expect(archive.simulations[0]?.samples[0]).toBeGreaterThan(100)
    expect(archive.simulations[0]?.quantities.energy?.mean.every((e) => e < -1 && e > -2)).toBe(true)
    archive.close()
  })

  it('says so when the worker cannot be loaded, and does not hang', async () => {
    const failure = await runJob(long, { out: join(folder, 'unloadable.h5'), worker: worker('unloadable') }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: 'MachineError', exitCode: 4, message: expect.stringMatching(/cannot be loaded/) })
  })

  it('never overwrites a file, unless it is forced to', async () => {
    const path = join(folder, 'mine.h5')
    writeFileSync(path, 'precious')
    const job = { model: 'ising' as const, size: 4, temperatures: [2], sweeps: 10, seed: 1 }
    await expect(run(job, { out: path })).rejects.toMatchObject({
      name: 'FileError',
      exitCode: 3,
      message: expect.stringMatching(/exists already.*--force/),
    })
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect((await run(job, { out: path, force: true })).status).toBe('complete')
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('HDF')
  })

  it('is given a path that no other run has, also when two start at once', async () => {
    const path = join(folder, 'race.h5')
    const job = { model: 'ising' as const, size: 4, temperatures: [2], sweeps: 10 }
    const results = await Promise.allSettled([run({ ...job, seed: 1 }, { out: path }), run({ ...job, seed: 2 }, { out: path })])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const archive = await openArchive(path)
    expect(archive.status).toBe('complete')
    archive.close()
  })

  it('hears a stop in the middle of a round of many sweeps', async () => {
    const abort = new AbortController()
    const job = { model: 'ising' as const, size: 64, temperatures: [2], sweeps: 1e9, measureEvery: 1e8, thermalization: 0, seed: 1 }
    const onProgress = ({ updatesPerNanosecond }: Progress) => {
      if (updatesPerNanosecond > 0) abort.abort()
    }
    const start = performance.now()
    const { status, simulations } = await run(job, { out: join(folder, 'round.h5'), signal: abort.signal, onProgress })
    expect(status).toBe('interrupted')
    expect(simulations[0]?.sweepsDone).toBeGreaterThan(0)
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  it.each([0, 1.5, Number.NaN, 1025])('refuses %d threads', async (threads) => {
    const job = { model: 'ising' as const, size: 4, temperatures: [2], sweeps: 10 }
    await expect(run(job, { out: join(folder, 'threads.h5'), threads })).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 })
    expect(existsSync(join(folder, 'threads.h5'))).toBe(false)
  })

  it('refuses a wrong job before anything is written', async () => {
    const path = join(folder, 'wrong.h5')
    await expect(run({ model: 'ising', size: 4, temperatures: [2], sweeps: 0 }, { out: path })).rejects.toMatchObject({
      name: 'UsageError',
      exitCode: 2,
    })
    expect(existsSync(path)).toBe(false)
  })

  const job = { model: 'ising' as const, size: 4, temperatures: [2], sweeps: 1000, seed: 1 }

  it('writes the archive that a symbolic link leads to, and leaves the link', async () => {
    const [real, link] = [join(folder, 'real.h5'), join(folder, 'link.h5')]
    await run(job, { out: real, threads: 1 })
    symlinkSync('real.h5', link)
    const { path } = await resume(link, { sweeps: 2 * (job.sweeps as number) }, { threads: 1 })
    expect(path).toBe(realpathSync(real))
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    const archive = await openArchive(real)
    expect(archive.job.sweeps).toBe(2 * (job.sweeps as number))
    archive.close()
  })

  it('stops when its archive is replaced, and leaves what is there', async () => {
    const [out, other] = [join(folder, 'taken-over.h5'), join(folder, 'theirs.h5')]
    await run(job, { out: other, threads: 1 })
    const theirs = readFileSync(other)
    let replaced = false
    const running = run(
      { ...job, sweeps: 1e9 },
      {
        out,
        threads: 1,
        // It looks at its archive when it writes a checkpoint.
        checkpointEvery: '0.5s',
        onProgress: () => {
          if (replaced || !existsSync(out)) return
          replaced = true
          renameSync(other, out)
        },
      },
    )
    await expect(running).rejects.toThrow(/another process has replaced this archive; this run stops/)
    expect(readFileSync(out).equals(theirs)).toBe(true)
    expect(existsSync(`${out}.lock`)).toBe(false)
  })

  it('fails where what is told its progress does, and leaves a checkpoint', async () => {
    const out = join(folder, 'boom.h5')
    const running = run(
      { ...job, sweeps: 1e9 },
      {
        out,
        threads: 1,
        onProgress: ({ fraction }) => {
          if (fraction > 0) throw new Error('boom')
        },
      },
    )
    await expect(running).rejects.toThrow('boom')
    const archive = await openArchive(out)
    expect(archive.status).toBe('interrupted')
    archive.close()
    expect(existsSync(`${out}.lock`)).toBe(false)
  })
})
