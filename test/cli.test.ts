import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Archive, openArchive } from '../src/archive/read.ts'
import { Terminal } from '../src/cli/terminal.ts'
import { exampleJob } from '../src/job/example.ts'
import { type Job, resolveJob } from '../src/job/job.ts'
import { type Batched, folderWith, jsonOf, main, spinpool, spinpoolMany } from './command.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
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

async function withArchive<T>(path: string, read: (archive: Archive) => T): Promise<T> {
  const archive = await openArchive(path)
  try {
    return read(archive)
  } finally {
    archive.close()
  }
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
    ...['--threads=1', '--out=run.h5', '--force', '--dry-run', '--json', '--quiet', '--log-level=error'],
  ],
  summary: ['--json', '--csv', '--quiet', '--log-level=error'],
  status: ['--json', '--quiet', '--log-level=error'],
  info: ['--json', '--job', '--quiet', '--log-level=error'],
  completion: ['--quiet', '--log-level=error'],
}

describe('help', () => {
  const verbs = Object.keys(everyFlag)
  let outcomes: Batched[]

  beforeAll(() => {
    outcomes = spinpoolMany([
      ...verbs.map((verb) => [[verb, '--help']] as const),
      [['--help']],
      [['help']],
      [['run', '-h']],
      [['--version']],
      [['run', '--version']],
    ])
  }, 60_000)

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
    ['--help', 5],
    ['help', 6],
  ])('is also printed for %s, with every verb', (_, i) => {
    const { code, stdout = '', stderr } = outcomes[i] ?? {}
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^ +spinpool ${verb}`, 'm'))
  })

  it('has a short form', () => {
    expect(outcomes[7]?.stdout).toBe(outcomes[0]?.stdout)
  })

  it('tells the version on its own', () => {
    for (const outcome of outcomes.slice(8)) expect(outcome).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('every flag works: spinpool run', () => {
  let path: string
  let archive: Archive

  beforeAll(async () => {
    const cwd = folderWith()
    path = join(cwd, 'run.h5')
    const args = everyFlag.run?.filter((flag) => flag !== '--dry-run') ?? []
    const outcome = await spinpool(['run', ...args, '-p', 'rho=1'], { cwd })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    expect(jsonOf<Summary>(outcome).path).toBe(path)
    expect(readdirSync(cwd)).toEqual(['run.h5'])
    archive = await openArchive(path)
    return () => archive.close()
  }, 60_000)

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

  it('and the other verbs take all of theirs', () => {
    const lines = [
      ['summary', '--json'],
      ['summary', '--csv'],
      ['status', '--json'],
      ['info', '--json'],
      ['info', '--job'],
    ]
    for (const outcome of spinpoolMany(lines.map((line) => [[...line, path, '--quiet', '--log-level=error']] as const))) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.stdout).not.toBe('')
    }
  })
})

describe('--dry-run', () => {
  const dry = (...lines: (readonly string[])[]): DryRun[] =>
    spinpoolMany(lines.map((args) => [['run', ...args, '--dry-run', '--json']] as const)).map((outcome) => jsonOf<DryRun>(outcome))

  it('says what would run and writes nothing', () => {
    const [text, json] = spinpoolMany([[['run', ...quick, '--dry-run']], [['run', ...quick, '--dry-run', '--json']]])
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

  it('shows the built-in example where nothing is asked for, and what flags change of it', () => {
    const example = resolveJob(exampleJob('ising'))
    expect(example).toMatchObject({ model: 'ising', tempering: true })
    expect(dry([], ['--sweeps=1e3', '--no-tempering']).map(({ job }) => job)).toEqual([
      example,
      { ...example, sweeps: 1000, tempering: false },
    ])
  })

  it('keeps seeds digit by digit, from a flag and from a file', () => {
    const seeds = ['9007199254740993', '18446744073709551615', '0']
    const flags = quick.filter((flag) => !flag.startsWith('--seed'))
    expect(dry(...seeds.map((seed) => [...flags, `--seed=${seed}`])).map(({ job }) => job.seed)).toEqual(seeds)
    const files = seeds.map((seed) => ({ 'job.yaml': `model: ising\nsize: 8\ntemperatures: 2\nseed: ${seed}\n` }))
    const outcomes = spinpoolMany(files.map((file) => [['run', 'job.yaml', '--dry-run', '--json'], file] as const))
    expect(outcomes.map((outcome) => jsonOf<DryRun>(outcome).job.seed)).toEqual(seeds)
  })

  it('lets flags win over the job file, parameter by parameter', () => {
    const file = { model: 'ising', size: [8, 16], temperatures: [2], sweeps: 500, parameters: { J: -1, h: 0.5 }, title: 'from the file' }
    const args = ['run', 'job.json', '--size=4', '-p', 'h=0,0.1', '--dry-run', '--json']
    const { job, simulations } = jsonOf<DryRun>(spinpoolMany([[args, { 'job.json': JSON.stringify(file) }]])[0])
    expect(job).toMatchObject({ size: [4], temperatures: [2], sweeps: 500, parameters: { J: -1, h: [0, 0.1] }, title: 'from the file' })
    expect(simulations).toEqual(['ising-L4-h0', 'ising-L4-h0.1'])
  })

  it('counts the bundles of ensembles that exchange temperatures, or a parameter', () => {
    const base = ['--size=8', '--threads=2']
    const [gang, along] = dry(
      [...base, '--temperatures=2:3/300', '--tempering'],
      [...base, '--temperatures=2,3', '--along=h', '-p', 'h=0.1,0'],
    )
    expect(gang).toMatchObject({ bundles: 3, threads: 2, job: { tempering: true, copies: 1 } })
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
    outcome = await spinpool(['run', ...quick, '--out=run.h5'], { cwd, env: { FORCE_COLOR: '1' } })
  }, 60_000)

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
    const outcomes = spinpoolMany([...asked, ...plain].map((args) => [args]))
    json = outcomes.slice(0, asked.length)
    text = outcomes.slice(asked.length)
  }, 60_000)

  const names = ['ising-L4-h0', 'ising-L4-h0.1', 'ising-L8-h0', 'ising-L8-h0.1']
  const parsed = <T>(i: number): T => jsonOf<T>(json[i])

  it('is JSON of every quantity with summary --json, the same as run --json printed', () => {
    const summary = parsed<Summary>(0)
    expect(summary.status).toBe('complete')
    expect(summary.simulations.map(({ name }) => name)).toEqual(names)
    for (const simulation of summary.simulations) {
      expect(simulation.temperature).toEqual([2, 2.3, 2.6])
      expect(simulation.samples).toEqual([42 * 200, 42 * 200, 42 * 200])
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
    expect(status.simulations.map(({ name, samples }) => [name, samples])).toEqual(names.map((name) => [name, 3 * 42 * 200]))
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
    expect(heading.slice(0, 3)).toEqual(['simulation', 'temperature', 'samples'])
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
    expect(status?.stdout).toMatch(/^2D Ising model, L = 4, 8: complete, 100 % after [\d.]+ s\n +simulation +sweeps +of/)
    expect(status?.stdout).toMatch(/^ *ising-L8-h0\.1 +220 +220 +yes +25200 +\d+$/m)
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
    expect(stdout).toMatch(/^simulation,temperature,samples,[^\n]+\ncode 0\n$/)
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
      '--size=64',
      '--sweeps=1e9',
      '--thermalization=100',
      '--temperatures=2.0:2.6/16',
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
        if (signal === 'SIGINT')
          underway = JSON.parse(spawnSync(process.execPath, [main, 'status', path, '--json'], { encoding: 'utf8' }).stdout) as Status
        child.kill(signal)
      },
    })
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: expect.stringContaining(`${signal}: finishing the round and writing what was measured ...\n`),
    })
    expect(stderr).toMatch(new RegExp(`\nwarning: stopped early; ${path} has status interrupted\n$`))
    expect(stdout.trim().endsWith(path)).toBe(true)
    expect(readdirSync(cwd)).toEqual(['long.h5'])
    const [status, summary] = spinpoolMany([[['status', path, '--json']], [['summary', path, '--json', '--quiet']]])
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

describe('completion', () => {
  it('prints a script for bash that asks spinpool', () => {
    const [script] = spinpoolMany([[['completion']]])
    expect(script).toMatchObject({ code: 0, stderr: '' })
    expect(script?.stdout).toMatch(/\ncomplete .*-F _spinpool_yargs_completions spinpool\n/)
    expect(script?.stdout).toContain('spinpool --get-yargs-completions')
    expect(spawnSync('bash', ['-n'], { input: script?.stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it('knows verbs and their flags', () => {
    const [verbs, flags] = spinpoolMany([
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
