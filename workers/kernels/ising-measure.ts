// What is read off 128 Ising lattices at once, counted bit-sliced: unequal bonds, spins up, local fields.
//
// spins: (L, L) v128. Planes are zero before and after.

import { addList, addWord, carry, readPlanes, sum } from './lanes'

/** Words collected before they are added up: small enough to stay in the first cache. */
const LIST: i32 = 512

/**
 * Counts the unequal bonds and the spins up of every lane, so that E = J (2 unequal - 2N) - h M and M = 2 up - N.
 * unequal, up: (128) i32. planes: (32) v128, scratch: (LIST) v128.
 *
 * The bonds to the right and down of four columns are eight words, which carry-save adders turn into one of weight 8: the
 * adders of addList once more, because a function cannot hand back its running sums in registers.
 */
export function isingCount(spins: usize, L: i32, planes: usize, scratch: usize, unequal: usize, up: usize): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  const full = scratch + <usize>LIST * 16
  const whole = <usize>(L & ~3) << 4
  let ones = i64x2.splat(0)
  let twos = i64x2.splat(0)
  let fours = i64x2.splat(0)
  let to = scratch
  for (let row = spins; row <= bottom; row += stride) {
    const below = row == bottom ? spins : row + stride
    for (let x: usize = 0; x < whole; x += 64) {
      const s0 = v128.load(row + x)
      const s1 = v128.load(row + x, 16)
      const s2 = v128.load(row + x, 32)
      const s3 = v128.load(row + x, 48)
      const a = v128.xor(s0, s1)
      const b = v128.xor(s1, s2)
      const c = v128.xor(s2, s3)
      const d = v128.xor(s3, v128.load(row + (x + 48 == last ? 0 : x + 64)))
      const e = v128.xor(s0, v128.load(below + x))
      const f = v128.xor(s1, v128.load(below + x, 16))
      const g = v128.xor(s2, v128.load(below + x, 32))
      const h = v128.xor(s3, v128.load(below + x, 48))
      const u1 = sum(ones, a, b)
      const t1 = carry(ones, a, b)
      const u2 = sum(u1, c, d)
      const t2 = carry(u1, c, d)
      const v1 = sum(twos, t1, t2)
      const f1 = carry(twos, t1, t2)
      const u3 = sum(u2, e, f)
      const t3 = carry(u2, e, f)
      ones = sum(u3, g, h)
      const t4 = carry(u3, g, h)
      twos = sum(v1, t3, t4)
      const f2 = carry(v1, t3, t4)
      v128.store(to, carry(fours, f1, f2))
      fours = sum(fours, f1, f2)
      to += 16
      if (to == full) {
        addList(scratch, LIST, scratch, planes, 3)
        to = scratch
      }
    }
    for (let x = whole; x < stride; x += 16) {
      const s = v128.load(row + x)
      addWord(planes, 0, v128.xor(s, v128.load(row + (x == last ? 0 : x + 16))))
      addWord(planes, 0, v128.xor(s, v128.load(below + x)))
    }
  }
  addList(scratch, <i32>((to - scratch) >> 4), scratch, planes, 3)
  addWord(planes, 0, ones)
  addWord(planes, 1, twos)
  addWord(planes, 2, fours)
  readPlanes(planes, unequal)

  const end = bottom + stride
  for (let from = spins; from < end; from += <usize>LIST * 128) {
    addList(from, <i32>(min<usize>(<usize>LIST * 128, end - from) >> 4), scratch, planes, 0)
  }
  readPlanes(planes, up)
}

/** energy: (128) f64, J (2 unequal - 2N) - h M with M = 2 up - N. unequal, up: (128) i32, field: (128) f64, h of every lane. */
export function isingEnergies(unequal: usize, up: usize, field: usize, J: f64, N: f64, energy: usize): void {
  const bond = f64x2.splat(2.0 * J)
  const sites = f64x2.splat(N)
  for (let lane: usize = 0; lane < 128; lane += 2) {
    const bonds = f64x2.sub(f64x2.convert_low_i32x4_s(v128.load64_zero(unequal + (lane << 2))), sites)
    const moment = momentOf(f64x2.convert_low_i32x4_s(v128.load64_zero(up + (lane << 2))), sites)
    v128.store(energy + (lane << 3), f64x2.sub(f64x2.mul(bond, bonds), f64x2.mul(v128.load(field + (lane << 3)), moment)))
  }
}

// @ts-ignore: decorator
@inline
function momentOf(up: v128, sites: v128): v128 {
  return f64x2.sub(f64x2.add(up, up), sites)
}

/**
 * Reads the columns e, e^2, m, |m|, m^2, m^4 per site of every slot off the lanes that hold them.
 *
 * energy: (128) f64, up: (128) i32, lanes: (slots) i32, out: (6, stride) f64; stride is slots or one more, and even.
 */
export function isingSample(energy: usize, up: usize, lanes: usize, slots: i32, N: f64, out: usize, stride: i32): void {
  const sites = f64x2.splat(N)
  const row = <usize>stride << 3
  const even = <usize>(slots & ~1)
  for (let slot: usize = 0; slot < even; slot += 2) {
    const a = <usize>load<i32>(lanes + (slot << 2))
    const b = <usize>load<i32>(lanes + (slot << 2), 4)
    const E = v128.load64_lane(energy + (b << 3), v128.load64_zero(energy + (a << 3)), 1)
    const ups = v128.load32_lane(up + (b << 2), v128.load32_zero(up + (a << 2)), 1)
    const to = out + (slot << 3)
    const e = f64x2.div(E, sites)
    const m = f64x2.div(momentOf(f64x2.convert_low_i32x4_s(ups), sites), sites)
    const m2 = f64x2.mul(m, m)
    v128.store(to, e)
    v128.store(to + row, f64x2.mul(e, e))
    v128.store(to + 2 * row, m)
    v128.store(to + 3 * row, f64x2.abs(m))
    v128.store(to + 4 * row, m2)
    v128.store(to + 5 * row, f64x2.mul(m2, m2))
  }
  if (even == <usize>slots) return
  const lane = <usize>load<i32>(lanes + (even << 2))
  const to = out + (even << 3)
  const e = load<f64>(energy + (lane << 3)) / N
  const m = (2.0 * <f64>load<i32>(up + (lane << 2)) - N) / N
  store<f64>(to, e)
  store<f64>(to + row, e * e)
  store<f64>(to + 2 * row, m)
  store<f64>(to + 3 * row, abs(m))
  store<f64>(to + 4 * row, m * m)
  store<f64>(to + 5 * row, m * m * (m * m))
}

/** Words of each of the ten classes collected before they are added up: ten such lists fit the first cache. */
const CLASS_LIST: i32 = 64
// @ts-ignore: decorator
@inline const CLASS_BYTES: usize = 64 * 16

/** Appends a site to the lists of k neighbours up: class k where the spin is down, class 5 + k where it is up. */
// @ts-ignore: decorator
@inline
function classify(to: usize, k: usize, match: v128, s: v128): void {
  v128.store(to + k * CLASS_BYTES, v128.andnot(match, s))
  v128.store(to + (5 + k) * CLASS_BYTES, v128.and(match, s))
}

function addClasses(lists: usize, count: i32, planes: usize): void {
  for (let kind: usize = 0; kind < 10; kind++) addList(lists + kind * CLASS_BYTES, count, lists + kind * CLASS_BYTES, planes + (kind << 9), 0)
}

/**
 * Counts the sites of every lane by spin and neighbours up. counts: (10, 128) i32; class k: spin down with k neighbours
 * up, class 5 + k: spin up with k neighbours up. planes: (10, 32) v128, scratch: (10, CLASS_LIST) v128.
 */
export function isingLocalFields(spins: usize, L: i32, planes: usize, scratch: usize, counts: usize): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  let filled = 0
  for (let row = spins; row <= bottom; row += stride) {
    const above = row == spins ? bottom : row - stride
    const below = row == bottom ? spins : row + stride
    for (let x: usize = 0; x < stride; x += 16) {
      const s = v128.load(row + x)
      const a = v128.load(row + (x == 0 ? last : x - 16))
      const b = v128.load(row + (x == last ? 0 : x + 16))
      const c = v128.load(above + x)
      const d = v128.load(below + x)
      const ab = v128.xor(a, b)
      const cd = v128.xor(c, d)
      const both = v128.and(a, b)
      const other = v128.and(c, d)
      const pairs = v128.xor(both, other)
      const odd = v128.xor(ab, cd)
      const to = scratch + (<usize>filled << 4)
      classify(to, 0, v128.not(v128.or(v128.or(a, b), v128.or(c, d))), s)
      classify(to, 1, v128.andnot(odd, pairs), s)
      classify(to, 2, v128.or(v128.and(ab, cd), v128.andnot(pairs, odd)), s)
      classify(to, 3, v128.and(odd, pairs), s)
      classify(to, 4, v128.and(both, other), s)
      if (++filled == CLASS_LIST) {
        addClasses(scratch, filled, planes)
        filled = 0
      }
    }
  }
  addClasses(scratch, filled, planes)
  for (let kind: usize = 0; kind < 10; kind++) readPlanes(planes + (kind << 9), counts + (kind << 9))
}
