import { BundleState } from '../sampling/memory.ts'
import { roundCount } from '../sampling/spec.ts'
import { bundleCount, type Plan, type SimulationPlan } from '../job/plan.ts'
import type { LiveLadder } from './live.ts'
import type { LiveSimulation, LiveStatus, Progress } from './progress.ts'

/** How far a session is, from its start on: what was done before was done elsewhere, perhaps, and at another speed. */
export class Meter {
  readonly #plan: Plan
  /** In the plan's order. */
  readonly #ladders: readonly LiveLadder[]
  readonly #start = performance.now()
  /** Updates of each simulation, and estimated seconds of one thread, at the start. */
  readonly #updatesBefore: readonly number[]
  readonly #leftBefore: number

  constructor(plan: Plan, ladders: readonly LiveLadder[]) {
    this.#plan = plan
    this.#ladders = ladders
    this.#updatesBefore = plan.simulations.map((simulation) => this.#updatesOf(simulation))
    this.#leftBefore = this.#secondsLeft
  }

  get progress(): Progress {
    const live = this.#ladders
    const all = live.reduce((sum, { spec, roundSeconds }) => sum + roundCount(spec) * roundSeconds, 0)
    const left = this.#secondsLeft
    const elapsedSeconds = (performance.now() - this.#start) / 1000
    const fraction = 1 - left / this.#leftBefore
    const updates = this.#plan.simulations.reduce((sum, _, i) => sum + this.#updatesSince(i), 0)
    return {
      fraction: all > 0 ? 1 - left / all : 1,
      elapsedSeconds,
      remainingSeconds: fraction > 0.01 || elapsedSeconds > 5 ? (elapsedSeconds * (1 - fraction)) / Math.max(fraction, 1e-9) : undefined,
      updatesPerNanosecond: updates / (elapsedSeconds * 1e9),
      bundles: {
        done: live.reduce((sum, { spec, roundsLeft }) => sum + (roundsLeft === 0 ? spec.bundles : 0), 0),
        total: bundleCount(this.#plan),
      },
    }
  }

  get status(): LiveStatus {
    const { progress } = this
    return {
      ...progress,
      simulations: this.#plan.simulations.map(({ name, ladders }, i): LiveSimulation => {
        const own = ladders.map((ladder) => this.#ladders[ladder] as LiveLadder)
        const { thermalization, samples, measureEvery } = (own[0] as LiveLadder).spec
        return {
          name,
          sweepsDone: own.reduce((least, { memory }) => Math.min(least, memory.sweeps), Number.POSITIVE_INFINITY),
          sweepsTotal: thermalization + samples * measureEvery,
          thermalization,
          updatesPerNanosecond: this.#updatesSince(i) / (progress.elapsedSeconds * 1e9),
        }
      }),
    }
  }

  get #secondsLeft(): number {
    return this.#ladders.reduce((sum, { secondsLeft }) => sum + secondsLeft, 0)
  }

  #updatesSince(simulation: number): number {
    return this.#updatesOf(this.#plan.simulations[simulation] as SimulationPlan) - (this.#updatesBefore[simulation] as number)
  }

  /** Attempted updates of one simulation; of simulations that share ladders each has its part. */
  #updatesOf({ name, ladders }: SimulationPlan): number {
    return ladders.reduce((sum, ladder) => {
      const { spec, memory } = this.#ladders[ladder] as LiveLadder
      const { lanes, lattice } = spec.description
      const own = spec.points.filter(({ simulation }) => simulation === name).length / spec.points.length
      return memory.bundles.reduce((updates, state, bundle) => {
        const replicas = Math.min(lanes, spec.slots.length - bundle * lanes)
        return updates + own * (state[BundleState.sweeps] as number) * lattice.sites * replicas
      }, sum)
    }, 0)
  }
}
