import { constants, crc32, inflateRawSync } from 'node:zlib'
import { Damage } from '../archive/fields.ts'

// Zip files as numpy.savez writes them: what is in them is told by the directory at their end.
// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3

/** One file in a zip file. */
export interface Member {
  readonly name: string
  /** Bytes when unpacked, as the directory says. */
  readonly size: number
  /** The first bytes, at least `length` of them unless there are fewer; unchecked. */
  head(length: number): Uint8Array
  /** All of it. @throws Damage if it is not what was packed */
  content(): Uint8Array
}

const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50]
const [STORED, DEFLATED] = [0, 8]
/** Deflate makes nothing smaller than this. */
const RATIO = 1032

/** @throws Damage if the directory is not there, or not whole */
export function membersOf(bytes: Uint8Array): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // The end record has 22 bytes, and perhaps a comment.
  let end = bytes.length - 22
  const first = Math.max(0, end - 0xffff)
  while (end >= first && view.getUint32(end, true) !== END) end--
  if (end < first) throw new Damage('it has no directory at its end')
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (view.getUint32(end + 12, true) !== end - at) throw new Damage('its directory is damaged')
  const members: Member[] = []
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) throw new Damage('its directory is damaged')
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true))
    members.push(memberAt(bytes, view, at, Buffer.from(bytes.subarray(at + 46, at + 46 + name)).toString()))
    at += 46 + name + extra + comment
  }
  if (at !== end) throw new Damage('its directory is damaged')
  return members
}

function memberAt(bytes: Uint8Array, view: DataView, entry: number, name: string): Member {
  const [flags, method] = [view.getUint16(entry + 8, true), view.getUint16(entry + 10, true)]
  const [checksum = 0, length = 0, size = 0] = [16, 20, 24].map((offset) => view.getUint32(entry + offset, true))
  const local = view.getUint32(entry + 42, true)
  const packed = (): Uint8Array => {
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL) throw new Damage('it is not where the directory says')
    if ((flags & 1) !== 0) throw new Damage('it is encrypted')
    if (method !== STORED && method !== DEFLATED) throw new Damage(`it is packed by the method ${method}; allowed: stored and deflated`)
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    if (from + length > bytes.length) throw new Damage('truncated')
    if (method === STORED ? size !== length : size > RATIO * length) throw new Damage(`it cannot have ${size} bytes, packed to ${length}`)
    return bytes.subarray(from, from + length)
  }
  const content = (): Uint8Array => {
    const data = method === STORED ? packed() : inflated(packed(), size)
    if (data.length !== size || crc32(data) !== checksum) throw new Damage('it is not what was packed (CRC-32)')
    return data
  }
  return {
    name,
    size,
    content,
    head: (wanted) => {
      const data = packed()
      if (method === STORED) return data.subarray(0, wanted)
      // As much as that may unpack to.
      const begin = inflated(data.subarray(0, PREFIX), RATIO * PREFIX, constants.Z_SYNC_FLUSH)
      return begin.length >= Math.min(wanted, size) ? begin : content()
    },
  }
}

const PREFIX = 16 * 1024

function inflated(data: Uint8Array, most: number, finishFlush = constants.Z_FINISH): Uint8Array {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, most), finishFlush })
  } catch {
    throw new Damage('it is not what was packed, and cannot be unpacked')
  }
}
