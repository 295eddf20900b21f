import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
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
  const checksums = checksumsIn(bytes)
  const columns: Partial<Record<ColumnName, Column>> = {}
  for (const name of columnNames) {
    const file = files[`${name}.npy`]
    if (!file) continue
    const member = `${path}: ${name}.npy`
    if (checksums.get(`${name}.npy`) !== crc32(file)) throw new FileError(`${member}: damaged; it is not what was packed (CRC-32)`)
    columns[name] = arrayIn(
      parsed(member, () => file),
      member,
    )
  }
  return { columns, present }
}

/** CRC-32 of each member, out of the directory at the end of a zip file; fflate does not look at them. */
function checksumsIn(bytes: Uint8Array): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // The end record has 22 bytes, and perhaps a comment.
  let end = bytes.length - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0) return found
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0 && at + 46 <= bytes.length; left--) {
    if (view.getUint32(at, true) !== 0x02014b50) break
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number]
    found.set(Buffer.from(bytes.subarray(at + 46, at + 46 + name)).toString(), view.getUint32(at + 16, true))
    at += 46 + name + extra + comment
  }
  return found
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
