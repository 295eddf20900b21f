// @module-tag slow

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { isKind } from '../../src/archive/fields.ts'
import { describeFile, withFile } from '../../src/archive/format.ts'
import type { Group } from '../../src/archive/hdf5.ts'
import { amdahlSpeedUp, fitAmdahl } from '../../src/benchmark/amdahl.ts'
import type { Benchmark, Measurement, ThreadScaling } from '../../src/benchmark/benchmark.ts'
import { changeOf, compareBenchmarks } from '../../src/benchmark/compare.ts'
import { readBenchmark, writeBenchmark } from '../../src/benchmark/file.ts'
import { listOf, type Machine, quietBetween } from '../../src/benchmark/machine.ts'
import { pinningAdvice } from '../../src/benchmark/pinning.ts'
import { bundlesFor } from '../../src/benchmark/thread-scaling.ts'
import { readSettings } from '../../src/benchmark/settings.ts'
import { spreadOf } from '../../src/benchmark/spread.ts'
import { warningsOf } from '../../src/benchmark/verdict.ts'
import { models } from '../../src/model/registry.ts'
import type { Chart } from '../../src/view/figure/chart.ts'
import { benchmarkFigures } from '../../src/view/figure/scaling-of-threads.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { benchmarkTables, comparisonTable } from '../../src/view/report/benchmark.ts'
import { type Batched, contents, expectNothingDone, folderWith, jsonOf, type Outcome, spinpool, spinpoolEach } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()

/** Normal numbers of mean 0 and deviation 1, the same in every run. */
function normals(name: string): () => number {
  const random = new Sfc64(seedStream('benchmark test', name))
  const uniform = (): number => 1 - random.uniform()
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

const quiet: Machine = {
  host: 'node-17',
  cpu: 'Some CPU',
  cores: 8,
  allowed: '0-7',
  physicalCores: 8,
  oneEach: '0,1,2,3,4,5,6,7',
  numaNodes: 1,
  cpuLimit: 0,
  memoryBytes: 2 ** 35,
  memoryLimitBytes: 0,
  slurmCpus: 0,
  virtual: 'no',
  node: 'v20.20.2',
  v8: '11.3',
  os: 'Linux 6.1 x64',
  loadBefore: 0.05,
}

/** Times of a job that follows Amdahl's law, but for noise: (threads, repeat). */
function timesOf(threads: readonly number[], fraction: number, noise: number, repeats: number, name: string): number[][] {
  const normal = normals(name)
  return threads.map((n) => Array.from({ length: repeats }, () => (2 / amdahlSpeedUp(fraction, n)) * (1 + noise * normal())))
}

/** A benchmark of a machine that does what it should. */
function benchmarkOf(
  change: { readonly machine?: Partial<Machine>; readonly fraction?: number; readonly control?: number; readonly noise?: number } = {},
): Benchmark {
  const { fraction = 0.03, control = 0, noise = 0.002 } = change
  const settings = readSettings({ threads: [8], repeats: 7 }, models)
  const { threads, repeats } = settings
  const scaling = (kind: 'strong' | 'weak', times: number[][]): ThreadScaling => ({
    kind,
    model: 'ising',
    size: 64,
    job: '1024 replicas',
    threads,
    updates: threads.map((n) => (kind === 'weak' ? 1e9 * n : 8e9)),
    seconds: times,
    control: timesOf(threads, control, noise, repeats, 'control').map((row, i) => row.map((time) => time * (threads[i] ?? 1))),
  })
  const normal = normals('kernels')
  const values = (median: number): number[] => Array.from({ length: repeats }, () => median * (1 + noise * normal()))
  return {
    settings,
    machine: { ...quiet, ...change.machine },
    quiet: { others: 0.01, stolen: 0 },
    scalings: [
      scaling('strong', timesOf(threads, fraction, noise, repeats, 'strong')),
      scaling('weak', timesOf(threads, 1, noise, repeats, 'weak')),
    ],
    measurements: [
      {
        part: 'kernels',
        name: 'ising-L64-metropolis',
        longName: 'Ising, L = 64, Metropolis',
        unit: 'updates/ns',
        series: { name: 'Metropolis', size: 64 },
        values: values(5.8),
      },
      { part: 'kernels', name: 'barrier-2-threads', longName: 'barrier of 2 threads', unit: 'ns', values: values(900) },
      { part: 'io', name: 'ising-write', longName: 'write lattices of ising, gzip, 19 % of the size', unit: 'MB/s', values: values(300) },
    ],
    provenance: { version: '0.1.0', seed: '1', threads: 8, command: 'spinpool bench' },
  }
}

describe("Amdahl's law", () => {
  const threads = [1, 2, 4, 8, 16]

  it('gives back the serial fraction of times that follow it', () => {
    const fit = fitAmdahl(threads, timesOf(threads, 0.08, 0, 5, 'exact'))
    expect(fit?.fraction).toBeCloseTo(0.08, 12)
    expect(fit).toMatchObject({ points: 4, misfit: expect.closeTo(0, 12), error: expect.closeTo(0, 12) })
  })

  it('does so within its error where times are noisy, and the error is the true one', () => {
    const deviations = Array.from({ length: 200 }, (_, k) => {
      const fit = fitAmdahl(threads, timesOf(threads, 0.08, 0.02, 9, `noisy ${k}`))
      return ((fit?.fraction ?? Number.NaN) - 0.08) / (fit?.error ?? Number.NaN)
    })
    const square = deviations.reduce((sum, z) => sum + z ** 2, 0) / deviations.length
    // Student's t with 8 degrees of freedom has a variance of 8/6; of 200 it is known to some 12 %.
    expect(square).toBeGreaterThan(0.9)
    expect(square).toBeLessThan(1.8)
  })

  it('goes through the one point that there is, whatever one round does', () => {
    const seconds = [
      [1, 1, 1, 1, 1],
      [0.55, 0.56, 0.57, 0.58, 9],
    ]
    const { fraction } = fitAmdahl([1, 2], seconds) ?? { fraction: Number.NaN }
    expect(amdahlSpeedUp(fraction, 2)).toBeCloseTo(1 / 0.57, 12)
  })

  it('says by how much it is off where the time of a job grows with its threads', () => {
    const times = threads.map((n) => Array.from({ length: 5 }, () => 1 / n + 0.02 * (n - 1)))
    expect(fitAmdahl(threads, times)?.misfit).toBeGreaterThan(0.2)
  })

  it('leaves out more threads than cores, and one number of threads is no test', () => {
    const times = timesOf(threads, 0.1, 0, 5, 'few').map((row, i) => (i > 1 ? row.map((time) => 9 * time) : row))
    expect(fitAmdahl(threads, times, 2)).toMatchObject({ points: 1, fraction: expect.closeTo(0.1, 12) })
    expect(fitAmdahl(threads, times, 1)).toBeUndefined()
  })
})

describe('two benchmarks', () => {
  it('differ where a number changed by 20 %, in the direction that its unit tells', () => {
    const normal = normals('twenty')
    const values = (median: number): number[] => Array.from({ length: 7 }, () => median * (1 + 0.02 * normal()))
    expect(changeOf('rate', 'updates/ns', values(5), values(4)).verdict).toBe('slower')
    expect(changeOf('rate', 'updates/ns', values(5), values(6)).verdict).toBe('faster')
    expect(changeOf('time', 'ns', values(100), values(120)).verdict).toBe('slower')
    const { ratio, error } = changeOf('time', 'ns', values(100), values(80))
    expect(Math.abs(ratio - 0.8)).toBeLessThan(3 * error)
  })

  it('do not differ by noise: of a thousand pairs alike hardly one is flagged', () => {
    const normal = normals('alike')
    const values = (): number[] => Array.from({ length: 7 }, () => 5 * (1 + 0.04 * normal()))
    const flagged = Array.from({ length: 1000 }, () => changeOf('', 'MB/s', values(), values())).filter(
      ({ verdict }) => verdict !== 'within noise',
    )
    expect(flagged.length).toBeLessThan(20)
  })

  it('do not differ by what other programs may have done', () => {
    const [before, after] = [
      [10, 10.1, 9.9],
      [6, 6.1, 5.9],
    ]
    expect(changeOf('rate', 'updates/ns', before, after, 0.3).verdict).toBe('slower')
    expect(changeOf('rate', 'updates/ns', before, after, 0.5).verdict).toBe('within noise')
    expect(changeOf('rate', 'updates/ns', before, after, 1).verdict).toBe('within noise')
    const busy = { ...benchmarkOf({ fraction: 0.1 }), quiet: { others: 0.9, stolen: 0 } }
    const comparison = compareBenchmarks(benchmarkOf(), busy)
    expect(comparison.changes.filter(({ verdict }) => verdict !== 'within noise')).toEqual([])
    expect(comparisonTable(comparison)).toMatch(/^note: other programs took up to 90 % /m)
  })

  it('of the same are the same, but for what a slower machine changes', () => {
    const one = compareBenchmarks(benchmarkOf(), benchmarkOf())
    expect(one).toMatchObject({ onlyBefore: [], onlyAfter: [], differences: [] })
    expect(one.changes.length).toBe(3 + 2 * 7)
    expect(new Set(one.changes.map(({ verdict }) => verdict))).toEqual(new Set(['within noise']))
    const other = compareBenchmarks(benchmarkOf(), benchmarkOf({ fraction: 0.1 }))
    const slower = other.changes.filter(({ verdict }) => verdict === 'slower').map(({ what }) => what)
    expect(slower).toContain('strong scaling, ising, L = 64, 8 threads, speed-up')
    expect(slower.every((what) => what.startsWith('strong scaling'))).toBe(true)
  })

  it('of other machines and settings say so, and what only one has', () => {
    const after = benchmarkOf({ machine: { cpu: 'Another CPU', cores: 4 } })
    const { differences, onlyBefore } = compareBenchmarks(benchmarkOf(), {
      ...after,
      settings: { ...after.settings, quick: true },
      measurements: after.measurements.slice(1),
    })
    expect(differences).toEqual([
      'another CPU: Some CPU before, Another CPU now',
      'another cores: 8 before, 4 now',
      'other quick: false before, true now',
    ])
    expect(onlyBefore).toEqual(['Ising, L = 64, Metropolis'])
  })
})

describe('what a machine does not allow to say', () => {
  const said = (...change: Parameters<typeof benchmarkOf>): string => warningsOf(benchmarkOf(...change)).join('\n')

  it('is nothing where all is well', () => {
    expect(said()).toBe('')
  })

  it.each([
    ['few cores', { machine: { cores: 2, physicalCores: 2 } }, 'too few for a claim on scaling'],
    ['load', { machine: { loadBefore: 3 } }, 'busy before the start (load 3.00 on 8 cores)'],
    ['SMT', { machine: { physicalCores: 4 } }, '4 physical cores'],
    ['a control group', { machine: { cpuLimit: 2.5 } }, "only 2.5 cores' worth"],
    ['a control that does not scale', { control: 0.2 }, 'the machine itself does not scale'],
    ['scatter', { noise: 0.2 }, 'too much for a claim'],
  ] as const)('is told of %s', (_what, change, words) => {
    expect(said(change)).toContain(words)
  })

  it('is told of others who use the cores', () => {
    expect(warningsOf({ ...benchmarkOf(), quiet: { others: 0.3, stolen: 0.1 } }).join('\n')).toMatch(
      /other programs took 30 %.*\n.*took 10 %/,
    )
  })
})

describe('the machine', () => {
  it('counts what others take', () => {
    const before = { busy: 100, idle: 50, stolen: 1, own: 10 }
    expect(quietBetween(before, { busy: 108, idle: 51, stolen: 2, own: 14 })).toEqual({ others: 0.4, stolen: 0.1 })
    expect(quietBetween(undefined, undefined)).toEqual({ others: Number.NaN, stolen: Number.NaN })
  })

  it('reads lists of cores', () => {
    expect(listOf('0-2,8,10-11\n')).toEqual([0, 1, 2, 8, 10, 11])
    expect(listOf('')).toEqual([])
  })

  it('is told how to keep threads where they are', () => {
    expect(pinningAdvice({ ...quiet, physicalCores: 4, oneEach: '0,2,4,6' }).join('\n')).toContain(
      'taskset -c 0,2,4,6 spinpool run job.yaml --threads 4',
    )
    expect(pinningAdvice({ ...quiet, numaNodes: 2 }).join('\n')).toContain('numactl --cpunodebind=0 --membind=0')
    expect(pinningAdvice({ ...quiet, slurmCpus: 8 }).join('\n')).toContain('srun --cpu-bind=cores spinpool')
    expect(pinningAdvice({ ...quiet, cpuLimit: 2.5 }).join('\n')).toContain('--threads 2')
    expect(pinningAdvice({ ...quiet, os: 'Darwin 23 arm64' })).toEqual([])
  })
})

describe('settings', () => {
  it('take a number of threads for its powers of two, and a list as it is', () => {
    expect(readSettings({ threads: [6] }, models).threads).toEqual([1, 2, 4, 6])
    expect(readSettings({ threads: [1] }, models).threads).toEqual([1])
    expect(readSettings({ threads: [6, 3] }, models).threads).toEqual([1, 3, 6])
  })

  it('give every number of threads bundles that it can share out evenly', () => {
    for (const threads of [
      [1, 2],
      [1, 2, 4, 6],
      [1, 2, 4, 8, 12],
      [1, 3],
    ]) {
      for (const count of threads) expect(bundlesFor(threads) % count).toBe(0)
      expect(bundlesFor(threads)).toBeGreaterThanOrEqual(8)
    }
    expect(bundlesFor([1, 2, 4, 8, 16, 32, 64, 100])).toBe(100)
  })

  it('know the middle and the scatter of repeats, whatever one of them does', () => {
    expect(spreadOf([3, 1, 2, 100, 4])).toMatchObject({ median: 3, min: 1, max: 100, lower: 2, upper: 4, scatter: 1.4826 / 3 })
    expect(spreadOf([1, 2]).median).toBe(1.5)
  })
})

describe('the file of a benchmark', () => {
  const path = join(folder, 'round.h5')

  beforeAll(() => writeBenchmark(path, benchmarkOf()))

  it('is read as it was written, every repeat', async () => {
    const read = await readBenchmark(path)
    const wrote = benchmarkOf()
    expect({ ...read, measurements: sorted(read.measurements), scalings: sorted(read.scalings) }).toEqual({
      ...wrote,
      measurements: sorted(wrote.measurements),
      scalings: sorted(wrote.scalings),
    })
  })

  it('says what it is, and every dataset its unit and its name', async () => {
    expect(await describeFile(path)).toMatchObject({
      format: 'spinpool-benchmark',
      formatVersion: 1,
      provenance: { command: 'spinpool bench' },
    })
    const units = await withFile(path, unitsIn)
    expect(units).toMatchObject({
      '/scaling/strong-ising-L64/seconds': 's',
      '/scaling/strong-ising-L64/threads': '1',
      '/measurements/ising-L64-metropolis': 'updates/ns',
      '/measurements/barrier-2-threads': 'ns',
      '/measurements/ising-write': 'MB/s',
    })
  })

  it('keeps that nobody knows what others did', async () => {
    const own = join(folder, 'unknown.h5')
    await writeBenchmark(own, { ...benchmarkOf(), quiet: { others: Number.NaN, stolen: Number.NaN } })
    expect((await readBenchmark(own)).quiet).toEqual({ others: Number.NaN, stolen: Number.NaN })
  })
})

const sorted = <T>(items: readonly T[]): string[] => items.map((item) => JSON.stringify(item)).sort()

/** Units by path; every dataset must have a long name as well. */
function unitsIn(group: Group): Record<string, string> {
  return Object.fromEntries(
    group.keys().flatMap((key): [string, string][] => {
      const member = group.get(key)
      if (isKind(member, 'Group')) return Object.entries(unitsIn(member))
      if (!isKind(member, 'Dataset')) throw new Error(`${key} is neither`)
      expect(member.get_attribute('long_name', false)).not.toBe('')
      return [[member.path, String(member.get_attribute('units', false))]]
    }),
  )
}

describe('figures of a benchmark', () => {
  const charts = benchmarkFigures(benchmarkOf()) as readonly Chart[]
  const chart = (id: string): Chart => charts.find((one) => one.id === id) as Chart
  const y = (id: string, name: string, role = 'data'): readonly number[] =>
    chart(id).series.find((one) => one.name === name && (one.role ?? 'data') === role)?.y ?? []

  it('are those of all that was measured', () => {
    expect(charts.map(({ id }) => id)).toEqual(['strong-speed-up', 'strong-efficiency', 'weak-efficiency', 'kernels-ising'])
  })

  it('tell models apart whose names have hyphens and begin alike', () => {
    const { settings, ...rest } = benchmarkOf()
    const kernel = (name: string, size: number): Measurement => ({
      part: 'kernels',
      name: `${name}-L${size}-metropolis`,
      longName: name,
      unit: 'updates/ns',
      series: { name: 'metropolis', size },
      values: [1, 2, 3],
    })
    const measurements = [kernel('xy', 8), kernel('xy-triangular', 8), kernel('xy-triangular', 16)]
    const figures = benchmarkFigures({ ...rest, settings: { ...settings, models: ['xy-triangular', 'none', 'xy'] }, measurements })
    const kernels = figures.filter(({ id }) => id.startsWith('kernels')) as readonly Chart[]
    expect(kernels.map(({ id, series }) => [id, series.map(({ x }) => x)])).toEqual([
      ['kernels-xy-triangular', [[8, 16]]],
      ['kernels-xy', [[8]]],
    ])
  })

  it("show the speed-up beside Amdahl's law, the ideal, and the control", () => {
    const measured = y('strong-speed-up', 'ising, L = 64')
    ;[1, 2, 4, 8].forEach((n, i) => {
      expect(measured[i]).toBeCloseTo(amdahlSpeedUp(0.03, n), 1)
      expect(y('strong-speed-up', 'plain arithmetic')[i]).toBeCloseTo(n, 0)
    })
    const curve = chart('strong-speed-up').series.find(({ name, mark }) => name === 'ising, L = 64' && mark === 'line')
    expect(curve?.y.at(-1)).toBeCloseTo(amdahlSpeedUp(0.03, 8), 1)
    expect(y('strong-speed-up', 'ideal', 'guide')).toEqual([1, 8])
    expect(chart('strong-speed-up').subtitle).toMatch(/Amdahl's law, serial fraction ising, L = 64 0\.0\d+\(\d+\)$/)
  })

  it('show efficiencies near one of a job that grows with its threads', () => {
    for (const value of y('weak-efficiency', 'ising, L = 64')) expect(value).toBeCloseTo(1, 1)
  })
})

describe('the table', () => {
  it('has a line for each number of threads and each kernel', () => {
    const text = benchmarkTables(benchmarkOf())
    expect(text).toContain('Some CPU: 8 cores, 32 GiB')
    expect(text).toMatch(/\n {6}8 .*6\.6\d*\(\d+\)/)
    expect(text).toMatch(/serial fraction by Amdahl's law: 0\.03\d*\(\d+\), off by up to 0\.\d %/)
    expect(text).toMatch(/Ising, L = 64, Metropolis +5\.8\d +updates\/ns/)
    expect(text).not.toMatch(/undefined|NaN/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

interface Printed {
  readonly path: string
  readonly measurements: readonly {
    readonly name: string
    readonly unit: string
    readonly median: number
    readonly values: readonly number[]
  }[]
  readonly scaling: readonly ThreadScaling[]
}

describe('spinpool bench', () => {
  const cwd = folderWith()
  let first: Outcome

  beforeAll(async () => {
    first = await spinpool(
      ['bench', '--quick', '--only', 'kernels', '--size', '8', '--repeats', '3', '--threads', '2', '--json', '-o', 'one.h5'],
      { cwd },
    )
  })

  it('measures kernels, exchanges, measurements and barriers', async () => {
    const { path, measurements } = jsonOf<Printed>(first)
    expect(path).toBe(join(cwd, 'one.h5'))
    const units = Object.fromEntries(measurements.map(({ name, unit }) => [name, unit]))
    expect(units).toEqual({
      'ising-L8-metropolis': 'updates/ns',
      'ising-L8-metropolis-field': 'updates/ns',
      'ising-L8-measurement': 'ns',
      'ising-L8-exchange': 'ns',
      'o6-L8-metropolis': 'updates/ns',
      'o6-L8-heat-bath': 'updates/ns',
      'o6-L8-heat-bath-overrelax-2': 'updates/ns',
      'o6-L8-heat-bath-overrelax-2-cluster-1': 'updates/ns',
      'o6-L8-measurement': 'ns',
      'o6-L8-exchange': 'ns',
      'barrier-2-threads': 'ns',
    })
    for (const { values } of measurements) {
      expect(values.length).toBe(3)
      for (const value of values) expect(value).toBeGreaterThan(0)
    }
    const stored = await readBenchmark(path)
    expect(sorted(stored.measurements.map(({ values }) => values))).toEqual(sorted(measurements.map(({ values }) => values)))
    expect(stored.settings).toMatchObject({ parts: ['kernels'], threads: [1, 2], repeats: 3, quick: true })
  })

  it('tells of its files, compares them, and replaces none', async () => {
    const info = await spinpool(['info', 'one.h5'], { cwd })
    expect(info).toMatchObject({ code: 0, stdout: expect.stringMatching(/format +spinpool-benchmark/) })
    const same = await spinpool(['bench', '--compare', 'one.h5', 'one.h5'], { cwd })
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('11 compared: 0 slower and 0 faster') })
    const before = contents(cwd)
    const again = await spinpool(['bench', '--quick', '--only', 'kernels', '--size', '8', '-o', 'one.h5'], { cwd })
    expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('exists already') })
    const itself = await spinpool(['bench', '--compare', 'one.h5', '--force', '-o', 'one.h5'], { cwd })
    expect(itself).toMatchObject({ code: 2, stderr: expect.stringContaining('is what is compared with') })
    expect(contents(cwd)).toEqual(before)
  })

  it('measures as the file to compare with did', async () => {
    const { code, stdout } = await spinpool(['bench', '--compare', 'one.h5', '--dry-run', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      settings: { parts: ['kernels'], sizes: [[8], [8]], threads: [1, 2], repeats: 3, quick: true },
    })
  })

  it('measures scaling and archives, and leaves one file', async () => {
    const own = folderWith()
    const args = ['bench', '--quick', '--only', 'weak,io', '--model', 'o6', '--size', '8', '--repeats', '3', '--threads', '2', '--json']
    const { scaling, measurements, path } = jsonOf<Printed>(await spinpool([...args, '-o', 'x.h5'], { cwd: own }))
    expect(scaling.map(({ kind, threads, seconds, control }) => [kind, threads, seconds.length, control.length])).toEqual([
      ['weak', [1, 2], 2, 2],
    ])
    const [weak] = scaling
    expect(weak?.updates[1]).toBe(2 * (weak?.updates[0] ?? 0))
    for (const row of scaling.flatMap(({ seconds, control }) => [...seconds, ...control])) {
      expect(row.length).toBe(3)
      for (const value of row) expect(value).toBeGreaterThan(0)
    }
    expect(measurements.map(({ name, unit }) => `${name} ${unit}`)).toEqual(
      ['o6-write', 'o6-read', 'o6-write-compressed', 'o6-read-compressed'].map((name) => `${name} MB/s`),
    )
    expect(Object.keys(contents(own))).toEqual(['x.h5'])
    expect(benchmarkFigures(await readBenchmark(path)).length).toBe(1)
  })

  it('that is interrupted writes nothing', async () => {
    const own = folderWith()
    const outcome = await spinpool(['bench', '--only', 'strong', '--model', 'ising', '--size', '16', '--threads', '2', '-o', 'x.h5'], {
      cwd: own,
      started: (child) => {
        // What it says of its progress comes first when it hears signals.
        child.stderr?.once('data', () => child.kill('SIGINT'))
      },
    })
    expect(outcome).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('stopped by SIGINT; nothing was written') })
    expect(contents(own)).toEqual({})
  })
})

describe('bench refuses', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], code: number, says: string])[] = [
    [
      'an unknown part',
      ['--only', 'kernel'],
      2,
      "--only: there is no 'kernel'; did you mean 'kernels'?; allowed: some of strong,weak,kernels,io",
    ],
    ['no part', ['--only', ''], 2, "--only: there is no ''; allowed"],
    ['an unknown model', ['--model', 'potts'], 2, "--model: there is no 'potts'; allowed: some of ising,o6"],
    ['no threads', ['--threads', '0'], 2, '--threads: 0 is not possible; allowed: whole numbers from 1 to 1024'],
    ['threads that are no number', ['--threads', '2,x'], 2, "--threads: '2,x' is not possible; allowed: whole numbers"],
    ['a size of one', ['--size', '1'], 2, '--size'],
    ['a size beyond all', ['--size', '99999'], 2, 'allowed: from 2 to'],
    ['half a size', ['--size', '8.5'], 2, "--size: '8.5' is not possible"],
    ['two repeats', ['--repeats', '2'], 2, "--repeats: '2' is not possible; allowed: whole numbers from 3"],
    ['a comparison with nothing', ['--compare', 'none.h5'], 3, 'none.h5: there is no such file'],
    ['a comparison with a text', ['--compare', 'text.h5'], 3, 'text.h5: not an HDF5 file'],
    [
      'a comparison with a dataset',
      ['--compare', join(folder, 'data.h5')],
      3,
      'a dataset of spinpool and no benchmark; make one with spinpool bench',
    ],
    ['three files', ['--compare', 'a.h5', 'b.h5', 'c.h5'], 2, '--compare: 3 files are not possible'],
    [
      'settings of a comparison of two',
      ['--compare', join(folder, 'bench.h5'), join(folder, 'bench.h5'), '--quick'],
      2,
      '--quick: nothing is measured where two files are compared',
    ],
    ['a folder that is not there', ['--quick', '-o', 'no/such/x.h5'], 3, 'neither the folder'],
  ]
  let outcomes: Batched[]

  beforeAll(async () => {
    await spinpool(['dataset', 'rectangles', '--count', '4', '--out', join(folder, 'data.h5')])
    await writeBenchmark(join(folder, 'bench.h5'), benchmarkOf())
    writeFileSync(join(folder, 'text.h5'), 'no')
    outcomes = await spinpoolEach(cases.map(([, args]) => [['bench', ...args], { 'text.h5': 'no HDF5' }]))
  })

  it.each(cases.map(([what, , code, says], i) => ({ what, code, says, i })))('$what', ({ code, says, i }) => {
    expectNothingDone(outcomes[i], code, [says])
  })

  it('nothing where it is only asked what it would do', async () => {
    const [outcome] = await spinpoolEach([[['bench', '--dry-run', '--quick', '--threads', '64']]])
    expect(outcome).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/threads: 1, 2, 4, 8, 16, 32, 64; .*nothing was measured or written/),
      after: {},
    })
    expect(outcome?.stderr).toContain('64 is more than the')
  })
})
