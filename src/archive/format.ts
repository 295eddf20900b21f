import { FileError } from '../errors.ts'
import { attributesOf, checkSeal, groupAt, numberOf, textOf } from './fields.ts'
import { attributeNames, hasAttribute, type File, openForReading, reasonOf } from './hdf5.ts'
import { Elsewhere } from './library.ts'

// What every kind of file of spinpool has in common: the attributes format and formatVersion, a seal, and how damage is told of.

/**
 * Opens a file, does something with it and closes it, whatever happens.
 *
 * @throws FileError where it is missing, no HDF5 file, or damaged
 */
export async function withFile<T>(path: string, act: (file: File) => T): Promise<T> {
  const file = await openForReading(path)
  try {
    return act(file)
  } catch (error) {
    throw damaged(path, error)
  } finally {
    try {
      file.close()
    } catch {
      // A library that gave up cannot close either.
    }
  }
}

/** Whatever went wrong while reading, as one line about the file. */
export function damaged(path: string, error: unknown): FileError {
  if (error instanceof FileError) return error
  return new FileError(error instanceof Elsewhere ? `${path}: ${error.message}` : `${path}: damaged; ${reasonOf(error)}`)
}

/** What a file says it is; undefined where it does not say. @throws FileError where it is missing or no HDF5 file */
export function formatOf(path: string): Promise<string | undefined> {
  return withFile(path, formatIn)
}

function formatIn(file: File): string | undefined {
  return hasAttribute(file, 'format') ? textOf(file, 'format') : undefined
}

/** What the root's attribute `format` of an archive says. */
export const ARCHIVE_FORMAT = 'spinpool'
/** The same of what spinpool bench writes. */
export const BENCHMARK_FORMAT = 'spinpool-benchmark'

/** Kinds of files, for messages. */
export const KINDS: Readonly<Record<string, string>> = {
  [ARCHIVE_FORMAT]: 'an archive of a run',
  'spinpool-dataset': 'a dataset',
  'spinpool-model': 'a model',
  'spinpool-prediction': 'a prediction',
  [BENCHMARK_FORMAT]: 'a benchmark',
}

/**
 * Makes sure that a file is of the kind that is asked for, and that this version reads it.
 *
 * @param most newest version of the format that is read
 * @param advice what to do where it is something else
 * @throws FileError
 */
export function checkFormat(file: File, path: string, expected: string, most: number, advice: string): void {
  const format = formatIn(file)
  if (format !== expected) {
    const kind = KINDS[expected]?.replace(/^an? /, '') ?? expected
    const other = format === undefined ? undefined : KINDS[format]
    throw new FileError(`${path}: ${other ?? 'an HDF5 file'}${other ? ' of spinpool and no' : ', but no'} ${kind}; ${advice}`)
  }
  checkVersion(file, path, most)
}

/** @throws FileError for a newer format than this version reads; Damage where attributes or members are not what was written */
export function checkVersion(file: File, path: string, most: number): void {
  const version = numberOf(file, 'formatVersion')
  if (version > most) {
    throw new FileError(`${path}: format ${version} is newer than the ${most} that this version of spinpool reads; update spinpool`)
  }
  checkSeal(file)
}

/** Attributes of any file of spinpool, and its provenance. @throws FileError where it is damaged */
export function describeFile(path: string): Promise<Record<string, unknown>> {
  return withFile(path, (file) => {
    checkSeal(file)
    const lists = Object.fromEntries(
      attributeNames(file).flatMap((name): [string, unknown][] => {
        const value = file.get_attribute(name, true)
        return Array.isArray(value) ? [[name, value]] : []
      }),
    )
    return { ...attributesOf(file), ...lists, provenance: attributesOf(groupAt(file, 'provenance')) }
  })
}
