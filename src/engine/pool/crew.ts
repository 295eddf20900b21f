import { Schedule, type Turn } from './schedule.ts'
import type { StopFlag } from './stop.ts'

/** Units of work for a crew, and what happens around their slices. */
export interface Work {
  /** Threads that each unit can use at once. */
  readonly mostMembers: readonly number[]
  /** How much work a unit has left; the free unit with the most is next. */
  readonly remaining: (unit: number) => number
  /** Does a slice of a unit with that many threads. Resolves to true if the unit is finished. */
  readonly slice: (unit: number, members: number) => Promise<boolean>
  /** Called before a unit is handed out. Nobody is in it. */
  readonly beforeSlice?: ((unit: number) => void) | undefined
  /** Called while the threads have slices to go on with: the time for what keeps this thread busy. */
  readonly betweenSlices?: ((isTaken: (unit: number) => boolean) => void) | undefined
  /** Told of a unit whose slice failed. Nobody is in it any more, and nobody knows what state it is in. */
  readonly onFailure?: ((unit: number) => void) | undefined
  /** Waited for when the last slice has ended, also after a stop or a failure. */
  readonly atEnd?: (() => Promise<void>) | undefined
}

/**
 * Works on all units until they are finished or the stop flag is raised. A failure raises the flag, so that the slices under
 * way end early but whole.
 *
 * @throws the first failure, when no slice is under way any more
 */
export async function runCrew(threads: number, stop: StopFlag, work: Work): Promise<void> {
  const schedule = new Schedule(work.mostMembers, work.remaining)
  const taken = new Map<number, Promise<void>>()
  const isTaken = (unit: number): boolean => taken.has(unit)
  let free = threads
  // Whatever this thread cannot do, the workers must leave their units before this ends.
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      stop.fail(error)
    }
  }
  const slice = async ({ unit, members }: Turn): Promise<boolean> => {
    try {
      return await work.slice(unit, members)
    } catch (error) {
      stop.fail(error)
      attempt(() => work.onFailure?.(unit))
      return true
    }
  }
  for (;;) {
    while (free > 0 && !stop.isRaised) {
      const turn = schedule.take(free)
      if (turn === undefined) break
      const { unit, members } = turn
      attempt(() => work.beforeSlice?.(unit))
      free -= members
      const ended = slice(turn).then((finished) => {
        schedule.release(unit, finished)
        taken.delete(unit)
        free += members
      })
      taken.set(unit, ended)
    }
    if (taken.size === 0) break
    attempt(() => work.betweenSlices?.(isTaken))
    await Promise.race(taken.values())
  }
  await work.atEnd?.()
  if (stop.failure !== undefined) throw stop.failure
}
