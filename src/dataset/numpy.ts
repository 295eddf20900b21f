import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Damage } from '../archive/fields.ts'
import { readAt, readRegular, withRegular } from '../archive/regular.ts'
import { FileError } from '../errors.ts'
import { type Column, type ColumnName, columnNames, type ColumnSource, type ColumnSources } from './columns.ts'
import { type NpyFile, type NpyShapes, parseNpy, shapesOf } from './npy.ts'
import { membersOf } from './zip.ts'

// Labelled examples as NumPy saves them: x.npy and y.npy side by side, one structured array, or an .npz.

/** What there is in files of NumPy. */
export interface NumpyData {
  readonly columns: ColumnSources
  /** Names of all arrays, for messages. */
  readonly present: readonly string[]
}

/** A folder with x.npy and y.npy in it. */
export function readNumpyFolder(path: string): NumpyData {
  const present = readdirSync(path).filter((name) => name.endsWith('.npy'))
  const columns: Partial<Record<ColumnName, ColumnSource>> = {}
  for (const name of columnNames) {
    if (present.includes(`${name}.npy`)) columns[name] = arrayIn(npyAt(join(path, `${name}.npy`)))
  }
  return { columns, present }
}

/**
 * A structured array with the fields x and y; or a plain x, `x.npy` or `pictures-x.npy`, beside which y lies in `y.npy` or
 * `pictures-y.npy`, and perhaps group, part and temperature likewise.
 */
export function readNpy(path: string): NumpyData {
  const file = npyAt(path)
  if (file.shapes.kind === 'structured') return fromFields(file, file.shapes.fields)
  const name = basename(path)
  const [, stem] = /^(|.*[-_.])x\.npy$/.exec(name) ?? []
  if (stem === undefined) {
    throw new FileError(
      `${path}: a single array, and its labels are not known; call it x.npy and put y.npy beside it, or data-x.npy and data-y.npy; or save both with numpy.savez`,
    )
  }
  const columns: Partial<Record<ColumnName, ColumnSource>> = { x: arrayIn(file) }
  const present = [name]
  for (const column of columnNames.filter((candidate) => candidate !== 'x')) {
    const sibling = join(dirname(path), `${stem}${column}.npy`)
    if (!existsSync(sibling)) continue
    columns[column] = arrayIn(npyAt(sibling))
    present.push(basename(sibling))
  }
  if (!columns.y) throw new FileError(`${path}: there is no ${stem}y.npy beside it, one label for each example`)
  return { columns, present }
}

/** What numpy.savez or savez_compressed has written. */
export function readNpz(path: string): NumpyData {
  const bytes = readWhole(path)
  const members = saying(`${path}: damaged or truncated; it cannot be unpacked: `, () => membersOf(bytes))
  const columns: Partial<Record<ColumnName, ColumnSource>> = {}
  for (const name of columnNames) {
    const [member, another] = members.filter((candidate) => candidate.name === `${name}.npy`)
    if (!member) continue
    if (another) throw new FileError(`${path}: ${name}.npy is there twice; allowed: once`)
    const about = `${path}: ${name}.npy: damaged; `
    const shapes = saying(about, () => shapesOf(member.head, member.size))
    columns[name] = arrayIn({ path: `${path}: ${name}.npy`, shapes, read: () => saying(about, () => parseNpy(member.content())) })
  }
  return { columns, present: members.map(({ name }) => name.replace(/\.npy$/, '')) }
}

/** A file of which the header is known. */
interface Npy {
  readonly path: string
  readonly shapes: NpyShapes
  readonly read: () => NpyFile
}

function npyAt(path: string): Npy {
  const about = `${path}: `
  const shapes = withRegular(path, 'a folder, not an array', (descriptor, size) =>
    saying(about, () => shapesOf((length) => readAt(descriptor, 0, Math.min(length, size)), size)),
  )
  return { path, shapes, read: () => saying(about, () => parseNpy(readWhole(path))) }
}

function fromFields({ read }: Npy, shapes: ReadonlyMap<string, readonly number[]>): NumpyData {
  let parsed: NpyFile | undefined
  const field = (name: ColumnName): Column => {
    parsed ??= read()
    return (parsed.kind === 'structured' ? parsed.fields.get(name) : undefined) as Column
  }
  const columns = columnNames.flatMap((name) => {
    const shape = shapes.get(name)
    return shape ? [[name, { shape, read: () => field(name) }]] : []
  })
  return { columns: Object.fromEntries(columns), present: [...shapes.keys()] }
}

function arrayIn({ path, shapes, read }: Npy): ColumnSource {
  const structured = (): FileError => new FileError(`${path}: a structured array where a plain one should be`)
  if (shapes.kind !== 'array') throw structured()
  return {
    shape: shapes.shape,
    read: () => {
      const file = read()
      if (file.kind !== 'array') throw structured()
      return file.array
    },
  }
}

/** What is wrong in a file, said with its name. */
function saying<T>(about: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof Damage ? new FileError(`${about}${error.message}`) : error
  }
}

function readWhole(path: string): Uint8Array {
  return readRegular(path, 'a folder, not an array', 'write HDF5 instead')
}
