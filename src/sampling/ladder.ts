import { instantiateKernels, type Kernels } from '../engine/kernels.ts'
import type { GridPoint, Model, Stepper } from '../model/model.ts'
import { seedStream } from '../engine/random/seed.ts'
import { type Accumulator, strideOf } from './accumulator.ts'
import { Barrier } from '../engine/pool/barrier.ts'
import { BundleState, LadderMemory, State } from './memory.ts'
import { CHECK_EVERY, type LadderSpec, roundCount, seriesOf, sweepsAfter, thermalizationRounds } from './spec.ts'
import { Shares } from '../engine/pool/shares.ts'
import type { SchemeMemory } from './scheme.ts'
import { schemeOf } from './schemes/index.ts'

/**
 * Rounds of small lattices from one look at the clock to the next: a look costs as much as a few hundred flips. Odd, so
 * that it does not fall on the same rounds as the checks.
 */
const CLOCK_EVERY = 17
const SMALL = 4096
/** A round of many sweeps is cut into parts of about this length, to hear a stop in time. */
const SLICE_SECONDS = 0.02

/** One bundle of a ladder with its part of the shared memory. */
interface Bundle {
  readonly index: number
  readonly stepper: Stepper
  /** Numbers of BundleState. */
  readonly state: Float64Array
  readonly energy: Float64Array
  readonly slope: Float64Array
  /** The rung at which each of its lanes is. */
  readonly rung: Int32Array
  /** Its lanes that hold slots: 0, 1, 2 ... */
  readonly used: Int32Array
  /** What is read off its lanes, (value, lane), on its way to the slots, if it is one of several. */
  readonly read: Float64Array
}

/**
 * One ladder at work: thermalize, then round after round sweep, measure, take a sample, and do what its scheme says, such as
 * exchanges of replicas. While it thermalizes it is measured for the trace now and then, which changes nothing of what follows.
 *
 * What can be done bundle by bundle (sweep, measure, read off the sample) the members of a team share out;
 * what is done once (bins, scheme) belongs to the member that comes last to the barrier. All that lasts lies in shared
 * memory, so a ladder may stop between two sweeps and go on in other workers, and its numbers do not depend on them.
 */
export class Ladder {
  readonly #spec: LadderSpec
  readonly #model: Model
  readonly #memory: LadderMemory
  readonly #kernels: Kernels
  readonly #scheme: SchemeMemory
  readonly #points: readonly GridPoint[]
  readonly #rungOfSlot: Int32Array
  readonly #temperatureOf: (slot: number) => number
  /** Observables that a trace and a series are kept of. */
  readonly #seriesOf: readonly number[]
  readonly #rounds: number
  readonly #sweepsAtOnce: number
  readonly #bundles: (Bundle | undefined)[]
  readonly #open: (index: number) => Bundle
  /** @param offset of the ladder in `memory`, as the plan has laid it out */
  constructor(spec: LadderSpec, model: Model, module: WebAssembly.Module, memory: WebAssembly.Memory, offset: number) {
    this.#spec = spec
    this.#model = model
    this.#memory = new LadderMemory(memory.buffer, offset, spec)
    this.#kernels = instantiateKernels(module, memory)
    this.#points = spec.points.map(({ temperature, parameters }) => ({
      inverseTemperature: 1 / (spec.temperatures[temperature] as number),
      parameters,
    }))
    this.#rungOfSlot = Int32Array.from(spec.slots, ({ rung }) => rung)
    this.#temperatureOf = (slot) => 1 / (this.#points[this.#rungOfSlot[slot] as number] as GridPoint).inverseTemperature
    this.#seriesOf = seriesOf(spec.description)
    this.#rounds = roundCount(spec)
    this.#sweepsAtOnce = Math.max(1, Math.floor((1e9 * SLICE_SECONDS) / spec.sweepNanoseconds))
    this.#scheme = this.#memory.scheme
    this.#bundles = Array.from({ length: spec.bundles })
    this.#open = (index) => this.#openBundle(index, memory)
  }

  /**
   * Steps until all rounds are done, `stop` says so, or `seconds` have passed. Every member of a team must be called, on a
   * thread of its own, with a barrier that was reset before.
   *
   * @returns true when the ladder has nothing left to do
   */
  run(seconds: number, stop: () => boolean, member = 0, members = 1): boolean {
    const barrier = new Barrier(this.#memory.barrier, members)
    const shares = new Shares(this.#memory.claims, member, members)
    // The row of times that is this member's: a team has no more members than bundles.
    const times = this.#memory.bundles[member] as Float64Array
    try {
      return this.#run(shares, barrier, times, seconds, stop, members)
    } catch (error) {
      Barrier.break(this.#memory.barrier)
      throw error
    } finally {
      addTo(times, BundleState.waitSeconds, barrier.waitSeconds)
    }
  }

  #run(shares: Shares, barrier: Barrier, times: Float64Array, seconds: number, stop: () => boolean, members: number): boolean {
    const deadline = performance.now() + 1000 * seconds
    const late = (): boolean => performance.now() > deadline
    const pause = (): boolean => stop() || late()
    const every = this.#spec.description.lattice.sites > SMALL ? 1 : CLOCK_EVERY
    const { state } = this.#memory
    if (state[State.ready] !== 1) {
      const restored = state[State.ready] === 2
      for (const bundle of shares.own.map((index) => this.#bundleAt(index))) {
        if (restored) bundle.stepper.restore()
        else this.#initialise(bundle)
      }
      if (!barrier.meet(true, () => this.#begin(restored))) return false
    }
    // A team must decide together, so it looks at the flag when it first meets.
    let on = members > 1 || !stop()
    while (on && (state[State.rounds] as number) < this.#rounds) {
      const round = state[State.rounds] as number
      const timed = round % every === 0
      const weight = timed ? every : 0
      // Of many bundles a stop is heard between two; those that are done are only measured again.
      const finished = shares.take(round, (index) => !(index > 0 && stop()) && this.#step(this.#bundleAt(index), round, weight, pause))
      on = barrier.meet(finished, () => {
        this.#close(round, weight, times)
        state[State.rounds] = round + 1
        return round + 1 < this.#rounds && !stop() && !(timed && late())
      })
    }
    barrier.meet(true, () => {
      this.#memory.histogram.flush(this.#kernels)
      return false
    })
    return state[State.rounds] === this.#rounds
  }

  #bundleAt(index: number): Bundle {
    const known = this.#bundles[index]
    if (known) return known
    const bundle = this.#open(index)
    this.#bundles[index] = bundle
    return bundle
  }

  #openBundle(index: number, memory: WebAssembly.Memory): Bundle {
    const { size, parameters, update, moves, slots, scheme } = this.#spec
    const { bundles, modelsAt, energy, slope, rung, everyLane, read } = this.#memory
    const { lanes } = this.#model
    const [from, to] = [index * lanes, (index + 1) * lanes]
    const context = { memory, kernels: this.#kernels, offset: modelsAt[index] as number, size, parameters, update, moves }
    return {
      index,
      stepper: this.#model.open({ ...context, points: this.#points, along: scheme.along }),
      state: bundles[index] as Float64Array,
      energy: energy.subarray(from, to),
      slope: slope.subarray(from, to),
      rung: rung.subarray(from, to),
      used: everyLane.subarray(0, Math.min(to, slots.length) - from),
      read: read[index] as Float64Array,
    }
  }

  #initialise({ index, stepper, rung }: Bundle): void {
    const { slots, firstBundle } = this.#spec
    const first = index * rung.length
    for (let lane = 0; lane < rung.length; lane++) {
      rung[lane] = this.#rungOfSlot[Math.min(first + lane, slots.length - 1)] as number
    }
    stepper.initialise((name) => this.#stream(firstBundle + index, name), rung)
  }

  /** What a ladder has once; its bundles are there. */
  #begin(restored: boolean): boolean {
    const { lanes, state } = this.#memory
    if (!restored) for (let slot = 0; slot < lanes.length; slot++) lanes[slot] = slot
    this.#scheme.begin(restored, (name) => this.#stream(this.#spec.index, name))
    state[State.ready] = 1
    return true
  }

  #stream(index: number, name: string) {
    const { seed, simulation, parameters, points, temperatures, scheme } = this.#spec
    // Temperatures and parameters are part of the name: two jobs that differ in them share no random numbers.
    const all = scheme.along === undefined ? parameters : points.map((point) => point.parameters)
    return seedStream(seed, simulation, JSON.stringify([all, temperatures, schemeOf(this.#spec).seedWord(scheme)]), index, name)
  }

  /**
   * One bundle's part of a round.
   *
   * @param weight rounds that this one's times stand for; 0: the clock is left alone
   * @param pause asked between slices of a round of many sweeps
   * @returns false where it paused; the next call goes on with the round
   */
  #step(bundle: Bundle, round: number, weight: number, pause: () => boolean): boolean {
    const { stepper, state, energy, slope } = bundle
    this.#place(bundle, weight)
    const sample = round - thermalizationRounds(this.#spec)
    const target = sweepsAfter(this.#spec, round)
    const start = weight > 0 ? performance.now() : 0
    // A bundle that comes back to a round that it has begun has made its global move.
    if (state[BundleState.sweeps] === (round === 0 ? 0 : sweepsAfter(this.#spec, round - 1))) stepper.moveGlobally?.()
    for (let done = state[BundleState.sweeps] as number; done < target; ) {
      const slice = Math.min(target - done, this.#sweepsAtOnce)
      stepper.sweep(slice, sample < 0)
      done += slice
      state[BundleState.sweeps] = done
      if (done < target && pause()) {
        if (weight > 0) addTo(state, BundleState.sweepSeconds, (weight * (performance.now() - start)) / 1000)
        return false
      }
    }
    const swept = weight > 0 ? performance.now() : 0
    const traced = this.#memory.trace.isDue(round)
    if (sample >= 0 || traced || this.#scheme.everyRound) stepper.measure(energy, slope)
    if (sample >= 0) this.#sample(bundle, sample)
    else if (traced) this.#readOff(bundle)
    if (weight > 0) {
      addTo(state, BundleState.sweepSeconds, (weight * (swept - start)) / 1000)
      addTo(state, BundleState.measureSeconds, (weight * (performance.now() - swept)) / 1000)
    }
    return true
  }

  /** Reads one bundle's part of a sample; a bundle that pauses and comes back here reads the same again. */
  #sample(bundle: Bundle, sample: number): void {
    const { stepper, index, used, rung } = bundle
    const { lanes, checks, snapshots, diagnostics } = this.#memory
    const checked = sample % CHECK_EVERY === 0
    if (checked) stepper.diagnose?.(diagnostics[index] as Float64Array)
    this.#readOff(bundle)
    if (checked && this.#spec.bundles === 1) {
      stepper.measureIdentity(checks.sample, this.#rungOfSlot, lanes, checks.stride)
    } else if (checked) {
      stepper.measureIdentity(bundle.read, rung, used, strideOf(used.length))
      this.#scatter(bundle, checks)
    }
    if (this.#isSnapshot(sample)) {
      const bytes = snapshots.length / (this.#spec.snapshotsDue.length * this.#spec.bundles)
      const taken = this.#memory.state[State.snapshotsTaken] as number
      snapshots.set(stepper.configurations(), (taken * this.#spec.bundles + index) * bytes)
    }
  }

  /** Reads all columns of one bundle into the sample, which nobody has to take. */
  #readOff(bundle: Bundle): void {
    const { stepper, energy, used } = bundle
    const { lanes, samples } = this.#memory
    if (this.#spec.bundles === 1) {
      stepper.sample(samples.sample, energy, lanes, samples.stride)
    } else {
      stepper.sample(bundle.read, energy, used, strideOf(used.length))
      this.#scatter(bundle, samples)
    }
  }

  /** From lanes to slots: a ladder of several bundles holds one copy, so that slots are rungs. */
  #scatter({ rung, used, read }: Bundle, { sample, observables, stride }: Accumulator): void {
    const width = strideOf(used.length)
    for (let k = 0; k < observables; k++) {
      for (let lane = 0; lane < used.length; lane++) {
        sample[k * stride + (rung[lane] as number)] = read[k * width + lane] as number
      }
    }
  }

  #isSnapshot(sample: number): boolean {
    return sample === this.#spec.snapshotsDue[this.#memory.state[State.snapshotsTaken] as number]
  }

  /** What is done once a round, when all bundles have been measured. */
  #close(round: number, weight: number, times: Float64Array): void {
    const sample = round - thermalizationRounds(this.#spec)
    const start = weight > 0 ? performance.now() : 0
    const { trace, samples } = this.#memory
    if (sample >= 0) this.#take(sample)
    if (trace.isDue(round)) trace.take(samples.sample, samples.stride, this.#seriesOf)
    const taken = weight > 0 ? performance.now() : 0
    this.#scheme.afterRound(round, sample, this.#kernels)
    if (weight > 0) {
      addTo(times, BundleState.measureSeconds, (weight * (taken - start)) / 1000)
      addTo(times, BundleState.exchangeSeconds, (weight * (performance.now() - taken)) / 1000)
    }
  }

  #take(sample: number): void {
    const { samples, checks, histogram, series, lanes, snapshotLanes, state } = this.#memory
    samples.add(this.#kernels)
    histogram.add(this.#kernels, samples.sampleAt, samples.stride, this.#temperatureOf)
    if (sample % CHECK_EVERY === 0) checks.add(this.#kernels)
    if (series.length > 0) this.#keepSeries(sample)
    if (this.#isSnapshot(sample)) {
      const taken = state[State.snapshotsTaken] as number
      snapshotLanes.set(lanes, taken * lanes.length)
      state[State.snapshotsTaken] = taken + 1
    }
  }

  #keepSeries(sample: number): void {
    const { samples, series } = this.#memory
    const { slots, stride } = samples
    const kept = this.#seriesOf
    for (let row = 0; row < kept.length; row++) {
      const at = (kept[row] as number) * stride
      series.set(samples.sample.subarray(at, at + slots), (sample * kept.length + row) * slots)
    }
  }

  #place({ index, stepper, rung, state }: Bundle, weight: number): void {
    const { changed } = this.#scheme
    if (changed[index] !== 1) return
    const start = weight > 0 ? performance.now() : 0
    stepper.setPoints(rung)
    changed[index] = 0
    if (weight > 0) addTo(state, BundleState.exchangeSeconds, (weight * (performance.now() - start)) / 1000)
  }
}

function addTo(values: Float64Array, index: number, value: number): void {
  values[index] = (values[index] as number) + value
}
