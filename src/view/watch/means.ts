import type { LiveLadder } from '../../run/live.ts'
import type { SimulationPlan } from '../../job/plan.ts'
import { gammaMethod } from '../../statistics/autocorrelation.ts'
import { splitRhat } from '../../statistics/convergence.ts'

/** Copies of a temperature that are looked at one by one; means are over all of them. */
const MOST_COPIES = 64
/** Attempts to read sums that workers are adding to. */
const MOST_TRIES = 4

/** Where one replica's place is. */
export interface Seat {
  readonly live: LiveLadder
  readonly slot: number
}

/** What is known of one ladder's slots, in the order of `slots`. */
interface Known {
  readonly slots: Int32Array
  /** Index of the temperature of each. */
  readonly temperatures: Int32Array
  readonly totals: Float64Array
  /** Sums that the means hold already. */
  readonly sums: Float64Array
  samples: number
}

/**
 * Means of one observable of one simulation, read out of shared memory while workers are in it, without ever making them wait.
 *
 * Both kinds of reading are cut into pieces of bounded cost: `refresh` goes from ladder to ladder, `judge` from
 * temperature to temperature, each until its time is up, and the next call goes on from there.
 */
export class Means {
  readonly #simulation: SimulationPlan
  readonly #live: readonly LiveLadder[]
  readonly #known: (Known | undefined)[]
  readonly #column: number
  readonly #sums: Float64Array
  readonly #samples: Float64Array
  readonly #rhat: Float64Array
  readonly #errors: Float64Array
  /** Index of the ladder, and slot, of each (temperature, copy); -1 where not known yet. */
  readonly #ladderAt: Int32Array
  readonly #slotAt: Int32Array
  readonly #copies: number
  #nextLadder = 0
  #nextTemperature = 0

  /**
   * @param live those that hold replicas of the simulation
   * @param observable a scalar
   */
  constructor(simulation: SimulationPlan, live: readonly LiveLadder[], observable: string) {
    const temperatures = live[0]?.spec.temperatures.length ?? 0
    this.#simulation = simulation
    this.#live = live
    this.#known = live.map(() => undefined)
    // Scalars are columns before arrays, one each.
    this.#column = simulation.description.observables.findIndex(({ name }) => name === observable)
    this.#sums = new Float64Array(temperatures)
    this.#samples = new Float64Array(temperatures)
    this.#rhat = new Float64Array(temperatures).fill(Number.NaN)
    this.#errors = new Float64Array(temperatures).fill(Number.NaN)
    this.#copies = Math.min(simulation.copies, MOST_COPIES)
    this.#ladderAt = new Int32Array(temperatures * this.#copies).fill(-1)
    this.#slotAt = new Int32Array(temperatures * this.#copies)
  }

  /** Brings means up to date, of one ladder at least. @returns true once every ladder has been met */
  refresh(milliseconds: number): boolean {
    const end = performance.now() + milliseconds
    for (let n = 0; n < this.#live.length && (n === 0 || performance.now() < end); n++) {
      this.#visit(this.#nextLadder)
      this.#nextLadder = (this.#nextLadder + 1) % this.#live.length
    }
    // They are met in order.
    return this.#known.at(-1) !== undefined
  }

  /** Computes R-hat and errors anew, of one temperature at least. @returns true when it has been through all of them */
  judge(milliseconds: number): boolean {
    const end = performance.now() + milliseconds
    do {
      if (this.#nextTemperature === this.#rhat.length) this.#nextTemperature = 0
      this.#judgeAt(this.#nextTemperature)
      this.#nextTemperature++
    } while (this.#nextTemperature < this.#rhat.length && performance.now() < end)
    return this.#nextTemperature === this.#rhat.length
  }

  /** Over all samples of all copies; NaN where there are none. */
  mean(temperature: number): number {
    return (this.#sums[temperature] as number) / (this.#samples[temperature] as number)
  }

  /** Standard error of the mean as last computed; NaN where it cannot be told. */
  error(temperature: number): number {
    return this.#errors[temperature] as number
  }

  samples(temperature: number): number {
    return this.#samples[temperature] as number
  }

  /** NaN where it cannot be told. */
  rhat(temperature: number): number {
    return this.#rhat[temperature] as number
  }

  /** Where a copy of a temperature is; undefined where this run does not have it, or has not been asked long enough. */
  seat(temperature: number, copy: number): Seat | undefined {
    if (copy >= this.#copies) return undefined
    const at = temperature * this.#copies + copy
    const live = this.#live[this.#ladderAt[at] ?? -1]
    return live && { live, slot: this.#slotAt[at] as number }
  }

  #visit(i: number): void {
    const live = this.#live[i]
    if (!live) return
    this.#known[i] ??= this.#meet(live, i)
    const known = this.#known[i]
    const read = (): number | undefined => live.memory.samples.readTotals(this.#column, known.totals)
    // A worker may be in the middle of something, which takes it microseconds.
    let samples = read()
    for (let again = 1; samples === undefined && again < MOST_TRIES; again++) samples = read()
    // What was known of it stays until the next visit.
    if (samples === undefined) return
    for (const [j, t] of known.temperatures.entries()) {
      const total = known.totals[known.slots[j] as number] as number
      this.#sums[t] = (this.#sums[t] as number) + total - (known.sums[j] as number)
      this.#samples[t] = (this.#samples[t] as number) + samples - known.samples
      known.sums[j] = total
    }
    known.samples = samples
  }

  #meet({ spec }: LiveLadder, i: number): Known {
    const slots: number[] = []
    const temperatures: number[] = []
    for (const [slot, { copy, rung }] of spec.slots.entries()) {
      const at = spec.points[rung]
      if (at?.simulation !== this.#simulation.name) continue
      slots.push(slot)
      temperatures.push(at.temperature)
      if (copy >= this.#copies) continue
      this.#ladderAt[at.temperature * this.#copies + copy] = i
      this.#slotAt[at.temperature * this.#copies + copy] = slot
    }
    return {
      slots: Int32Array.from(slots),
      temperatures: Int32Array.from(temperatures),
      totals: new Float64Array(spec.slots.length),
      sums: new Float64Array(slots.length),
      samples: 0,
    }
  }

  /** Bins that are joined meanwhile would be of two lengths, half of them seen twice: then the last values stay. */
  #judgeAt(temperature: number): void {
    const bins: Float64Array[] = []
    let [squares, samples] = [0, 0]
    for (let copy = 0; copy < this.#copies; copy++) {
      const seat = this.seat(temperature, copy)
      if (!seat) continue
      const { memory } = seat.live
      const length = memory.samples.binLength
      bins.push(memory.samples.binsOf(this.#column, seat.slot))
      squares += memory.samples.totalSquares(this.#column, seat.slot)
      samples += memory.samples.samples
      if (memory.samples.binLength !== length) return
    }
    this.#rhat[temperature] = splitRhat(bins, squares / samples)
    // Of more copies than are looked at the mean is better than those alone can say.
    this.#errors[temperature] = gammaMethod(bins).error * Math.sqrt(this.#copies / this.#simulation.copies)
  }
}
