/**
 * Who steps which bundle in a round of a team: every member its own block first, whose memory it touched first, then what
 * others have not begun. One thread that is held up for a moment does not hold up the others by more than a bundle.
 *
 * claims[bundle] counts the rounds for which that bundle was taken.
 */
export class Shares {
  /** The bundles of this member's block. */
  readonly own: readonly number[]
  readonly #claims: Int32Array
  readonly #order: readonly number[]
  readonly #alone: boolean

  /** @param claims (bundles), in the ladder's shared memory */
  constructor(claims: Int32Array, member: number, members: number) {
    const block = (part: number): number[] => {
      const from = Math.floor((claims.length * part) / members)
      const to = Math.floor((claims.length * (part + 1)) / members)
      return Array.from({ length: to - from }, (_, i) => from + i)
    }
    // Others start at the front of their blocks: what is left of them is at the back.
    const others = Array.from({ length: members - 1 }, (_, k) => block((member + 1 + k) % members).reverse())
    this.#claims = claims
    this.own = block(member)
    this.#order = [...this.own, ...others.flat()]
    this.#alone = members === 1
  }

  /** Makes every bundle free for a round. Call only while no member is at work. */
  static reset(claims: Int32Array, round: number): void {
    claims.fill(round | 0)
  }

  /**
   * Takes bundles as long as there are any.
   *
   * @param step steps one bundle; false where it was left in the middle of the round
   * @returns false where a bundle was left
   */
  take(round: number, step: (bundle: number) => boolean): boolean {
    for (const bundle of this.#order) {
      if (!this.#alone && Atomics.compareExchange(this.#claims, bundle, round | 0, (round + 1) | 0) !== (round | 0)) continue
      if (!step(bundle)) return false
    }
    return true
  }
}
