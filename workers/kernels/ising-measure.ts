// What is read off 128 Ising lattices at once, counted bit-sliced: unequal bonds, spins up, local fields.
//
// spins: (L, L) v128. planes: (32) v128, zero before and after. scratch: (LIST) v128.

import { addList, readPlanes } from './lanes'

/** Words collected before they are added up: small enough to stay in the first cache. */
const LIST: i32 = 512

/**
 * Counts the unequal bonds and the spins up of every lane, so that E = J (2 unequal - 2N) - h M and M = 2 up - N.
 * unequal, up: (128) i32.
 */
export function isingCount(spins: usize, L: i32, planes: usize, scratch: usize, unequal: usize, up: usize): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  const full = scratch + <usize>LIST * 16
  let to = scratch
  for (let row = spins; row <= bottom; row += stride) {
    const below = row == bottom ? spins : row + stride
    for (let x: usize = 0; x < stride; x += 16) {
      const s = v128.load(row + x)
      v128.store(to, v128.xor(s, v128.load(row + (x == last ? 0 : x + 16))))
      v128.store(to, v128.xor(s, v128.load(below + x)), 16)
      to += 32
      if (to >= full) {
        addList(scratch, <i32>((to - scratch) >> 4), planes)
        to = scratch
      }
    }
  }
  addList(scratch, <i32>((to - scratch) >> 4), planes)
  readPlanes(planes, unequal)

  const end = bottom + stride
  for (let from = spins; from < end; from += <usize>LIST * 16) {
    const bytes = min<usize>(<usize>LIST * 16, end - from)
    memory.copy(scratch, from, bytes)
    addList(scratch, <i32>(bytes >> 4), planes)
  }
  readPlanes(planes, up)
}

/**
 * Counts the sites of every lane by spin and neighbours up. counts: (10, 128) i32; class k: spin down with k neighbours
 * up, class 5 + k: spin up with k neighbours up.
 */
export function isingLocalFields(spins: usize, L: i32, planes: usize, scratch: usize, counts: usize): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  const full = scratch + <usize>LIST * 16
  for (let kind = 0; kind < 10; kind++) {
    const k = kind % 5
    const flip = i64x2.splat(kind < 5 ? -1 : 0)
    let to = scratch
    for (let row = spins; row <= bottom; row += stride) {
      const above = row == spins ? bottom : row - stride
      const below = row == bottom ? spins : row + stride
      for (let x: usize = 0; x < stride; x += 16) {
        const a = v128.load(row + (x == 0 ? last : x - 16))
        const b = v128.load(row + (x == last ? 0 : x + 16))
        const c = v128.load(above + x)
        const d = v128.load(below + x)
        const ab = v128.xor(a, b)
        const cd = v128.xor(c, d)
        const pairs = v128.xor(v128.and(a, b), v128.and(c, d))
        const odd = v128.xor(ab, cd)
        let match: v128
        if (k == 0) match = v128.not(v128.or(v128.or(a, b), v128.or(c, d)))
        else if (k == 1) match = v128.andnot(odd, pairs)
        else if (k == 2) match = v128.or(v128.and(ab, cd), v128.andnot(pairs, odd))
        else if (k == 3) match = v128.and(odd, pairs)
        else match = v128.and(v128.and(a, b), v128.and(c, d))
        v128.store(to, v128.and(match, v128.xor(v128.load(row + x), flip)))
        to += 16
        if (to >= full) {
          addList(scratch, LIST, planes)
          to = scratch
        }
      }
    }
    addList(scratch, <i32>((to - scratch) >> 4), planes)
    readPlanes(planes, counts + (<usize>kind << 9))
  }
}
