import { describe, expect, it } from 'vitest'
import { resolveJob } from '../../src/job/job.ts'
import { bundleCount, copiesForThreads, planJob } from '../../src/job/plan.ts'
import { chainsOf, schemeFor, schemeOf } from '../../src/sampling/schemes/index.ts'
import type { LadderSpec, Point, Tempering } from '../../src/sampling/spec.ts'
import { simulate } from '../support/simulate.ts'

function planned(temperatures: number, copies: number, tempering: Tempering) {
  const along = typeof tempering === 'object'
  return planJob(
    resolveJob({
      model: 'ising',
      size: 4,
      temperatures: { start: 2, stop: 2 + (temperatures - 1) / 100, count: temperatures },
      ...(along ? { parameters: { h: [0, 0.1, 0.2] } } : {}),
      copies,
      tempering,
      seed: 1,
    }),
  )
}

/** All points of the grid of a plan, temperature by temperature. */
function pointsOf({ simulations }: ReturnType<typeof planned>, temperatures: number): Point[] {
  return Array.from({ length: temperatures }, (_, temperature) =>
    simulations.map(({ name, parameters }) => ({ simulation: name, temperature, parameters })),
  ).flat()
}

describe('a scheme', () => {
  it.each<[number, number, Tempering]>([
    [50, 5, true],
    [50, 5, false],
    [1, 300, false],
    [300, 2, true],
    [300, 2, false],
    [4, 50, { along: 'h' }],
  ])('deals out replicas of %d temperatures and %d copies as jobs have always had them (tempering %j)', (T, copies, tempering) => {
    const plan = planned(T, copies, tempering)
    const spec = schemeFor(tempering)
    const cuts = chainsOf(pointsOf(plan, T), spec).flatMap((points) => schemeOf({ scheme: spec }).cut.slots(points, copies, 128))
    expect(cuts).toEqual(plan.ladders.map(({ points, slots }) => ({ points, slots })))
  })

  it.each<[number, boolean, number]>([
    [20, true, 3],
    [20, false, 3],
    [300, true, 7],
    [300, false, 9],
  ])('knows how many copies of %d temperatures give every thread a bundle (tempering %s, %d threads)', (T, tempering, threads) => {
    const { cut } = schemeOf({ scheme: schemeFor(tempering) })
    const copies = cut.copies(threads, T, 128)
    expect(copies).toBe(copiesForThreads(planned(T, 1, tempering), threads))
    expect(bundleCount(planned(T, copies, tempering))).toBeGreaterThanOrEqual(threads)
  })

  it('keeps its word in the names of random streams, on which the numbers of old jobs depend', () => {
    const word = (tempering: Tempering): string => {
      const scheme = schemeFor(tempering)
      return JSON.stringify(schemeOf({ scheme }).seedWord(scheme))
    }
    expect([word(false), word(true), word({ along: 'h' })]).toEqual(['false', 'true', '{"along":"h"}'])
  })

  it('keeps the same fields in a checkpoint whether replicas exchange or not, but rows of the trajectory', () => {
    const spec = planned(4, 2, true).ladders[0] as LadderSpec
    const [exchanging, staying] = [true, false].map((tempering) => {
      const scheme = schemeFor(tempering)
      return schemeOf({ scheme }).fields({ ...spec, scheme })
    })
    expect(staying?.round).toEqual(exchanging?.round)
    expect(Object.keys(staying?.books ?? {})).toEqual(Object.keys(exchanging?.books ?? {}))
    expect(staying?.books.trajectory).toMatchObject({ length: 0, keep: { name: 'trajectory' } })
    expect(exchanging?.books.trajectory).toMatchObject({ length: 1024 * spec.slots.length })
  })

  it('describes its group of the archive: dimensions and values fit', async () => {
    const job = { model: 'ising', size: 4, temperatures: [2, 2.5, 3], sweeps: 40, copies: 2, seed: 3 } as const
    const [still] = await simulate(job)
    expect(still).toMatchObject({ tempering: false })
    expect(still).not.toHaveProperty('scheme')
    for (const more of [{ tempering: true }, { tempering: { along: 'h' }, parameters: { h: [0, 0.1] } }] as const) {
      for (const { scheme, exchange, temperature } of await simulate({ ...job, ...more })) {
        expect(scheme?.name).toBe('tempering')
        expect(scheme?.attributes.along).toBe(exchange?.along)
        const lengths = new Map([['temperature', temperature.length]])
        for (const { name, values } of scheme?.dimensions ?? []) lengths.set(name, typeof values === 'number' ? values : values.length)
        for (const { values, dimensions } of scheme?.datasets ?? []) {
          expect(values).toHaveLength(dimensions.reduce((product, name) => product * (lengths.get(name) as number), 1))
        }
        expect(scheme?.datasets.map(({ name }) => name).slice(0, 2)).toEqual(['acceptance', 'round_trips'])
      }
    }
  })

  it('is refused under a name that no scheme has', () => {
    expect(() => schemeOf({ scheme: { name: 'annealing' } })).toThrow("there is no scheme 'annealing'")
  })
})
