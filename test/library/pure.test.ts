import { describe, expect, it } from 'vitest'
import { codeOf, filesOf, loadedWith, packagesOf } from '../support/imports.ts'
import { PACKAGES } from '../support/page-server.ts'

// The engine, the models and the plan also run where there is no Node, as in a page for a lecture. Rooms and files that must load there,
// with all that they import:

/** What a thread that samples is made of; of the pool only what its members meet at. */
const sampling = [
  'src/engine/kernels.ts',
  'src/engine/memory',
  'src/engine/random/seed.ts',
  'src/engine/random/sfc64.ts',
  'src/engine/random/streams.ts',
  'src/engine/pool/barrier.ts',
  'src/engine/pool/shares.ts',
  'src/model',
  'src/sampling',
]
  .flatMap(filesOf)
  // What a user calls a model is checked where jobs are.
  .filter((file) => file !== 'src/model/load.ts')

/** What makes a plan of a job. */
const planning = ['src/model/load.ts', 'src/engine/random/read-seed.ts', 'src/job/job.ts', 'src/job/plan.ts', 'src/text'].flatMap(filesOf)

describe('a page in a browser can load', () => {
  it('models, ladders, jobs and plans with packages that need no Node', () => {
    const others = packagesOf([...sampling, ...planning]).filter((line) => !((line.split(' ').at(-1) as string) in PACKAGES))
    expect(others).toEqual([])
  })

  it('models and ladders without the packages that check what a user wrote', () => {
    expect(packagesOf(sampling).filter((line) => / (?:zod|fastest-levenshtein)$/.test(line))).toEqual([])
  })

  it('all of these, as they use no globals that only Node has', () => {
    const loaded = [...loadedWith([...sampling, ...planning]).keys()]
    expect(loaded.filter((file) => /\b(?:process|Buffer|setImmediate|require|__dirname)\b/.test(codeOf(file)))).toEqual([])
  })
})

it('imports are followed: a run needs Node, threads and HDF5', () => {
  const packages = packagesOf(['src/run/run.ts']).map((line) => line.replace(/.* /, ''))
  expect(packages).toEqual(expect.arrayContaining(['node:os', 'node:fs', 'piscina', 'h5wasm/node']))
})
