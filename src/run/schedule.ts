/** A ladder and the number of threads that are to step it. */
export interface Turn {
  readonly ladder: number
  readonly members: number
}

/**
 * Gives free threads the ladder with most work left, a slice of time at a time, until all are done.
 *
 * Slices let three equal ladders share two threads evenly. Where there are more threads than ladders, those of several
 * bundles are stepped by teams. Results do not depend on who steps what, or when.
 */
export class Schedule {
  readonly #mostMembers: readonly number[]
  readonly #free: Set<number>
  readonly #remaining: (ladder: number) => number

  /**
   * @param mostMembers threads that may step a ladder together: no more than it has bundles
   * @param remaining estimated seconds that a ladder still needs
   */
  constructor(mostMembers: readonly number[], remaining: (ladder: number) => number) {
    this.#mostMembers = mostMembers
    this.#free = new Set(mostMembers.keys())
    this.#remaining = remaining
  }

  /** The ladder to step next with some of `threads` free ones, or undefined where no ladder is free. */
  take(threads: number): Turn | undefined {
    let ladder: number | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const candidate of this.#free) {
      const seconds = this.#remaining(candidate)
      if (seconds > most) [ladder, most] = [candidate, seconds]
    }
    if (ladder === undefined) return undefined
    const share = Math.max(1, Math.floor(threads / this.#free.size))
    this.#free.delete(ladder)
    return { ladder, members: Math.min(this.#mostMembers[ladder] as number, share) }
  }

  /** Gives a ladder back; a finished one is not handed out again. */
  release(ladder: number, done: boolean): void {
    if (!done) this.#free.add(ladder)
  }
}
