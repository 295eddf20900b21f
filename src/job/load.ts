import { readFileSync, statSync } from 'node:fs'
import { isMap, isScalar, parseDocument } from 'yaml'
import { FileError, messageOf, UsageError } from '../errors.ts'

const MAX_BYTES = 10 * 1024 * 1024

/**
 * Reads a job file, YAML or JSON, to plain data; checks that it is one mapping with unique keys, not what the keys say.
 *
 * @throws FileError where there is no such file, UsageError where it is no mapping, with the line
 */
export function loadJobFile(path: string): Record<string, unknown> {
  const text = readText(path)
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true })
  const error = document.errors[0]
  if (error) {
    const line = error.linePos?.[0].line
    const said = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')
    throw new UsageError(`${path}${line ? `, line ${line}` : ''}: ${said}`)
  }
  if (!isMap(document.contents)) {
    throw new UsageError(`${path}: a job file is a mapping of keys to values, such as 'model: ising'; see spinpool run --help`)
  }
  const job: Record<string, unknown> = document.toJS()
  // A seed above 2^53 would lose digits as a number.
  const seed = document.contents.get('seed', true)
  if (isScalar(seed) && typeof seed.value === 'number' && /^[0-9]+$/.test(seed.source ?? '')) {
    if (!Number.isSafeInteger(seed.value)) job.seed = seed.source
  }
  return job
}

function readText(path: string): string {
  let stat: ReturnType<typeof statSync>
  try {
    stat = statSync(path)
  } catch {
    throw new FileError(`${path}: there is no such job file`)
  }
  if (stat.isDirectory()) throw new UsageError(`${path}: a folder, not a job file; name the .yaml or .json file in it`)
  if (stat.size > MAX_BYTES) throw new UsageError(`${path}: ${stat.size} bytes are too many for a job file`)
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new FileError(`${path}: cannot be read (${messageOf(error)})`)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Not UTF-8: said below.
  }
  throw new UsageError(`${path}: binary, not a job file; a job is YAML or JSON text`)
}
