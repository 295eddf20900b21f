import { compileKernels, workerFile } from '../engine/pool/built.ts'
import { runCrew, type Work } from '../engine/pool/crew.ts'
import { openPool, type Pool } from '../engine/pool/pool.ts'
import type { StopFlag } from '../engine/pool/stop.ts'
import { runTeam } from '../engine/pool/team.ts'
import { bundleCount, type Plan } from '../job/plan.ts'
import type { LiveLadder, LiveMemory } from './live.ts'
import type { StepperContext, StepResult, StepTask } from './tasks.ts'

/** How long a worker stays with one ladder. */
export const SLICE_SECONDS = 0.5
/** Seconds of a round that a member of a team steps at least: meeting takes some twenty microseconds. */
const SHORTEST_PART = 5e-5

export interface LadderCrewOptions {
  /** Another worker entry, to test how failures are met. */
  readonly worker?: string | undefined
  /** 0 makes teams for the smallest lattices, to test them. */
  readonly shortestPart?: number | undefined
}

/** What happens around the slices of ladders. */
export interface LadderHooks extends Pick<Work, 'beforeSlice' | 'betweenSlices' | 'onFailure' | 'atEnd'> {
  readonly sliceSeconds?: (() => number) | undefined
}

/** The threads that step the ladders of one plan. Results do not depend on who steps what, or when. */
export class LadderCrew {
  readonly #ladders: readonly LiveLadder[]
  readonly #pool: Pool<StepTask, StepResult>
  readonly #stop: StopFlag
  readonly #shortest: number

  private constructor(ladders: readonly LiveLadder[], pool: Pool<StepTask, StepResult>, stop: StopFlag, shortest: number) {
    this.#ladders = ladders
    this.#pool = pool
    this.#stop = stop
    this.#shortest = shortest
  }

  /**
   * @param threads no more than there are bundles are started
   * @param stop makes all threads leave their ladders soon
   * @throws MachineError if threads cannot be started
   */
  static async open(
    plan: Plan,
    { arenas, places, ladders }: LiveMemory,
    threads: number,
    stop: StopFlag,
    { worker, shortestPart = SHORTEST_PART }: LadderCrewOptions = {},
  ): Promise<LadderCrew> {
    const context: StepperContext = { module: await compileKernels(), arenas, ladders: plan.ladders, places }
    const options = { threads: Math.min(threads, bundleCount(plan)), file: worker ?? workerFile('stepper'), context, stop }
    return new LadderCrew(ladders, await openPool(options), stop, shortestPart)
  }

  get threads(): number {
    return this.#pool.threads
  }

  /** Seconds that threads have spent in ladders, all threads together. */
  get busySeconds(): number {
    return this.#pool.busySeconds
  }

  /** Steps all ladders to their end, or until the stop flag is raised. @throws the first failure */
  async run({ sliceSeconds, ...hooks }: LadderHooks = {}): Promise<void> {
    const ladders = this.#ladders
    await runCrew(this.threads, this.#stop, {
      ...hooks,
      mostMembers: ladders.map(({ spec, roundSeconds }) => {
        return Math.min(spec.bundles, Math.max(1, Math.floor(roundSeconds / this.#shortest)))
      }),
      remaining: (ladder) => ladders[ladder]?.secondsLeft ?? 0,
      slice: (ladder, members) => this.#slice(ladder, members, sliceSeconds?.() ?? SLICE_SECONDS),
    })
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** @returns true if the ladder has nothing left to do */
  async #slice(ladder: number, members: number, seconds: number): Promise<boolean> {
    const { memory } = this.#ladders[ladder] as LiveLadder
    const results = await runTeam(this.#pool, members, (member) => ({ ladder, member, members, seconds }), memory)
    return results.every(({ done }) => done)
  }
}
