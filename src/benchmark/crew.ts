import { createMemory, type LiveLadder, type LiveMemory } from '../run/live.ts'
import { SHORTEST_PART, SLICE_SECONDS } from '../run/sampling.ts'
import { Schedule, type Turn } from '../run/schedule.ts'
import { bundleCount, type Plan } from '../job/plan.ts'
import { Barrier } from '../engine/pool/barrier.ts'
import { compileKernels, workerFile } from '../engine/pool/built.ts'
import { openPool, type Pool } from '../engine/pool/pool.ts'
import { STEP_PING, type StepResult, type StepTask, type WorkerContext } from '../engine/pool/tasks.ts'

/**
 * The threads of a run, without what surrounds it: one plan is sampled from its start to its end, again and again, and nothing
 * is saved. Ladders, slices, teams and exchanges are those of every run.
 */
export class Crew {
  readonly #plan: Plan
  readonly #threads: number
  readonly #memory: LiveMemory
  readonly #pool: Pool<StepTask, StepResult>
  readonly #stop: Int32Array

  private constructor(plan: Plan, threads: number, memory: LiveMemory, pool: Pool<StepTask, StepResult>, stop: Int32Array) {
    this.#plan = plan
    this.#threads = threads
    this.#memory = memory
    this.#pool = pool
    this.#stop = stop
  }

  /** @throws MachineError where there is no memory to be had, or threads cannot be started */
  static async open(plan: Plan, threads: number): Promise<Crew> {
    const memory = createMemory(plan)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const { arenas, places } = memory
    const context: WorkerContext = { module: await compileKernels(), arenas, ladders: plan.ladders, places, stop }
    const crew = Math.min(threads, bundleCount(plan))
    return new Crew(plan, crew, memory, await openPool(crew, context, workerFile('stepper'), STEP_PING), stop)
  }

  /** Attempted updates of the whole plan: replicas times sites times sweeps. */
  get updates(): number {
    const { job } = this.#plan
    return this.#plan.ladders.reduce((sum, { size, slots }) => sum + slots.length * size ** 2 * (job.sweeps + job.thermalization), 0)
  }

  /**
   * Samples the plan once, from its start.
   *
   * @param signal leaves it in the middle of a round
   * @returns seconds by the clock
   */
  async run(signal?: AbortSignal): Promise<number> {
    const halt = (): void => void Atomics.store(this.#stop, 0, 1)
    signal?.throwIfAborted()
    signal?.addEventListener('abort', halt, { once: true })
    try {
      for (const ladder of this.#memory.ladders) ladder.clear()
      const start = performance.now()
      await this.#steps()
      signal?.throwIfAborted()
      return (performance.now() - start) / 1000
    } finally {
      signal?.removeEventListener('abort', halt)
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async #steps(): Promise<void> {
    const { ladders } = this.#memory
    const schedule = new Schedule(
      ladders.map(({ spec, roundSeconds }) => Math.min(spec.bundles, Math.max(1, Math.floor(roundSeconds / SHORTEST_PART)))),
      (ladder) => ladders[ladder]?.secondsLeft ?? 0,
    )
    const running = new Set<Promise<void>>()
    let free = this.#threads
    for (;;) {
      while (free > 0 && Atomics.load(this.#stop, 0) === 0) {
        const turn = schedule.take(free)
        if (turn === undefined) break
        free -= turn.members
        const task: Promise<void> = this.#step(turn).then((done) => {
          schedule.release(turn.ladder, done)
          running.delete(task)
          free += turn.members
        })
        running.add(task)
      }
      if (running.size === 0) return
      await Promise.race(running)
    }
  }

  /** @returns true when the ladder has nothing left to do */
  async #step({ ladder, members }: Turn): Promise<boolean> {
    const { memory } = this.#memory.ladders[ladder] as LiveLadder
    memory.resetTeam()
    const slices = Array.from({ length: members }, async (_, member) => {
      try {
        return await this.#pool.run({ ladder, member, members, seconds: SLICE_SECONDS })
      } catch (error) {
        // The others wait for one that will not come.
        Barrier.break(memory.barrier)
        throw error
      }
    })
    return (await Promise.all(slices)).every(({ done }) => done)
  }
}
