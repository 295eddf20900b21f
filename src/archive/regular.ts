import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs'
import { codeOf, FileError } from '../errors.ts'
import { formatBytes } from '../text/bytes.ts'
import { oddKind, whyUnreadable } from '../text/unreadable.ts'

// Files that are read: regular ones alone. A pipe would be waited for, a device may have no end, and a socket is neither.

/** What is at a path. @throws FileError if there is nothing, or something that is neither a regular file nor a folder */
export function statReadable(path: string): Stats {
  const name = path === '' ? "''" : path
  let stats: Stats
  try {
    stats = statSync(path)
  } catch (error) {
    throw new FileError(`${name}: ${whyUnreadable(error)}`)
  }
  const odd = oddKind(stats)
  if (odd !== undefined) throw new FileError(`${name}: ${odd}`)
  return stats
}

/**
 * Opens a regular file, looks into it and closes it.
 *
 * @param folder what to say of a folder
 * @throws FileError if there is no such file, or no regular one
 */
export function withRegular<T>(path: string, folder: string, act: (descriptor: number, size: number) => T): T {
  if (statReadable(path).isDirectory()) throw new FileError(`${path}: ${folder}`)
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw new FileError(`${path}: ${whyUnreadable(error)}`)
  }
  try {
    return act(descriptor, fstatSync(descriptor).size)
  } catch (error) {
    throw codeOf(error) === '' ? error : new FileError(`${path}: ${whyUnreadable(error)}`)
  } finally {
    closeSync(descriptor)
  }
}

/** Node reads no more than 2 GiB at once. */
const MOST_BYTES = 2 ** 31 - 1

/** All of a regular file. @throws FileError as `withRegular`, also for more than 2 GiB; `large` says what to do then */
export function readRegular(path: string, folder: string, large: string): Uint8Array {
  return withRegular(path, folder, (descriptor, size) => {
    if (size > MOST_BYTES) throw new FileError(`${path}: ${formatBytes(size)} is too large; at most 2 GiB; ${large}`)
    return readAt(descriptor, 0, size)
  })
}

/** Up to `length` bytes from a place on; fewer where the file ends. */
export function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, position + done)
    if (read === 0) break
    done += read
  }
  return bytes.subarray(0, done)
}
