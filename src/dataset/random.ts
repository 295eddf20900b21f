import { seedStream } from '../engine/random/seed.ts'
import { Sfc64 } from '../engine/random/sfc64.ts'

/** Random numbers for making and splitting data: one stream of its own for each purpose. */
export class Random {
  readonly #stream: Sfc64

  constructor(...purpose: readonly (string | number)[]) {
    this.#stream = new Sfc64(seedStream(...purpose))
  }

  /** In [0, 1). */
  uniform(): number {
    return this.#stream.uniform()
  }

  /** A whole number from 0 to count - 1; even to 2⁻⁵³ of `count`. */
  below(count: number): number {
    return Math.floor(this.uniform() * count)
  }

  /** A whole number from `low` to `high`, both possible. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** Puts a list in random order, in place. */
  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = list[i] as T
      list[i] = list[j] as T
      list[j] = held
    }
    return list
  }
}
