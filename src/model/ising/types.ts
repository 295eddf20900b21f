// What the types of the library know of the model; test/library holds them against its tables.

/** The 2D Ising model, H = -J Σ⟨ij⟩ s_i s_j - h Σ s_i on an L x L torus. */
export interface IsingTypes {
  readonly update: 'metropolis'
  readonly parameters: IsingParameters
  readonly along: 'h'
  readonly reflection: never
  readonly quantities: IsingQuantities
}

/** Parameters of the Ising model; k_B = 1. */
export interface IsingParameters {
  /** coupling; > 0 ferromagnet, < 0 antiferromagnet; default 1 */
  readonly J: number
  /** magnetic field; default 0 */
  readonly h: number
}

/** What is known of the Ising model at each temperature, and how. */
export interface IsingQuantities {
  /** energy per site */
  readonly energy: 'sampled'
  /** square of the energy per site */
  readonly energy_squared: 'measured'
  /** magnetization per site */
  readonly magnetization: 'sampled'
  /** absolute value of the magnetization per site */
  readonly abs_magnetization: 'measured'
  /** square of the magnetization per site */
  readonly magnetization_squared: 'measured'
  /** fourth power of the magnetization per site */
  readonly magnetization_fourth: 'measured'
  /** specific heat per site, N (<e^2> - <e>^2) / T^2 */
  readonly specific_heat: 'derived'
  /** susceptibility per site, N (<m^2> - <|m|>^2) / T */
  readonly susceptibility: 'derived'
  /** Binder ratio, 1 - <m^4> / (3 <m^2>^2) */
  readonly binder: 'derived'
  /** ratio of <s_i tanh(h_i/T)> to <tanh^2(h_i/T)>, h_i the local field; must be 1 */
  readonly callen_ratio: 'check'
}
