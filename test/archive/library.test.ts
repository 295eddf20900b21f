import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Dataset, hasAttribute, openForReading } from '../../src/archive/hdf5.ts'
import { readDataset } from '../../src/dataset/read.ts'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { main, spinpool } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'

// What is changed of h5wasm: where it keeps its errors, what it opens, and how it gives up.

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const foreign = fileURLToPath(new URL('../support/foreign/', import.meta.url))

beforeAll(async () => {
  for (const name of ['link', 'raw', 'virtual', 'nowhere', 'huge', 'other']) {
    writeFileSync(at(`${name}.h5`), gunzipSync(readFileSync(join(foreign, `${name}.h5.gz`))))
  }
  writeFileSync(at('other.bin'), new Uint8Array(Float32Array.from({ length: 60 }, (_, i) => i).buffer))
  await writeDataset(at('data.h5'), rectangles({ width: 3, height: 3, definition: 'exact', seed: '1' }), { command: 'test', seed: '1' })
  const damaged = readFileSync(at('data.h5'))
  // Half of the compressed numbers, or what stands there.
  damaged.fill(0xff, damaged.length / 2, damaged.length / 2 + 4096)
  writeFileSync(at('damaged.h5'), damaged)
})

describe('what a file refers to outside of itself', () => {
  it.each([
    ['link', 'other.h5', 'an external link'],
    ['raw', 'other.bin', 'raw storage in another file'],
    ['virtual', 'other.h5', 'a virtual dataset, which would be all fill values'],
  ])('is not opened, but named: %s.h5', async (name, other) => {
    const refusal = `it refers to another file, '${other}', and such links are not followed`
    await expect(readDataset(at(`${name}.h5`))).rejects.toThrow(refusal)
  })

  it('is what is missing where a link leads nowhere', async () => {
    await expect(readDataset(at('nowhere.h5'))).rejects.toThrow("/x is a link to '/z', which is not there")
  })
})

describe('dimensions that are declared', () => {
  it('are compared with the size of the file before a number is read', async () => {
    const begin = performance.now()
    await expect(readDataset(at('huge.h5'))).rejects.toThrow(
      /x has the shape \(268435456, 2\), 2 GiB, and cannot be in a file of 1\.\d+ KiB/,
    )
    expect(performance.now() - begin).toBeLessThan(2000)
  })
})

describe('a disk quota that is used up', () => {
  it('is an error of the machine, though Node has no name for it, and nothing is left', async () => {
    // What Emscripten has taken hold of.
    const fs = createRequire(import.meta.url)('node:fs') as typeof import('node:fs')
    const { writeSync } = fs
    let calls = 0
    fs.writeSync = (() => {
      calls++
      throw Object.assign(new Error('Unknown system error -122: Unknown system error -122, write'), { code: 'Unknown system error -122' })
    }) as typeof fs.writeSync
    const data = rectangles({ width: 3, height: 3, definition: 'exact', seed: '1' })
    try {
      await expect(writeDataset(at('quota.h5'), data, { command: 'test', seed: '1' })).rejects.toMatchObject({
        name: 'MachineError',
        message: expect.stringContaining('quota.h5: could not be written: the disk quota is used up; make room'),
      })
    } finally {
      fs.writeSync = writeSync
    }
    expect(calls).toBeGreaterThan(0)
    expect(readdirSync(folder).filter((name) => name.startsWith('quota'))).toEqual([])
  })
})

describe('errors of HDF5', () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length

  it('leave neither a descriptor nor a part of its stack behind', async () => {
    const file = await openForReading(at('data.h5'))
    try {
      const gone = Object.assign(file.get('y') as Dataset, { path: '/nothing' })
      const before = descriptors()
      let errors = 0
      for (let i = 0; i < 3000; i++) {
        try {
          hasAttribute(gone, 'format')
        } catch (error) {
          if (String(error).includes('HDF5-DIAG')) errors++
        }
      }
      expect(errors).toBe(3000)
      expect(descriptors()).toBe(before)
      expect(hasAttribute(file, 'format')).toBe(true)
    } finally {
      file.close()
    }
  })

  const readOnly = 'mount --rbind /tmp /tmp && mount -o remount,ro,bind /tmp && ! touch /tmp/spinpool-test 2>/dev/null'
  const permitted = spawnSync('unshare', ['-rm', 'sh', '-c', readOnly]).status === 0

  it.skipIf(!permitted)('say the same where /tmp cannot be written (skipped where no namespace may be made)', async () => {
    const usual = await spinpool(['info', at('damaged.h5')])
    const command = `${readOnly} && exec "$0" "$@"`
    const args = ['-rm', 'sh', '-c', command, process.execPath, '--liftoff-only', main, 'info', at('damaged.h5')]
    const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8', cwd: '/' })
    expect(usual.stderr).toMatch(/^spinpool: .*damaged\.h5: damaged; HDF5: .+\n$/)
    expect({ code: status, stderr }).toEqual({ code: usual.code, stderr: usual.stderr })
  })
})
