/**
 * Gives every free thread the bundle with most work left, a slice of time at a time, until all are done.
 *
 * Slices let three equal bundles share two threads evenly. Results do not depend on who steps what, or when.
 */
export class Schedule {
  readonly #left: (number | undefined)[]
  readonly #busy = new Set<number>()
  readonly #remaining: (bundle: number) => number

  /** @param remaining estimated seconds that a bundle still needs */
  constructor(bundles: number, remaining: (bundle: number) => number) {
    this.#left = Array.from({ length: bundles }, (_, i) => i)
    this.#remaining = remaining
  }

  /** The bundle to step next, or undefined where nothing is free. */
  take(): number | undefined {
    let best: number | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const bundle of this.#left) {
      if (bundle === undefined || this.#busy.has(bundle)) continue
      const seconds = this.#remaining(bundle)
      if (seconds > most) [best, most] = [bundle, seconds]
    }
    if (best !== undefined) this.#busy.add(best)
    return best
  }

  /** Gives a bundle back; a finished one is not handed out again. */
  release(bundle: number, done: boolean): void {
    this.#busy.delete(bundle)
    if (done) this.#left[bundle] = undefined
  }
}
