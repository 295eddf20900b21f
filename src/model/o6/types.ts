// What the types of the library know of the model; test/library holds them against its tables.

/** The six-component model of superconductivity and charge order on an L x L torus. */
export interface O6Types {
  readonly update: 'heat-bath' | 'metropolis'
  readonly parameters: O6Parameters
  readonly along: 'rho' | 'lambda' | 'g' | 'gPrime' | 'w'
  readonly reflection: 'psi' | 'phi-x' | 'phi-y' | 'phi' | 'all' | 'swap'
  readonly quantities: O6Quantities
}

/** Parameters of the six-component model; k_B = 1. */
export interface O6Parameters {
  /** stiffness; > 0; default 1 */
  readonly rho: number
  /** lattice constant in the on-site terms; default 1 */
  readonly a: number
  /** stiffness of the charge order in units of the superconductor's; default 1 */
  readonly lambda: number
  /** cost of charge order; > 0 favours superconductivity; default 0.3 */
  readonly g: number
  /** cost of charge order, quartic; default 0 */
  readonly gPrime: number
  /** anisotropy: < 0 favours charge order along one axis, > 0 along both; default 0 */
  readonly w: number
}

/** What is known of the six-component model at each temperature, and how. */
export interface O6Quantities {
  /** energy per site */
  readonly energy: 'sampled'
  /** square of the energy per site */
  readonly energy_squared: 'measured'
  /** superconducting order (M1^2 + M2^2) / N^2 */
  readonly sc_order_squared: 'sampled'
  /** square of the superconducting order ((M1^2 + M2^2) / N^2)^2 */
  readonly sc_order_fourth: 'measured'
  /** charge order (M3^2 + M4^2 + M5^2 + M6^2) / N^2 */
  readonly cdw_order_squared: 'sampled'
  /** share of charge order n3^2 + n4^2 + n5^2 + n6^2 of a site */
  readonly cdw_fraction: 'sampled'
  /** absolute value of the nematic order I, the mean of n3^2 + n4^2 - n5^2 - n6^2 */
  readonly nematic_order: 'sampled'
  /** square of the nematic order I */
  readonly nematic_order_squared: 'measured'
  /** n_i1 n_j1 + n_i2 n_j2 of the bonds along one axis per site, mean over both axes */
  readonly sc_bond: 'sampled'
  /** squared sum of n_i1 n_j2 - n_i2 n_j1 over the bonds along one axis per site, mean over both axes */
  readonly sc_current_squared: 'sampled'
  /** structure factor of the charge order along x, S(k) = sum over n3, n4 of |sum_r n_r e^(ikr)|^2 / N */
  readonly cdw_structure_factor: 'array'
  /** specific heat per site, N (<e^2> - <e>^2) / T^2 */
  readonly specific_heat: 'derived'
  /** Binder ratio of the superconducting order, 1 - <psi^4> / (3 <psi^2>^2) */
  readonly sc_binder: 'derived'
  /** helicity modulus of the superconductor, rho <bond> - rho^2 <current^2> / T */
  readonly helicity_modulus: 'derived'
  /** helicity modulus in units of 2T / pi; 1 where the Kosterlitz-Thouless jump of an infinite lattice is */
  readonly kt_ratio: 'derived'
  /** second-moment correlation length of the charge order along x, sqrt(S(0) / S(k_min) - 1) / (2 sin(pi / L)) */
  readonly cdw_correlation_length: 'derived'
  /** configurational temperature <|grad E|^2> / <laplacian E>; must be T */
  readonly configurational_temperature: 'check'
}
