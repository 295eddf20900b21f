import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { hashDataset } from '../../src/dataset/hash.ts'
import { type Curve, crossingOf, curveOf } from '../../src/neural/curve.ts'
import { evaluate } from '../../src/neural/evaluate.ts'
import { classify, foundClass } from '../../src/neural/metrics.ts'
import type { TrainedModel } from '../../src/neural/model.ts'
import type { Network } from '../../src/neural/network.ts'
import { resolveTraining } from '../../src/neural/options.ts'
import { predict } from '../../src/neural/prediction.ts'
import { fitLine, transitionOf } from '../../src/neural/transition.ts'
import { outputsFor, randomNetwork } from '../support/network.ts'
import { random } from '../support/random.ts'

/** Uniform numbers above 0, many at a time (Marsaglia's xorshift). */
function quick(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Normal numbers of mean 0 and variance 1, well enough. */
function normals(seed: number): () => number {
  const uniform = quick(seed)
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** How many of the numbers are at most 1 in size. */
function within(pulls: readonly number[]): number {
  return pulls.filter((pull) => Math.abs(pull) <= 1).length / pulls.length
}

function dataset(parts: Partial<Dataset> & Pick<Dataset, 'x' | 'count' | 'shape' | 'y'>): Dataset {
  return { title: 'numbers', symmetries: [], notes: {}, ...parts }
}

describe('classification', () => {
  it('counts what is right and wrong, as by hand', () => {
    const { confusion, accuracy, recall, precision, balancedAccuracy } = classify(
      [0, 0, 0, 0, 0, 0, 1, 1, 2, 2],
      [0, 0, 0, 0, 0, 1, 1, 0, 2, 0],
      4,
    )
    expect(confusion).toEqual([
      [5, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 0],
    ])
    expect(accuracy).toBe(0.7)
    expect(recall).toEqual([5 / 6, 1 / 2, 1 / 2, Number.NaN])
    expect(precision).toEqual([5 / 7, 1 / 2, 1, Number.NaN])
    expect(balancedAccuracy).toBeCloseTo((5 / 6 + 1) / 3, 12)
  })

  it('gives one half to always saying no, however rare yes is', () => {
    const { accuracy, balancedAccuracy } = classify([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], new Array(10).fill(0), 2)
    expect([accuracy, balancedAccuracy]).toEqual([0.9, 0.5])
  })

  it('finds class 1 from one half on, and of several the largest, the first of equal ones', () => {
    expect([0.4999, 0.5, 0.9].map((p) => foundClass([7, p], 1, 1))).toEqual([0, 1, 1])
    expect(foundClass([0.1, 0.9, 0.2, 0.3, 0.3], 2, 3)).toBe(1)
  })
})

describe('crossingOf', () => {
  const temperature = Float64Array.from([1, 1.5, 2, 2.5, 3])
  const logistic = (T: number, Tc: number, width: number) => 1 / (1 + Math.exp(-(T - Tc) / width))

  it.each([1.1, 1.5, 1.77, 2.9])('is exact for a logistic curve through one half at %d, falling or rising', (Tc) => {
    const rising = temperature.map((T) => logistic(T, Tc, 0.2))
    expect(crossingOf(temperature, rising)).toBeCloseTo(Tc, 10)
    expect(
      crossingOf(
        temperature,
        rising.map((p) => 1 - p),
      ),
    ).toBeCloseTo(Tc, 10)
  })

  it('is undefined where the curve stays on one side, and finite where it is 0 and 1 exactly', () => {
    expect(crossingOf(temperature, Float64Array.from([0.1, 0.2, 0.3, 0.4, 0.49]))).toBeUndefined()
    expect(crossingOf(temperature, Float64Array.from([0, 0, 1, 1, 1]))).toBeCloseTo(1.75, 10)
  })

  it('is the middle one of three, and goes past a temperature that has no examples', () => {
    expect(crossingOf(temperature, Float64Array.from([0.2, 0.6, 0.4, 0.8, 0.9]))).toBeCloseTo(1.75, 10)
    expect(crossingOf(temperature, Float64Array.from([0.2, 0.3, Number.NaN, 0.7, 0.9]))).toBeCloseTo(2, 10)
  })
})

describe('curveOf', () => {
  const temperatures = [2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
  const Tc = 2.27
  /** A logistic curve with noise of each group, the same at all temperatures, and of each configuration. */
  function curve(
    seed: number,
    { groups = 20, each = 4, networks = 1, ofGroup = 0.6, ofOne = 0.6, ofNetwork = 0, ofData = 0, grouped = true, bootstrap = false },
  ): Curve {
    const normal = normals(seed)
    // What all networks have in common comes from the examples that all of them were trained on.
    const common = ofData * normal()
    const shifts = Array.from({ length: groups }, () => ofGroup * normal())
    const rows = temperatures.flatMap((T) => shifts.flatMap((shift, group) => Array.from({ length: each }, () => ({ T, group, shift }))))
    const noise = rows.map(({ shift }) => shift + ofOne * normal())
    const offsets = Array.from({ length: networks }, () => ofNetwork * normal() + (bootstrap ? ofData * normal() : 0))
    const data = dataset({
      count: rows.length,
      shape: [1],
      x: new Float32Array(rows.length),
      y: { kind: 'classes', names: ['low', 'high'], values: new Int32Array(rows.length) },
      temperature: Float64Array.from(rows, ({ T }) => T),
      ...(grouped ? { group: Int32Array.from(rows, ({ group }) => 3 * group + 5) } : {}),
    })
    const probability = (offset: number) =>
      Float64Array.from(rows, ({ T }, i) => 1 / (1 + Math.exp(-((T - Tc) / 0.08 + offset + common + (noise[i] as number)))))
    return curveOf(data, Int32Array.from(rows.keys()), offsets.map(probability), bootstrap)
  }
  /** Without noise of groups and networks, which move the whole curve, the mean over configurations still moves its logit a little. */
  const truth = (options: Parameters<typeof curve>[1]): number =>
    curve(1, { ...options, groups: 1000, each: 8, networks: 1, ofNetwork: 0, ofData: 0, grouped: false }).crossing?.temperature ?? 0

  it.each([
    { name: 'dependent configurations of 20 copies', options: {} },
    { name: 'independent ones without groups', options: { grouped: false, ofGroup: 0, ofOne: 0.9, each: 5 } },
    { name: '5 networks that differ', options: { networks: 5, ofNetwork: 0.8 } },
    { name: '8 networks trained on groups drawn again', options: { networks: 8, each: 2, ofNetwork: 0.1, ofData: 0.4, bootstrap: true } },
  ])('is within one error of the true crossing in about 68 % of cases: $name', ({ options }) => {
    const right = truth(options)
    const pulls = Array.from({ length: 200 }, (_, seed) => {
      const { temperature = Number.NaN, error = Number.NaN } = curve(seed + 100, options).crossing ?? {}
      return (temperature - right) / error
    })
    expect(within(pulls)).toBeGreaterThan(0.6)
    expect(within(pulls)).toBeLessThan(0.76)
  })

  it('has errors at each temperature that tell how far means are from the truth', () => {
    const options = { networks: 8, each: 2, ofNetwork: 0.5 }
    const right = curve(1, { ...options, groups: 1000, each: 8, networks: 1, ofNetwork: 0, grouped: false }).probability
    const pulls = Array.from({ length: 200 }, (_, seed) => curve(seed + 400, options)).map(
      ({ probability, error }) => ((probability[2] ?? Number.NaN) - (right[2] ?? 0)) / (error[2] ?? 0),
    )
    expect(within(pulls)).toBeGreaterThan(0.6)
    expect(within(pulls)).toBeLessThan(0.76)
  })

  /** Rows in the order of `T`, with these probabilities. */
  function ordered(T: readonly number[], p: readonly number[], group?: readonly number[]): Curve {
    const data = dataset({
      count: T.length,
      shape: [1],
      x: new Float32Array(T.length),
      y: { kind: 'classes', names: ['low', 'high'], values: new Int32Array(T.length) },
      temperature: Float64Array.from(T),
      ...(group ? { group: Int32Array.from(group) } : {}),
    })
    return curveOf(data, Int32Array.from(T.keys()), [Float64Array.from(p)], false)
  }

  it('gives the error of a mean of independent examples, in whatever order temperatures come', () => {
    const uniform = random(3)
    const rows = Array.from({ length: 400 }, (_, i) => ({ T: 1 + (i % 20), p: uniform() }))
    const cyclic = ordered(
      rows.map(({ T }) => T),
      rows.map(({ p }) => p),
    )
    const sorted = rows.toSorted((a, b) => a.T - b.T)
    expect(
      ordered(
        sorted.map(({ T }) => T),
        sorted.map(({ p }) => p),
      ),
    ).toEqual(cyclic)
    expect(cyclic.count).toEqual(new Int32Array(20).fill(20))
    const of = sorted.slice(0, 20).map(({ p }) => p)
    const mean = of.reduce((a, b) => a + b) / 20
    expect(cyclic.probability[0]).toBeCloseTo(mean, 12)
    expect(cyclic.error[0]).toBeCloseTo(Math.sqrt(of.reduce((sum, p) => sum + (p - mean) ** 2, 0) / (20 * 19)), 12)
  })

  it('knows that groups and networks move whole curves: their errors at different temperatures go together', () => {
    for (const options of [{ ofOne: 0 }, { groups: 2, ofGroup: 1e-6, ofOne: 0, networks: 2, ofNetwork: 0.1 }]) {
      const { error, covariance = new Float64Array(0) } = curve(7, options)
      error.forEach((one, t) => {
        expect(covariance[t * error.length + t]).toBeCloseTo(one ** 2, 12)
        error.forEach((other, u) => {
          const correlation = (covariance[t * error.length + u] ?? 0) / (one * other)
          expect(correlation).toBeGreaterThan(0.8)
          expect(correlation).toBeLessThan(1 + 1e-9)
        })
      })
    }
    const { error, covariance = new Float64Array(0) } = curve(7, { ofGroup: 0, groups: 400 })
    expect(Math.abs((covariance[1] ?? 1) / ((error[0] ?? 0) * (error[1] ?? 0)))).toBeLessThan(0.3)
  })

  it('takes as many groups as examples in its stride', () => {
    const count = 100_000
    const uniform = random(3)
    const T = Array.from({ length: count }, (_, i) => temperatures[i % temperatures.length] as number)
    const p = T.map((temperature) => Math.min(1, Math.max(0, (temperature - 2) / 0.5 + 0.2 * (uniform() - 0.5))))
    const { error, crossing } = ordered(T, p, Array.from(T.keys()))
    const first = p.filter((_, i) => T[i] === 2.1)
    const mean = first.reduce((a, b) => a + b) / first.length
    expect(error[1]).toBeCloseTo(Math.sqrt(first.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / first.length, 6)
    expect(crossing?.temperature).toBeCloseTo(2.25, 3)
  }, 10_000)

  it('has no error where there is one group, also where another temperature has more', () => {
    const { error, crossing } = ordered([1, 1, 2, 2, 3, 3], [0.1, 0.2, 0.4, 0.45, 0.8, 0.9], [0, 1, 0, 0, 0, 1])
    expect(Array.from(error, Number.isNaN)).toEqual([false, true, false])
    expect(error[0]).toBeCloseTo(0.05, 12)
    expect(crossing?.error).toBeGreaterThan(0)
    expect(ordered([1, 2], [0.2, 0.8], [0, 0]).crossing).toEqual({ temperature: 1.5, error: Number.NaN })
  })
})

describe('fitLine', () => {
  it('is the line through two points, with errors by hand', () => {
    const fit = fitLine([
      { x: 1, y: 5, error: 0.3 },
      { x: 3, y: 9, error: 0.4 },
    ])
    expect(fit).toMatchObject({ freedom: 0 })
    expect(fit.slope).toBeCloseTo(2, 12)
    expect(fit.intercept).toBeCloseTo(3, 12)
    expect(fit.slopeError).toBeCloseTo(0.5 / 2, 12)
    // y(0) = 1.5 y(1) - 0.5 y(3)
    expect(fit.interceptError).toBeCloseTo(Math.hypot(1.5 * 0.3, 0.5 * 0.4), 12)
  })

  it('weighs points by their errors, and enlarges errors where the line does not fit', () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: x % 2, error: 0.1 }))
    const fit = fitLine(points)
    // Σ (x - 1.5)² = 5, slope Σ (x - 1.5) y / 5
    expect(fit.slope).toBeCloseTo(0.2, 12)
    expect(fit.intercept).toBeCloseTo(0.2, 12)
    expect(fit.chiSquared).toBeCloseTo(80, 9)
    expect(fit.slopeError).toBeCloseTo((0.1 / Math.sqrt(5)) * Math.sqrt(40), 9)
    expect(fit.interceptError).toBeCloseTo(0.1 * Math.sqrt(1 / 4 + 1.5 ** 2 / 5) * Math.sqrt(40), 9)
    const one = fitLine([...points, { x: 10, y: 50, error: 1e-3 }])
    expect(one.intercept + 10 * one.slope).toBeCloseTo(50, 3)
  })

  it('is within one error of the true line in about 68 % of cases', () => {
    const normal = normals(5)
    const fits = Array.from({ length: 400 }, () =>
      fitLine([0.1, 0.05, 0.03, 0.02, 0.01].map((x, i) => ({ x, y: 2.269 + x + 0.001 * (i + 1) * normal(), error: 0.001 * (i + 1) }))),
    )
    // Errors that were enlarged hold more often.
    const fitting = fits.filter(({ chiSquared, freedom }) => chiSquared <= freedom)
    for (const pulls of [
      fitting.map(({ intercept, interceptError }) => (intercept - 2.269) / interceptError),
      fitting.map(({ slope, slopeError }) => (slope - 1) / slopeError),
    ]) {
      expect(within(pulls)).toBeGreaterThan(0.6)
      expect(within(pulls)).toBeLessThan(0.76)
    }
  })
})

describe('transitionOf', () => {
  const temperature = Float64Array.from({ length: 21 }, (_, i) => 2 + 0.03 * i)
  const sized = (size: number, Tc: number, crossingError = 0.002) => ({
    size,
    temperature,
    probability: temperature.map((T) => 1 / (1 + Math.exp((-(T - Tc) * size) / 4 - 0.4))),
    error: temperature.map(() => 0.01),
    crossing: { temperature: Tc - 1.6 / size, error: crossingError },
  })

  it('finds T_c and b of T(L) = T_c + b L^(-1/nu), whatever the order of the sizes', () => {
    const { fit, crossings } = transitionOf([sized(40, 2.269), sized(10, 2.269), sized(20, 2.269)], 1)
    expect(crossings.map(({ size }) => size)).toEqual([10, 20, 40])
    expect(fit?.intercept).toBeCloseTo(2.269, 9)
    expect(fit?.slope).toBeCloseTo(-1.6, 9)
    expect(fit?.freedom).toBe(1)
    const half = [10, 20, 40].map((size) => ({ ...sized(size, 2), crossing: { temperature: 1.5 + 3 * size ** -2, error: 0.01 } }))
    expect(transitionOf(half, 0.5).fit?.intercept).toBeCloseTo(1.5, 9)
  })

  it('finds where the curves of neighbouring sizes meet, away from one half', () => {
    const { pairs } = transitionOf([sized(10, 2.269), sized(20, 2.269), sized(40, 2.269)], 1)
    expect(pairs.map(({ sizes }) => sizes)).toEqual([
      [10, 20],
      [20, 40],
    ])
    for (const { temperature: T, error } of pairs) {
      expect(Math.abs(T - 2.269)).toBeLessThan(0.002)
      expect(error).toBeGreaterThan(0)
      expect(error).toBeLessThan(0.03)
    }
  })

  it('meets within one error of the truth in about 68 % of cases', () => {
    const pulls = Array.from({ length: 300 }, (_, seed) => {
      const normal = normals(seed + 900)
      const noisy = [sized(10, 2.269), sized(20, 2.269)].map((curve) => ({
        ...curve,
        probability: curve.probability.map((p) => p + 0.01 * normal()),
      }))
      const [pair] = transitionOf(noisy, 1).pairs
      return ((pair?.temperature ?? Number.NaN) - 2.269) / (pair?.error ?? Number.NaN)
    })
    expect(within(pulls)).toBeGreaterThan(0.6)
    expect(within(pulls)).toBeLessThan(0.76)
  })

  it('does so too where noise moves whole curves, as that of networks does', () => {
    const pulls = Array.from({ length: 300 }, (_, seed) => {
      const normal = normals(seed + 2000)
      const noisy = [sized(10, 2.269), sized(20, 2.269)].map((curve) => {
        const [T, together, alone] = [temperature.length, 0.05, 0.002]
        const shift = together * normal()
        const slope = curve.probability.map((p) => p * (1 - p))
        const covariance = Float64Array.from({ length: T * T }, (_, i) => {
          const [t, u] = [Math.floor(i / T), i % T]
          return together ** 2 * (slope[t] ?? 0) * (slope[u] ?? 0) + (t === u ? alone ** 2 : 0)
        })
        const error = temperature.map((_, t) => Math.sqrt(covariance[t * T + t] ?? 0))
        return { ...curve, error, covariance, probability: curve.probability.map((p, t) => p + shift * (slope[t] ?? 0) + alone * normal()) }
      })
      const [pair] = transitionOf(noisy, 1).pairs
      return ((pair?.temperature ?? Number.NaN) - 2.269) / (pair?.error ?? Number.NaN)
    })
    expect(within(pulls)).toBeGreaterThan(0.6)
    expect(within(pulls)).toBeLessThan(0.76)
  })

  it('leaves out sizes without a crossing or its error, and needs two', () => {
    const { crossing: _, ...without } = sized(20, 2.269)
    expect(transitionOf([sized(10, 2.269), without], 1)).toMatchObject({ crossings: [{ size: 10 }], fit: undefined })
    expect(transitionOf([sized(10, 2.269), sized(20, 2.269, Number.NaN)], 1).fit).toBeUndefined()
  })
})

describe('predict', () => {
  const uniform = random(8)
  const count = 60
  const x = Float32Array.from({ length: count * 6 }, () => 2 * uniform() - 1)
  const values = Int32Array.from({ length: count }, () => Math.floor(3 * uniform()))
  const data = dataset({ count, shape: [2, 3], x, y: { kind: 'classes', names: ['a', 'b', 'c'], values } })
  const part = Int8Array.from({ length: count }, (_, row) => row % 3)
  const networks = [21, 22, 23].map((seed) => randomNetwork([6, 5, 3], ['tanh', 'softmax'], seed))

  /** A model of these networks, said to be trained on `of`. */
  function model(of: Dataset, ensemble: readonly Network[], parts = part): TrainedModel {
    const [first] = ensemble
    const settings = resolveTraining({ outputs: first?.architecture.layers.at(-1)?.neurons }, of, (key) => key)
    const none = new Float64Array(0)
    const history = { cost: none, accuracy: none, validationCost: none, validationAccuracy: none, learningRate: none }
    return {
      title: 'a model',
      status: 'complete',
      architecture: (first as Network).architecture,
      shape: of.shape,
      classes: of.y.kind === 'classes' ? of.y.names : undefined,
      training: { settings, data: { path: 'data.h5', hash: hashDataset(of), count: of.count, part: parts } },
      standardisation: first?.standardisation,
      provenance: {} as TrainedModel['provenance'],
      networks: ensemble.map(({ layers }) => ({ layers, epochs: 0, bestEpoch: 0, history })),
    }
  }
  const outputsOfRow = (network: Network, row: number): number[] => outputsFor(network, Array.from(x.subarray(6 * row, 6 * row + 6)))

  it('is refused for another encoding of the same shape', async () => {
    const angles = { ...data, notes: { model: 'o6', encoding: 'angles' } }
    const trained = model(angles, networks)
    const known: TrainedModel = trained.training
      ? { ...trained, training: { ...trained.training, data: { ...trained.training.data, kind: 'o6 angles' } } }
      : trained
    await expect(predict(known, { ...data, notes: { model: 'o6', encoding: 'bonds' } }, 'all', 1)).rejects.toThrow(
      'the data are o6 bonds and the model is for o6 angles; give data of that kind, or train another model',
    )
    await expect(predict(known, angles, 'all', 1)).resolves.toMatchObject({ part: 'all' })
  })

  it('tells of the held-out rows of the data that were trained on, and of all rows of others', async () => {
    const trained = model(data, networks)
    const held = Array.from(part.keys()).filter((row) => part[row] === 2)
    const own = await predict(trained, data, undefined, 1)
    expect(own.part).toBe('test')
    expect(Array.from(own.rows)).toEqual(held)
    const other = await predict(trained, { ...data, x: x.map((value) => -value) }, undefined, 1)
    expect([other.part, other.rows.length]).toEqual(['all', count])
    expect((await predict(trained, data, 'validation', 1)).rows).toEqual(Int32Array.from(held, (row) => row - 1))
    const without = model(data, networks, new Int8Array(count))
    expect((await predict(without, data, undefined, 1)).part).toBe('all')
    await expect(predict(without, data, 'test', 1)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/no part test; allowed: all, or train$/),
    })
  })

  it('has the means and standard deviations of the networks, probabilities that sum to 1, and what is right', async () => {
    const found = await predict(model(data, networks), data, undefined, 1)
    found.rows.forEach((row, i) => {
      const each = networks.map((network) => outputsOfRow(network, row))
      for (const j of [0, 1, 2]) {
        const [a, b, c] = each.map((outputs) => outputs[j] as number) as [number, number, number]
        const mean = (a + b + c) / 3
        expect(found.mean[3 * i + j]).toBeCloseTo(mean, 5)
        expect(found.spread[3 * i + j]).toBeCloseTo(Math.sqrt(((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2), 5)
        expect(found.probability?.[3 * i + j]).toBeCloseTo(mean, 5)
      }
      expect(
        Array.from(found.probability ?? [])
          .slice(3 * i, 3 * i + 3)
          .reduce((p, q) => p + q, 0),
      ).toBeCloseTo(1, 12)
    })
    const right = Array.from(found.rows).filter((row, i) => found.found?.[i] === values[row]).length
    expect(found.classification?.accuracy).toBe(right / found.rows.length)
    expect(found.accuracies?.length).toBe(3)
  })

  it('gives probabilities from 0 to 1 also for outputs that are not', async () => {
    const two = { ...data, y: { kind: 'classes', names: ['no', 'yes'], values: values.map((value) => Math.min(value, 1)) } } as const
    for (const outputs of [1, 2]) {
      const { layers, ...rest } = randomNetwork([6, outputs], ['identity'], 30)
      const network = { ...rest, layers: layers.map(({ weights, biases }) => ({ weights: weights.map((w) => 4 * w), biases })) }
      const { mean, probability = new Float64Array(0) } = await predict(model(two, [network]), two, 'all', 1)
      expect(mean.some((output) => output < 0) && mean.some((output) => output > 1)).toBe(true)
      expect(probability.length).toBe(2 * count)
      expect(probability.every((p) => p >= 0 && p <= 1)).toBe(true)
      for (let i = 0; i < count; i++) expect((probability[2 * i] ?? 0) + (probability[2 * i + 1] ?? 0)).toBeCloseTo(1, 12)
    }
  })

  it('refuses data that number the classes otherwise', async () => {
    const turned = { ...data, y: { ...data.y, names: ['b', 'a', 'c'] } } as const
    await expect(predict(model(data, networks), turned, 'all', 1)).rejects.toMatchObject({
      name: 'UsageError',
      message: "the data call class 0 'b', and the model class 1; give data whose classes come in its order: a, b, c",
    })
  })

  it('has a spread of NaN for one network', async () => {
    expect((await predict(model(data, networks.slice(0, 1)), data, 'all', 1)).spread.every(Number.isNaN)).toBe(true)
  })

  it('has the mean squared error of outputs that are real numbers', async () => {
    const targets = Float32Array.from({ length: 2 * count }, () => uniform())
    const real = { ...data, y: { kind: 'targets', outputs: 2, values: targets } } as const
    const network = randomNetwork([6, 2], ['identity'], 31, true)
    const { squaredError, classification, rows } = await predict(model(real, [network]), real, undefined, 1)
    const errors = Array.from(rows).flatMap((row) =>
      outputsOfRow(network, row).map((output, j) => (output - (targets[2 * row + j] ?? 0)) ** 2),
    )
    expect(squaredError).toBeCloseTo(errors.reduce((a, b) => a + b) / errors.length, 5)
    expect(classification).toBeUndefined()
    await expect(predict(model(real, [network]), data, 'all', 1)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/^the data hold classes [^\n]+$/),
    })
    await expect(predict(model(data, networks), real, 'all', 1)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/^the data hold real numbers [^\n]+$/),
    })
  })

  it('refuses data of another shape, but takes pictures that come as rows of numbers', async () => {
    const trained = model(data, networks)
    for (const shape of [[3, 3], [3, 2], [5]]) {
      const other = { ...data, shape, count: 10, x: x.slice(0, 10 * shape.reduce((a, b) => a * b, 1)) }
      await expect(predict(trained, other, 'all', 1)).rejects.toMatchObject({
        name: 'UsageError',
        message: `the data have examples of ${shape.join(' x ')} and the model is for 2 x 3; give data of that shape, or train another model`,
      })
    }
    expect((await predict(trained, { ...data, shape: [6] }, 'all', 1)).rows.length).toBe(count)
    const fourth = { ...data, y: { kind: 'classes', names: ['a', 'b', 'c', 'd'], values: values.map(() => 3) } } as const
    await expect(predict(trained, fourth, 'all', 1)).rejects.toMatchObject({ name: 'UsageError' })
  })

  it('has the same outputs on 1, 2 and 3 threads, for more rows than fit in one batch, and those of a plain network', async () => {
    const rows = 300
    const inputs = Float32Array.from({ length: 6 * rows }, () => 4 * uniform() - 2)
    const ensemble = networks.map(({ architecture, layers }) => ({
      architecture,
      layers,
      standardisation: randomNetwork([6, 1], ['identity'], 40, true).standardisation,
    }))
    const all = { ...(ensemble[0] as Network), networks: ensemble }
    const one = await evaluate(all, inputs, 1)
    expect(await evaluate(all, inputs, 2, 0)).toEqual(one)
    expect(await evaluate(all, inputs, 3, 0)).toEqual(one)
    ensemble.forEach((network, k) => {
      for (const row of [0, 127, 128, 299]) {
        outputsFor(network, Array.from(inputs.subarray(6 * row, 6 * row + 6))).forEach((output, j) => {
          expect(one[k]?.[3 * row + j]).toBeCloseTo(output, 5)
        })
      }
    })
  })
})
