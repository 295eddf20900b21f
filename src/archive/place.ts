import { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { FileError, messageOf, UsageError } from '../errors.ts'
import type { Place } from './atomic.ts'
import { realPath } from './lock.ts'
import { whyUnwritable } from './reasons.ts'

// Where files go: archives, which are locked besides (claim.ts), and all that is written in one go.

/** What is left of 255 bytes for `.lock.<process>-<36 characters>`. */
const LONGEST_NAME = 200

/**
 * Makes sure that a file can be written here. The folder is made if it is missing and its parent is not.
 *
 * @param path absolute
 * @param example a file name, for the message about a folder
 * @param where the flag or key that the path comes from, for messages
 * @returns whether there is one already
 * @throws FileError where the folder is missing or not writable, UsageError where the path is a folder
 */
export function checkPlace(path: string, example: string, where: string): boolean {
  const folder = dirname(path)
  const bytes = Buffer.byteLength(basename(path))
  if (bytes > LONGEST_NAME) {
    throw new FileError(
      `${where}: the name of the file has ${bytes} bytes; allowed: up to ${LONGEST_NAME}, as it is locked and written under longer ones`,
    )
  }
  if (!existsSync(folder)) makeFolder(folder, where)
  if (!statSync(folder).isDirectory()) throw new FileError(`${where}: ${folder} is not a folder`)
  const present = existsSync(path) ? statSync(path) : undefined
  if (!present && lstatSync(path, { throwIfNoEntry: false })) {
    throw new FileError(`${where}: ${path} is a link to a file that does not exist; name that file, or another with --out`)
  }
  if (present?.isDirectory()) throw new UsageError(`${where}: ${path} is a folder; name a file, such as ${path}/${example}`)
  if (present && !present.isFile()) throw new FileError(`${where}: ${path} is no regular file; name another with --out`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new FileError(`${where}: the folder ${folder} is not writable; name another with --out`)
  }
  return present !== undefined
}

/**
 * Where a file goes that is written in one go, such as a dataset. Of two processes that write the same path at once the later one
 * is refused, or takes another number.
 *
 * @param out the path asked for; else results/<name>-<date>.h5, numbered where that is taken
 * @param force replace what is there
 * @returns an absolute path
 * @throws FileError where the folder is missing or not writable, or the file is there and `force` is not given
 */
export function freePlace(out: string | undefined, name: string, date: Date, force: boolean): Place {
  if (out === undefined) {
    makeDefaultFolder()
    let count = 0
    const next = (): string => {
      for (;;) {
        const path = resolve(defaultPlace(name, date, ++count))
        if (!existsSync(path) && !checkPlace(path, `${name}.h5`, '--out')) return path
      }
    }
    return { path: next(), replace: false, next }
  }
  const path = realPath(out)
  if (checkPlace(path, `${name}.h5`, '--out') && !force) {
    throw new FileError(`--out: ${path} exists already; name another with --out, or replace it with --force`)
  }
  return { path, replace: force }
}

/**
 * What is read must not be replaced, whatever `force` says.
 *
 * @param sources what is read: files, or folders with x.npy and y.npy
 * @param what they are, for the message
 * @param where the flag or key that `out` comes from, for the message
 * @throws UsageError where `out` is one of them, whatever links lead there
 */
export function checkNoSource(out: string | undefined, sources: readonly string[], what: string, where = '--out'): void {
  if (out === undefined) return
  const path = realPath(out)
  const read = sources.flatMap((source) => [source, join(source, 'x.npy'), join(source, 'y.npy')])
  if (read.some((source) => realPath(source) === path)) throw new UsageError(`${where}: ${out} is ${what}; name another`)
}

/** One level only: of a path with more that is missing, some is mistyped more likely than not. */
function makeFolder(folder: string, where: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })) {
    throw new FileError(`${where}: the folder ${folder} is a link that leads to no folder; name another with --out`)
  }
  if (!existsSync(dirname(folder))) {
    throw new FileError(`${where}: neither the folder ${folder} nor the one above it exists; make them first, or name another with --out`)
  }
  try {
    mkdirSync(folder)
  } catch (error) {
    throw new FileError(
      `${where}: the folder ${folder} does not exist and cannot be made, as ${whyUnwritable(error, folder) ?? messageOf(error)}; name another with --out`,
    )
  }
}

const DEFAULT_FOLDER = 'results'

/** @throws FileError where it cannot be made */
export function makeDefaultFolder(): void {
  const folder = resolve(DEFAULT_FOLDER)
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new FileError(
      `${folder}: no file can be made in this folder (${whyUnwritable(error, folder) ?? messageOf(error)}); name one with --out`,
    )
  }
}

/** Where a file goes that nobody named: `results/ising-2026-11-22-160412.h5`, numbered from the second on. */
export function defaultPlace(name: string, date: Date, count = 1): string {
  return `${DEFAULT_FOLDER}/${name}-${stamp(date)}${count > 1 ? `-${count}` : ''}.h5`
}

/** 2026-11-22-160412, local time. */
function stamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
