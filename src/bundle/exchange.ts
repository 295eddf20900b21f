import type { Kernels } from '../memory/kernels.ts'
import type { Stepper } from '../model/model.ts'
import { type BundleMemory, type BundleSpec, MAX_TRAJECTORY, State } from './memory.ts'

/**
 * Parallel tempering inside one bundle: every ensemble (copy) exchanges temperatures between neighbours, even pairs in
 * even rounds and odd pairs in odd rounds, which moves replicas along the grid faster than random pairs do.
 *
 * An exchange of temperatures i < j is accepted with min(1, exp((β_i - β_j)(E_i - E_j))); the slots change lanes and the
 * lanes their temperatures, lattices stay where they are. Random numbers come from the bundle's own exchange stream, one
 * for each pair whether it is needed or not. The loop over pairs is workers/kernels/exchange.ts.
 *
 * Sources: Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996); Okabe et al., Chem. Phys. Lett. 335, 435 (2001);
 * Syed et al., J. R. Stat. Soc. B 84, 321 (2022).
 */
export class Exchange {
  readonly #memory: BundleMemory
  readonly #temperatures: number
  readonly #ensembles: number

  constructor(spec: BundleSpec, memory: BundleMemory) {
    this.#memory = memory
    this.#temperatures = spec.temperatures.length
    this.#ensembles = spec.slots.length / spec.temperatures.length
  }

  /**
   * One round of exchanges.
   *
   * @param round counts from the start; its parity chooses the pairs
   * @param sample index of the sample just taken, or -1 and less while thermalising: then nothing is counted
   */
  round(round: number, sample: number, stepper: Stepper, kernels: Kernels): void {
    const { randomAt, exchangeAt, attempted, accepted } = this.#memory
    const { energy, inverseTemperature, lanes, uniform, accepted: counts, pairs } = exchangeAt
    const T = this.#temperatures
    const first = round % 2
    kernels.sfc64Uniform(randomAt, uniform, Math.floor((T - first) / 2) * this.#ensembles)
    const swaps = kernels.exchangePairs(energy, inverseTemperature, lanes, uniform, counts, pairs, T, this.#ensembles, first)
    stepper.exchange(pairs, swaps)
    if (sample < 0) {
      accepted.fill(0)
      return
    }
    for (let k = first; k + 1 < T; k += 2) attempted[k] = (attempted[k] as number) + this.#ensembles
    this.#travel()
    this.#record(sample)
  }

  /** A round trip is a way from the lowest temperature to the highest and back. */
  #travel(): void {
    const { lanes, heading, roundTrips } = this.#memory
    const T = this.#temperatures
    for (let ensemble = 0; ensemble < this.#ensembles; ensemble++) {
      const bottom = lanes[ensemble * T] as number
      const top = lanes[ensemble * T + T - 1] as number
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
    for (let slot = 0; slot < width; slot++) trajectory[row * width + (lanes[slot] as number)] = slot % this.#temperatures
    state[State.trajectoryRows] = row + 1
  }
}
