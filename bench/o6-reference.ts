import { hold } from './peer.ts'

/** Couplings of everything that is timed; the kernel's others, rho and a, are 1 by default and in the C program. */
export const COUPLINGS = { lambda: 1, g: 0.3, gPrime: 0, w: 0 } as const

/** Whole H per site with these couplings, from long runs of an independent program. */
export const REFERENCE = { size: 8, temperature: 0.35, energy: 0.94556, error: 0.00012 } as const

/** @throws Refusal where an energy at REFERENCE is not the reference's */
export function holdAtReference(what: string, energy: number, error: number): void {
  const { size, temperature } = REFERENCE
  hold(`${what} at L = ${size}, T = ${temperature}`, energy, Math.hypot(error, REFERENCE.error), REFERENCE.energy)
}
