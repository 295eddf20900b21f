import type { Options } from 'yargs'
import { logLevels, Terminal } from './terminal.ts'

/** Flags as parsed. */
export type Flags = Readonly<Record<string, unknown>>

/** One verb: a file of its own in this folder. */
export interface Verb {
  /** `run [job]` */
  readonly usage: string
  readonly describe: string
  readonly options: Readonly<Record<string, Options>>
  /** What a shell completes after a flag, by the name of the flag; yargs' choices would also word its error messages. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  readonly examples: readonly (readonly [string, string])[]
  /** More to read behind the examples; a tab separates two columns. */
  readonly more?: string
  /** @returns the exit code */
  readonly act: (flags: Flags, terminal: Terminal) => number | Promise<number>
}

/** A flag whose value is taken as it is written, and read by whoever knows what it may be. */
export const text = (describe: string): Options => ({ type: 'string', requiresArg: true, describe })

/** Flags that every verb takes. */
export const commonOptions: Readonly<Record<string, Options>> = {
  quiet: { type: 'boolean', alias: 'q', describe: 'No progress, notes or warnings on stderr' },
  'log-level': { choices: logLevels, describe: 'How much to say on stderr', default: 'info' },
}

/** Every verb that reads an archive takes this. */
export const jsonOption: Readonly<Record<string, Options>> = {
  json: { type: 'boolean', describe: 'JSON on stdout' },
}

export function openTerminal(flags: Flags): Terminal {
  return new Terminal({ quiet: flags.quiet === true, logLevel: logLevels.find((level) => level === flags.logLevel) })
}
