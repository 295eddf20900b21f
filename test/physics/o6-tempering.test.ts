// @module-tag slow

import { describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import reference from '../support/reference/o6.json' with { type: 'json' }
import { quantityAt, simulate } from '../support/simulate.ts'

const STANDARD_ERRORS = 4

describe('tempering of the six-component model', () => {
  it('keeps the averages of independent runs, in a team of three bundles', async () => {
    const [simulation] = await simulate({
      model: 'o6',
      size: 8,
      temperatures: [0.3, 0.32, 0.335, 0.35, 0.37, 0.39, 0.41, 0.435, 0.46, 0.5, 0.55, 0.6],
      // Energies are known to 7e-4: a temperature that is wrong by 1 % moves them by fourteen times that.
      sweeps: 25_000,
      copies: 1,
      tempering: true,
      seed: 21,
    })
    if (!simulation) throw new Error('no simulation')
    for (const row of reference.monteCarlo.filter(({ L, lam, T }) => L === 8 && lam === 1 && T < 1)) {
      const agree = (name: string, value: number, [expected, error]: readonly number[]): void => {
        const off = Math.abs(value - (expected as number)) / Math.hypot(quantityAt(simulation, name, row.T).error, error as number)
        expect(off, `${name} at T = ${row.T}`).toBeLessThan(STANDARD_ERRORS)
      }
      agree('energy', quantityAt(simulation, 'energy', row.T).mean - 2, row['E/N'])
      agree('helicity_modulus', quantityAt(simulation, 'helicity_modulus', row.T).mean, row['Ups/rho'])
      agree('sc_binder', quantityAt(simulation, 'sc_binder', row.T).mean, row.Binder_psi)
    }
    expect(simulation.exchange?.acceptance.every((share) => share > 0.3 && share < 1)).toBe(true)
    expect(simulation.exchange?.roundTrips.reduce((a, b) => a + b, 0)).toBeGreaterThan(100)
  })

  it.each([
    false,
    true,
  ])('leaves the Boltzmann weights alone: energies at two temperatures tell exp(Δβ E), tempering %s', async (tempering) => {
    const temperatures = [0.5, 0.55]
    const copies = 24
    const [simulation] = await simulate({
      model: 'o6',
      size: 6,
      temperatures,
      // The slope is known to 1.5 %: weights that are wrong by six are seen.
      sweeps: 14_000,
      measureEvery: 6,
      tempering,
      copies,
      series: true,
      seed: 22,
    })
    const energies = simulation?.series?.values.energy as Float64Array
    const count = energies.length / (2 * copies)
    const slopes = Array.from({ length: copies }, (_, copy) => {
      const of = (t: number): Float64Array => energies.subarray((t * copies + copy) * count, (t * copies + copy + 1) * count)
      return logisticSlope(
        of(0).map((e) => 36 * e),
        of(1).map((e) => 36 * e),
      )
    })
    const mean = slopes.reduce((a, b) => a + b) / copies
    const error = Math.sqrt(slopes.reduce((sum, slope) => sum + (slope - mean) ** 2, 0) / (copies * (copies - 1)))
    const exact = 1 / 0.5 - 1 / 0.55
    expect(error / exact).toBeLessThan(0.02)
    expect(Math.abs(mean - exact), `${mean} +- ${error} and ${exact}`).toBeLessThan(STANDARD_ERRORS * error)
  })

  it('along g has the exact averages at every g', async () => {
    const T = 0.5
    const simulations = await simulate({
      model: 'o6',
      size: 2,
      temperatures: [T],
      parameters: { g: [0, 0.1, 0.2, 0.3, 1, 2] },
      tempering: { along: 'g' },
      sweeps: 40_000,
      copies: 4,
      seed: 23,
    })
    for (const g of [0, 0.3]) {
      const simulation = simulations.find(({ parameters }) => parameters.g === g) as SimulationData
      const exact = reference.torus2x2.find((row) => row.lam === 1 && row.g === g && row.beta === 1 / T)
      const energy = quantityAt(simulation, 'energy', T)
      const fraction = quantityAt(simulation, 'cdw_fraction', T)
      expect(energy.error).toBeLessThan(0.002)
      expect(Math.abs(energy.mean - (exact?.['E_full/N'] as number))).toBeLessThan(STANDARD_ERRORS * energy.error)
      expect(Math.abs(1 - fraction.mean - (exact?.x1 as number))).toBeLessThan(STANDARD_ERRORS * fraction.error)
      expect(simulation.exchange?.acceptance[0]).toBeGreaterThan(0.5)
    }
  })
})

describe('the Kosterlitz-Thouless transition', () => {
  it('of lambda = 1, g = 0.3 is at T = 0.345(2), from L = 16 and 32', async () => {
    const temperatures = [0.335, 0.338, 0.341, 0.344, 0.347, 0.35, 0.353, 0.356]
    const simulations = await simulate({
      model: 'o6',
      size: [16, 32],
      temperatures,
      // Seeds scatter the temperature by less than 0.0005.
      sweeps: 8000,
      copies: 1,
      tempering: true,
      cluster: 1,
      seed: 24,
    })
    const helicity = simulations.map((simulation) => {
      const quantity = simulation.quantities.find(({ name }) => name === 'helicity_modulus')
      return quadratic(temperatures, [...(quantity?.mean as Float64Array)])
    })
    // Υ(T, L) = (2T/π) (1 + 1 / (2 (ln L + C))) at T_KT, with one C for all L (Weber, Minnhagen, Phys. Rev. B 37, 5986 (1988)).
    const constant = (k: number, T: number): number => {
      const excess = ((helicity[k] as (T: number) => number)(T) * Math.PI) / (2 * T) - 1
      return 1 / (2 * excess) - Math.log([16, 32][k] as number)
    }
    let [low, high] = [0.335, 0.352]
    expect(constant(1, low) - constant(0, low)).toBeLessThan(0)
    for (let step = 0; step < 40; step++) {
      const middle = (low + high) / 2
      if (constant(1, middle) < constant(0, middle)) low = middle
      else high = middle
    }
    expect(Math.abs(low - 0.3452), `T = ${low}`).toBeLessThan(0.002)
  })
})

/** Slope b of ln(p2/p1) = a + b E, by maximum likelihood from samples of both (Newton's method). */
function logisticSlope(first: Float64Array, second: Float64Array): number {
  const centre = (first.reduce((a, b) => a + b, 0) + second.reduce((a, b) => a + b, 0)) / (first.length + second.length)
  let [a, b] = [0, 0]
  for (let step = 0; step < 20; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0]
    for (const [k, sample] of [first, second].entries()) {
      for (const value of sample) {
        const E = value - centre
        const p = 1 / (1 + Math.exp(-a - b * E))
        ga += k - p
        gb += (k - p) * E
        haa += p * (1 - p)
        hab += p * (1 - p) * E
        hbb += p * (1 - p) * E * E
      }
    }
    const determinant = haa * hbb - hab * hab
    a += (hbb * ga - hab * gb) / determinant
    b += (haa * gb - hab * ga) / determinant
  }
  return b
}

/** Least squares by a parabola. */
function quadratic(x: readonly number[], y: readonly number[]): (x: number) => number {
  const centre = x.reduce((a, b) => a + b) / x.length
  const rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => x.reduce((sum, value) => sum + (value - centre) ** (i + j), 0)))
  const right = [0, 1, 2].map((i) => x.reduce((sum, value, k) => sum + (value - centre) ** i * (y[k] as number), 0))
  const determinant = (m: readonly (readonly number[])[]): number => {
    const [[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []] = m
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  }
  const whole = determinant(rows)
  const [p = 0, q = 0, r = 0] = [0, 1, 2].map(
    (k) => determinant(rows.map((row, i) => row.map((value, j) => (j === k ? (right[i] as number) : value)))) / whole,
  )
  return (at) => p + q * (at - centre) + r * (at - centre) ** 2
}
