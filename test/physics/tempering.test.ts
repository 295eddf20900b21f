// @module-tag slow

import { describe, expect, it } from 'vitest'
import { enumerateIsing, TC_ISING } from '../../src/model/ising/exact.ts'
import { exactAcceptance } from '../support/exact-acceptance.ts'
import { quantityAt, simulate } from '../support/simulate.ts'

describe('parallel tempering', () => {
  // Exact: sum over both densities of states of min(1, exp(Δβ ΔE)).
  it.each([
    { size: 4, exact: 0.688648385919 },
    { size: 8, exact: 0.300770902573 },
  ])('accepts exchanges between T = 2.0 and 2.4 as often as it must: L = $size', async ({ size, exact }) => {
    const sweeps = 100_000
    const copies = 64
    const [simulation] = await simulate({
      model: 'ising',
      size,
      temperatures: [2, 2.4],
      sweeps,
      thermalization: 2000,
      measureEvery: 4,
      tempering: true,
      copies,
      seed: 4,
    })
    const acceptance = simulation?.exchange?.acceptance[0] as number
    // Every second round tries this pair in every copy; rounds of one copy are correlated over a few sweeps.
    const independent = (sweeps / 4 / 2) * copies
    const error = Math.sqrt((exact * (1 - exact)) / independent) * 2
    expect(Math.abs(acceptance - exact), `${acceptance}, exactly ${exact}`).toBeLessThan(4 * error)
    expect(error).toBeLessThan(0.002)
  })

  it('gives the averages of independent points', async () => {
    const job = {
      model: 'ising',
      size: 12,
      temperatures: [2, 2.1, 2.2, TC_ISING, 2.4, 2.6],
      sweeps: 40_000,
      thermalization: 4000,
      copies: 21,
    } as const
    const [exchanging] = await simulate({ ...job, temperatures: [...job.temperatures], tempering: true, seed: 5 })
    const [independent] = await simulate({ ...job, temperatures: [...job.temperatures], tempering: false, seed: 6 })
    if (!exchanging || !independent) throw new Error('no simulation')
    for (const T of job.temperatures) {
      for (const name of ['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder']) {
        const a = quantityAt(exchanging, name, T)
        const b = quantityAt(independent, name, T)
        expect(Math.abs(a.mean - b.mean), `${name} at T = ${T}`).toBeLessThan(4 * Math.hypot(a.error, b.error))
        expect(Math.hypot(a.error, b.error) / Math.abs(a.mean)).toBeLessThan(0.02)
      }
    }
    expect(independent.exchange).toBeUndefined()
  })

  it('leaves the Boltzmann weights alone: histograms of neighbouring temperatures obey exp(Δβ E)', async () => {
    const [T1, T2] = [2.2, 2.4]
    const [simulation] = await simulate({
      model: 'ising',
      size: 8,
      temperatures: [T1, T2],
      sweeps: 200_000,
      thermalization: 2000,
      measureEvery: 50,
      tempering: true,
      copies: 64,
      series: true,
      seed: 7,
    })
    const series = simulation?.series
    if (!series) throw new Error('no series')
    const energies = series.values.energy as Float64Array
    const half = energies.length / 2
    const histogram = (from: number) => {
      const counts = new Map<number, number>()
      for (let i = from; i < from + half; i++) {
        const E = Math.round(64 * (energies[i] as number))
        counts.set(E, (counts.get(E) ?? 0) + 1)
      }
      return counts
    }
    const [cold, warm] = [histogram(0), histogram(half)]
    // ln(n1/n2) = -(β1 - β2) E + constant; the constant is fitted, so one degree of freedom is lost.
    const points = [...cold.keys()]
      .filter((E) => (cold.get(E) ?? 0) >= 100 && (warm.get(E) ?? 0) >= 100)
      .map((E) => {
        const [n1, n2] = [cold.get(E) as number, warm.get(E) as number]
        return { y: Math.log(n1 / n2) + (1 / T1 - 1 / T2) * E, weight: 1 / (1 / n1 + 1 / n2) }
      })
    const total = points.reduce((sum, { weight }) => sum + weight, 0)
    const constant = points.reduce((sum, { y, weight }) => sum + y * weight, 0) / total
    const chi2 = points.reduce((sum, { y, weight }) => sum + weight * (y - constant) ** 2, 0)
    const freedom = points.length - 1
    expect(freedom).toBeGreaterThan(15)
    expect(Math.abs(chi2 - freedom), `χ² = ${chi2} for ${freedom}`).toBeLessThan(4 * Math.sqrt(2 * freedom))
  })

  it('counts round trips, and keeps a trajectory that is a permutation of every ladder', async () => {
    const [simulation] = await simulate({
      model: 'ising',
      size: 8,
      temperatures: '2.0:2.6/8',
      sweeps: 5000,
      thermalization: 100,
      tempering: true,
      copies: 20,
      seed: 8,
    })
    const exchange = simulation?.exchange
    if (!exchange) throw new Error('no exchanges')
    const { trajectory, rounds, roundTrips } = exchange
    expect(roundTrips.length).toBe(160)
    expect(roundTrips.reduce((a, b) => a + b, 0)).toBeGreaterThan(1000)
    expect(rounds.length).toBeGreaterThanOrEqual(512)
    expect(rounds[1]).toBe((rounds[2] as number) / 2)
    for (let row = 0; row < rounds.length; row++) {
      for (let copy = 0; copy < 20; copy++) {
        const places = trajectory.slice(row * 160 + copy * 8, row * 160 + copy * 8 + 8).sort()
        expect([...places]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      }
    }
  })

  it.each([
    { size: 2, J: 1, fields: [0.4, 0, -0.1, 0.15] },
    { size: 3, J: -1, fields: [0, 1, 3] },
  ])('along h has exact averages at every h, and accepts as often as it must: L = $size, J = $J', async ({ size, J, fields }) => {
    const [temperatures, sweeps, copies] = [[2, 3], 60_000, 84]
    const simulations = await simulate({
      model: 'ising',
      size,
      temperatures,
      sweeps,
      measureEvery: 3,
      thermalization: 1000,
      tempering: { along: 'h' },
      parameters: { J, h: fields },
      copies,
      seed: 10,
    })
    const sorted = [...fields].sort((a, b) => a - b)
    expect(simulations.map(({ name, parameters }) => [name, parameters.h])).toEqual(sorted.map((h) => [`ising-L${size}-h${h}`, h]))
    for (const [i, simulation] of simulations.entries()) {
      const h = sorted[i] as number
      for (const [t, T] of temperatures.entries()) {
        const exact = enumerateIsing(size, T, { J, h })
        for (const name of ['energy', 'energy_squared', 'magnetization', 'magnetization_squared', 'specific_heat']) {
          const { mean, error } = quantityAt(simulation, name, T)
          const expected = exact[name] as number
          expect(Math.abs(mean - expected), `${name} at T = ${T}, h = ${h}: ${mean} +- ${error}, exactly ${expected}`).toBeLessThan(
            4 * error,
          )
          expect(error).toBeLessThan(0.004)
        }
        const next = sorted[i + 1]
        const acceptance = simulation.exchange?.acceptance[t] as number
        if (next === undefined) {
          expect(acceptance).toBeNaN()
          continue
        }
        const due = exactAcceptance(size, { T, J, h }, { T, J, h: next })
        // Every second round tries this pair in every copy; a replica's magnetization lives for many rounds.
        const error = 4 * Math.sqrt((due * (1 - due)) / ((sweeps / 3 / 2) * copies))
        expect(Math.abs(acceptance - due), `acceptance ${acceptance}, exactly ${due}`).toBeLessThan(4 * error)
      }
      expect(simulation.exchange?.along).toBe('h')
      expect(simulation.exchange?.roundTrips.length).toBe(temperatures.length * copies * fields.length)
      expect(Math.min(...(simulation.exchange?.roundTrips ?? []))).toBeGreaterThan(10)
      expect(simulation.warnings.filter((warning) => /identity|R-hat/.test(warning))).toEqual([])
    }
  })

  it('forms a round trip only by way of the highest temperature', async () => {
    // Of two temperatures every accepted exchange brings one replica back down, but for the first time it comes.
    const [simulation] = await simulate({
      model: 'ising',
      size: 4,
      temperatures: [2, 2.2],
      sweeps: 4000,
      thermalization: 10,
      tempering: true,
      copies: 64,
      seed: 9,
    })
    const { acceptance, roundTrips } = simulation?.exchange ?? { acceptance: [0], roundTrips: new Int32Array() }
    const accepted = (acceptance[0] as number) * (4000 / 2) * 64
    const trips = roundTrips.reduce((a, b) => a + b, 0)
    expect(Math.abs(trips - accepted)).toBeLessThan(128 + 1)
  })
})
