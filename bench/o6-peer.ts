import { COUPLINGS, holdAtReference, REFERENCE } from './o6-reference.ts'
import { compileProgram } from './peer.ts'

/** One run of peers/o6.c, where its fields are explained. */
export interface O6PeerRun {
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
  const peer: O6Peer = async (size, temperature, sweeps, seed) =>
    (await program([size, temperature, lambda, g, gPrime, w, sweeps, seed])) as O6PeerRun
  const { energy, energyError } = await peer(REFERENCE.size, REFERENCE.temperature, REFERENCE_SWEEPS, 1)
  holdAtReference("the peer's energy", energy, energyError)
  return peer
}
