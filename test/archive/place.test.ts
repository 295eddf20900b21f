// @module-tag slow

import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBytes } from '../../src/archive/atomic.ts'
import { freePlace } from '../../src/archive/place.ts'
import { resume, run } from '../../src/index.ts'
import { folderWith, spinpool } from '../support/command.ts'
import { start } from '../support/processes.ts'

// Where files go that are written in one go, and what is there before and after.

const job = { model: 'ising', size: 4, temperatures: [2], sweeps: 20, thermalization: 5, copies: 1, seed: 1 } as const
const rectangles = ['dataset', 'rectangles', '-q']

describe('a file that is written', () => {
  it('is never put where another one was put meanwhile', async () => {
    const folder = folderWith()
    const path = join(folder, 'x.h5')
    const place = freePlace(path, 'x', new Date(), false)
    writeFileSync(path, 'theirs')
    await expect(writeBytes(place, 'mine')).rejects.toThrow(`${path} exists already; name another with --out, or replace it with --force`)
    expect(readFileSync(path, 'utf8')).toBe('theirs')
    expect(readdirSync(folder)).toEqual(['x.h5'])
    expect(await writeBytes({ ...place, replace: true }, 'mine')).toBe(path)
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  it('takes another number where nobody named it, of six processes at once', { timeout: 60_000 }, async () => {
    const own = folderWith()
    const ended = await Promise.all(Array.from({ length: 6 }, () => spinpool(rectangles, { cwd: own, alone: true })))
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    const files = readdirSync(join(own, 'results'))
    expect(files).toHaveLength(6)
    expect(new Set(ended.map(({ stdout }) => stdout.trim().split('\n').at(-1))).size).toBe(6)
  })

  it('of six processes that name it is written by one', { timeout: 60_000 }, async () => {
    const own = folderWith()
    const ended = await Promise.all(Array.from({ length: 6 }, () => spinpool([...rectangles, '-o', 'x.h5'], { cwd: own, alone: true })))
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3, 3, 3])
    expect(readdirSync(own)).toEqual(['x.h5'])
  })

  it('does not follow a link that lies where its temporary file would be guessed', async () => {
    const own = folderWith({ victim: 'mine' })
    for (const name of ['partial', `${process.pid}.partial`]) symlinkSync(join(own, 'victim'), join(own, `x.svg.${name}`))
    await writeBytes(join(own, 'x.svg'), 'a picture')
    expect(readFileSync(join(own, 'victim'), 'utf8')).toBe('mine')
    expect(readFileSync(join(own, 'x.svg'), 'utf8')).toBe('a picture')
  })

  it('is not put at the end of a link that leads nowhere', async () => {
    const own = folderWith()
    symlinkSync(join(own, 'nowhere.h5'), join(own, 'link.h5'))
    for (const force of [[], ['--force']]) {
      const outcome = await spinpool([...rectangles, '-o', 'link.h5', ...force], { cwd: own })
      expect(outcome).toMatchObject({ code: 3, stderr: expect.stringContaining('is a link to a file that does not exist') })
    }
    expect(readdirSync(own)).toEqual(['link.h5'])
  })

  it('leaves nothing behind where Ctrl-C comes while it is made', { timeout: 60_000 }, async () => {
    const own = folderWith()
    const outcomes: (string | number | null)[] = []
    for (let i = 0; i < 6; i++) {
      const running = start([...rectangles, `--out=${join(own, `${i}.h5`)}`])
      await wait(300 + 60 * i)
      running.child.kill(i % 2 === 0 ? 'SIGINT' : 'SIGTERM')
      const { code, signal } = await running.ended
      outcomes.push(signal ?? code)
    }
    for (const outcome of outcomes) expect(['SIGINT', 'SIGTERM', 0]).toContain(outcome)
    expect(readdirSync(own).filter((name) => !/^\d\.h5$/.test(name))).toEqual([])
  })
})

describe('permissions', () => {
  let path: string
  beforeAll(async () => {
    path = join(folderWith(), 'run.h5')
    await run(job, { out: path, threads: 1 })
  })

  it('of an archive stay what they are', async () => {
    for (const [i, mode] of [0o600, 0o640, 0o444].entries()) {
      chmodSync(path, mode)
      const { status } = await resume(path, { sweeps: 40 + 20 * i, threads: 1 })
      expect(status).toBe('complete')
      expect(statSync(path).mode & 0o777).toBe(mode)
    }
  })

  it('of a file that --force replaces stay what they are; a new one has what the umask leaves', async () => {
    const own = folderWith({ 'old.h5': 'old' })
    chmodSync(join(own, 'old.h5'), 0o600)
    for (const name of ['old.h5', 'new.h5']) {
      expect(await spinpool([...rectangles, '-o', name, '--force'], { cwd: own })).toMatchObject({ code: 0 })
    }
    expect(statSync(join(own, 'old.h5')).mode & 0o777).toBe(0o600)
    expect(statSync(join(own, 'new.h5')).mode & 0o777).toBe(0o666 & ~process.umask())
  })
})
