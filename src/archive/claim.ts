import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { FileError, messageOf, UsageError } from '../errors.ts'

/** An archive's path that is ours alone. */
export interface Claim {
  /** Absolute. */
  readonly path: string
  /** Gives the path back if nothing has been written there. */
  release(): void
}

/**
 * Makes sure that an archive can be written, before anything starts, and reserves its path with an empty file, so that of
 * two runs that start at once only one gets it.
 *
 * @param out the path asked for; else results/<model>-<date>.h5, numbered where that is taken
 * @param where the flag or key that the path comes from, for messages
 * @throws FileError where the folder is missing or not writable, or the file is there and `force` is not given
 */
export function claimArchive(out: string | undefined, model: string, date: Date, force: boolean, where: string): Claim {
  if (out === undefined) return claimDefault(model, date)
  const path = resolve(out)
  const folder = dirname(path)
  if (!existsSync(folder)) throw new FileError(`${where}: the folder ${folder} does not exist; make it first, or name another with --out`)
  if (!statSync(folder).isDirectory()) throw new FileError(`${where}: ${folder} is no folder`)
  const present = existsSync(path) ? statSync(path) : undefined
  if (present?.isDirectory()) throw new UsageError(`${where}: ${path} is a folder; name a file, such as ${path}/run.h5`)
  if (present && !present.isFile()) throw new FileError(`${where}: ${path} is no regular file; name another with --out`)
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new FileError(`${where}: the folder ${folder} is not writable; name another with --out`)
  }
  if (present && force) return { path, release: () => {} }
  const claim = reserve(path)
  if (!claim) throw new FileError(`${where}: ${path} exists already; name another with --out, or replace it with --force`)
  return claim
}

function claimDefault(model: string, date: Date): Claim {
  const folder = resolve('results')
  try {
    mkdirSync(folder, { recursive: true })
    for (let count = 1; ; count++) {
      const claim = reserve(`${folder}/${model}-${stamp(date)}${count > 1 ? `-${count}` : ''}.h5`)
      if (claim) return claim
    }
  } catch (error) {
    throw new FileError(`${folder}: no archive can be made in this folder (${messageOf(error)}); name one with --out`)
  }
}

/** @returns undefined where the file is there already */
function reserve(path: string): Claim | undefined {
  try {
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined
    throw new FileError(`${path}: cannot be written (${messageOf(error)}); name another with --out`)
  }
  return {
    path,
    release: () => {
      if (existsSync(path) && statSync(path).size === 0) rmSync(path, { force: true })
    },
  }
}

/** 2026-11-22-160412, local time. */
function stamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
