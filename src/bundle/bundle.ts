import { instantiateKernels, type Kernels } from '../memory/kernels.ts'
import type { Model, Stepper } from '../model/model.ts'
import { seedStream } from '../random/seed.ts'
import { Exchange } from './exchange.ts'
import { BundleMemory, type BundleSpec, CHECK_EVERY, State, thermalizationRounds } from './memory.ts'

/**
 * Rounds of small lattices from one look at the clock to the next: a look costs as much as a few hundred flips. Odd, so
 * that it does not fall on the same rounds as the checks.
 */
const CLOCK_EVERY = 17
const SMALL = 4096
/** A round of many sweeps is cut into parts of about this length, to hear a stop in time. */
const SLICE_SECONDS = 0.02

/**
 * Sample index after which the k-th of `events` snapshots is kept: evenly spread, the last one at the very end.
 */
export function snapshotSample(k: number, events: number, samples: number): number {
  return Math.floor(((k + 1) * samples) / events) - 1
}

/**
 * One bundle at work: thermalise, then round after round sweep, measure, take a sample, exchange temperatures.
 * All that lasts lies in shared memory, so a bundle may stop between two sweeps and go on in another worker.
 */
export class Bundle {
  readonly #spec: BundleSpec
  readonly #model: Model
  readonly #memory: BundleMemory
  readonly #kernels: Kernels
  readonly #stepper: Stepper
  readonly #exchange: Exchange | undefined
  readonly #sweepsAtOnce: number

  /** @param offset of the bundle in `memory`, as the plan has laid it out */
  constructor(spec: BundleSpec, model: Model, module: WebAssembly.Module, memory: WebAssembly.Memory, offset: number) {
    this.#spec = spec
    this.#model = model
    this.#memory = new BundleMemory(memory.buffer, offset, spec, model)
    this.#kernels = instantiateKernels(module, memory)
    const { size, parameters, update } = spec
    this.#stepper = model.open({ memory, kernels: this.#kernels, offset: this.#memory.modelAt, size, parameters, update })
    this.#sweepsAtOnce = Math.max(1, Math.floor((1e9 * SLICE_SECONDS) / model.cost(size, parameters)))
    this.#exchange = spec.tempering ? new Exchange(spec, this.#memory) : undefined
  }

  /** Rounds there are to do, thermalization included. */
  get rounds(): number {
    return thermalizationRounds(this.#spec) + this.#spec.samples
  }

  /**
   * Steps until all rounds are done, `stop` says so, or `seconds` have passed.
   *
   * @returns true when the bundle has nothing left to do
   */
  run(seconds: number, stop: () => boolean): boolean {
    if (this.#memory.state[State.ready] !== 1) this.#initialise()
    const deadline = performance.now() + 1000 * seconds
    const every = this.#spec.size ** 2 > SMALL ? 1 : CLOCK_EVERY
    const { state } = this.#memory
    for (let round = state[State.rounds] as number; round < this.rounds; round++) {
      if (stop()) return false
      const timed = round % every === 0
      if (timed && performance.now() > deadline) return false
      if (!this.#round(round, timed ? every : 0, () => stop() || performance.now() > deadline)) return false
      state[State.rounds] = round + 1
    }
    return true
  }

  #initialise(): void {
    const { seed, simulation, parameters, tempering, index, slots, temperatures } = this.#spec
    const { inverseTemperature, lanes, state, random } = this.#memory
    // Temperatures and parameters are part of the name: two jobs that differ in them share no random numbers.
    const physics = JSON.stringify([parameters, temperatures, tempering])
    const stream = (name: string) => seedStream(seed, simulation, physics, index, name)
    for (let slot = 0; slot < slots.length; slot++) {
      inverseTemperature[slot] = 1 / (temperatures[slots[slot]?.temperature ?? 0] as number)
      lanes[slot] = slot
    }
    // Lanes that no slot uses run along at the last temperature.
    const byLane = Float64Array.from(
      { length: this.#model.lanes },
      (_, lane) => inverseTemperature[Math.min(lane, slots.length - 1)] as number,
    )
    const exchange = stream('exchange')
    random.set([exchange.a, exchange.b, exchange.c, exchange.counter])
    this.#stepper.initialise(stream, byLane)
    state[State.ready] = 1
  }

  /**
   * @param weight rounds that this one's times stand for; 0: the clock is left alone
   * @param pause asked between slices of a round of many sweeps
   * @returns false where it paused; the next call goes on with the round
   */
  #round(round: number, weight: number, pause: () => boolean): boolean {
    const { measureEvery, thermalization, tempering } = this.#spec
    const { state, energy } = this.#memory
    const sample = round - thermalizationRounds(this.#spec)
    const sweeps = sample < 0 ? Math.min(measureEvery, thermalization - round * measureEvery) : measureEvery
    const start = weight > 0 ? performance.now() : 0
    for (let done = state[State.sweepsOfRound] as number; done < sweeps; ) {
      const slice = Math.min(sweeps - done, this.#sweepsAtOnce)
      this.#stepper.sweep(slice)
      done += slice
      state[State.sweeps] = (state[State.sweeps] as number) + slice
      state[State.sweepsOfRound] = done
      if (done < sweeps && pause()) {
        if (weight > 0) state[State.sweepSeconds] = (state[State.sweepSeconds] as number) + (weight * (performance.now() - start)) / 1000
        return false
      }
    }
    state[State.sweepsOfRound] = 0
    const swept = weight > 0 ? performance.now() : 0
    if (sample >= 0 || tempering) this.#stepper.measure(energy)
    if (sample >= 0) this.#take(sample)
    const measured = weight > 0 ? performance.now() : 0
    this.#exchange?.round(round, sample, this.#stepper, this.#kernels)
    if (weight > 0) {
      const scale = weight / 1000
      state[State.sweepSeconds] = (state[State.sweepSeconds] as number) + scale * (swept - start)
      state[State.measureSeconds] = (state[State.measureSeconds] as number) + scale * (measured - swept)
      state[State.exchangeSeconds] = (state[State.exchangeSeconds] as number) + scale * (performance.now() - measured)
    }
    return true
  }

  #take(sample: number): void {
    const { lanes, samples, checks, energy, inverseTemperature, series, state } = this.#memory
    this.#stepper.sample(samples.sample, energy, lanes, samples.stride)
    samples.add(this.#kernels)
    if (sample % CHECK_EVERY === 0) {
      this.#stepper.check(checks.sample, inverseTemperature, lanes, checks.stride)
      checks.add(this.#kernels)
    }
    if (series.length > 0) this.#keepSeries(sample)
    const events = this.#spec.snapshotEvents
    const taken = state[State.snapshotsTaken] as number
    if (taken < events && sample === snapshotSample(taken, events, this.#spec.samples)) this.#keepSnapshot(taken)
  }

  #keepSeries(sample: number): void {
    const { samples, series } = this.#memory
    const { slots, stride } = samples
    let row = 0
    this.#model.observables.forEach((observable, k) => {
      if (!observable.series) return
      const from = samples.sample.subarray(k * stride, k * stride + slots)
      series.set(from, (row++ * this.#spec.samples + sample) * slots)
    })
  }

  #keepSnapshot(event: number): void {
    const { snapshots, snapshotLanes, lanes, state } = this.#memory
    const bytes = this.#model.snapshot.bytes(this.#spec.size)
    snapshots.set(this.#stepper.configurations(), event * bytes)
    snapshotLanes.set(lanes, event * lanes.length)
    state[State.snapshotsTaken] = event + 1
  }
}
