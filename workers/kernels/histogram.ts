// Histograms of the energy with the sums of all observables in each bin, any model.
// Whose bins they are and how they are moved and joined: src/ensemble/histogram.ts; the same in plain TypeScript:
// test/support/plain-histogram.ts.
//
// sample: (column, stride) f64, of which the columns in `kept`, (pair, 2) i32, are summed; columns go in pairs, which are SIMD words.
// bins: (slot, 128 bins and 13 that stay empty, record) f64; a record is the columns and the count, filled up with one double.
// All slots use bins near the middle, which would fall into the same few sets of a cache if slots were a power of 2 apart.
// windows: (slot, 4) f64, the first two of which are factor and shift: the bin is factor * energy per site + shift, rounded.
// places: (slot) i32, the bytes from `bins` to the bin that a sample belongs to.

// @ts-ignore: decorator
@inline const BINS: u64 = 128
/** From the bins of one slot to those of the next. */
// @ts-ignore: decorator
@inline const SLOT_RECORDS: i32 = 141
/** 1.5 x 2^52: adding it to a number rounds that to a whole number, which is then in the lowest bits. */
// @ts-ignore: decorator
@inline const ROUND: f64 = 6755399441055744.0
// @ts-ignore: decorator
@inline const ROUND_BITS: u64 = 0x4338000000000000

/**
 * Finds the places of a sample, from slot `slot` on.
 *
 * @param energy row of energies per site
 * @returns the first slot whose energy lies outside of its bins, or -1 when all have their places
 */
export function histogramPlace(energy: usize, windows: usize, places: usize, pairs: i32, slot: i32, slots: i32): i32 {
  const record = (pairs + 1) << 4
  const size = SLOT_RECORDS * record
  let base = slot * size
  for (; slot < slots; slot++, base += size) {
    const window = windows + (<usize>slot << 5)
    const number = load<f64>(energy + (<usize>slot << 3)) * load<f64>(window) + load<f64>(window, 8)
    const bin = reinterpret<u64>(number + ROUND) - ROUND_BITS
    if (bin >= BINS) return slot
    store<i32>(places + (<usize>slot << 2), base + <i32>bin * record)
  }
  return -1
}

/** Adds a sample to the bins at its places. */
export function histogramAdd(sample: usize, stride: i32, kept: usize, pairs: i32, bins: usize, places: usize, slots: i32): void {
  const row = <usize>stride << 3
  const even = <usize>(slots & ~1)
  if (pairs === 3) {
    // The Ising model's, all in one pass: each bin is a line of the cache.
    const a = sample + <usize>load<i32>(kept) * row
    const b = sample + <usize>load<i32>(kept, 4) * row
    const c = sample + <usize>load<i32>(kept, 8) * row
    const d = sample + <usize>load<i32>(kept, 12) * row
    const e = sample + <usize>load<i32>(kept, 16) * row
    const f = sample + <usize>load<i32>(kept, 20) * row
    for (let slot: usize = 0; slot < even; slot += 2) {
      const at = slot << 3
      const to = bins + <usize>load<i32>(places + (slot << 2))
      const next = bins + <usize>load<i32>(places + (slot << 2), 4)
      addPair(v128.load(a + at), v128.load(b + at), to, next)
      addPair(v128.load(c + at), v128.load(d + at), to + 16, next + 16)
      addPair(v128.load(e + at), v128.load(f + at), to + 32, next + 32)
      store<f64>(to, load<f64>(to, 48) + 1.0, 48)
      store<f64>(next, load<f64>(next, 48) + 1.0, 48)
    }
  } else {
    for (let slot: usize = 0; slot < even; slot += 2) {
      let to = bins + <usize>load<i32>(places + (slot << 2))
      let next = bins + <usize>load<i32>(places + (slot << 2), 4)
      const from = sample + (slot << 3)
      for (let pair = 0; pair < pairs; pair++, to += 16, next += 16) {
        const at = kept + (<usize>pair << 3)
        addPair(v128.load(from + <usize>load<i32>(at) * row), v128.load(from + <usize>load<i32>(at, 4) * row), to, next)
      }
      store<f64>(to, load<f64>(to) + 1.0)
      store<f64>(next, load<f64>(next) + 1.0)
    }
  }
  if (even === <usize>slots) return
  let to = bins + <usize>load<i32>(places + (even << 2))
  const from = sample + (even << 3)
  for (let column = 0; column < 2 * pairs; column++, to += 8) {
    store<f64>(to, load<f64>(to) + load<f64>(from + <usize>load<i32>(kept + (<usize>column << 2)) * row))
  }
  store<f64>(to, load<f64>(to) + 1.0)
}

/** Adds two columns of two neighbouring slots to the bin of either. */
// @ts-ignore: decorator
@inline
function addPair(x: v128, y: v128, to: usize, next: usize): void {
  v128.store(to, f64x2.add(v128.load(to), v128.shuffle<f64>(x, y, 0, 2)))
  v128.store(next, f64x2.add(v128.load(next), v128.shuffle<f64>(x, y, 1, 3)))
}

/** Adds two neighbouring stretches of `bytes` each, of which `from` is the first, and writes them to `to`, which may be the first. */
export function histogramJoin(to: usize, from: usize, bytes: usize): void {
  const other = from + bytes
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f64x2.add(v128.load(from + at), v128.load(other + at)))
}
