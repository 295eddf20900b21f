import type { Parameter, Parameters } from '../model.ts'

/** Couplings beyond this would leave the range of the kernels' 32-bit floats when they are multiplied with each other. */
const LIMIT = 1e6
const inRange = (value: number): string | undefined =>
  Math.abs(value) > LIMIT ? `must lie between ${-LIMIT} and ${LIMIT}, for the kernels' 32-bit floats` : undefined

/**
 * Parameters of
 * H = (ρ/2) Σ⟨ij⟩ [ |ψ_i - ψ_j|² + λ |Φ_i - Φ_j|² ] + (ρ a²/2) Σ_i [ g q_i + g′ q_i² + w (A_i² + B_i²) ], k_B = 1.
 */
export const o6Parameters: readonly Parameter[] = [
  {
    name: 'rho',
    default: 1,
    describe: 'stiffness; > 0',
    refuse: (rho) => (rho > 0 ? inRange(rho) : 'must be above 0'),
  },
  { name: 'a', default: 1, describe: 'lattice constant in the on-site terms', refuse: inRange },
  { name: 'lambda', default: 1, describe: "stiffness of the charge order in units of the superconductor's", refuse: inRange },
  { name: 'g', default: 0.3, describe: 'cost of charge order; > 0 favours superconductivity', refuse: inRange },
  { name: 'gPrime', default: 0, describe: 'cost of charge order, quartic', refuse: inRange },
  { name: 'w', default: 0, describe: 'anisotropy: < 0 favours charge order along one axis, > 0 along both', refuse: inRange },
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
  const onSite = (rho * a * a) / 2
  return { rho, lambda, v1: onSite * g + 2 * rho * (lambda - 1), v2: onSite * gPrime, v3: onSite * w }
}
