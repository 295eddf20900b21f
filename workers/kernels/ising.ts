// The 2D Ising model without a field, 128 lattices at once: Metropolis, every lane at its own temperature.
//
// spins: (L, L) v128, row by row; bit b of a word is that site of lattice b (1 = up). No halo, any L >= 2.
// masks: (32, 2) v128 from buildMasks, of the acceptances exp(-4 beta |J|) and exp(-8 beta |J|) of 128 lanes.
// One call = `sweeps` sweeps, row by row; in a row the even columns, then the odd ones, then, if L is odd, the last.
//
// A flip that costs nothing or less is always taken. On the smallest lattices that rule in a fixed order is not ergodic
// (2 x 2: 5 % of the weight is never reached), so L < 6 and fields belong to ising-field.ts.
// The plain twin, which draws the same bits in the same order, is src/model/ising/reference.ts.

import { ROTATE_24, sfc64Fill } from './sfc64'

/** Positions drawn for each word by itself, then for two words together, then for four before one looks what is left. */
const ALONE: usize = 6
const TOGETHER: usize = 6
// @ts-ignore: decorator
@inline const MASK: usize = 32
// @ts-ignore: decorator
@inline const MASKS_END: usize = 32 * MASK

/** Scratch: (4) v128 undecided lanes, one random word, and a decision (P, Q) under repair; then the decisions of a row. */
// @ts-ignore: decorator
@inline const WORD: usize = 64
// @ts-ignore: decorator
@inline const REPAIR: usize = 80
// @ts-ignore: decorator
@inline const DECISIONS: usize = 128

/** Walks the lanes in `undecided` down from `position` to their first 1, each on bits of its own; adds to (P, Q). */
function finish(random: usize, scratch: usize, masks: usize, position: usize, undecided: v128, decision: usize): void {
  let P = v128.load(decision)
  let Q = v128.load(decision, 16)
  for (let mask = masks + position * MASK; v128.any_true(undecided) && mask < masks + MASKS_END; mask += MASK) {
    P = v128.xor(P, v128.and(undecided, v128.load(mask)))
    Q = v128.xor(Q, v128.and(undecided, v128.load(mask, 16)))
    sfc64Fill(random, scratch + WORD, 1)
    undecided = v128.andnot(undecided, v128.load(scratch, WORD))
  }
  v128.store(decision, P)
  v128.store(decision, Q, 16)
}

/**
 * Decisions for `count` sites, rounded up to fours: P is 1 with probability exp(-4 beta |J|), Q with exp(-8 beta |J|).
 *
 * They do not depend on the lattice, so they come first, off its chain of dependences. Four words draw ALONE positions
 * each; by then a lane is undecided in one word of 64, seldom in two at once. So words join: two share a position, then
 * four share TOGETHER, and each lane's bits are still used once. Lanes that collide are finished by themselves first.
 * The generator is written out because only locals stay in registers: one line is one step of sfc64Fill.
 */
function decide(random: usize, scratch: usize, masks: usize, decisions: usize, count: i32): void {
  let a = v128.load(random)
  let b = v128.load(random, 16)
  let c = v128.load(random, 32)
  let n = v128.load(random, 48)
  let x: v128
  const one = i64x2.splat(1)
  const end = decisions + (<usize>count << 5)
  for (let out = decisions; out < end; out += 128) {
    for (let j: usize = 0; j < 4; j++) {
      let P = v128.load(masks)
      let Q = v128.load(masks, 16)
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      let e = v128.not(x)
      P = v128.xor(P, v128.and(e, v128.load(masks, 1 * MASK)))
      Q = v128.xor(Q, v128.and(e, v128.load(masks, 1 * MASK + 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
      P = v128.xor(P, v128.and(e, v128.load(masks, 2 * MASK)))
      Q = v128.xor(Q, v128.and(e, v128.load(masks, 2 * MASK + 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
      P = v128.xor(P, v128.and(e, v128.load(masks, 3 * MASK)))
      Q = v128.xor(Q, v128.and(e, v128.load(masks, 3 * MASK + 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
      P = v128.xor(P, v128.and(e, v128.load(masks, 4 * MASK)))
      Q = v128.xor(Q, v128.and(e, v128.load(masks, 4 * MASK + 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
      P = v128.xor(P, v128.and(e, v128.load(masks, 5 * MASK)))
      Q = v128.xor(Q, v128.and(e, v128.load(masks, 5 * MASK + 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
      v128.store(out + 32 * j, P)
      v128.store(out + 32 * j, Q, 16)
      v128.store(scratch + 16 * j, e)
    }

    // Two and two: words 0, 1 share position ALONE, and words 2, 3.
    const e0 = v128.load(scratch)
    let e1 = v128.load(scratch, 16)
    const e2 = v128.load(scratch, 32)
    let e3 = v128.load(scratch, 48)
    const both01 = v128.and(e0, e1)
    const both23 = v128.and(e2, e3)
    if (v128.any_true(v128.or(both01, both23))) {
      v128.store(random, a); v128.store(random, b, 16); v128.store(random, c, 32); v128.store(random, n, 48)
      finish(random, scratch, masks, ALONE, both01, out + 32)
      finish(random, scratch, masks, ALONE, both23, out + 96)
      a = v128.load(random); b = v128.load(random, 16); c = v128.load(random, 32); n = v128.load(random, 48)
      e1 = v128.andnot(e1, both01)
      e3 = v128.andnot(e3, both23)
    }
    let e01 = v128.or(e0, e1)
    let e23 = v128.or(e2, e3)
    const P01 = v128.and(e01, v128.load(masks, ALONE * MASK))
    const Q01 = v128.and(e01, v128.load(masks, ALONE * MASK + 16))
    let P23 = v128.and(e23, v128.load(masks, ALONE * MASK))
    let Q23 = v128.and(e23, v128.load(masks, ALONE * MASK + 16))
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    e01 = v128.andnot(e01, x)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    e23 = v128.andnot(e23, x)

    // All four share what follows.
    const both = v128.and(e01, e23)
    if (v128.any_true(both)) {
      v128.store(random, a); v128.store(random, b, 16); v128.store(random, c, 32); v128.store(random, n, 48)
      v128.store(scratch, P23, REPAIR); v128.store(scratch, Q23, REPAIR + 16)
      finish(random, scratch, masks, ALONE + 1, both, scratch + REPAIR)
      P23 = v128.load(scratch, REPAIR); Q23 = v128.load(scratch, REPAIR + 16)
      a = v128.load(random); b = v128.load(random, 16); c = v128.load(random, 32); n = v128.load(random, 48)
      e23 = v128.andnot(e23, both)
    }
    let e = v128.or(e01, e23)
    let P = i64x2.splat(0)
    let Q = i64x2.splat(0)
    for (let mask = masks + (ALONE + 1) * MASK, stop = mask + TOGETHER * MASK; mask < stop; mask += MASK) {
      P = v128.xor(P, v128.and(e, v128.load(mask)))
      Q = v128.xor(Q, v128.and(e, v128.load(mask, 16)))
      x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
      e = v128.andnot(e, x)
    }
    if (v128.any_true(e)) {
      v128.store(random, a); v128.store(random, b, 16); v128.store(random, c, 32); v128.store(random, n, 48)
      v128.store(scratch, P, REPAIR); v128.store(scratch, Q, REPAIR + 16)
      finish(random, scratch, masks, ALONE + 1 + TOGETHER, e, scratch + REPAIR)
      P = v128.load(scratch, REPAIR); Q = v128.load(scratch, REPAIR + 16)
      a = v128.load(random); b = v128.load(random, 16); c = v128.load(random, 32); n = v128.load(random, 48)
    }

    // And back to the words whose lanes they were.
    const A = v128.xor(P01, v128.and(P, e01))
    const B = v128.xor(Q01, v128.and(Q, e01))
    const C = v128.xor(P23, v128.and(P, e23))
    const D = v128.xor(Q23, v128.and(Q, e23))
    v128.store(out, v128.xor(v128.load(out), v128.and(A, e0)))
    v128.store(out, v128.xor(v128.load(out, 16), v128.and(B, e0)), 16)
    v128.store(out, v128.xor(v128.load(out, 32), v128.and(A, e1)), 32)
    v128.store(out, v128.xor(v128.load(out, 48), v128.and(B, e1)), 48)
    v128.store(out, v128.xor(v128.load(out, 64), v128.and(C, e2)), 64)
    v128.store(out, v128.xor(v128.load(out, 80), v128.and(D, e2)), 80)
    v128.store(out, v128.xor(v128.load(out, 96), v128.and(C, e3)), 96)
    v128.store(out, v128.xor(v128.load(out, 112), v128.and(D, e3)), 112)
  }
  v128.store(random, a); v128.store(random, b, 16); v128.store(random, c, 32); v128.store(random, n, 48)
}

/**
 * Flips the lanes of one site that accept: always where two or more neighbours pull it over, with P where one does, with
 * Q where none does. `invert` is all ones for an antiferromagnet, whose bonds pull towards the opposite.
 */
// @ts-ignore: decorator
@inline
function flip(at: usize, left: usize, right: usize, up: usize, down: usize, decision: usize, invert: v128): void {
  const s = v128.load(at)
  const t = v128.xor(s, invert)
  const a = v128.xor(t, v128.load(left))
  const b = v128.xor(t, v128.load(right))
  const c = v128.xor(t, v128.load(up))
  const d = v128.xor(t, v128.load(down))
  const ab = v128.xor(a, b)
  const cd = v128.xor(c, d)
  const two = v128.or(v128.or(v128.and(a, b), v128.and(c, d)), v128.and(ab, cd))
  const paid = v128.bitselect(v128.load(decision), v128.load(decision, 16), v128.xor(ab, cd))
  v128.store(at, v128.xor(s, v128.or(two, paid)))
}

/** scratch: 128 + 32 (L + 3) bytes. */
export function isingSweep(spins: usize, L: i32, random: usize, masks: usize, antiferro: i32, scratch: usize, sweeps: i32): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  const decisions = scratch + DECISIONS
  const invert = i64x2.splat(-(<i64>antiferro))
  for (let k = 0; k < sweeps; k++) {
    for (let row = spins; row <= bottom; row += stride) {
      const up = row == spins ? bottom : row - stride
      const down = row == bottom ? spins : row + stride
      decide(random, scratch, masks, decisions, L)
      flip(row, row + last, row + 16, up, down, decisions, invert)
      for (let x: usize = 32; x < last; x += 32) flip(row + x, row + x - 16, row + x + 16, up + x, down + x, decisions + 2 * x, invert)
      for (let x: usize = 16; x < last; x += 32) flip(row + x, row + x - 16, row + x + 16, up + x, down + x, decisions + 2 * x, invert)
      flip(row + last, row + last - 16, row, up + last, down + last, decisions + 2 * last, invert)
    }
  }
}
