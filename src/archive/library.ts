import { closeSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { Script } from 'node:vm'
import { codeOf } from '../errors.ts'
import { shown } from '../text/suggestion.ts'

// h5wasm as it is loaded. Some of what it does is not fit for a program that reads other people's files, and is changed here, once:
// - It keeps the text of an error in a file below /tmp, which may be full or read-only. That file is in memory here.
// - An error leaves the stack of its WebAssembly as deep as it was, so that about two thousand of them exhaust it.
// - HDF5 opens any other file that a file refers to: external links, raw storage, sources of virtual datasets. Here none is opened.
// - A file that HDF5 cannot close, as on a full disk, keeps its descriptor and with it the room on the disk.
// - A quota that is used up looks to HDF5 as if nothing had gone wrong, and it writes for ever.
// - It prints what it dies of; that is for the message of the error.
// - It follows some damaged lists for ever, deaf to every signal. What is read of a file that looks damaged has a time limit.

type Library = typeof import('h5wasm/node').default
type Module = Awaited<Library['ready']>

/** Something is asked of a file that lies in another one, which is not opened. */
export class Elsewhere extends Error {
  override readonly name = 'Elsewhere'
  constructor(file: string) {
    super(`it refers to another file, ${shown(file)}, and such links are not followed; copy what is in there into this file`)
  }
}

/** The part of Emscripten's file system used here; h5wasm has no types for it. A stream with its own operations is not a real file. */
interface Stream {
  readonly fd: number
  readonly path: string
  readonly nfd?: number
  position: number
}

interface Stats {
  ino: number
}

interface FileSystem {
  open(path: string, flags: number, mode?: number): Stream
  close(stream: Stream): void
  unlink(path: string): void
  stat(path: string, dontFollow?: boolean): Stats
  fstat(descriptor: number): Stats
  write(stream: Stream, buffer: Int8Array, offset: number, length: number, position?: number): number
  createStream(stream: object): Stream
  readonly streams: readonly (Stream | null)[]
  readonly ErrnoError: new (code: number) => Error & { readonly errno?: number }
}

type Functions = Record<string, (...args: never[]) => unknown>

/** As Emscripten numbers them. */
const [NO_SUCH_FILE, QUOTA, DIRECTORY] = [44, 19, 0o200000]

let library: Promise<Library> | undefined

/** Files that are read with a time limit, by HDF5's numbers for them. Others are not: to set a limit takes as long as to read an attribute. */
const watched = new Set<unknown>()

/** Paths of the files that are open, by HDF5's numbers for them. */
const paths = new Map<bigint, string>()

/** Bytes of the file that HDF5 has open under this number. */
export function bytesOnDisk(file: bigint): number | undefined {
  const path = paths.get(file)
  return path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.size
}

let stopped = false

/** Whether HDF5 was stopped in the middle of a file that it could not come to an end with. It may not be able to open others then. */
export function wasStopped(): boolean {
  return stopped
}

/** From now on what is read of an open file has a time limit. */
export function limitTime(file: bigint): void {
  watched.add(file)
}

/** Loads h5wasm (0.2 s) and makes its errors throw; without that even a full disk goes unnoticed. */
export function loadHdf5(): Promise<Library> {
  library ??= load()
  return library
}

async function load(): Promise<Library> {
  const noise = catchNoise()
  try {
    const { default: h5wasm } = await import('h5wasm/node')
    const module = await h5wasm.ready
    guard(module, noise)
    module.activate_throwing_error_handler()
    return h5wasm
  } finally {
    noise.loaded()
  }
}

/** What the library prints is caught from the moment on when it is loaded: it binds console.error then. */
interface Noise {
  readonly lines: string[]
  loaded(): void
}

function catchNoise(): Noise {
  const { error } = console
  const lines: string[] = []
  let loading = true
  console.error = (...args: unknown[]) => {
    if (loading) error.apply(console, args)
    else lines.push(args.join(' '))
  }
  return {
    lines,
    loaded: () => {
      loading = false
      console.error = error
    },
  }
}

/** Text of an error while HDF5 writes and reads it: the only file that may be opened besides the one that is asked for. */
const TEMPORARY = /^\/tmp\/tmpfile_\w+$/

function guard(module: Module, noise: Noise): void {
  const files = module.FS as unknown as FileSystem
  const functions = module as unknown as Functions
  const elsewhere: string[] = []
  const folders = (): string[] => [...paths.values()].map((path) => dirname(path))
  let asked: string | undefined
  const temporary = keepInMemory(files, (path) => {
    if (path === asked) return true
    elsewhere.push(path)
    return false
  })
  const inner = <T>(act: () => T): T => {
    noise.lines.length = 0
    elsewhere.length = 0
    try {
      return onRestoredStack(module, act)
    } catch (error) {
      throw refused(elsewhere, folders()) ?? explained(error, noise.lines)
    } finally {
      temporary.close()
    }
  }
  // HDF5 does not fail if a source of a virtual dataset is missing, and returns fill values instead.
  const checked = <T>(act: () => T): T => {
    const value = inner(act)
    const link = refused(elsewhere, folders())
    if (link) throw link
    return value
  }
  /** Files that HDF5 was stopped in. */
  const lost = new Set<unknown>()
  let allocated = 0
  const malloc = functions._malloc as unknown as (bytes: number) => number
  functions._malloc = ((bytes: number) => {
    allocated = bytes
    return malloc(bytes)
  }) as Functions[string]
  for (const name of Object.keys(functions).filter((key) => /^(?:open|close_file|flush|[a-z]+_[a-z_]+)$/.test(key))) {
    const plain = functions[name]
    if (typeof plain !== 'function' || NOT_HDF5.test(name)) continue
    functions[name] = (...args) => {
      const [file] = args as unknown[]
      if (lost.has(file)) return name.startsWith('reclaim_') ? undefined : raise(endless())
      if (!name.startsWith('get_') || !watched.has(file)) return checked(() => plain(...args))
      // What is read goes into memory that was allocated just before.
      const milliseconds = LIMIT_MILLISECONDS + (name === 'get_dataset_data' ? allocated / BYTES_PER_MILLISECOND : 0)
      return checked(() => {
        try {
          return limited(() => plain(...args), milliseconds)
        } catch (error) {
          if (codeOf(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
          lost.add(file)
          stopped = true
          throw endless()
        }
      })
    }
  }
  const { open, close_file: close } = functions as { open: (path: string, ...more: never[]) => bigint; close_file: (id: bigint) => unknown }
  functions.open = (...args: never[]) => {
    const [name, ...more] = args as unknown as [string, ...never[]]
    // As the file system is asked for it.
    const path = resolve(name)
    asked = path
    try {
      const id = open(path, ...more)
      paths.set(id, path)
      return id
    } catch (error) {
      abandon(files, path)
      throw error
    } finally {
      asked = undefined
    }
  }
  functions.close_file = (...args: never[]) => {
    const [id] = args as unknown as [bigint]
    const path = paths.get(id)
    paths.delete(id)
    try {
      return lost.has(id) ? undefined : close(id)
    } finally {
      watched.delete(id)
      if (path !== undefined && ![...paths.values()].includes(path)) abandon(files, path)
    }
  }
}

/** Functions of Emscripten, not of h5wasm. */
const NOT_HDF5 = /^(?:cwrap|ccall|[a-z]+_throwing_error_handler)$/

/** Far more than HDF5 needs to find something in a file that was read just before; and how fast data come at least. */
const [LIMIT_MILLISECONDS, BYTES_PER_MILLISECOND] = [3000, 5000]

function raise(error: Error): never {
  throw error
}

function endless(): Error {
  return new Error('HDF5 does not come to an end with it')
}

const ACT = Symbol.for('spinpool limited')
/** Node can stop a script after a time, and what it calls, but not a function. */
const script = new Script(`globalThis[Symbol.for('spinpool limited')]()`)

function limited<T>(act: () => T, milliseconds: number): T {
  const place = globalThis as { [ACT]?: () => T }
  place[ACT] = act
  try {
    return script.runInThisContext({ timeout: Math.ceil(milliseconds) }) as T
  } finally {
    delete place[ACT]
  }
}

/** @param folders of the files that are open */
function refused(elsewhere: readonly string[], folders: readonly string[]): Elsewhere | undefined {
  // HDF5 tries several folders. The shortest is the name that the file gives.
  const names = elsewhere.flatMap((file) => [file, ...[...folders, process.cwd()].map((folder) => relative(folder, file))])
  const [name] = names.sort((a, b) => a.length - b.length)
  return name === undefined ? undefined : new Elsewhere(name)
}

/** What made WebAssembly stop, in words. */
function explained(error: unknown, noise: readonly string[]): unknown {
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return error
  const memory = noise.some((line) => line.includes('Cannot enlarge memory'))
  return new Error(memory ? 'HDF5 would need more memory than the 2 GiB that it can have' : 'HDF5 cannot make sense of it')
}

/** Does something after which the stack pointer of the WebAssembly is where it was before, also if an exception has left frames behind. */
function onRestoredStack<T>(module: Module, act: () => T): T {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined
  const functions = module as unknown as Record<string, unknown>
  const outer = functions._spinpool_act
  functions._spinpool_act = () => {
    try {
      outcome = { value: act() }
    } catch (error) {
      outcome = { error }
    }
    return 0
  }
  // It keeps the stack pointer where an argument is a text, and does not ask whose function it calls.
  module.ccall('spinpool_act', 'number', ['string'], [''])
  functions._spinpool_act = outer
  if (!outcome || 'error' in outcome) throw outcome?.error
  return outcome.value
}

/**
 * Lets HDF5 open a real file only where `mayOpen` says so, and gives it memory for its temporary ones.
 * Every open file counts as another one: HDF5 keeps in mind which ones are open by their inodes, also those that it could not close,
 * whose inode a new file may have. Of a link it asks whether the name leads to what it has opened.
 */
function keepInMemory(files: FileSystem, mayOpen: (path: string) => boolean): { close(): void } {
  const { open, stat, fstat, unlink, write } = files
  let kept: Stream[] = []
  let opened = 0
  /** Path of the file that was opened last. */
  let latest: string | undefined
  const numbers = new WeakMap<Stream, number>()
  files.open = (path, flags, mode) => {
    if (TEMPORARY.test(path)) {
      const stream = memoryStream(files, path)
      kept.push(stream)
      return stream
    }
    // A folder is looked at for plugins.
    if ((flags & DIRECTORY) !== 0 || !mayOpen(path)) throw new files.ErrnoError(NO_SUCH_FILE)
    const stream = open(path, flags, mode)
    numbers.set(stream, ++opened)
    latest = path
    return stream
  }
  files.unlink = (path) => {
    if (!TEMPORARY.test(path)) unlink(path)
  }
  files.write = (...args) => {
    try {
      return write(...args)
    } catch (error) {
      // Node has no name for an exceeded quota, so Emscripten has no number for it, and HDF5 would retry for ever.
      if (error instanceof files.ErrnoError && error.errno === undefined) throw new files.ErrnoError(QUOTA)
      throw error
    }
  }
  files.stat = (path, dontFollow) => {
    const stats = stat(path, dontFollow)
    if (path === latest && !dontFollow) stats.ino = opened
    return stats
  }
  files.fstat = (descriptor) => {
    const stats = fstat(descriptor)
    const stream = files.streams[descriptor]
    const number = stream ? numbers.get(stream) : undefined
    if (number !== undefined) stats.ino = number
    return stats
  }
  return {
    close: () => {
      for (const stream of kept) if (files.streams[stream.fd] === stream) files.close(stream)
      kept = []
    },
  }
}

function memoryStream(files: FileSystem, path: string): Stream {
  let bytes = new Uint8Array(0)
  const operations = {
    read: (_: Stream, buffer: Int8Array, offset: number, length: number, position: number): number => {
      const part = bytes.subarray(position, position + length)
      buffer.set(part, offset)
      return part.length
    },
    write: (_: Stream, buffer: Int8Array, offset: number, length: number, position: number): number => {
      if (position + length > bytes.length) {
        const longer = new Uint8Array(position + length)
        longer.set(bytes)
        bytes = longer
      }
      bytes.set(buffer.subarray(offset, offset + length), position)
      return length
    },
    llseek: (stream: Stream, offset: number, whence: number): number =>
      offset + (whence === 1 ? stream.position : whence === 2 ? bytes.length : 0),
  }
  // Flags: to read and to write.
  return files.createStream({ path, flags: 2, position: 0, seekable: true, stream_ops: operations, node: {} })
}

/**
 * Closes the descriptors of a file that HDF5 has left open because it could not write the rest. Its own numbers for them stay taken,
 * so that what it may still try fails and reaches no other file.
 */
function abandon(files: FileSystem, path: string): void {
  for (const stream of files.streams) {
    if (stream?.path !== path || stream.nfd === undefined || stream.nfd < 0) continue
    try {
      closeSync(stream.nfd)
    } catch {
      // Closed already.
    }
    Object.assign(stream, { nfd: -1 })
  }
}
