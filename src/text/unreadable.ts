import type { Stats } from 'node:fs'
import { codeOf, messageOf } from '../errors.ts'

// Why a file cannot be read, in words.

/** Reasons of the operating system that are those of reading and writing. */
export const ANY_PATH: Readonly<Record<string, string>> = {
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is longer than names may be',
}

/** @returns `there is no such file`, or `cannot be read (...)` */
export function whyUnreadable(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'ENAMETOOLONG') return `there is no such file; ${ANY_PATH[code]}`
  const why = { ...ANY_PATH, EACCES: 'its permissions forbid it' }[code]
  return why === undefined ? `cannot be read (${messageOf(error)})` : `cannot be read, as ${why}`
}

/** What a path is that is neither a regular file nor a folder. */
export function oddKind(stats: Stats): string | undefined {
  if (stats.isFile() || stats.isDirectory()) return undefined
  const kind = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device'
  return `${kind}, not a regular file${stats.isFIFO() ? '; write what is in it to a file first' : ''}`
}
