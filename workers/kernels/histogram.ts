// Histograms of the energy with the sums of all observables in each bin, any model: samples wait in a buffer and are added slot by
// slot, so that the bins of one slot stay in the cache for many samples.
// Whose bins they are and how they are moved and joined: src/ensemble/histogram.ts; the same in plain TypeScript:
// src/ensemble/histogram-plain.ts.
//
// buffer: (tile of 8 slots, 32 rows, column, 8) f64, a cache line for each column of a tile; bins: (slot, 128 bins, record) f64, a record
// is the count and the columns, filled up to an even number; windows: (slot, 4) f64, the first two of which are factor and shift: the bin
// is factor * energy per site + shift, rounded.

// @ts-ignore: decorator
@inline const ROWS: usize = 32
// @ts-ignore: decorator
@inline const BINS: u64 = 128
/** 1.5 x 2^52: a double of this size has no digits behind the point, and its lowest bits are an integer. */
// @ts-ignore: decorator
@inline const ROUND: f64 = 6755399441055744.0
// @ts-ignore: decorator
@inline const ROUND_BITS: u64 = 0x4338000000000000

/** Copies `columns` columns of a sample, (column, stride) f64, whose indices are in `kept`, (columns) i32, to a row of the buffer. */
export function histogramHold(
  sample: usize,
  stride: i32,
  kept: usize,
  columns: i32,
  buffer: usize,
  row: i32,
  slots: i32,
): void {
  const tile = (ROWS * <usize>columns) << 6
  for (let c: usize = 0; c < <usize>columns; c++) {
    let from = sample + (<usize>(load<i32>(kept + (c << 2)) * stride) << 3)
    let to = buffer + ((<usize>row * <usize>columns + c) << 6)
    // The last tile takes along what lies behind the row, which nobody reads.
    for (let slot = 0; slot < slots; slot += 8, from += 64, to += tile) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      v128.store(to, v128.load(from, 32), 32)
      v128.store(to, v128.load(from, 48), 48)
    }
  }
}

/**
 * Adds the first `rows` rows of the buffer to the bins, beginning with that of number `next` = 32 slot + row.
 *
 * Returns the number of a row whose energy lies outside of the bins of its slot, all before which are added; -1 when all are.
 */
export function histogramAdd(
  buffer: usize,
  bins: usize,
  windows: usize,
  next: i32,
  slots: i32,
  rows: i32,
  columns: i32,
): i32 {
  const line = <usize>columns << 6
  const tile = ROWS * line
  const record = <usize>((columns + 2) & -2) << 3
  const pairs = (columns - 1) >> 1
  const odd = ((columns - 1) & 1) !== 0
  let slot = next / <i32>ROWS
  let row = next % <i32>ROWS
  for (; slot < slots; slot++) {
    const window = windows + (<usize>slot << 5)
    const factor = load<f64>(window)
    const shift = load<f64>(window, 8)
    const base = bins + <usize>slot * <usize>BINS * record
    let from = buffer + <usize>(slot >> 3) * tile + (<usize>(slot & 7) << 3) + <usize>row * line
    for (; row < rows; row++, from += line) {
      const energy = load<f64>(from)
      const bin = reinterpret<u64>(energy * factor + shift + ROUND) - ROUND_BITS
      if (bin >= BINS) return slot * <i32>ROWS + row
      let to = base + <usize>bin * record
      v128.store(to, f64x2.add(v128.load(to), f64x2.replace_lane(f64x2.splat(1.0), 1, energy)))
      let at = from + 64
      for (let p = 0; p < pairs; p++, at += 128) {
        to += 16
        v128.store(to, f64x2.add(v128.load(to), v128.load64_lane(at, v128.load64_zero(at), 1, 64)))
      }
      if (odd) store<f64>(to, load<f64>(to, 16) + load<f64>(at), 16)
    }
    row = 0
  }
  return -1
}
