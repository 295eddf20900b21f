// @module-tag slow

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeWhole } from '../../src/archive/atomic.ts'
import { writeNumbers } from '../../src/archive/hdf5.ts'
import { describeDisk, lackOfRoom } from '../../src/archive/disk.ts'
import { run } from '../../src/index.ts'
import { main } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const small = join(folder, 'small disk')
mkdirSync(small)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=20', 'tmpfs', small]).status === 0
afterAll(() => {
  // Lazily: the folder is to be removed also where a file in it is still open, as after a test that failed.
  if (mounted) spawnSync('umount', ['-l', small])
})

/** Snapshots of 16 MiB, 2 MiB compressed, which is too much. */
const job = { model: 'ising' as const, size: 512, temperatures: [2], sweeps: 64, thermalization: 0, snapshots: 64, seed: 1 }

describe('a disk', () => {
  it('is described by the nearest folder that is there', () => {
    const words = describeDisk(join(folder, 'not', 'there', 'run.h5'))
    expect(words).toMatch(/^the disk (mounted at|of) \/\S* has [\d.]+ (bytes|[KMGTPE]iB) free of [\d.]+ [KMGTPE]iB$/)
    expect(describeDisk(folder)).toBe(words)
  })

  it('is passed over in silence where nothing is known', () => {
    expect(describeDisk('a\0b')).toMatch(/^$|^the disk /)
  })

  it('is at fault in some errors, whoever reports them, and in others not', () => {
    const coded = (code: string) => Object.assign(new Error('write'), { code })
    expect(lackOfRoom(coded('ENOSPC'), folder)).toMatch(/^no space left; make room \(the disk .* has .* free of .*\)$/)
    expect(lackOfRoom(new Error('errno = 28, error message = No space left on device'), folder)).toContain('no space left')
    expect(lackOfRoom(coded('EDQUOT'), folder)).toContain('quota')
    expect(lackOfRoom(new Error('Quota exceeded'), folder)).toContain('quota')
    expect(lackOfRoom(coded('EFBIG'), folder)).toContain('ulimit -f')
    expect(lackOfRoom(coded('EIO'), folder)).toBeUndefined()
    expect(lackOfRoom('nonsense', folder)).toBeUndefined()
  })

  describe.skipIf(!mounted)('of 1 MiB (skipped where no tmpfs may be mounted)', () => {
    it('is named by its mount point, also through a symbolic link', () => {
      expect(describeDisk(small)).toBe(`the disk mounted at ${small} has 1 MiB free of 1 MiB`)
      const link = join(folder, 'link')
      symlinkSync(small, link)
      expect(describeDisk(join(link, 'run.h5'))).toBe(`the disk mounted at ${small} has 1 MiB free of 1 MiB`)
      expect(describeDisk(`${small}er`)).not.toContain(small)
    })

    it('is named where the archive does not fit, and no part of it is left but the last that did', async () => {
      const out = join(small, 'run.h5')
      await expect(run(job, { out, threads: 1 })).rejects.toMatchObject({
        name: 'MachineError',
        exitCode: 4,
        message: expect.stringMatching(
          new RegExp(`^${out}: could not be written: no space left; make room \\(the disk mounted at ${small} has [^()\\n]+ of 1 MiB\\)$`),
        ),
      })
      expect(readdirSync(small)).toEqual(['run.h5'])
    })

    it('gets its room back after a write that failed, as no descriptor stays open', async () => {
      const free = statfsSync(small).bfree
      const data = new Float64Array(400_000).map((_, i) => Math.sin(i))
      for (let i = 0; i < 2; i++) {
        const written = writeWhole(join(small, 'large.h5'), (file) => {
          writeNumbers(file, 'large', data, [data.length], { longName: 'large', units: '1', compressed: false })
        })
        await expect(written).rejects.toThrow('could not be written: no space left')
        expect(statfsSync(small).bfree).toBe(free)
      }
      await writeWhole(join(small, 'little.h5'), (file) =>
        writeNumbers(file, 'little', data.subarray(0, 9), [9], { longName: 'x', units: '1' }),
      )
      rmSync(join(small, 'little.h5'))
    })

    it('is said to have no room for another file where it has bytes but no inodes', () => {
      for (let i = 0; describeDisk(small).endsWith('1 MiB') && i < 20; i++) writeFileSync(join(small, `empty${i}`), '')
      expect(describeDisk(small)).toMatch(/ free of 1 MiB, but no room for another file$/)
    })
  })

  it('is not blamed where the shell limits the size of a file', () => {
    writeFileSync(join(folder, 'job.json'), JSON.stringify(job))
    const out = join(folder, 'limited.h5')
    const command = 'ulimit -f 1000 && exec "$0" "$@"'
    const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, main, 'run', join(folder, 'job.json'), '--out', out], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({
      status: 4,
      stderr: expect.stringMatching(/limited\.h5: could not be written: larger than a file may be here; see ulimit -f \(the disk .*\)\n$/),
    })
  })
})
