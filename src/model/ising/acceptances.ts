import type { GridPoint, Parameters } from '../model.ts'

/** Below this size the kernel without a field is not ergodic; see workers/kernels/ising.ts. */
export const SMALLEST_PLAIN = 6
/** Numbers of neighbours that may be up. */
export const KS = [0, 1, 2, 3, 4]

/** True if sweeps run on ising-field.ts. Lanes that run together all do if one of them must. */
export function usesFieldKernel(size: number, parameters: Parameters): boolean {
  return parameters.h !== 0 || size < SMALLEST_PLAIN
}

/**
 * A probability in 32 bits, as the kernels compare it: 0 and 1 themselves cannot be met, which shifts an acceptance by at
 * most 2^-32.
 */
export function threshold(probability: number): number {
  return Math.min(2 ** 32 - 1, Math.round(probability * 2 ** 32))
}

/** Local field on a spin with k of its four neighbours up. */
export function localField(k: number, { J = 1, h = 0 }: Parameters): number {
  return J * (2 * k - 4) + h
}

/** Probabilities whose masks a kernel walks: of exactly one and no opposing neighbour, or of each k against the field. */
export function acceptances({ inverseTemperature: beta, parameters }: GridPoint, field: boolean): number[] {
  if (!field) {
    const J = Math.abs(parameters.J as number)
    return [Math.exp(-4 * beta * J), Math.exp(-8 * beta * J)]
  }
  return KS.map((k) => Math.exp(-2 * beta * Math.abs(localField(k, parameters))))
}
