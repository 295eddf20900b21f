import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeBytes } from '../../src/archive/atomic.ts'
import { claimArchive } from '../../src/archive/claim.ts'
import { Ownership } from '../../src/archive/ownership.ts'
import { resume, run, train } from '../../src/index.ts'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
let count = 0
const fresh = (name: string): string => {
  const place = join(folder, String(count++))
  mkdirSync(place)
  return join(place, name)
}

describe('the file at a claimed path', () => {
  it.each([
    'none',
    'replaced',
    'ours',
  ] as const)('is ours only while it is the one that was written last; before there was: %s', async (before) => {
    const path = fresh('x.h5')
    const claim = claimArchive(path, 'x', new Date(), false, '--out')
    try {
      if (before !== 'none') writeFileSync(path, 'before')
      const ownership = new Ownership(claim, 'model', 'training', before)
      expect(ownership.written).toBe(before === 'ours')
      ownership.check()
      await writeBytes(path, 'mine')
      ownership.note()
      ownership.check()
      await writeBytes(path, 'theirs')
      expect(() => ownership.check()).toThrow(
        `${path}: another process has replaced this model; this training stops and writes nothing more`,
      )
      // What is gone is not somebody else's.
      rmSync(path)
      ownership.check()
    } finally {
      claim.release()
    }
  })

  it('that was free is not ours where another process was faster', () => {
    const path = fresh('x.h5')
    const claim = claimArchive(path, 'x', new Date(), false, '--out')
    try {
      const ownership = new Ownership(claim, 'archive', 'run', 'none')
      writeFileSync(path, 'theirs')
      expect(() => ownership.check()).toThrow(/another process has replaced this archive; this run stops/)
    } finally {
      claim.release()
    }
  })

  it('is not replaced by a run, a resume or a training at its end', async () => {
    const job = { model: 'ising', size: 4, temperatures: [2], sweeps: 50, copies: 1, seed: 1 } as const
    const archive = fresh('run.h5')
    const foreign = (path: string) => () => void writeBytes(path, 'theirs')
    const replaced = { name: 'FileError', message: expect.stringContaining('another process has replaced this') }
    await expect(run(job, { out: archive, threads: 1, onStart: foreign(archive) })).rejects.toMatchObject(replaced)
    const other = fresh('run.h5')
    await run(job, { out: other, threads: 1 })
    await expect(resume(other, { sweeps: 100 }, { threads: 1, onStart: foreign(other) })).rejects.toMatchObject(replaced)
    const [data, model] = [fresh('data.h5'), fresh('net.h5')]
    await writeDataset(data, rectangles({ width: 5, height: 5, definition: 'exact', seed: '1' }), { command: 'test', seed: '1' })
    const settings = { layers: [4], epochs: 2, seed: 1 }
    await expect(train(data, settings, { out: model, threads: 1, onStart: foreign(model) })).rejects.toMatchObject(replaced)
  })
})
