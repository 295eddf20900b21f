// What dense layers need besides products: transposes, sums over a batch, dropout. Matrices are row-major f32, strides count floats.

/**
 * out (columns, strideOut) = Wᵀ of W (rows, strideW); zeros up to a whole word of four columns and nothing beyond, where another
 * thread's share of the columns may lie.
 */
export function denseTranspose(w: usize, strideW: i32, rows: i32, columns: i32, out: usize, strideOut: i32): void {
  const stepW = <usize>strideW << 2
  const stepOut = <usize>strideOut << 2
  let row = 0
  for (; row + 4 <= rows; row += 4, w += 4 * stepW) {
    let column = 0
    let from = w
    let to = out + (<usize>row << 2)
    for (; column + 4 <= columns; column += 4, from += 16, to += 4 * stepOut) transpose4x4(from, stepW, to, stepOut)
    for (; column < columns; column++, from += 4, to += stepOut) {
      for (let i: usize = 0; i < 4; i++) store<u32>(to + (i << 2), load<u32>(from + i * stepW))
    }
  }
  for (let column = 0; column < columns; column++, w += 4, out += stepOut) {
    let from = w
    for (let i = row; i < rows; i++, from += stepW) store<u32>(out + (<usize>i << 2), load<u32>(from))
    for (let i = rows; i < ((rows + 3) & ~3); i++) store<u32>(out + (<usize>i << 2), 0)
  }
}

// @ts-ignore: decorator
@inline
function transpose4x4(from: usize, step: usize, to: usize, stepTo: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + step)
  const c = v128.load(from + 2 * step)
  const d = v128.load(from + 3 * step)
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(to + stepTo, v128.shuffle<i64>(ab, cd, 1, 3))
  v128.store(to + 2 * stepTo, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
  v128.store(to + 3 * stepTo, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
}

/** out (stride) = Σ of the rows of D (rows, stride), from the first to the last; stride a multiple of 4. */
export function denseSumRows(d: usize, stride: i32, rows: i32, out: usize): void {
  const step = <usize>stride << 2
  const end = d + step
  for (; d + 64 <= end; d += 64, out += 64) {
    let a = f32x4.splat(0)
    let b = a
    let c = a
    let e = a
    let at = d
    for (let row = 0; row < rows; row++, at += step) {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      e = f32x4.add(e, v128.load(at, 48))
    }
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, e, 48)
  }
  for (; d < end; d += 16, out += 16) {
    let a = f32x4.splat(0)
    let at = d
    for (let row = 0; row < rows; row++, at += step) a = f32x4.add(a, v128.load(at))
    v128.store(out, a)
  }
}

/** a *= b, `count` floats, any count. */
export function multiply(a: usize, b: usize, count: i32): void {
  for (; count >= 4; count -= 4, a += 16, b += 16) v128.store(a, f32x4.mul(v128.load(a), v128.load(b)))
  for (; count > 0; count--, a += 4, b += 4) store<f32>(a, load<f32>(a) * load<f32>(b))
}

const LANES = memory.data<i32>([0, 1, 2, 3], 16)
/** The odd factors of `scramble`. */
const FACTORS = memory.data<u32>([0x7feb352d, 0x846ca68b], 8)

/**
 * Leaves out elements at random: mask (rows, stride) = 0 or `scale`, a *= mask. An element is left out with chance threshold / 2^32,
 * decided by `seed` and its index in the batch alone (`first`: that of the first row), so that rows may be shared out in any way.
 * stride is a multiple of 4; batches have at most 2^32 elements.
 */
export function denseDropout(a: usize, mask: usize, rows: i32, stride: i32, first: i32, seed: u32, threshold: u32, scale: f32): void {
  // Two keys of the seed: one alone would make the seeds' patterns shifted copies of each other.
  const before = i32x4.splat(scrambleOne(seed + 0x9e3779b9))
  const after = i32x4.splat(scrambleOne(seed ^ 0x5bd1e995))
  const limit = i32x4.splat(threshold)
  const kept = f32x4.splat(scale)
  const four = i32x4.splat(4)
  let index = i32x4.add(i32x4.splat(first * stride), v128.load(LANES))
  for (let count = rows * stride; count > 0; count -= 4, a += 16, mask += 16) {
    const hash = scramble(v128.xor(scramble(i32x4.add(index, before)), after))
    const factor = v128.andnot(kept, i32x4.lt_u(hash, limit))
    v128.store(mask, factor)
    v128.store(a, f32x4.mul(v128.load(a), factor))
    index = i32x4.add(index, four)
  }
}

/** A bijection of 32 bits in which every bit depends on every other one; shifts and factors: lowbias32 of Chris Wellons. */
// @ts-ignore: decorator
@inline
function scramble(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), v128.load32_splat(FACTORS))
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), v128.load32_splat(FACTORS, 4))
  return v128.xor(x, i32x4.shr_u(x, 16))
}

function scrambleOne(x: u32): u32 {
  return i32x4.extract_lane(scramble(i32x4.splat(x)), 0)
}
