import type { Encoding, Example, Phases, Physics, Workload } from '../physics.ts'
import { exactIsing, TC_ISING } from './exact.ts'

/** Tempering over 24 temperatures around the transition. */
const example: Example = {
  title: 'The built-in example: 2D Ising model around its transition',
  size: 32,
  temperatures: { start: 2.04, stop: 2.5, step: 0.02 },
  sweeps: 400_000,
  thermalization: 40_000,
  measureEvery: 4,
  tempering: true,
  copies: 10,
  seed: 1,
}

const phases: Phases = {
  names: ['disordered', 'ordered'],
  criticalTemperature: ({ J = 1, h = 0 }) => (h === 0 && J > 0 ? TC_ISING * J : undefined),
}

const spins: Encoding = {
  name: 'spins',
  describe: 'the spins, +1 and -1',
  shape: (size) => [size, size],
  symmetries: ({ h }) => [...(h === 0 ? (['flip'] as const) : []), 'reflection', 'transposition', 'translation'],
  encode: (configuration, _, out) => out.set(configuration),
  order: { symbol: '|m|', of: (inputs) => Math.abs(inputs.reduce((sum, spin) => sum + spin, 0)) / inputs.length },
}

const workload: Workload = {
  title: 'Ising',
  sizes: [16, 32, 64],
  parameters: {},
  kernels: {
    range: { start: 1.5, stop: 3.5 },
    sweeps: [
      { name: 'metropolis', title: 'Metropolis', update: 'metropolis' },
      { name: 'metropolis-field', title: 'Metropolis in a field', update: 'metropolis', parameters: { h: 0.1 } },
    ],
  },
  scaling: { range: { start: 1.5, stop: 3.5 }, ladder: 32, measureEvery: 4 },
  archives: { range: { start: 2, stop: 2.6 }, temperatures: 8 },
}

/** What is known of the Ising model. */
export const isingPhysics: Physics = { exact: exactIsing, example, phases, encodings: [spins], workload }
