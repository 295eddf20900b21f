// Activations g(z) of dense layers and their slopes, four floats at a time: absolute error below 10^-6 (relative 10^-6 beyond 1) for every
// finite z, and NaN gives NaN. Kinds are the indices of `activationNames` in src/neural/architecture.ts.
//
// Slopes are functions of z, not of a: dropout has changed a by the time they are asked for. Softmax alone reads a; it has no dropout.

import { bell, decay, decayMinusOne, logOnePlus, one, two, upperTail } from './exponential'
import { constant } from './float'

// @ts-ignore: decorator
@inline const SIGMOID: i32 = 1
// @ts-ignore: decorator
@inline const TANH: i32 = 2
// @ts-ignore: decorator
@inline const RELU: i32 = 3
// @ts-ignore: decorator
@inline const LEAKY_RELU: i32 = 4
// @ts-ignore: decorator
@inline const ELU: i32 = 5
// @ts-ignore: decorator
@inline const GELU: i32 = 6
// @ts-ignore: decorator
@inline const SILU: i32 = 7
// @ts-ignore: decorator
@inline const SOFTPLUS: i32 = 8
// @ts-ignore: decorator
@inline const SOFTMAX: i32 = 9
// @ts-ignore: decorator
@inline const STEP: i32 = 10

/** The slope of leaky-relu below 0, 1/√(2π), the lowest float, 4. */
const NUMBERS = memory.data<f32>([0.01, 0.39894228, -3.40282347e38, 4.0], 16)
/** Read from byte 4 k on: all bits of the lanes that are neurons in a word whose last k are padding. */
const FIRST_LANES = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0], 16)

/**
 * z += biases, a = g(z); columns from `neurons` on become 0 in both. z, a: (rows, stride); biases: (neurons); stride a multiple of 4.
 * Of the biases whole words of 16 bytes are read.
 */
export function denseActivate(z: usize, biases: usize, a: usize, rows: i32, stride: i32, neurons: i32, kind: i32): void {
  const step = <usize>stride << 2
  for (let row = 0, at = z; row < rows; row++, at += step) {
    for (let column: usize = 0; column < step; column += 16) {
      v128.store(at + column, f32x4.add(v128.load(at + column), v128.load(biases + column)))
    }
    clear(at, stride, neurons)
  }
  if (kind == SOFTMAX) return softmax(z, a, rows, stride, neurons)
  const bytes = <usize>rows * step
  switch (kind) {
    case SIGMOID: { activateAll(SIGMOID, z, a, bytes); break }
    case TANH: { activateAll(TANH, z, a, bytes); break }
    case RELU: { activateAll(RELU, z, a, bytes); break }
    case LEAKY_RELU: { activateAll(LEAKY_RELU, z, a, bytes); break }
    case ELU: { activateAll(ELU, z, a, bytes); break }
    case GELU: { activateAll(GELU, z, a, bytes); break }
    case SILU: { activateAll(SILU, z, a, bytes); break }
    case SOFTPLUS: { activateAll(SOFTPLUS, z, a, bytes); break }
    case STEP: { activateAll(STEP, z, a, bytes); break }
    default: memory.copy(a, z, bytes)
  }
  // Not every g(0) is 0.
  for (let row = 0; row < rows; row++, a += step) clear(a, stride, neurons)
}

/**
 * delta *= g'(z), and softmax, whose neurons depend on each other: delta_j = a_j (delta_j - Σ_i a_i delta_i). Columns from `neurons` on
 * become 0. delta, z, a: (rows, stride); a is read for softmax alone.
 */
export function denseDerivative(delta: usize, z: usize, a: usize, rows: i32, stride: i32, neurons: i32, kind: i32): void {
  const step = <usize>stride << 2
  const bytes = <usize>rows * step
  switch (kind) {
    case SIGMOID: { differentiateAll(SIGMOID, delta, z, bytes); break }
    case TANH: { differentiateAll(TANH, delta, z, bytes); break }
    case RELU: { differentiateAll(RELU, delta, z, bytes); break }
    case LEAKY_RELU: { differentiateAll(LEAKY_RELU, delta, z, bytes); break }
    case ELU: { differentiateAll(ELU, delta, z, bytes); break }
    case GELU: { differentiateAll(GELU, delta, z, bytes); break }
    case SILU: { differentiateAll(SILU, delta, z, bytes); break }
    case SOFTPLUS: { differentiateAll(SOFTPLUS, delta, z, bytes); break }
    case STEP: { differentiateAll(STEP, delta, z, bytes); break }
    case SOFTMAX: softmaxDerivative(delta, a, rows, stride, neurons)
  }
  for (let row = 0; row < rows; row++, delta += step) clear(delta, stride, neurons)
}

/** `kind` is a constant wherever this is called, so that one branch is left of all. */
// @ts-ignore: decorator
@inline
function activateAll(kind: i32, z: usize, a: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(a + at, activation(kind, v128.load(z + at)))
}

// @ts-ignore: decorator
@inline
function differentiateAll(kind: i32, delta: usize, z: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(delta + at, f32x4.mul(v128.load(delta + at), slope(kind, v128.load(z + at))))
}

// @ts-ignore: decorator
@inline
function activation(kind: i32, z: v128): v128 {
  const zero = f32x4.splat(0)
  if (kind == SIGMOID) return sigmoid(z)
  if (kind == TANH) {
    // -(e^-2|z| - 1) / (e^-2|z| + 1), with the sign of z.
    const m = decayMinusOne(f32x4.mul(f32x4.neg(f32x4.abs(z)), two()))
    const minus = f32x4.div(m, f32x4.add(m, two()))
    return v128.bitselect(minus, f32x4.neg(minus), i32x4.shr_s(z, 31))
  }
  if (kind == RELU) return f32x4.pmax(z, zero)
  if (kind == LEAKY_RELU) return f32x4.pmax(z, f32x4.mul(z, constant(NUMBERS, 0)))
  if (kind == ELU) return v128.bitselect(z, decayMinusOne(f32x4.pmin(z, zero)), f32x4.gt(z, zero))
  if (kind == GELU) {
    const x = f32x4.abs(z)
    return f32x4.sub(f32x4.pmax(z, zero), f32x4.mul(x, upperTail(x, bell(x))))
  }
  if (kind == SILU) return f32x4.mul(z, sigmoid(z))
  if (kind == SOFTPLUS) return f32x4.add(f32x4.pmax(z, zero), logOnePlus(decay(f32x4.neg(f32x4.abs(z)))))
  return positive(z)
}

// @ts-ignore: decorator
@inline
function slope(kind: i32, z: v128): v128 {
  const zero = f32x4.splat(0)
  const size = f32x4.abs(z)
  if (kind == SIGMOID) {
    const e = decay(f32x4.neg(size))
    const d = f32x4.add(one(), e)
    return f32x4.div(e, f32x4.mul(d, d))
  }
  if (kind == TANH) {
    const e = decay(f32x4.mul(f32x4.neg(size), two()))
    const d = f32x4.add(one(), e)
    return f32x4.div(f32x4.mul(e, constant(NUMBERS, 3)), f32x4.mul(d, d))
  }
  if (kind == RELU) return positive(z)
  if (kind == LEAKY_RELU) return f32x4.pmax(positive(z), constant(NUMBERS, 0))
  if (kind == ELU) return decay(f32x4.pmin(z, zero))
  if (kind == GELU) {
    const b = bell(size)
    const tail = upperTail(size, b)
    const below = v128.bitselect(tail, f32x4.sub(one(), tail), i32x4.shr_s(z, 31))
    return f32x4.add(below, f32x4.mul(f32x4.mul(z, b), constant(NUMBERS, 1)))
  }
  if (kind == SILU) {
    // s (1 + z (1 - s)), 1 - s = sigmoid(-z) without a difference.
    const s = sigmoid(z)
    return f32x4.mul(s, f32x4.add(one(), f32x4.mul(z, sigmoid(f32x4.neg(z)))))
  }
  if (kind == SOFTPLUS) return sigmoid(z)
  return v128.and(f32x4.ne(z, z), z)
}

/** 1 / (1 + e^-z): of e = e^-|z| only, which cannot overflow. */
// @ts-ignore: decorator
@inline
function sigmoid(z: v128): v128 {
  const e = decay(f32x4.neg(f32x4.abs(z)))
  return f32x4.div(v128.bitselect(e, one(), i32x4.shr_s(z, 31)), f32x4.add(one(), e))
}

/** 1 where z > 0, NaN where it is NaN, else 0. */
// @ts-ignore: decorator
@inline
function positive(z: v128): v128 {
  return v128.or(v128.and(one(), f32x4.gt(z, f32x4.splat(0))), f32x4.ne(z, z))
}

/** Each row by itself: e^(z - max) / Σ e^(z - max). */
function softmax(z: usize, a: usize, rows: i32, stride: i32, neurons: i32): void {
  const step = <usize>stride << 2
  const width = <usize>((neurons + 3) & ~3) << 2
  const last = width - 16
  const lanes = v128.load(FIRST_LANES + (<usize>(width - (<usize>neurons << 2))))
  const lowest = constant(NUMBERS, 2)
  for (let row = 0; row < rows; row++, z += step, a += step) {
    let top = v128.bitselect(v128.load(z + last), lowest, lanes)
    for (let at: usize = 0; at < last; at += 16) top = f32x4.max(top, v128.load(z + at))
    top = f32x4.max(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1))
    top = f32x4.max(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2))
    let sum = f32x4.splat(0)
    for (let at: usize = 0; at < width; at += 16) {
      let e = decay(f32x4.sub(v128.load(z + at), top))
      if (at == last) e = v128.and(e, lanes)
      v128.store(a + at, e)
      sum = f32x4.add(sum, e)
    }
    sum = total(sum)
    for (let at: usize = 0; at < width; at += 16) v128.store(a + at, f32x4.div(v128.load(a + at), sum))
    clear(a, stride, neurons)
  }
}

function softmaxDerivative(delta: usize, a: usize, rows: i32, stride: i32, neurons: i32): void {
  const step = <usize>stride << 2
  for (let row = 0; row < rows; row++, delta += step, a += step) {
    clear(delta, stride, neurons)
    let sum = f32x4.splat(0)
    for (let at: usize = 0; at < step; at += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(delta + at)))
    sum = total(sum)
    for (let at: usize = 0; at < step; at += 16) {
      v128.store(delta + at, f32x4.mul(v128.load(a + at), f32x4.sub(v128.load(delta + at), sum)))
    }
  }
}

/** The sum of the four lanes, in all of them. */
// @ts-ignore: decorator
@inline
function total(four: v128): v128 {
  const pairs = f32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1))
  return f32x4.add(pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2))
}

/** Zeros from column `neurons` to the end of a row. */
// @ts-ignore: decorator
@inline
function clear(row: usize, stride: i32, neurons: i32): void {
  for (let column = neurons; column < stride; column++) store<u32>(row + (<usize>column << 2), 0)
}
