import { randomUUID } from 'node:crypto'
import { closeSync, linkSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf, FileError, MachineError, messageOf } from '../errors.ts'
import { lackOfRoom } from './disk.ts'
import { whyUnwritable } from './reasons.ts'

// Who works on an archive. The lock of /x/run.h5 is the file /x/run.h5.lock: JSON of a LockOwner.
//
// It appears complete: it is written under a name of its own and then linked to its place, which fails where something is.
//
// It outlives an owner that was killed, and is then taken over. Two that find the same dead owner must not both do so: the
// later would throw out the earlier, which is alive. Hence only who holds the guard, a second lock /x/run.h5.lock.takeover,
// may replace a lock, and looks at it again once it holds the guard. Why that is safe:
// - A lock whose owner is dead changes hands only under its guard: nobody can create it while it is there, and the dead
//   neither renew nor release. So what the second look finds is still so when the lock is replaced.
// - The second look finds a live owner where somebody else was faster, who wrote the lock before letting go of the guard.
// - A guard is left behind only by a process killed within these few system calls. It is a lock like the other and is taken
//   over in the same way, under a guard of its own.
// - Nobody waits: who does not get the guard is refused, as the holder of the guard, or who it finds, has the lock.
// Two things rest on time instead: a file that cannot be understood, and a guard of another machine (only with force). There
// the owner cannot be asked, and counts as gone after SETTLED milliseconds, a thousand times what it needs.

/** A held lock. */
export interface Lock {
  /** Renews the file with what a reader may want to know. Where that fails (a full disk), the lock stays as it was. */
  update(progress: object): void
  /** Who has taken the lock over by force; undefined while it is ours, or where that cannot be told. */
  takenBy(): LockOwner | undefined
  /** Removes the file, unless somebody else has taken it over; may be called again. */
  release(): void
}

/** What a lock says of who holds it. */
export interface LockOwner {
  readonly pid: number
  readonly host: string
  /** When the process began, in ticks since the machine did (Linux): a pid comes back, the pair does not. */
  readonly processStart?: number
  /** ISO 8601; when the lock was taken. */
  readonly startedAt: string
  /** Renewed by the owner every few seconds. */
  readonly progress?: unknown
}

/** Whether the owner lives is not to be known from another machine. */
type LockState = 'alive' | 'dead' | 'unknown'

const SETTLED = 5000
/** A lock that comes and goes this often between two looks is no lock. */
const ATTEMPTS = 100

/**
 * Takes the lock of an archive, also from a dead process of this machine, and with `force` from one of another machine.
 *
 * @throws FileError where somebody else has it, or the folder is missing or not writable; MachineError where the disk is full
 */
export function takeLock(archive: string, force: boolean): Lock {
  const path = realPath(archive)
  const file = lockFile(path)
  const processStart = processOf(process.pid)?.start
  const owner: LockOwner = {
    pid: process.pid,
    host: hostname(),
    ...(processStart === undefined ? {} : { processStart }),
    startedAt: new Date().toISOString(),
  }
  let holder: Found | undefined
  try {
    holder = seize(file, owner, force)
  } catch (error) {
    throw refusedBySystem(path, error)
  }
  if (holder) throw new FileError(`${path}: ${inUse(holder, file)}`)
  let released = false
  return {
    update: (progress) => {
      try {
        if (released) return
        const found = read(file)
        // Somebody has cleared it away.
        if (found === 'absent') create(file, { ...owner, progress })
        else if (isOf(owner, found)) replace(file, { ...owner, progress })
      } catch {
        // The next renewal may have room again; until then the last one stands.
      }
    },
    takenBy: () => {
      try {
        const found = read(file)
        return typeof found === 'object' && !isOf(owner, found) ? found : undefined
      } catch {
        return undefined
      }
    },
    release: () => {
      if (released) return
      released = true
      removeIfOf(owner, file)
    },
  }
}

/** Who holds the lock of an archive; undefined where there is none, or none that can be read. */
export function readLock(archive: string): { owner: LockOwner; state: LockState } | undefined {
  try {
    const found = read(lockFile(realPath(archive)))
    return typeof found === 'object' ? { owner: found, state: stateOf(found) } : undefined
  } catch {
    return undefined
  }
}

/** Where an archive lies, or would lie, whatever symbolic links lead there: one archive has one lock. */
export function realPath(archive: string): string {
  const path = resolve(archive)
  try {
    return realpathSync(path)
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path))
    } catch {
      return path
    }
  }
}

function lockFile(path: string): string {
  return `${path}.lock`
}

/** What is at the place of a lock: its owner, or a file that is not (yet) whole. */
type Found = LockOwner | 'broken'

/** @returns who has the lock, where it cannot be had */
function seize(file: string, owner: LockOwner, force: boolean, isGuard = false): Found | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (create(file, owner)) return undefined
    const found = read(file)
    // Released between the two calls: try again.
    if (found === 'absent') continue
    if (!isFree(found, file, force, isGuard)) {
      // While its age was asked for, a file that was not whole may have been completed or replaced.
      if (found === 'broken' && read(file) !== 'broken') continue
      return found
    }
    const guard = `${file}.takeover`
    const rival = seize(guard, owner, force, true)
    if (rival) return rival
    try {
      const again = read(file)
      if (again === 'absent' || !isFree(again, file, force, isGuard)) continue
      replace(file, owner)
      return undefined
    } finally {
      removeIfOf(owner, guard)
    }
  }
  throw new FileError(`${file}: appears and disappears; remove it if nothing runs`)
}

function isFree(found: Found, file: string, force: boolean, isGuard: boolean): boolean {
  if (found === 'broken') return isSettled(file)
  const state = stateOf(found)
  return state === 'dead' || (state === 'unknown' && force && (!isGuard || isSettled(file)))
}

/** Whether a file is older than anybody needs to complete it, by the clock of its file system, which may be another machine's. */
function isSettled(file: string): boolean {
  const probe = besides(file)
  try {
    closeSync(openSync(probe, 'wx'))
    return statSync(probe).mtimeMs - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY) > SETTLED
  } finally {
    rmSync(probe, { force: true })
  }
}

/** Makes a lock where there is none. @returns false where there is one */
function create(file: string, owner: LockOwner): boolean {
  const own = besides(file)
  try {
    writeFileSync(own, JSON.stringify(owner), { flag: 'wx' })
    linkSync(own, file)
    return true
  } catch (error) {
    const code = codeOf(error)
    // Over NFS a link may be made and its answer lost; the repeated request then finds it there.
    if (code === 'EEXIST') return (statSync(own, { throwIfNoEntry: false })?.nlink ?? 1) > 1
    if (statSync(own, { throwIfNoEntry: false }) && ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) {
      return createInPlace(file, owner)
    }
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** For file systems without links (FAT, some over the network): for a moment the file is there and empty. */
function createInPlace(file: string, owner: LockOwner): boolean {
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx')
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  try {
    writeFileSync(descriptor, JSON.stringify(owner))
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  // Had we been stopped for seconds in between, it would have been taken for a leftover and replaced.
  return isOf(owner, read(file))
}

function replace(file: string, owner: LockOwner): void {
  const own = besides(file)
  try {
    writeFileSync(own, JSON.stringify(owner), { flag: 'wx' })
    renameSync(own, file)
  } finally {
    rmSync(own, { force: true })
  }
}

/** A name that nobody else has, not even a process with this pid on another machine. */
function besides(file: string): string {
  return `${file}.${process.pid}-${randomUUID()}`
}

function removeIfOf(owner: LockOwner, file: string): void {
  try {
    if (isOf(owner, read(file))) rmSync(file, { force: true })
  } catch {
    // Left behind, it is taken over once this process is gone.
  }
}

function isOf(owner: LockOwner, found: Found | 'absent'): boolean {
  if (typeof found !== 'object') return false
  return (['pid', 'host', 'processStart', 'startedAt'] as const).every((key) => found[key] === owner[key])
}

function read(file: string): Found | 'absent' {
  let text: string
  try {
    // A pipe would be waited for, and a device may have no end.
    if (!statSync(file).isFile()) throw new Error('not a regular file')
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'absent'
    // Not to be taken for broken: it may be whole, and of somebody else.
    throw new FileError(`${file}: cannot be read (${messageOf(error)}), so that it may be in use; remove it if nothing runs`)
  }
  try {
    const value: unknown = JSON.parse(text)
    return isOwner(value) ? value : 'broken'
  } catch {
    return 'broken'
  }
}

function isOwner(value: unknown): value is LockOwner {
  if (typeof value !== 'object' || value === null) return false
  const { pid, host, processStart, startedAt } = value as Partial<Record<keyof LockOwner, unknown>>
  return (
    // A pid of 0 or less would ask after a whole group of processes.
    typeof pid === 'number' &&
    Number.isInteger(pid) &&
    pid > 0 &&
    pid < 2 ** 31 &&
    typeof host === 'string' &&
    (processStart === undefined || typeof processStart === 'number') &&
    typeof startedAt === 'string' &&
    !Number.isNaN(Date.parse(startedAt))
  )
}

function stateOf({ pid, host, processStart }: LockOwner): LockState {
  if (host !== hostname()) return 'unknown'
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: a process of another user, which may be hidden below /proc; it lives.
    if (codeOf(error) !== 'EPERM') return 'dead'
  }
  const found = processOf(pid)
  if (!found) return 'alive'
  const recycled = processStart !== undefined && processStart !== found.start
  return recycled || found.ended ? 'dead' : 'alive'
}

/** Linux only. A process that ended stays listed until its parent asks; in a container that may be never. */
function processOf(pid: number): { readonly start: number; readonly ended: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in brackets, and may hold anything; the third is the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { start: Number(fields[22 - 3]), ended: fields[0] === 'Z' || fields[0] === 'X' }
  } catch {
    return undefined
  }
}

function inUse(holder: Found, file: string): string {
  if (holder === 'broken') return `in use by a process that is only just starting; try again, or remove ${file} if nothing runs`
  const { pid, host, startedAt } = holder
  return stateOf(holder) === 'unknown'
    ? `in use by process ${pid} on host ${host} since ${startedAt}; if that run is dead, take over with --force`
    : `in use by process ${pid} on this machine since ${startedAt}; wait for it or stop it`
}

function refusedBySystem(path: string, error: unknown): Error {
  if (error instanceof FileError) return error
  const room = lackOfRoom(error, path)
  if (room) return new MachineError(`${path}: cannot be locked: ${room}`)
  return new FileError(`${path}: ${whyUnwritable(error, path) ?? `cannot be locked (${messageOf(error)})`}`)
}
