import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { type Document, isMap, isScalar, parseDocument, type YAMLError } from 'yaml'
import { oddKind, whyUnreadable } from '../text/unreadable.ts'
import { FileError, messageOf, UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'

const MAX_BYTES = 10 * 1024 * 1024
/** More than a job can have by far; parsing takes time with the square of both. */
const [MAX_KEYS, MAX_DEPTH] = [1000, 50]

/**
 * Reads a job file, YAML or JSON, to plain data; checks that it is one mapping with unique keys, not what the keys say.
 *
 * @throws FileError where there is no such file, UsageError where it is no mapping, with the line
 */
export function loadJobFile(path: string): Record<string, unknown> {
  return parseJob(decode(readBytes(path), path), path)
}

/**
 * The same of the job that another program writes to our standard input.
 *
 * @throws UsageError with `stdin` in place of the path
 */
export async function loadJobStream(stream: AsyncIterable<Uint8Array | string>): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    refuseSize(length, 'stdin')
  }
  return parseJob(decode(Buffer.concat(chunks), 'stdin'), 'stdin')
}

function parseJob(text: string, path: string): Record<string, unknown> {
  refuseHuge(text, path)
  // A warning (an unknown tag, another version of YAML) means that something would be read otherwise than written.
  const document = parsed(text, path)
  const wrong = document.errors[0] ?? document.warnings[0]
  if (wrong) {
    const line = wrong.linePos?.[0].line
    if (wrong.message.includes('call stack')) throw nestedTooDeeply(path)
    throw new UsageError(`${path}${line ? `, line ${line}` : ''}: ${explain(wrong, text)}`)
  }
  // YAML 1.1 reads 1:5:0.5 in base 60, and 0100 in base 8.
  const { version, explicit } = document.directives?.yaml ?? { version: '1.2', explicit: false }
  if (explicit === true && version !== '1.2') {
    throw new UsageError(`${path}: %YAML ${version} reads some numbers differently; allowed: %YAML 1.2, or no such line`)
  }
  if (!isMap(document.contents)) {
    throw new UsageError(
      `${path}: ${kindOf(document)}; a job file is a mapping of keys to values, such as 'model: ising'; see spinpool run --help`,
    )
  }
  const job = toPlain(document, path)
  // A seed above 2^53 would lose digits as a number.
  const seed = document.contents.get('seed', true)
  if (isScalar(seed) && typeof seed.value === 'number' && !Number.isSafeInteger(seed.value)) job.seed = digitsOf(seed.source) ?? seed.value
  return job
}

/** The decimal digits of a whole number as it is written, also 0x20000000000001; undefined of anything else. */
function digitsOf(source = ''): string | undefined {
  return /^(?:0x[0-9a-f]+|0o[0-7]+|[0-9]+)$/i.test(source) ? String(BigInt(source)) : undefined
}

/** Looks at the text alone, before a parser that would take minutes, or all memory, to find the same. */
function refuseHuge(text: string, path: string): void {
  let [depth, deepest] = [0, 0]
  for (const { 0: sign } of text.matchAll(/[[\]{}]/g)) {
    depth += sign === '[' || sign === '{' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  if (deepest > MAX_DEPTH || new RegExp(`(?:[-?] +){${MAX_DEPTH}}`).test(text)) throw nestedTooDeeply(path)
  const keys = text.match(/:(?=\s)|["']\s*:/g)?.length ?? 0
  if (keys > MAX_KEYS) throw new UsageError(`${path}: ${keys} keys are too many for a job; see spinpool run --help`)
}

function nestedTooDeeply(path: string): UsageError {
  return new UsageError(`${path}: nested too deeply; allowed: ${MAX_DEPTH} levels, of which a job needs three`)
}

function parsed(text: string, path: string): Document.Parsed {
  try {
    return parseDocument(text, { uniqueKeys: true, prettyErrors: true, logLevel: 'error' })
  } catch (error) {
    throw error instanceof RangeError ? nestedTooDeeply(path) : error
  }
}

function explain({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') {
    const key = /^["']?([^"':\s]+)/.exec(text.slice(pos[0]))?.[1] ?? 'a key'
    return `${key} is there twice; allowed: every key once`
  }
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; allowed: one job in a file'
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? code
}

function kindOf({ contents }: Document.Parsed): string {
  if (contents === null || (isScalar(contents) && contents.value === null)) return 'empty'
  return isScalar(contents) ? `only the value ${shown(contents.value)}` : 'a list'
}

function toPlain(document: Document.Parsed, path: string): Record<string, unknown> {
  let plain: Record<string, unknown>
  try {
    plain = document.toJS() as Record<string, unknown>
  } catch (error) {
    throw error instanceof RangeError ? nestedTooDeeply(path) : new UsageError(`${path}: ${messageOf(error)}`)
  }
  try {
    JSON.stringify(plain)
  } catch {
    throw new UsageError(`${path}: an alias stands inside of what it names; write the value out`)
  }
  return plain
}

function readBytes(path: string): Buffer {
  const name = path === '' ? "''" : path
  let stat: ReturnType<typeof statSync>
  try {
    stat = statSync(path)
  } catch (error) {
    throw new FileError(`${name}: ${whyUnreadable(error).replace('no such file', 'no such job file')}`)
  }
  // A shell has a process at the other end of such a pipe; of any other, nobody knows.
  if (stat.isSocket() || (stat.isFIFO() && !/^\/(?:dev|proc)\//.test(path))) throw new FileError(`${name}: ${oddKind(stat)}`)
  if (stat.isDirectory()) throw new UsageError(`${path}: a folder, not a job file; name the .yaml or .json file in it`)
  refuseSize(stat.size, path)
  try {
    return readBounded(path)
  } catch (error) {
    throw error instanceof UsageError ? error : new FileError(`${path}: ${whyUnreadable(error)}`)
  }
}

/** All of a file, which may be a pipe, or a device without an end. */
function readBounded(path: string): Buffer {
  const chunks: Buffer[] = []
  let length = 0
  const descriptor = openSync(path, 'r')
  try {
    for (;;) {
      const chunk = Buffer.alloc(64 * 1024)
      const read = readSync(descriptor, chunk)
      if (read === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, read))
      length += read
      refuseSize(length, path)
    }
  } finally {
    closeSync(descriptor)
  }
}

function refuseSize(size: number, path: string): void {
  if (size > MAX_BYTES) throw new UsageError(`${path}: larger than ${MAX_BYTES} bytes, too large for a job file`)
}

function decode(bytes: Buffer, path: string): string {
  if (bytes.includes(0)) throw new UsageError(`${path}: binary, not a job file; a job is YAML or JSON text`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path}: not UTF-8; a job is YAML or JSON text, saved as UTF-8`)
  }
}
