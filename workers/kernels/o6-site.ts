// What every kernel of the six-component model needs of one site.
//
// sites: (L, L, 6) v128, row by row; a v128 holds that component of four lattices in f32. Components 1, 2 are ψ, 3, 4 are
// Φx, 5, 6 are Φy, and n² = 1 on every site. Everything depends on a lane's own temperature through its couplings.
//
// couplings: v128 each, at the offsets below; β times the constants of
//   E = 2Nρ - ρ Σ⟨ij⟩ [ψ·ψ' + λ Φ·Φ'] + Σ V,  V = v1 q + v2 q² + v3 (b² + c²),  b = Φx², c = Φy², q = b + c.

import { constant } from './float'

/** Bytes of a site, and of a local field with one number to spare. */
// @ts-ignore: decorator
@inline export const SITE: usize = 96
// @ts-ignore: decorator
@inline export const FIELD: usize = 112

/** Offsets in couplings: βρ, βv1, βv2, βv3, λ, the widths of rotations (three classes), and s. */
// @ts-ignore: decorator
@inline export const K: usize = 0
// @ts-ignore: decorator
@inline export const V1: usize = 16
// @ts-ignore: decorator
@inline export const V2: usize = 32
// @ts-ignore: decorator
@inline export const V3: usize = 48
// @ts-ignore: decorator
@inline export const LAMBDA: usize = 64
// @ts-ignore: decorator
@inline export const WIDTH: usize = 80
// @ts-ignore: decorator
@inline export const SQUEEZE: usize = 128

const NUMBERS = memory.data<f32>([1.5, 0.5], 16)

// @ts-ignore: decorator
@inline
export function dot2(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.mul(a, c), f32x4.mul(b, d))
}

/** Scalar product of one plane (two components) of the vectors at a and b. */
// @ts-ignore: decorator
@inline
export function dotPlane(a: usize, b: usize): v128 {
  return dot2(v128.load(a), v128.load(a, 16), v128.load(b), v128.load(b, 16))
}

/** Scalar product of two six-vectors. */
// @ts-ignore: decorator
@inline
export function dot6(a: usize, b: usize): v128 {
  return f32x4.add(f32x4.add(dotPlane(a, b), dotPlane(a + 32, b + 32)), dotPlane(a + 64, b + 64))
}

/** Factor that brings a vector of squared length n², close to 1, back to length 1: a Newton step for 1/√(n²). */
// @ts-ignore: decorator
@inline
export function toUnit(squared: v128): v128 {
  return f32x4.sub(constant(NUMBERS, 0), f32x4.mul(constant(NUMBERS, 1), squared))
}

/** β (V(b', c') - V(b, c)), as a product with the differences, so that small ones stay accurate. */
// @ts-ignore: decorator
@inline
export function potentialChange(couplings: usize, b: v128, c: v128, b1: v128, c1: v128): v128 {
  const db = f32x4.sub(b1, b)
  const dc = f32x4.sub(c1, c)
  const sb = f32x4.add(b1, b)
  const sc = f32x4.add(c1, c)
  return f32x4.add(
    f32x4.mul(f32x4.add(db, dc), f32x4.add(v128.load(couplings, V1), f32x4.mul(v128.load(couplings, V2), f32x4.add(sb, sc)))),
    f32x4.mul(v128.load(couplings, V3), f32x4.add(f32x4.mul(db, sb), f32x4.mul(dc, sc))),
  )
}

/**
 * Local fields h = Σ (ψ', λ Φ') over the four neighbours, of `count` sites of a row, every other one from byte `first` on;
 * `last` is the row's last site. A spin's exchange energy is -ρ h·n. fields: (count) of FIELD bytes.
 */
export function localFields(row: usize, above: usize, below: usize, first: usize, last: usize, count: i32, couplings: usize, fields: usize): void {
  const lambda = v128.load(couplings, LAMBDA)
  for (let i = 0; i < count; i++, first += 2 * SITE, fields += FIELD) {
    const left = row + (first == 0 ? last : first - SITE)
    const right = row + (first == last ? 0 : first + SITE)
    const up = above + first
    const down = below + first
    v128.store(fields, f32x4.add(f32x4.add(v128.load(left), v128.load(right)), f32x4.add(v128.load(up), v128.load(down))))
    v128.store(fields, f32x4.add(f32x4.add(v128.load(left, 16), v128.load(right, 16)), f32x4.add(v128.load(up, 16), v128.load(down, 16))), 16)
    v128.store(fields, f32x4.mul(lambda, f32x4.add(f32x4.add(v128.load(left, 32), v128.load(right, 32)), f32x4.add(v128.load(up, 32), v128.load(down, 32)))), 32)
    v128.store(fields, f32x4.mul(lambda, f32x4.add(f32x4.add(v128.load(left, 48), v128.load(right, 48)), f32x4.add(v128.load(up, 48), v128.load(down, 48)))), 48)
    v128.store(fields, f32x4.mul(lambda, f32x4.add(f32x4.add(v128.load(left, 64), v128.load(right, 64)), f32x4.add(v128.load(up, 64), v128.load(down, 64)))), 64)
    v128.store(fields, f32x4.mul(lambda, f32x4.add(f32x4.add(v128.load(left, 80), v128.load(right, 80)), f32x4.add(v128.load(up, 80), v128.load(down, 80)))), 80)
  }
}
