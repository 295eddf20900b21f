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
