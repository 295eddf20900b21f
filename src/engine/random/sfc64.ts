/**
 * SFC64 in plain TypeScript: the oracle of workers/kernels/sfc64.ts and the same numbers as NumPy's `SFC64`.
 * Slow (BigInt); kernels draw the random numbers of a run.
 */
const MASK = (1n << 64n) - 1n

/** State of one stream. */
export interface Sfc64State {
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
  readonly counter: bigint
}

export class Sfc64 {
  #a: bigint
  #b: bigint
  #c: bigint
  #counter: bigint

  constructor(state: Sfc64State) {
    this.#a = state.a
    this.#b = state.b
    this.#c = state.c
    this.#counter = state.counter
  }

  /** The next 64 bits. */
  next(): bigint {
    const word = (this.#a + this.#b + this.#counter) & MASK
    this.#counter = (this.#counter + 1n) & MASK
    this.#a = this.#b ^ (this.#b >> 11n)
    this.#b = (this.#c + (this.#c << 3n)) & MASK
    this.#c = ((((this.#c << 24n) | (this.#c >> 40n)) & MASK) + word) & MASK
    return word
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    return Number(this.next() >> 11n) / 2 ** 53
  }
}
