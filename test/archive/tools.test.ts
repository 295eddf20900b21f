// @module-tag slow

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { rectangles } from '../../src/dataset/rectangles.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { run } from '../../src/index.ts'
import { datasetsOf } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'

// Our files in the hands of HDF5's own tools, of whatever version there is here: 1.10 cannot copy dense storage of texts.

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import h5py']).status === 0)
const files = ['run.h5', 'stopped.h5', 'data.h5']

beforeAll(async () => {
  const job = { model: 'ising', size: [4, 6], temperatures: [2, 2.5], tempering: true, copies: 2, sweeps: 200, seed: 1 } as const
  await run({ ...job, snapshots: 3, series: true }, { out: at('run.h5'), threads: 1 })
  // Nothing was measured: datasets without a number in them.
  await run({ ...job, snapshots: 3, series: true }, { out: at('stopped.h5'), threads: 1, signal: AbortSignal.abort() })
  await writeDataset(at('data.h5'), rectangles({ width: 6, height: 6, definition: 'exact', seed: '1' }), { command: 'test', seed: '1' })
})

describe.each(files)('%s', (name) => {
  it.skipIf(!has('h5copy'))('is copied by h5copy, group by group (skipped where there is no h5copy)', async () => {
    const [members, out] = [name === 'data.h5' ? ['/'] : ['/simulations', '/provenance', '/job'], at(`copy-${name}`)]
    for (const member of members) {
      const { status, stderr } = spawnSync('h5copy', ['-i', at(name), '-o', out, '-s', member, '-d', member === '/' ? '/all' : member])
      expect([member, status, String(stderr)]).toEqual([member, 0, ''])
    }
    if (name === 'data.h5') return
    const [copied, whole] = [await datasetsOf(out), await datasetsOf(at(name))]
    for (const [path, described] of Object.entries(copied))
      if (!path.startsWith('/@')) expect([path, whole[path]]).toEqual([path, described])
  })

  it.skipIf(!has('h5repack'))('is packed anew by h5repack, and read by us then (skipped where there is no h5repack)', async () => {
    // It cannot put a filter on datasets without a number in them, which only a run has that has measured nothing.
    for (const filter of name === 'stopped.h5' ? [[]] : [[], ['-f', 'GZIP=6'], ['-f', 'SHUF']]) {
      const out = at(`packed-${filter.join('')}-${name}`)
      const { status, stderr } = spawnSync('h5repack', [...filter, at(name), out])
      expect([filter, status, String(stderr)]).toEqual([filter, 0, ''])
      expect(await datasetsOf(out)).toEqual(await datasetsOf(at(name)))
    }
  })

  it.skipIf(!python)('is copied by h5py, and its texts are texts (skipped where there is no h5py)', () => {
    const program = `
import h5py, sys
with h5py.File(sys.argv[1]) as f, h5py.File(sys.argv[2], 'w') as o:
    for k in f: f.copy(k, o)
    texts = []
    def look(name, item):
        # Those of dimension scales are HDF5's own.
        texts.extend(type(v).__name__ for k, v in item.attrs.items() if k not in ('CLASS', 'NAME') and (not hasattr(v, 'dtype') or v.dtype.kind in 'SO'))
    o.visititems(look)
    print(sorted(set(texts) - {'ndarray'}))
`
    expect(execFileSync(python as string, ['-c', program, at(name), at(`python-${name}`)], { encoding: 'utf8' }).trim()).toBe("['str']")
  })
})
