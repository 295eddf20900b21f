// @module-tag slow

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { merge, resume } from '../../src/index.ts'
import { runJob } from '../../src/run/run.ts'
import { checksumsOf } from '../support/checksums.ts'
import { temporaryFolder } from '../support/folder.ts'
import { jobs } from '../support/jobs.ts'

// What is in the archives of these jobs is a promise: a job that is run again with its seed gives the same numbers, however the code
// was rebuilt. A change that alters them says so in the changelog, raises the format or the version, and writes the file anew:
// SPINPOOL_CHECKSUMS=write npx vitest run test/runs/same-bits.test.ts

const file = new URL('../support/checksums.json', import.meta.url)
const writing = process.env.SPINPOOL_CHECKSUMS === 'write'
const known = writing ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>)
const folder = temporaryFolder()

/** Jobs beside those of test/support/jobs.ts. */
const more = [
  {
    title: 'a team of two bundles',
    model: 'ising',
    size: 6,
    temperatures: '1.8:2.8/150',
    sweeps: 200,
    tempering: true,
    copies: 1,
    snapshots: 2,
    series: true,
    seed: 18,
  },
  {
    title: 'antiferromagnet of the smallest size',
    model: 'ising',
    size: [2, 3],
    temperatures: [1, 2],
    sweeps: 300,
    parameters: { J: -1 },
    seed: 19,
  },
  {
    title: 'six components, metropolis without over-relaxation',
    model: 'o6',
    size: 4,
    temperatures: [0.4, 0.6],
    sweeps: 300,
    update: 'metropolis',
    overrelax: 0,
    parameters: { gPrime: 0.1, w: 0.3 },
    seed: 20,
  },
]

async function archiveOf(job: object, name: string): Promise<string> {
  const out = join(folder, `${name}.h5`)
  await runJob(job, { out, threads: 2 })
  return out
}

async function compare(title: string, path: string): Promise<void> {
  const sums = await checksumsOf(path)
  expect(Object.keys(sums).length).toBeGreaterThan(5)
  if (!writing) return expect(sums).toEqual(known[title])
  known[title] = sums
  writeFileSync(file, `${JSON.stringify(known, null, 1)}\n`)
}

describe('the archive of a job and seed holds what it held at the last release', () => {
  it.each([...jobs, ...more])('$title', async (job) => {
    await compare(job.title, await archiveOf(job, job.title.replace(/\W+/g, '-')))
  })

  it('resumed with more sweeps', async () => {
    const path = await archiveOf({ ...(jobs[1] as object), sweeps: 150 }, 'resumed')
    await resume(path, { sweeps: 350 }, { threads: 2 })
    await compare('resumed', path)
  })

  it('a part, and all parts merged', async () => {
    const job = jobs[0] as object
    const parts = await Promise.all([1, 2].map((part) => archiveOf({ ...job, shard: `${part}/2` }, `part-${part}`)))
    await compare('part', parts[0] as string)
    const merged = join(folder, 'merged.h5')
    await merge(parts, merged)
    await compare('merged', merged)
  })
})
