// @module-tag slow

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FORMAT_VERSION } from '../../src/archive/data.ts'
import { loadJobFile } from '../../src/job/load.ts'
import { openArchive, resume, run } from '../../src/index.ts'
import type { JobInput } from '../../src/job/input.ts'
import { summaryJson } from '../../src/view/report/summary.ts'
import { expectNothingDone, spinpoolEach } from '../support/command.ts'
import { dataOf } from '../support/data.ts'
import { datasetsOf } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'

// Archives of every format that there ever was; archives/README.md says where they come from.

const folder = temporaryFolder()
const here = (name: string): URL => new URL(`../support/archives/${name}`, import.meta.url)
const archives = readdirSync(here('.'))
  .filter((file) => file.endsWith('.h5.gz'))
  .map((file) => {
    const name = file.replace('.h5.gz', '')
    return { name, version: Number(name.split('-')[1]), model: name.split('-')[2] as string, interrupted: name.endsWith('-interrupted') }
  })

function unpacked(name: string): Buffer {
  return gunzipSync(readFileSync(here(`${name}.h5.gz`)))
}

/** A copy that may be changed. */
function fileOf(name: string): string {
  const path = join(folder, `${name}.h5`)
  writeFileSync(path, unpacked(name))
  return path
}

function jobOf(model: string): JobInput {
  return loadJobFile(here(`${model}.yaml`).pathname) as unknown as JobInput
}

/** What was read; exact values are computed anew, and their last digits depend on the version of Node. */
function numbersIn(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (key === 'exact' ? undefined : value))
}

describe('the archives', () => {
  it('are of every version and model', () => {
    const versions = Array.from({ length: FORMAT_VERSION }, (_, i) => i + 1)
    for (const model of ['ising', 'o6']) {
      expect(archives.filter((one) => one.model === model && !one.interrupted).map(({ version }) => version)).toEqual(versions)
      expect(archives.filter((one) => one.model === model && one.interrupted).map(({ version }) => version)).toEqual(versions.slice(1))
    }
  })

  it.each(archives)('are read with the numbers that were noted: $name', async ({ name, version, model, interrupted }) => {
    const archive = await openArchive(fileOf(name))
    try {
      expect(archive.formatVersion).toBe(version)
      expect(archive.status).toBe(interrupted ? 'interrupted' : 'complete')
      expect(archive.job).toMatchObject({ model, copies: 2, series: true, seed: String(jobOf(model).seed) })
      expect(numbersIn(JSON.stringify(summaryJson(archive)))).toEqual(numbersIn(readFileSync(here(`${name}.json`), 'utf8')))
      for (const { temperature, copies, read, rows } of archive.simulations) {
        const series = read('series/energy')
        expect(series.shape.slice(0, 2)).toEqual([temperature.length, copies])
        expect([...rows('series/energy')].flatMap(({ values }) => Array.from(values))).toEqual(Array.from(series.values))
        expect(read('snapshots/spins').shape[0]).toBe(temperature.length)
      }
    } finally {
      archive.close()
    }
  })

  it('are shown by every verb', async () => {
    const asked = archives.flatMap(({ name }) => [['summary'], ['status'], ['info']].map((verb) => [...verb, fileOf(name), '--quiet']))
    for (const outcome of await spinpoolEach(asked.map((args) => [args] as const))) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.stdout).not.toMatch(/undefined|NaN/)
    }
  })

  it('of format 1 cannot be resumed, and stay as they are', async () => {
    const first = archives.filter(({ version }) => version === 1)
    const asked = first.flatMap(({ name }) =>
      [[], ['--sweeps=40000']].map((flags) => [['resume', 'old.h5', ...flags], { 'old.h5': unpacked(name) }] as const),
    )
    for (const outcome of await spinpoolEach(asked)) {
      expectNothingDone(outcome, 3, ['old.h5: there is no checkpoint in this archive to go on from; it was written by spinpool 0.1.0'])
    }
  })

  it('of another format than this one are neither resumed nor merged, and stay as they are', async () => {
    const older = archives.filter(({ version }) => version > 1 && version < FORMAT_VERSION)
    const because = 'it was written by spinpool 0.1.0 (format 2), whose chains have other moves than those of format 3'
    const asked = older.flatMap(({ name }) =>
      [
        ['resume', 'old.h5'],
        ['resume', 'old.h5', '--sweeps=40000'],
        ['merge', 'old.h5', 'old.h5', '-o', 'new.h5'],
      ].map((args) => [args, { 'old.h5': unpacked(name) }] as const),
    )
    expect(asked.length).toBeGreaterThan(10)
    for (const outcome of await spinpoolEach(asked)) expectNothingDone(outcome, 3, [because])
  })

  it.each(
    archives.filter(({ interrupted, version }) => interrupted && version === FORMAT_VERSION),
  )('that were interrupted go on to the data of a run that never was: $name', async ({ name, model }) => {
    const [path, out] = [fileOf(name), join(folder, `fresh-${name}.h5`)]
    const fresh = await run(jobOf(model), { out, threads: 2 })
    const resumed = await resume(path, {}, { threads: 2 })
    expect(resumed.status).toBe('complete')
    expect(dataOf(resumed.simulations)).toEqual(dataOf(fresh.simulations))
    expect(await datasetsOf(path)).toEqual(await datasetsOf(out))
  })
})
