import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { folderWith, main, spinpool } from '../support/command.ts'

// What is no regular file, in the place of every file that is read: it is refused at once, and never waited for.

const folder = folderWith()
const at = (name: string): string => join(folder, name)
const socket = createServer()

beforeAll(async () => {
  execFileSync('mkfifo', [at('pipe')])
  symlinkSync('loop', at('loop'))
  mkdirSync(at('folder'))
  await new Promise<void>((resolve) => socket.listen(at('socket'), resolve))
  await writeDataset(at('data.h5'), rectangles({ width: 3, height: 3, definition: 'exact', seed: '1' }), { command: 'test', seed: '1' })
  writeFileSync(at('other.h5'), '')
  await spinpool(['train', 'data.h5', '--layers', '2', '--epochs', '1', '-o', 'net.h5', '-q'], { cwd: folder })
})
afterAll(() => socket.close())

const odd: Readonly<Record<string, RegExp>> = {
  pipe: /pipe: a pipe, not a regular file/,
  socket: /socket: (?:a socket, not a regular file)/,
  '/dev/zero': /\/dev\/zero: (?:a device, not a regular file|larger than)/,
  '/dev/full': /\/dev\/full: (?:a device, not a regular file|larger than)/,
  loop: /loop: cannot be read, as its links lead in a circle/,
  folder: /folder: (?:a folder|it has no x|empty)/,
  ['n'.repeat(300)]: /n{300}: (?:there is no such (?:job )?file; )?its name is longer than names may be/,
  'data.h5/more': /data\.h5\/more: (?:there is no such (?:job )?file|.*data\.h5 is not a folder)/,
}

const lines = (path: string): string[][] => [
  ['run', path, '--dry-run'],
  ['summary', path],
  ['info', path],
  ['status', path],
  ['resume', path],
  ['scaling', path],
  ['merge', path, 'other.h5', '-o', 'out.h5'],
  ['slurm', path, '--shards', '2', '-o', 'out.h5'],
  ['dataset', 'phases', path, '-o', 'out.h5'],
  ['train', path, '-o', 'out.h5'],
  ['train', 'data.h5', '--resume', path],
  ['predict', path, 'data.h5'],
  ['predict', 'net.h5', path],
  ['crossing', path],
  ['plot', path, '-o', 'out.svg'],
  ['export', path, '-o', 'out.csv'],
  ['export', path, '-o', 'out.onnx'],
  ['import', path, '-o', 'out.h5'],
  ['bench', '--compare', path, 'other.h5'],
]

describe.each(Object.entries(odd))('%.20s', (path, says) => {
  it('is refused by every verb that reads a file, in one line', { timeout: 60_000 }, async () => {
    for (const args of lines(path)) {
      const outcome = await spinpool(args, { cwd: folder })
      expect([args.join(' ').slice(0, 60), outcome]).toEqual([
        args.join(' ').slice(0, 60),
        { code: expect.toSatisfy((code) => code === 2 || code === 3), stdout: '', stderr: expect.stringMatching(/^spinpool: [^\n]+\n$/) },
      ])
      expect(outcome.stderr).toMatch(says)
    }
  })
})

describe('the lock of an archive that is no regular file', () => {
  it.each([
    ['a pipe', (lock: string) => execFileSync('mkfifo', [lock])],
    ['a folder', (lock: string) => mkdirSync(lock)],
    ['a device', (lock: string) => symlinkSync('/dev/zero', lock)],
    ['a link in a circle', (lock: string) => symlinkSync('net.h5.lock', lock)],
  ])('is not waited for: %s', { timeout: 60_000 }, async (_, make) => {
    const own = folderWith({ 'net.h5': readFileSync(at('net.h5')), 'data.h5': readFileSync(at('data.h5')) })
    make(join(own, 'net.h5.lock'))
    for (const args of [
      ['train', 'data.h5', '--resume', 'net.h5'],
      ['train', 'data.h5', '-o', 'net.h5', '--force'],
    ]) {
      const { code, stderr } = await spinpool(args, { cwd: own })
      expect([code, stderr]).toEqual([3, expect.stringMatching(/^spinpool: .*net\.h5.*remove it if nothing runs\n$/)])
    }
    const { code, stderr } = await spinpool(['status', 'net.h5'], { cwd: own })
    expect([code, stderr]).toEqual([3, expect.stringMatching(/not an archive of a run/)])
  })
})

describe('a Node that is too old', () => {
  it('is told which one is needed, before a module that it cannot parse is loaded', async () => {
    const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.8"})'
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', old, main, '--version'], { encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({
      status: 4,
      stdout: '',
      stderr: 'spinpool: Node 18.20.8 is too old; needed: 20.19 or later\n',
    })
    expect(readFileSync(main, 'utf8').match(/^import .*/gm)).toEqual([expect.stringContaining('./node-version')])
  })
})

describe('an odd place to write to', () => {
  const places = [
    'pipe',
    'socket',
    '/dev/full',
    'loop',
    'folder',
    '/proc/x',
    '/proc/self/x.h5',
    'n'.repeat(300),
    'loop/x.h5',
    'data.h5/x.h5',
    'x/y/z.h5',
  ]
  const outputs = (out: string): string[][] => [
    ['run', '--size', '4', '--temperatures', '2', '--sweeps', '10', '-o', out, '-q', '--force'],
    ['dataset', 'rectangles', '-o', out, '--force'],
    ['train', 'data.h5', '--epochs', '1', '--layers', '2', '-o', out, '--force', '-q'],
    ['predict', 'net.h5', 'data.h5', '-o', out, '--force', '-q'],
    ['export', 'net.h5', '-o', `${out}.onnx`, '-q'],
    ['plot', 'net.h5', '-o', `${out}.svg`, '-q'],
    ['bench', '--quick', '--only', 'io', '-o', out, '--force', '-q'],
  ]
  it.each(places)('is refused before any work is done: %.20s', { timeout: 60_000 }, async (place) => {
    for (const args of outputs(place)) {
      const out = args.find((word) => word.startsWith(place)) ?? ''
      // Behind these endings they are places like any other.
      if (out !== place && !place.includes('x')) continue
      const { code, stdout, stderr } = await spinpool(args, { cwd: folder })
      expect([args.join(' ').slice(0, 60), stdout, code, stderr]).toEqual([
        args.join(' ').slice(0, 60),
        '',
        expect.toSatisfy((exit) => exit === 2 || exit === 3),
        expect.stringMatching(/^spinpool: [^\n]+\n$/),
      ])
      expect(stderr).not.toMatch(/E[A-Z]{4,}:/)
    }
  })
})
