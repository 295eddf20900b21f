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
  inputs: ['energy', 'energy_squared'],
  fluctuation: true,
  evaluate: ([e = 0, e2 = 0], { size, temperature }) => (size ** 2 * (e2 - e * e)) / temperature ** 2,
}
