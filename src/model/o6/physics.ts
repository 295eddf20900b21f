import type { Example, Phases, Physics, Workload } from '../physics.ts'
import { encodings } from './encodings.ts'

/** Tempering over 24 temperatures, from superconducting to charge order and beyond. */
const example: Example = {
  title: 'The built-in example: superconductivity and charge order, lambda = 1, g = 0.3',
  size: 32,
  temperatures: { start: 0.28, stop: 0.51, step: 0.01 },
  sweeps: 50_000,
  thermalization: 4_000,
  measureEvery: 2,
  tempering: true,
  copies: 1,
  seed: 1,
}

/** Kosterlitz-Thouless temperature, where π Υ / 2T is 1 on large lattices, and the only parameters for which it is known. */
const TC = 0.345
const KNOWN = Object.entries({ rho: 1, a: 1, lambda: 1, g: 0.3, gPrime: 0, w: 0 })

const phases: Phases = {
  names: ['normal', 'superconducting'],
  criticalTemperature: (parameters) => (KNOWN.every(([name, value]) => parameters[name] === value) ? TC : undefined),
}

const workload: Workload = {
  title: 'O(6)',
  sizes: [16, 32],
  parameters: { g: 0.3 },
  kernels: {
    range: { start: 0.3, stop: 0.4 },
    sweeps: [
      { name: 'metropolis', title: 'Metropolis', update: 'metropolis' },
      { name: 'heat-bath', title: 'heat bath', update: 'heat-bath' },
      { name: 'heat-bath-overrelax-2', title: 'heat bath, overrelax 2', update: 'heat-bath', overrelax: 2 },
      {
        name: 'heat-bath-overrelax-2-cluster-1',
        title: 'heat bath, overrelax 2, cluster 1',
        update: 'heat-bath',
        overrelax: 2,
        cluster: 1,
      },
    ],
  },
  scaling: { range: { start: 0.2, stop: 0.5 }, measureEvery: 5 },
  archives: { range: { start: 0.3, stop: 0.4 }, temperatures: 4 },
}

/** What is known of the six-component model. */
export const o6Physics: Physics = { example, phases, encodings, workload }
