/** Tells all threads to leave their work soon. Once raised it stays raised. */
export class StopFlag {
  /** (1) int32 in shared memory: 1 means stop. */
  readonly words: Int32Array
  #reason: 'signal' | 'time limit' | undefined
  #failure: unknown

  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.words = words
  }

  get isRaised(): boolean {
    return Atomics.load(this.words, 0) === 1
  }

  /** Who asked for the stop; undefined if nobody did, or if a failure came first. */
  get reason(): 'signal' | 'time limit' | undefined {
    return this.#reason
  }

  /** The first failure. */
  get failure(): unknown {
    return this.#failure
  }

  raise(reason?: 'signal' | 'time limit'): void {
    if (!this.isRaised) this.#reason = reason
    Atomics.store(this.words, 0, 1)
  }

  /** Notes a failure and raises the flag, so that the other threads leave their work whole. */
  fail(error: unknown): void {
    this.#failure ??= error
    this.raise()
  }

  /** Raises the flag when the signal is aborted. @returns a function that ends the listening */
  follow(signal: AbortSignal | undefined): () => void {
    const raise = (): void => this.raise('signal')
    if (signal?.aborted) raise()
    signal?.addEventListener('abort', raise, { once: true })
    return () => signal?.removeEventListener('abort', raise)
  }
}
