// Random directions, four lanes at a time: on the circle, on S³ and on S⁵.
//
// For a uniform point of S⁵ the squared lengths in three planes are uniform on the simplex (the gaps that two uniform
// numbers cut out of [0, 1]) and the three angles are uniform and independent; likewise for S³ with one number.

import { constant, uniform } from './float'
import { ROTATE_24 } from './sfc64'

/** Bytes of one draw: six components of a unit vector and a uniform number in (0, 1), v128 each. */
// @ts-ignore: decorator
@inline export const DRAW: usize = 112

/** (π/4) / 2^31, 1, then sin x = x (1 + a x² + b x⁴) and cos x = 1 + c x² + d x⁴ + e x⁶ on |x| < π/4, to 10^-6 and 3 x 10^-8. */
const CIRCLE = memory.data<f32>([3.657295198e-10, 1.0, -0.16662834, 0.00815299, -0.49999895, 0.04165629, -0.00135978], 16)

/**
 * A uniform direction in a plane, times `amplitude`, to `to`. The lower 31 bits of the word give an angle between -π/4 and
 * π/4; the highest bit swaps the two components and the lowest one sets a sign, which is all four quarters of the circle.
 */
// @ts-ignore: decorator
@inline
function circle(word: v128, amplitude: v128, to: usize): void {
  const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(word, 1)), constant(CIRCLE, 0))
  const z = f32x4.mul(x, x)
  const z2 = f32x4.mul(z, z)
  const one = constant(CIRCLE, 1)
  const sin = f32x4.mul(f32x4.mul(amplitude, x), f32x4.add(f32x4.add(one, f32x4.mul(z, constant(CIRCLE, 2))), f32x4.mul(z2, constant(CIRCLE, 3))))
  const cos = f32x4.add(f32x4.add(one, f32x4.mul(z, constant(CIRCLE, 4))), f32x4.mul(z2, f32x4.add(constant(CIRCLE, 5), f32x4.mul(z, constant(CIRCLE, 6)))))
  const first = f32x4.mul(cos, v128.xor(amplitude, i32x4.shl(word, 31)))
  const swap = v128.and(v128.xor(first, sin), i32x4.shr_s(word, 31))
  v128.store(to, v128.xor(first, swap))
  v128.store(to, v128.xor(sin, swap), 16)
}

/**
 * `count` uniform points of S⁵, each with a uniform number, to `out`, DRAW bytes each. Six words of the generator a draw;
 * one line is one step of sfc64Fill, written out because only locals stay in registers.
 */
export function drawS5(random: usize, out: usize, count: i32): void {
  let a = v128.load(random)
  let b = v128.load(random, 16)
  let c = v128.load(random, 32)
  let n = v128.load(random, 48)
  let x: v128
  const one = i64x2.splat(1)
  for (const end = out + <usize>count * DRAW; out < end; out += DRAW) {
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    const first = uniform(x)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    const second = uniform(x)
    const low = f32x4.pmin(first, second)
    const high = f32x4.pmax(first, second)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    circle(x, f32x4.sqrt(low), out)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    circle(x, f32x4.sqrt(f32x4.sub(high, low)), out + 32)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    circle(x, f32x4.sqrt(f32x4.sub(constant(CIRCLE, 1), high)), out + 64)
    x = i64x2.add(i64x2.add(a, n), b); n = i64x2.add(n, one); a = v128.xor(b, i64x2.shr_u(b, 11)); b = i64x2.add(c, i64x2.shl(c, 3)); c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    v128.store(out, uniform(x), 96)
  }
  v128.store(random, a)
  v128.store(random, b, 16)
  v128.store(random, c, 32)
  v128.store(random, n, 48)
}

/** `count` v128 of uniform numbers in (0, 1). */
export function uniforms(random: usize, out: usize, count: i32): void {
  let a = v128.load(random)
  let b = v128.load(random, 16)
  let c = v128.load(random, 32)
  let n = v128.load(random, 48)
  const one = i64x2.splat(1)
  for (const end = out + (<usize>count << 4); out < end; out += 16) {
    const x = i64x2.add(i64x2.add(a, n), b)
    n = i64x2.add(n, one)
    a = v128.xor(b, i64x2.shr_u(b, 11))
    b = i64x2.add(c, i64x2.shl(c, 3))
    c = i64x2.add(i8x16.swizzle(c, ROTATE_24), x)
    v128.store(out, uniform(x))
  }
  v128.store(random, a)
  v128.store(random, b, 16)
  v128.store(random, c, 32)
  v128.store(random, n, 48)
}

/** A uniform direction in a plane from one random word. out: (2) v128. */
export function drawCircle(word: usize, out: usize): void {
  circle(v128.load(word), constant(CIRCLE, 1), out)
}

/** A uniform point of S³ from three random words. out: (4) v128. */
export function drawS3(words: usize, out: usize): void {
  const u = uniform(v128.load(words))
  circle(v128.load(words, 16), f32x4.sqrt(u), out)
  circle(v128.load(words, 32), f32x4.sqrt(f32x4.sub(constant(CIRCLE, 1), u)), out + 32)
}
