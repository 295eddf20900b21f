// Histograms of the energy with the sums of all observables in each bin, any model: samples wait in a buffer and are added slot by
// slot, so that the bins of one slot stay in the cache for many samples.
// Whose bins they are and how they are moved and joined: src/ensemble/histogram.ts; the same in plain TypeScript:
// src/ensemble/histogram-plain.ts.
//
// Columns go in pairs, which are SIMD words. buffer: (tile of 8 slots, 32 rows, pair, 8, 2) f64, each tile with 128 bytes
// more, so that tiles do not share the same sets of a cache; bins: (slot, 128 bins, record) f64, a
// record is the columns and the count, filled up with one double; windows: (slot, 4) f64, the first two of which are factor and shift:
// the bin is factor * energy per site + shift, rounded. The energy is the first column.

// @ts-ignore: decorator
@inline const ROWS: usize = 32
// @ts-ignore: decorator
@inline const BINS: u64 = 128
/** 1.5 x 2^52: a double of this size has no digits behind the point, and its lowest bits are an integer. */
// @ts-ignore: decorator
@inline const ROUND: f64 = 6755399441055744.0
// @ts-ignore: decorator
@inline const ROUND_BITS: u64 = 0x4338000000000000

/** Copies columns of a sample, (column, stride) f64, whose indices are in `kept`, (pair, 2) i32, to a row of the buffer. */
export function histogramHold(sample: usize, stride: i32, kept: usize, pairs: i32, buffer: usize, row: i32, slots: i32): void {
  const tile = (ROWS * <usize>pairs + 1) << 7
  for (let pair: usize = 0; pair < <usize>pairs; pair++) {
    let a = sample + (<usize>(load<i32>(kept + (pair << 3)) * stride) << 3)
    let b = sample + (<usize>(load<i32>(kept + (pair << 3), 4) * stride) << 3)
    let to = buffer + ((<usize>row * <usize>pairs + pair) << 7)
    // The last tile takes along what lies behind the row, which nobody reads.
    for (let slot = 0; slot < slots; slot += 8, a += 64, b += 64, to += tile) {
      interleave(a, b, to)
      interleave(a + 16, b + 16, to + 32)
      interleave(a + 32, b + 32, to + 64)
      interleave(a + 48, b + 48, to + 96)
    }
  }
}

/** Adds two neighbouring stretches of `bytes` each, of which `from` is the first, and writes them to `to`, which may be the first. */
export function histogramJoin(to: usize, from: usize, bytes: usize): void {
  const other = from + bytes
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f64x2.add(v128.load(from + at), v128.load(other + at)))
}

// @ts-ignore: decorator
@inline
function interleave(a: usize, b: usize, to: usize): void {
  const x = v128.load(a)
  const y = v128.load(b)
  v128.store(to, v128.shuffle<f64>(x, y, 0, 2))
  v128.store(to, v128.shuffle<f64>(x, y, 1, 3), 16)
}

/**
 * Adds the first `rows` rows of the buffer to the bins, beginning with that of number `next` = 32 slot + row.
 *
 * Returns the number of a row whose energy lies outside of the bins of its slot, all before which are added; -1 when all are.
 */
export function histogramAdd(buffer: usize, bins: usize, windows: usize, next: i32, slots: i32, rows: i32, pairs: i32): i32 {
  const line = <usize>pairs << 7
  const tile = ROWS * line + 128
  const record = <usize>(pairs + 1) << 4
  let slot = next / <i32>ROWS
  let row = next % <i32>ROWS
  for (; slot < slots; slot++, row = 0) {
    const window = windows + (<usize>slot << 5)
    const factor = load<f64>(window)
    const shift = load<f64>(window, 8)
    const base = bins + <usize>slot * <usize>BINS * record
    let from = buffer + <usize>(slot >> 3) * tile + (<usize>(slot & 7) << 4) + <usize>row * line
    if (pairs === 3) {
      for (; row < rows; row++, from += 384) {
        const bin = reinterpret<u64>(load<f64>(from) * factor + shift + ROUND) - ROUND_BITS
        if (bin >= BINS) return slot * <i32>ROWS + row
        const to = base + (<usize>bin << 6)
        v128.store(to, f64x2.add(v128.load(to), v128.load(from)))
        v128.store(to, f64x2.add(v128.load(to, 16), v128.load(from, 128)), 16)
        v128.store(to, f64x2.add(v128.load(to, 32), v128.load(from, 256)), 32)
        store<f64>(to, load<f64>(to, 48) + 1.0, 48)
      }
      continue
    }
    for (; row < rows; row++, from += line) {
      const bin = reinterpret<u64>(load<f64>(from) * factor + shift + ROUND) - ROUND_BITS
      if (bin >= BINS) return slot * <i32>ROWS + row
      let to = base + <usize>bin * record
      let at = from
      for (let pair = 0; pair < pairs; pair++, to += 16, at += 128) v128.store(to, f64x2.add(v128.load(to), v128.load(at)))
      store<f64>(to, load<f64>(to) + 1.0)
    }
  }
  return -1
}
