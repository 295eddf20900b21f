import type { Terminal } from './terminal.ts'

/** What a signal does to long work: SIGINT and SIGTERM end it by a checkpoint, SIGUSR1 and SIGUSR2 write one and it goes on. */
export interface Signals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** Where the work can write a checkpoint, from when on it can. */
  checkpoint: (() => void) | undefined
  /** Leaves signals to the system again. */
  release(): void
}

/** @param stopping what is done before the checkpoint, for the line that says so */
export function hearSignals(terminal: Terminal, stopping: string): Signals {
  const abort = new AbortController()
  const stop = (signal: NodeJS.Signals): void => {
    if (!abort.signal.aborted) terminal.info(`${signal}: ${stopping} and writing a checkpoint ...`)
    abort.abort()
  }
  const save = (signal: NodeJS.Signals): void => {
    terminal.info(`${signal}: writing a checkpoint, and going on`)
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
    release: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener)
    },
  }
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return signals
}
