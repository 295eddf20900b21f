import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findCost } from '../../src/neural/cost.ts'
import { ReferenceOptimizer } from '../../src/neural/optimizer.ts'
import { ReferenceNetwork } from '../../src/neural/reference.ts'
import { learningRate, readSchedule } from '../../src/neural/schedule.ts'
import { type TorchLayer, type TorchNetwork, torch, torchFile, torchScript } from '../support/torch-fixtures.ts'

/** A Python that has PyTorch, if there is one: Debian's, or the one on the path. */
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import torch']).status === 0)

/** Of the largest number of an array: sums in another order differ by the rounding of their largest term. */
const RELATIVE = 1e-12

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs((actual[i] ?? Number.NaN) - value)))
  expect(worst, `${what}: largest difference, of numbers up to ${largest}`).toBeLessThanOrEqual(RELATIVE * largest)
}

function expectLayers(
  actual: readonly { weights: ArrayLike<number>; biases: ArrayLike<number> }[],
  expected: readonly TorchLayer[],
  what: string,
): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach(({ weights, biases }, l) => {
    expectClose(actual[l]?.weights ?? [], weights, `${what}: weights of layer ${l}`)
    expectClose(actual[l]?.biases ?? [], biases, `${what}: biases of layer ${l}`)
  })
}

/** One forward and backward of the reference; the cost. */
function pass(network: ReferenceNetwork, { x, targets, rows, cost, weights, masks }: TorchNetwork): number {
  network.forward(x, rows, masks)
  return network.backward(targets, rows, findCost(cost), weights)
}

describe.each(torch.networks)('the reference on $name', (given) => {
  it('has the outputs, the cost and the gradients of PyTorch', () => {
    const network = new ReferenceNetwork(given.architecture, given.initial)
    const value = pass(network, given)
    expectClose(network.layers.at(-1)?.z ?? [], given.logits, 'pre-activations of the output')
    expectClose([value], [given.value], 'cost')
    expectLayers(network.gradients, given.gradients, 'gradients')
  })

  it.each(torch.optimizers)('is after steps of $name where PyTorch is', ({ name, rate, settings }) => {
    const network = new ReferenceNetwork(given.architecture, given.initial)
    const optimizer = new ReferenceOptimizer(settings, network.parameters)
    for (let step = 0; step < torch.steps; step++) {
      pass(network, given)
      optimizer.step(network.parameters, network.gradients, rate)
    }
    expectLayers(network.parameters, given.trained[name]?.layers ?? [], 'parameters')
    expectClose([pass(network, given)], [given.trained[name]?.value ?? Number.NaN], 'cost')
  })
})

describe('schedules', () => {
  it.each(Object.entries(torch.schedules))('%s gives the learning rates of PyTorch', (text, rates) => {
    const schedule = readSchedule(text, '--schedule')
    expectClose(
      rates.map((_, epoch) => learningRate(0.1, schedule, 0, epoch, rates.length)),
      rates,
      text,
    )
  })
})

describe('the stored numbers', () => {
  it.skipIf(!python)('are those of the PyTorch of this machine (skipped where there is none)', () => {
    const { stdout, stderr, status } = spawnSync(python ?? '', [fileURLToPath(torchScript)], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    expect(status, stderr).toBe(0)
    const live: unknown = JSON.parse(stdout)
    const stored: unknown = JSON.parse(readFileSync(torchFile, 'utf8'))
    const close = (a: unknown, b: unknown, path: string): void => {
      if (Array.isArray(a) && Array.isArray(b) && typeof b[0] === 'number') expectClose(a, b, path)
      else if (typeof a === 'number' && typeof b === 'number') expectClose([a], [b], path)
      else if (typeof a === 'object' && typeof b === 'object' && a && b) {
        expect(Object.keys(a), path).toEqual(Object.keys(b))
        const others = new Map(Object.entries(b))
        for (const [key, value] of Object.entries(a)) close(value, others.get(key), `${path}.${key}`)
      }
      // Versions differ, and last digits with them.
      else if (path !== '.torch') expect(a, path).toBe(b)
    }
    close(live, stored, '')
  })
})
