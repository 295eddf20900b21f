import type { Kernels } from '../memory/kernels.ts'

/** Rows that wait at most until they are added. */
export const ROWS = 32
/** Bins of a slot. */
export const BINS = 128
/** Slots whose numbers share a cache line of the buffer. */
export const TILE = 8
/** Doubles of a slot's window: factor and shift of the bin, width and index of the first bin. */
export const WINDOW = 4

/** Doubles of one bin: the count and the columns, filled up to whole SIMD words. */
export function recordOf(columns: number): number {
  return (columns + 2) & ~1
}

/** A double of this size has no digits behind the point. */
const ROUND = 1.5 * 2 ** 52

/** The bin of an energy per site, counted from the first one of a window; it may lie outside. */
export function binOf(energy: number, factor: number, shift: number): number {
  return energy * factor + shift + ROUND - ROUND
}

/** workers/kernels/histogram.ts in plain TypeScript, the same bit for bit, for threads that have no kernels. @param buffer what pointers point into */
export function plainHistogram(buffer: ArrayBufferLike): Pick<Kernels, 'histogramAdd' | 'histogramHold'> {
  const doubles = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  const at = (index: number): number => doubles[index] as number
  return {
    histogramHold: (sample, stride, kept, columns, out, row, slots) => {
      const chosen = new Int32Array(buffer, kept, columns)
      for (const [c, column] of chosen.entries()) {
        for (let slot = 0; slot < slots; slot++) {
          const line = Math.floor(slot / TILE) * ROWS * columns + row * columns + c
          doubles[out / 8 + TILE * line + (slot % TILE)] = at(sample / 8 + column * stride + slot)
        }
      }
    },
    histogramAdd: (held, bins, windows, next, slots, rows, columns) => {
      const record = recordOf(columns)
      let row = next % ROWS
      for (let slot = Math.floor(next / ROWS); slot < slots; slot++, row = 0) {
        const window = windows / 8 + WINDOW * slot
        for (; row < rows; row++) {
          const line = Math.floor(slot / TILE) * ROWS * columns + row * columns
          const from = held / 8 + TILE * line + (slot % TILE)
          const bin = binOf(at(from), at(window), at(window + 1))
          if (!(bin >= 0 && bin < BINS)) return ROWS * slot + row
          const to = bins / 8 + (BINS * slot + bin) * record
          doubles[to] = at(to) + 1
          for (let c = 0; c < columns; c++) doubles[to + 1 + c] = at(to + 1 + c) + at(from + TILE * c)
        }
      }
      return -1
    },
  }
}
