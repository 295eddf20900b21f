/**
 * Every error that spinpool throws on purpose, each with the exit code that a shell sees.
 * A message is one or two lines: what, where, the value, what is allowed, the next step.
 */
export class SpinpoolError extends Error {
  override readonly name: string = 'SpinpoolError'
  /** Exit code of the command line; see EXIT. */
  readonly exitCode: number = 4
}

/** The job or the command line is wrong; nothing was started and nothing written. */
export class UsageError extends SpinpoolError {
  override readonly name = 'UsageError'
  override readonly exitCode = 2
}

/** A file is missing, is no archive, is damaged, or would be overwritten. */
export class FileError extends SpinpoolError {
  override readonly name = 'FileError'
  override readonly exitCode = 3
}

/** A worker or the machine failed; what was measured until then is in the archive. */
export class MachineError extends SpinpoolError {
  override readonly name = 'MachineError'
  override readonly exitCode = 4
}

/** Exit codes of the command line. `interrupted` is EX_TEMPFAIL: stopped early, the archive is valid. */
export const EXIT = { done: 0, usage: 2, file: 3, machine: 4, interrupted: 75 } as const

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim()
}

/** The code of an error of the operating system, such as ENOENT; empty where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
