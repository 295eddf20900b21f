import { square } from '../../lattice/square.ts'
import type { Model } from '../model.ts'
import { usesFieldKernel } from './acceptances.ts'
import { isingFields, LANES } from './fields.ts'
import { identity, criticality, derived, observables } from './observables.ts'
import { hottestIsing, isingParameters } from './parameters.ts'
import { isingPhysics } from './physics.ts'
import { openIsing } from './stepper.ts'

/** The 2D Ising model, H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i on an L x L torus. */
export const ising: Model = {
  name: 'ising',
  version: '0.2.0',
  title: '2D Ising model',
  lattice: square,
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
  criticality,
  physics: isingPhysics,
  orders: ['abs_magnetization'],
  table: ['energy', 'specific_heat', 'abs_magnetization', 'susceptibility', 'binder'],
  fields: isingFields,
  open: openIsing,
  configuration: { longName: 'spins, +1 or -1', type: 'int8', storage: 'bits' },
  cost: (size, parameters) => size * size * (usesFieldKernel(size, parameters) ? 50 : 20),
}
