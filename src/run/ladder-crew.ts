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
interface LadderHooks extends Pick<Work, 'beforeSlice' | 'betweenSlices' | 'onFailure' | 'atEnd'> {
  readonly sliceSeconds?: (() => number) | undefined
}

/** The threads that step the ladders of one plan. Results do not depend on who steps what, or when. */
export interface LadderCrew {
  readonly pool: Pick<Pool<StepTask, StepResult>, 'threads' | 'busySeconds' | 'close'>
  /** Steps all ladders to their end, or until the stop flag is raised. @throws the first failure */
  run(hooks?: LadderHooks): Promise<void>
}

/**
 * @param most threads to start, if there are as many bundles
 * @param stop makes all threads leave their ladders soon
 * @throws MachineError if threads cannot be started
 */
export async function openLadderCrew(
  plan: Plan,
  { arenas, places, ladders }: LiveMemory,
  most: number,
  stop: StopFlag,
  { worker, shortestPart = SHORTEST_PART }: LadderCrewOptions = {},
): Promise<LadderCrew> {
  const threads = Math.min(most, bundleCount(plan))
  const context: StepperContext = { module: await compileKernels(), arenas, ladders: plan.ladders, places }
  const pool = await openPool<StepTask, StepResult>({ threads, file: worker ?? workerFile('stepper'), context, stop })
  const slice = async (ladder: number, members: number, seconds: number): Promise<boolean> => {
    const { memory } = ladders[ladder] as LiveLadder
    const results = await runTeam(pool, members, (member) => ({ ladder, member, members, seconds }), memory)
    return results.every(({ done }) => done)
  }
  const mostMembers = ladders.map(({ spec, roundSeconds }) => Math.min(spec.bundles, Math.max(1, Math.floor(roundSeconds / shortestPart))))
  const remaining = (ladder: number): number => ladders[ladder]?.secondsLeft ?? 0
  return {
    pool,
    run: ({ sliceSeconds = () => SLICE_SECONDS, ...hooks } = {}) =>
      runCrew(threads, stop, { ...hooks, mostMembers, remaining, slice: (ladder, members) => slice(ladder, members, sliceSeconds()) }),
  }
}
