import { describe, expect, it } from 'vitest'
import { enumerateIsing } from '../../src/model/ising/exact.ts'
import { evaluatorOf } from '../../src/model/description.ts'
import { sampleOf } from '../../src/model/columns.ts'
import { derived, observables } from '../../src/model/ising/observables.ts'
import { blocksOf } from '../../src/statistics/blocks.ts'
import { combine, covarianceOf, type Estimate, estimateOf } from '../../src/statistics/estimate.ts'
import { freeEnergies } from '../../src/statistics/free-energy.ts'
import { leastSquares } from '../../src/statistics/least-squares.ts'
import { binSamples, type SampleColumn, type TemperatureSamples } from '../../src/statistics/energy-bins.ts'
import { type MultiHistogram, multiHistogram } from '../../src/statistics/multi-histogram.ts'
import { overlapOf } from '../../src/statistics/overlap.ts'
import { drawIsing, logPartition } from '../support/density-of-states.ts'

const BLOCKS = 32
const simulated = [1.8, 2.3, 3]
const names = observables.map(({ name }) => name)

/** Samples of the 4 x 4 Ising model as an archive has them. */
function samplesAt(temperatures: readonly number[], count: number, seed: number): TemperatureSamples[] {
  return temperatures.map((temperature, k) => {
    const { energy, m } = drawIsing(temperature, count, 1000 * seed + k)
    const perSite = energy.map((E) => E / 16)
    const columns = names.map((name): SampleColumn => {
      const found = sampleOf(observables, name, (other) => other === 'energy' || other === 'magnetization')
      if (!found) throw new Error(name)
      return { values: found.source === 'energy' ? perSite : m, ...(found.evaluate ? { evaluate: found.evaluate } : {}) }
    })
    return { temperature, inefficiency: 1, energy, columns, block: Int32Array.from(energy.keys()).map((i) => i % BLOCKS) }
  })
}

function quantity(histogram: MultiHistogram, name: string, temperature: number): Estimate {
  return estimateOf(histogram, BLOCKS, (without) => {
    const means = histogram.means(temperature, without)
    const found = derived.find((candidate) => candidate.name === name)
    if (!found) return means[names.indexOf(name)] as number
    const inputs = Object.values(found.inputs).map((input) => means[names.indexOf(input)] as number)
    return evaluatorOf(found, { size: 4, sites: 16, parameters: { J: 1, h: 0 } })(inputs, temperature)
  })
}

function pullsOf(values: readonly number[]): { readonly mean: number; readonly width: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return { mean, width: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) }
}

describe('samples of several temperatures together', () => {
  const histogram = multiHistogram(binSamples(samplesAt(simulated, 40_000, 1), BLOCKS))

  it('know the differences of free energies, exactly those of the enumerated lattice within 3 errors', () => {
    for (const k of [1, 2]) {
      const f = estimateOf(histogram, BLOCKS, (without) => histogram.freeEnergies(without)[k] as number)
      const exact = logPartition(simulated[0] as number) - logPartition(simulated[k] as number)
      expect(Math.abs(f.mean - exact) / f.error, `f_${k} = ${f.mean}, exactly ${exact}`).toBeLessThan(3)
      expect(f.error).toBeLessThan(0.01)
    }
  })

  it.each(['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder'])('know %s between them within 3 errors', (name) => {
    for (const T of [1.8, 1.95, 2.15, 2.3, 2.6, 2.9]) {
      const { mean, error } = quantity(histogram, name, T)
      const exact = enumerateIsing(4, T, { J: 1, h: 0 })[name] as number
      expect(Math.abs(mean - exact) / error, `${name}(${T}) = ${mean} +- ${error}, exactly ${exact}`).toBeLessThan(3)
      expect(error / Math.abs(exact)).toBeLessThan(0.02)
    }
  })

  it('are better than those of one temperature alone', () => {
    const alone = multiHistogram(binSamples(samplesAt([2.3], 40_000, 1), BLOCKS))
    expect(quantity(histogram, 'specific_heat', 2.3).error).toBeLessThan(quantity(alone, 'specific_heat', 2.3).error)
  })

  it('do not change when every energy is shifted, which is a factor of Z', () => {
    const shifted = samplesAt(simulated, 4000, 3).map((one) => ({ ...one, energy: one.energy.map((E) => E + 1e4) }))
    const plain = multiHistogram(binSamples(samplesAt(simulated, 4000, 3), BLOCKS))
    const moved = multiHistogram(binSamples(shifted, BLOCKS))
    expect(moved.means(2.5)[2]).toBeCloseTo(plain.means(2.5)[2] as number, 8)
  })

  it('have errors that tell how far off they are: of 50 seeds the pulls have width 1', () => {
    const cases = ['energy', 'specific_heat', 'binder', 'f'].map((name) => ({ name, pulls: [] as number[] }))
    for (let seed = 10; seed < 60; seed++) {
      const one = multiHistogram(binSamples(samplesAt(simulated, 1280, seed), BLOCKS))
      for (const { name, pulls } of cases) {
        const { mean, error } =
          name === 'f' ? estimateOf(one, BLOCKS, (without) => one.freeEnergies(without)[2] as number) : quantity(one, name, 2.6)
        const exact = name === 'f' ? logPartition(1.8) - logPartition(3) : (enumerateIsing(4, 2.6, { J: 1, h: 0 })[name] as number)
        pulls.push((mean - exact) / error)
      }
    }
    for (const { name, pulls } of cases) {
      const { mean, width } = pullsOf(pulls)
      // Of 50 numbers the width has an error of 0.1, the mean of 0.14.
      expect(Math.abs(width - 1), `${name}: width ${width}`).toBeLessThan(0.3)
      expect(Math.abs(mean), `${name}: mean ${mean}`).toBeLessThan(0.43)
    }
  })

  it('are the better the less a slow temperature counts, and stay right', () => {
    // Every sample of T = 2.3 is there ten times: as many independent ones as before.
    const repeated = (weighted: boolean): TemperatureSamples[] =>
      samplesAt(simulated, 1280, 5).map((one, k) => {
        if (k !== 1) return one
        const ten = (values: Float64Array): Float64Array =>
          Float64Array.from({ length: 10 * values.length }, (_, i) => values[Math.floor(i / 10)] as number)
        return {
          ...one,
          inefficiency: weighted ? 10 : 1,
          energy: ten(one.energy),
          block: Int32Array.from(ten(Float64Array.from(one.block))),
          columns: one.columns.map((column) => ({ ...column, values: ten(column.values) })),
        }
      })
    const [weighted, once] = [
      multiHistogram(binSamples(repeated(true), BLOCKS)),
      multiHistogram(binSamples(samplesAt(simulated, 1280, 5), BLOCKS)),
    ]
    expect(weighted.means(2)[0]).toBeCloseTo(once.means(2)[0] as number, 10)
    expect(multiHistogram(binSamples(repeated(false), BLOCKS)).means(2)[0]).not.toBeCloseTo(once.means(2)[0] as number, 6)
  })
})

describe('neighbouring temperatures', () => {
  it('overlap as often as they would exchange', () => {
    const [low, high] = samplesAt([2, 2.4], 40_000, 2)
    // Exact: 0.688648.
    expect(overlapOf(low as TemperatureSamples, high as TemperatureSamples)).toBeCloseTo(0.6886, 1)
  })

  it('do not overlap where they are far apart', () => {
    const far = [
      { temperature: 1, energy: Float64Array.from({ length: 1000 }, (_, i) => -1000 + (i % 10)) },
      { temperature: 2, energy: Float64Array.from({ length: 1000 }, (_, i) => -500 + (i % 10)) },
    ] as const
    expect(overlapOf(far[0], far[1])).toBeLessThan(1e-6)
  })
})

describe('blocks', () => {
  it('are groups of copies where there are many of them, whatever tau is', () => {
    const { count, of } = blocksOf(128, 10, 1e6)
    expect(count).toBe(32)
    expect([of(0, 9), of(3, 0), of(4, 0), of(127, 5)]).toEqual([0, 0, 1, 31])
  })

  it('are stretches of time too where there are few copies, much longer than tau', () => {
    const { count, of } = blocksOf(4, 1000, 5)
    expect(count).toBe(32)
    expect([of(0, 0), of(0, 124), of(0, 125), of(3, 999)]).toEqual([0, 0, 1, 31])
    expect(blocksOf(1, 1000, 10).count).toBe(5)
    expect(blocksOf(1, 100, 10).count).toBe(1)
  })
})

describe('numbers with errors', () => {
  const [a, b] = [{}, {}]
  const noisy = (source: object, mean: number, seed: number): Estimate => {
    const { m } = drawIsing(3, 320, seed)
    const sum = m.reduce((x, y) => x + y, 0)
    return estimateOf(source, 32, (without) => mean + (without === undefined ? sum / 320 : (sum - part(m, without)) / 310))
  }
  const part = (m: Float64Array, block: number): number => m.subarray(10 * block, 10 * block + 10).reduce((x, y) => x + y, 0)

  it('of different sources add in squares, those of one source together', () => {
    const [x, y] = [noisy(a, 1, 70), noisy(b, 2, 71)]
    expect(combine([x, y], ([p = 0, q = 0]) => p + q).error).toBeCloseTo(Math.hypot(x.error, y.error), 10)
    expect(combine([x, x], ([p = 0, q = 0]) => p - q).error).toBe(0)
    expect(covarianceOf(x, y)).toBe(0)
    expect(covarianceOf(x, x)).toBeCloseTo(x.error ** 2, 12)
  })

  it('have the weights of a fit: a constant through two is their weighted mean, with its error and chi squared', () => {
    const [x, y] = [noisy(a, 1, 70), noisy(b, 1, 71)]
    const fit = leastSquares([x, y], () => [[1], [1]])
    const [v, w] = [x.error ** -2, y.error ** -2]
    expect(fit?.parameters[0]?.mean).toBeCloseTo((v * x.mean + w * y.mean) / (v + w), 10)
    const chiSquared = (x.mean - y.mean) ** 2 / (x.error ** 2 + y.error ** 2)
    expect(fit?.chiSquared).toBeCloseTo(chiSquared, 8)
    expect(fit?.parameters[0]?.error).toBeCloseTo((v + w) ** -0.5 * Math.max(1, Math.sqrt(chiSquared)), 8)
  })

  it('without errors cannot be fitted', () => {
    const exact = estimateOf(a, 0, () => 1)
    expect(leastSquares([exact, exact], () => [[1], [1]])).toBeUndefined()
  })
})

describe('free energies', () => {
  // Newton's method has nothing to go by where no bin is shared under the guess it begins with.
  it.each([0, 60, -60, 500])('are found from a guess that is off by %s', (off) => {
    const [frozen, warm] = samplesAt([0.05, 2], 4000, 9)
    if (!frozen || !warm) throw new Error('no samples')
    expect(new Set(frozen.energy).size).toBe(1)
    const levels = [...new Set(warm.energy)].sort((a, b) => a - b)
    const counts = levels.map((E) => [...frozen.energy, ...warm.energy].filter((value) => value === E).length)
    const histograms = {
      beta: Float64Array.of(20, 0.5),
      samples: Float64Array.of(4000, 4000),
      energy: Float64Array.from(levels),
      counts: Float64Array.from(counts),
    }
    const exact = logPartition(0.05) - logPartition(2)
    const f = freeEnergies(histograms, Float64Array.of(0, exact + off))
    expect((f[1] as number) - (f[0] as number)).toBeCloseTo(exact, 1)
  })
})
