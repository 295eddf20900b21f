import { kaufman } from '../src/model/ising/exact.ts'
import { fewTemperatures, SIZE } from './grid.ts'
import { compileProgram, hold } from './peer.ts'

/** One run of peers/ising.c. */
interface PeerRun {
  readonly flipsPerNanosecond: number
  readonly energy: number
  readonly energyError: number
}

/** A compiled peer. */
export interface Peer {
  run(temperature: number, sweeps: number, seed: number): Promise<PeerRun>
}

/** Sweeps of one run: a fifth of a second or so. */
export const SWEEPS = 10_000

/** The peer as one writes it first, and with the `if` taken out of its inner loop; see peers/ising.c. */
export interface Peers {
  readonly plain: Peer
  readonly branchless: Peer
}

/** @returns undefined where there is no compiler */
export async function compilePeers(folder: string): Promise<Peers | undefined> {
  const plain = await compilePeer(folder)
  const branchless = await compilePeer(folder, ['-DBRANCHLESS'])
  return plain && branchless && { plain, branchless }
}

/**
 * Compiles peers/ising.c for this machine and holds its energies against Kaufman's.
 *
 * @returns undefined where there is no compiler
 * @throws Refusal where it does not compile or its physics is wrong
 */
export async function compilePeer(folder: string, flags: readonly string[] = []): Promise<Peer | undefined> {
  const program = compileProgram(folder, 'ising', flags)
  if (!program) return undefined
  const run: Peer['run'] = async (temperature, sweeps, seed) => (await program([SIZE, temperature, sweeps, seed])) as PeerRun
  for (const temperature of fewTemperatures) {
    const { energy, energyError } = await run(temperature, SWEEPS, 1)
    hold(`the peer's energy at T = ${temperature.toFixed(3)}`, energy, energyError, kaufman(SIZE, temperature).energy)
  }
  return { run }
}

/** Flips per nanosecond of all the rates together, each for the same number of flips: total flips by total time. */
export function together(rates: readonly number[]): number {
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0)
}
