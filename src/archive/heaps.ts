import { readAt } from './regular.ts'

// Texts of varying length lie in global heap collections. HDF5 (1.14) walks through the objects of one by their sizes, and does not
// stop at free space whose size is 0, as in a page of zeros: it would read for ever, and hear no signal.
// Layout: HDF5 File Format Specification 3.0, III.E.

const SIGNATURE = Buffer.from('GCOL\x01\0\0\0', 'latin1')
const HEADER = 16
const BLOCK = 16 * 1024 * 1024
/** Of a longer file the beginning and the end are searched, so that to open it takes no longer than to read it. */
const SEARCHED = 16 * BLOCK

/** Where a collection is that cannot be read to its end; undefined where there is none. */
export function endlessHeap(descriptor: number, size: number): number | undefined {
  const ranges =
    size <= 2 * SEARCHED
      ? [[0, size]]
      : [
          [0, SEARCHED],
          [size - SEARCHED, size],
        ]
  for (const [from = 0, to = 0] of ranges) {
    for (let at = from; at < to; at += BLOCK) {
      // A signature across two blocks is in the first of them.
      const block = readAt(descriptor, at, Math.min(BLOCK + SIGNATURE.length - 1, to - at))
      for (let found = block.indexOf(SIGNATURE); found >= 0; found = block.indexOf(SIGNATURE, found + 1)) {
        if (isEndless(descriptor, at + found, size)) return at + found
      }
    }
  }
  return undefined
}

function isEndless(descriptor: number, address: number, fileSize: number): boolean {
  const header = readAt(descriptor, address, HEADER)
  if (header.length < HEADER) return false
  const length = header.readBigUInt64LE(8)
  if (length > BigInt(fileSize - address) || length > BigInt(BLOCK)) return false
  const heap = readAt(descriptor, address, Number(length))
  for (let at = HEADER; at + HEADER <= heap.length; ) {
    const index = heap.readUInt16LE(at)
    const size = heap.readBigUInt64LE(at + 8)
    if (index === 0 && size === 0n) return true
    if (size > BigInt(heap.length)) return false
    at += index === 0 ? Number(size) : HEADER + 8 * Math.ceil(Number(size) / 8)
  }
  return false
}
