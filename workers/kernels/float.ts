// Functions of four floats at once that several kernels need. Constants are read from memory: one instruction, where V8
// makes three of a constant in the code, every time it is used. Polynomials are summed in pairs (Estrin), for short chains.

const UNIFORM = memory.data<f32>([1.0 / 8388608.0, 0.5 / 8388608.0], 16)
/** Bounds, 1/ln 2, 1.5 x 2^23, and 2^f = 1 + a f + ... + e f⁵ on |f| < ½, to 10^-7. */
const EXP = memory.data<f32>([80.0, -80.0, 1.44269504, 12582912.0, 1.0, 0.69314698, 0.24022242, 0.05550734, 0.00967151, 0.00132647], 16)

/** The k-th constant of a table, in all four lanes. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, k: usize): v128 {
  return v128.load32_splat(table + (k << 2))
}

/** Uniform in (0, 1): the upper 23 bits of each 32-bit part, in the middle of their interval, so neither 0 nor 1, and exact. */
// @ts-ignore: decorator
@inline
export function uniform(word: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(word, 9)), constant(UNIFORM, 0)), constant(UNIFORM, 1))
}

/**
 * e^x, with x cut off at -80 and 80. e^x = 2^n 2^f with n the nearest whole number; adding 1.5 x 2^23 leaves n in the low bits.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const y = f32x4.mul(f32x4.pmax(f32x4.pmin(x, constant(EXP, 0)), constant(EXP, 1)), constant(EXP, 2))
  const magic = constant(EXP, 3)
  const n = f32x4.add(y, magic)
  const f = f32x4.sub(y, f32x4.sub(n, magic))
  const f2 = f32x4.mul(f, f)
  const low = f32x4.add(constant(EXP, 4), f32x4.mul(f, constant(EXP, 5)))
  const middle = f32x4.add(constant(EXP, 6), f32x4.mul(f, constant(EXP, 7)))
  const high = f32x4.add(constant(EXP, 8), f32x4.mul(f, constant(EXP, 9)))
  return i32x4.add(f32x4.add(low, f32x4.mul(f2, f32x4.add(middle, f32x4.mul(f2, high)))), i32x4.shl(n, 23))
}

/** Adds four floats to four doubles. */
// @ts-ignore: decorator
@inline
export function addToDoubles(sums: usize, four: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(four)))
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(i64x2.splat(i64x2.extract_lane(four, 1)))), 16)
}
