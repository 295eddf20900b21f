/** An ensemble and the number of threads that are to step it. */
export interface Turn {
  readonly ensemble: number
  readonly members: number
}

/**
 * Gives free threads the ensemble with most work left, a slice of time at a time, until all are done.
 *
 * Slices let three equal ensembles share two threads evenly. Where there are more threads than ensembles, those of several
 * bundles are stepped by gangs. Results do not depend on who steps what, or when.
 */
export class Schedule {
  readonly #mostMembers: readonly number[]
  readonly #free: Set<number>
  readonly #remaining: (ensemble: number) => number

  /**
   * @param mostMembers threads that may step an ensemble together: no more than it has bundles
   * @param remaining estimated seconds that an ensemble still needs
   */
  constructor(mostMembers: readonly number[], remaining: (ensemble: number) => number) {
    this.#mostMembers = mostMembers
    this.#free = new Set(mostMembers.keys())
    this.#remaining = remaining
  }

  /** The ensemble to step next with some of `threads` free ones, or undefined where no ensemble is free. */
  take(threads: number): Turn | undefined {
    let ensemble: number | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const candidate of this.#free) {
      const seconds = this.#remaining(candidate)
      if (seconds > most) [ensemble, most] = [candidate, seconds]
    }
    if (ensemble === undefined) return undefined
    const share = Math.max(1, Math.floor(threads / this.#free.size))
    this.#free.delete(ensemble)
    return { ensemble, members: Math.min(this.#mostMembers[ensemble] as number, share) }
  }

  /** Gives an ensemble back; a finished one is not handed out again. */
  release(ensemble: number, done: boolean): void {
    if (!done) this.#free.add(ensemble)
  }
}
