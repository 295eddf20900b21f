import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Archive, ArchivedSimulation } from '../../src/archive/read.ts'
import { figuresOf } from '../../src/view/figure/archive/figures.ts'
import type { Choice } from '../../src/view/figure/archive/choice.ts'
import { archiveFigureNames, OF_ARCHIVES } from '../../src/view/figure/figure.ts'
import { groupsOf } from '../../src/view/page/figure-groups.ts'
import type { Look } from '../../src/model/model.ts'
import { phaseColour } from '../../src/view/figure/site-colour.ts'
import type { Chart, Figure, Pictures, Series } from '../../src/view/figure/chart.ts'
import { openArchive, run, TC_ISING } from '../../src/index.ts'
import { gammaMethod } from '../../src/statistics/autocorrelation.ts'
import { autocorrelationFunction } from '../../src/statistics/autocorrelation-function.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
let ising: Archive
let o6: Archive
let along: Archive
/** One temperature, and several values of a parameter. */
let field: Archive
/** Of a wide range, and so long that the trace leaves measurements out. */
let wide: Archive
/** Of a version that kept no trace. */
let old: Archive
let oldO6: Archive

beforeAll(async () => {
  const made = async (name: string, job: Parameters<typeof run>[0]): Promise<Archive> => {
    const out = join(folder, name)
    await run(job, { out, threads: 1 })
    return openArchive(out)
  }
  const few = { sweeps: 1500, thermalization: 200, tempering: true, snapshots: 2, series: true, seed: 5 }
  ising = await made('ising.h5', { model: 'ising', size: [6, 8], temperatures: '2:2.6/7', copies: 5, ...few })
  o6 = await made('o6.h5', { model: 'o6', size: [4, 6], temperatures: [0.3, 0.4], ...few, sweeps: 300 })
  along = await made('along.h5', {
    ...{ model: 'ising', size: 5, temperatures: [1.9, 2.5, 3.5], sweeps: 200, parameters: { h: [-0.1, 0, 0.4] } },
    ...{ tempering: { along: 'h' }, copies: 3, seed: 6 },
  })
  field = await made('field.h5', {
    model: 'ising',
    size: [4, 6],
    temperatures: [2],
    sweeps: 100,
    parameters: { h: [0, 0.2, 0.4] },
    seed: 7,
  })
  wide = await made('wide.h5', { model: 'ising', size: 4, temperatures: [1.5, 4, 20], sweeps: 9000, copies: 2, seed: 8 })
  const unpacked = (name: string): Promise<Archive> => {
    const path = join(folder, `${name}.h5`)
    writeFileSync(path, gunzipSync(readFileSync(new URL(`../support/archives/${name}.h5.gz`, import.meta.url))))
    return openArchive(path)
  }
  old = await unpacked('format-2-ising')
  oldO6 = await unpacked('format-2-o6')
}, 60_000)

afterAll(() => {
  for (const archive of [ising, o6, along, field, wide, old, oldO6]) archive.close()
})

const drawn = new Map<Archive, readonly Figure[]>()
/** Those without a choice only once. */
function all(archive: Archive, choice?: Choice): readonly Figure[] {
  if (choice) return figuresOf(archive, choice)
  const figures = drawn.get(archive) ?? figuresOf(archive)
  drawn.set(archive, figures)
  return figures
}
const chartsOf = (archive: Archive, choice?: Choice): Chart[] => all(archive, choice).filter((figure) => figure.kind === 'chart')
function chart(archive: Archive, id: string, choice?: Choice): Chart {
  const found = chartsOf(archive, choice).find((figure) => figure.id === id)
  if (!found)
    throw new Error(
      `no chart ${id}; there are: ${figuresOf(archive, choice)
        .map((figure) => figure.id)
        .join(', ')}`,
    )
  return found
}
const named = ({ series }: Chart, name: string, role: Series['role'] = 'data'): Series => {
  const found = series.find((one) => one.name === name && one.role === role)
  if (!found) throw new Error(`no ${role} ${name}`)
  return found
}
const simulation = (archive: Archive, size: number): ArchivedSimulation =>
  archive.simulations.find((one) => one.size === size) as ArchivedSimulation
/** An archive with one simulation changed. */
const with1 = (archive: Archive, change: Partial<ArchivedSimulation>): Archive => ({
  ...archive,
  simulations: [{ ...simulation(archive, 8), ...change }],
})

describe('all figures of an archive', () => {
  it('are of every kind that it holds something of, with ids of their own and a sentence each', () => {
    for (const archive of [ising, o6, along, old, oldO6]) {
      const figures = all(archive)
      const ids = figures.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const { id, description, title } of figures) {
        expect(id).toMatch(/^[A-Za-z0-9-]+$/)
        expect(description).toMatch(/^[^a-z].*\d.*\.$/)
        expect(description).not.toMatch(/NaN|undefined|Infinity|nowhere/)
        expect(title).not.toMatch(/undefined/)
      }
    }
    const kinds = (archive: Archive): string =>
      all(archive)
        .map(({ id }) => id)
        .join(' ')
    expect(kinds(ising)).toMatch(
      /energy.*crossing-binder.*series.*autocorrelation.*histogram.*acceptance.*trajectory.*round-trips.*snapshots/,
    )
    expect(kinds(o6)).toMatch(/o6-helicity-modulus.*o6-crossing-cdw-correlation-length.*o6-crossing-sc-binder.*o6-helicity /)
    expect(kinds(along)).toMatch(/series.*autocorrelation.*histogram.*acceptance/)
    expect(kinds(along)).not.toMatch(/trajectory|snapshots|crossing|scaling/)
  })

  it('have points in ascending order, as many errors as values, and a place on the page', () => {
    for (const { x, y, error } of [ising, o6, along].flatMap((archive) => chartsOf(archive)).flatMap(({ series }) => series)) {
      expect(y).toHaveLength(x.length)
      if (error) expect(error).toHaveLength(x.length)
      expect(x.length).toBeLessThanOrEqual(402)
      expect([...x].sort((a, b) => a - b)).toEqual(x)
    }
  })

  it('have one line each that says what they are', () => {
    expect(Object.keys(OF_ARCHIVES)).toEqual([...archiveFigureNames])
  })
})

describe('quantities against temperature', () => {
  it('have the means and errors of the archive', () => {
    const data = named(chart(ising, 'ising-susceptibility'), 'L = 8')
    const { mean, error } = simulation(ising, 8).quantities.susceptibility as { mean: Float64Array; error: Float64Array }
    expect(data.y).toEqual([...mean])
    expect(data.error).toEqual([...error])
    expect(data.x).toEqual([...simulation(ising, 8).temperature])
  })

  it('lie on the exact curves of their lattice, within 4 standard errors', () => {
    for (const id of ['ising-energy', 'ising-specific-heat']) {
      const figure = chart(ising, id)
      for (const size of [6, 8]) {
        const [data, exact] = [named(figure, `L = ${size}`), named(figure, `L = ${size}`, 'exact')]
        for (const [i, T] of data.x.entries()) {
          const after = exact.x.findIndex((x) => x >= T)
          const before = Math.max(0, after - 1)
          const share =
            after === before ? 0 : (T - (exact.x[before] as number)) / ((exact.x[after] as number) - (exact.x[before] as number))
          const on = (exact.y[before] as number) * (1 - share) + (exact.y[after] as number) * share
          expect(Math.abs((data.y[i] as number) - on) / (data.error?.[i] as number)).toBeLessThan(4)
        }
      }
    }
  })

  it('show the infinite lattice once, and where it orders', () => {
    const figure = chart(ising, 'ising-abs-magnetization')
    expect(figure.series.filter(({ name }) => name.startsWith('L = ∞'))).toHaveLength(1)
    expect(named(figure, 'L = ∞, exact', 'exact').y[0]).toBeCloseTo(0.9113193779, 9)
    expect(figure.guides).toEqual([{ axis: 'x', value: TC_ISING, label: 'T_c = 2.26919' }])
    expect(chart(along, 'ising-energy').series.some(({ role, name }) => role === 'exact' && name.startsWith('L = ∞'))).toBe(false)
  })

  it('turn round against the inverse temperature', () => {
    const figure = chart(ising, 'ising-energy', { x: 'beta' })
    const { mean } = simulation(ising, 8).quantities.energy as { mean: Float64Array }
    expect(named(figure, 'L = 8').x[0]).toBe(1 / 2.6)
    expect(named(figure, 'L = 8').y).toEqual([...mean].reverse())
    expect(figure.guides?.[0]?.value).toBeCloseTo(1 / TC_ISING, 12)
  })

  it('stand against a parameter with a curve for each temperature', () => {
    const figure = chart(along, 'ising-magnetization', { x: 'h', observables: ['magnetization'] })
    expect(figure.series.map(({ name }) => name)).toEqual(['L = 5, T = 1.9', 'L = 5, T = 2.5', 'L = 5, T = 3.5'])
    expect(figure.series[0]?.x).toEqual([-0.1, 0, 0.4])
    expect((figure.series[0]?.y[2] as number) > (figure.series[0]?.y[0] as number)).toBe(true)
  })

  it('are what was asked for, elements of arrays too, or all', () => {
    expect(chartsOf(ising, { figure: 'observables', observables: ['binder', 'energy'] }).map(({ id }) => id)).toEqual([
      'ising-binder',
      'ising-energy',
    ])
    const element = chart(o6, 'o6-cdw-structure-factor-0-1', { figure: 'observables', observables: ['cdw_structure_factor[0,1]'] })
    expect(named(element, 'L = 6').y[1]).toBe(simulation(o6, 6).quantities.cdw_structure_factor?.mean[16 + 1])
    expect(chartsOf(o6, { figure: 'observables', observables: ['all'] }).length).toBeGreaterThan(15)
    expect(chartsOf(ising, { sizes: [8], figure: 'observables' }).flatMap(({ series }) => series.map(({ name }) => name))).not.toContain(
      'L = 6',
    )
  })

  it('leave out what is not positive on a logarithmic axis, which a negative energy cannot have', () => {
    expect(chart(ising, 'ising-energy', { log: 'xy' })).toMatchObject({ x: { log: true }, y: { log: false } })
    const figure = chart(ising, 'ising-magnetization', { log: 'y', observables: ['magnetization'] })
    expect(figure.y.log).toBe(true)
    for (const y of figure.series.flatMap((one) => one.y)) expect(Number.isNaN(y) || y > 0).toBe(true)
  })
})

describe('an axis', () => {
  it('is the parameter that has several values where there is one temperature, unless another is asked for', () => {
    const { x, series } = chart(field, 'ising-energy')
    expect(x.label).toBe('parameter h')
    expect(series.filter(({ role }) => role === 'data').map((one) => [one.name, one.x])).toEqual([
      ['L = 4', [0, 0.2, 0.4]],
      ['L = 6', [0, 0.2, 0.4]],
    ])
    expect(chart(field, 'ising-energy', { x: 'temperature' }).x.label).toMatch(/temperature/)
    expect(chart(along, 'ising-energy').x.label).toMatch(/temperature/)
  })

  it('that is logarithmic says how many points it cannot show', () => {
    const { series, subtitle } = chart(along, 'ising-magnetization', { observables: ['magnetization'], log: 'y' })
    const values = along.simulations.flatMap(({ quantities }) => [...(quantities.magnetization?.mean ?? [])])
    const lost = values.filter((value) => value <= 0).length
    expect(lost).toBeGreaterThan(1)
    expect(subtitle).toContain(`${lost} points at or below 0 cannot be drawn here`)
    const shown = series.filter(({ role }) => role === 'data').flatMap(({ y }) => y.filter(Number.isFinite))
    expect(shown.length).toBe(values.length - lost)
    expect(chart(along, 'ising-magnetization', { observables: ['magnetization'] }).subtitle ?? '').not.toContain('cannot be drawn')
  })

  it('that is logarithmic has exact curves that are smooth at its lower end', () => {
    const { x } = named(chart(wide, 'ising-energy', { observables: ['energy'], log: 'x' }), 'L = 4', 'exact')
    for (const [i, T] of x.entries()) if (i > 0) expect(T / (x[i - 1] as number)).toBeLessThan(1.1)
  })
})

describe('what stands beside them', () => {
  it('is the correlation length over L', () => {
    const data = named(chart(o6, 'o6-crossing-cdw-correlation-length'), 'L = 6')
    expect(data.y[0]).toBe((simulation(o6, 6).quantities.cdw_correlation_length?.mean[0] as number) / 6)
  })

  it('is the line 2T/π', () => {
    const line = named(chart(o6, 'o6-helicity'), '2T/π', 'guide')
    expect(line.y.at(-1)).toBeCloseTo((2 * 0.4) / Math.PI, 12)
  })

  it('is the line that a model draws of any derived quantity, each in a figure of its own', () => {
    const { description } = simulation(ising, 8)
    const reference = (name: string) => ({ formula: 'T ** 2 / 4', name, meaning: `what ${name} means` })
    const derived = description.derived.map((one) =>
      one.name === 'binder' ? one : { ...one, reference: reference(`T²/4 of ${one.name}`) },
    )
    const charts = chartsOf(with1(ising, { description: { ...description, derived } }), { figure: 'helicity' })
    expect(charts.map(({ id, title }) => [id, title])).toEqual([
      ['ising-helicity', 'Specific heat per site'],
      ['ising-helicity-2', 'Susceptibility per site'],
    ])
    const line = named(charts[0] as Chart, 'T²/4 of specific_heat', 'guide')
    expect(line.y).toEqual(line.x.map((T) => T ** 2 / 4))
    expect(charts[1]?.subtitle).toMatch(/^what T²\/4 of susceptibility means; /)
    expect(groupsOf(charts).map(({ id, figures }) => [id, figures.length])).toEqual([['helicity', 2]])
  })
})

describe('lines through the data', () => {
  it('are reweighted samples, which pass the points within their errors', () => {
    const figure = chart(ising, 'ising-susceptibility')
    const [data, line] = [named(figure, 'L = 8'), named(figure, 'L = 8', 'curve')]
    expect(data.mark).toBe('points')
    expect(figure.subtitle).toMatch('lines: reweighted samples with standard errors')
    expect(figure.subtitle).toMatch('N (⟨m^{2}⟩ \u2212 ⟨|m|⟩^{2}) / T')
    for (const [i, T] of data.x.entries()) {
      const k = line.x.findIndex((x) => x >= T - 1e-9)
      expect(line.x[k]).toBeCloseTo(T, 9)
      expect(Math.abs((line.y[k] as number) - (data.y[i] as number)) / (data.error?.[i] as number)).toBeLessThan(3)
      // Its band is what all temperatures together know: as wide as the bars, or narrower.
      expect(line.error?.[k]).toBeGreaterThan(0.1 * (data.error?.[i] as number))
      expect(line.error?.[k]).toBeLessThan(1.5 * (data.error?.[i] as number))
    }
    expect(line.error).toHaveLength(line.x.length)
  })

  it('stand where an exact curve is not, and say where the largest size has its peak', () => {
    const figure = chart(ising, 'ising-specific-heat')
    expect(figure.series.some(({ role }) => role === 'curve')).toBe(false)
    expect(figure.subtitle).toMatch(/peak of L\u00a0=\u00a08: 1\.\d+\(\d+\) at T\u00a0=\u00a02\.\d+\(\d+\)/)
    const [, height, T] = /: ([\d.]+)\(\d+\) at T\u00a0=\u00a0([\d.]+)/.exec(figure.subtitle ?? '') ?? []
    const exact = named(figure, 'L = 8', 'exact')
    const top = Math.max(...exact.y)
    expect(Math.abs(Number(height) - top)).toBeLessThan(0.04)
    expect(Math.abs(Number(T) - (exact.x[exact.y.indexOf(top)] as number))).toBeLessThan(0.03)
  })

  it('turn round against the inverse temperature', () => {
    const [straight, turned] = ['temperature', 'beta'].map((x) => named(chart(ising, 'ising-binder', { x }), 'L = 6', 'curve'))
    expect(turned?.x).toEqual([...(straight?.x ?? [])].reverse().map((T) => 1 / T))
    expect(turned?.y).toEqual([...(straight?.y ?? [])].reverse())
  })

  it('are straight where there is nothing to reweight', () => {
    const gone = with1(ising, { has: () => false, members: () => [] })
    const figure = chart(gone, 'ising-susceptibility', { figure: 'observables' })
    expect(figure.series.map(({ role, mark }) => [role, mark])).toEqual([['data', 'points and line']])
    expect(figure.subtitle).not.toMatch('lines')
    // What depends on elements of an array is in the histograms too.
    expect(named(chart(o6, 'o6-cdw-correlation-length'), 'L = 6').mark).toBe('points')
  })
})

describe('finite-size scaling', () => {
  it('has what was fitted to three sizes, with the exact T_c and exponents beside it', async () => {
    const out = join(folder, 'three.h5')
    const job = {
      model: 'ising' as const,
      size: [4, 8, 16],
      temperatures: '2:3.2/13',
      copies: 4,
      sweeps: 2000,
      thermalization: 200,
      seed: 3,
    }
    await run({ ...job, tempering: true }, { out, threads: 1 })
    const archive = await openArchive(out)
    const figures = chartsOf(archive, { figure: 'scaling' })
    expect(figures.map(({ id }) => id)).toEqual([
      'ising-scaling-temperature',
      'ising-scaling-susceptibility',
      'ising-scaling-order',
      'ising-scaling-slope',
    ])
    const [towards, susceptibility] = figures as [Chart, Chart]
    expect(towards.guides).toEqual([{ axis: 'y', value: TC_ISING, label: 'exact' }])
    const peaks = named(towards, 'susceptibility, peak')
    expect(peaks.x).toHaveLength(4)
    expect(peaks.x[0]).toBe(0)
    expect(Math.abs((peaks.y[0] as number) - TC_ISING)).toBeLessThan(5 * (peaks.error?.[0] as number))
    // Its line goes through the infinite lattice.
    expect(named(towards, 'susceptibility, peak', 'curve').y[0]).toBe(peaks.y[0])
    expect(susceptibility).toMatchObject({ x: { log: true }, y: { log: true } })
    const law = named(susceptibility, 'height of the peak', 'curve')
    // Through the heights of all three sizes, as it has three parameters.
    const heights = named(susceptibility, 'height of the peak')
    expect(law.x).toHaveLength(33)
    expect(law.y[0]).toBeCloseTo(heights.y[0] as number, 6)
    expect(law.y.at(-1)).toBeCloseTo(heights.y[2] as number, 6)
    expect(susceptibility.subtitle).toMatch(/γ\/ν\u00a0=\u00a01\.\d+\(\d+\) \(height of the peak, biased on small lattices, fitted/)
    expect(susceptibility.subtitle).toMatch('exactly 1.75')
    archive.close()
  })
})

describe('the course of time', () => {
  it('begins after the thermalization where there is only a series, and says so', () => {
    const figure = chart(old, 'ising-series-energy-L6')
    expect(figure.subtitle).toMatch('the thermalization was not kept')
    expect(figure.guides).toEqual([{ axis: 'x', value: 400, label: 'thermalized' }])
    expect(figure.series[0]?.x[0]).toBe(800)
    const values = simulation(old, 6).read('series/energy').values
    expect(figure.series[0]?.y[0]).toBeCloseTo(values[0] as number, 5)
  })

  it('begins with the first sweep where there is a trace', () => {
    const of = simulation(ising, 8)
    const sweep = Array.from({ length: 50 }, (_, k) => 10 * (k + 1))
    const values = Array.from({ length: 7 * 5 * 50 }, (_, i) => -(i % 50))
    const traced = with1(ising, {
      has: (path) => path.startsWith('trace/') || of.has(path),
      members: (group) => (group === 'trace' ? ['sweep', 'energy'] : of.members(group)),
      read: (path) =>
        path === 'trace/sweep' ? { shape: [50], values: sweep } : path === 'trace/energy' ? { shape: [7, 5, 50], values } : of.read(path),
    })
    const [figure] = chartsOf(traced, { figure: 'series' })
    // 50 measurements of 5 copies: 25 parts of two records each.
    expect(figure?.series[0]).toMatchObject({ name: 'T = 2', mark: 'line' })
    expect(figure?.series[0]?.x).toEqual(Array.from({ length: 25 }, (_, part) => 15 + 20 * part))
    expect(figure?.series[0]?.y).toEqual(Array.from({ length: 25 }, (_, part) => -0.5 - 2 * part))
    expect([figure?.series[0]?.band?.low.at(-1), figure?.series[0]?.band?.high.at(-1)]).toEqual([-49, -48])
    expect(figure?.subtitle).toMatch('line: mean over 20 sweeps and 5 copies; band: 10 to 90 % of the measurements')
    expect(figure?.subtitle).not.toMatch('not kept')
  })
})

describe('autocorrelation', () => {
  it('is 1 at lag 0 and sums up to the time of the Γ-method', () => {
    const values = Array.from({ length: 5 }, (_, copy) => {
      const own = simulation(ising, 8).read('series/energy').values
      return Float64Array.from({ length: 1500 }, (_, k) => own[(3 * 5 + copy) * 1500 + k] as number)
    })
    const { rho, error, window, tau } = autocorrelationFunction(values) as NonNullable<ReturnType<typeof autocorrelationFunction>>
    expect(rho[0]).toBeCloseTo(1, 12)
    expect(error[0]).toBe(0)
    const sum = rho.slice(1, window + 1).reduce((a, b) => a + b, 0.5)
    expect(sum).toBeCloseTo(gammaMethod(values).tau, 10)
    expect(tau).toBe(gammaMethod(values).tau)
    const stored = simulation(ising, 8).quantities.energy
    expect(Math.abs(tau - (stored?.tau?.[3] as number))).toBeLessThan(4 * (stored?.tauError?.[3] as number))
  })

  it('of a process known exactly is within its errors, which are of the right size', () => {
    let state = 12345
    const uniform = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state + 0.5) / 2 ** 32
    }
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    // Neighbours share a factor 0.8: ρ(t) = 0.8^t.
    const copies = Array.from({ length: 40 }, () => {
      let x = normal()
      return Float64Array.from({ length: 2000 }, () => (x = 0.8 * x + 0.6 * normal()))
    })
    const each = copies.map((copy) => autocorrelationFunction([copy])).filter((found) => found !== undefined)
    const pulls = each.map(({ rho, error }) => ((rho[3] as number) - 0.8 ** 3) / (error[3] as number))
    const spread = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length)
    expect(spread).toBeGreaterThan(0.7)
    expect(spread).toBeLessThan(1.4)
  })

  it('is not drawn of a trace whose records are further apart than measurements are correlated, which is said', () => {
    const charts = chartsOf(wide, { figure: 'autocorrelation' })
    expect(charts.map(({ id }) => id)).toEqual(['ising-autocorrelation-time-energy', 'ising-autocorrelation-time-abs-magnetization'])
    for (const { subtitle } of charts)
      expect(subtitle).toContain('functions need measurements that are closer than this; run with --series')
    // With all measurements there are functions too, and nothing to say.
    const own = chartsOf(ising, { figure: 'autocorrelation' })
    expect(own.some(({ id }) => id.startsWith('ising-autocorrelation-energy'))).toBe(true)
    for (const { subtitle } of own) expect(subtitle ?? '').not.toContain('--series')
  })

  it('shows times and their errors of the archive', () => {
    const data = named(chart(ising, 'ising-autocorrelation-time-energy'), 'L = 6')
    expect(data.y).toEqual([...(simulation(ising, 6).quantities.energy?.tau ?? [])])
    expect(data.error).toEqual([...(simulation(ising, 6).quantities.energy?.tauError ?? [])])
    expect(chart(ising, 'ising-autocorrelation-time-energy').y.log).toBe(true)
  })
})

describe('histograms', () => {
  it('have area 1, and bins that are multiples of the distance of levels', () => {
    for (const id of ['ising-histogram-energy-L6', 'ising-histogram-energy-L8', 'o6-histogram-energy-L6']) {
      for (const { x, y } of chart(id.startsWith('o6') ? o6 : ising, id).series) {
        const width = (x[1] as number) - (x[0] as number)
        expect(y.reduce((sum, density) => sum + density * width, 0)).toBeCloseTo(1, 10)
        expect([y[0], y.at(-1)]).toEqual([0, 0])
        if (id.startsWith('ising')) {
          const levels = width / (4 / (id.endsWith('8') ? 64 : 36))
          expect(Math.abs(levels - Math.round(levels))).toBeLessThan(1e-9)
        }
      }
    }
  })

  it('have the mean of the archive', () => {
    const { x, y } = named(chart(o6, 'o6-histogram-energy-L6'), 'T = 0.3')
    const width = (x[1] as number) - (x[0] as number)
    const mean = x.reduce((sum, at, i) => sum + at * (y[i] as number) * width, 0)
    expect(Math.abs(mean - (simulation(o6, 6).quantities.energy?.mean[0] as number))).toBeLessThan(width / 2)
  })
})

describe('exchanges', () => {
  it('are accepted as the archive says, between their temperatures', () => {
    const data = named(chart(ising, 'ising-tempering-acceptance'), 'L = 8')
    expect(data.y).toEqual([...(simulation(ising, 8).acceptance ?? [])])
    expect(data.x[0]).toBeCloseTo(2.05, 12)
  })

  it('move replicas as the archive says', () => {
    const figure = chart(ising, 'ising-tempering-trajectory-L8')
    const { values, shape } = simulation(ising, 8).read('tempering/trajectory')
    const step = Math.ceil((shape[0] as number) / (figure.series[0]?.x.length as number))
    expect(figure.series.map(({ name }) => name)).toEqual(['replica 0', 'replica 3', 'replica 6'])
    const part = Array.from({ length: step }, (_, k) => values[(10 * step + k) * (shape[1] as number) + 3] as number)
    expect(figure.series[1]?.y[10]).toBeCloseTo(part.reduce((a, b) => a + b, 0) / step, 4)
    expect(figure.subtitle).toMatch('3 of 35 replicas')
    const share = named(chart(ising, 'ising-tempering-flow-L8'), 'L = 8').y
    expect([share[0], share.at(-1)]).toEqual([1, 0])
  })

  it('along a parameter have one curve for each value but the last', () => {
    expect(chart(along, 'ising-tempering-acceptance').series.map(({ name }) => name)).toEqual(['L = 5, h = -0.1', 'L = 5, h = 0'])
  })
})

describe('snapshots', () => {
  const pictures = (archive: Archive): Pictures => {
    const found = figuresOf(archive, { figure: 'snapshots' }).find((figure: Figure) => figure.kind === 'pictures')
    if (!found) throw new Error('no pictures')
    return found
  }

  it('have a light and a dark colour for spins up and down', () => {
    const { pictures: drawn } = pictures(ising)
    const { values } = simulation(ising, 8).read('snapshots/spins')
    expect(drawn).toHaveLength(6)
    expect(drawn[0]).toMatchObject({ caption: 'T = 2', width: 8, height: 8 })
    // The second, last one of the lowest temperature.
    for (let site = 0; site < 64; site++) expect((drawn[0]?.rgba[4 * site] as number) > 128).toBe((values[64 + site] as number) > 0)
  })

  it('have the hue of a known spin, equally light at every phase, and black for charge order alone', () => {
    const { pictures: drawn } = pictures(o6)
    const { values } = simulation(o6, 6).read('snapshots/spins')
    const at = 36 * 6 + 6 * 7
    const n = (k: number): number => values[at + k] as number
    const colour = phaseColour(Math.atan2(n(1), n(0)), n(2) ** 2 + n(3) ** 2 + n(4) ** 2 + n(5) ** 2)
    expect([...(drawn[0]?.rgba.subarray(28, 31) ?? [])]).toEqual([...colour])
    // Relative luminance by the weights of sRGB.
    const luminance = (rgb: readonly number[]): number =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, k) => sum + weight * ((rgb[k] as number) / 255) ** 2.2, 0)
    const all = Array.from({ length: 12 }, (_, k) => luminance(phaseColour((k * Math.PI) / 6, 0)))
    expect(Math.max(...all) / Math.min(...all)).toBeLessThan(1.3)
    const [red, green, blue] = phaseColour(0.4, 0)
    expect(red).toBeGreaterThan(green + 40)
    expect(red).toBeGreaterThan(blue + 40)
    expect(luminance(phaseColour(1, 1))).toBeLessThan(0.01)
  })

  /** Of the simulation L = 6, with another lattice of as many sites and as many components. */
  const shaped = (shape: readonly number[], components: readonly number[], look?: Look): Archive => {
    const { description } = simulation(o6, 6)
    const { look: _, ...configuration } = { ...description.configuration, shape: [...shape, ...components] }
    const changed = {
      description: {
        ...description,
        lattice: { ...description.lattice, title: 'lattice of bricks', shape },
        configuration: { ...configuration, ...(look ? { look } : {}) },
      },
    }
    return { ...o6, simulations: [{ ...simulation(o6, 6), ...changed }] }
  }

  it('have the rows and columns of the lattice, and the words of the model for any number of components', () => {
    const { pictures: drawn, key, subtitle } = pictures(shaped([4, 27], [2]))
    expect(drawn[0]).toMatchObject({ width: 27, height: 4 })
    const { values } = simulation(o6, 6).read('snapshots/spins')
    const at = 36 * 6 + 2 * (27 * 2 + 5)
    expect([...(drawn[0]?.rgba.subarray(4 * (27 * 2 + 5), 4 * (27 * 2 + 5) + 3) ?? [])]).toEqual([
      ...phaseColour(Math.atan2(values[at + 1] as number, values[at] as number), 0),
    ])
    expect([subtitle, key?.length]).toEqual(['L = 6; hue: angle of the first two components', 4])
    const named = pictures(shaped([9, 8], [3], { hue: 'direction in the plane', dark: 'height' }))
    expect(named.subtitle).toBe('L = 6; hue: direction in the plane; the darker, the more height')
    expect(named.key?.at(-1)?.name).toBe('height alone')
  })

  it('are not drawn of a lattice that does not have two dimensions, nor of numbers that are not a configuration', () => {
    expect(() => pictures(shaped([6, 3, 2], [6]))).toThrow(
      'pictures are of lattices with two dimensions, and this one (lattice of bricks) has 3',
    )
    expect(chartsOf(shaped([36], [6])).length).toBeGreaterThan(5)
    expect(() => pictures(shaped([6, 6], [5]))).toThrow('snapshots of o6-L6 have 216 numbers; a configuration has 6 x 6 x 5')
  })
})

describe('what is not there', () => {
  const said = (archive: Archive, choice: Choice): string => {
    try {
      figuresOf(archive, choice)
    } catch (error) {
      return String(error)
    }
    return 'nothing'
  }

  it('is named with what is', () => {
    expect(said(ising, { observables: ['enrgy'] })).toMatch(
      /^UsageError: --observable: 'enrgy' is not possible; did you mean 'energy'\?; there are: energy, specific_heat, .*, all$/,
    )
    expect(said(ising, { figure: 'histogram', observables: ['binder'] })).toMatch(
      /'binder' is not possible.*there are: energy, magnetization/,
    )
    expect(said(ising, { sizes: [17] })).toBe('UsageError: --size: 17 is not possible; there are: 6, 8')
    expect(said(ising, { x: 'J' })).toBe("UsageError: --x: 'J' is not possible: J has one value only; allowed: temperature, beta")
    expect(said(ising, { x: 'bet' })).toMatch("did you mean 'beta'?; allowed: temperature, beta")
    expect(said(ising, { figure: 'snapshots', x: 'beta' })).toMatch(
      /^UsageError: --x: the figure snapshots has no use for it; allowed: with --figure/,
    )
  })

  it('is said with how to get it', () => {
    expect(said(ising, { figure: 'helicity' })).toMatch(/--figure: helicity cannot be drawn of ising.h5: .*run with --model o6/)
    expect(said(along, { figure: 'snapshots' })).toMatch('run with --snapshots')
    expect(said(with1(ising, { has: () => false }), { figure: 'histogram' })).toMatch('an older version made it; run the job again')
    expect(said(ising, { figure: 'scaling' })).toMatch(/three sizes or more.*run with --size 16,32,64/)
    expect(said(ising, { figure: 'crossings', sizes: [8] })).toMatch('two sizes or more')
  })

  it('leaves out quantities without a value, and refuses where nothing was measured', () => {
    const of = simulation(ising, 8)
    const empty = of.temperature.map(() => Number.NaN)
    const binder = { ...of.quantities.binder, shape: [], mean: empty, error: empty }
    const without = with1(ising, { quantities: { ...of.quantities, binder } })
    expect(chartsOf(without).map(({ id }) => id)).not.toContain('ising-binder')
    expect(said(without, { observables: ['binder'] })).toMatch(/^FileError: ising.h5: binder has no value at any temperature/)
    const nothing = with1(ising, {
      quantities: {},
      has: () => false,
      members: () => [],
      ...{ acceptance: empty, roundTrips: empty.map(() => 0) },
    })
    expect(said(nothing, {})).toBe('FileError: ising.h5: nothing was measured yet, so there is nothing to draw; go on with spinpool resume')
  })

  it('leaves one temperature a point', async () => {
    const out = join(folder, 'one.h5')
    await run({ model: 'ising', size: 4, temperatures: [2.3], sweeps: 100, copies: 2, seed: 1 }, { out, threads: 1 })
    const archive = await openArchive(out)
    const energy = named(chart(archive, 'ising-energy'), 'L = 4')
    expect(energy.x).toEqual([2.3])
    expect(energy.mark).toBe('points')
    archive.close()
  })
})
