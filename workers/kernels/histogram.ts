// Histograms of the energy with the sums of all observables in each bin, any model.
// Whose bins they are and how they are moved and joined: src/sampling/histogram.ts; the same in plain TypeScript:
// test/support/plain-histogram.ts.
//
// The bins of all slots are larger than a first cache, those of one slot are not. So samples are kept, KEPT at most, and then
// put into the bins slot by slot. Only columns that do not follow from others are kept; the rest is computed on the way.
//
// sample: (column, stride) f64.
// kept: (slot, number of kept columns, KEPT) f64 and a line of the cache after each slot, so that slots do not share its sets.
// bins of a slot: (128, record) f64; a record is the columns, in pairs, which are SIMD words, the count, and one double that is 0.

/** Samples kept at most. */
// @ts-ignore: decorator
@inline const KEPT: usize = 128
/** Bytes of one kept column of a slot. */
// @ts-ignore: decorator
@inline const ROW: usize = KEPT << 3
// @ts-ignore: decorator
@inline const LINE: usize = 64
// @ts-ignore: decorator
@inline const BINS: u64 = 128
/** 1.5 x 2^52: adding it to a number rounds that to a whole number, which is then in the lowest bits. */
// @ts-ignore: decorator
@inline const ROUND: f64 = 6755399441055744.0
// @ts-ignore: decorator
@inline const ROUND_BITS: u64 = 0x4338000000000000

// How a column of a record is made: copied from what is kept, or out of a column before it.
// @ts-ignore: decorator
@inline const MADE_KEPT: i32 = 0
// @ts-ignore: decorator
@inline const MADE_SQUARE: i32 = 1

/** Keeps a sample, the one of number `at`. columns: (count) i32, the columns of a sample that are kept. */
export function histogramKeep(sample: usize, stride: i32, columns: usize, count: i32, kept: usize, at: i32, slots: i32): void {
  const step = <usize>count * ROW + LINE
  let to = kept + (<usize>at << 3)
  for (let k = 0; k < count; k++, to += ROW) {
    const from = sample + <usize>load<i32>(columns + (<usize>k << 2)) * (<usize>stride << 3)
    for (let slot: usize = 0, into = to; slot < <usize>slots; slot++, into += step) store<f64>(into, load<f64>(from + (slot << 3)))
  }
}

/**
 * Puts the kept samples `first` to `end` of one slot into its bins.
 *
 * @param kept columns of this slot, the first of which is the energy per site
 * @param made (2 pairs, 2) i32, how each column is made and of which one: 0 kept, 1 the square, 2 the absolute value
 * @param values room for 2 pairs of columns, (column, KEPT) f64
 * @param window factor and shift: the bin is factor * energy per site + shift, rounded
 * @returns the number of the first sample whose energy lies outside of the bins, or `end`; what is before is in the bins
 */
export function histogramFill(
  kept: usize,
  made: usize,
  pairs: i32,
  values: usize,
  places: usize,
  window: usize,
  bins: usize,
  first: i32,
  end: i32,
): i32 {
  const record = (<usize>pairs + 1) << 4
  const factor = load<f64>(window)
  const shift = load<f64>(window, 8)
  let stop = first
  for (; stop < end; stop++) {
    const bin = reinterpret<u64>(load<f64>(kept + (<usize>stop << 3)) * factor + shift + ROUND) - ROUND_BITS
    if (bin >= BINS) break
    store<usize>(places + (<usize>stop << 2), bins + <usize>bin * record)
  }
  const bytes = (<usize>end + 3) << 3 & ~31
  for (let column = 0, to = values; column < 2 * pairs; column++, to += ROW) {
    const how = load<i32>(made + (<usize>column << 3))
    const source = <usize>load<i32>(made + (<usize>column << 3), 4) * ROW
    if (how === MADE_KEPT) {
      for (let at: usize = 0; at < bytes; at += 32) {
        v128.store(to + at, v128.load(kept + source + at))
        v128.store(to + at, v128.load(kept + source + at, 16), 16)
      }
    } else {
      const squared = how === MADE_SQUARE
      for (let at: usize = 0; at < bytes; at += 32) {
        const x = v128.load(values + source + at)
        const y = v128.load(values + source + at, 16)
        v128.store(to + at, squared ? f64x2.mul(x, x) : f64x2.abs(x))
        v128.store(to + at, squared ? f64x2.mul(y, y) : f64x2.abs(y), 16)
      }
    }
  }
  let i = first
  if (i < stop && (i & 1) === 1) addOne(values, pairs, i++, places)
  if (pairs === 3) for (; i + 2 <= stop; i += 2) addTwoOfThree(values, i, places)
  else for (; i + 2 <= stop; i += 2) addTwo(values, <usize>pairs, i, places)
  if (i < stop) addOne(values, pairs, i, places)
  return stop
}

/** Adds one sample to its bin. */
function addOne(values: usize, pairs: i32, i: i32, places: usize): void {
  let to = load<usize>(places + (<usize>i << 2))
  let from = values + (<usize>i << 3)
  for (let column = 0; column < 2 * pairs; column++, from += ROW, to += 8) store<f64>(to, load<f64>(to) + load<f64>(from))
  store<f64>(to, load<f64>(to) + 1.0)
}

/** Adds a pair of columns of two neighbouring samples to their bins, one after the other: they may be the same. */
// @ts-ignore: decorator
@inline
function addPair(from: usize, to: usize, next: usize): void {
  const x = v128.load(from)
  const y = v128.load(from + ROW)
  v128.store(to, f64x2.add(v128.load(to), v128.shuffle<f64>(x, y, 0, 2)))
  v128.store(next, f64x2.add(v128.load(next), v128.shuffle<f64>(x, y, 1, 3)))
}

/** Adds samples `i` and `i + 1` to their bins; `i` is even. */
function addTwo(values: usize, pairs: usize, i: i32, places: usize): void {
  const from = values + (<usize>i << 3)
  const to = load<usize>(places + (<usize>i << 2))
  const next = load<usize>(places + (<usize>i << 2), 4)
  for (let pair: usize = 0; pair < pairs; pair++) addPair(from + 2 * pair * ROW, to + (pair << 4), next + (pair << 4))
  store<f64>(to + (pairs << 4), load<f64>(to + (pairs << 4)) + 1.0)
  store<f64>(next + (pairs << 4), load<f64>(next + (pairs << 4)) + 1.0)
}

/** The same of three pairs, which the Ising model has: a loop over them costs as much as they do. */
// @ts-ignore: decorator
@inline
function addTwoOfThree(values: usize, i: i32, places: usize): void {
  const from = values + (<usize>i << 3)
  const to = load<usize>(places + (<usize>i << 2))
  const next = load<usize>(places + (<usize>i << 2), 4)
  addPair(from, to, next)
  addPair(from + 2 * ROW, to + 16, next + 16)
  addPair(from + 4 * ROW, to + 32, next + 32)
  store<f64>(to, load<f64>(to, 48) + 1.0, 48)
  store<f64>(next, load<f64>(next, 48) + 1.0, 48)
}

/** Adds two neighbouring stretches of `bytes` each, of which `from` is the first, and writes them to `to`, which may be the first. */
export function histogramJoin(to: usize, from: usize, bytes: usize): void {
  const other = from + bytes
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, f64x2.add(v128.load(from + at), v128.load(other + at)))
}
