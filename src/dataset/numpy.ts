import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Damage } from '../archive/fields.ts'
import { FileError, messageOf } from '../errors.ts'
import { formatBytes } from '../memory/arena.ts'
import { type Column, type ColumnName, type Columns, columnNames } from './columns.ts'
import { type NpyFile, parseNpy } from './npy.ts'

// Labelled examples as NumPy saves them: x.npy and y.npy side by side, one structured array, or an .npz.

/** What there is in files of NumPy. */
export interface NumpyData {
  readonly columns: Columns
  /** Names of all arrays, for messages. */
  readonly present: readonly string[]
}

/** A folder with x.npy and y.npy in it. */
export function readNumpyFolder(path: string): NumpyData {
  const present = readdirSync(path).filter((name) => name.endsWith('.npy'))
  const columns: Partial<Record<ColumnName, Column>> = {}
  for (const name of columnNames) {
    if (present.includes(`${name}.npy`)) columns[name] = arrayIn(parsed(join(path, `${name}.npy`), readWhole), join(path, `${name}.npy`))
  }
  return { columns, present }
}

/**
 * A structured array with the fields x and y; or a plain x, `x.npy` or `pictures-x.npy`, beside which y lies in `y.npy` or
 * `pictures-y.npy`, and perhaps group, part and temperature likewise.
 */
export function readNpy(path: string): NumpyData {
  const file = parsed(path, readWhole)
  if (file.kind === 'structured') return fromFields(file.fields)
  const name = basename(path)
  const [, stem] = /^(|.*[-_.])x\.npy$/.exec(name) ?? []
  if (stem === undefined) {
    throw new FileError(
      `${path}: a single array, and its labels are not known; call it x.npy and put y.npy beside it, or data-x.npy and data-y.npy; or save both with numpy.savez`,
    )
  }
  const columns: Partial<Record<ColumnName, Column>> = { x: file.array }
  const present = [name]
  for (const column of columnNames.filter((candidate) => candidate !== 'x')) {
    const sibling = join(dirname(path), `${stem}${column}.npy`)
    if (!existsSync(sibling)) continue
    columns[column] = arrayIn(parsed(sibling, readWhole), sibling)
    present.push(basename(sibling))
  }
  if (!columns.y) throw new FileError(`${path}: there is no ${stem}y.npy beside it, one label for each example`)
  return { columns, present }
}

/** What numpy.savez or savez_compressed has written. */
export async function readNpz(path: string): Promise<NumpyData> {
  const { unzipSync } = await import('fflate')
  const bytes = readWhole(path)
  const present: string[] = []
  let files: Readonly<Record<string, Uint8Array>>
  try {
    files = unzipSync(bytes, {
      filter: ({ name }) => {
        present.push(name.replace(/\.npy$/, ''))
        return columnNames.some((column) => name === `${column}.npy`)
      },
    })
  } catch (error) {
    throw new FileError(`${path}: damaged or truncated; it cannot be unpacked (${messageOf(error)})`)
  }
  const columns: Partial<Record<ColumnName, Column>> = {}
  for (const name of columnNames) {
    const file = files[`${name}.npy`]
    if (file)
      columns[name] = arrayIn(
        parsed(`${path}: ${name}.npy`, () => file),
        `${path}: ${name}.npy`,
      )
  }
  return { columns, present }
}

function fromFields(fields: ReadonlyMap<string, Column>): NumpyData {
  const columns: Partial<Record<ColumnName, Column>> = {}
  for (const name of columnNames) {
    const field = fields.get(name)
    if (field) columns[name] = field
  }
  return { columns, present: [...fields.keys()] }
}

function parsed(path: string, read: (path: string) => Uint8Array): NpyFile {
  const bytes = read(path)
  try {
    return parseNpy(bytes)
  } catch (error) {
    throw error instanceof Damage ? new FileError(`${path}: ${error.message}`) : error
  }
}

function arrayIn(file: NpyFile, path: string): Column {
  if (file.kind === 'array') return file.array
  throw new FileError(`${path}: a structured array where a plain one should be`)
}

/** Node reads no more than 2 GiB at once. */
const MOST_BYTES = 2 ** 31 - 1

function readWhole(path: string): Uint8Array {
  const { size } = statSync(path)
  if (size > MOST_BYTES)
    throw new FileError(`${path}: ${formatBytes(size)} is too large for a file of NumPy; at most 2 GiB; write HDF5 instead`)
  return readFileSync(path)
}
