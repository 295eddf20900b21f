import { randomBytes } from 'node:crypto'
import { closeSync, fchmodSync, fchownSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { codeOf, FileError, MachineError } from '../errors.ts'
import { lackOfRoom } from './disk.ts'
import { type File, loadHdf5, reasonOf } from './hdf5.ts'
import { whyUnwritable } from './reasons.ts'

/** Where a file goes, and what happens if there is one by the time it is written. */
export interface Place {
  readonly path: string
  /** Whether it is replaced. */
  readonly replace: boolean
  /** Another path to try; an error without one. */
  readonly next?: () => string
}

/**
 * The layout of HDF5 1.8, which all versions read and copy. In that of 1.10 and later more than eight attributes go into dense storage,
 * and h5copy of HDF5 1.10 crashes where texts are among them.
 */
const READABLE: { libver: ['earliest', 'v110'] } = { libver: ['earliest', 'v110'] }

/**
 * Writes a whole HDF5 file beside its place, makes sure that it is on the disk, and puts it there: at any moment the path
 * holds a complete file, the old one or the new. A signal that would end the process waits until that is done.
 *
 * @param place a path alone is replaced; who gives it asks first
 * @param write fills the new, empty file
 * @returns the path
 * @throws MachineError where the disk is full, FileError where the folder cannot be written, or a file is there that may not be replaced
 */
export async function writeWhole(place: string | Place, write: (file: File) => void): Promise<string> {
  const h5wasm = await loadHdf5()
  return undisturbed(place, (partial) => {
    const file = new h5wasm.File(partial, 'w', READABLE)
    try {
      write(file)
    } finally {
      file.close()
    }
  })
}

/** The same for a file of any other kind. */
export function writeBytes(place: string | Place, data: string | Uint8Array): Promise<string> {
  return undisturbed(place, (partial) => writeFileSync(partial, data))
}

async function undisturbed(place: string | Place, write: (partial: string) => void): Promise<string> {
  const signals = holdSignals()
  try {
    return putInPlace(place, write)
  } finally {
    await signals.release()
  }
}

function putInPlace(place: string | Place, write: (partial: string) => void): string {
  const whole = typeof place === 'string' ? { path: place, replace: true } : place
  const { path } = whole
  // The name is random and the file must be new, so that a link planted beforehand cannot redirect the write.
  const partial = `${path}.${process.pid}.${randomBytes(8).toString('hex')}.partial`
  try {
    createLike(path, partial)
    write(partial)
    synchronise(partial)
    const found = put(partial, whole)
    synchroniseFolder(dirname(found))
    return found
  } catch (error) {
    if (error instanceof FileError) throw error
    // The path is at fault, not the machine.
    const why = whyUnwritable(error, path)
    if (why !== undefined) throw new FileError(`${path}: cannot be written, as ${why}`)
    // Asked while the partial file is still there, so that the disk is seen as full as it was.
    const room = lackOfRoom(error, path)
    throw new MachineError(`${path}: could not be written${room ? `: ${room}` : ` (${reasonOf(error)})`}`)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** An empty file with the permissions and the group of the one that it will replace. */
function createLike(path: string, partial: string): void {
  const old = statSync(path, { throwIfNoEntry: false })
  const descriptor = openSync(partial, 'wx', old ? old.mode & 0o777 : 0o666)
  try {
    if (!old) return
    try {
      fchownSync(descriptor, process.getuid?.() ?? old.uid, old.gid)
    } catch {
      // Not a group of ours: it then has our own.
    }
    fchmodSync(descriptor, old.mode & 0o777)
  } finally {
    closeSync(descriptor)
  }
}

/** @returns the path that the file has now */
function put(partial: string, { path, replace, next }: Place): string {
  if (replace) {
    renameSync(partial, path)
    return path
  }
  for (let free = path; ; free = next()) {
    if (isPut(partial, free)) return free
    if (!next) throw new FileError(`--out: ${free} exists already; name another with --out, or replace it with --force`)
  }
}

/** Puts the file where there is none. @returns false where there is one, which stays */
function isPut(partial: string, path: string): boolean {
  try {
    linkSync(partial, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error
  }
  // A file system without links: an empty file takes the name first.
  try {
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  renameSync(partial, path)
  return true
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal without a handler would end the process and leave half a file behind. It is caught, and sent again afterwards. */
function holdSignals(): { readonly release: () => Promise<void> } {
  const heard = new Set<NodeJS.Signals>()
  const held = ENDING.filter((signal) => process.listenerCount(signal) === 0)
  const hear = (signal: NodeJS.Signals): void => void heard.add(signal)
  for (const signal of held) process.on(signal, hear)
  return {
    release: async () => {
      // Writing takes no turn of the event loop, in which alone a signal is told.
      if (held.length > 0) await turn()
      for (const signal of held) process.off(signal, hear)
      for (const signal of heard) process.kill(process.pid, signal)
    },
  }
}

/** Some file systems, over a network above all, know no such thing for folders; the file is there all the same. */
function synchroniseFolder(path: string): void {
  try {
    synchronise(path)
  } catch (error) {
    const code = codeOf(error)
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP', 'EBADF'].includes(code)) throw error
  }
}

function synchronise(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
