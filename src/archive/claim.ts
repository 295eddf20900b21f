import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { FileError } from '../errors.ts'
import { type Lock, readLock, realPath, takeLock } from './lock.ts'
import { checkPlace, defaultPlace, makeDefaultFolder } from './place.ts'

/** An archive's path that is ours alone, until it is released. */
export interface Claim {
  /** Absolute. */
  readonly path: string
  readonly lock: Lock
  /** Gives the path back. */
  release(): void
}

/**
 * Makes sure that an archive can be written, before anything starts, and locks it, so that of two runs that start at once
 * only one gets it.
 *
 * @param out the path asked for; else results/<name>-<date>.h5, numbered where that is taken
 * @param force replace what is there, and take the lock of a process on another machine over
 * @param where the flag or key that the path comes from, for messages
 * @param goOn the command that goes on with what is there
 * @throws FileError where the folder is missing or not writable, the archive is in use, or it is there and `force` is not given
 */
export function claimArchive(
  out: string | undefined,
  name: string,
  date: Date,
  force: boolean,
  where: string,
  goOn = 'spinpool resume',
): Claim {
  if (out === undefined) return claimDefault(name, date)
  const path = realPath(out)
  const present = checkPlace(path, 'run.h5', where)
  const taken = (): never => {
    throw new FileError(
      `${where}: ${path} exists already; name another with --out, replace it with --force, or go on with it: ${goOn} ${path}`,
    )
  }
  // What is there and not to be replaced needs no lock to be refused.
  if (present && !force) return taken()
  const claim = openClaim(path, force)
  if (existsSync(path) && !force) {
    claim.release()
    return taken()
  }
  return claim
}

/** Locks an archive that is there, and clears away what a process that was killed has left of its writing. */
export function openClaim(file: string, force: boolean): Claim {
  const path = realPath(file)
  const lock = takeLock(path, force)
  try {
    removeLeftovers(path)
  } catch {
    // They are in nobody's way.
  }
  return { path, lock, release: () => lock.release() }
}

function claimDefault(name: string, date: Date): Claim {
  makeDefaultFolder()
  for (let count = 1; ; count++) {
    const path = resolve(defaultPlace(name, date, count))
    if (existsSync(path) || readLock(path)) continue
    try {
      const claim = openClaim(path, false)
      if (!existsSync(path)) return claim
      claim.release()
    } catch (error) {
      // Somebody else was faster, or nothing can be written here at all.
      if (!readLock(path)) throw error
    }
  }
}

/** Milliseconds after which a lock that was never put in its place was left behind. */
const FORGOTTEN = 3_600_000

/** Only who holds the lock writes the archive, so that all of that is left over; somebody else may be about to ask for the lock. */
function removeLeftovers(path: string): void {
  const folder = dirname(path)
  const name = basename(path)
  for (const file of readdirSync(folder).filter((candidate) => candidate.startsWith(`${name}.`))) {
    const rest = file.slice(name.length + 1)
    const age = Date.now() - (statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (/^\d+\.(?:[0-9a-f]{16}\.)?partial$/.test(rest) || (/^lock\.\d+-[0-9a-f-]{36}$/.test(rest) && age > FORGOTTEN))
      rmSync(join(folder, file), { force: true })
  }
}
