import type { Model } from '../model.ts'
import { usesFieldKernel } from './acceptances.ts'
import { exactIsing } from './exact.ts'
import { isingFields, LANES } from './fields.ts'
import { identity, criticality, derived, observables } from './observables.ts'
import { hottestIsing, isingParameters } from './parameters.ts'
import { decodeSpins, encodeSpins } from './spins.ts'
import { openIsing } from './stepper.ts'

/** The 2D Ising model, H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i on an L x L torus. */
export const ising: Model = {
  name: 'ising',
  title: '2D Ising model',
  lanes: LANES,
  updates: ['metropolis'],
  parameters: isingParameters,
  hottest: hottestIsing,
  linear: ['h'],
  maxSize: 16_000,
  observables,
  derived,
  identity,
  diagnostics: [],
  exact: exactIsing,
  criticality,
  orders: ['abs_magnetization'],
  table: ['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder'],
  fields: isingFields,
  open: openIsing,
  snapshot: {
    bytes: (size) => 16 * size * size,
    shape: (size) => [size, size],
    dimensions: [
      { name: 'y', longName: 'lattice site along y' },
      { name: 'x', longName: 'lattice site along x' },
    ],
    longName: 'spins, +1 or -1',
    type: 'int8',
    decode: decodeSpins,
    encode: encodeSpins,
  },
  cost: (size, parameters) => size * size * (usesFieldKernel(size, parameters) ? 50 : 20),
}
