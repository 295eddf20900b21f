import { createHash } from 'node:crypto'
import h5wasm, { type Dataset, type Group } from 'h5wasm/node'
import { BundleState } from '../../src/sampling/memory.ts'
import { openArchive } from '../../src/index.ts'

/** Attributes and datasets that only say when, where and how long. */
const SECONDS = /^\/provenance|\/timing\/|@(?:waitSeconds|saveSeconds|crc32)$|_?seconds(?:@|$)/

/**
 * Everything in an archive but seconds, provenance and checksums: datasets by their path, as type, shape and a hash of
 * their bytes, and attributes as `path@name`.
 */
export async function datasetsOf(path: string): Promise<Record<string, string>> {
  await h5wasm.ready
  const file = new h5wasm.File(path, 'r')
  const found: Record<string, string> = {}
  try {
    list(file, found)
  } finally {
    file.close()
  }
  return Object.fromEntries(Object.entries(found).filter(([name]) => !SECONDS.test(name)))
}

function list(group: Group, found: Record<string, string>): void {
  addAttributes(group, found)
  for (const name of group.keys()) {
    const child = group.get(name)
    if (child instanceof h5wasm.Group) list(child, found)
    else if (child instanceof h5wasm.Dataset) {
      found[child.path] = described(child)
      addAttributes(child, found)
    }
  }
}

/** Numbers in a checkpoint that are seconds: so many in a row, and which of them. */
const PASSING: readonly (readonly [RegExp, number, readonly number[]])[] = [
  [
    /\/checkpoint\/bundles$/,
    8,
    [BundleState.sweepSeconds, BundleState.measureSeconds, BundleState.exchangeSeconds, BundleState.waitSeconds],
  ],
]

function described({ path, value, shape, dtype }: Dataset): string {
  for (const [name, width, indices] of PASSING) {
    if (name.test(path) && value instanceof Float64Array) for (const i of value.keys()) if (indices.includes(i % width)) value[i] = 0
  }
  const bytes = ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : String(value)
  return `${JSON.stringify(dtype)} ${shape?.join(' x ')} ${createHash('sha256').update(bytes).digest('hex')}`
}

/** References of scales to each other are addresses in the file. */
const OF_SCALES = new Set(['REFERENCE_LIST', 'DIMENSION_LIST'])

function addAttributes(on: Group | Dataset, found: Record<string, string>): void {
  // Asked for once: each time, HDF5 lists them all.
  const { attrs } = on
  for (const name of Object.keys(attrs)) {
    if (!OF_SCALES.has(name)) found[`${on.path}@${name}`] = String(attrs[name]?.value)
  }
}

/** How far an archive is, by simulation: what must never become less. */
export async function progressIn(path: string): Promise<number[]> {
  const archive = await openArchive(path)
  try {
    return archive.simulations.flatMap(({ sweepsDone, samples }) => [sweepsDone, ...samples])
  } finally {
    archive.close()
  }
}
