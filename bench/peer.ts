import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { kaufman } from '../src/model/ising/exact.ts'
import { Refusal } from './bench.ts'
import { fewTemperatures, SIZE } from './grid.ts'

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

/** What `npm run bench` prints where there is nothing to compare with. */
export const NO_COMPILER = 'skipped: there is no C compiler (cc), hence no peer to compare with'

/** Sweeps of one run: a fifth of a second or so. */
export const SWEEPS = 10_000

/** Standard errors that a right peer stays within: by 20 bins a wrong refusal has a chance of 1e-5. */
const MOST_ERRORS = 6

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
  const source = fileURLToPath(new URL('peers/ising.c', import.meta.url))
  const program = join(folder, `ising${flags.join('')}`)
  const compiler = spawnSync('cc', ['-O3', '-march=native', ...flags, '-o', program, source, '-lm'], { encoding: 'utf8' })
  if (compiler.error) return undefined
  if (compiler.status !== 0) throw new Refusal(`the peer does not compile: ${compiler.stderr.split('\n')[0]}`)
  const start = promisify(execFile)
  const peer: Peer = {
    run: async (temperature, sweeps, seed) => {
      const { stdout } = await start(program, [SIZE, temperature, sweeps, seed].map(String))
      return JSON.parse(stdout) as PeerRun
    },
  }
  for (const temperature of fewTemperatures) await holdAgainstKaufman(peer, temperature)
  return peer
}

async function holdAgainstKaufman(peer: Peer, temperature: number): Promise<void> {
  const { energy, energyError } = await peer.run(temperature, SWEEPS, 1)
  const exact = kaufman(SIZE, temperature).energy
  const errors = Math.abs(energy - exact) / energyError
  if (!(errors < MOST_ERRORS)) {
    throw new Refusal(
      `the peer's energy at T = ${temperature.toFixed(3)} is ${energy}, ${errors.toFixed(1)} errors from the exact ${exact.toFixed(6)}`,
    )
  }
}

/** Flips per nanosecond of all the rates together, each for the same number of flips: total flips by total time. */
export function together(rates: readonly number[]): number {
  return rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0)
}
