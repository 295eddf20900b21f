// Swendsen-Wang clusters of embedded reflections, four lattices at once.
//
// Let P = 1 - 2Π be a reflection of the six components that keeps every on-site term of E, Π the projection onto the
// directions it turns over. Applied to both ends of a bond it changes nothing; applied to one end it costs
//   β(E' - E) = x = 2βρΛ Πn·Πn',
// Λ = 1 in ψ and λ in Φ. A bond joins its ends with probability 1 - exp(-max(0, x)); then each cluster is turned over or
// not by the toss of a coin. From A to B bonds along a border stay open with exp(-max(0, x)), from B to A with
// exp(-max(0, -x)); the quotient is exp(-x), the Boltzmann weights' own: detailed balance, and no rejection.
//
// Here Π is spanned by one or two orthonormal vectors e1, e2 (e2 = 0: an ordinary reflection), each lane with its own:
//   0 ψ      r in (1,2)                 1 Φx   r in (3,4)                2 Φy   r in (5,6)          any parameters
//   3 Φ      r in (3..6), keeps q but not b and c: w = 0
//   4 all    r in (1..6): λ = 1 and no on-site term
//   5 swap   (Φx, Φy) -> (A Φy, Aᵀ Φx), A in O(2), exchanges b and c: any parameters. Its e1, e2 = (u, -Aᵀu)/√2, u = x̂, ŷ.
// Sources: Swendsen, Wang, Phys. Rev. Lett. 58, 86 (1987); Wolff, Phys. Rev. Lett. 62, 361 (1989).

import { constant, exp } from './float'
import { dot6, K, LAMBDA, SITE, toUnit } from './o6-site'
import { sfc64Fill } from './sfc64'
import { drawCircle, drawS3, drawS5, uniforms } from './sphere'

// @ts-ignore: decorator
@inline const PSI: i32 = 0
// @ts-ignore: decorator
@inline const PHI: i32 = 3
// @ts-ignore: decorator
@inline const ALL: i32 = 4
// @ts-ignore: decorator
@inline const SWAP: i32 = 5

const NUMBERS = memory.data<f32>([0.70710678], 16)
const LANE_BITS = memory.data<i32>([1, 2, 4, 8], 16)

/** Draws e1 and e2, (2, 6) v128, of length 1 as well as floats can. words: at least 112 bytes of scratch. */
function drawPlane(kind: i32, random: usize, words: usize, e: usize): void {
  drawDirections(kind, random, words, e)
  for (const end = e + 192; e < end; e += 96) {
    const unit = toUnit(dot6(e, e))
    for (let k: usize = 0; k < 96; k += 16) v128.store(e + k, f32x4.mul(unit, v128.load(e + k)))
  }
}

function drawDirections(kind: i32, random: usize, words: usize, e: usize): void {
  memory.fill(e, 0, 192)
  if (kind == ALL) {
    drawS5(random, words, 1)
    memory.copy(e, words, 96)
    return
  }
  sfc64Fill(random, words, 3)
  if (kind == PHI) {
    drawS3(words, e + 32)
  } else if (kind != SWAP) {
    drawCircle(words, e + (<usize>kind << 5))
  } else {
    // Rows of A: (c, s) and ±(-s, c).
    const root = constant(NUMBERS, 0)
    drawCircle(words, e + 64)
    const c = f32x4.mul(root, v128.load(e, 64))
    const s = f32x4.mul(root, v128.load(e, 80))
    const sign = i32x4.shl(v128.load(words, 16), 31)
    v128.store(e, root, 32)
    v128.store(e, f32x4.neg(c), 64)
    v128.store(e, f32x4.neg(s), 80)
    v128.store(e + 96, root, 48)
    v128.store(e + 96, v128.xor(s, sign), 64)
    v128.store(e + 96, v128.xor(f32x4.neg(c), sign), 80)
  }
}

/** Root of a site's cluster, on a path that is made shorter on the way. */
// @ts-ignore: decorator
@inline
function rootOf(parents: usize, i: u32): u32 {
  let parent = load<u32>(parents + (<usize>i << 2))
  while (parent != i) {
    const above = load<u32>(parents + (<usize>parent << 2))
    store<u32>(parents + (<usize>i << 2), above)
    i = above
    parent = load<u32>(parents + (<usize>i << 2))
  }
  return i
}

function join(parents: usize, i: u32, j: u32): void {
  const a = rootOf(parents, i)
  const b = rootOf(parents, j)
  store<u32>(parents + (<usize>max<u32>(a, b) << 2), min<u32>(a, b))
}

/** Turns over clusters of one lane: adds its bit to `flips` where a site's cluster has its coin up. */
function label(lane: u32, L: u32, bonds: usize, coins: usize, flips: usize, parents: usize): void {
  const count = L * L
  for (let i: u32 = 0; i < count; i++) store<u32>(parents + (<usize>i << 2), i)
  for (let i: u32 = 0, x: u32 = 0; i < count; i++) {
    const last = ++x == L
    const bits = load<u8>(bonds + i) >> <u8>lane
    if (bits & 1) join(parents, i, last ? i + 1 - L : i + 1)
    if (bits & 16) join(parents, i, i + L >= count ? i + L - count : i + L)
    if (last) x = 0
  }
  for (let i: u32 = 0; i < count; i++) {
    const coin = (<u32>load<u8>(coins + rootOf(parents, i)) >> lane) & 1
    store<u8>(flips + i, <u8>(<u32>load<u8>(flips + i) | (coin << lane)))
  }
}

/**
 * One Swendsen-Wang update of all four lattices by reflections of one kind.
 *
 * projections: (2, L²) v128 of scratch; words: (2L + 24) v128, e1 and e2 first; bonds, coins, flips: (L²) bytes each; parents: (L²) u32.
 */
export function o6Cluster(
  kind: i32,
  sites: usize,
  L: i32,
  random: usize,
  couplings: usize,
  projections: usize,
  words: usize,
  bonds: usize,
  coins: usize,
  flips: usize,
  parents: usize,
): void {
  const count = <usize>(L * L)
  const second = projections + (count << 4)
  const e = words
  words += 256
  drawPlane(kind, random, words, e)
  for (let i: usize = 0; i < count; i++) {
    v128.store(projections + (i << 4), dot6(sites + i * SITE, e))
    v128.store(second + (i << 4), dot6(sites + i * SITE, e + 96))
  }
  let k = v128.load(couplings, K)
  k = f32x4.neg(f32x4.add(k, k))
  if (kind != PSI && kind != ALL) k = f32x4.mul(k, v128.load(couplings, LAMBDA))
  const width = <usize>L << 4
  for (let y = 0, i: usize = 0; y < L; y++) {
    uniforms(random, words, 2 * L)
    const row = <usize>y * width
    const below: usize = y + 1 == L ? 0 : row + width
    for (let x: usize = 0, u = words; x < width; x += 16, i++, u += 32) {
      const right = row + (x + 16 == width ? 0 : x + 16)
      const s1 = f32x4.mul(k, v128.load(projections + row + x))
      const s2 = f32x4.mul(k, v128.load(second + row + x))
      const across = f32x4.add(f32x4.mul(s1, v128.load(projections + right)), f32x4.mul(s2, v128.load(second + right)))
      const down = f32x4.add(f32x4.mul(s1, v128.load(projections + below + x)), f32x4.mul(s2, v128.load(second + below + x)))
      const joined = i32x4.bitmask(f32x4.gt(v128.load(u), exp(across))) | (i32x4.bitmask(f32x4.gt(v128.load(u, 16), exp(down))) << 4)
      store<u8>(bonds + i, <u8>joined)
    }
    sfc64Fill(random, words, L)
    for (let x = 0; x < L; x++) store<u8>(coins + <usize>(y * L + x), <u8>i32x4.bitmask(v128.load(words + (<usize>x << 4))))
  }
  memory.fill(flips, 0, count)
  for (let lane: u32 = 0; lane < 4; lane++) label(lane, <u32>L, bonds, coins, flips, parents)
  turnOver(sites, count, projections, second, e, flips)
}

/** n -> n - 2 (e1·n) e1 - 2 (e2·n) e2 in the lanes of each site's flips. */
function turnOver(site: usize, count: usize, projections: usize, second: usize, e: usize, flips: usize): void {
  const bits = v128.load(LANE_BITS)
  for (let i: usize = 0; i < count; i++, site += SITE, projections += 16, second += 16) {
    const mask = i32x4.eq(v128.and(i32x4.splat(load<u8>(flips + i)), bits), bits)
    let s1 = v128.and(v128.load(projections), mask)
    let s2 = v128.and(v128.load(second), mask)
    s1 = f32x4.add(s1, s1)
    s2 = f32x4.add(s2, s2)
    for (let k: usize = 0; k < SITE; k += 16) {
      const turned = f32x4.add(f32x4.mul(s1, v128.load(e + k)), f32x4.mul(s2, v128.load(e + k, 96)))
      v128.store(site + k, f32x4.sub(v128.load(site + k), turned))
    }
  }
}
