import type { HistogramKernels } from '../../src/ensemble/histogram.ts'

const BINS = 128
const SLOT_RECORDS = 141
const WINDOW = 4
const ROUND = 1.5 * 2 ** 52

/** workers/kernels/histogram.ts in plain TypeScript, the same bit for bit. @param buffer what pointers point into */
export function plainHistogram(buffer: ArrayBufferLike): HistogramKernels {
  const doubles = new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8))
  const at = (index: number): number => doubles[index] as number
  const placesAt = (places: number, slots: number) => new Int32Array(buffer, places, slots)
  return {
    histogramPlace: (energy, windows, places, pairs, from, slots) => {
      const bytes = 16 * (pairs + 1)
      const found = placesAt(places, slots)
      for (let slot = from; slot < slots; slot++) {
        const window = windows / 8 + WINDOW * slot
        const bin = at(energy / 8 + slot) * at(window) + at(window + 1) + ROUND - ROUND
        if (!(bin >= 0 && bin < BINS)) return slot
        found[slot] = (SLOT_RECORDS * slot + bin) * bytes
      }
      return -1
    },
    histogramAdd: (sample, stride, kept, pairs, bins, places, slots) => {
      const columns = new Int32Array(buffer, kept, 2 * pairs)
      for (const [slot, place] of placesAt(places, slots).entries()) {
        const to = (bins + place) / 8
        for (const [c, column] of columns.entries()) doubles[to + c] = at(to + c) + at(sample / 8 + column * stride + slot)
        doubles[to + 2 * pairs] = at(to + 2 * pairs) + 1
      }
    },
    histogramJoin: (to, from, bytes) => {
      for (let i = 0; i < bytes / 8; i++) doubles[to / 8 + i] = at(from / 8 + i) + at((from + bytes) / 8 + i)
    },
  }
}
