// Where the members of a team meet. All of it is a few words in shared memory.

const Word = {
  /** Goes up by one when a meeting ends; members wait on it. */
  generation: 0,
  /** Members that have come to the meeting under way. */
  arrived: 1,
  /** What the last meeting decided: 1, go on; 0, leave. */
  goOn: 2,
  /** 1 once a member is gone: nobody waits any more. */
  broken: 3,
  /** 1 where a member came without having finished its part. */
  unfinished: 4,
} as const

/** Words that a barrier needs: a cache line. */
export const BARRIER_WORDS = 16
/** Looks at the generation before a member sleeps: some fifty microseconds, what falling asleep and waking up cost. */
const SPINS = 20_000
/** A sleeper looks by itself that often whether the team is broken. */
const WAIT_MILLISECONDS = 100

/**
 * The meeting point of a team: who comes last does the serial part, while the others wait.
 *
 * A team of one meets nobody, and pays nothing.
 */
export class Barrier {
  /** Seconds that this member has waited for the others. */
  waitSeconds = 0
  readonly #words: Int32Array
  readonly #members: number

  constructor(words: Int32Array, members: number) {
    this.#words = words
    this.#members = members
  }

  /** Makes the words ready for a new team. Call only while no member is at work. */
  static reset(words: Int32Array): void {
    for (const word of [Word.arrived, Word.goOn, Word.broken, Word.unfinished]) Atomics.store(words, word, 0)
  }

  /** Releases everybody for good: a member is gone and will not come to the next meeting. */
  static break(words: Int32Array): void {
    Atomics.store(words, Word.broken, 1)
    Atomics.notify(words, Word.generation)
  }

  /**
   * Waits for all members.
   *
   * @param finished whether this member's part is done; if one is not, the serial part is left out and everybody leaves
   * @param serial done by one member alone; says whether to go on
   * @returns whether to go on, the same for all members unless the team is broken
   */
  meet(finished: boolean, serial: () => boolean): boolean {
    if (this.#members === 1) return finished && serial()
    const words = this.#words
    if (Atomics.load(words, Word.broken) === 1) return false
    if (!finished) Atomics.store(words, Word.unfinished, 1)
    const generation = Atomics.load(words, Word.generation)
    if (Atomics.add(words, Word.arrived, 1) + 1 < this.#members) {
      const start = performance.now()
      this.#wait(generation)
      this.waitSeconds += (performance.now() - start) / 1000
      return Atomics.load(words, Word.broken) === 0 && Atomics.load(words, Word.goOn) === 1
    }
    Atomics.store(words, Word.arrived, 0)
    const goOn = Atomics.exchange(words, Word.unfinished, 0) === 0 && serial()
    Atomics.store(words, Word.goOn, goOn ? 1 : 0)
    Atomics.add(words, Word.generation, 1)
    Atomics.notify(words, Word.generation)
    return goOn
  }

  #wait(generation: number): void {
    const words = this.#words
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, Word.generation) !== generation) return
    while (Atomics.load(words, Word.generation) === generation && Atomics.load(words, Word.broken) === 0) {
      Atomics.wait(words, Word.generation, generation, WAIT_MILLISECONDS)
    }
  }
}
