import type { Parameter, Parameters } from '../model.ts'

/** Largest size of a coupling: products of couplings stay far inside the range of the kernels' 32-bit floats. */
const LIMIT = 1e6
/**
 * Least on-site coupling. A large positive one presses q to 0, where floats are fine; a large negative one presses it to 1,
 * where they are good to 10^-7, and that much of the coupling is the error of the energy.
 */
const LOWEST = -1e4
const within = (low: number, high: number) => (value: number) =>
  value < low || value > high ? `must lie between ${low} and ${high}, for the kernels' 32-bit floats` : undefined
const onSite = within(LOWEST, LIMIT)

/**
 * Parameters of
 * H = (ρ/2) Σ⟨ij⟩ [ |ψ_i - ψ_j|² + λ |Φ_i - Φ_j|² ] + (ρ a²/2) Σ_i [ g q_i + g′ q_i² + w (A_i² + B_i²) ], k_B = 1.
 */
export const o6Parameters: readonly Parameter[] = [
  {
    name: 'rho',
    default: 1,
    describe: 'stiffness; > 0',
    refuse: (rho) => (rho > 0 ? within(0, LIMIT)(rho) : 'must be above 0'),
  },
  { name: 'a', default: 1, describe: 'lattice constant in the on-site terms', refuse: within(-1000, 1000) },
  {
    name: 'lambda',
    default: 1,
    describe: "stiffness of the charge order in units of the superconductor's",
    refuse: within(LOWEST, -LOWEST),
  },
  { name: 'g', default: 0.3, describe: 'cost of charge order; > 0 favours superconductivity', refuse: onSite },
  { name: 'gPrime', default: 0, describe: 'cost of charge order, quartic', refuse: onSite },
  { name: 'w', default: 0, describe: 'anisotropy: < 0 favours charge order along one axis, > 0 along both', refuse: onSite },
]

/** An on-site term that a = 0 takes away is more likely a slip than a wish. */
export function refuseO6(parameters: Parameters): { readonly parameter: string; readonly reason: string } | undefined {
  const lost = ['g', 'gPrime', 'w'].filter((name) => parameters[name] !== 0)
  if (parameters.a !== 0 || lost.length === 0) return undefined
  const named = lost.map((name) => `${name} = ${parameters[name]}`).join(', ')
  return { parameter: 'a', reason: `${named} would have no effect; give another a, or set ${lost.map((name) => `${name} = 0`).join(', ')}` }
}

/**
 * H = 2Nρ - ρ Σ⟨ij⟩ [ψ·ψ′ + λ Φ·Φ′] + Σ_i V, V = v1 q + v2 q² + v3 (A² + B²): the same with |n| = 1 used. The one place
 * where kernels and observables take these constants from.
 */
export function couplingsOf({ rho = 1, a = 1, lambda = 1, g = 0, gPrime = 0, w = 0 }: Parameters): {
  readonly rho: number
  readonly lambda: number
  readonly v1: number
  readonly v2: number
  readonly v3: number
} {
  const factor = (rho * a * a) / 2
  return { rho, lambda, v1: factor * g + 2 * rho * (lambda - 1), v2: factor * gPrime, v3: factor * w }
}
