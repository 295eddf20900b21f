// @module-tag slow

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import h5wasm, { type Dataset } from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeBenchmark } from '../../src/benchmark/file.ts'
import { readSettings } from '../../src/benchmark/settings.ts'
import { plotVerb } from '../../src/cli/plot.ts'
import { models } from '../../src/model/registry.ts'
import { archiveFigureNames } from '../../src/view/figure/figure.ts'
import { type Batched, contents, expectNothingDone, folderWith, jsonOf, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'
import { temporaryFolder } from '../support/folder.ts'
import { start, startShell, until } from '../support/processes.ts'

// plot of archives and benchmarks, summary --at and scaling as a user has them, and all that they refuse; what plot draws of
// models and predictions is tried in network-cli.test.ts. Most command lines share one process.

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const TITLE = '<script>alert(1)</script> "q" & \'x\' ü'
const [ising, o6, warm, lone, holes] = ['ising.h5', 'o6.h5', 'warm.h5', 'lone.h5', 'holes.h5'].map(at) as [
  string,
  string,
  string,
  string,
  string,
]
const isingKinds = archiveFigureNames.filter((name) => name !== 'helicity')

/** A benchmark of one and two threads that scale without loss. */
function smallBenchmark(): Parameters<typeof writeBenchmark>[1] {
  const settings = readSettings({ threads: [2], repeats: 3 }, models)
  const machine = { host: 'node', cpu: 'Some CPU', cores: 2, allowed: '0-1', physicalCores: 2, oneEach: '0,1', numaNodes: 1 } as const
  const limits = { cpuLimit: 0, memoryBytes: 2 ** 30, memoryLimitBytes: 0, slurmCpus: 0, virtual: 'no', loadBefore: 0 } as const
  const seconds = [
    [2, 2.01, 1.99],
    [1, 1.01, 0.99],
  ]
  return {
    settings,
    machine: { ...machine, ...limits, node: process.version, v8: '11', os: 'Linux' },
    quiet: { others: 0.01, stolen: 0 },
    scalings: [
      { kind: 'strong', model: 'ising', size: 16, job: '8 replicas', threads: [1, 2], updates: [1e9, 1e9], seconds, control: seconds },
    ],
    measurements: [{ part: 'io', name: 'ising-write', longName: 'write lattices', unit: 'MB/s', values: [300, 301, 302] }],
    provenance: { version: '0.1.0', seed: '1', threads: 2, command: 'spinpool bench' },
  }
}

/** A copy of an archive in which one quantity has no value at any temperature. */
async function writeHoles(): Promise<void> {
  await copyHdf5(lone, holes, (path) => !/@(seal|crc32)$/.test(path))
  const file = new h5wasm.File(holes, 'a')
  try {
    for (const name of ['binder', 'binder_error']) {
      const dataset = file.get(`simulations/ising-L4/${name}`) as Dataset
      dataset.write_slice([[0, 1]], Float64Array.of(Number.NaN))
    }
  } finally {
    file.close()
  }
}

beforeAll(async () => {
  const short = ['--seed', '1', '--threads', '1', '--thermalization', '10', '--copies', '2', '--snapshots', '1', '-q']
  const ran = await Promise.all([
    spinpool([
      ...['run', '--size', '16,32,64', '--temperatures', '2.2:2.4/3', '--sweeps', '120', '--tempering', '--title', TITLE],
      ...[...short, '--out', ising],
    ]),
    spinpool([
      'run',
      '--model',
      'o6',
      '--size',
      '4',
      '--temperatures',
      '0.5,1',
      '--sweeps',
      '60',
      '-p',
      'g=0.2,0.3',
      ...short,
      '--out',
      o6,
    ]),
    spinpool(['run', '--size', '4', '--temperatures', '2.2', '--sweeps', '40', ...short, '--out', lone]),
  ])
  expect(ran.map(({ code, stderr }) => [code, stderr.replaceAll(/warning: .*\n/g, '')])).toEqual(ran.map(() => [0, '']))
  await writeHoles()
  await writeBenchmark(at('bench.h5'), smallBenchmark())
  writeFileSync(at('text.h5'), 'no HDF5 at all')
  writeFileSync(at('empty.h5'), '')
  execFileSync('mkfifo', [at('pipe.h5')])
  writeFileSync(at('cut.h5'), readFileSync(ising).subarray(0, 60_000))
  await copyHdf5(ising, at('lost.h5'), (path) => path !== '/simulations/ising-L16/temperature')
  await h5wasm.ready
  for (const [name, format] of [
    ['newer.h5', 'spinpool'],
    ['zebra.h5', 'spinpool-zebra'],
  ] as const) {
    const file = new h5wasm.File(at(name), 'w')
    file.create_attribute('format', format)
    file.create_attribute('formatVersion', 99, [], '<i4')
    file.close()
  }
}, 120_000)

describe('plot while a run writes', () => {
  it('draws what there is of a run that thermalizes, which stops with exit code 75 all the same', async () => {
    const run = start([
      ...['run', '--size', '4', '--temperatures', '2,2.5', '--sweeps', '10', '--thermalization', '1e9', '--threads', '1'],
      ...['--checkpoint-every', '1s', '-q', '--out', warm],
    ])
    await until(run, () => existsSync(warm))
    // The first checkpoint comes before the first sweep; every checkpoint is another file.
    const first = statSync(warm).ino
    await until(run, () => statSync(warm).ino !== first)
    const { code, stdout, stderr } = await spinpool(['plot', warm, '-o', at('warm.html')])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${at('warm.html')}\n`, stderr: '' })
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(75)
  })

  it('of what was only thermalized draws the series; the rest is refused', async () => {
    const [series, observables, asked, histogram, reweighted, scaling] = await spinpoolEach([
      [['plot', warm, '-o', 'x.svg', '--figure', 'series']],
      [['plot', warm, '-o', 'x.svg']],
      [['plot', warm, '-o', 'x.svg', '--figure', 'observables']],
      [['plot', warm, '-o', 'x.svg', '--figure', 'histogram']],
      [['summary', warm, '--at', '2.2']],
      [['scaling', warm]],
    ])
    expect(series).toMatchObject({ code: 0, stderr: '' })
    expectNothingDone(observables, 3, [
      `${warm}: nothing was measured yet, so there are no observables to draw; go on with spinpool resume`,
    ])
    expectNothingDone(asked, 2, ['--figure: observables cannot be drawn of warm.h5: no quantity has a value yet'])
    expectNothingDone(histogram, 2, ['--figure: histogram cannot be drawn of warm.h5: it holds no single measurements'])
    for (const outcome of [reweighted, scaling]) expectNothingDone(outcome, 3, [`${warm}: ising-L4: nothing was measured yet`])
  })
})

describe('plot', () => {
  const drawn = [...isingKinds.map((kind) => [kind, ising] as const), ['helicity', o6] as const, ['snapshots', o6] as const]
  // A picture of points is made from the SVG, in the same way for all of them: that of lines and that of lattices are tried.
  const lines = drawn.flatMap(([kind, file]) => {
    const endings = kind === 'observables' || kind === 'snapshots' ? (['svg', 'png', 'html'] as const) : (['svg', 'html'] as const)
    return endings.map((ending) => ({ kind, file, ending }))
  })
  let outcomes: Batched[]

  beforeAll(async () => {
    outcomes = await spinpoolEach(lines.map(({ kind, file, ending }) => [['plot', file, '--figure', kind, '-o', `x.${ending}`]]))
  }, 120_000)

  it.each(
    lines.map(({ kind, file, ending }, i) => [kind, file.slice(folder.length + 1), ending, i] as const),
  )('draws %s of %s as %s', (_kind, _file, ending, i) => {
    const { code, stdout, stderr, after } = outcomes[i] as Batched
    const name = `x.${ending}`
    expect({ code, stderr, files: Object.keys(after) }).toEqual({ code: 0, stderr: '', files: [name] })
    expect(stdout).toMatch(new RegExp(`^/.*/x\\.${ending}\n$`))
    const data = after[name] ?? ''
    if (ending === 'svg') expect(data).toMatch(/^<svg[\s\S]*<\/svg>\s*$/)
    if (ending === 'svg') expect(data).not.toMatch(/NaN|undefined/)
    if (ending === 'png') expect(data.slice(1, 4)).toBe('PNG')
    if (ending === 'html') expect(data).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i)
    if (ending !== 'png') expect(data).not.toContain('<script>alert')
  })

  it('has examples that do what they say', async () => {
    const given = { 'run.h5': readFileSync(ising), 'bench.h5': readFileSync(at('bench.h5')) }
    const examples = plotVerb.examples.map(([line]) => line.split(' ').slice(1)).filter((words) => words.some((word) => word in given))
    expect(examples.length).toBe(4)
    for (const [i, { code, stdout, stderr, after }] of (await spinpoolEach(examples.map((words) => [words, given]))).entries()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const out = examples[i]?.[(examples[i]?.indexOf('-o') ?? 0) + 1] ?? ''
      expect(stdout.endsWith(`/${out}\n`)).toBe(true)
      expect(Object.keys(after).sort()).toEqual([...Object.keys(given), out].sort())
    }
  })

  it('draws odd archives: one temperature, a column of NaN, elements of arrays, a parameter across, older formats, odd names', async () => {
    const old = Object.fromEntries(
      ['format-1-ising', 'format-1-o6', 'format-2-ising', 'format-2-o6'].map((name) => [
        `${name}.h5`,
        gunzipSync(readFileSync(fileURLToPath(new URL(`../support/archives/${name}.h5.gz`, import.meta.url)))),
      ]),
    )
    const odd = 'ü ∫ <b>&".h5'
    const lines: readonly (readonly [readonly string[], Readonly<Record<string, Uint8Array>>?])[] = [
      [['plot', lone, '-o', 'x.svg']],
      [['plot', lone, '-o', 'x.html']],
      [['plot', holes, '-o', 'x.svg']],
      [['plot', holes, '-o', 'x.html']],
      [['plot', o6, '-o', 'x.svg', '--observable', 'energy, cdw_structure_factor[0,1]']],
      [['plot', o6, '-o', 'x.svg', '--x', 'g']],
      [['plot', o6, '-o', 'x.html', '-x', 'beta', '--log', 'xy', '-q']],
      [['plot', at('bench.h5'), '-o', 'x.html']],
      ...Object.keys(old).map((name) => [['plot', name, '-o', 'x.html'], old] as const),
      [['plot', odd, '-o', 'ü <i>.html'], { [odd]: readFileSync(ising) }],
    ]
    for (const [i, { code, stdout, stderr, before, after }] of (await spinpoolEach(lines)).entries()) {
      const out = lines[i]?.[0][3] ?? ''
      expect([lines[i]?.[0].slice(1), code, stderr]).toEqual([lines[i]?.[0].slice(1), 0, ''])
      expect(stdout.endsWith(`/${out}\n`)).toBe(true)
      expect(Object.keys(after).filter((name) => !(name in before))).toEqual([out])
      expect(after[out]).not.toContain('<script>alert')
      if (out.startsWith('ü')) expect(after[out]).toMatch(/(?:&lt;|&#60;)script(?:&gt;|&#62;)alert\(1\)/)
    }
  })

  it('replaces a picture with --force alone, and never what it draws', async () => {
    const taken = { 'x.svg': 'mine' }
    const [refused, forced, itself] = await spinpoolEach([
      [['plot', lone, '-o', 'x.svg'], taken],
      [['plot', lone, '-o', 'x.svg', '--force'], taken],
      [['plot', './run.svg', '-o', 'run.svg', '--force'], { 'run.svg': readFileSync(lone) }],
    ])
    expectNothingDone(refused, 3, ['x.svg exists already; name another with --out, or replace it with --force'])
    expect(forced?.after['x.svg']).toMatch(/^<svg/)
    expectNothingDone(itself, 2, ['--out: run.svg is one of the files that are drawn; name another'])
  })

  it('does not mind a reader that has gone, and a picture is whole or not there after Ctrl-C', async () => {
    const own = folderWith()
    const shell = startShell(`$spinpool plot '${lone}' -o '${own}/x.svg' | true; exit \${PIPESTATUS[0]}`)
    expect(await shell.ended).toMatchObject({ code: 0 })
    expect(readdirSync(own)).toEqual(['x.svg'])
    const stopped = start(['plot', ising, '-o', join(own, 'y.html')])
    stopped.child.kill('SIGINT')
    expect(await stopped.ended).toMatchObject({ signal: 'SIGINT' })
    expect(Object.keys(contents(own))).toEqual(['x.svg'])
  })
})

describe('what is not possible', () => {
  const x = ['-o', 'x.svg']
  const cases: readonly (readonly [args: readonly string[], code: number, says: string])[] = [
    [['plot', ...x], 2, 'the file is missing'],
    [['plot', ising], 2, '--out: missing; name the picture to write'],
    [['plot', ising, '-o'], 2, '-o: its value is missing'],
    [['plot', ising, '-o', ''], 2, "--out: '' names no format; allowed: names that end in .svg, .png or .html"],
    [['plot', ising, '-o', 'x.pdf'], 2, "--out: 'x.pdf' names no format"],
    [['plot', ising, '-o', 'no/deep/x.svg'], 3, 'no/deep nor the one above it exists; make them first'],
    [['plot', ising, ...x, ...x], 2, '--out: given 2 times; allowed: once'],
    [['plot', ising, ...x, '--colour', 'red'], 2, '--colour: unknown flag'],
    [['plot', 'missing.h5', ...x], 3, 'missing.h5: there is no such file'],
    [['plot', '.', ...x], 3, '.: a folder, not an archive'],
    [['plot', at('text.h5'), ...x], 3, 'text.h5: not an HDF5 file'],
    [['plot', at('empty.h5'), ...x], 3, 'empty.h5: empty, not an archive'],
    [['plot', at('pipe.h5'), ...x], 3, 'pipe.h5: a pipe, not a regular file; write what is in it to a file first'],
    [['plot', at('cut.h5'), ...x], 3, 'cut.h5: damaged or truncated'],
    [['plot', at('lost.h5'), ...x], 3, 'lost.h5: damaged; '],
    [['plot', at('newer.h5'), ...x], 3, 'newer.h5: format 99 is newer than the 3 that this version of spinpool reads'],
    [['plot', at('zebra.h5'), ...x], 3, 'zebra.h5: no archive of a run, no model, no prediction and no benchmark of spinpool'],
    [['plot', ising, o6, ...x], 2, 'o6.h5: one archive at a time can be drawn'],
    [['plot', at('bench.h5'), at('bench.h5'), ...x], 2, 'bench.h5: one benchmark at a time can be drawn'],
    [['plot', at('bench.h5'), ...x, '--size', '16'], 2, '--size: there is no use for it with'],
    [['plot', at('bench.h5'), ...x, '--figure', 'scaling'], 2, '--figure: scaling cannot be drawn of'],
    [
      ['plot', ising, ...x, '--figure', 'tempring'],
      2,
      "--figure: 'tempring' is not possible; did you mean 'tempering'?; allowed: observables, ",
    ],
    [['plot', ising, ...x, '--figure', 'weights'], 2, '--figure: weights cannot be drawn of'],
    [
      ['plot', ising, ...x, '--figure', 'helicity'],
      2,
      'it holds no helicity modulus, nor another quantity with a line to compare it with; run with --model o6',
    ],
    [['plot', lone, ...x, '--figure', 'crossings'], 2, 'curves cross where there are two sizes or more'],
    [['plot', lone, ...x, '--figure', 'tempering'], 2, 'no replicas were exchanged; run with --tempering'],
    [['plot', ising, ...x, '--network', '0'], 2, '--network: there is no use for it with'],
    [
      ['plot', ising, ...x, '--observable', 'energi'],
      2,
      "'energi' is not possible; did you mean 'energy'?; there are: energy, specific_heat",
    ],
    [['plot', ising, ...x, '--observable', ''], 2, "--observable: '' is not possible; allowed: names with commas between"],
    [['plot', ising, ...x, '--observable', 'constructor'], 2, "--observable: 'constructor' is not possible"],
    [['plot', ising, ...x, '--observable', '__proto__'], 2, "--observable: '__proto__' is not possible"],
    [['plot', o6, ...x, '--observable', 'cdw_structure_factor[9,9]'], 2, "'cdw_structure_factor[9,9]' is not possible"],
    [['plot', holes, ...x, '--observable', 'binder'], 2, '--observable: binder has no value at any temperature of holes.h5'],
    [['plot', ising, ...x, '--size', '0'], 2, "--size: '0' is not possible; allowed: whole numbers with commas between"],
    [['plot', ising, ...x, '--size', '-1'], 2, "--size: '-1' is not possible"],
    [['plot', ising, ...x, '--size', '8'], 2, '--size: 8 is not possible; there are: 16, 32, 64'],
    [['plot', ising, ...x, '--size', '1e300'], 2, '--size: 1e+300 is not possible; there are: 16, 32, 64'],
    [['plot', ising, ...x, '--x', 'J'], 2, "--x: 'J' is not possible: J has one value only; allowed: temperature, beta"],
    [['plot', ising, ...x, '--figure', 'histogram', '--x', 'beta'], 2, '--x: the figure histogram has no use for it'],
    [['plot', ising, ...x, '--log', 'z'], 2, "--log: 'z' is not possible; allowed: x, y, xy"],
    [['summary', ising, '--at', '2.4:2.2/3'], 2, '--at: from 2.4 down to 2.2; the first must be the lower one'],
    [['summary', ising, '--at', '2.2,2.3,2.2'], 2, '--at[2]: 2.2 is there twice; allowed: every temperature once'],
    [['summary', ising, '--at', '5'], 2, '--at: 5 is outside of what ising-L16 simulated; allowed: 2.2 to 2.4'],
    [['summary', ising, '--at', '2.2:2.3/1000000'], 2, '--at: a count of 1000000; allowed: whole numbers from 1 to 100000'],
    [['summary', ising, '--at', 'NaN'], 2, "--at: 'NaN' is no number"],
    [['summary', ising, '--at', ''], 2, '--at: empty'],
    [['summary', ising, '--at', '2.3', '--observable', ''], 2, "--observable: '' is not possible; allowed: names with commas between"],
    [['summary', ising, '--at', '2.3', '--json', '--csv'], 2, '--json and --csv: give one of them'],
    [['summary', ising, '--observable', 'enrgy'], 2, "--observable: 'enrgy' is not among the quantities; did you mean 'energy'?"],
    [['summary', o6, '--observable', 'energy[0]'], 2, "'energy[0]' is not among the quantities; energy is a single number"],
    [
      ['summary', o6, '--observable', 'energy,cdw_structure_factor[9,9]'],
      2,
      "'cdw_structure_factor[9,9]' is not among the quantities; elements of cdw_structure_factor go from [0,0] to [3,3]",
    ],
    [['summary', lone, '--at', '2.3'], 2, '--at: 2.3 is not among the temperatures of ising-L4, which has one alone'],
    [['summary', at('bench.h5')], 3, 'bench.h5: a benchmark of spinpool, but not an archive of a run'],
    [['scaling', ising, ising], 2, 'ising.h5: given twice; allowed: every archive once'],
    [['scaling', ising, o6], 2, 'o6.h5: of the model o6, but ising in'],
    [['scaling', at('bench.h5')], 3, 'bench.h5: a benchmark of spinpool, but not an archive of a run'],
    [['info', at('bench.h5'), '--job'], 2, 'is a benchmark and holds no job'],
  ]

  it('is refused in one line, and nothing is written', async () => {
    const outcomes = await spinpoolEach(cases.map(([args]) => [args]))
    for (const [i, [, code, says]] of cases.entries()) expectNothingDone(outcomes[i], code, [says])
  })
})

describe('summary --at and scaling', () => {
  it('print JSON without what has no value, CSV with an empty cell for it, one temperature as several, and elements of arrays', async () => {
    const [json, csv, scaled, ...elements] = await spinpoolEach([
      [['summary', lone, '--at', '2.2', '--json', '-q']],
      [['summary', ising, '--at', '2.4,2.25', '--csv', '--observable', 'energy,binder', '-q']],
      [['scaling', lone, '--json', '-q']],
      [['summary', o6, '--observable', 'energy,cdw_structure_factor[0,1]', '-q']],
      [['summary', o6, '--observable', 'cdw_structure_factor', '-q']],
      [['summary', o6, '--at', '0.5', '-q']],
    ])
    const headings = elements.map(({ stdout }) => stdout.split('\n').find((line) => /^ *T /.test(line)))
    expect(headings[0]).toMatch(/T +energy +cdw_structure_factor\[0,1\]$/)
    expect(headings[1]).toMatch(/T +cdw_structure_factor\[0,0\]$/)
    expect(headings[2]).toContain('cdw_structure_factor[0,0]')
    const { simulations } = jsonOf<{ simulations: Record<string, { mean: (number | null)[] }>[] }>(json)
    expect(simulations[0]).toMatchObject({ temperature: [2.2], energy: { mean: [expect.any(Number)] } })
    expect(json?.stdout).not.toMatch(/NaN|null/)
    const lines =
      csv?.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')) ?? []
    expect(lines[0]).toEqual(['simulation', 'temperature', 'energy', 'energy_error', 'binder', 'binder_error'])
    expect(lines.slice(1).map(([name, T]) => [name, T])).toEqual([
      ['ising-L16', '2.25'],
      ['ising-L16', '2.4'],
      ['ising-L32', '2.25'],
      ['ising-L32', '2.4'],
      ['ising-L64', '2.25'],
      ['ising-L64', '2.4'],
    ])
    for (const line of lines.slice(1)) expect(line.slice(1).every((cell) => Number.isFinite(Number(cell)))).toBe(true)
    expect(jsonOf(scaled)).toMatchObject({
      simulations: [{ sizes: [4], crossings: [], fits: [], peaks: [{ reason: expect.any(String) }, {}] }],
    })
  })
})
