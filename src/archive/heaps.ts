import { readAt } from './regular.ts'

// Texts of varying length lie in global heap collections. HDF5 (1.14) walks through the objects of one by their sizes, and does not
// stop at free space whose size is 0, as in a page of zeros: it would read for ever, and hear no signal.
// Layout: HDF5 File Format Specification 3.0, III.E.

const SIGNATURE = Buffer.from('GCOL\x01\0\0\0', 'latin1')
const HEADER = 16
const BLOCK = 16 * 1024 * 1024
/** Of a longer file the beginning and the end are searched, so that to open it takes no longer than to read it. */
const SEARCHED = 16 * BLOCK

/** What is known of all collections of a file before HDF5 reads one. */
export interface Heaps {
  /** Where one is that cannot be read to its end. */
  readonly endless?: number | undefined
  /** Whether one is not as it should be. It may be left over from texts that were replaced, or damaged. */
  readonly odd: boolean
}

export function lookAtHeaps(descriptor: number, size: number): Heaps {
  const ranges =
    size <= 2 * SEARCHED
      ? [[0, size]]
      : [
          [0, SEARCHED],
          [size - SEARCHED, size],
        ]
  let odd = false
  for (const [from = 0, to = 0] of ranges) {
    for (let at = from; at < to; at += BLOCK) {
      // A signature across two blocks is in the first of them.
      const block = readAt(descriptor, at, Math.min(BLOCK + SIGNATURE.length - 1, to - at))
      for (let found = block.indexOf(SIGNATURE); found >= 0; found = block.indexOf(SIGNATURE, found + 1)) {
        const state = stateOf(descriptor, at + found, size)
        if (state === 'endless') return { endless: at + found, odd: true }
        if (state === 'odd') odd = true
      }
    }
  }
  return { odd }
}

function stateOf(descriptor: number, address: number, fileSize: number): 'whole' | 'odd' | 'endless' {
  const header = readAt(descriptor, address, HEADER)
  if (header.length < HEADER) return 'odd'
  const length = header.readBigUInt64LE(8)
  if (length > BigInt(fileSize - address) || length > BigInt(BLOCK)) return 'odd'
  const heap = readAt(descriptor, address, Number(length))
  let at = HEADER
  while (at + HEADER <= heap.length) {
    const index = heap.readUInt16LE(at)
    const size = heap.readBigUInt64LE(at + 8)
    if (index === 0 && size === 0n) return 'endless'
    if (size > BigInt(heap.length - at)) return 'odd'
    at += index === 0 ? Number(size) : HEADER + 8 * Math.ceil(Number(size) / 8)
  }
  return at > heap.length ? 'odd' : 'whole'
}
