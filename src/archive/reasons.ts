import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf, messageOf } from '../errors.ts'

// Why the operating system refuses a path, in words.

const ANY: Readonly<Record<string, string>> = {
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is longer than names may be',
}

/** @returns `there is no such file`, or `cannot be read (...)` */
export function whyUnreadable(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'ENAMETOOLONG') return `there is no such file; ${ANY[code]}`
  const why = { ...ANY, EACCES: 'its permissions forbid it' }[code]
  return why === undefined ? `cannot be read (${messageOf(error)})` : `cannot be read, as ${why}`
}

/** Why there can be no file here; undefined if it is not the path that is at fault. */
export function whyUnwritable(error: unknown, path: string): string | undefined {
  const folder = dirname(path)
  const own: Readonly<Record<string, string>> = {
    ENOENT: existsSync(folder) ? `no file can be made in ${folder}` : `the folder ${folder} does not exist`,
    ENOTDIR: `${folder} is not a folder`,
    EEXIST: `${folder} is not a folder`,
    EISDIR: 'it is a folder',
    EACCES: `the folder ${folder} is not writable`,
    EPERM: `the folder ${folder} is not writable`,
    EROFS: `the folder ${folder} is not writable (it is mounted read-only)`,
  }
  return { ...ANY, ...own }[codeOf(error)]
}
