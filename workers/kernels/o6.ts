// Sweeps of the six-component model, four lattices at once, each at its own temperature: row by row, and in a row the even
// columns, then the odd ones, then, if L is odd, the last one, which neighbours the first. Sites of one batch do not
// neighbour each other, so they may be treated in passes.
//
// Layout and couplings: o6-site.ts. The moves: o6-heat-bath.ts, o6-rotate.ts, o6-reflect.ts; o6-cluster.ts goes over the
// whole lattice by itself. The plain twin is src/model/o6/reference.ts.

import { addToDoubles } from './float'
import { gradient } from './o6-gradient'
import { heatBath } from './o6-heat-bath'
import { reflect, reflectSectors } from './o6-reflect'
import { rotate } from './o6-rotate'
import { FIELD, localFields, SITE, toUnit, dot6 } from './o6-site'
import { DRAW, drawS5, uniforms } from './sphere'

/** Kinds of visit. */
// @ts-ignore: decorator
@inline const HEAT_BATH: i32 = 0
// @ts-ignore: decorator
@inline const ROTATE: i32 = 1
// @ts-ignore: decorator
@inline const REFLECT: i32 = 2
// @ts-ignore: decorator
@inline const GRADIENT: i32 = 3
// @ts-ignore: decorator
@inline const SQUEEZED: i32 = 4
// @ts-ignore: decorator
@inline const REFLECT_ROTATE: i32 = 5

/** Sites of one batch at most, so that what passes between the passes stays in the first cache. */
// @ts-ignore: decorator
@inline const BATCH: i32 = 32
/** scratch: (BATCH) fields, draws and steps. */
// @ts-ignore: decorator
@inline const DRAWS: usize = 32 * FIELD
// @ts-ignore: decorator
@inline const STEPS: usize = 32 * (FIELD + DRAW)

/** One batch of one kind of visit; adds to `sums` what the kind sums up. */
function visit(kind: i32, site: usize, count: i32, random: usize, couplings: usize, turn: i32, sums: usize, accepted: usize, scratch: usize): void {
  if (kind == HEAT_BATH || kind == SQUEEZED) {
    drawS5(random, scratch + DRAWS, count)
    addToDoubles(sums, heatBath(site, count, scratch, scratch + DRAWS, couplings, scratch + STEPS, accepted, kind == SQUEEZED))
  } else if (kind == ROTATE || kind == REFLECT_ROTATE) {
    if (kind == REFLECT_ROTATE) reflectSectors(site, count, scratch)
    uniforms(random, scratch + DRAWS, 2 * count)
    addToDoubles(sums, rotate(site, count, scratch, scratch + DRAWS, couplings, turn, accepted))
  } else if (kind == REFLECT) {
    uniforms(random, scratch + DRAWS, count)
    addToDoubles(sums, reflect(site, count, scratch, scratch + DRAWS, couplings, scratch + STEPS))
  } else if (kind == GRADIENT) {
    gradient(site, count, scratch, couplings, sums)
  }
}

/**
 * Goes over the lattice once: 0 heat bath, 1 rotations (`turn` chooses the plane), 2 over-relaxation, 3 no move, the
 * gradient and the Laplacian of the energy instead, 4 heat bath from squeezed draws, 5 rotations after reflections in ψ, Φx and
 * Φy.
 *
 * random: (4) v128; sums: (4) f64, β ΔE of all moves is added, or (2, 4) f64 of o6-gradient.ts; accepted: (3, 4) i32, accepted
 * moves are added; scratch: (BATCH) fields, draws and steps, 112 bytes each.
 */
export function o6Sweep(
  kind: i32,
  sites: usize,
  L: i32,
  random: usize,
  couplings: usize,
  turn: i32,
  sums: usize,
  accepted: usize,
  scratch: usize,
): void {
  const stride = <usize>L * SITE
  const last = stride - SITE
  const bottom = sites + <usize>(L - 1) * stride
  const even = L & ~1
  for (let row = sites; row <= bottom; row += stride) {
    const above = row == sites ? bottom : row - stride
    const below = row == bottom ? sites : row + stride
    for (let x = 0; x < even; x += 2 * BATCH) {
      const count = min<i32>(even - x, 2 * BATCH) >> 1
      for (let parity = 0; parity < 2; parity++) {
        const first = <usize>(x + parity) * SITE
        localFields(row, above, below, first, last, count, couplings, scratch)
        visit(kind, row + first, count, random, couplings, turn, sums, accepted, scratch)
      }
    }
    if (L & 1) {
      localFields(row, above, below, last, last, 1, couplings, scratch)
      visit(kind, row + last, 1, random, couplings, turn, sums, accepted, scratch)
    }
  }
}

/** Brings `count` spins that rounding has moved off the sphere back to length 1. */
export function o6Normalise(sites: usize, count: i32): void {
  for (const end = sites + <usize>count * SITE; sites < end; sites += SITE) {
    const unit = toUnit(dot6(sites, sites))
    for (let k: usize = 0; k < SITE; k += 16) v128.store(sites + k, f32x4.mul(unit, v128.load(sites + k)))
  }
}
