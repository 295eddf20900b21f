import { Barrier } from './barrier.ts'
import type { Pool } from './pool.ts'

/** The shared memory in which the members of a team meet. */
export interface MeetingPlace {
  readonly barrier: Int32Array
  /** Makes barrier and shares ready for a new team. Called only while no member is at work. */
  resetTeam(): void
}

/** A place with a barrier alone, in those words of shared memory. */
export function barrierPlace(barrier: Int32Array): MeetingPlace {
  return { barrier, resetTeam: () => Barrier.reset(barrier) }
}

/**
 * One piece of work, done by several workers of a pool together. If one of them fails the others are released at once, and
 * nobody is at work any more when this rejects.
 *
 * @param task what each member is to do
 * @param place where the members meet; undefined if they never wait for each other
 * @returns the result of each member
 * @throws the first failure of a member
 */
export async function runTeam<Task, Result>(
  pool: Pick<Pool<Task, Result>, 'run'>,
  members: number,
  task: (member: number) => Task,
  place?: MeetingPlace,
): Promise<Result[]> {
  place?.resetTeam()
  const results: Result[] = []
  const failures: unknown[] = []
  const work = async (member: number): Promise<void> => {
    try {
      results[member] = await pool.run(task(member))
    } catch (error) {
      failures.push(error)
      // The others would wait for a member that does not come.
      if (place) Barrier.break(place.barrier)
    }
  }
  await Promise.all(Array.from({ length: members }, (_, member) => work(member)))
  if (failures.length > 0) throw failures[0]
  return results
}
