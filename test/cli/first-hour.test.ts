// @module-tag slow

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { withArchive } from '../../src/archive/read.ts'
import { samplesOf, traceOf } from '../../src/archive/samples.ts'
import { loadVerbs } from '../../src/cli/verbs.ts'
import { run } from '../../src/run/run.ts'
import { parseNpy } from '../../src/dataset/npy.ts'
import h5wasm from 'h5wasm/node'
import { contents, expectNothingDone, expectRefusal, folderWith, jsonOf, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'

// What somebody types who has not read the manual, and what of an archive goes into other programs.

const folder = folderWith()
const at = (name: string): string => join(folder, name)
const [file, fields] = [at('run.h5'), at('fields.h5')]
let archive: Uint8Array

beforeAll(async () => {
  const base = { model: 'ising', sweeps: 60, thermalization: 10, copies: 2, seed: 1 } as const
  await run({ ...base, size: 4, temperatures: [2, 2.5], title: '50 % of J_1 & co' }, { out: file, threads: 1 })
  await run({ ...base, size: [4, 6], temperatures: [2], parameters: { h: [0, 0.5] }, series: true }, { out: fields, threads: 1 })
  archive = readFileSync(file)
})

describe('a file whose name looks like a number', async () => {
  const verbs = await loadVerbs([])
  const positional = verbs.filter(({ usage }) => /<(?:file|files|job|model|predictions)/.test(usage) || /\[(?:job|file|data)\]/.test(usage))
  const lines = positional.map(({ usage }) => {
    const [verb = ''] = usage.split(' ')
    const more = { plot: ['-o', 'x.svg'], export: ['-o', 'x.onnx'], import: ['-o', 'x.h5'], merge: ['-o', 'x.h5'] }[verb] ?? []
    return [verb, '1.0', ...(verb === 'predict' ? ['2.0'] : []), ...more]
  })

  it('is what was typed, for every verb', async () => {
    expect(lines.length).toBeGreaterThan(10)
    for (const [i, outcome] of (await spinpoolEach(lines.map((args) => [args, { '1': archive }] as const))).entries()) {
      expect([lines[i], outcome.stderr]).toEqual([lines[i], expect.stringMatching(/^spinpool: .*\b1\.0\b.*\n$/)])
      expect(outcome.after).toEqual(outcome.before)
    }
  })

  it('is the one that is extended, not its neighbour', async () => {
    const own = folderWith({ '1': archive, '1.0': archive, '1e5': 'model: ising\nsize: 4\ntemperatures: [2]\nsweeps: 20\n' })
    const before = contents(own)
    const { code } = await spinpool(['resume', '1.0', '--sweeps', '80', '-q'], { cwd: own })
    expect(code).toBe(0)
    const after = contents(own)
    expect(after['1']).toEqual(before['1'])
    expect(after['1.0']).not.toEqual(before['1.0'])
    expect(await spinpool(['run', '1e5', '-q', '-o', 'y.h5'], { cwd: own })).toMatchObject({ code: 0 })
  })
})

describe('a grid that is not what was meant', () => {
  it.each([
    ['2.0:2.6:7', 'has a step larger than its span, which leaves 2 alone; for 7 temperatures write 2:2.6/7'],
    ['1:2:1.5', 'has a step larger than its span, which leaves 1 alone'],
  ])('is refused: %s', async (range, says) => {
    const flags = ['run', '--size', '4', '--sweeps', '10']
    const [outcome] = await spinpoolEach([[[...flags, '--temperatures', range]]])
    expectNothingDone(outcome, 2, [`--temperatures: ${range.replace('2.0', '2')}`, says])
  })

  it('is refused in YAML that counts in base 60, and read in that of today', async () => {
    const job = 'model: ising\nsize: 4\ntemperatures: 1:5:0.5\nsweeps: 10\n'
    const [old, next, now] = await spinpoolEach([
      [['run', 'job.yaml'], { 'job.yaml': `%YAML 1.1\n---\n${job}` }],
      [['run', 'job.yaml'], { 'job.yaml': `%YAML 1.3\n---\n${job}` }],
      [['run', 'job.yaml', '--dry-run', '--json'], { 'job.yaml': `%YAML 1.2\n---\n${job}` }],
    ])
    expectNothingDone(old, 2, ['job.yaml: %YAML 1.1 reads some numbers differently; allowed: %YAML 1.2'])
    expectNothingDone(next, 2, ['job.yaml, line 1: Unsupported YAML version 1.3'])
    expect(jsonOf<{ job: { temperatures: number[] } }>(now).job.temperatures).toHaveLength(9)
  })

  it.each([
    ['0x20000000000001', '9007199254740993'],
    ['0o400000000000000001', '9007199254740993'],
    ['9007199254740993', '9007199254740993'],
  ])('the seed %s is the one that was written', async (seed, digits) => {
    const job = `model: ising\nsize: 4\ntemperatures: [2]\nsweeps: 10\nseed: ${seed}\n`
    const [outcome] = await spinpoolEach([[['run', 'job.yaml', '--dry-run', '--json'], { 'job.yaml': job }]])
    expect(jsonOf<{ job: { seed: string } }>(outcome).job.seed).toBe(digits)
  })
})

describe('the first command', () => {
  it('is answered by the help where it has no verb', async () => {
    const [bare, help] = await spinpoolEach([[[]], [['--help']]])
    expect(bare).toMatchObject({ code: 0, stderr: '', stdout: help?.stdout })
    expect(bare?.stdout).toContain('spinpool run')
  })

  it('makes the folder of --out, one level, and takes -o for it', async () => {
    const short = ['run', '--size', '4', '--temperatures', '2', '--sweeps', '20', '-q']
    const [one, two, dataset] = await spinpoolEach([
      [[...short, '-o', 'new/run.h5']],
      [[...short, '--out', 'new/deep/run.h5']],
      [['dataset', 'rectangles', '-o', 'new/pictures.h5', '-q']],
    ])
    expect(one).toMatchObject({ code: 0, after: { 'new/run.h5': expect.any(String) } })
    expectNothingDone(two, 3, ['neither the folder', 'make them first, or name another with --out'])
    expect(dataset).toMatchObject({ code: 0, after: { 'new/pictures.h5': expect.any(String) } })
  })

  it('is completed with the values that a flag takes', async () => {
    const complete = (...words: string[]) => spinpool(['--get-yargs-completions', 'spinpool', ...words])
    const [model, update, figure, format] = [
      await complete('run', '--model', ''),
      await complete('run', '--update', ''),
      await complete('plot', 'x.h5', '--figure', ''),
      await complete('summary', 'x.h5', '--format', ''),
    ]
    expect(model.stdout.split('\n')).toEqual(expect.arrayContaining(['ising', 'o6']))
    expect(update.stdout.split('\n')).toEqual(expect.arrayContaining(['metropolis', 'heat-bath']))
    expect(figure.stdout.split('\n')).toEqual(expect.arrayContaining(['observables', 'crossings']))
    expect(format.stdout.split('\n')).toEqual(expect.arrayContaining(['markdown', 'latex']))
  })

  it('prints the script of slurm also when it is asked for a dry run', async () => {
    const job = { 'job.yaml': 'model: ising\nsize: [4, 6]\ntemperatures: [2]\nsweeps: 20\nseed: 1\n' }
    const [plain, dry, both] = await spinpoolEach([
      [['slurm', 'job.yaml', '--shards', '2', '-o', 'run.h5'], job],
      [['slurm', 'job.yaml', '--shards', '2', '-o', 'run.h5', '--dry-run'], job],
      [['slurm', 'job.yaml', '--shards', '2', '--dry-run', '--submit'], job],
    ])
    expect(dry?.code).toBe(0)
    const nameless = (text = ''): string => text.replaceAll(/\/[^\s']*case-\w+/g, 'FOLDER').replaceAll(/ --dry-run/g, '')
    expect(nameless(dry?.stdout)).toBe(nameless(plain?.stdout))
    expectNothingDone(both, 2, ['--submit and --dry-run: give one of them'])
  })

  it('says of a run that is stopped while it thermalizes that nothing was measured', async () => {
    const stopped = at('warm.h5')
    const job = { model: 'ising', size: 4, temperatures: [2, 2.5], sweeps: 10, thermalization: 1000, copies: 1, seed: 1 } as const
    await run(job, { out: stopped, threads: 1, signal: AbortSignal.abort() })
    const [summary] = await spinpoolEach([[['summary', stopped]]])
    expect(summary?.code).toBe(0)
    expect(summary?.stdout).toContain('nothing was measured yet')
    expect(summary?.stdout).not.toMatch(/ - +- /)
  })
})

describe('an archive in other programs', () => {
  it('is a table with model, size and every parameter beside the values and their errors', async () => {
    const { stdout } = await spinpool(['summary', fields, '--csv', '-q'])
    const [heading = [], ...rows] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    expect(heading.slice(0, 7)).toEqual(['simulation', 'model', 'size', 'J', 'h', 'temperature', 'samples'])
    expect(heading).toEqual(expect.arrayContaining(['energy', 'energy_error', 'energy_tau', 'energy_tau_error', 'energy_rhat']))
    expect(rows.map((row) => row.slice(1, 6))).toEqual([
      ['ising', '4', '1', '0', '2'],
      ['ising', '4', '1', '0.5', '2'],
      ['ising', '6', '1', '0', '2'],
      ['ising', '6', '1', '0.5', '2'],
    ])
    for (const row of rows) expect(row).toHaveLength(heading.length)
  })

  it('is a table of Markdown, or of LaTeX, of the quantities asked for', async () => {
    const [markdown, latex, wrong, unknown] = await spinpoolEach([
      [['summary', file, '--format', 'markdown', '--observable', 'energy,binder', '-q']],
      [['summary', file, '--format', 'latex', '--observable', 'abs_magnetization', '-q']],
      [['summary', file, '--format', 'word']],
      [['summary', file, '--observable', 'energi']],
    ])
    expect(markdown?.stdout).toMatch(/^# 50 % of J_1 & co/)
    expect(markdown?.stdout).toMatch(/\n\| T \| energy .*\| binder .*\|\n\| ---: \| ---: /)
    const { stdout = '' } = latex ?? {}
    expect(stdout).toMatch(/^% 50 % of J_1 & co/)
    expect(stdout).toContain('\\begin{tabular}{r')
    expect(stdout).toMatch(/\n {2}\$2\$ & .*\$0\.\d+\(\d+\)\$.* \\\\\n/)
    expect(stdout).toContain('abs\\_magnetization')
    expectNothingDone(wrong, 2, ["--format: 'word' is not possible; allowed: table, csv, json, markdown, latex"])
    expectNothingDone(unknown, 2, ["--observable: 'energi' is not among the quantities; did you mean 'energy'?; possible: "])
  })

  it('gives its single measurements to NumPy, series and trace', async () => {
    const [outcome] = await spinpoolEach([[['export', fields, '-o', 'x.npz']]])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const members = unzipSync(Buffer.from(outcome?.after['x.npz'] ?? '', 'latin1'))
    await withArchive(fields, ({ simulations }) => {
      for (const simulation of simulations) {
        for (const [kind, samples] of [
          ['series', samplesOf(simulation)],
          ['trace', traceOf(simulation)],
        ] as const) {
          if (!samples) throw new Error(`no ${kind}`)
          const npy = parseNpy(members[`${simulation.name}/${kind}/energy.npy`] as Uint8Array)
          const array = npy.kind === 'array' ? npy.array : undefined
          expect(array?.shape).toEqual([1, 2, samples.sweep.length])
          expect([...(array?.values ?? [])]).toEqual([0, 1].flatMap((copy) => [...samples.of('energy', 0, copy)]))
        }
      }
    })
  })

  it('gives them as CSV, one line for each', async () => {
    const [outcome, trace] = await spinpoolEach([[['export', fields, '-o', 'x.csv']], [['export', file, '-o', 'x.csv']]])
    const lines = (outcome?.after['x.csv'] ?? '').trim().split('\n')
    expect(lines[0]).toMatch(/^simulation,temperature,copy,sweep,energy,/)
    expect(lines).toHaveLength(1 + 4 * 2 * 60)
    // Without a series it is the trace, from the thermalization on.
    expect((trace?.after['x.csv'] ?? '').trim().split('\n')).toHaveLength(1 + 2 * 2 * 60)
  })

  it('is not mistaken for a model, nor a model for it', async () => {
    const [model, network, ending] = await spinpoolEach([
      [['export', file, '-o', 'x.onnx']],
      [['export', file, '-o', 'x.csv', '--network', '1']],
      [['export', file, '-o', 'x.txt']],
    ])
    expectRefusal(model, 3, ['run.h5'])
    expectNothingDone(network, 2, ['--network: goes with the export of a model alone'])
    expectNothingDone(ending, 2, ["--out: 'x.txt' names no format; allowed: names that end in .onnx or .safetensors"])
  })
})

describe('a job that is a trap', () => {
  it.each([
    ['brackets without end', '['.repeat(5_000_000), 'nested too deeply'],
    ['brackets in a key', `model: ising\nsize: ${'['.repeat(2000)}4${']'.repeat(2000)}\n`, 'nested too deeply'],
    ['lists of lists', `size: ${'- '.repeat(3000)}4\n`, 'nested too deeply'],
    ['lists below each other', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}-\n`).join(''), 'nested too deeply'],
    ['keys without end', Array.from({ length: 80_000 }, (_, i) => `k${i}: 1\n`).join(''), '80000 keys are too many for a job'],
    ['keys of JSON without end', JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1]))), '5000 keys'],
    ['an alias inside of itself', 'title: &a [*a]\nmodel: ising\n', 'an alias stands inside of what it names'],
    [
      'aliases of aliases',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefghi'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`).join('\n')}\n`,
      '',
    ],
  ])('is refused at once: %s', async (_, text, says) => {
    const begin = performance.now()
    const [outcome] = await spinpoolEach([[['run', 'job.yaml', '--dry-run'], { 'job.yaml': text }]])
    expectNothingDone(outcome, 2, ['job.yaml', says])
    expect(outcome?.stderr).not.toMatch(/call stack|circular|RangeError/)
    expect(performance.now() - begin).toBeLessThan(5000)
  })

  it.each(['/dev/zero', '/dev/full'])('is refused, as it has no end: %s', async (path) => {
    const [outcome] = await spinpoolEach([[['run', path]]])
    expectNothingDone(outcome, 2, [`${path}: larger than 10485760 bytes`])
  })
})

describe('what would move the cursor', () => {
  it('is shown, not done', async () => {
    const own = folderWith()
    // A title with such signs is refused where a run begins; in a file it may be all the same.
    const path = join(own, 'run.h5')
    await copyHdf5(file, path, (name) => !/@(?:seal|crc32)$/.test(name))
    const copy = new h5wasm.File(path, 'a')
    copy.delete_attribute('title')
    copy.create_attribute('title', 'a\x1b[2J\x07b\u202ec')
    copy.close()
    for (const verb of ['summary', 'info']) {
      const { stdout, stderr } = await spinpool([verb, path])
      expect(stdout + stderr).not.toMatch(/[\x1b\x07\u202e]/)
      expect(stdout).toContain('a\\x1b[2J\\x07b\\u202ec')
    }
    const { stderr } = await spinpool(['summary', 'no\x1b[31m\n\x9b.h5'])
    expect(stderr).toBe('spinpool: no\\x1b[31m\\n\\u009b.h5: there is no such file\n')
    const { stdout } = await spinpool(['info', path, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ title: 'a\x1b[2J\x07b\u202ec' })
  })
})

describe('extremes of the Ising model', () => {
  it.each([
    [['--temperatures', '1e300'], '--temperatures: 1e+300 is not possible with J = 1, h = 0'],
    [['--temperatures', '2', '-p', 'J=1e-320'], 'J: 1e-320 is not possible; it must lie between'],
    [['--temperatures', '2', '-p', 'J=1e308'], 'J: 1e+308 is not possible'],
    [['--temperatures', '2', '-p', 'h=-1e308'], 'h: -1e+308 is not possible'],
    [['--temperatures', '3e7', '-p', 'J=1,20'], '--temperatures: 30000000 is not possible with J = 1, h = 0'],
  ])('are refused: %s', async (flags, says) => {
    const [outcome] = await spinpoolEach([[['run', '--size', '4', '--sweeps', '10', ...flags]]])
    expectNothingDone(outcome, 2, [says])
  })
})

describe('a temperature at which nothing moves', () => {
  it('is in figures, between temperatures and in fits as any other', { timeout: 60_000 }, async () => {
    const own = folderWith()
    for (const [name, temperatures] of [
      ['two', [0.05, 2]],
      ['three', [0.05, 0.3, 2]],
    ] as const) {
      const out = join(own, `${name}.h5`)
      await run({ model: 'ising', size: [4, 6], temperatures: [...temperatures], sweeps: 300, copies: 2, seed: 3 }, { out, threads: 1 })
      for (const args of [
        ['plot', out, '-o', join(own, `${name}.html`)],
        ['summary', out, '--at', '1,1.9'],
        ['scaling', out],
      ]) {
        const { code, stderr } = await spinpool([...args, '-q'])
        expect([args, stderr]).toEqual([args, expect.not.stringMatching(/singular|matrix/i)])
        expect([0, 2]).toContain(code)
      }
    }
  })
})
