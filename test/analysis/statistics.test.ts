import { describe, expect, it } from 'vitest'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { gammaMethod } from '../../src/statistics/autocorrelation.ts'
import { splitRhat } from '../../src/statistics/convergence.ts'
import { jackknife } from '../../src/statistics/jackknife.ts'
import { gaussianProcess as process } from '../support/gaussian.ts'

const tauOf = (a: number) => (0.5 * (1 + a)) / (1 - a)

describe('errors of correlated values', () => {
  it.each([0, 0.5, 0.9, 0.95])('gives the autocorrelation time and the error of the mean where they are known: a = %d', (a) => {
    const random = new Sfc64(seedStream('gamma', a))
    const copies = [1, 2, 3, 4].map(() => process(a, 20_000, 3, random))
    const { mean, error, tau, tauError, variance } = gammaMethod(copies)
    expect(Math.abs(tau - tauOf(a))).toBeLessThan(4 * tauError)
    expect(tauError / tau).toBeLessThan(0.1)
    const expected = Math.sqrt((2 * tauOf(a)) / 80_000)
    expect(Math.abs(error / expected - 1)).toBeLessThan(0.1)
    expect(Math.abs(mean - 3)).toBeLessThan(4 * expected)
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt((2 * tauOf(a)) / 80_000) * Math.SQRT2)
  })

  it('has one standard error cover the truth in 68 % of many short runs', () => {
    const random = new Sfc64(seedStream('coverage'))
    let covered = 0
    const runs = 600
    for (let i = 0; i < runs; i++) {
      const { mean, error } = gammaMethod([process(0.7, 500, 0, random), process(0.7, 500, 0, random)])
      if (Math.abs(mean) < error) covered++
    }
    // Binomial error of the share: 1.9 %.
    expect(Math.abs(covered / runs - 0.683)).toBeLessThan(4 * 0.019)
  })

  // Bins that are long against τ are white noise: here a window that stays open would make errors far too small or too large.
  it.each([
    { copies: 1, bins: 128 },
    { copies: 1, bins: 255 },
    { copies: 2, bins: 200 },
    { copies: 5, bins: 190 },
    { copies: 10, bins: 130 },
  ])('gives honest errors of white noise: $copies copies of $bins bins', ({ copies, bins }) => {
    const random = new Sfc64(seedStream('white', copies, bins))
    const runs = 1000
    let [chi2, beyond, smallest] = [0, 0, Number.POSITIVE_INFINITY]
    for (let i = 0; i < runs; i++) {
      const { mean, error } = gammaMethod(Array.from({ length: copies }, () => process(0, bins, 0, random)))
      chi2 += (mean / error) ** 2 / runs
      if (Math.abs(mean) > 4 * error) beyond++
      smallest = Math.min(smallest, error * Math.sqrt(copies * bins))
    }
    // χ² per run is 1 with an error of √(2/1000) = 0.045, a little more for the noise of the errors themselves.
    expect(chi2).toBeGreaterThan(1 - 4 * 0.045)
    expect(chi2).toBeLessThan(1.1 + 4 * 0.045)
    expect(beyond).toBeLessThanOrEqual(3)
    expect(smallest).toBeGreaterThan(0.6)
  })

  it('gives no error rather than a wrong one for too few values or values that never move', () => {
    expect(gammaMethod([new Float64Array(5)]).error).toBeNaN()
    expect(gammaMethod([new Float64Array(100).fill(-2)]).error).toBeNaN()
    expect(gammaMethod([new Float64Array(100).fill(-2)]).tau).toBeNaN()
    expect(gammaMethod([new Float64Array(100).fill(-2)]).mean).toBe(-2)
  })

  it('has values that are all equal average to that value, whatever it is', () => {
    for (const value of [-2.1, 0.1, 1 / 3]) expect(gammaMethod([new Float64Array(1000).fill(value)]).mean).toBe(value)
    const same = [new Float64Array(300).fill(-2.1), new Float64Array(300).fill(-2.1)]
    const { mean, error } = jackknife([same, same.map((x) => x.map((value) => value * value))], ([m = 0, m2 = 0]) => m2 - m * m)
    expect(Math.abs(mean)).toBeLessThan(1e-13)
    expect(error).toBeNaN()
  })

  it('leaves out copies that are not there, and counts those that have only begun for what they have', () => {
    const random = new Sfc64(seedStream('absent'))
    const copies = [process(0.5, 500, 3, random), process(0.5, 500, 3, random)]
    const none = new Float64Array()
    expect(gammaMethod([none, ...copies, none])).toEqual(gammaMethod(copies))
    expect(jackknife([[none, ...copies]], ([x = 0]) => x * x)).toEqual(jackknife([copies], ([x = 0]) => x * x))
    expect(gammaMethod([...copies, process(0.5, 3, 3, random)]).error / gammaMethod(copies).error).toBeCloseTo(1, 1)
    expect(splitRhat([...copies, none], 10)).toBe(splitRhat(copies, 10))
    expect(splitRhat([...copies, new Float64Array(4).fill(9)], 10)).toBe(splitRhat(copies, 10))
  })

  it('makes the error larger where copies are stuck in different places', () => {
    const random = new Sfc64(seedStream('stuck'))
    const alike = [process(0, 1000, 0, random), process(0, 1000, 0, random)]
    const apart = [process(0, 1000, -1, random), process(0, 1000, 1, random)]
    expect(gammaMethod(apart).error).toBeGreaterThan(5 * gammaMethod(alike).error)
  })

  it('gives the error of a ratio by the jackknife as error propagation does, correlation included', () => {
    const random = new Sfc64(seedStream('jackknife'))
    const a = 0.8
    const x = [process(a, 20_000, 10, random), process(a, 20_000, 10, random)]
    const y = [process(a, 20_000, 5, random), process(a, 20_000, 5, random)]
    const { mean, error } = jackknife([x, y], ([p = 0, q = 0]) => p / q)
    const expected = 2 * Math.sqrt(1 / 100 + 1 / 25) * Math.sqrt((2 * tauOf(a)) / 40_000)
    expect(Math.abs(error / expected - 1)).toBeLessThan(0.1)
    expect(Math.abs(mean - 2)).toBeLessThan(4 * expected)
  })

  it('gives the error of a variance by the jackknife', () => {
    const random = new Sfc64(seedStream('variance'))
    const x = [process(0, 40_000, 2, random)]
    const squares = x.map((copy) => copy.map((value) => value * value))
    const { mean, error } = jackknife([x, squares], ([m = 0, m2 = 0]) => m2 - m * m)
    expect(Math.abs(error / Math.sqrt(2 / 40_000) - 1)).toBeLessThan(0.1)
    expect(Math.abs(mean - 1)).toBeLessThan(4 * error)
  })

  it('gives R-hat near 1 for copies that agree and far above for copies, or halves, that do not', () => {
    const random = new Sfc64(seedStream('rhat'))
    const meanSquare = (copies: Float64Array[]) =>
      copies.flatMap((copy) => [...copy]).reduce((sum, x) => sum + x * x, 0) / copies.reduce((n, copy) => n + copy.length, 0)
    const alike = [1, 2, 3].map(() => process(0.5, 2000, 5, random))
    expect(splitRhat(alike, meanSquare(alike))).toBeLessThan(1.01)
    const apart = [4, 5, 6].map((mean) => process(0.5, 2000, mean, random))
    expect(splitRhat(apart, meanSquare(apart))).toBeGreaterThan(1.2)
    const drifting = [1, 2, 3].map(() => process(0.5, 2000, 5, random).map((x, i) => x + i / 1000))
    expect(splitRhat(drifting, meanSquare(drifting))).toBeGreaterThan(1.1)
    expect(splitRhat(alike.slice(0, 1), 26)).toBeNaN()
  })
})
