import { describe, expect, it } from 'vitest'
import type { CostName } from '../../src/neural/architecture.ts'
import { findCost } from '../../src/neural/cost.ts'
import { foundClass } from '../../src/neural/metrics.ts'
import { ReferenceOptimizer } from '../../src/neural/optimizer.ts'
import { ReferenceNetwork } from '../../src/neural/reference.ts'
import type { OptimizerSettings } from '../../src/neural/settings.ts'
import { randomNetwork } from '../support/network.ts'
import { random } from '../support/random.ts'
import { torch } from '../support/torch-fixtures.ts'
import { OpenTrainer } from '../support/trainer-memory.ts'

// The fast path in floats against PyTorch and against the reference, both in doubles.

/** Of the largest number of an array. */
const RELATIVE = 1e-5

type Layers = readonly { readonly weights: ArrayLike<number>; readonly biases: ArrayLike<number> }[]

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs((actual[i] ?? Number.NaN) - value)))
  expect(worst, `${what}: largest difference, of numbers up to ${largest}`).toBeLessThanOrEqual(RELATIVE * largest)
}

function expectLayers(actual: Layers, expected: Layers, what: string): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach(({ weights, biases }, l) => {
    expectClose(actual[l]?.weights ?? [], weights, `${what}: weights of layer ${l}`)
    expectClose(actual[l]?.biases ?? [], biases, `${what}: biases of layer ${l}`)
  })
}

const rowsFrom = (count: number): number[] => Array.from({ length: count }, (_, row) => row)
const sgd = torch.optimizers[0]?.settings as OptimizerSettings

describe.each(torch.networks.filter(({ masks }) => masks === undefined))('a trainer of $name', (given) => {
  const order = rowsFrom(given.rows)

  it('has the outputs, the cost and the gradients of PyTorch, to 1e-5 of the largest', async () => {
    const trainer = await OpenTrainer.open({ ...given, optimizer: sgd })
    expectClose([trainer.epoch(order, 0.1)], [given.value], 'cost')
    expectClose(trainer.logits(given.rows), given.logits, 'pre-activations of the output')
    expectLayers(trainer.gradients, given.gradients, 'gradients')
    expect(trainer.padding).toBe(0)
  })

  it.each(torch.optimizers)('is after steps of $name where PyTorch is, to 1e-5 of the largest', async ({ name, rate, settings }) => {
    const trainer = await OpenTrainer.open({ ...given, optimizer: settings })
    for (let step = 0; step < torch.steps; step++) trainer.epoch(order, rate)
    const stored = given.trained[name]
    expectLayers(trainer.parameters, stored?.layers ?? [], 'parameters')
    expectClose([trainer.epoch(order, rate)], [stored?.value ?? Number.NaN], 'cost')
    expect(trainer.padding).toBe(0)
  })
})

/** A network of odd sizes, more examples than a few batches, and what each counts. */
function example(cost: CostName, activations: Parameters<typeof randomNetwork>[1], seed: number) {
  const [inputs, outputs, rows] = [9, 3, 37]
  const { architecture, layers } = randomNetwork([inputs, 13, 7, outputs], activations, seed)
  const uniform = random(seed + 1)
  const x = Float32Array.from({ length: rows * inputs }, () => 2 * uniform() - 1)
  const targets = new Float32Array(rows * outputs)
  for (const row of rowsFrom(rows)) targets[row * outputs + Math.floor(uniform() * outputs)] = 1
  const weights = Float32Array.from({ length: rows }, () => 0.5 + uniform())
  const order = rowsFrom(rows)
    .map((row) => ({ row, at: uniform() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
  return { architecture, cost, initial: layers, rows, x, targets, weights, order, outputs }
}

/** Those rows of a matrix of `width` columns. */
function taken(values: ArrayLike<number>, rows: readonly number[], width: number): number[] {
  return rows.flatMap((row) => rowsFrom(width).map((i) => values[row * width + i] as number))
}

describe.each([
  { cost: 'cross-entropy', activations: ['relu', 'tanh', 'softmax'] },
  { cost: 'bce', activations: ['gelu', 'sigmoid', 'sigmoid'] },
  { cost: 'mse', activations: ['silu', 'softmax', 'tanh'] },
] as const)('a trainer of 9-13-7-3 with $cost', ({ cost, activations }) => {
  const given = example(cost, activations, 7)
  const { architecture, rows, x, targets, weights, order, outputs } = given
  const optimizer = torch.optimizers.find(({ name }) => name === 'adam with l2')?.settings as OptimizerSettings

  it('goes through 37 examples in batches of 11 as the reference does, the last one of 4, in two epochs', async () => {
    const trainer = await OpenTrainer.open({ ...given, optimizer, batch: 11 })
    const network = new ReferenceNetwork(architecture, given.initial)
    const reference = new ReferenceOptimizer(optimizer, network.parameters)
    for (const [epoch, shown] of [order, order.toReversed()].entries()) {
      let sum = 0
      for (let start = 0; start < rows; start += 11) {
        const batch = shown.slice(start, start + 11)
        network.forward(taken(x, batch, architecture.inputs), batch.length)
        sum += batch.length * network.backward(taken(targets, batch, outputs), batch.length, findCost(cost), taken(weights, batch, 1))
        reference.step(network.parameters, network.gradients, 0.01 / (epoch + 1))
      }
      expectClose([trainer.epoch(shown, 0.01 / (epoch + 1))], [sum / rows], `cost of epoch ${epoch}`)
      expectLayers(trainer.gradients, network.gradients, `gradients of the last batch of epoch ${epoch}`)
      expectLayers(trainer.parameters, network.parameters, `parameters after epoch ${epoch}`)
    }
    expect(trainer.padding).toBe(0)
  })

  it('evaluates the rows it is told, in any number of batches, with the parameters after the epoch', async () => {
    const evaluated = [...order, ...order.slice(5, 20)]
    const trainer = await OpenTrainer.open({ ...given, optimizer, batch: 11, evaluated })
    trainer.epoch(order, 0.01)
    const network = new ReferenceNetwork(architecture, trainer.parameters)
    const right = network.forward(taken(x, evaluated, architecture.inputs), evaluated.length)
    const found = trainer.evaluation
    expectClose(found.outputs, right, 'outputs')
    evaluated.forEach((row, i) => {
      const one = new ReferenceNetwork(architecture, trainer.parameters)
      one.forward(taken(x, [row], architecture.inputs), 1)
      const value = one.backward(taken(targets, [row], outputs), 1, findCost(cost), taken(weights, [row], 1))
      expect(found.costs[i]).toBeCloseTo(value, 5)
      expect(found.hits[i]).toBe(foundClass(right, i * outputs, outputs) === foundClass(targets, row * outputs, outputs) ? 1 : 0)
    })
  })
})

describe('a trainer with dropout', () => {
  const many = example('mse', ['elu', 'sigmoid', 'identity'], 17)
  const fixtures = torch.networks.flatMap((given) => (given.masks ? [{ ...given, p: 0.5 }] : []))

  it.each([
    { ...many, name: 'elu, sigmoid', p: 0.3 },
    ...fixtures,
  ])('has the gradients of the reference with the same neurons left out: $name', async ({ p, ...given }) => {
    const { architecture, rows, x, targets, cost, weights = [] } = given
    expect(weights.length).toBe(rows)
    const trainer = await OpenTrainer.open({ ...given, optimizer: sgd, dropout: p })
    const seen = new Set<string>()
    for (let step = 0; step < 3; step++) {
      const before = trainer.parameters
      const value = trainer.epoch(rowsFrom(rows), 0.05)
      const masks = trainer.masks(rows)
      const network = new ReferenceNetwork(architecture, before)
      network.forward(x, rows, masks)
      expectClose([value], [network.backward(targets, rows, findCost(cost), weights)], 'cost')
      expectLayers(trainer.gradients, network.gradients, 'gradients')
      expect(new Set(masks.flatMap((mask) => [...mask]))).toEqual(new Set([0, Math.fround(1 / (1 - p))]))
      seen.add(masks.join())
    }
    // Other neurons in every step.
    expect(seen.size).toBe(3)
  })

  it('leaves nothing out of what it evaluates', async () => {
    const trainer = await OpenTrainer.open({ ...many, optimizer: sgd, dropout: 0.5, evaluated: many.order })
    trainer.epoch(many.order, 0.01)
    const network = new ReferenceNetwork(many.architecture, trainer.parameters)
    expectClose(trainer.evaluation.outputs, network.forward(taken(many.x, many.order, 9), many.rows), 'outputs')
  })
})
