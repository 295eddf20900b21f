import { Sfc64, type Sfc64State } from '../../engine/random/sfc64.ts'
import type { GridPoint } from '../model.ts'
import { LANES } from './fields.ts'

/**
 * Starts every lane from a ground state at its point, as a quench from disorder freezes in stripes; its sign as likely as its weight.
 *
 * @param words the lattices, two 64-bit words a site
 * @param pointOf the point of each lane
 */
export function startSpins(words: BigUint64Array, size: number, stream: Sfc64State, pointOf: (lane: number) => GridPoint): void {
  const sites = size * size
  const start = new Sfc64(stream)
  const even = [start.next(), start.next()] as [bigint, bigint]
  const odd = [...even] as [bigint, bigint]
  for (let lane = 0; lane < LANES; lane++) {
    const { inverseTemperature, parameters } = pointOf(lane)
    const [J, h] = [parameters.J as number, parameters.h as number]
    const half = lane >> 6
    const bit = 1n << BigInt(lane & 63)
    const staggered = J < 0 && Math.abs(h) < 4 * Math.abs(J)
    if (h !== 0) {
      const moment = staggered ? sites % 2 : sites
      const up = start.uniform() < 1 / (1 + Math.exp(-2 * inverseTemperature * h * moment))
      for (const word of [even, odd]) word[half] = up ? (word[half] as bigint) | bit : (word[half] as bigint) & ~bit
    }
    if (staggered) odd[half] = (odd[half] as bigint) ^ bit
  }
  for (let site = 0; site < sites; site++) {
    words.set(((site % size) + Math.floor(site / size)) % 2 === 1 ? odd : even, 2 * site)
  }
}
