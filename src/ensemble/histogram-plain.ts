import type { Kernels } from '../memory/kernels.ts'

/** Rows that wait at most until they are added. */
export const ROWS = 32
/** Bins of a slot. */
export const BINS = 128
/** Slots whose numbers share a cache line of the buffer. */
export const TILE = 8
/** Doubles of a slot's window: factor and shift of the bin, width and index of the first bin. */
export const WINDOW = 4

/** Pairs of columns: the last one is there twice where they are odd. */
export function pairsOf(columns: number): number {
  return Math.ceil(columns / 2)
}

/** Doubles of one bin: pairs of columns, the count, and one that is 0. */
export function recordOf(columns: number): number {
  return 2 * pairsOf(columns) + 2
}

/** A double of this size has no digits behind the point. */
const ROUND = 1.5 * 2 ** 52

/** The bin of an energy per site, counted from the first one of a window; it may lie outside. */
export function binOf(energy: number, factor: number, shift: number): number {
  return energy * factor + shift + ROUND - ROUND
}

/** workers/kernels/histogram.ts in plain TypeScript, the same bit for bit, for threads that have no kernels. @param buffer what pointers point into */
export function plainHistogram(buffer: ArrayBufferLike): Pick<Kernels, 'histogramAdd' | 'histogramHold' | 'histogramJoin'> {
  const doubles = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  const at = (index: number): number => doubles[index] as number
  return {
    histogramHold: (sample, stride, kept, pairs, out, row, slots) => {
      const chosen = new Int32Array(buffer, kept, 2 * pairs)
      for (const [c, column] of chosen.entries()) {
        for (let slot = 0; slot < slots; slot++) doubles[out / 8 + heldAt(slot, row, c, pairs)] = at(sample / 8 + column * stride + slot)
      }
    },
    histogramAdd: (held, bins, windows, next, slots, rows, pairs) => {
      const record = 2 * pairs + 2
      let row = next % ROWS
      for (let slot = Math.floor(next / ROWS); slot < slots; slot++, row = 0) {
        const window = windows / 8 + WINDOW * slot
        for (; row < rows; row++) {
          const from = held / 8 + heldAt(slot, row, 0, pairs)
          const bin = binOf(at(from), at(window), at(window + 1))
          if (!(bin >= 0 && bin < BINS)) return ROWS * slot + row
          const to = bins / 8 + (BINS * slot + bin) * record
          for (let c = 0; c < 2 * pairs; c++) doubles[to + c] = at(to + c) + at(held / 8 + heldAt(slot, row, c, pairs))
          doubles[to + 2 * pairs] = at(to + 2 * pairs) + 1
        }
      }
      return -1
    },
    histogramJoin: (to, from, bytes) => {
      for (let i = 0; i < bytes / 8; i++) doubles[to / 8 + i] = at(from / 8 + i) + at((from + bytes) / 8 + i)
    },
  }
}

/** Lines of 8 pairs that a tile of the buffer has, one of which keeps tiles from sharing the same sets of a cache. */
export function linesOf(pairs: number): number {
  return ROWS * pairs + 1
}

/** Where a column of a row that waits lies in the buffer, (tile, row, pair, slot of the tile, 2). */
export function heldAt(slot: number, row: number, column: number, pairs: number): number {
  const line = Math.floor(slot / TILE) * linesOf(pairs) + row * pairs + (column >> 1)
  return 2 * (TILE * line + (slot % TILE)) + (column & 1)
}
