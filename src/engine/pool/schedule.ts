/** A unit of work and the number of threads that do its next slice together. */
export interface Turn {
  readonly unit: number
  readonly members: number
}

/**
 * Gives free threads the unit with the most work left, a slice at a time, until all units are finished.
 *
 * Slices let three equal units share two threads evenly. If there are more threads than units, teams of threads work on
 * one unit together.
 */
export class Schedule {
  readonly #mostMembers: readonly number[]
  readonly #free: Set<number>
  readonly #remaining: (unit: number) => number

  /**
   * @param mostMembers threads that each unit can use at once
   * @param remaining how much work a unit has left
   */
  constructor(mostMembers: readonly number[], remaining: (unit: number) => number) {
    this.#mostMembers = mostMembers
    this.#free = new Set(mostMembers.keys())
    this.#remaining = remaining
  }

  /** The unit to work on next with some of `threads` free ones, or undefined if no unit is free. */
  take(threads: number): Turn | undefined {
    let unit: number | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const candidate of this.#free) {
      const work = this.#remaining(candidate)
      if (work > most) [unit, most] = [candidate, work]
    }
    if (unit === undefined) return undefined
    const each = Math.max(1, Math.floor(threads / this.#free.size))
    this.#free.delete(unit)
    return { unit, members: Math.min(this.#mostMembers[unit] as number, each) }
  }

  /** Gives a unit back; a finished one is not handed out again. */
  release(unit: number, finished: boolean): void {
    if (!finished) this.#free.add(unit)
  }
}
