import { join } from 'node:path'
import { realPath } from '../archive/lock.ts'
import { UsageError } from '../errors.ts'

/**
 * With --force a verb could write over what it reads.
 *
 * @param sources what is read: files, or folders with x.npy and y.npy
 * @param what they are, for the message
 * @throws UsageError where `out` is one of them, whatever links lead there
 */
export function checkNoSource(out: string | undefined, sources: readonly string[], what: string): void {
  if (out === undefined) return
  const path = realPath(out)
  const read = sources.flatMap((source) => [source, join(source, 'x.npy'), join(source, 'y.npy')])
  if (read.some((source) => realPath(source) === path)) throw new UsageError(`--out: ${out} is ${what}; name another`)
}
