// @module-tag slow

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type ArchivedSimulation, withArchive } from '../../src/archive/read.ts'
import { samplesOf, traceOf } from '../../src/archive/samples.ts'
import { merge } from '../../src/run/merge.ts'
import { resumeJob } from '../../src/run/resume.ts'
import { runJob } from '../../src/run/run.ts'
import type { SessionSettings } from '../../src/run/session.ts'
import { MAX_TRACE, rowsOfAll, Trace, traceFields } from '../../src/sampling/trace.ts'
import type { JobInput } from '../../src/job/input.ts'
import { bytesOf, openFields } from '../../src/engine/memory/fields.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
let files = 0
const path = (): string => join(folder, `${files++}.h5`)

const pauses = fileURLToPath(new URL('../support/workers/pauses.mjs', import.meta.url))
afterEach(() => {
  delete process.env.SPINPOOL_TEST_MOMENTS
})

/** Settings with which the run stops after one moment of some milliseconds of each thread. */
function stopSoon(): SessionSettings {
  process.env.SPINPOOL_TEST_MOMENTS = '1'
  return { worker: pauses, shortestPart: 0 }
}

/** Of several bundles, and with more rounds than rows. */
const long = {
  model: 'ising',
  size: 4,
  temperatures: '1.8:3.2/9',
  sweeps: 3800,
  thermalization: 501,
  measureEvery: 2,
  copies: 15,
  series: true,
  seed: 31,
} satisfies JobInput

/** Two teams, of which each member reads a part of every row. */
const team = {
  model: 'o6',
  size: 4,
  temperatures: '0.3:0.6/6',
  sweeps: 2100,
  thermalization: 100,
  tempering: true,
  copies: 2,
  series: true,
  seed: 32,
} satisfies JobInput

const along = {
  model: 'ising',
  size: 4,
  temperatures: [2, 3],
  sweeps: 2100,
  thermalization: 100,
  tempering: { along: 'h' },
  parameters: { h: [0, 0.2, 0.4] },
  copies: 3,
  series: true,
  seed: 33,
} satisfies JobInput

async function archived(job: JobInput, settings: SessionSettings = { threads: 2, shortestPart: 0 }): Promise<string> {
  const out = path()
  await runJob(job, { ...settings, out })
  return out
}

async function goneOn(file: string, sweeps?: number, threads = 2): Promise<void> {
  const keys = sweeps === undefined ? {} : { sweeps }
  const { status } = await resumeJob(file, { keys, whole: false }, { threads, shortestPart: 0 })
  expect(status).toBe('complete')
}

const wholeFiles = new Map<JobInput, Promise<string>>()
const wholes = new Map<JobInput, Promise<Record<string, string>>>()

/** The archive of a job that is run at once by one thread, once for all tests. */
function wholeFileOf(job: JobInput): Promise<string> {
  const file = wholeFiles.get(job) ?? archived(job, { threads: 1 })
  wholeFiles.set(job, file)
  return file
}

/** The traces in that archive. */
function wholeOf(job: JobInput): Promise<Record<string, string>> {
  const whole = wholes.get(job) ?? wholeFileOf(job).then(hashesIn)
  wholes.set(job, whole)
  return whole
}

/** The traces of an archive as hashes: a difference in one bit shows, and comparing is quick. */
async function hashesIn(file: string): Promise<Record<string, string>> {
  const hash = (values: Float64Array): string => createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')
  return Object.fromEntries(Object.entries(await tracesIn(file)).map(([name, values]) => [name, hash(values)]))
}

/** Everything in the traces of an archive, by simulation, observable and place. */
function tracesIn(file: string): Promise<Record<string, Float64Array>> {
  return withArchive(file, ({ simulations }) => {
    const all: Record<string, Float64Array> = {}
    for (const simulation of simulations) {
      const trace = traceOf(simulation)
      all[`${simulation.name} sweep`] = trace?.sweep ?? new Float64Array()
      forEachPlace(simulation, (t, copy) => {
        for (const name of trace?.observables ?? []) {
          all[`${simulation.name} ${name} ${t} ${copy}`] = trace?.of(name, t, copy) ?? new Float64Array()
        }
      })
    }
    return all
  })
}

function forEachPlace({ temperature, copies }: ArchivedSimulation, act: (temperature: number, copy: number) => void): void {
  for (const t of temperature.keys()) for (let copy = 0; copy < copies; copy++) act(t, copy)
}

/** Records that are neither more nor fewer than a trace of so many rounds has, and the rounds between them. */
function spacingOf(rounds: number): number {
  let every = 1
  while (Math.ceil(rounds / every) > MAX_TRACE) every *= 2
  return every
}

describe('the trace of a run', () => {
  it.each([
    ['of independent points', long],
    ['of a team', team],
    ['of exchanges along a parameter', along],
    ['of fewer rounds than it has room for', { ...long, sweeps: 700, thermalization: 0, measureEvery: 3 }],
  ] as const)('has the measurements that the series has at the same sweeps: %s', async (_, job: JobInput) => {
    const file = await wholeFileOf(job)
    await withArchive(file, ({ simulations }) => {
      for (const simulation of simulations) {
        const { thermalization, measureEvery, sweepsTotal } = simulation
        const trace = traceOf(simulation)
        const series = samplesOf(simulation)
        expect([trace?.kind, series?.kind]).toEqual(['trace', 'series'])
        if (!trace || !series) return
        expect(trace.observables).toEqual(series.observables)
        const first = Math.ceil(thermalization / measureEvery)
        const rounds = first + series.sweep.length
        const every = spacingOf(rounds)
        expect(trace.sweep.length).toBe(Math.ceil(rounds / every))
        expect(trace.sweep[0]).toBe(thermalization > 0 ? Math.min(measureEvery, thermalization) : measureEvery)
        expect(trace.sweep.at(-1)).toBeGreaterThan(sweepsTotal - every * measureEvery)
        let compared = 0
        const sampleAt = Array.from(trace.sweep, (sweep) => series.sweep.indexOf(sweep))
        forEachPlace(simulation, (t, copy) => {
          for (const name of trace.observables) {
            const [records, samples] = [trace.of(name, t, copy), series.of(name, t, copy)]
            for (const [k, sweep] of trace.sweep.entries()) {
              if (sweep <= thermalization) continue
              if (records[k] !== Math.fround(samples[sampleAt[k] as number] as number)) throw new Error(`${name} differs at sweep ${sweep}`)
              compared++
            }
          }
        })
        expect(compared).toBe((trace.sweep.length - Math.ceil(first / every)) * placesIn(simulation) * trace.observables.length)
      }
    })
  })

  it('begins where the lattices do, and shows how they come to equilibrium', async () => {
    // All spins are parallel at the start, and at this temperature few of them stay so.
    const file = await archived({ model: 'ising', size: 32, temperatures: [2.6, 4], sweeps: 900, thermalization: 100, copies: 64, seed: 3 })
    await withArchive(file, ({ simulations: [simulation] }) => {
      const trace = simulation && traceOf(simulation)
      if (!simulation || !trace) throw new Error('there is no trace')
      expect(Array.from(trace.sweep)).toEqual(Array.from({ length: 1000 }, (_, k) => k + 1))
      for (const t of [0, 1]) {
        const all = Array.from({ length: simulation.copies }, (_, copy) => trace.of('energy', t, copy))
        const mean = (k: number): number => all.reduce((sum, records) => sum + (records[k] as number), 0) / all.length
        const equilibrium = simulation.quantities.energy?.mean[t] as number
        expect(mean(0)).toBeLessThan(equilibrium - 0.1)
        expect(mean(0)).toBeGreaterThan(-2)
        expect(mean(1)).toBeGreaterThan(mean(0))
        expect(Math.abs(mean(99) - equilibrium)).toBeLessThan(0.02)
      }
    })
  })

  it('is what single measurements are read from where there is no series, without the thermalization', async () => {
    const file = await archived({ ...long, series: false })
    await withArchive(file, ({ simulations: [simulation] }) => {
      const samples = simulation && samplesOf(simulation)
      const trace = simulation && traceOf(simulation)
      if (!samples || !trace) throw new Error('there is no trace')
      expect(samples.kind).toBe('trace')
      const first = trace.sweep.findIndex((sweep) => sweep > long.thermalization)
      expect(Array.from(samples.sweep)).toEqual(Array.from(trace.sweep.subarray(first)))
      expect(Array.from(samples.of('energy', 3, 2))).toEqual(Array.from(trace.of('energy', 3, 2).subarray(first)))
    })
  })

  it.each([
    ['independent points', long],
    ['a team', team],
    ['exchanges along a parameter', along],
  ] as const)('is the same on any number of threads, stopped and resumed or not: %s', async (_, job: JobInput) => {
    const whole = await wholeOf(job)
    expect(await hashesIn(await archived(job, { threads: 3, shortestPart: 0 }))).toEqual(whole)
    const stopped = await archived(job, { ...stopSoon(), threads: 2 })
    expect(await hashesIn(stopped)).not.toEqual(whole)
    await goneOn(stopped)
    expect(await hashesIn(stopped)).toEqual(whole)
  })

  it.each([
    ['a team', team],
    ['exchanges along a parameter', along],
  ] as const)('is that of the whole where parts are merged, also of parts that are not equally far: %s', async (_, job: JobInput) => {
    const whole = await wholeOf(job)
    const first = await archived({ ...job, shard: '1/2' })
    const second = await archived({ ...job, shard: '2/2' }, { ...stopSoon(), threads: 1 })
    const partial = path()
    await merge([first, second], partial, { partial: true })
    await goneOn(partial)
    expect(await hashesIn(partial)).toEqual(whole)
    await goneOn(second)
    const merged = path()
    await merge([second, first], merged)
    expect(await hashesIn(merged)).toEqual(whole)
  })

  it('goes on where sweeps are raised, with fewer records where there are too many', async () => {
    const file = await archived({ ...team, sweeps: 1000 })
    await goneOn(file, team.sweeps)
    expect(await hashesIn(file)).toEqual(await wholeOf(team))
  })
})

function placesIn({ temperature, copies }: ArchivedSimulation): number {
  return temperature.length * copies
}

describe('the memory of a trace', () => {
  const shape = { rounds: 1e6, observables: 1, slots: 2 }

  /** A trace whose rows hold the number of their round. */
  function traceAfter(rounds: number): Trace {
    const fields = traceFields(shape)
    const trace = new Trace(openFields(fields, new ArrayBuffer(bytesOf(fields)), 0).view, shape)
    for (let round = 0; round < rounds; round++) if (trace.isDue(round)) trace.take(Float64Array.of(round, -round), 2, [0])
    return trace
  }

  it('keeps rows at equal distances, and between half of the rows and all of them', () => {
    for (const rounds of [1, 7, MAX_TRACE, MAX_TRACE + 1, 3 * MAX_TRACE, 8 * MAX_TRACE, 8 * MAX_TRACE + 1]) {
      const trace = traceAfter(rounds)
      expect([rounds, trace.every]).toEqual([rounds, spacingOf(rounds)])
      expect(trace.count).toBe(Math.ceil(rounds / trace.every))
      for (let row = 0; row < trace.count; row++) {
        expect([trace.at(row, 0, 0), trace.at(row, 0, 1)]).toEqual([row * trace.every, -row * trace.every])
      }
    }
  })

  it('of several ladders gives the rows that all have, as far apart as in the one that is furthest', () => {
    const traces = [traceAfter(100), traceAfter(5 * MAX_TRACE), traceAfter(MAX_TRACE)]
    expect(rowsOfAll(traces)).toEqual({ every: 8, count: Math.ceil(100 / 8) })
    expect(rowsOfAll([...traces, traceAfter(0)]).count).toBe(0)
  })
})
