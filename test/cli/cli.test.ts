// @module-tag slow

import { type ChildProcess, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { takeLock } from '../../src/archive/lock.ts'
import { type Archive, openArchive, withArchive } from '../../src/archive/read.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import { run } from '../../src/run/run.ts'
import { exampleJob } from '../../src/job/example.ts'
import { resolveJob } from '../../src/job/job.ts'
import type { Job } from '../../src/job/types.ts'
import { ising } from '../../src/model/ising/index.ts'
import { type Batched, expectRefusal, folderWith, jsonOf, main, spinpool, spinpoolEach } from '../support/command.ts'
import { braked } from '../support/processes.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
const quick = ['--size=8', '--temperatures=2.0,2.3', '--sweeps=200', '--seed=7', '--threads=1']

interface DryRun {
  readonly job: Job
  readonly simulations: readonly string[]
  readonly bundles: number
  readonly threads: number
  readonly bytes: number
}

interface Summary {
  readonly path?: string
  readonly status: string
  readonly title: string
  readonly simulations: readonly (Readonly<Record<string, unknown>> & {
    readonly name: string
    readonly temperature: readonly number[]
    readonly samples: readonly number[]
  })[]
}

interface Status {
  readonly status: string
  readonly fraction: number
  readonly simulations: readonly { readonly name: string; readonly samples: number; readonly sweepsDone: number }[]
}

/** What each verb's help lists, and a command line with all of it that works. */
const everyFlag: Readonly<Record<string, readonly string[]>> = {
  run: [
    ...[
      '--model=o6',
      '--size=8',
      '--temperatures=0.3:0.5/3',
      '--sweeps=64',
      '--thermalization=10',
      '--measure-every=2',
      '--update=metropolis',
      '--overrelax=3',
      '--cluster=1',
      '--reflections=psi,swap',
    ],
    ...[
      '--tempering',
      '--along=g',
      '--copies=4',
      '--parameter=g=0.2,0.3',
      '--snapshots=2',
      '--series',
      '--seed=12345678901234567890',
      '--title=Every flag, ü',
    ],
    ...['--threads=1', '--time-limit=1h', '--checkpoint-every=10m', '--shard=1/2'],
    ...['--watch', '--watch-port=8765', '--watch-host=127.0.0.1'],
    ...['--out=run.h5', '--force', '--dry-run', '--json', '--quiet', '--log-level=error'],
  ],
  slurm: [
    ...['--model=o6', '--size=8', '--temperatures=0.3:0.5/3', '--sweeps=64', '--thermalization=10', '--measure-every=2'],
    ...['--update=metropolis', '--overrelax=3', '--cluster=1', '--reflections=psi,swap', '--tempering', '--along=g', '--copies=9'],
    ...['--parameter=g=0.2,0.3', '--snapshots=2', '--series', '--seed=12345678901234567890', '--title=Every flag, ü', '--out=mine.h5'],
    ...['--shards=2', '--cpus-per-task=3', '--time=1-12', '--mem=2G', '--partition=long', '--checkpoint-every=2m'],
    ...['--sbatch=--account=x', '--submit', '--dry-run', '--force', '--json', '--quiet', '--log-level=error'],
  ],
  resume: [
    ...['--sweeps=128', '--threads=2', '--time-limit=1-00:00:00', '--checkpoint-every=30s', '--force'],
    ...['--watch', '--watch-port=8765', '--watch-host=127.0.0.1'],
    ...['--json', '--quiet', '--log-level=error'],
  ],
  merge: ['--out=whole.h5', '--partial', '--force', '--json', '--quiet', '--log-level=error'],
  summary: ['--json', '--csv', '--at=2.2', '--observable=energy', '--format=csv', '--quiet', '--log-level=error'],
  scaling: ['--json', '--quiet', '--log-level=error'],
  status: ['--watch', '--json', '--quiet', '--log-level=error'],
  info: ['--json', '--job', '--quiet', '--log-level=error'],
  completion: ['--quiet', '--log-level=error'],
}

describe('help', () => {
  const verbs = Object.keys(everyFlag)
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach([
      ...verbs.map((verb) => [[verb, '--help']] as const),
      [['--help']],
      [['help']],
      [['run', '-h']],
      [['--version']],
      [['run', '--version']],
    ])
  })

  it.each(
    verbs.map((verb, i) => [verb, i] as const),
  )('of %s shows examples, and lists exactly the flags that are tried below', (verb, i) => {
    const { code, stdout = '', stderr, after } = outcomes[i] ?? {}
    expect({ code, stderr, after }).toEqual({ code: 0, stderr: '', after: {} })
    expect(stdout).toMatch(new RegExp(`^spinpool ${verb}`))
    expect(stdout).toMatch(new RegExp(`\nExamples:\n +spinpool ${verb}`))
    const listed = [...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+) /gm)].map((match) => match[1] as string)
    const tried = everyFlag[verb]?.map((flag) => flag.replace(/^--/, '').replace(/=.*/, '')) ?? []
    expect(listed.sort()).toEqual([...tried, 'help', 'version'].sort())
  })

  it.each([
    ['--help', verbs.length],
    ['help', verbs.length + 1],
  ])('is also printed for %s, with every verb', (_, i) => {
    const { code, stdout = '', stderr } = outcomes[i] ?? {}
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^ +spinpool ${verb}`, 'm'))
  })

  it('has a short form', () => {
    expect(outcomes[verbs.length + 2]?.stdout).toBe(outcomes[0]?.stdout)
  })

  it('tells the version on its own', () => {
    for (const outcome of outcomes.slice(verbs.length + 3)) expect(outcome).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('every flag works: spinpool run', () => {
  const flagsOfRun = everyFlag.run?.filter((flag) => !/^--(?:dry-run|shard|watch)/.test(flag)) ?? []
  let path: string
  let archive: Archive
  let summary: Summary

  beforeAll(async () => {
    const cwd = folderWith()
    path = join(cwd, 'run.h5')
    const outcome = await spinpool(['run', ...flagsOfRun, '-p', 'rho=1'], { cwd })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    summary = jsonOf<Summary>(outcome)
    expect(summary.path).toBe(path)
    expect(readdirSync(cwd)).toEqual(['run.h5'])
    archive = await openArchive(path)
    return () => archive.close()
  })

  it('takes the job from its flags', () => {
    expect(archive.job).toEqual({
      title: 'Every flag, ü',
      model: 'o6',
      size: [8],
      temperatures: [0.3, 0.4, 0.5],
      sweeps: 64,
      thermalization: 10,
      measureEvery: 2,
      update: 'metropolis',
      overrelax: 3,
      cluster: 1,
      reflections: ['psi', 'swap'],
      tempering: { along: 'g' },
      copies: 4,
      parameters: { rho: 1, a: 1, lambda: 1, g: [0.2, 0.3], gPrime: 0, w: 0 },
      snapshots: 2,
      series: true,
      seed: '12345678901234567890',
    })
    expect(archive.provenance).toMatchObject({ threads: 1, version, seed: '12345678901234567890' })
    expect(archive.provenance.command).toMatch(/^spinpool run --model=o6 .*-p rho=1$/)
  })

  it('measures what the flags ask for', () => {
    const [simulation] = archive.simulations
    expect([...(simulation?.samples ?? [])]).toEqual([4 * 32, 4 * 32, 4 * 32])
    expect(simulation?.read('series/energy').shape).toEqual([3, 4, 32])
    expect(simulation?.read('snapshots/spins').shape).toEqual([3, 2, 8, 8, 6])
    expect(simulation?.acceptance).toHaveLength(3)
  })

  it('prints nothing on stderr with --quiet, also where there are warnings', () => {
    expect(archive.simulations[0]?.warnings.length).toBeGreaterThan(0)
  })

  it('says what would run, of a part too, with --dry-run and --shard', async () => {
    const [outcome] = await spinpoolEach([[['run', ...(everyFlag.run ?? []), '-p', 'rho=1']]])
    expect(outcome).toMatchObject({ stderr: '', after: {} })
    expect(jsonOf<DryRun & { readonly shard: string }>(outcome)).toMatchObject({ job: archive.job, shard: '1/2', threads: 1 })
  })

  it('and resume goes on with all of its own', async () => {
    const cwd = folderWith({ 'run.h5': readFileSync(path) })
    // A page is printed with --quiet too; see watch.test.ts.
    const flags = everyFlag.resume?.filter((flag) => !flag.startsWith('--watch')) ?? []
    const outcome = await spinpool(['resume', 'run.h5', ...flags], { cwd })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(jsonOf<Summary>(outcome).simulations[0]?.samples).toEqual([4 * 64, 4 * 64, 4 * 64])
    expect(readdirSync(cwd)).toEqual(['run.h5'])
    await withArchive(join(cwd, 'run.h5'), ({ job, provenance }) => {
      expect(job).toEqual({ ...archive.job, sweeps: 128 })
      expect(provenance).toMatchObject({
        threads: 2,
        resumes: 1,
        startedAt: archive.provenance.startedAt,
        command: archive.provenance.command,
      })
      expect(provenance.resumeCommand).toMatch(/^spinpool resume run\.h5 --sweeps=128 /)
      expect(provenance.elapsedSeconds).toBeGreaterThan(Number(archive.provenance.elapsedSeconds))
    })
  })

  it('and merge joins parts with all of its own', async () => {
    const cwd = folderWith({ 'whole.h5': 'to be replaced' })
    for (const shard of ['1/2', '2/2']) {
      const out = `part-${shard[0]}.h5`
      const args = [...flagsOfRun.filter((flag) => !flag.startsWith('--out')), `--shard=${shard}`, `--out=${out}`, '-p', 'rho=1']
      expect(await spinpool(['run', ...args], { cwd })).toMatchObject({ code: 0, stderr: '' })
    }
    const outcome = await spinpool(['merge', 'part-2.h5', 'part-1.h5', ...(everyFlag.merge ?? [])], { cwd, alone: true })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(jsonOf<Summary>(outcome)).toEqual({ ...summary, path: join(cwd, 'whole.h5') })
    expect(readdirSync(cwd)).toEqual(['part-1.h5', 'part-2.h5', 'whole.h5'])
    await withArchive(join(cwd, 'whole.h5'), ({ provenance, shard }) => {
      expect(shard).toBeUndefined()
      expect(provenance).toMatchObject({ parts: 2, threads: 2 })
      expect(provenance.command).toMatch(/^spinpool merge part-2\.h5 part-1\.h5 --out=whole\.h5 /)
    })
  })

  it('and the other verbs take all of theirs', async () => {
    const lines = [
      ['summary', '--json'],
      ['summary', '--csv'],
      ['status', '--watch', '--json'],
      ['status', '-w'],
      ['info', '--json'],
      ['info', '--job'],
    ]
    for (const outcome of await spinpoolEach(lines.map((line) => [[...line, path, '--quiet', '--log-level=error']] as const))) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.stdout).not.toBe('')
    }
  })
})

describe('--dry-run', () => {
  const dry = async (...lines: (readonly string[])[]): Promise<DryRun[]> => {
    const outcomes = await spinpoolEach(lines.map((args) => [['run', ...args, '--dry-run', '--json']] as const))
    return outcomes.map((outcome) => jsonOf<DryRun>(outcome))
  }

  it('says what would run and writes nothing', async () => {
    const [text, json] = await spinpoolEach([[['run', ...quick, '--dry-run']], [['run', ...quick, '--dry-run', '--json']]])
    expect(text).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^ising-L8: 2 temperatures x 64 copies, 1 bundle\n[\d.]+ MiB of shared memory, roughly [\d.]+ s on 1 thread; nothing was run or written\n$/,
      ),
      stderr: '',
      after: {},
    })
    expect(json?.after).toEqual({})
    expect(jsonOf(json)).toMatchObject({ simulations: ['ising-L8'], bundles: 1, threads: 1, job: { seed: '7', sweeps: 200, copies: 64 } })
  })

  it('says what a part would run with --shard', async () => {
    const asked = ['run', '--size=8,12', '--temperatures=2.0:2.6/4', '--copies=64', '--seed=1', '--threads=2', '--dry-run']
    const [text, whole, ...parts] = await spinpoolEach([
      [[...asked, '--shard=1/3']],
      [[...asked, '--json']],
      ...['1/3', '2/3', '3/3'].map((shard) => [[...asked, '--json', `--shard=${shard}`]] as const),
    ])
    expect(text).toMatchObject({ code: 0, stderr: '', after: {} })
    expect(text?.stdout).toMatch(
      /^ising-L12: 128 replicas of 4 temperatures x 64 copies, 1 bundle\npart 1\/3: [\d.]+ MiB of shared memory, roughly [\d.]+ s on 1 thread; nothing was run or written\n$/,
    )
    const all = jsonOf<DryRun & { readonly shard?: string }>(whole)
    expect(all).not.toHaveProperty('shard')
    const dealt = parts.map((part) => jsonOf<DryRun & { readonly shard?: string }>(part))
    expect(dealt.map(({ shard }) => shard)).toEqual(['1/3', '2/3', '3/3'])
    for (const { job } of dealt) expect(job).toEqual(all.job)
    expect(dealt.reduce((sum, { bundles }) => sum + bundles, 0)).toBe(all.bundles)
    expect(dealt.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(all.bytes)
  })

  it('shows the built-in example where nothing is asked for, and what flags change of it', async () => {
    const example = resolveJob(exampleJob(ising))
    expect(example).toMatchObject({ model: 'ising', tempering: true })
    expect((await dry([], ['--sweeps=1e3', '--no-tempering'])).map(({ job }) => job)).toEqual([
      example,
      { ...example, sweeps: 1000, tempering: false },
    ])
  })

  it('keeps seeds digit by digit, from a flag and from a file', async () => {
    const seeds = ['9007199254740993', '18446744073709551615', '0']
    const flags = quick.filter((flag) => !flag.startsWith('--seed'))
    expect((await dry(...seeds.map((seed) => [...flags, `--seed=${seed}`]))).map(({ job }) => job.seed)).toEqual(seeds)
    const files = seeds.map((seed) => ({ 'job.yaml': `model: ising\nsize: 8\ntemperatures: 2\nseed: ${seed}\n` }))
    const outcomes = await spinpoolEach(files.map((file) => [['run', 'job.yaml', '--dry-run', '--json'], file] as const))
    expect(outcomes.map((outcome) => jsonOf<DryRun>(outcome).job.seed)).toEqual(seeds)
  })

  it('lets flags win over the job file, parameter by parameter', async () => {
    const file = { model: 'ising', size: [8, 16], temperatures: [2], sweeps: 500, parameters: { J: -1, h: 0.5 }, title: 'from the file' }
    const args = ['run', 'job.json', '--size=4', '-p', 'h=0,0.1', '--dry-run', '--json']
    const { job, simulations } = jsonOf<DryRun>((await spinpoolEach([[args, { 'job.json': JSON.stringify(file) }]]))[0])
    expect(job).toMatchObject({ size: [4], temperatures: [2], sweeps: 500, parameters: { J: -1, h: [0, 0.1] }, title: 'from the file' })
    expect(simulations).toEqual(['ising-L4-h0', 'ising-L4-h0.1'])
  })

  it('takes a job from stdin where the file is -, and flags win over that too', async () => {
    const file = folderWith({ 'job.yaml': 'model: ising\nsize: 8\ntemperatures: 2.0:2.6/7\nseed: 18446744073709551615\n' })
    const input = readFileSync(join(file, 'job.yaml'), 'utf8')
    const [named, piped, json] = await Promise.all([
      spinpool(['run', 'job.yaml', '--size=4', '--dry-run', '--json'], { cwd: file }),
      spinpool(['run', '-', '--size=4', '--dry-run', '--json'], { input, alone: true }),
      spinpool(['run', '-', '--dry-run', '--json'], { input: JSON.stringify({ size: 4, model: 'ising', temperatures: 2, seed: 3 }) }),
    ])
    expect(jsonOf<DryRun>(piped)).toEqual(jsonOf<DryRun>(named))
    expect(jsonOf<DryRun>(piped).job).toMatchObject({ size: [4], seed: '18446744073709551615' })
    expect(jsonOf<DryRun>(json).job).toMatchObject({ size: [4], temperatures: [2], seed: '3' })
  })

  it('refuses what is no job on stdin, naming it', async () => {
    const refused = [
      ['', ['stdin: empty']],
      ['model: ising\nsize: 8\nsize: 9\n', ['stdin, line 3: size is there twice']],
      ['model: ising\nsize: 8\ntemperatures: 2\nsweeps: many\n', ["stdin: sweeps: 'many' is not possible"]],
      ['model: ising\n\0', ['stdin: binary']],
      [`# ${'x'.repeat(11 * 1024 * 1024)}`, ['stdin:', 'too large for a job file']],
    ] as const
    const outcomes = await Promise.all(refused.map(([input]) => spinpool(['run', '-', '--dry-run'], { input, alone: input.length > 1000 })))
    for (const [i, [, says]] of refused.entries()) expectRefusal(outcomes[i], 2, says)
  })

  it('counts the bundles of ladders that exchange temperatures, or a parameter', async () => {
    const base = ['--size=8', '--threads=2']
    const [team, along] = await dry(
      [...base, '--temperatures=2:3/300', '--tempering'],
      [...base, '--temperatures=2,3', '--along=h', '-p', 'h=0.1,0'],
    )
    expect(team).toMatchObject({ bundles: 3, threads: 2, job: { tempering: true, copies: 1 } })
    expect(along).toMatchObject({
      bundles: 2,
      threads: 2,
      simulations: ['ising-L8-h0', 'ising-L8-h0.1'],
      job: { tempering: { along: 'h' } },
    })
  })

  it('counts the threads that Slurm gives, unless told otherwise', async () => {
    const args = ['run', '--size=8', '--temperatures=2.0,2.3', '--copies=512', '--dry-run', '--json']
    const env = { SLURM_CPUS_PER_TASK: '3' }
    const [slurm, told] = await Promise.all([spinpool(args, { env }), spinpool([...args, '--threads=5'], { env })])
    expect(jsonOf<DryRun>(slurm)).toMatchObject({ bundles: 8, threads: 3 })
    expect(jsonOf<DryRun>(told)).toMatchObject({ bundles: 8, threads: 5 })
  })
})

describe('a finished run', () => {
  const cwd = folderWith()
  const path = join(cwd, 'run.h5')
  let outcome: Awaited<ReturnType<typeof spinpool>>

  beforeAll(async () => {
    outcome = await spinpool(['run', ...quick, '--out=run.h5'], { cwd, env: { FORCE_COLOR: '1' }, alone: true })
  })

  it('ends with exit code 0 and leaves the archive alone behind', () => {
    expect(outcome.code).toBe(0)
    expect(readdirSync(cwd).filter((name) => name.startsWith('run.h5'))).toEqual(['run.h5'])
  })

  it('prints the table and the path on stdout', () => {
    const lines = outcome.stdout.trim().split('\n')
    expect(lines[0]).toBe('ising-L8')
    expect(lines[1]?.trim().split(/ +/)).toEqual([
      'T',
      'energy',
      'exact',
      'specific_heat',
      'exact',
      'abs_magnetization',
      'susceptibility',
      'binder',
    ])
    expect(lines[2]).toMatch(/^ +2 +-1\.7\d+\(\d+\) +-1\.745683 /)
    expect(lines[3]).toMatch(/^2\.3 +-1\.4\d+\(\d+\) +-1\.455874 /)
    expect(lines.at(-1)).toBe(path)
  })

  it('tells on stderr what runs, how far it is, what to be careful of and how long it took', () => {
    const lines = outcome.stderr.trimEnd().split('\n')
    expect(lines[0]).toBe('2D Ising model, L = 8: ising-L8; 2 temperatures x 64 copies = 128 replicas in 1 bundle on 1 thread')
    expect(lines[1]).toBe(`writing ${path}`)
    expect(lines).toContainEqual(expect.stringMatching(/^100 %/))
    expect(lines).toContainEqual(expect.stringMatching(/^warning: ising-L8: thermalization of 20 sweeps is shorter than/))
    expect(lines.at(-1)).toMatch(/^done in [\d.]+ s$/)
  })

  it('has no escape codes where no terminal is, not even if FORCE_COLOR asks for them', () => {
    expect(outcome.stdout + outcome.stderr).not.toContain('\x1b')
  })

  it('replaces a file with --force', async () => {
    const other = folderWith({ 'run.h5': 'mine' })
    expect((await spinpool(['run', ...quick, '--out=run.h5', '--force', '--quiet'], { cwd: other })).code).toBe(0)
    expect(readdirSync(other)).toEqual(['run.h5'])
    expect(await withArchive(join(other, 'run.h5'), ({ status }) => status)).toBe('complete')
  })

  it('goes to results/ in the folder that one is in, unless told otherwise', async () => {
    const own = folderWith()
    const { code, stdout } = await spinpool(['run', ...quick, '--quiet'], { cwd: own })
    expect(code).toBe(0)
    const [name = '', ...others] = readdirSync(join(own, 'results'))
    expect(others).toEqual([])
    expect(name).toMatch(/^ising-\d{4}-\d\d-\d\d-\d{6}\.h5$/)
    expect(stdout.trim().endsWith(join(own, 'results', name))).toBe(true)
    expect(readdirSync(own)).toEqual(['results'])
  })
})

describe('what verbs print of an archive', () => {
  const cwd = folderWith()
  const path = join(cwd, 'run.h5')
  let json: Batched[]
  let text: Batched[]

  beforeAll(async () => {
    const args = [
      'run',
      '--size=4,8',
      '--temperatures=2.0:2.6/3',
      '--sweeps=200',
      '--copies=4',
      '--tempering',
      '-p',
      'h=0,0.1',
      '--seed=3',
      '--out=run.h5',
      '--json',
    ]
    const outcome = await spinpool(args, { cwd })
    expect(outcome.code).toBe(0)
    writeFileSync(join(cwd, 'printed.json'), outcome.stdout)
    const asked = [
      ['summary', path, '--json'],
      ['status', path, '--json'],
      ['info', path, '--json'],
      ['info', path, '--job'],
      ['info', '--json'],
      ['summary', path, '--csv'],
    ]
    const plain = [['summary', path], ['summary', path, '--quiet'], ['status', path], ['info', path], ['info']]
    const outcomes = await spinpoolEach([...asked, ...plain].map((args) => [args]))
    json = outcomes.slice(0, asked.length)
    text = outcomes.slice(asked.length)
  })

  const names = ['ising-L4-h0', 'ising-L4-h0.1', 'ising-L8-h0', 'ising-L8-h0.1']
  const parsed = <T>(i: number): T => jsonOf<T>(json[i])

  it('is JSON of every quantity with summary --json, the same as run --json printed', () => {
    const summary = parsed<Summary>(0)
    expect(summary.status).toBe('complete')
    expect(summary.simulations.map(({ name }) => name)).toEqual(names)
    for (const simulation of summary.simulations) {
      expect(simulation.temperature).toEqual([2, 2.3, 2.6])
      expect(simulation.samples).toEqual([4 * 200, 4 * 200, 4 * 200])
      expect(simulation.energy).toMatchObject({
        mean: expect.arrayContaining([expect.any(Number)]),
        error: expect.any(Array),
        tau: expect.any(Array),
      })
      expect(simulation.acceptance).toHaveLength(2)
    }
    const { path: printedPath, ...printed } = JSON.parse(readFileSync(join(cwd, 'printed.json'), 'utf8')) as Summary
    expect(printedPath).toBe(path)
    expect(printed).toEqual(summary)
  })

  it('is JSON of how far the run is with status --json', () => {
    const status = parsed<Status>(1)
    expect(status).toMatchObject({ status: 'complete', fraction: 1 })
    expect(status).not.toHaveProperty('remainingSeconds')
    expect(status.simulations.map(({ name, samples }) => [name, samples])).toEqual(names.map((name) => [name, 3 * 4 * 200]))
  })

  it('is JSON of job and provenance with info --json, and of the job alone with --job', () => {
    const info = parsed<{ job: Job; provenance: Record<string, unknown> }>(2)
    expect(info.job).toMatchObject({ size: [4, 8], temperatures: [2, 2.3, 2.6], parameters: { J: 1, h: [0, 0.1] }, seed: '3' })
    expect(info.provenance).toMatchObject({
      node: process.version,
      version,
      seed: '3',
      command: expect.stringMatching(/^spinpool run --size=4,8 /),
    })
    expect(parsed<Job>(3)).toEqual(info.job)
  })

  it('is JSON of this machine with info --json without a file', () => {
    expect(parsed<object>(4)).toMatchObject({
      version,
      node: process.version,
      models: 'ising, o6',
      cores: expect.any(Number),
      simd: expect.stringMatching(/^yes/),
    })
  })

  it('is a table with as many columns in every line with summary --csv, and the numbers of --json', () => {
    const lines = (json[5]?.stdout.trimEnd() ?? '').split('\n').map((line) => line.split(','))
    const [heading = [], ...rows] = lines
    expect(heading.slice(0, 7)).toEqual(['simulation', 'model', 'size', 'J', 'h', 'temperature', 'samples'])
    expect(new Set(heading).size).toBe(heading.length)
    expect(rows).toHaveLength(4 * 3)
    for (const row of rows) expect(row).toHaveLength(heading.length)
    const { simulations } = parsed<Summary>(0)
    const column = (name: string): number[] => rows.map((row) => Number(row[heading.indexOf(name)]))
    expect(rows.map((row) => row[0])).toEqual(names.flatMap((name) => [name, name, name]))
    expect(column('temperature')).toEqual(simulations.flatMap(({ temperature }) => temperature))
    for (const name of ['energy', 'binder', 'callen_ratio']) {
      expect(column(name)).toEqual(simulations.flatMap((simulation) => (simulation[name] as { mean: number[] }).mean))
      expect(column(`${name}_error`)).toEqual(simulations.flatMap((simulation) => (simulation[name] as { error: number[] }).error))
    }
  })

  it('is text on stdout, warnings on stderr, and no escape codes', () => {
    const [summary, quiet, status, info, machine] = text
    for (const outcome of text)
      expect({ code: outcome.code, escape: `${outcome.stdout}${outcome.stderr}`.includes('\x1b') }).toEqual({ code: 0, escape: false })
    for (const name of names) expect(summary?.stdout).toMatch(new RegExp(`^${name.replace('.', '\\.')}$`, 'm'))
    expect(summary?.stdout).toMatch(/^2D Ising model, L = 4, 8 \(complete\)\n/)
    for (const line of summary?.stderr.trimEnd().split('\n') ?? []) expect(line).toMatch(/^warning: ising-L\d/)
    expect(summary?.stderr).not.toBe('')
    expect(quiet).toMatchObject({ stdout: summary?.stdout, stderr: '' })
    expect(status?.stdout).toMatch(
      /^2D Ising model, L = 4, 8: complete after [\d.]+ s\n +simulation +sweeps +samples +min exchanged +max tau /,
    )
    expect(status?.stdout).toMatch(/^ *ising-L8-h0\.1 +220 +2400 +0\.\d+ +[\d.]+ +\d\.\d{3} +\d+$/m)
    expect(info?.stdout).toMatch(/^seed +3$/m)
    expect(info?.stdout).toMatch(/^simulations +ising-L4-h0, ising-L4-h0\.1, /m)
    expect(machine?.stdout).toMatch(/^models +ising, o6$/m)
  })

  it('is a job that gives the same data again, on other threads', async () => {
    writeFileSync(join(cwd, 'again.json'), json[3]?.stdout ?? '')
    const [again, other] = await Promise.all([
      spinpool(['run', 'again.json', '--out=again.h5', '--threads=3', '--json', '--quiet'], { cwd }),
      spinpool(['run', 'again.json', '--out=other.h5', '--threads=1', '--seed=4', '--json', '--quiet'], { cwd }),
    ])
    expect(jsonOf<Summary>(again).simulations).toEqual(parsed<Summary>(0).simulations)
    expect(jsonOf<Summary>(other).simulations).not.toEqual(parsed<Summary>(0).simulations)
  })

  it('may be cut off by a reader that goes away', async () => {
    const closed = await spinpool(['summary', path, '--csv', '--quiet'], { started: (child) => child.stdout?.destroy() })
    expect(closed).toEqual({ code: 0, stdout: '', stderr: '' })
    const command = `'${process.execPath}' '${main}' summary '${path}' --csv --quiet | head -1; echo "code \${PIPESTATUS[0]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    expect(stdout).toMatch(/^simulation,model,size,J,h,temperature,samples,[^\n]+\ncode 0\n$/)
    expect(stderr).toBe('')
  })

  it.skipIf(!existsSync('/dev/full'))('is said to be lost where the disk of stdout is full (skipped where there is no /dev/full)', () => {
    const { status, stderr } = spawnSync('bash', ['-c', `'${process.execPath}' '${main}' summary '${path}' --quiet > /dev/full`], {
      encoding: 'utf8',
    })
    expect(status).toBe(4)
    expect(stderr).toMatch(/^spinpool: stdout: cannot be written \(ENOSPC[^\n]*\)\n$/)
  })
})

describe.concurrent('a run that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with exit code 75 and a readable archive of what was measured', async (signal) => {
    const cwd = folderWith()
    const path = join(cwd, 'long.h5')
    let underway: Status | undefined
    const args = [
      'run',
      '--size=16',
      '--sweeps=1e9',
      '--thermalization=100',
      '--temperatures=2.0:2.6/4',
      '--copies=4',
      '--seed=1',
      '--threads=1',
      '--out=long.h5',
    ]
    const { code, stdout, stderr } = await spinpool(args, {
      cwd,
      started: async (child) => {
        while (!existsSync(path) && child.exitCode === null) await sleep(20)
        // The first archive is there before the first sample.
        await sleep(500)
        if (signal === 'SIGINT') underway = jsonOf<Status>(await spinpool(['status', path, '--json']))
        child.kill(signal)
      },
    })
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: expect.stringContaining(`${signal}: finishing the round and writing a checkpoint ...\n`),
    })
    expect(stderr).toMatch(new RegExp(`\nwarning: stopped early; ${path} has status interrupted; go on with: spinpool resume ${path}\n$`))
    expect(stdout.trim().endsWith(path)).toBe(true)
    expect(readdirSync(cwd)).toEqual(['long.h5'])
    const [status, summary] = await spinpoolEach([[['status', path, '--json']], [['summary', path, '--json', '--quiet']]])
    const { simulations, ...rest } = JSON.parse(status?.stdout ?? '') as Status
    expect(rest).toMatchObject({ status: 'interrupted', fraction: expect.any(Number) })
    expect(rest.fraction).toBeLessThan(0.01)
    expect(simulations[0]?.samples).toBeGreaterThan(0)
    const { energy } = (JSON.parse(summary?.stdout ?? '') as Summary).simulations[0] as unknown as { energy: { mean: number[] } }
    for (const mean of energy.mean) expect(Math.abs(mean + 1.4)).toBeLessThan(0.5)
    if (signal === 'SIGINT') {
      expect(underway).toMatchObject({ status: 'running' })
      expect(underway?.simulations[0]?.samples).toBeLessThan(simulations[0]?.samples ?? 0)
    }
  })
})

describe('spinpool resume', () => {
  const job = { model: 'ising' as const, size: 8, temperatures: [2, 2.3], sweeps: 200, seed: 7 }
  let complete: string
  let stopped: string
  const tail = ['--quiet', '--threads=1']
  let printed: string

  beforeAll(async () => {
    const cwd = folderWith()
    complete = join(cwd, 'run.h5')
    printed = (await spinpool(['run', ...quick, '--out=run.h5', ...tail.slice(0, 1)], { cwd })).stdout.replace(cwd, '')
    stopped = join(cwd, 'stopped.h5')
    await run(job, { out: stopped, threads: 1, signal: AbortSignal.abort() })
  })

  /** A folder with a copy of a run that was stopped before its first sweep, or not at all. */
  const archived = (path: string): string => folderWith({ 'run.h5': readFileSync(path) })

  it('prints the table and the path as run does, and tells of its progress', async () => {
    const cwd = archived(stopped)
    const { code, stdout, stderr } = await spinpool(['resume', 'run.h5', '--threads=1'], { cwd, alone: true })
    expect(code).toBe(0)
    expect(stdout.replace(cwd, '')).toBe(printed)
    const lines = stderr.trimEnd().split('\n')
    expect(lines.slice(0, 2)).toEqual([
      '2D Ising model, L = 8: ising-L8; 2 temperatures x 64 copies = 128 replicas in 1 bundle on 1 thread',
      `writing ${join(cwd, 'run.h5')}`,
    ])
    expect(lines).toContainEqual(expect.stringMatching(/^100 %/))
    expect(lines.at(-1)).toMatch(/^done in [\d.]+ s$/)
    expect(readdirSync(cwd)).toEqual(['run.h5'])
  })

  it('takes the job file of the archive, complete or without what has a default', async () => {
    const cwd = archived(stopped)
    writeFileSync(join(cwd, 'job.yaml'), 'model: ising\nsize: 8\ntemperatures: [2, 2.3]\nsweeps: 200\n')
    const outcome = await spinpool(['resume', 'run.h5', 'job.yaml', ...tail], { cwd })
    expect({ ...outcome, stdout: outcome.stdout.replace(cwd, '') }).toEqual({ code: 0, stdout: printed, stderr: '' })
  })

  it('leaves a complete archive as it is, byte for byte, and says so', async () => {
    const cwd = archived(complete)
    const path = join(cwd, 'run.h5')
    const [before, { mtimeMs }] = [readFileSync(path), statSync(path)]
    const [text, json, same] = await spinpoolEach([
      [['resume', path]],
      [['resume', path, '--json', '--quiet']],
      [['resume', path, '--sweeps=200', '--seed=7', '--quiet']],
    ])
    expect(text?.code).toBe(0)
    expect(text?.stdout.replace(cwd, '')).toBe(printed)
    expect(text?.stderr.trimEnd().split('\n').at(-1)).toBe(`${path} is complete; raise --sweeps to go on`)
    expect(text?.stderr).not.toContain('done in')
    expect(jsonOf<Summary>(json)).toMatchObject({ path, status: 'complete' })
    expect(same).toMatchObject({ code: 0, stdout: text?.stdout, stderr: '' })
    // toEqual() compares byte by byte, which takes seconds.
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    expect(readdirSync(cwd)).toEqual(['run.h5'])
  })
})

describe.concurrent('spinpool status', () => {
  const endless = ['--sweeps=1e9', '--thermalization=50', '--seed=1', '--threads=1', '--out=run.h5', '--quiet']
  /** They take their time, so that whoever looks has a core. */
  const slowly = braked(2)
  const look = (path: string, ...flags: string[]) => spinpool(['status', path, ...flags])
  /** How many are in the archive, 0 where there is none yet. */
  const samplesOf = async (path: string): Promise<number> =>
    existsSync(path) ? withArchive(path, ({ simulations }) => simulations[0]?.samples[0] ?? 0) : 0
  /** Waits until more are there: every checkpoint is another file, and only a new one is read. */
  const untilMore = async (path: string, than: number, child: ChildProcess): Promise<void> => {
    for (let read = 0; child.exitCode === null; await sleep(20)) {
      const { ino = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {}
      if (ino === read) continue
      read = ino
      if ((await samplesOf(path)) > than) return
    }
  }

  it('watches a run, a line of JSON for each look, and ends with it', async () => {
    const cwd = folderWith()
    const path = join(cwd, 'run.h5')
    let watched = ''
    const first = await spinpool(['run', '--size=16', '--temperatures=2.0:2.6/4', '--tempering', ...endless], {
      cwd,
      env: slowly,
      started: async (child) => {
        while (!existsSync(path) && child.exitCode === null) await sleep(20)
        const { code, stdout } = await spinpool(['status', path, '--watch', '--json'], {
          started: (watcher) => {
            let seen = ''
            watcher.stdout?.on('data', (text: string) => {
              seen += text
              if (seen.split('\n').length === 3) child.kill('SIGTERM')
            })
          },
        })
        watched = code === 0 ? stdout : `exit code ${code}`
      },
    })
    expect(first.code).toBe(75)
    while (watched === '') await sleep(20)
    const looks = watched
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Status)
    expect(looks.length).toBeGreaterThanOrEqual(3)
    expect(looks.slice(0, 2).map(({ status }) => status)).toEqual(['running', 'running'])
    expect(looks.at(-1)?.status).toBe('interrupted')
    const done = looks.map(({ simulations }) => simulations[0]?.sweepsDone ?? 0)
    expect(done).toEqual([...done].sort((a, b) => a - b))
  })

  it('tells a run under way, one that was killed and one that was stopped apart', async () => {
    const cwd = folderWith()
    const path = join(cwd, 'run.h5')
    let underway = ''
    const killed = await spinpool(['run', '--model=o6', '--size=6', '--temperatures=0.4,0.5', ...endless, '--checkpoint-every=1s'], {
      cwd,
      env: slowly,
      started: async (child) => {
        await untilMore(path, 0, child)
        underway = (await look(path)).stdout
        child.kill('SIGKILL')
      },
    })
    expect(killed.code).toBeNull()
    expect(underway).toMatch(
      /^Six-component [^\n]*: running, 0\.0 % after [^,]+, (?:about [^,]+ left, )?[\d.]+ updates\/ns, last checkpoint [^,]+ ago, process \d+ on [^,\n]+\n/,
    )
    expect(underway).toMatch(/\nsimulation +sweeps +of +thermalized +samples +accepted +max tau/)
    expect(underway).toMatch(/\n +o6-L6 +\d+ +1000000050 +yes +\d+ +0\.\d+ +[\d.]+/)
    expect(readdirSync(cwd).sort()).toEqual(expect.arrayContaining(['run.h5', 'run.h5.lock']))
    expect((await look(path)).stdout).toMatch(
      /^Six-component [^\n]*: stopped without a word \(killed\?\), 0\.0 % after [^\n]*, last checkpoint [^,]+ ago\nsimulation[\s\S]*\ngo on with: spinpool resume \S+run\.h5\n$/,
    )
    const { samples } = (JSON.parse((await look(path, '--json')).stdout) as Status).simulations[0] ?? { samples: 0 }
    const resumed = await spinpool(['resume', path, '--checkpoint-every=1s', '--quiet'], {
      env: slowly,
      started: async (child) => {
        await untilMore(path, samples, child)
        child.kill('SIGINT')
      },
    })
    expect(resumed.code).toBe(75)
    expect(readdirSync(cwd)).toEqual(['run.h5'])
    const stopped = await look(path)
    expect(stopped.stdout).toMatch(
      /^Six-component [^\n]*: interrupted, 0\.0 % after [^\n]* ago\nsimulation[\s\S]*\ngo on with: spinpool resume \S+run\.h5\n$/,
    )
    expect((JSON.parse((await look(path, '--json')).stdout) as Status).simulations[0]?.samples).toBeGreaterThan(samples)
  })

  it('is of what is there yet before the first checkpoint of a run, and of nothing where nothing runs', async () => {
    const cwd = folderWith()
    expectRefusal(await spinpool(['status', 'run.h5'], { cwd }), 3, ['run.h5: there is no such file'])
    const lock = takeLock(join(cwd, 'run.h5'), false)
    const outcome = await spinpool(['status', 'run.h5'], { cwd })
    lock.release()
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(outcome.stdout).toMatch(/^run\.h5: running, 0\.0 % after [\d.]+ s, process \d+ on \S+\n$/)
  })
})

describe('completion', () => {
  it('prints a script for bash that asks spinpool', async () => {
    const [script] = await spinpoolEach([[['completion']]])
    expect(script).toMatchObject({ code: 0, stderr: '' })
    expect(script?.stdout).toMatch(/\ncomplete .*-F _spinpool_yargs_completions spinpool\n/)
    expect(script?.stdout).toContain('spinpool --get-yargs-completions')
    expect(spawnSync('bash', ['-n'], { input: script?.stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it('knows verbs and their flags', async () => {
    const [verbs, flags] = await spinpoolEach([
      [['--get-yargs-completions', 'spinpool', '']],
      [['--get-yargs-completions', 'spinpool', 'summary', '--']],
    ])
    for (const verb of Object.keys(everyFlag)) expect(verbs?.stdout.split('\n')).toContain(verb)
    for (const flag of ['--json', '--csv', '--quiet']) expect(flags?.stdout.split('\n')).toContain(flag)
    expect(flags?.stdout).not.toContain('--tempering')
  })
})

describe('on a terminal', () => {
  const { isTTY } = process.stderr
  let written = ''

  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    process.stderr.isTTY = isTTY
  })

  function show(env: Readonly<Record<string, string>>): string {
    written = ''
    process.stderr.isTTY = true
    vi.stubEnv('TERM', 'xterm')
    vi.stubEnv('NO_COLOR', '')
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += String(text)
      return true
    })
    const terminal = new Terminal({})
    terminal.progress({ fraction: 0.5, elapsedSeconds: 10, remainingSeconds: 10, updatesPerNanosecond: 1, bundles: { done: 1, total: 2 } })
    terminal.warn('careful')
    terminal.error('wrong')
    return written
  }

  const colour = /\x1b\[\d+m/

  it('there are colours and a bar that redraws itself', () => {
    expect(show({})).toMatch(colour)
    expect(written).toMatch(/\r\x1b\[K.*50 %, 10 s left, 1\.00 updates\/ns, 1\/2 bundles done\r\x1b\[K/)
  })

  it('there are no colours with NO_COLOR', () => {
    expect(show({ NO_COLOR: '1' })).not.toMatch(colour)
    expect(written).toContain('warning: careful\nspinpool: wrong\n')
  })

  it('there are no escape codes at all where it is dumb', () => {
    expect(show({ TERM: 'dumb' })).not.toContain('\x1b')
    expect(written).toContain('50 %, 10 s left, 1.00 updates/ns\n')
  })
})
