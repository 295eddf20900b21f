import type { Axis, Identity, Criticality, Derived, Observable } from '../model.ts'
import { energySquared, specificHeat } from '../specific-heat.ts'

/** Wave vectors kept along each axis at most: 2πk/L, k = 0, 1, 2, 3. */
const BLOCK = 4

/** Wave vectors kept along each axis. */
export function blockOf(size: number): number {
  return Math.min(BLOCK, size)
}

function waveVectors(size: number): readonly Axis[] {
  const values = Float64Array.from({ length: blockOf(size) }, (_, k) => (2 * Math.PI * k) / size)
  return ['ky', 'kx'].map((name) => ({ name, longName: `wave vector along ${name.slice(1)}`, values }))
}

/** Per site; the order is the order of samples in memory. */
export const observables: readonly Observable[] = [
  { name: 'energy', longName: 'energy per site', units: '1', series: true },
  energySquared,
  { name: 'sc_order_squared', longName: 'superconducting order (M1^2 + M2^2) / N^2', units: '1', series: true },
  {
    name: 'sc_order_fourth',
    longName: 'square of the superconducting order ((M1^2 + M2^2) / N^2)^2',
    units: '1',
    of: { observable: 'sc_order_squared', by: 'square' },
  },
  { name: 'cdw_order_squared', longName: 'charge order (M3^2 + M4^2 + M5^2 + M6^2) / N^2', units: '1', series: true },
  { name: 'cdw_fraction', longName: 'share of charge order n3^2 + n4^2 + n5^2 + n6^2 of a site', units: '1', series: true },
  {
    name: 'nematic_order',
    longName: 'absolute value of the nematic order I, the mean of n3^2 + n4^2 - n5^2 - n6^2',
    units: '1',
    series: true,
  },
  {
    name: 'nematic_order_squared',
    longName: 'square of the nematic order I',
    units: '1',
    of: { observable: 'nematic_order', by: 'square' },
  },
  {
    name: 'sc_bond',
    longName: 'n_i1 n_j1 + n_i2 n_j2 of the bonds along one axis per site, mean over both axes',
    units: '1',
    series: true,
  },
  {
    name: 'sc_current_squared',
    longName: 'squared sum of n_i1 n_j2 - n_i2 n_j1 over the bonds along one axis per site, mean over both axes',
    units: '1',
    series: true,
  },
  {
    name: 'cdw_structure_factor',
    longName: 'structure factor of the charge order along x, S(k) = sum over n3, n4 of |sum_r n_r e^(ikr)|^2 / N',
    units: '1',
    axes: waveVectors,
  },
]

export const derived: readonly Derived[] = [
  specificHeat,
  {
    name: 'sc_binder',
    longName: 'Binder ratio of the superconducting order, 1 - <psi^4> / (3 <psi^2>^2)',
    units: '1',
    inputs: { m2: 'sc_order_squared', m4: 'sc_order_fourth' },
    formula: '1 - m4 / (3 * m2 * m2)',
  },
  {
    name: 'helicity_modulus',
    longName: 'helicity modulus of the superconductor, rho <bond> - rho^2 <current^2> / T',
    units: '1',
    inputs: { bond: 'sc_bond', current: 'sc_current_squared' },
    formula: 'rho * bond - rho ** 2 * current / T',
    // For any rho: the modulus has the units of rho, as T.
    reference: { formula: '2 * T / pi', name: '2T/π', meaning: 'the infinite lattice jumps to 0 where it meets 2T/π' },
  },
  {
    name: 'kt_ratio',
    longName: 'helicity modulus in units of 2T / pi; 1 where the Kosterlitz-Thouless jump of an infinite lattice is',
    units: '1',
    inputs: { bond: 'sc_bond', current: 'sc_current_squared' },
    formula: 'pi * (rho * bond - rho ** 2 * current / T) / (2 * T)',
  },
  {
    name: 'cdw_correlation_length',
    longName: 'second-moment correlation length of the charge order along x, sqrt(S(0) / S(k_min) - 1) / (2 sin(pi / L))',
    units: '1',
    inputs: { zero: 'cdw_structure_factor[0,0]', x: 'cdw_structure_factor[0,1]', y: 'cdw_structure_factor[1,0]' },
    formula: 'sqrt(2 * zero / (x + y) - 1) / (2 * sin(pi / L))',
  },
]

/** <|∇E|²> = T <∇²E> on the product of spheres: workers/kernels/o6-gradient.ts. */
export const identity: Identity = {
  name: 'configurational_temperature',
  longName: 'configurational temperature <|grad E|^2> / <laplacian E>; must be T',
  units: '1',
  inputs: ['gradient_squared', 'laplacian'],
  expected: 'T',
  statement: 'configurational temperature',
}

export const criticality: Criticality = {
  peaks: ['specific_heat', 'cdw_structure_factor[0,0]'],
  binder: 'sc_binder',
  powerLaws: () => 'no exponents: superconductivity sets in as Kosterlitz and Thouless describe, without power laws of a critical point',
}
