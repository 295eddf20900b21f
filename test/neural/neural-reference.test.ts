import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.ts'
import { type ElementwiseName, findActivation, softmax, softmaxBackward } from '../../src/neural/activation.ts'
import { type Architecture, activationNames, type CostName, costNames, OUTPUT_ACTIVATIONS } from '../../src/neural/architecture.ts'
import { findCost } from '../../src/neural/cost.ts'
import { defaultInitialisation, initialise } from '../../src/neural/initialisation.ts'
import { ReferenceOptimizer } from '../../src/neural/optimizer.ts'
import { ReferenceNetwork } from '../../src/neural/reference.ts'
import { learningRate, readSchedule, scheduleText } from '../../src/neural/schedule.ts'
import type { OptimizerSettings } from '../../src/neural/settings.ts'
import { random } from '../support/random.ts'

/** Slope of f at x from five points, right to the fourth order in h. */
function slope(f: (x: number) => number, x: number, h = 1e-3): number {
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)
}

/** Those that can be trained through. */
const sloped = activationNames.filter((name) => name !== 'step')
const elementwise = sloped.filter((name) => name !== 'softmax')

describe('activations', () => {
  it.each(elementwise)('%s has the slope that differences give', (name) => {
    const { value, derivative } = findActivation(name)
    for (const z of [-9, -4.2, -2, -1, -0.31, -0.02, 0.02, 0.47, 1, 1.7, 3.3, 8]) {
      const expected = slope(value, z)
      expect(Math.abs(derivative(z, value(z)) - expected), `z = ${z}, slope ${expected}`).toBeLessThan(1e-10 + 1e-8 * Math.abs(expected))
    }
  })

  it('are what their names say', () => {
    const at = (name: ElementwiseName, ...z: number[]) => z.map((number) => findActivation(name).value(number))
    expect(at('identity', -2, 3)).toEqual([-2, 3])
    expect(at('relu', -2, 0, 3)).toEqual([0, 0, 3])
    expect(at('leaky-relu', -2, 3)).toEqual([-0.02, 3])
    expect(at('step', -2, 0, 1e-300)).toEqual([0, 0, 1])
    expect(findActivation('step').derivative(1, 1)).toBe(0)
    expect(at('elu', -1, 3)).toEqual([Math.expm1(-1), 3])
    expect(at('tanh', 0.5)).toEqual([Math.tanh(0.5)])
    expect(at('silu', 2)[0]).toBeCloseTo(2 / (1 + Math.exp(-2)), 15)
    expect(at('sigmoid', 2)[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 15)
    expect(at('softplus', 2)[0]).toBeCloseTo(Math.log(1 + Math.exp(2)), 15)
  })

  it('keep all their digits far from 0, where simple formulas overflow or cancel', () => {
    const sigmoid = findActivation('sigmoid').value
    expect([-800, -40, 40, 800].map(sigmoid)).toEqual([0, Math.exp(-40), 1, 1])
    const softplus = findActivation('softplus').value
    expect([-800, -40, 40, 800].map(softplus)).toEqual([0, Math.exp(-40), 40, 800])
    // z Φ(z) in 40 digits, rounded.
    const gelu = new Map([
      [-30, -1.472014178144456e-196],
      [-8, -4.976768459417427e-15],
      [-5.5, -1.0444259356238245e-7],
      [-2.25, -0.027505063473850584],
      [-1.125, -0.14658133177890997],
      [-1, -0.15865525393145705],
      [-0.5, -0.15426876936299344],
      [0.125, 0.06871727810376412],
      [0.75, 0.5800294857173488],
      [1.5, 1.399789198096713],
      [6, 5.999999994080474],
    ])
    for (const [z, expected] of gelu) {
      expect(Math.abs(findActivation('gelu').value(z) / expected - 1), `gelu of ${z}`).toBeLessThan(2e-15)
    }
    for (const name of elementwise) {
      const { value, derivative } = findActivation(name)
      for (const z of [-1e4, 1e4]) expect([value(z), derivative(z, value(z))].every(Number.isFinite), `${name} at ${z}`).toBe(true)
    }
  })

  it('softmax sums to 1 whatever its size, touches only its own numbers, and may be in place', () => {
    const z = Float64Array.of(7, 1000, 1001, 1002, 7)
    softmax(z, 1, 3, z)
    const sum = 1 + Math.exp(-1) + Math.exp(-2)
    expect([...z].map((a) => a.toFixed(14))).toEqual([7, Math.exp(-2) / sum, Math.exp(-1) / sum, 1 / sum, 7].map((a) => a.toFixed(14)))
    const delta = Float64Array.of(7, 1, 1, 1, 7)
    softmaxBackward(z, 1, 3, delta)
    expect([...delta].map((slope) => Math.round(slope * 1e15))).toEqual([7e15, 0, 0, 0, 7e15])
  })
})

describe('costs', () => {
  const example = (name: CostName, z: number[], y: number[], weight = 1) => {
    // Where z is read, a may be anything.
    const cost = findCost(name)
    return cost.example(cost.slope === 'z' ? z : [], cost.slope === 'a' ? z : [], 0, y, 0, y.length, weight, undefined)
  }

  it('are those of their definitions', () => {
    expect(example('mse', [1, -2], [0.5, 1])).toBeCloseTo((0.25 + 9) / 2, 15)
    const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
    expect(example('bce', [0.3, -2], [1, 0.25])).toBeCloseTo(
      -(Math.log(sigmoid(0.3)) + 0.25 * Math.log(sigmoid(-2)) + 0.75 * Math.log(1 - sigmoid(-2))) / 2,
      14,
    )
    const sum = Math.exp(0.3) + Math.exp(-2) + 1
    expect(example('cross-entropy', [0.3, -2, 0], [0.2, 0.7, 0.1])).toBeCloseTo(
      -(0.2 * Math.log(Math.exp(0.3) / sum) + 0.7 * Math.log(Math.exp(-2) / sum) + 0.1 * Math.log(1 / sum)),
      14,
    )
  })

  it('do not overflow for outputs that are very sure', () => {
    expect(example('bce', [1000], [1])).toBe(0)
    expect(example('bce', [1000], [0])).toBe(1000)
    expect(example('bce', [-1000], [1])).toBe(1000)
    expect(example('cross-entropy', [1000, -1000], [1, 0])).toBe(0)
    expect(example('cross-entropy', [1000, -1000], [0, 1])).toBe(2000)
  })

  it.each(costNames)('%s reads and writes one example among others, in floats too, and counts it by its weight', (name) => {
    const z = [0.25, -1.5, 0.75]
    const y = [0.125, 0.5, 0.375]
    const { example } = findCost(name)
    const alone = [0, 0, 0]
    const cost = example(z, z, 0, y, 0, 3, 1, alone)
    const delta = new Float32Array(9)
    const among = Float32Array.of(9, 9, 9, ...z, 9, 9, 9)
    expect(example(among, among, 3, [9, ...y, 9], 1, 3, 0.5, delta)).toBe(cost / 2)
    expect([...delta]).toEqual([0, 0, 0, ...alone.map((slope) => Math.fround(slope / 2)), 0, 0, 0])
  })
})

/** A network with numbers of its own, and a batch for it. */
function problem(architecture: Architecture, cost: CostName, seed: number) {
  const draw = random(seed)
  const between = (count: number, low: number, high: number) => Float64Array.from({ length: count }, () => low + (high - low) * draw())
  const { inputs, layers } = architecture
  const network = new ReferenceNetwork(
    architecture,
    layers.map(({ neurons }, l) => ({
      weights: between(neurons * (layers[l - 1]?.neurons ?? inputs), -1, 1),
      biases: between(neurons, -0.5, 0.5),
    })),
  )
  const rows = 5
  const outputs = layers.at(-1)?.neurons ?? 0
  const x = between(rows * inputs, -1, 1)
  const targets = between(rows * outputs, 0, 1)
  if (cost === 'cross-entropy') for (let r = 0; r < rows; r++) softmax(targets, r * outputs, outputs, targets)
  return { network, x, targets, rows }
}

const output = (cost: CostName) => OUTPUT_ACTIVATIONS[cost][0] ?? 'identity'
const cases = [
  ...costNames.flatMap((cost) => sloped.map((hidden) => ({ cost, hidden, last: output(cost) }))),
  ...sloped.map((last) => ({ cost: 'mse' as const, hidden: 'tanh' as const, last })),
]

describe('gradients', () => {
  it.each(cases)('of $cost with hidden $hidden and an output of $last are those that differences give', ({ cost, hidden, last }) => {
    const kinked = ['relu', 'leaky-relu', 'elu']
    const architecture = {
      inputs: 3,
      layers: [
        { neurons: 4, activation: hidden },
        { neurons: 3, activation: hidden },
        { neurons: 2, activation: last },
      ],
    }
    const { network, x, targets, rows } = problem(architecture, cost, 11)
    const value = () => {
      network.forward(x, rows)
      return network.backward(targets, rows, findCost(cost))
    }
    value()
    // Differences across a kink would be no slopes.
    network.layers.forEach(({ z }, l) => {
      if (kinked.includes(architecture.layers[l]?.activation ?? '')) expect(Math.min(...z.map(Math.abs))).toBeGreaterThan(0.01)
    })
    const gradients = network.gradients.map(({ weights, biases }) => [Float64Array.from(weights), Float64Array.from(biases)])
    network.parameters.forEach(({ weights, biases }, l) => {
      ;[weights, biases].forEach((numbers, k) => {
        const gradient = gradients[l]?.[k] ?? new Float64Array()
        const largest = Math.max(...gradient.map(Math.abs))
        numbers.forEach((before, i) => {
          const expected = slope((number) => {
            numbers[i] = number
            return value()
          }, before)
          numbers[i] = before
          expect(Math.abs((gradient[i] ?? Number.NaN) - expected), `layer ${l}, number ${i}`).toBeLessThan(1e-8 * largest)
        })
      })
    })
  })

  it('refuse parameters, inputs, masks and targets of another shape', () => {
    const architecture: Architecture = { inputs: 3, layers: [{ neurons: 2, activation: 'softmax' }] }
    expect(() => new ReferenceNetwork(architecture, [])).toThrow(/0 weights and 0 biases, not 3 x 2 and 2/)
    const { network, x } = problem(architecture, 'cross-entropy', 1)
    expect(() => network.forward(x, 4)).toThrow(/15 inputs are not 4 x 3/)
    expect(() => network.forward(x, 5, [[1, 1]])).toThrow(/masks are not/)
    expect(() => network.backward([1, 0], 1, findCost('cross-entropy'))).toThrow(/2 targets are not 1 rows of 0 outputs/)
    network.forward(x, 5)
    expect(() => network.backward([1, 0], 5, findCost('cross-entropy'))).toThrow(/2 targets are not 5 rows/)
  })
})

const adam: OptimizerSettings = {
  optimizer: 'adam',
  momentum: 0,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0,
  weightDecay: 0,
}

describe('exclusive or', () => {
  const x = [0, 0, 0, 1, 1, 0, 1, 1]
  const targets = [0, 1, 1, 0]
  /** Costs and accuracies of full-batch steps. */
  const train = (layers: Architecture['layers'], settings: OptimizerSettings, rate: number, steps: number, seed: number) => {
    const architecture = { inputs: 2, layers }
    const network = new ReferenceNetwork(architecture, initialise(architecture, 'xavier', random(seed)))
    const optimizer = new ReferenceOptimizer(settings, network.parameters)
    const costs: number[] = []
    const accuracies: number[] = []
    for (let step = 0; step < steps; step++) {
      const a = network.forward(x, 4)
      accuracies.push(targets.filter((y, r) => (a[r] ?? 0) > 0.5 === (y === 1)).length / 4)
      costs.push(network.backward(targets, 4, findCost('bce')))
      optimizer.step(network.parameters, network.gradients, rate)
    }
    return { costs, accuracies }
  }

  it('cannot be learned without a hidden layer: at best 3 of 4, and a cost of ln 2', () => {
    const { costs, accuracies } = train([{ neurons: 1, activation: 'sigmoid' }], { ...adam, optimizer: 'sgd' }, 1, 2000, 3)
    expect(Math.max(...accuracies)).toBe(0.75)
    expect(Math.min(...costs)).toBeGreaterThan(Math.LN2 - 1e-15)
    expect(costs[0]).toBeGreaterThan(Math.LN2 + 0.01)
    expect(costs.at(-1)).toBeCloseTo(Math.LN2, 12)
  })

  it.each([1, 2, 3])('is learned by one hidden layer of 8, seed %i', (seed) => {
    const layers: Architecture['layers'] = [
      { neurons: 8, activation: 'tanh' },
      { neurons: 1, activation: 'sigmoid' },
    ]
    const { costs, accuracies } = train(layers, adam, 0.05, 300, seed)
    expect(accuracies.at(-1)).toBe(1)
    expect(costs.at(-1)).toBeLessThan(0.02)
  })
})

describe('learning rates', () => {
  const rates = (text: string, warmup: number, epochs: number) =>
    Array.from({ length: epochs }, (_, epoch) =>
      Number(learningRate(0.8, readSchedule(text, '--schedule'), warmup, epoch, epochs).toFixed(12)),
    )

  it('grow in equal steps in the warm-up and follow the schedule from its end on', () => {
    expect(rates('constant', 4, 6)).toEqual([0.2, 0.4, 0.6, 0.8, 0.8, 0.8])
    expect(rates('step:2:0.5', 1, 7)).toEqual([0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2])
    expect(rates('exponential:0.5', 2, 6)).toEqual([0.4, 0.8, 0.8, 0.4, 0.2, 0.1])
    expect(rates('cosine', 2, 6)).toEqual([0.4, 0.8, 0.8, 0.682842712475, 0.4, 0.117157287525])
    expect(rates('cosine', 5, 3)).toEqual([0.16, 0.32, 0.48])
  })

  it.each(['constant', 'cosine', 'step:30:0.1', 'exponential:0.95'])('are read from %s and written as it', (text) => {
    expect(scheduleText(readSchedule(text, '--schedule'))).toBe(text)
  })

  it.each([
    ['', /--schedule: '' is no schedule; allowed: constant/],
    ['cosin', /'cosin' is no schedule; did you mean 'cosine'\?/],
    ['cosine:3', /'cosine:3' has 1 number, cosine takes none/],
    ['step', /'step' has no number, step takes 2/],
    ['step:30', /'step:30' has 1 number, step takes 2/],
    ['step:1.5:0.1', /steps every '1.5' epochs; allowed: whole numbers from 1/],
    ['step:0:0.1', /steps every '0' epochs/],
    ['step::0.1', /steps every '' epochs/],
    ['step:30:0', /has the factor '0'; allowed: numbers above 0, at most 1/],
    ['exponential:95', /has the factor '95'/],
    ['exponential:-0.5', /has the factor '-0.5'/],
    ['exponential:fast', /has the factor 'fast'/],
  ])('are not read from %j', (text, message) => {
    expect(() => readSchedule(text, '--schedule')).toThrow(UsageError)
    expect(() => readSchedule(text, '--schedule')).toThrow(message)
  })
})

describe('initial weights', () => {
  const architecture: Architecture = {
    inputs: 150,
    layers: [
      { neurons: 200, activation: 'tanh' },
      { neurons: 50, activation: 'softmax' },
    ],
  }
  /** Moments of n numbers around 0, in units of the deviation that they should have. */
  const moments = (numbers: Float32Array, deviation: number) =>
    [1, 2, 4].map((power) => numbers.reduce((sum, w) => sum + (w / deviation) ** power, 0) / numbers.length)

  it.each([
    ['xavier', (nIn: number, nOut: number) => Math.sqrt(2 / (nIn + nOut)), 9 / 5],
    ['he', (nIn: number) => Math.sqrt(2 / nIn), 3],
    ['normal', () => 0.01, 3],
  ] as const)('of %s have the mean, the variance and the fourth moment of their distribution, and biases are 0', (kind, deviation, fourth) => {
    const layers = initialise(architecture, kind, random(5))
    expect(layers.map(({ weights, biases }) => [weights.length, biases.length])).toEqual([
      [30_000, 200],
      [10_000, 50],
    ])
    layers.forEach(({ weights, biases }, l) => {
      const [nIn, nOut] = l === 0 ? [150, 200] : [200, 50]
      const [mean = 1, square = 0, fourthPower = 0] = moments(weights, deviation(nIn, nOut))
      // Four standard errors; the eighth moment is 105 of a normal, 9 of this uniform distribution.
      const error = 4 / Math.sqrt(weights.length)
      expect(Math.abs(mean)).toBeLessThan(error)
      expect(Math.abs(square - 1)).toBeLessThan(error * Math.sqrt(fourth - 1))
      expect(Math.abs(fourthPower - fourth)).toBeLessThan(error * Math.sqrt((kind === 'xavier' ? 9 : 105) - fourth ** 2))
      // Neighbours, which normal numbers are made of in pairs, do not depend on each other.
      const pairs = weights.reduce((sum, w, i) => sum + w * (weights[i + 1] ?? 0), 0) / deviation(nIn, nOut) ** 2
      expect(Math.abs(pairs / weights.length)).toBeLessThan(error)
      expect(biases.every((b) => b === 0)).toBe(true)
    })
  })

  it('of xavier fill their interval and do not leave it', () => {
    const bound = Math.sqrt(6 / 350)
    const largest = Math.max(...(initialise(architecture, 'xavier', random(6))[0]?.weights.map(Math.abs) ?? []))
    expect(largest).toBeLessThanOrEqual(Math.fround(bound))
    expect(largest).toBeGreaterThan(0.999 * bound)
  })

  it('are the same for the same draws, and numbers even where a draw is 0 or nearly 1', () => {
    expect(initialise(architecture, 'he', random(7))).toEqual(initialise(architecture, 'he', random(7)))
    expect(initialise(architecture, 'he', random(7))).not.toEqual(initialise(architecture, 'he', random(8)))
    for (const draw of [0, 1 - 2 ** -53]) {
      for (const kind of ['xavier', 'he', 'normal'] as const) {
        expect(initialise(architecture, kind, () => draw).every(({ weights }) => weights.every(Number.isFinite))).toBe(true)
      }
    }
  })

  it('are of he for what is like relu, else of xavier', () => {
    const he = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu']
    for (const name of activationNames) expect(defaultInitialisation(name)).toBe(he.includes(name) ? 'he' : 'xavier')
  })
})
