import type { Kernels } from '../memory/kernels.ts'
import type { Stepper } from '../model/model.ts'
import { type BundleMemory, type BundleSpec, MAX_TRAJECTORY, State } from './memory.ts'

/**
 * Parallel tempering inside one bundle: every ensemble (copy) exchanges temperatures between neighbours, even pairs in
 * even rounds and odd pairs in odd rounds, which moves replicas along the grid faster than random pairs do.
 *
 * An exchange of temperatures i < j is accepted with min(1, exp((β_i - β_j)(E_i - E_j))); the slots change lanes and the
 * lanes their temperatures, lattices stay where they are. Random numbers come from the bundle's own exchange stream, one
 * for each pair whether it is needed or not.
 *
 * Sources: Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996); Okabe et al., Chem. Phys. Lett. 335, 435 (2001);
 * Syed et al., J. R. Stat. Soc. B 84, 321 (2022).
 */
export class Exchange {
  readonly #memory: BundleMemory
  readonly #temperatures: number
  readonly #ensembles: number
  readonly #pairs: Int32Array

  constructor(spec: BundleSpec, memory: BundleMemory) {
    this.#memory = memory
    this.#temperatures = spec.temperatures.length
    this.#ensembles = spec.slots.length / spec.temperatures.length
    this.#pairs = new Int32Array(spec.slots.length)
  }

  /**
   * One round of exchanges.
   *
   * @param round counts from the start; its parity chooses the pairs
   * @param sample index of the sample just taken, or -1 while thermalising: then nothing is counted
   */
  round(round: number, sample: number, stepper: Stepper, kernels: Kernels): void {
    const counted = sample >= 0
    const { energy, lanes, inverseTemperature, attempted, accepted, uniform } = this.#memory
    const T = this.#temperatures
    const first = round % 2
    const perEnsemble = Math.floor((T - first) / 2)
    kernels.sfc64Uniform(this.#memory.randomAt, this.#memory.uniformAt, perEnsemble * this.#ensembles)
    let draw = 0
    let swaps = 0
    for (let ensemble = 0; ensemble < this.#ensembles; ensemble++) {
      for (let k = first; k + 1 < T; k += 2) {
        const i = ensemble * T + k
        const a = lanes[i] as number
        const b = lanes[i + 1] as number
        const exponent =
          ((inverseTemperature[i] as number) - (inverseTemperature[i + 1] as number)) *
          ((energy[a] as number) - (energy[b] as number))
        const accept = exponent >= 0 || (uniform[draw] as number) < Math.exp(exponent)
        draw++
        if (counted) attempted[k] = (attempted[k] as number) + 1
        if (!accept) continue
        if (counted) accepted[k] = (accepted[k] as number) + 1
        lanes[i] = b
        lanes[i + 1] = a
        this.#pairs[swaps++] = a
        this.#pairs[swaps++] = b
      }
    }
    stepper.exchange(this.#pairs, swaps / 2)
    if (counted) {
      this.#travel()
      this.#record(sample)
    }
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
