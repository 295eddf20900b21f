// @module-tag slow

import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Lock, type LockOwner, readLock, takeLock } from '../../src/archive/lock.ts'
import { temporaryFolder } from '../support/folder.ts'

/** Raised in place of making a link, as file systems do that have none. */
const noLinks = vi.hoisted(() => ({ code: undefined as string | undefined }))
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const linkSync: typeof original.linkSync = (from, to) => {
    if (noLinks.code) throw Object.assign(new Error(`${noLinks.code}: no links here`), { code: noLinks.code })
    original.linkSync(from, to)
  }
  return { ...original, linkSync }
})

const root = temporaryFolder()
const lockModule = fileURLToPath(new URL('../../dist/src/archive/lock.js', import.meta.url))
const worker = (name: string) => fileURLToPath(new URL(`../support/workers/${name}.mjs`, import.meta.url))
const linux = process.platform === 'linux'

let folder: string
let archive: string
let file: string
const held: Lock[] = []

beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
  archive = join(folder, 'run.h5')
  file = `${archive}.lock`
})

afterEach(() => {
  noLinks.code = undefined
  for (const lock of held.splice(0)) lock.release()
})

function take(force = false, path = archive): Lock {
  const lock = takeLock(path, force)
  held.push(lock)
  return lock
}

function refusal(force = false, path = archive): string {
  try {
    take(force, path)
  } catch (error) {
    expect(error).toMatchObject({ name: 'FileError', exitCode: 3, message: expect.stringMatching(/^[^\n]+$/) })
    return (error as Error).message
  }
  throw new Error('the lock was given')
}

/** The pid of a process that was there and is gone. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

function forge(owner: Partial<LockOwner>, path = file): LockOwner {
  const whole = { pid: deadPid(), host: hostname(), startedAt: '2026-01-02T03:04:05.678Z', ...owner }
  writeFileSync(path, JSON.stringify(whole))
  return whole
}

function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds
  utimesSync(path, then, then)
}

/** Ours, and nothing else left in the folder. */
function expectOurs(): void {
  expect(readLock(archive)).toMatchObject({ state: 'alive', owner: { pid: process.pid, host: hostname() } })
  expect(readdirSync(folder)).toEqual([basename(file)])
}

/** A process that takes the lock and says so, then waits to be killed. */
async function holder(): Promise<ChildProcess> {
  const program = `import { takeLock } from ${JSON.stringify(lockModule)}
    takeLock(${JSON.stringify(archive)}, false).update({ sweeps: 7 })
    console.log('has it')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

describe('a lock', () => {
  it('is a file that says who has it, since when and how far, and is gone when released', () => {
    expect(readLock(archive)).toBeUndefined()
    const before = Date.now()
    const lock = take()
    expectOurs()
    const owner = JSON.parse(readFileSync(file, 'utf8')) as LockOwner
    expect(Object.keys(owner)).toEqual(['pid', 'host', ...(linux ? ['processStart'] : []), 'startedAt'])
    expect(Date.parse(owner.startedAt)).toBeGreaterThanOrEqual(before)
    lock.update({ sweeps: 12, of: 100 })
    expect(readLock(archive)).toEqual({ state: 'alive', owner: { ...owner, progress: { sweeps: 12, of: 100 } } })
    lock.update({ sweeps: 13 })
    expect(readLock(archive)?.owner).toEqual({ ...owner, progress: { sweeps: 13 } })
    lock.release()
    lock.release()
    lock.update({ sweeps: 14 })
    expect(readdirSync(folder)).toEqual([])
    take()
    lock.release()
    expectOurs()
  })

  it('is refused to the process that has it, also with force, in one line', () => {
    take()
    const since = readLock(archive)?.owner.startedAt
    const says = `${archive}: in use by process ${process.pid} on this machine since ${since}; wait for it or stop it`
    expect(refusal()).toBe(says)
    expect(refusal(true)).toBe(says)
    expectOurs()
  })

  it('of one archive says nothing about another', () => {
    take()
    take(false, join(folder, 'other.h5'))
    expect(readdirSync(folder)).toEqual(['other.h5.lock', 'run.h5.lock'])
  })

  it('is the same by whatever path the archive is named', () => {
    take()
    expect(refusal(false, join(folder, 'x', '..', 'run.h5'))).toContain(`${archive}: in use`)
  })

  it('of a live process is refused until that process is killed, and then taken over', async () => {
    const child = await holder()
    expect(refusal()).toContain(`${archive}: in use by process ${child.pid} on this machine since 20`)
    expect(refusal(true)).toContain(`process ${child.pid} on this machine`)
    expect(readLock(archive)).toMatchObject({ state: 'alive', owner: { pid: child.pid, progress: { sweeps: 7 } } })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readLock(archive)).toMatchObject({ state: 'dead', owner: { pid: child.pid } })
    take()
    expectOurs()
  })

  it.runIf(linux)('of a process that ended and was never asked after is taken over (Linux)', async () => {
    // The shell starts a child and becomes sleep, which never asks how the child ended.
    const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$; exec sleep 0" & exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(parent.stdout as NonNullable<typeof parent.stdout>, 'data')
    const pid = Number(String(line))
    await vi.waitUntil(() => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))
    forge({ pid })
    expect(readLock(archive)?.state).toBe('dead')
    take()
    expectOurs()
    parent.kill('SIGKILL')
  })

  it.runIf(linux)('is not taken for that of a later process with the same pid (Linux)', async () => {
    const child = await holder()
    const owner = readLock(archive)?.owner as LockOwner
    forge({ ...owner, processStart: (owner.processStart as number) - 1 })
    expect(readLock(archive)?.state).toBe('dead')
    take()
    expectOurs()
    child.kill('SIGKILL')
  })

  it('without the start of its process goes by the pid alone', () => {
    forge({ pid: process.ppid })
    expect(readLock(archive)?.state).toBe('alive')
    expect(refusal(true)).toContain(`process ${process.ppid} on this machine since 2026-01-02T03:04:05.678Z`)
  })

  it('of another machine is given only by force', () => {
    const { pid } = forge({ host: 'n2' })
    expect(readLock(archive)?.state).toBe('unknown')
    expect(refusal()).toBe(
      `${archive}: in use by process ${pid} on host n2 since 2026-01-02T03:04:05.678Z; if that run is dead, take over with --force`,
    )
    take(true)
    expectOurs()
  })

  it.each([
    '',
    '{"pid":12',
    'null',
    '[]',
    '{"pid":0,"host":"n","startedAt":"2026-01-02T03:04:05Z"}',
    '{"pid":-1,"host":"n","startedAt":"2026-01-02T03:04:05Z"}',
    '{"pid":12,"host":"n","startedAt":"soon"}',
  ])('that reads %j may be in the making, and is left over after some seconds', (text) => {
    writeFileSync(file, text)
    expect(readLock(archive)).toBeUndefined()
    expect(refusal(true)).toBe(`${archive}: in use by a process that is only just starting; try again, or remove ${file} if nothing runs`)
    age(file, 3)
    expect(refusal()).toContain('only just starting')
    age(file, 8)
    take()
    expectOurs()
  })

  it('that cannot be read is not taken for a leftover', () => {
    mkdirSync(file)
    age(file, 100)
    expect(refusal(true)).toMatch(/run\.h5\.lock: cannot be read \(not a regular file\).*remove it if nothing runs$/)
    expect(readLock(archive)).toBeUndefined()
    expect(readdirSync(folder)).toEqual([basename(file)])
  })

  it('taken over from another machine by force is not renewed or removed by the one that had it', () => {
    const lock = take()
    const thief = forge({ host: 'n2', progress: { mine: true } })
    lock.update({ mine: false })
    lock.release()
    expect(readLock(archive)?.owner).toEqual(thief)
  })

  it('is not made anew where somebody removed it', () => {
    const lock = take()
    rmSync(file)
    lock.update({ sweeps: 1 })
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('stays as it was where its progress cannot be written', () => {
    const lock = take()
    lock.update({ sweeps: 1 })
    const circle: Record<string, unknown> = {}
    circle.self = circle
    lock.update(circle)
    expect(readLock(archive)?.owner.progress).toEqual({ sweeps: 1 })
    const away = `${folder}-away`
    renameSync(folder, away)
    lock.update({ sweeps: 2 })
    lock.release()
    renameSync(away, folder)
    expect(readLock(archive)?.owner.progress).toEqual({ sweeps: 1 })
    expect(readdirSync(folder)).toEqual([basename(file)])
  })

  it('can be read at every moment while it is renewed', async () => {
    const lock = take()
    lock.update({ step: -1 })
    const stop = new SharedArrayBuffer(8)
    const reader = new Worker(worker('lock-reader'), { workerData: { archive, stop } })
    const result = once(reader, 'message')
    const state = new Int32Array(stop)
    Atomics.wait(state, 1, 0)
    for (let step = 0; step < 2000; step++) lock.update({ step, padding: 'x'.repeat(10 * (step % 100)) })
    Atomics.store(state, 0, 1)
    const [{ reads, unreadable, distinct }] = (await result) as [{ reads: number; unreadable: number; distinct: number }]
    expect(unreadable).toBe(0)
    expect(reads).toBeGreaterThan(distinct)
    expect(distinct).toBeGreaterThan(10)
  })
})

describe('a take-over that was killed half-way', () => {
  it('is taken over as well, however often', () => {
    forge({})
    forge({}, `${file}.takeover`)
    forge({}, `${file}.takeover.takeover`)
    take()
    expectOurs()
  })

  it('before it wrote its guard is so after some seconds', () => {
    forge({})
    writeFileSync(`${file}.takeover`, '')
    expect(refusal()).toContain('only just starting')
    age(`${file}.takeover`, 8)
    take()
    expectOurs()
  })

  it('on another machine is so by force, after some seconds', () => {
    forge({ host: 'n2' })
    forge({ host: 'n3' }, `${file}.takeover`)
    expect(refusal()).toContain('on host n2')
    expect(refusal(true)).toContain('on host n3')
    age(`${file}.takeover`, 8)
    expect(refusal()).toContain('on host n2')
    take(true)
    expectOurs()
  })

  it('is not one where its process lives', () => {
    forge({})
    forge({ pid: process.ppid }, `${file}.takeover`)
    age(`${file}.takeover`, 1000)
    expect(refusal(true)).toContain(`process ${process.ppid} on this machine`)
    rmSync(`${file}.takeover`)
    take()
    expectOurs()
  })
})

describe('twenty processes that race for locks', () => {
  it('get each lock once: free, left behind, half-written, or left midway of a take-over', { timeout: 30_000 }, async () => {
    const pid = deadPid()
    const left = (path: string) => forge({ pid }, path)
    const half = (path: string) => {
      writeFileSync(path, '')
      age(path, 60)
    }
    const midway = (path: string) => {
      forge({ pid }, path)
      forge({ pid }, `${path}.takeover`)
    }
    // More of the last, which takes the rarest chance to go wrong.
    const kinds = [() => {}, left, half, midway, midway, midway]
    const archives = Array.from({ length: 96 }, (_, i) => {
      const path = join(folder, `${i}.h5`)
      kinds[i % kinds.length]?.(`${path}.lock`)
      return path
    })
    const children = Array.from({ length: 20 }, () => fork(worker('lock-racer')))
    const exits = Promise.all(children.map((child) => once(child, 'exit')))
    try {
      await Promise.all(children.map((child) => once(child, 'message')))
      const outcomes = Promise.all(children.map((child) => once(child, 'message')))
      for (const child of children) child.send(archives)
      const said = (await outcomes) as [{ won: string[]; refusals: string[] }][]
      const owners = said.flatMap(([{ won }], i) => won.map((path) => [path, children[i]?.pid] as const))
      expect(owners.map(([path]) => path).sort()).toEqual([...archives].sort())
      for (const [path, owner] of owners) expect(readLock(path)).toMatchObject({ state: 'alive', owner: { pid: owner } })
      expect(new Set(owners.map(([, owner]) => owner)).size).toBeGreaterThan(1)
      const refusals = said.flatMap(([{ refusals }]) => refusals)
      expect(refusals.length).toBe(19 * archives.length)
      const plain = /^FileError \S+: in use by process \d+ on this machine since \S+; wait for it or stop it$/
      expect(refusals.filter((line) => !plain.test(line))).toEqual([])
      expect(readdirSync(folder).sort()).toEqual(archives.map((path) => basename(`${path}.lock`)).sort())
    } finally {
      for (const child of children) child.disconnect()
      await exits
    }
  })
})

describe('a file system without links', () => {
  it.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('(%s) has locks all the same', (code) => {
    noLinks.code = code
    const lock = take()
    expectOurs()
    lock.update({ sweeps: 1 })
    expect(refusal()).toContain(`process ${process.pid} on this machine`)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
    forge({})
    take()
    expectOurs()
  })
})

describe('a lock that cannot be had', () => {
  it('says that the folder is missing', () => {
    expect(refusal(false, join(folder, 'none', 'run.h5'))).toBe(`${folder}/none/run.h5: the folder ${folder}/none does not exist`)
  })

  it('says that the folder is not a folder', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(refusal(false, join(folder, 'file', 'run.h5'))).toBe(`${folder}/file/run.h5: ${folder}/file is not a folder`)
  })

  it('says that the folder is not writable', () => {
    const program = `import { takeLock } from ${JSON.stringify(lockModule)}
      try { takeLock(${JSON.stringify(archive)}, true) } catch (error) { console.log(error.exitCode, error.message) }`
    const asRoot = process.getuid?.() === 0
    for (const path of [root, folder]) spawnSync('chmod', [asRoot ? '755' : '555', path])
    // Root may write anywhere: a process of nobody tries in its place.
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      cwd: '/',
      ...(asRoot ? { uid: 65534, gid: 65534 } : {}),
    })
    for (const path of [root, folder]) spawnSync('chmod', ['755', path])
    expect({ stdout, stderr }).toEqual({ stdout: `3 ${archive}: the folder ${folder} is not writable\n`, stderr: '' })
    expect(readdirSync(folder)).toEqual([])
  })

  const small = join(root, 'small')
  mkdirSync(small)
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', small]).status === 0
  const mayMount = mount('size=1m') && spawnSync('umount', [small]).status === 0

  it.runIf(mayMount)(
    'says that the disk is full or read-only, and a renewal there is passed over (skipped where no tmpfs may be mounted)',
    () => {
      mount('size=64k')
      try {
        const path = join(small, 'run.h5')
        const lock = take(false, path)
        lock.update({ sweeps: 1 })
        expect(() => writeFileSync(join(small, 'rest'), Buffer.alloc(1 << 20))).toThrow(/ENOSPC/)
        lock.update({ sweeps: 2 })
        expect(readLock(path)?.owner.progress).toEqual({ sweeps: 1 })
        expect(readdirSync(small).sort()).toEqual(['rest', 'run.h5.lock'])
        expect(() => take(false, join(small, 'other.h5'))).toThrow(
          expect.objectContaining({
            name: 'MachineError',
            message: `${small}/other.h5: cannot be locked: no space left; make room (the disk mounted at ${small} has 0 bytes free of 64 KiB)`,
          }),
        )
        lock.release()
        expect(existsSync(`${path}.lock`)).toBe(false)
        spawnSync('mount', ['-o', 'remount,ro', small])
        expect(refusal(false, path)).toBe(`${path}: the folder ${small} is not writable (it is mounted read-only)`)
      } finally {
        spawnSync('umount', [small])
      }
    },
  )
})
