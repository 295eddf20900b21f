import type { HistogramKernels } from '../../src/sampling/histogram.ts'

const KEPT = 128
const LINE = 8
const BINS = 128
const ROUND = 1.5 * 2 ** 52
/** By number: kept as it is, the square, the absolute value. */
const MADE: readonly ((x: number) => number)[] = [(x) => x, (x) => x * x, Math.abs]

/** workers/kernels/histogram.ts in plain TypeScript, the same bit for bit. @param buffer what pointers point into */
export function plainHistogram(buffer: ArrayBufferLike): HistogramKernels {
  const doubles = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  const at = (index: number): number => doubles[index] as number
  return {
    histogramKeep: (sample, stride, columns, count, kept, index, slots) => {
      for (const [k, column] of new Int32Array(buffer, columns, count).entries()) {
        for (let slot = 0; slot < slots; slot++) {
          doubles[kept / 8 + slot * (count * KEPT + LINE) + k * KEPT + index] = at(sample / 8 + column * stride + slot)
        }
      }
    },
    histogramFill: (kept, made, pairs, _values, _places, window, bins, first, end) => {
      const how = new Int32Array(buffer, made, 4 * pairs)
      for (let i = first; i < end; i++) {
        const bin = at(kept / 8 + i) * at(window / 8) + at(window / 8 + 1) + ROUND - ROUND
        if (!(bin >= 0 && bin < BINS)) return i
        const to = bins / 8 + bin * (2 * pairs + 2)
        const columns: number[] = []
        for (let c = 0; c < 2 * pairs; c++) {
          const [way, of] = [how[2 * c] as number, how[2 * c + 1] as number]
          columns.push((MADE[way] as (x: number) => number)(way === 0 ? at(kept / 8 + of * KEPT + i) : (columns[of] as number)))
        }
        for (const [c, value] of columns.entries()) doubles[to + c] = at(to + c) + value
        doubles[to + 2 * pairs] = at(to + 2 * pairs) + 1
      }
      return end
    },
    histogramJoin: (to, from, bytes) => {
      for (let i = 0; i < bytes / 8; i++) doubles[to / 8 + i] = at(from / 8 + i) + at((from + bytes) / 8 + i)
    },
  }
}
