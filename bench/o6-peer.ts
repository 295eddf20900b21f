import { COUPLINGS, holdAtReference, REFERENCE } from './o6-reference.ts'
import type { Sampled } from './o6-sampling.ts'
import { compileProgram } from './peer.ts'

/** One line of peers/o6.c, where its fields are explained. */
interface Line {
  readonly nanosecondsPerSite: number
  readonly energy: number
  readonly energyError: number
  readonly scOrderSquared: number
  readonly scOrderSquaredError: number
  readonly scOrderSquaredTau: number
  readonly cdwOrderSquared: number
  readonly cdwOrderSquaredError: number
  readonly cdwOrderSquaredTau: number
}

/** One run of a compiled peer. */
interface O6PeerRun {
  readonly nanosecondsPerSite: number
  readonly results: Sampled
}

/** A compiled peer. */
export type O6Peer = (size: number, temperature: number, sweeps: number, seed: number) => Promise<O6PeerRun>

/** Sweeps at the reference: some three seconds. */
const REFERENCE_SWEEPS = 400_000

/**
 * Compiles peers/o6.c for this machine and holds its energy against the reference.
 *
 * @param overrelax over-relaxation sweeps after each Metropolis sweep; the program as it stands has one
 * @returns undefined where there is no compiler
 * @throws Refusal where it does not compile or its physics is wrong
 */
export async function compileO6Peer(folder: string, overrelax = 1): Promise<O6Peer | undefined> {
  const program = compileProgram(folder, 'o6', [`-DOVERRELAX=${overrelax}`])
  if (!program) return undefined
  const { lambda, g, gPrime, w } = COUPLINGS
  const peer: O6Peer = async (size, temperature, sweeps, seed) => {
    const line = (await program([size, temperature, lambda, g, gPrime, w, sweeps, seed])) as Line
    // Wolff's eq. 42 with the program's own window, 6 tau.
    const tauError = (tau: number): number => tau * Math.sqrt((4 * (5 * tau + 0.5)) / sweeps)
    const { scOrderSquaredTau: sc, cdwOrderSquaredTau: cdw } = line
    return {
      nanosecondsPerSite: line.nanosecondsPerSite,
      results: {
        energy: { mean: line.energy, error: line.energyError, tau: Number.NaN, tauError: Number.NaN },
        sc_order_squared: { mean: line.scOrderSquared, error: line.scOrderSquaredError, tau: sc, tauError: tauError(sc) },
        cdw_order_squared: { mean: line.cdwOrderSquared, error: line.cdwOrderSquaredError, tau: cdw, tauError: tauError(cdw) },
      },
    }
  }
  const { energy } = (await peer(REFERENCE.size, REFERENCE.temperature, REFERENCE_SWEEPS, 1)).results
  holdAtReference("the peer's energy", energy.mean, energy.error)
  return peer
}
