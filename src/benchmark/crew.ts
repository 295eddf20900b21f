import { StopFlag } from '../engine/pool/stop.ts'
import type { Plan } from '../job/plan.ts'
import { type LadderCrew, openLadderCrew } from '../run/ladder-crew.ts'
import { createMemory, type LiveLadder } from '../run/live.ts'

/**
 * The threads of a run, without what surrounds it: one plan is sampled from its start to its end, again and again, and nothing
 * is saved. Ladders, slices, teams and exchanges are those of every run.
 */
export class Crew {
  readonly #plan: Plan
  readonly #ladders: readonly LiveLadder[]
  readonly #crew: LadderCrew
  readonly #stop: StopFlag

  private constructor(plan: Plan, ladders: readonly LiveLadder[], crew: LadderCrew, stop: StopFlag) {
    this.#plan = plan
    this.#ladders = ladders
    this.#crew = crew
    this.#stop = stop
  }

  /** @throws MachineError if there is not enough memory, or threads cannot be started */
  static async open(plan: Plan, threads: number): Promise<Crew> {
    const memory = createMemory(plan)
    const stop = new StopFlag()
    return new Crew(plan, memory.ladders, await openLadderCrew(plan, memory, threads, stop), stop)
  }

  /** Attempted updates of the whole plan: replicas times sites times sweeps. */
  get updates(): number {
    const { job } = this.#plan
    return this.#plan.ladders.reduce(
      (sum, { description, slots }) => sum + slots.length * description.lattice.sites * (job.sweeps + job.thermalization),
      0,
    )
  }

  /**
   * Samples the plan once, from its start.
   *
   * @param signal leaves it in the middle of a round
   * @returns seconds by the clock
   */
  async run(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted()
    const unfollow = this.#stop.follow(signal)
    try {
      for (const ladder of this.#ladders) ladder.clear()
      const start = performance.now()
      await this.#crew.run()
      signal?.throwIfAborted()
      return (performance.now() - start) / 1000
    } finally {
      unfollow()
    }
  }

  close(): Promise<void> {
    return this.#crew.pool.close()
  }
}
