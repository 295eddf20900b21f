import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../errors.ts'
import { ANY_PATH } from '../text/unreadable.ts'

// Why a file cannot be written, in words; unreadable.ts has those of reading.

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
  return { ...ANY_PATH, ...own }[codeOf(error)]
}
