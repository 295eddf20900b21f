// @module-tag slow

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runJob } from '../../src/run/run.ts'
import { Sampling } from '../../src/run/sampling.ts'
import { openArchive, type Progress } from '../../src/index.ts'
import { resolveJob } from '../../src/job/job.ts'
import { bundleCount, copiesForThreads, type Plan, planJob } from '../../src/job/plan.ts'
import type { Exchange } from '../../src/sampling/schemes/tempering.ts'
import { instantiateKernels } from '../../src/engine/kernels.ts'
import { enumerateIsing, kaufman } from '../../src/model/ising/exact.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { dataOf } from '../support/data.ts'
import { exactAcceptance } from '../support/exact-acceptance.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openLadderMemory } from '../support/kernel-memory.ts'
import { quantityAt, simulate } from '../support/simulate.ts'

const STANDARD_ERRORS = 4
const folder = temporaryFolder()
const worker = (name: string) => fileURLToPath(new URL(`../support/workers/${name}.mjs`, import.meta.url))
/** Two bundles, with a gap between them that is wide enough for an acceptance far from 1. */
const temperatures = [
  ...Array.from({ length: 128 }, (_, i) => Number((1.6 + (0.4 * i) / 127).toFixed(6))),
  ...Array.from({ length: 32 }, (_, i) => Number((2.4 + (1.6 * i) / 31).toFixed(6))),
]
/** Several plans as one. */
function joined(plans: readonly Plan[]): Plan {
  const before = plans.map((_, p) => plans.slice(0, p).reduce((sum, { ladders }) => sum + ladders.length, 0))
  const groups = plans.flatMap((plan, p) =>
    plan.groups.map((group) => {
      const ladders = group.ladders.map((ladder) => ladder + (before[p] as number))
      return { ...group, ladders, simulations: group.simulations.map((simulation) => ({ ...simulation, ladders })) }
    }),
  )
  return {
    job: (plans[0] as Plan).job,
    groups,
    simulations: groups.flatMap(({ simulations }) => simulations),
    ladders: plans.flatMap(({ ladders }) => ladders),
    bytes: plans.flatMap(({ bytes }) => bytes),
  }
}

/** One ladder of three bundles, for hours unless it is stopped. */
const long = { model: 'ising' as const, size: 32, temperatures: '2.0:2.6/300', sweeps: 1e8, thermalization: 20, tempering: true, seed: 1 }

describe('a ladder of several bundles', () => {
  it.each([{ size: 4 }, { size: 8 }])('has exact energies and acceptances at 160 temperatures: L = $size', async ({ size }) => {
    const [sweeps, measureEvery, copies] = [60_000, 4, 4]
    const [simulation] = await simulate({
      model: 'ising',
      size,
      temperatures,
      sweeps,
      measureEvery,
      thermalization: 1000,
      tempering: true,
      copies,
      seed: 21,
    })
    if (!simulation?.exchange) throw new Error('no exchanges')
    for (const t of [0, 60, 126, 127, 128, 129, 145, 159]) {
      const T = temperatures[t] as number
      const exact = size === 4 ? (enumerateIsing(size, T, { J: 1, h: 0 }).energy as number) : kaufman(size, T).energy
      const { mean, error } = quantityAt(simulation, 'energy', T)
      expect(Math.abs(mean - exact), `energy at T = ${T}: ${mean} +- ${error}, exactly ${exact}`).toBeLessThan(STANDARD_ERRORS * error)
      expect(error).toBeLessThan(0.004 * Math.abs(exact))
    }
    // L = 8: both densities of states summed; too many configurations for a test.
    const exact = size === 4 ? exactAcceptance(4, { T: 2, J: 1, h: 0 }, { T: 2.4, J: 1, h: 0 }) : 0.300770902573
    const acceptance = simulation.exchange.acceptance[127] as number
    // Every second round tries a pair; rounds are correlated over a few sweeps.
    const error = 2 * Math.sqrt((exact * (1 - exact)) / ((sweeps / measureEvery / 2) * copies))
    expect(Math.abs(acceptance - exact), `${acceptance}, exactly ${exact}`).toBeLessThan(STANDARD_ERRORS * error)
    expect(simulation.exchange.roundTrips.length).toBe(copies * 160)
    expect(simulation.warnings.filter((warning) => /identity/.test(warning))).toEqual([])
  })

  it('gives equal data bit for bit on 1 and 3 threads, in 3 bundles', async () => {
    const count = 300
    const job = {
      model: 'ising' as const,
      size: 6,
      temperatures: `1.8:2.8/${count}`,
      sweeps: 600,
      measureEvery: 2,
      thermalization: 31,
      tempering: true,
      snapshots: 3,
      series: true,
      seed: 22,
    }
    const { ladders } = planJob(resolveJob(job))
    expect(ladders.map((spec) => spec.bundles)).toEqual([3])
    const one = await simulate(job, 1)
    expect(dataOf(await simulate(job, 3))).toEqual(dataOf(one))
    const { trajectory, rounds } = one[0]?.exchange ?? { trajectory: new Int32Array(), rounds: [] }
    for (let row = 0; row < rounds.length; row++) {
      expect([...trajectory.slice(row * count, (row + 1) * count)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, t) => t),
      )
    }
    // Snapshots are of the slots they are filed under: their energies are those of the samples.
    const [simulation] = one
    if (!simulation?.snapshots || !simulation.series) throw new Error('no snapshots')
    const energies = simulation.series.values.energy as Float64Array
    for (let t = 0; t < count; t++) {
      for (let k = 0; k < 3; k++) {
        const spins = simulation.snapshots.values.subarray((t * 3 + k) * 36, (t * 3 + k + 1) * 36)
        let bonds = 0
        for (let i = 0; i < 36; i++) {
          const [x, y] = [i % 6, Math.floor(i / 6)]
          bonds += (spins[i] as number) * ((spins[y * 6 + ((x + 1) % 6)] as number) + (spins[((y + 1) % 6) * 6 + x] as number))
        }
        const sample = (simulation.snapshots.sweep[k] as number) / 2 - 1
        expect(energies[t * simulation.series.count + sample]).toBeCloseTo(-bonds / 36, 12)
      }
    }
  })

  it('gives equal data beside ladders of one bundle, however many threads step which', async () => {
    const base = { model: 'ising' as const, sweeps: 800, tempering: true, thermalization: 10, seed: 23 }
    const plans = [
      { ...base, size: 8, temperatures: '1.8:2.8/200' },
      { ...base, size: 7, temperatures: '1.8:2.8/30', copies: 8 },
      { ...base, size: 5, temperatures: '1.8:2.8/150', tempering: { along: 'h' }, parameters: { h: [0, 0.2] }, copies: 1, sweeps: 300 },
    ].map((job) => planJob(resolveJob(job)))
    const plan = joined(plans)
    expect(new Set(plan.ladders.map(({ bundles }) => bundles))).toEqual(new Set([1, 2]))
    const data = async (threads: number) => {
      const sampling = new Sampling(plan, threads, { checkpointEvery: 300, save: async () => {}, shortestPart: 0 })
      expect(await sampling.run()).toBe('complete')
      return dataOf((await sampling.collect(async () => undefined)).simulations)
    }
    expect(await data(4)).toEqual(await data(1))
  })

  it('tells how long its threads waited for each other', async () => {
    const [simulation] = await simulate({ ...long, size: 64, sweeps: 200 }, 2)
    // Two bundles here and one there: the second thread waits.
    expect(simulation?.timing.wait).toBeGreaterThan(0.1 * (simulation?.timing.sweep as number))
    expect(simulation?.sweepsDone).toBe(220)
  })

  it('needs no copies to keep its threads busy', () => {
    const plan = planJob(resolveJob(long))
    expect(bundleCount(plan)).toBe(3)
    expect(copiesForThreads(plan, 3)).toBeUndefined()
    expect(copiesForThreads(plan, 4)).toBe(2)
    expect(bundleCount(planJob(resolveJob({ ...long, copies: 2 })))).toBe(6)
  })

  it('is refused where its bundles do not fit into one shared memory', () => {
    expect(() => planJob(resolveJob({ ...long, size: 10_000 }), { available: 1e13 })).toThrow(
      /the job needs [\d.]+ GiB for the 3 bundles that exchange replicas, and a shared memory holds at most 4 GiB; use a smaller size, fewer temperatures/,
    )
  })
})

describe('an exchange between bundles', () => {
  it("keeps lanes and rungs each other's inverse, and notes every bundle whose lanes must be placed anew", async () => {
    const [spec] = planJob(resolveJob({ ...long, size: 4 })).ladders
    if (!spec) throw new Error('no ladder')
    const { module, memory, view } = await openLadderMemory(spec)
    const exchange = view.scheme as Exchange
    const random = new Sfc64(seedStream('exchange'))
    exchange.view.round.random.set([1n, 2n, 3n, 4n])
    view.lanes.set([...spec.slots.keys()])
    view.rung.set(Array.from(view.rung, (_, lane) => Math.min(lane, 299)))
    exchange.view.round.lambda.set(spec.slots.map((_, slot) => -slot))
    const seen = new Set<string>()
    for (let round = 0; round < 2000; round++) {
      // Few exchanges in a round, so that there are some whose bundles no other exchange notes.
      for (let slot = 0; slot < 300; slot++) view.energy[view.lanes[slot] as number] = 100 * slot
      for (let k = 0; k < 2; k++) view.energy[view.lanes[Math.floor(299 * random.uniform())] as number] = 30_000 * random.uniform()
      const before = view.rung.slice()
      exchange.changed.fill(0)
      exchange.afterRound(round, 0, instantiateKernels(module, memory))
      const moved = [0, 1, 2].map((bundle) => {
        return view.rung.subarray(128 * bundle, 128 * bundle + 128).some((rung, i) => rung !== before[128 * bundle + i]) ? 1 : 0
      })
      expect([...exchange.changed]).toEqual(moved)
      seen.add(moved.join(''))
      expect(view.lanes.every((lane, slot) => view.rung[lane] === slot)).toBe(true)
      expect(view.rung.subarray(300).every((rung) => rung === 299)).toBe(true)
    }
    expect(seen.size).toBeGreaterThan(5)
  })
})

describe('a team', () => {
  it('stops soon when the signal is raised, and leaves a whole archive', async () => {
    const abort = new AbortController()
    const path = join(folder, 'stopped.h5')
    let raised = 0
    const onProgress = ({ updatesPerNanosecond }: Progress) => {
      if (updatesPerNanosecond > 0 && raised === 0) {
        raised = performance.now()
        abort.abort()
      }
    }
    const { status } = await runJob(long, { shortestPart: 0, out: path, threads: 3, signal: abort.signal, onProgress })
    expect(status).toBe('interrupted')
    expect(performance.now() - raised).toBeLessThan(10_000)
    const archive = await openArchive(path)
    const [simulation] = archive.simulations
    expect(archive.status).toBe('interrupted')
    expect(new Set(simulation?.samples).size).toBe(1)
    expect(simulation?.samples[0]).toBeGreaterThan(0)
    // A stop may come after one sample: its energy scatters by 0.07 about -1.03 at T = 2.6, and there are 300 of them.
    expect(simulation?.quantities.energy?.mean.every((e) => e < -0.6 && e > -2)).toBe(true)
    archive.close()
  })

  it('hears a stop in the middle of a round of many sweeps, and goes on with the round in the next slice', async () => {
    const abort = new AbortController()
    const job = { ...long, size: 64, measureEvery: 1e7, thermalization: 0 }
    const onProgress = ({ elapsedSeconds, updatesPerNanosecond }: Progress) => {
      if (updatesPerNanosecond > 0 && elapsedSeconds > 1.5) abort.abort()
    }
    const start = performance.now()
    const { status, simulations } = await runJob(job, {
      shortestPart: 0,
      out: join(folder, 'round.h5'),
      threads: 3,
      signal: abort.signal,
      onProgress,
    })
    expect(status).toBe('interrupted')
    expect(simulations[0]?.sweepsDone).toBeGreaterThan(0)
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  it.each([
    ['throws', /a worker thread failed: the kernel hit a wall/],
    ['exits', /a worker thread failed: .*exit/],
    ['vanishes', /a worker thread failed: .*exit/],
  ])('is released when one of its workers %s', async (name, message) => {
    const path = join(folder, `${name}.h5`)
    const start = performance.now()
    const failure = await runJob(long, { shortestPart: 0, out: path, threads: 3, worker: worker(name) }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'MachineError', exitCode: 4, message: expect.stringMatching(message) })
    expect(performance.now() - start).toBeLessThan(20_000)
    const archive = await openArchive(path)
    expect(archive.status).toBe('interrupted')
    expect(archive.simulations[0]?.quantities.energy?.mean.every((e) => Number.isNaN(e) || (e < -1 && e > -2))).toBe(true)
    archive.close()
  })
})
