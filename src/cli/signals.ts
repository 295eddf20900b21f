import type { Terminal } from './terminal.ts'

/** What a signal does to long work: SIGINT and SIGTERM end it by a checkpoint, SIGUSR1 and SIGUSR2 write one and it goes on. */
export interface Signals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** Where the work can write a checkpoint, from when on it can. */
  checkpoint: (() => void) | undefined
  /** Has one written, and the work goes on. @param by who asked */
  save(by: string): void
  /** Ends the work as a signal does. @param by who asked, for the line that says so */
  stop(by: string): void
  /** Leaves signals to the system again. */
  release(): void
}

/** @param stopping what is done before the checkpoint, for the line that says so */
export function hearSignals(terminal: Terminal, stopping: string): Signals {
  const abort = new AbortController()
  const stop = (by: string): void => {
    if (!abort.signal.aborted) terminal.info(`${by}: ${stopping} and writing a checkpoint ...`)
    abort.abort()
  }
  const save = (by: string): void => {
    terminal.info(`${by}: writing a checkpoint, and going on`)
    signals.checkpoint?.()
  }
  const listeners = [
    ['SIGINT', stop],
    ['SIGTERM', stop],
    ['SIGUSR1', save],
    ['SIGUSR2', save],
  ] as const
  const signals: Signals = {
    signal: abort.signal,
    checkpoint: undefined,
    save,
    stop,
    release: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener)
    },
  }
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return signals
}
