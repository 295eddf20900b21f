// The 2D Ising model in a field, or on a lattice too small for ising.ts, 128 lattices at once: Metropolis.
//
// A site with k neighbours up feels f_k = J (2k - 4) + h. Turning it along f_k is always accepted, against it with
// exp(-2 beta |f_k|): five thresholds a lane, and for each k a constant that says which way is free (both where f_k = 0).
// spins: (L, L) v128 as in ising.ts; masks: (32, 5) v128 of the five acceptances; free: (5, 2) v128, all ones or zero:
// may a spin that is up turn free, may one that is down. One call = `sweeps` sweeps in the order of ising.ts.
//
// `lazy`: a flip is given up with probability 1/16 whatever it costs. That keeps detailed balance and makes every site
// stay or turn with a positive chance, hence the chain ergodic on any lattice; needed for L < 6 (see ising.ts).
// The plain twin is src/model/ising/reference.ts.

import { sfc64Fill } from './sfc64'

const FIRST: i32 = 8
// @ts-ignore: decorator
@inline const MASK: usize = 80
// @ts-ignore: decorator
@inline const MASKS_END: usize = 32 * MASK

/** Accept where the spin may turn free, or where the bit drawn for its k is 1. decision: (5) v128 on return. */
function decide(random: usize, words: usize, masks: usize, decision: usize): void {
  let P0 = i64x2.splat(0)
  let P1 = P0
  let P2 = P0
  let P3 = P0
  let P4 = P0
  let undecided = v128.not(P0)
  sfc64Fill(random, words, FIRST)
  let word = words
  for (let mask = masks; mask < masks + MASKS_END; mask += MASK) {
    P0 = v128.xor(P0, v128.and(undecided, v128.load(mask)))
    P1 = v128.xor(P1, v128.and(undecided, v128.load(mask, 16)))
    P2 = v128.xor(P2, v128.and(undecided, v128.load(mask, 32)))
    P3 = v128.xor(P3, v128.and(undecided, v128.load(mask, 48)))
    P4 = v128.xor(P4, v128.and(undecided, v128.load(mask, 64)))
    if (word == words + <usize>FIRST * 16) {
      word -= 16
      sfc64Fill(random, word, 1)
    }
    undecided = v128.andnot(undecided, v128.load(word))
    word += 16
    if (word == words + <usize>FIRST * 16 && !v128.any_true(undecided)) break
  }
  v128.store(decision, P0)
  v128.store(decision, P1, 16)
  v128.store(decision, P2, 32)
  v128.store(decision, P3, 48)
  v128.store(decision, P4, 64)
}

/** 15 bits of 16 are 1. */
function coin(random: usize, words: usize): v128 {
  sfc64Fill(random, words, 4)
  return v128.or(v128.or(v128.load(words), v128.load(words, 16)), v128.or(v128.load(words, 32), v128.load(words, 48)))
}

/** Accepts in the lanes of `where`, which have k neighbours up. */
// @ts-ignore: decorator
@inline
function chosen(where: v128, s: v128, free: usize, decision: usize, k: usize): v128 {
  const always = v128.bitselect(v128.load(free + 32 * k), v128.load(free + 32 * k, 16), s)
  return v128.and(where, v128.or(always, v128.load(decision + 16 * k)))
}

function update(at: usize, left: usize, right: usize, up: usize, down: usize, random: usize, masks: usize, free: usize, lazy: bool, scratch: usize): void {
  const decision = scratch + <usize>FIRST * 16
  decide(random, scratch, masks, decision)
  const s = v128.load(at)
  const a = v128.load(left)
  const b = v128.load(right)
  const c = v128.load(up)
  const d = v128.load(down)
  const ab = v128.xor(a, b)
  const cd = v128.xor(c, d)
  const pairs = v128.xor(v128.and(a, b), v128.and(c, d))
  const odd = v128.xor(ab, cd)
  const four = v128.and(v128.and(a, b), v128.and(c, d))
  const three = v128.and(odd, pairs)
  const two = v128.or(v128.and(ab, cd), v128.andnot(pairs, odd))
  const one = v128.andnot(odd, pairs)
  const none = v128.not(v128.or(v128.or(a, b), v128.or(c, d)))
  let accept = v128.or(chosen(none, s, free, decision, 0), chosen(one, s, free, decision, 1))
  accept = v128.or(accept, v128.or(chosen(two, s, free, decision, 2), chosen(three, s, free, decision, 3)))
  accept = v128.or(accept, chosen(four, s, free, decision, 4))
  if (lazy) accept = v128.and(accept, coin(random, scratch))
  v128.store(at, v128.xor(s, accept))
}

/** scratch: 13 v128. */
export function isingFieldSweep(spins: usize, L: i32, random: usize, masks: usize, free: usize, lazy: i32, scratch: usize, sweeps: i32): void {
  const stride = <usize>L << 4
  const last = stride - 16
  const bottom = spins + <usize>(L - 1) * stride
  for (let k = 0; k < sweeps; k++) {
    for (let row = spins; row <= bottom; row += stride) {
      const up = row == spins ? bottom : row - stride
      const down = row == bottom ? spins : row + stride
      for (let parity: usize = 0; parity < 32; parity += 16) {
        for (let x = parity; x < last; x += 32) {
          update(row + x, row + (x == 0 ? last : x - 16), row + x + 16, up + x, down + x, random, masks, free, lazy != 0, scratch)
        }
      }
      update(row + last, row + last - 16, row, up + last, down + last, random, masks, free, lazy != 0, scratch)
    }
  }
}
