import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { readDescription } from '../../src/archive/description.ts'
import { Damage } from '../../src/archive/fields.ts'
import { type Archive, openArchive, withArchive } from '../../src/archive/read.ts'
import type { JobInput } from '../../src/job/input.ts'
import type { Description } from '../../src/model/description.ts'
import { merge } from '../../src/run/merge.ts'
import { resume } from '../../src/run/resume.ts'
import { runJob } from '../../src/run/run.ts'
import { figuresOf } from '../../src/view/figure/archive/figures.ts'
import type { Chart } from '../../src/view/figure/chart.ts'
import { archiveFigureNames } from '../../src/view/figure/figure.ts'
import { expectNothingDone, expectRefusal, type Outcome, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'
import { datasetsOf } from '../support/datasets.ts'
import { temporaryFolder } from '../support/folder.ts'

// Archives of a model that is not installed: those of the models that are, with another name everywhere in the file.

const NAME = 'mine'
const folder = temporaryFolder()
/** Files have the same names in both folders, as outputs name them. */
const [own, foreign] = ['own', 'foreign'].map((name) => join(folder, name)) as [string, string]

const jobs: Readonly<Record<'ising' | 'o6', JobInput>> = {
  ising: {
    model: 'ising',
    size: [4, 6, 8],
    temperatures: '2.0:2.8/3',
    sweeps: 400,
    tempering: true,
    copies: 6,
    snapshots: 2,
    series: true,
    seed: 21,
  },
  o6: { model: 'o6', size: [4, 6], temperatures: '0.3:0.6/4', sweeps: 200, copies: 4, snapshots: 2, cluster: 1, seed: 22 },
}
const models = Object.keys(jobs) as (keyof typeof jobs)[]

const renaming = (model: string) => (text: string) => text.replaceAll(model, NAME)

/** Without seals and checksums, which are of what was written. */
function rename(file: string, model: string, change: (text: string) => string = (text) => text, without = /^$/): Promise<void> {
  const keep = (path: string): boolean => !/@(?:seal|crc32)$/.test(path) && !without.test(path)
  return copyHdf5(join(own, file), join(foreign, file), keep, (text) => change(renaming(model)(text)))
}

beforeAll(async () => {
  for (const path of [own, foreign]) mkdirSync(path)
  for (const model of models) {
    await runJob(jobs[model], { threads: 1, out: join(own, `${model}.h5`) })
    await rename(`${model}.h5`, model)
  }
}, 60_000)

/** What a command line does in both folders; paths and names of the model are made alike. */
async function both(model: string, args: readonly string[]): Promise<readonly [Outcome, Outcome]> {
  const [a, b] = await Promise.all([spinpool(args, { cwd: own }), spinpool(args, { cwd: foreign })])
  const alike = (text: string): string => renaming(model)(text.replaceAll(own, foreign))
  // Columns are as wide as the longest name.
  const even = ({ code, stdout, stderr }: Outcome): Outcome => ({ code, stdout: squeezed(alike(stdout)), stderr: alike(stderr) })
  return [even(a), even(b)]
}

const squeezed = (text: string): string => text.replaceAll(/ {2,}/g, '  ').replaceAll(/^ +/gm, '')

/** A table or CSV without the columns whose heading says that they are exact. */
function withoutExact(text: string): string {
  let exact: readonly number[] = []
  const lines = text.split('\n').map((line) => {
    const comma = line.includes(',')
    const cells = line.split(comma ? ',' : '  ')
    if (/(?:^| |,)T(?: |,)/.test(line)) exact = cells.flatMap((cell, i) => (/exact/.test(cell) ? [i] : []))
    return cells.filter((_, i) => !exact.includes(i)).join(comma ? ',' : '  ')
  })
  return lines.join('\n')
}

function withoutExactKeys(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (/exact|^secondsSinceCheckpoint$/i.test(key) ? undefined : value))
}

describe.each(models)('an archive like those of %s', (model) => {
  const file = `${model}.h5`

  it.each([
    ['a table', ['summary', file]],
    ['CSV', ['summary', file, '--csv']],
    ['a table of two quantities', ['summary', file, '--observable', 'energy,specific_heat']],
    ['reweighted values', ['summary', file, '--at', model === 'ising' ? '2.3,2.31' : '0.35,0.4']],
  ])('is summarised as %s', async (_, args) => {
    const [installed, renamed] = await both(model, args)
    expect([renamed.code, renamed.stdout.length > 200]).toEqual([0, true])
    expect(renamed.stdout).not.toContain('exact')
    if (args.length === 2 && model === 'ising') expect(installed.stdout).toContain('exact')
    expect(renamed).toEqual({ ...installed, stdout: withoutExact(installed.stdout) })
  })

  it.each([
    ['its summary', ['summary', file, '--json']],
    ['its status', ['status', file, '--json']],
    ['what it is', ['info', file, '--json']],
    ['its finite-size scaling', ['scaling', file, '--json']],
  ])('says the same of %s', async (_, args) => {
    const [installed, renamed] = await both(model, args)
    expect([renamed.code, renamed.stderr]).toEqual([0, installed.stderr])
    const exact = withoutExactKeys(installed.stdout)
    expect(withoutExactKeys(renamed.stdout)).toEqual(exact)
    // Exponents that are known are facts of the description.
    if (args[0] === 'scaling') expect(renamed.stdout).toBe(installed.stdout)
  })

  it('is drawn in every figure with the same data', async () => {
    const figures = (archive: Archive, choice: object): unknown => {
      try {
        return JSON.parse(renaming(model)(JSON.stringify(figuresOf(archive, choice).map(bare))))
      } catch (error) {
        return String(error)
      }
    }
    // Where an exact curve is known there is no smooth one, and the subtitle says so.
    const bare = (figure: ReturnType<typeof figuresOf>[number]): unknown => {
      if (model === 'o6' || figure.kind !== 'chart') return figure
      const { subtitle: _, description: __, closeUp: ___, guides: ____, ...chart } = figure as Chart
      const data = chart.series.filter(({ role }) => role === 'data')
      return { ...chart, series: data.map(({ mark, ...series }) => series) }
    }
    await withArchive(join(own, file), (installed) =>
      withArchive(join(foreign, file), (renamed) => {
        for (const choice of [{}, ...archiveFigureNames.map((figure) => ({ figure }))]) {
          expect(figures(renamed, choice)).toEqual(figures(installed, choice))
        }
        const drawn = archiveFigureNames.filter((figure) => typeof figures(renamed, { figure }) !== 'string')
        expect(drawn).toEqual(archiveFigureNames.filter((name) => !MISSING[model].includes(name)))
      }),
    )
  })

  it('is drawn as SVG, and as a page of all figures', async () => {
    const [installed, renamed] = await both(model, ['plot', file, '--figure', 'snapshots', '-o', `${model}.svg`])
    expect(renamed).toEqual(installed)
    const [svg, own_] = [foreign, own].map((path) => readFileSync(join(path, `${model}.svg`), 'utf8')) as [string, string]
    expect(svg).toBe(renaming(model)(own_))
    if (model === 'ising') return
    const page = await spinpool(['plot', file, '-o', `${model}.html`], { cwd: foreign })
    expect([page.code, page.stderr]).toEqual([0, ''])
    const html = readFileSync(join(foreign, `${model}.html`), 'utf8')
    await withArchive(join(foreign, file), (archive) => {
      for (const { id } of figuresOf(archive)) expect(html).toContain(`id="figure-${id}"`)
    })
  })

  it('cannot be resumed, which is said in one line', async () => {
    const [outcome] = await spinpoolEach([[['resume', join(foreign, file), '--sweeps', '1000']]])
    expectNothingDone(outcome as NonNullable<typeof outcome>, 3, [
      `${join(foreign, file)}: cannot be resumed, as its model '${NAME}' is not installed; known: ising, o6`,
    ])
  })

  it('gives no examples to learn from, which is said in one line', async () => {
    expectRefusal(await spinpool(['dataset', 'phases', file, '--size', '6', '-o', 'x.h5'], { cwd: foreign }), 2, [
      `there are no encodings of the model '${NAME}'; known: ising, o6`,
    ])
  })

  it('is exported with the same measurements', async () => {
    const [installed, renamed] = await both(model, ['export', file, '-o', `${model}.csv`])
    expect(renamed).toEqual(installed)
    const [csv, own_] = [foreign, own].map((path) => readFileSync(join(path, `${model}.csv`), 'utf8')) as [string, string]
    expect(csv).toBe(renaming(model)(own_))
  })
})

/** Figures that there are none of. */
const MISSING: Readonly<Record<keyof typeof jobs, readonly string[]>> = { ising: ['helicity'], o6: ['scaling', 'tempering'] }

describe('parts of a job of a model that is not installed', () => {
  it.each(models)('are merged to the same data as those of %s', async (model) => {
    const job: JobInput = { ...jobs[model], size: [4, 6], temperatures: model === 'ising' ? [2, 2.4] : [0.3, 0.5], sweeps: 40, copies: 4 }
    const parts = ['1-2', '2-2'].map((part) => `${model}-${part}.h5`)
    for (const [i, part] of parts.entries()) {
      await runJob({ ...job, shard: `${i + 1}/2` }, { threads: 1, out: join(own, part) })
      await rename(part, model)
    }
    const merged = await Promise.all(
      [own, foreign].map(async (path) => {
        const out = join(path, `${model}-merged.h5`)
        expect(
          (
            await merge(
              parts.map((part) => join(path, part)),
              out,
            )
          ).status,
        ).toBe('complete')
        return datasetsOf(out)
      }),
    )
    const [installed, renamed] = merged.map((datasets) =>
      Object.fromEntries(
        Object.entries(datasets)
          .filter(([name]) => !/^\/job$|@(?:seal|description|model)$/.test(name))
          .map(([name, value]) => [renaming(model)(name), value]),
      ),
    )
    expect(Object.keys(renamed ?? {}).filter((name) => !name.includes('@')).length).toBeGreaterThan(60)
    expect(renamed).toEqual(installed)
    const described = await withArchive(join(foreign, `${model}-merged.h5`), ({ simulations }) => simulations.map((one) => one.description))
    expect(described.map(({ name, lattice }) => [name, lattice.sites])).toEqual([
      [NAME, 16],
      [NAME, 36],
    ])
    if (model === 'o6') expect(described[0]?.configuration.look?.dark).toBe('charge order')
  })
})

describe('an archive of a model that is neither installed nor described', () => {
  it.each(['ising', 'o6'])('of format 3, as of %s, is refused when it is opened', async (model) => {
    const name = `format-3-${model}.h5`
    writeFileSync(join(own, name), gunzipSync(readFileSync(new URL(`../support/archives/${name}.gz`, import.meta.url))))
    await rename(name, model)
    for (const verb of ['summary', 'status', 'info', 'resume']) {
      expectRefusal(await spinpool([verb, name], { cwd: foreign }), 3, [
        `${name}: ${NAME}-L`,
        `is of the model '${NAME}', which this version of spinpool does not have and the archive does not describe; known: ising, o6`,
      ])
    }
  })
})

describe('a damaged description', () => {
  const deep = '('.repeat(30_000)
  const changed = (change: (description: Description) => unknown) => (text: string) => {
    return text.startsWith('{"name"') ? JSON.stringify(change(JSON.parse(text))) : text
  }
  const derived = (formula: string) =>
    changed((all) => ({ ...all, derived: all.derived.map((one, i) => (i === 1 ? { ...one, formula } : one)) }))
  const cases: readonly (readonly [string, (text: string) => string])[] = [
    ['that is not JSON', (text) => (text.startsWith('{"name"') ? text.slice(0, -1) : text)],
    ['that is nothing', (text) => (text.startsWith('{"name"') ? 'null' : text)],
    ['without a key', changed(({ orders, ...all }) => all)],
    ['without sites', changed((all) => ({ ...all, lattice: { ...all.lattice, sites: 0 } }))],
    ['of another model', changed((all) => ({ ...all, name: 'another' }))],
    ['with another number of sites', changed((all) => ({ ...all, lattice: { ...all.lattice, shape: [4, 5] } }))],
    [
      'with a quantity of what is not measured',
      changed((all) => ({ ...all, derived: all.derived.map((one) => ({ ...one, inputs: { m: 'nobody' }, formula: 'm' })) })),
    ],
    ['with an order parameter that is not measured', changed((all) => ({ ...all, orders: ['nobody'] }))],
    ['without observables', changed((all) => ({ ...all, observables: [] }))],
    ['with a formula that cannot be read', derived('N * (m2 -')],
    ['with a formula of what is not there', derived('m * nobody')],
    ['with a formula that is code', derived('constructor.constructor("return process")()')],
    ['with a formula of parentheses', derived(`${deep}T${deep.replaceAll('(', ')')}`)],
    ['with a formula of signs', derived(`${'-'.repeat(60_000)}T`)],
    ['with a formula of sums', derived(`${'T+'.repeat(30_000)}T`)],
    ['with an identity that cannot be computed', changed((all) => ({ ...all, identity: { ...all.identity, expected: 'L' } }))],
    [
      'with a line that cannot be computed',
      changed((all) => ({
        ...all,
        derived: all.derived.map((one) => ({ ...one, reference: { formula: 'L', name: 'L', meaning: 'none' } })),
      })),
    ],
  ]

  beforeAll(async () => {
    await runJob(
      { model: 'ising', size: 4, temperatures: [2.2], sweeps: 10, copies: 1, seed: 1 },
      { threads: 1, out: join(own, 'small.h5') },
    )
  })

  it('is one only if it was damaged', async () => {
    await rename(
      'small.h5',
      'ising',
      changed((all) => all),
    )
    const name = await withArchive(join(foreign, 'small.h5'), ({ simulations }) => simulations[0]?.description.name)
    expect(name).toBe(NAME)
  })

  it.each(cases)('%s is said to be damaged', async (_, change) => {
    const text = await withArchive(join(own, 'small.h5'), ({ simulations }) => JSON.stringify(simulations[0]?.description))
    const simulation = { model: 'ising', size: 4, parameters: { J: 1, h: 0 } }
    expect(readDescription(text, simulation)).toEqual(JSON.parse(text))
    expect(() => readDescription(change(text), simulation)).toThrow(new Damage('the description of its model is not what was written'))
  })

  it('is found out when the archive is opened', async () => {
    await rename('small.h5', 'ising', derived('m * nobody'))
    await expect(openArchive(join(foreign, 'small.h5'))).rejects.toMatchObject({
      name: 'FileError',
      exitCode: 3,
      message: `${join(foreign, 'small.h5')}: damaged; the description of its model is not what was written`,
    })
  })

  it('is one line of the command line, without a stack', async () => {
    await rename('small.h5', 'ising', derived(`${deep}T`))
    expectRefusal(await spinpool(['summary', 'small.h5'], { cwd: foreign }), 3, ['small.h5: damaged; the description of its model'])
  })
})

it('an archive of another version of its model is not resumed', async () => {
  const path = join(foreign, 'version.h5')
  const without = (at: string): boolean => !/@(?:seal|crc32)$/.test(at)
  await copyHdf5(join(own, 'ising.h5'), path, without, (text) => text.replace(/"version":"[^"]*"/, '"version":"0.0.1"'))
  await expect(resume(path, { sweeps: 500 }, { threads: 1 })).rejects.toMatchObject({
    name: 'FileError',
    message: expect.stringMatching(
      /: cannot be resumed, as it was sampled with version '0\.0\.1' of the model ising, and version '0\.2\.0' is/,
    ),
  })
})
