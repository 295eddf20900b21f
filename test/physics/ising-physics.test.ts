// @module-tag slow

import { describe, expect, it } from 'vitest'
import { enumerateIsing, kaufman, TC_ISING } from '../../src/model/ising/exact.ts'
import { quantityAt, simulate } from '../support/simulate.ts'

const STANDARD_ERRORS = 4
const LARGEST_ERROR = 0.003

describe('the Ising model against exact numbers', () => {
  const observables = [
    'energy',
    'specific_heat',
    'magnetization',
    'abs_magnetization',
    'magnetization_squared',
    'magnetization_fourth',
    'susceptibility',
    'binder',
  ]
  // Not lower: there the state against a field is so rare that no run of this length would see its share of it.
  const temperatures = [2, TC_ISING, 4]
  // Sweeps that the slowest observable of each needs for that error, by size; more would make only the others known better.
  const couplings = [
    { J: 1, h: 0, sweeps: { 2: 120_000, 3: 90_000, 4: 120_000 } },
    { J: -1, h: 0, sweeps: { 2: 240_000, 3: 120_000, 4: 230_000 } },
    { J: 1, h: 0.5, sweeps: { 2: 140_000, 3: 160_000, 4: 170_000 } },
    { J: -1, h: 0.5, sweeps: { 2: 410_000, 3: 120_000, 4: 230_000 } },
    { J: 0.5, h: -0.3, sweeps: { 2: 190_000, 3: 90_000, 4: 90_000 } },
    // Here spins in a uniform lattice feel no field at all: always accepted, a fixed order would not be ergodic.
    { J: -1, h: 4, sweeps: { 2: 690_000, 3: 90_000, 4: 90_000 } },
  ]
  const cases = ([2, 3, 4] as const).flatMap((size) =>
    couplings.map(({ sweeps, ...coupling }) => ({ size, ...coupling, sweeps: sweeps[size] })),
  )

  it.each(cases)('agrees with full enumeration in every observable: L = $size, J = $J, h = $h', async ({ size, J, h, sweeps }) => {
    const [simulation] = await simulate({
      model: 'ising',
      size,
      temperatures,
      sweeps,
      measureEvery: 4,
      thermalization: 1000,
      copies: 84,
      parameters: { J, h },
      seed: 2,
    })
    if (!simulation) throw new Error('no simulation')
    for (const T of temperatures) {
      const exact = enumerateIsing(size, T, { J, h })
      for (const name of observables) {
        const { mean, error } = quantityAt(simulation, name, T)
        const expected = exact[name] as number
        expect(Math.abs(mean - expected), `${name} at T = ${T}: ${mean} +- ${error}, exactly ${expected}`).toBeLessThan(
          STANDARD_ERRORS * error,
        )
        // Without a field the magnetization vanishes: no scale to judge its error by.
        // The Binder ratio is a difference from 1, and is judged by what is taken off where little is left.
        const scale = name === 'binder' ? Math.max(Math.abs(expected), 1 - expected) : Math.abs(expected)
        if (scale > 1e-12) expect(error / scale, `${name} at T = ${T}`).toBeLessThan(LARGEST_ERROR)
      }
    }
  })

  it.each([
    { size: 8, temperatures: [2, TC_ISING, 3], sweeps: 28_000, copies: 84 },
    { size: 16, temperatures: [2, TC_ISING, 3], sweeps: 24_000, copies: 84 },
    { size: 32, temperatures: [2, 3], sweeps: 14_000, copies: 128 },
    { size: 32, temperatures: [TC_ISING], sweeps: 24_000, copies: 256 },
    { size: 64, temperatures: [2, 3], sweeps: 24_000, copies: 128 },
  ])("agrees with Kaufman's energy and specific heat: L = $size, T = $temperatures", async ({ size, temperatures, sweeps, copies }) => {
    const [simulation] = await simulate({
      model: 'ising',
      size,
      temperatures,
      sweeps,
      thermalization: sweeps / 10,
      measureEvery: size / 8,
      copies,
      seed: 3,
    })
    if (!simulation) throw new Error('no simulation')
    for (const T of temperatures) {
      const exact = kaufman(size, T)
      for (const [name, expected] of [
        ['energy', exact.energy],
        ['specific_heat', exact.specificHeat],
      ] as const) {
        const { mean, error } = quantityAt(simulation, name, T)
        expect(Math.abs(mean - expected), `${name} at T = ${T}: ${mean} +- ${error}, exactly ${expected}`).toBeLessThan(
          STANDARD_ERRORS * error,
        )
        expect(error, `${name} at T = ${T}`).toBeLessThan(LARGEST_ERROR * Math.abs(expected))
      }
    }
    expect(simulation.warnings.filter((warning) => /identity|R-hat/.test(warning))).toEqual([])
  })
})
