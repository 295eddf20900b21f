import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { energyReference, metropolis, sweepReference } from '../../src/model/ising/reference.ts'
import { seedStream } from '../../src/engine/random/seed.ts'
import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { gammaMethod } from '../../src/statistics/autocorrelation.ts'
import { quantityAt, simulate } from '../support/simulate.ts'

const coupling = fc.double({ min: 0.3, max: 1.5, noNaN: true })
const world = fc.record({
  size: fc.integer({ min: 5, max: 9 }),
  J: fc.tuple(coupling, fc.boolean()).map(([J, ferro]) => (ferro ? J : -J)),
  h: fc.oneof(fc.constant(0), fc.double({ min: -1, max: 1, noNaN: true })),
  // Warm enough for a single scalar lattice to forget its start in a few thousand sweeps.
  T: fc.double({ min: 2.5, max: 6, noNaN: true }),
})

describe('the plain scalar stepper', () => {
  it('agrees with the kernels in energy and magnetisation, whatever J, h, T and L', async () => {
    const property = fc.asyncProperty(world, async ({ size, J, h, T }) => {
      const random = new Sfc64(seedStream('reference', size, J, h, T))
      const accept = metropolis(T, { J, h }, () => random.uniform())
      const spins = new Int8Array(size * size).fill(1)
      for (let i = 0; i < 300; i++) sweepReference(spins, size, accept)
      const [energies, magnetisations] = [new Float64Array(5000), new Float64Array(5000)]
      for (let i = 0; i < energies.length; i++) {
        sweepReference(spins, size, accept)
        energies[i] = energyReference(spins, size, { J, h }) / spins.length
        magnetisations[i] = Math.abs(spins.reduce((a, b) => a + b, 0)) / spins.length
      }
      const [simulation] = await simulate({
        model: 'ising',
        size,
        temperatures: [T],
        parameters: { J, h },
        sweeps: 4000,
        thermalization: 400,
        seed: 21,
      })
      if (!simulation) throw new Error('no simulation')
      for (const [name, values] of [
        ['energy', energies],
        ['abs_magnetization', magnetisations],
      ] as const) {
        const plain = gammaMethod([values])
        const kernel = quantityAt(simulation, name, T)
        const error = Math.hypot(plain.error, kernel.error)
        expect(Math.abs(plain.mean - kernel.mean), `${name}: ${plain.mean} against ${kernel.mean}`).toBeLessThan(4 * error)
        expect(error).toBeLessThan(0.03)
      }
    })
    await fc.assert(property, { numRuns: 5, seed: 1 })
  })
})
