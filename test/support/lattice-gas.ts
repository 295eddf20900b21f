import { ising } from '../../src/model/ising/index.ts'
import type { Model, Parameters, StepperContext } from '../../src/model/model.ts'
import type { Physics } from '../../src/model/physics.ts'

// A model that no registry knows: the lattice gas, H = -ε Σ⟨ij⟩ n_i n_j with n = (1 + s)/2, at half filling. It is the Ising model
// with J = ε/4, whose engine steps it, and its energy is that of the Ising model but for a constant. Whatever is handed this object
// and asks for a name instead finds none.

/** Of H of the engine: at half filling the field is 0, and `tilt` is what is added to it. */
const isingOf = ({ epsilon = 4, tilt = 0 }: Parameters): Parameters => ({ J: epsilon / 4, h: tilt })

const TC = ising.physics.phases?.criticalTemperature({ J: 1, h: 0 }) ?? Number.NaN

const physics: Physics = {
  example: {
    title: 'A gas that condenses',
    size: 8,
    temperatures: { start: 0.5, stop: 0.6, step: 0.05 },
    sweeps: 100,
    thermalization: 10,
    measureEvery: 2,
    tempering: true,
    copies: 2,
    parameters: { epsilon: 1 },
    seed: 1,
  },
  phases: {
    names: ['gas', 'condensed'],
    criticalTemperature: ({ epsilon = 4, tilt = 0 }) => (tilt === 0 ? (TC * epsilon) / 4 : undefined),
  },
  encodings: [
    {
      name: 'occupation',
      describe: 'occupied or not, 1 or 0',
      shape: (size) => [size, size],
      symmetries: () => ['translation'],
      encode: (configuration, _, out) => {
        for (let i = 0; i < out.length; i++) out[i] = (1 + (configuration[i] as number)) / 2
      },
      order: { symbol: '|n - 1/2|', of: (inputs) => Math.abs(inputs.reduce((sum, n) => sum + n, 0) / inputs.length - 0.5) },
    },
    { name: 'empty', describe: 'nothing', shape: () => [1], symmetries: () => [], encode: () => {} },
  ],
  workload: {
    title: 'Gas',
    sizes: [4, 6],
    parameters: { epsilon: 2 },
    kernels: {
      range: { start: 0.5, stop: 1.5 },
      sweeps: [{ name: 'tilted', title: 'tilted', update: 'metropolis', parameters: { tilt: 0.1 } }],
    },
    scaling: { range: { start: 0.5, stop: 1.5 }, ladder: 16, measureEvery: 3 },
    archives: { range: { start: 0.5, stop: 0.7 }, temperatures: 4 },
  },
}

export const latticeGas: Model = {
  ...ising,
  name: 'lattice-gas',
  title: 'Lattice gas',
  parameters: [
    { name: 'epsilon', default: 4, describe: 'attraction of neighbors' },
    { name: 'tilt', default: 0, describe: 'chemical potential from half filling' },
  ],
  hottest: (parameters, update) => ising.hottest?.(isingOf(parameters), update) ?? Number.POSITIVE_INFINITY,
  linear: ['tilt'],
  physics,
  open: (context: StepperContext) =>
    ising.open({
      ...context,
      parameters: isingOf(context.parameters),
      points: context.points.map((point) => ({ ...point, parameters: isingOf(point.parameters) })),
    }),
  cost: (size, parameters, update, moves) => ising.cost(size, isingOf(parameters), update, moves),
}

/** The same of which nothing is known but how to simulate it. */
export const bareGas: Model = { ...latticeGas, name: 'bare-gas', physics: {} }
