// Exponentials and their like, four floats at a time, for activations: absolute error below 3 x 10^-7, no number overflows, and NaN stays
// NaN. `exp` in float.ts is shorter but cuts off at -80 and does not promise what becomes of NaN.
//
// pmax and pmin give their first argument where either one is NaN.

import { constant } from './float'

/** -87, 1/ln 2, 1.5 x 2^23, ln 2 in two parts, 1; e^r = 1 + r + r² (a + ... + e r⁴) on |r| < (ln 2)/2, to 2 x 10^-8. */
const EXP = memory.data<f32>([-87.0, 1.44269504, 12582912.0, 0.693359375, -2.12194440e-4, 1.0, 0.49999998, 0.16666542, 0.04166721, 0.00836669, 0.00138825], 16)
/** 2, and artanh s = s + s³ (a + b s² + c s⁴ + d s⁶) on 0 <= s <= 1/3, to 5 x 10^-9. */
const LOG = memory.data<f32>([2.0, 0.33333207, 0.2001085, 0.13999567, 0.14012248], 16)
/** p, and P(ξ > x) = e^(-x²/2) t (a + ... + f t⁵), t = 1 / (1 + p x), for normal ξ and x >= 0, to 5 x 10^-8; ½. */
const NORMAL = memory.data<f32>([0.29, 0.11593456, 0.10605566, 0.16752399, -0.07983445, 0.27754748, -0.08722729, 0.5], 16)

/** e^x - base for x <= 0, base 0 or 1: e^x = 2^n e^r, and 2^n - base is exact. */
// @ts-ignore: decorator
@inline
function exponentialMinus(x: v128, base: v128): v128 {
  const y = f32x4.pmax(x, constant(EXP, 0))
  const magic = constant(EXP, 2)
  const shifted = f32x4.add(f32x4.mul(y, constant(EXP, 1)), magic)
  const n = f32x4.sub(shifted, magic)
  const r = f32x4.sub(f32x4.sub(y, f32x4.mul(n, constant(EXP, 3))), f32x4.mul(n, constant(EXP, 4)))
  const r2 = f32x4.mul(r, r)
  const low = f32x4.add(constant(EXP, 6), f32x4.mul(r, constant(EXP, 7)))
  const high = f32x4.add(f32x4.add(constant(EXP, 8), f32x4.mul(r, constant(EXP, 9))), f32x4.mul(r2, constant(EXP, 10)))
  const rest = f32x4.add(r, f32x4.mul(r2, f32x4.add(low, f32x4.mul(r2, high))))
  const power = i32x4.add(i32x4.shl(shifted, 23), constant(EXP, 5))
  return f32x4.add(f32x4.mul(power, rest), f32x4.sub(power, base))
}

/** e^x for x <= 0; exactly 0 below -87. */
// @ts-ignore: decorator
@inline
export function decay(x: v128): v128 {
  return v128.andnot(exponentialMinus(x, f32x4.splat(0)), f32x4.lt(x, constant(EXP, 0)))
}

/** e^x - 1 for x <= 0, also where x is nearly 0. */
// @ts-ignore: decorator
@inline
export function decayMinusOne(x: v128): v128 {
  return exponentialMinus(x, one())
}

/** ln(1 + u) for 0 <= u <= 1. */
// @ts-ignore: decorator
@inline
export function logOnePlus(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, constant(LOG, 0)))
  const z = f32x4.mul(s, s)
  const low = f32x4.add(constant(LOG, 1), f32x4.mul(z, constant(LOG, 2)))
  const high = f32x4.add(constant(LOG, 3), f32x4.mul(z, constant(LOG, 4)))
  const twice = f32x4.add(s, s)
  return f32x4.add(twice, f32x4.mul(f32x4.mul(twice, z), f32x4.add(low, f32x4.mul(f32x4.mul(z, z), high))))
}

/** e^(-x²/2), √(2π) times the density of the normal distribution. */
// @ts-ignore: decorator
@inline
export function bell(x: v128): v128 {
  return decay(f32x4.neg(f32x4.mul(f32x4.mul(x, x), constant(NORMAL, 7))))
}

/** The chance of a normal number above x >= 0, given bell(x). */
// @ts-ignore: decorator
@inline
export function upperTail(x: v128, bell: v128): v128 {
  const t = f32x4.div(one(), f32x4.add(one(), f32x4.mul(x, constant(NORMAL, 0))))
  const t2 = f32x4.mul(t, t)
  const low = f32x4.add(constant(NORMAL, 1), f32x4.mul(t, constant(NORMAL, 2)))
  const middle = f32x4.add(constant(NORMAL, 3), f32x4.mul(t, constant(NORMAL, 4)))
  const high = f32x4.add(constant(NORMAL, 5), f32x4.mul(t, constant(NORMAL, 6)))
  return f32x4.mul(f32x4.mul(bell, t), f32x4.add(low, f32x4.mul(t2, f32x4.add(middle, f32x4.mul(t2, high)))))
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(EXP, 5)
}

// @ts-ignore: decorator
@inline
export function two(): v128 {
  return constant(LOG, 0)
}
