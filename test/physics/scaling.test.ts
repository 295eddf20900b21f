// @module-tag slow

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ArchivedSimulation, withArchive } from '../../src/archive/read.ts'
import { run } from '../../src/run/run.ts'
import { kaufman, TC_ISING } from '../../src/model/ising/exact.ts'
import { type FiniteSizeScaling, finiteSizeScaling } from '../../src/statistics/finite-size.ts'
import { type Peak, peakOf } from '../../src/statistics/peak.ts'
import { reweightedAt, reweightedCurve, type Reweighting } from '../../src/statistics/reweighting.ts'
import { reweightingOf } from '../../src/archive/reweighting.ts'
import { expectRefusal, jsonOf, spinpool, spinpoolEach } from '../support/command.ts'
import { copyHdf5 } from '../support/copy-hdf5.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()

/** Narrow grids around T_c, wide enough for the peaks of each size; 16 copies fill a bundle. */
const runs = [
  { size: 16, temperatures: '2.22:2.46/8', sweeps: 60_000, measureEvery: 10 },
  { size: 32, temperatures: '2.22:2.38/8', sweeps: 48_000, measureEvery: 16 },
  { size: 64, temperatures: '2.23:2.33/8', sweeps: 40_000, measureEvery: 32 },
  { size: 128, temperatures: '2.25:2.306/8', sweeps: 24_000, measureEvery: 32 },
] as const
const files = runs.map(({ size }) => join(folder, `L${size}.h5`))

interface Found {
  readonly value: number
  readonly error: number
}

describe('the Ising model, L = 16, 32, 64, 128', () => {
  let sizes: readonly Reweighting[]
  let medium: Reweighting
  /** What the archive of L = 32 says at the simulated temperatures. */
  let direct: Pick<ArchivedSimulation, 'temperature' | 'quantities'>
  let scaling: FiniteSizeScaling

  beforeAll(async () => {
    const read: Reweighting[] = []
    for (const [i, settings] of runs.entries()) {
      const out = files[i] as string
      await run(
        { model: 'ising', thermalization: 4000, tempering: true, copies: 16, series: true, seed: 21, ...settings },
        { out, threads: 2 },
      )
      await withArchive(out, ({ simulations }) => {
        const simulation = simulations[0] as ArchivedSimulation
        if (simulation.size === 32) direct = simulation
        read.push(reweightingOf(simulation))
      })
    }
    sizes = read
    medium = read[1] as Reweighting
    scaling = finiteSizeScaling(read)
  }, 300_000)

  it.each(['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder'])('%s goes through the simulated points', (name) => {
    const { temperature, quantities } = direct
    const curve = reweightedCurve(medium, name, [...temperature])
    curve.mean.forEach((mean, t) => {
      // The same data at that temperature, and more: the difference is below the larger error of the two.
      const { mean: means, error } = quantities[name] as { mean: Float64Array; error: Float64Array }
      expect(Math.abs(mean - (means[t] as number)), `${name} at T = ${temperature[t]}`).toBeLessThan(3 * (error[t] as number))
      expect(curve.error[t]).toBeLessThan(1.2 * (error[t] as number))
    })
  })

  it('agrees with Kaufman between them', () => {
    for (const one of sizes) {
      const { temperature, size } = one
      for (let t = 1; t < temperature.length; t++) {
        const T = ((temperature[t - 1] as number) + (temperature[t] as number)) / 2
        const exact = kaufman(size, T)
        const [energy, heat] = [reweightedAt(one, 'energy', T), reweightedAt(one, 'specific_heat', T)]
        expect(Math.abs(energy.mean - exact.energy) / energy.error, `energy, L = ${size}, T = ${T}`).toBeLessThan(3.5)
        expect(Math.abs(heat.mean - exact.specificHeat) / heat.error, `specific heat, L = ${size}, T = ${T}`).toBeLessThan(3.5)
      }
    }
  })

  it('has the maximum of the specific heat of L = 32 where and as high as it is exactly', () => {
    const found = peakOf(medium, 'specific_heat')
    if (!found.found) throw new Error(found.reason)
    const exact = Array.from({ length: 6001 }, (_, i) => 2.27 + i * 1e-5)
      .map((T) => ({ T, c: kaufman(32, T).specificHeat }))
      .reduce((a, b) => (b.c > a.c ? b : a))
    const { temperature, height } = found
    expect(Math.abs(temperature.mean - exact.T) / temperature.error, `${temperature.mean}, exactly ${exact.T}`).toBeLessThan(3)
    expect(Math.abs(height.mean - exact.c) / height.error, `${height.mean}, exactly ${exact.c}`).toBeLessThan(3)
    expect(temperature.error).toBeLessThan(0.002)
    expect(height.error).toBeLessThan(0.02)
  })

  it('has T_c within 0.001, within its error', () => {
    const { value } = scaling.fits.find(({ name, from }) => name === 'T_c' && from === 'crossings of binder') ?? { value: undefined }
    expect(Math.abs((value?.mean ?? 0) - TC_ISING), `${value?.mean} +- ${value?.error}`).toBeLessThan(0.001)
    expect(Math.abs((value?.mean ?? 0) - TC_ISING) / (value?.error ?? 0)).toBeLessThan(3)
    expect(value?.error).toBeLessThan(0.001)
  })

  it('has the exponents of the Ising model', () => {
    for (const { name, from, value, exact, shift } of scaling.fits) {
      // What small lattices do beyond the leading power is as large as the statistical error here.
      expect(
        Math.abs(value.mean - (exact as number)) / Math.hypot(value.error, shift ?? 0),
        `${name} from ${from}: ${value.mean} +- ${value.error}`,
      ).toBeLessThan(3)
    }
    expect(scaling.fits.map(({ name }) => name)).toEqual(['T_c', 'nu', 'T_c', 'T_c', 'gamma/nu', 'gamma/nu', 'beta/nu'])
    expect(scaling.notes).toEqual([expect.stringContaining('statistical')])
  })

  it('has crossings of sizes that follow each other, at the universal value of the ratio', () => {
    expect(scaling.crossings.map(({ sizes: pair }) => pair)).toEqual([
      [16, 32],
      [32, 64],
      [64, 128],
    ])
    for (const { crossing, sizes: pair } of scaling.crossings) {
      if (!crossing.found) throw new Error(`${pair}: ${crossing.reason}`)
      // Kamieniarz, Bloete, J. Phys. A 26, 201 (1993): 0.61069, and 0.0012 more for L = 16 and 32, as U(L) = 0.61069 + 0.09 L^(-7/4).
      const correction = 0.15 * pair[0] ** -1.75
      expect(Math.abs(crossing.value.mean - 0.61069 - correction) / crossing.value.error, `${pair}`).toBeLessThan(3)
    }
  })

  it('is told by spinpool scaling, in a table and as JSON, in any order of files', async () => {
    const [text, json] = await Promise.all([
      spinpool(['scaling', ...files.slice(0, 2)], { alone: true }),
      spinpool(['scaling', ...files.slice(0, 2).reverse(), '--json']),
    ])
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toMatch(/^2D Ising model, L = 16, 32; J = 1, h = 0\n/)
    expect(text.stdout).toMatch(/binder +16, 32 +2\.2\d+\(\d+\)/)
    const { simulations } = jsonOf<{
      simulations: { sizes: number[]; crossings: { temperature: Found }[]; fits: { name: string; exact: number }[] }[]
    }>(json)
    const expected = scaling.crossings[0]?.crossing
    expect(simulations[0]?.sizes).toEqual([16, 32])
    expect(simulations[0]?.crossings[0]?.temperature.value).toBeCloseTo(expected?.found ? expected.temperature.mean : Number.NaN, 10)
    expect(simulations[0]?.crossings[0]?.temperature.error).toBeCloseTo(expected?.found ? expected.temperature.error : Number.NaN, 10)
    expect(simulations[0]?.fits[0]).toMatchObject({ name: 'T_c', exact: TC_ISING, degreesOfFreedom: 0 })
  })

  it('gives its peaks with one size, and says what is missing', async () => {
    const { stdout, code } = await spinpool(['scaling', files[1] as string])
    expect(code).toBe(0)
    expect(stdout).toMatch(/specific_heat +32 +2\.\d+\(\d+\) +1\.\d+\(\d+\)/)
    expect(stdout).toContain('no crossings and no exponents: they need two sizes')
  })

  it('is told by spinpool summary --at, the same numbers in every form', async () => {
    const at = ['summary', files[1] as string, '--at', '2.25:2.27/3']
    const [table, csv, json, some] = await Promise.all([
      spinpool(at),
      spinpool([...at, '--csv']),
      spinpool([...at, '--json']),
      spinpool([...at, '--observable', 'binder,energy']),
    ])
    const { simulations } = jsonOf<{ simulations: Record<string, { mean: number[]; error: number[] }>[] }>(json)
    const [simulation] = simulations
    const [energy, binder] = [reweightedAt(medium, 'energy', 2.26), reweightedAt(medium, 'binder', 2.26)]
    expect(simulation).toMatchObject({ name: 'ising-L32', parameters: { J: 1, h: 0 }, temperature: [2.25, 2.26, 2.27] })
    expect(simulation?.energy?.mean[1]).toBeCloseTo(energy.mean, 12)
    expect(simulation?.energy?.error[1]).toBeCloseTo(energy.error, 12)
    expect(simulation?.binder?.mean[1]).toBeCloseTo(binder.mean, 12)
    const [heading = '', , second = ''] = csv.stdout.split('\n')
    expect(second.split(',')[heading.split(',').indexOf('binder_error')]).toBe(String(simulation?.binder?.error[1]))
    expect(table.stdout).toMatch(/T +energy +exact +specific_heat +exact +abs_magnetization +susceptibility +binder\n/)
    expect(some.stdout).toMatch(/T +binder +energy +exact\n/)
  })
})

describe('a peak', () => {
  const shaped = (height: (T: number) => number, more: Partial<Reweighting> = {}): Reweighting => ({
    name: 'ising-L8',
    description: {} as Reweighting['description'],
    size: 8,
    parameters: {},
    temperature: [1, 2, 3],
    gaps: [],
    quantities: ['specific_heat'],
    missing: [],
    blocks: 4,
    refuse: () => {},
    value: (_, T, without) => height(T + (without === undefined ? 0 : 0.015 * (without - 1.5))),
    ...more,
  })
  const reasonOf = (peak: Peak): string => (peak.found ? 'found' : peak.reason)

  it('is found with its error where there is one', () => {
    const peak = peakOf(
      shaped((T) => 5 - (T - 1.7) ** 2),
      'specific_heat',
    )
    if (!peak.found) throw new Error(peak.reason)
    expect(peak.temperature.mean).toBeCloseTo(1.7, 6)
    expect(peak.height.mean).toBeCloseTo(5, 10)
    expect(peak.temperature.error).toBeCloseTo(0.015 * Math.sqrt((3 / 4) * 5), 6)
  })

  it.each([
    ['at an end of the grid is none', shaped((T) => T), 'the end of the grid'],
    ['at the other end is none', shaped((T) => -T), 'the end of the grid'],
    ['within its error of an end is none', shaped((T) => -((T - 2.97) ** 2)), 'within its error of the end'],
    ['of one temperature is none', shaped((T) => T, { temperature: [2] }), 'one temperature'],
    ['across a gap is none', shaped((T) => T, { gaps: [[1, 2]] }), 'do not overlap'],
    ['of nothing is none', shaped(() => Number.NaN), 'no values'],
  ])('%s', (_, reweighting, reason) => {
    expect(reasonOf(peakOf(reweighting, 'specific_heat'))).toContain(reason)
  })
})

describe('bad input', () => {
  const at = (name: string): string => join(folder, name)
  const job = { model: 'ising', size: 8, temperatures: [2.2, 2.3], sweeps: 300, seed: 3, series: true } as const

  beforeAll(async () => {
    await run(job, { out: at('whole.h5'), threads: 1 })
    copyFileSync(at('whole.h5'), at('again.h5'))
    await run({ ...job, parameters: { h: 0.1 } }, { out: at('field.h5'), threads: 1 })
    await run({ ...job, series: false }, { out: at('plain.h5'), threads: 1 })
    await copyHdf5(at('plain.h5'), at('older.h5'), (path) => !/\/(?:trace|histogram)(?:\/|$)|@(?:seal|crc32)$/.test(path))
    await run({ ...job, temperatures: [2.2] }, { out: at('one.h5'), threads: 1 })
    await run({ ...job, size: 16, temperatures: [1.5, 4] }, { out: at('far.h5'), threads: 1 })
    await run({ ...job, model: 'o6', temperatures: [0.33, 0.36] }, { out: at('o6.h5'), threads: 1 })
    await run({ ...job, size: 64, thermalization: 1e9 }, { out: at('thermalizing.h5'), threads: 1, timeLimit: '1s' })
  })

  const lines: readonly (readonly [string, readonly string[], number, readonly string[]])[] = [
    ['no temperature', ['summary', 'whole.h5', '--at', 'x'], 2, ['--at', "'x'", 'allowed']],
    ['outside of the range', ['summary', 'whole.h5', '--at', '2.4'], 2, ['--at: 2.4', 'ising-L8', 'allowed: 2.2 to 2.3']],
    ['below the range', ['summary', 'whole.h5', '--at', '2.1:2.3/5'], 2, ['--at: 2.1', 'allowed: 2.2 to 2.3']],
    ['one temperature only', ['summary', 'one.h5', '--at', '2.25'], 2, ['one alone', 'allowed: 2.2']],
    [
      'energies that do not overlap',
      ['summary', 'far.h5', '--at', '2'],
      2,
      ['T = 1.5 and 4', 'do not overlap', 'run temperatures between'],
    ],
    [
      'an unknown quantity',
      ['summary', 'whole.h5', '--at', '2.25', '--observable', 'binde'],
      2,
      ["'binde'", "did you mean 'binder'?", 'energy'],
    ],
    [
      'a quantity of no sample',
      ['summary', 'o6.h5', '--at', '0.34', '--observable', 'cdw_structure_factor'],
      2,
      ['cdw_structure_factor', 'possible: energy'],
    ],
    ['an archive twice', ['scaling', 'whole.h5', 'whole.h5'], 2, ['whole.h5: given twice']],
    ['two sizes that are one', ['scaling', 'whole.h5', 'again.h5'], 2, ['L = 8', 'one simulation for each size']],
    ['other parameters', ['scaling', 'whole.h5', 'field.h5'], 2, ['h = 0.1, but 0', 'size alone']],
    ['another model', ['scaling', 'whole.h5', 'o6.h5'], 2, ['o6', 'but ising']],
    ['no samples', ['summary', 'older.h5', '--at', '2.25'], 3, ['older.h5', 'run the job again']],
    ['no samples to scale', ['scaling', 'older.h5'], 3, ['older.h5', 'run the job again']],
    ['a run that still thermalizes', ['summary', 'thermalizing.h5', '--at', '2.25'], 3, ['nothing was measured yet', 'spinpool resume']],
    ['a file that is missing', ['scaling', 'nowhere.h5'], 3, ['nowhere.h5']],
  ]

  it('is refused in one line, with its exit code', async () => {
    const outcomes = await spinpoolEach(lines.map(([, args]) => [args.map((word) => (word.endsWith('.h5') ? at(word) : word))]))
    lines.forEach(([, , code, says], i) => {
      expectRefusal(outcomes[i], code, says)
    })
  })

  it('of one temperature has no peak, which is said', async () => {
    const { code, stdout } = await spinpool(['scaling', at('one.h5')])
    expect(code).toBe(0)
    expect(stdout).toContain('one temperature alone has no maximum')
  })

  it('that is no number at all is refused', async () => {
    await withArchive(at('whole.h5'), ({ simulations }) => {
      const simulation = simulations[0] as ArchivedSimulation
      const broken: ArchivedSimulation = {
        ...simulation,
        read: (path) => {
          const { shape, values } = simulation.read(path)
          return { shape, values: Float64Array.from(values, () => Number.NaN) }
        },
      }
      expect(() => reweightingOf(broken)).toThrow('its samples hold no numbers')
    })
  })

  it('for a quantity that an array of six components has is noted once', async () => {
    const { code, stderr } = await spinpool(['summary', at('o6.h5'), '--at', '0.34'])
    expect(code).toBe(0)
    expect(stderr.match(/at the simulated temperatures alone: cdw_structure_factor\n/g)).toHaveLength(1)
  })
})
