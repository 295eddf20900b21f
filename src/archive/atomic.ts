import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FileError, MachineError, messageOf } from '../errors.ts'
import { lackOfRoom } from './disk.ts'
import { type File, loadHdf5, reasonOf } from './hdf5.ts'

/**
 * Writes a whole HDF5 file beside its place, makes sure that it is on the disk, and renames it: at any moment the path
 * holds a complete file, the old one or the new. What is there is replaced; who calls this asks first.
 *
 * @param write fills the new, empty file
 * @throws MachineError where the disk is full, FileError where the folder cannot be written
 */
export async function writeWhole(path: string, write: (file: File) => void): Promise<void> {
  const h5wasm = await loadHdf5()
  replaceBy(path, (partial) => {
    const file = new h5wasm.File(partial, 'w')
    try {
      write(file)
    } finally {
      file.close()
    }
  })
}

/** The same for a file of any other kind. */
export function writeBytes(path: string, data: string | Uint8Array): void {
  replaceBy(path, (partial) => writeFileSync(partial, data))
}

function replaceBy(path: string, write: (partial: string) => void): void {
  const partial = `${path}.${process.pid}.partial`
  try {
    write(partial)
    synchronise(partial)
    renameSync(partial, path)
    synchroniseFolder(dirname(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EACCES' || code === 'ENOENT') throw new FileError(`${path}: cannot be written (${messageOf(error)})`)
    // Asked while the partial file is still there, so that the disk is seen as full as it was.
    const room = lackOfRoom(error, path)
    throw new MachineError(`${path}: could not be written${room ? `: ${room}` : ` (${reasonOf(error)})`}`)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Some file systems, over a network above all, know no such thing for folders; the file is there all the same. */
function synchroniseFolder(path: string): void {
  try {
    synchronise(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP', 'EBADF'].includes(code)) throw error
  }
}

function synchronise(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
