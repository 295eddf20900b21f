import type { Identity, Criticality, Derived, Observable, Parameters } from '../model.ts'
import { energySquared, specificHeat } from '../specific-heat.ts'
import { TC_ISING } from './exact.ts'

const symmetric = (parameters: Parameters): boolean => parameters.h === 0

/** Per site; the order is the order of samples in memory. */
export const observables: readonly Observable[] = [
  { name: 'energy', longName: 'energy per site', units: '1', series: true },
  energySquared,
  { name: 'magnetization', longName: 'magnetization per site', units: '1', series: true, odd: symmetric },
  {
    name: 'abs_magnetization',
    longName: 'absolute value of the magnetization per site',
    units: '1',
    of: { observable: 'magnetization', by: 'absolute' },
  },
  {
    name: 'magnetization_squared',
    longName: 'square of the magnetization per site',
    units: '1',
    of: { observable: 'magnetization', by: 'square' },
  },
  {
    name: 'magnetization_fourth',
    longName: 'fourth power of the magnetization per site',
    units: '1',
    of: { observable: 'magnetization_squared', by: 'square' },
  },
]

export const derived: readonly Derived[] = [
  specificHeat,
  {
    name: 'susceptibility',
    longName: 'susceptibility per site, N (<m^2> - <|m|>^2) / T',
    units: '1',
    inputs: { m: 'abs_magnetization', m2: 'magnetization_squared' },
    formula: 'N * (m2 - m * m) / T',
    fluctuation: true,
  },
  {
    name: 'binder',
    longName: 'Binder ratio, 1 - <m^4> / (3 <m^2>^2)',
    units: '1',
    inputs: { m2: 'magnetization_squared', m4: 'magnetization_fourth' },
    formula: '1 - m4 / (3 * m2 * m2)',
  },
]

/**
 * Given its neighbours a spin is up with probability e^{βh}/(e^{βh} + e^{-βh}), so its average is tanh βh_i; multiplied
 * by any function of the neighbours, here tanh βh_i itself, and averaged (Callen 1963, a Schwinger-Dyson equation).
 */
export const identity: Identity = {
  name: 'callen_ratio',
  longName: 'ratio of <s_i tanh(h_i/T)> to <tanh^2(h_i/T)>, h_i the local field; must be 1',
  units: '1',
  expected: '1',
  inputs: ['callen_spin_field', 'callen_field_squared', 'callen_variance'],
  statement: 'Callen identity <s tanh(h/T)> = <tanh^2(h/T)>',
}

export const criticality: Criticality = {
  peaks: ['specific_heat', 'susceptibility'],
  binder: 'binder',
  powerLaws: ({ J = 1, h = 0 }) => {
    if (h !== 0) return `no exponents: a field (h = ${h}) leaves no transition`
    if (J < 0) return `no exponents: an antiferromagnet (J = ${J}) orders in the staggered magnetization, which is not measured`
    return {
      order: 'abs_magnetization',
      susceptibility: 'susceptibility',
      correction: { nu: 1, omega: 7 / 4 },
      exact: { criticalTemperature: TC_ISING * J, nu: 1, gammaOverNu: 7 / 4, betaOverNu: 1 / 8 },
    }
  },
}
