import type { Kernels } from '../engine/kernels.ts'
import { type LadderMemory, MAX_TRAJECTORY, State } from './memory.ts'
import type { LadderSpec } from './spec.ts'

/**
 * Parallel tempering inside one ladder: every copy exchanges points between neighbours, even pairs in even rounds and odd
 * pairs in odd rounds, which moves replicas along the grid faster than random pairs do.
 *
 * The weight of a configuration x at point k is ln w_k(x) = -λ_k X(x) + terms that do not depend on k: λ = β and X = H for
 * temperatures, λ = β p and X = ∂H/∂p for a parameter p in which H is linear. An exchange of points i < j is accepted with
 * min(1, exp((λ_i - λ_j)(X_i - X_j))); the slots change lanes and the lanes their points, lattices stay where they are.
 * Random numbers come from the ladder's own exchange stream, one for each pair whether it is needed or not. The loop over
 * pairs is workers/kernels/exchange.ts.
 *
 * Sources: Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996); Okabe et al., Chem. Phys. Lett. 335, 435 (2001);
 * Syed et al., J. R. Stat. Soc. B 84, 321 (2022).
 */
export class Exchange {
  readonly #memory: LadderMemory
  readonly #points: number
  readonly #copies: number
  /** Lanes of one bundle. */
  readonly #width: number

  constructor(spec: LadderSpec, memory: LadderMemory) {
    this.#memory = memory
    this.#points = spec.points.length
    this.#copies = spec.slots.length / spec.points.length
    this.#width = memory.point.length / spec.bundles
  }

  /**
   * One round of exchanges; bundles whose lanes must be placed anew are noted in `changed`.
   *
   * @param round counts from the start; its parity chooses the pairs
   * @param sample index of the sample just taken, or -1 and less while thermalising: then nothing is counted
   */
  round(round: number, sample: number, kernels: Kernels): void {
    const { randomAt, exchangeAt, attempted, accepted } = this.#memory
    const { x, lambda, lanes, point, uniform, accepted: counts, pairs } = exchangeAt
    const first = round % 2
    kernels.sfc64Uniform(randomAt, uniform, Math.floor((this.#points - first) / 2) * this.#copies)
    this.#note(kernels.exchangePairs(x, lambda, lanes, point, uniform, counts, pairs, this.#points, this.#copies, first))
    if (sample < 0) {
      accepted.fill(0)
      return
    }
    for (let k = first; k + 1 < this.#points; k += 2) attempted[k] = (attempted[k] as number) + this.#copies
    this.#travel()
    this.#record(sample)
  }

  /** Notes the bundles of `count` pairs of lanes that were swapped. */
  #note(count: number): void {
    const { pairs, changed } = this.#memory
    if (changed.length === 1) {
      if (count > 0) changed[0] = 1
      return
    }
    for (let i = 0; i < 2 * count; i++) changed[Math.floor((pairs[i] as number) / this.#width)] = 1
  }

  /** A round trip is a way from the first point to the last and back. */
  #travel(): void {
    const { lanes, heading, roundTrips } = this.#memory
    const points = this.#points
    for (let copy = 0; copy < this.#copies; copy++) {
      const bottom = lanes[copy * points] as number
      const top = lanes[copy * points + points - 1] as number
      if (heading[bottom] === 2) roundTrips[bottom] = (roundTrips[bottom] as number) + 1
      heading[bottom] = 1
      if (heading[top] === 1) heading[top] = 2
    }
  }

  #record(sample: number): void {
    const { state, trajectory, lanes } = this.#memory
    const every = (state[State.trajectoryEvery] as number) || 1
    if (sample % every !== 0) return
    const width = lanes.length
    let row = state[State.trajectoryRows] as number
    if (row === MAX_TRAJECTORY) {
      for (let i = 1; i < MAX_TRAJECTORY / 2; i++) trajectory.copyWithin(i * width, 2 * i * width, (2 * i + 1) * width)
      row = MAX_TRAJECTORY / 2
      state[State.trajectoryEvery] = 2 * every
      state[State.trajectoryRows] = row
    }
    for (let slot = 0; slot < width; slot++) trajectory[row * width + (lanes[slot] as number)] = slot % this.#points
    state[State.trajectoryRows] = row + 1
  }
}
