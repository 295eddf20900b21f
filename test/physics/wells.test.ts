import { describe, expect, it } from 'vitest'
import type { SimulationData } from '../../src/archive/data.ts'
import { enumerateIsing } from '../../src/model/ising/exact.ts'
import { quantityAt, simulate } from '../support/simulate.ts'
import { transferMatrix } from '../support/transfer-matrix.ts'

// States that are equivalent, or nearly, and so far apart that flips of single spins do not lead from one to the other. Mostly
// single chains: every copy that starts in the same well agrees with every other, and all are wrong.

const STANDARD_ERRORS = 4

function expectAgreement(simulation: SimulationData | undefined, T: number, exact: Readonly<Record<string, number>>): void {
  if (!simulation) throw new Error('no simulation')
  for (const [name, expected] of Object.entries(exact)) {
    const { mean, error } = quantityAt(simulation, name, T)
    const what = `${name} at T = ${T} of ${simulation.name}: ${mean} +- ${error}, exactly ${expected}`
    expect(Math.abs(mean - expected), what).toBeLessThan(STANDARD_ERRORS * error)
  }
}

describe('the Ising model below its critical temperature', () => {
  it('is what is known from elsewhere', () => {
    const { energy, specificHeat, magnetization } = transferMatrix(6, 1, { J: 1, h: 0.05 })
    expect(energy).toBeCloseTo(-2.044732, 6)
    expect(specificHeat).toBeCloseTo(0.031058, 5)
    expect(magnetization).toBeCloseTo(0.94606, 6)
    const enumerated = enumerateIsing(3, 1.2, { J: -1, h: 0.3 })
    const small = transferMatrix(3, 1.2, { J: -1, h: 0.3 })
    expect(small.energy).toBeCloseTo(enumerated.energy as number, 8)
    expect(small.magnetization).toBeCloseTo(enumerated.magnetization as number, 8)
    expect(small.specificHeat).toBeCloseTo(enumerated.specific_heat as number, 6)
  })

  // On the well that starts favoured alone the first would be 20 errors off in each of the three.
  it.each([
    { size: 6, T: 1, J: 1, h: 0.05 },
    { size: 5, T: 1.3, J: 1, h: -0.04 },
    { size: 5, T: 0.6, J: -1, h: 0.3 },
    { size: 6, T: 1, J: -1, h: 0.5 },
  ])('visits both wells of a weak field by their weights: L = $size, T = $T, J = $J, h = $h', async ({ size, T, J, h }) => {
    const [simulation] = await simulate({
      model: 'ising',
      size,
      temperatures: [T],
      sweeps: 100_000,
      copies: 1,
      parameters: { J, h },
      seed: 1,
    })
    const { energy, specificHeat, magnetization } = transferMatrix(size, T, { J, h })
    expectAgreement(simulation, T, { energy, specific_heat: specificHeat, magnetization })
  })

  it('agrees with enumeration in a field of one percent, cold', async () => {
    const parameters = { J: 1, h: 0.01 }
    const [simulation] = await simulate({
      model: 'ising',
      size: 4,
      temperatures: [0.9, 1.2],
      sweeps: 100_000,
      copies: 1,
      parameters,
      seed: 2,
    })
    for (const T of [0.9, 1.2]) {
      const { energy = 0, magnetization = 0, specific_heat = 0, magnetization_squared = 0 } = enumerateIsing(4, T, parameters)
      expectAgreement(simulation, T, { energy, magnetization, specific_heat, magnetization_squared })
    }
  })

  it('visits both wells at every field of a grid that replicas exchange', async () => {
    const fields = [-0.06, -0.02, 0, 0.01, 0.04]
    const simulations = await simulate({
      model: 'ising',
      size: 6,
      temperatures: [1.2],
      sweeps: 50_000,
      copies: 2,
      parameters: { J: 1, h: fields },
      tempering: { along: 'h' },
      seed: 3,
    })
    for (const simulation of simulations) {
      const { energy, specificHeat, magnetization } = transferMatrix(6, 1.2, { J: 1, h: simulation.parameters.h as number })
      expectAgreement(simulation, 1.2, { energy, specific_heat: specificHeat, magnetization })
    }
  })

  it.each([
    { J: 1, tempering: false },
    { J: 1, tempering: true },
    { J: -1, tempering: false },
  ])('has no magnetization without a field, with an error that says so: J = $J, tempering $tempering', async ({ J, tempering }) => {
    const temperatures = [1.5, 2]
    const [simulation] = await simulate({
      model: 'ising',
      size: 16,
      temperatures,
      sweeps: 4000,
      copies: 4,
      parameters: { J },
      tempering,
      seed: 4,
    })
    for (const [t, T] of temperatures.entries()) {
      expectAgreement(simulation, T, { magnetization: 0 })
      const quantity = simulation?.quantities.find(({ name }) => name === 'magnetization')
      // Signs of an ordered lattice are drawn anew in every round.
      const spread = Math.sqrt(quantityAt(simulation as SimulationData, 'magnetization_squared', T).mean / 16_000)
      expect(quantity?.tau?.[t]).toBeLessThan(1)
      expect((quantity?.error[t] as number) / spread).toBeGreaterThan(0.8)
      expect((quantity?.error[t] as number) / spread).toBeLessThan(1.25)
    }
  })
})

describe('the six-component model with an anisotropy', () => {
  it.each([-2, 2])('has as much charge order along x as along y: w = %d', async (w) => {
    const [simulation] = await simulate({
      model: 'o6',
      size: 4,
      temperatures: [0.15],
      sweeps: 5000,
      copies: 1,
      parameters: { g: -1, w },
      seed: 5,
    })
    if (!simulation) throw new Error('no simulation')
    const order = quantityAt(simulation, 'cdw_order_squared', 0.15)
    const factor = simulation.quantities.find(({ name }) => name === 'cdw_structure_factor')
    // By symmetry S(0) of one direction is half of what both have: N <order> / 2.
    expect(order.mean).toBeGreaterThan(0.3)
    const expected = (16 * order.mean) / 2
    expect(Math.abs((factor?.mean[0] as number) - expected)).toBeLessThan(STANDARD_ERRORS * (factor?.error[0] as number))
    expect(factor?.error[0]).toBeLessThan(0.1 * expected)
  })
})
