import { square } from '../../lattice/square.ts'
import type { Model } from '../model.ts'
import { COMPONENTS, LANES, o6Fields } from './fields.ts'
import { identity, criticality, derived, observables } from './observables.ts'
import { o6Parameters, refuseO6 } from './parameters.ts'
import { o6Physics } from './physics.ts'
import { reflections } from './reflections.ts'
import { diagnostics, openO6 } from './stepper.ts'

/**
 * The six-component model of superconductivity and charge order on an L x L torus; H in parameters.ts.
 *
 * Source: Hayward, Hawthorn, Melko, Sachdev, Science 343, 1336 (2014).
 */
export const o6: Model = {
  name: 'o6',
  version: '0.2.0',
  title: 'Six-component model of superconductivity and charge order',
  lattice: square,
  lanes: LANES,
  updates: ['heat-bath', 'metropolis'],
  moves: { overrelax: 2, cluster: 0, reflections },
  parameters: o6Parameters,
  refuse: refuseO6,
  linear: ['rho', 'lambda', 'g', 'gPrime', 'w'],
  maxSize: 5000,
  observables,
  derived,
  identity,
  diagnostics,
  criticality,
  physics: o6Physics,
  orders: ['sc_order_squared', 'cdw_order_squared', 'nematic_order'],
  table: ['energy', 'specific_heat', 'helicity_modulus', 'kt_ratio', 'cdw_structure_factor[0,0]', 'cdw_correlation_length'],
  fields: o6Fields,
  open: openO6,
  configuration: {
    longName: 'unit vectors of six components',
    components: { count: COMPONENTS, longName: 'component: 0, 1 superconducting; 2, 3 charge order along x; 4, 5 along y' },
    type: 'float32',
    storage: 'interleaved',
    look: { hue: 'superconducting phase', dark: 'charge order' },
  },
  cost: (size, _, update, { overrelax, cluster }) =>
    LANES * size * size * ((update === 'metropolis' ? 22 : 18) + 8 * overrelax + 20 * cluster),
}
