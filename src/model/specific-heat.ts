import type { Derived, Observable } from './model.ts'

/** The same of every model, which makes its specific heat. */
export const energySquared: Observable = {
  name: 'energy_squared',
  longName: 'square of the energy per site',
  units: '1',
  of: { observable: 'energy', by: 'square' },
}

/** The same of every model, from its observables `energy` and `energy_squared` per site. */
export const specificHeat: Derived = {
  name: 'specific_heat',
  longName: 'specific heat per site, N (<e^2> - <e>^2) / T^2',
  units: '1',
  inputs: { e: 'energy', e2: 'energy_squared' },
  formula: 'N * (e2 - e * e) / T ** 2',
  fluctuation: true,
}
