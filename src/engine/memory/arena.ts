import { MachineError } from '../../errors.ts'
import { formatBytes } from '../../text/bytes.ts'

const PAGE = 65536
/** The most that one WebAssembly memory holds, less a page, so that every offset stays below 2^32. */
export const ARENA_LIMIT = 65535 * PAGE
/** First byte that may be used: constants of the kernels lie below, and a pointer that is 0 is a mistake. */
export const ARENA_START = 1024

/** Where a block lies: which memory, and from which byte on. */
export interface Place {
  readonly arena: number
  readonly offset: number
}

/**
 * Lays blocks out in as few shared memories as possible, in order, each at most 4 GiB.
 *
 * @param sizes bytes of each block; none above ARENA_LIMIT - 1024 (the plan refuses those before)
 */
export function placeBlocks(sizes: readonly number[]): { readonly places: readonly Place[]; readonly arenas: readonly number[] } {
  const places: Place[] = []
  const arenas: number[] = []
  let end = ARENA_START
  for (const size of sizes) {
    const bytes = Math.ceil(size / 64) * 64
    if (arenas.length === 0 || end + bytes > ARENA_LIMIT) {
      arenas.push(0)
      end = ARENA_START
    }
    places.push({ arena: arenas.length - 1, offset: end })
    end += bytes
    arenas[arenas.length - 1] = end
  }
  return { places, arenas }
}

/**
 * A shared memory of at least `bytes` bytes. Pages are zero and untouched: the worker that writes first owns them (NUMA).
 *
 * @throws MachineError where the operating system gives no such memory
 */
export function createArena(bytes: number): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(bytes / PAGE))
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true })
  } catch {
    throw new MachineError(`out of memory: no ${formatBytes(bytes)} of shared memory to be had; use smaller sizes or fewer copies`)
  }
}
