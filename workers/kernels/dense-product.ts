// Products of matrices for dense layers, row-major f32; strides count floats.
//
// An element of the result is 0 + a₀b₀ + a₁b₁ + ..., rounded after every operation and always in this order, whichever tile it falls
// into: results are the same, bit for bit, however the rows of the result are shared out among calls. Tiles of 4 x 8 keep eight
// independent sums in registers; sums are cut into blocks, kept in the result meanwhile, so that what a tile reads stays near.

/** Terms of a sum taken at a time. */
// @ts-ignore: decorator
@inline const DEPTH: i32 = 256

/** Rows of the result taken at a time. */
// @ts-ignore: decorator
@inline const HEIGHT: i32 = 128

/** C (m, n) = A (m, k) B (k, n); n a multiple of 4. */
export function denseProduct(a: usize, strideA: i32, b: usize, strideB: i32, c: usize, strideC: i32, m: i32, k: i32, n: i32): void {
  const stepA = <usize>strideA << 2
  const stepB = <usize>strideB << 2
  const stepC = <usize>strideC << 2
  for (let top = 0; top < m; top += HEIGHT, a += <usize>HEIGHT * stepA, c += <usize>HEIGHT * stepC) {
    const rows = min(HEIGHT, m - top)
    for (let from = 0; from < k; from += DEPTH) {
      productBlock(a + (<usize>from << 2), stepA, b + <usize>from * stepB, stepB, c, stepC, rows, min(DEPTH, k - from), n, from == 0)
    }
  }
}

function productBlock(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, m: i32, k: i32, n: i32, first: bool): void {
  let column: usize = 0
  for (; n >= 8; n -= 8, column += 32) {
    let row = 0
    let x = a
    let to = c + column
    for (; row + 4 <= m; row += 4, x += 4 * stepA, to += 4 * stepC) product4x8(x, stepA, b + column, stepB, to, stepC, k, first)
    for (; row < m; row++, x += stepA, to += stepC) sum1x8(x, 4, b + column, stepB, to, k, first)
  }
  if (n == 0) return
  let row = 0
  let x = a
  let to = c + column
  for (; row + 8 <= m; row += 8, x += 8 * stepA, to += 8 * stepC) product8x4(x, stepA, b + column, stepB, to, stepC, k, first)
  for (; row < m; row++, x += stepA, to += stepC) sum1x4(x, 4, b + column, stepB, to, k, first)
}

/** G (m, n) = Aᵀ D with A (rows, m), D (rows, n); n a multiple of 4. */
export function denseGradient(a: usize, strideA: i32, d: usize, strideD: i32, g: usize, strideG: i32, m: i32, rows: i32, n: i32): void {
  const stepA = <usize>strideA << 2
  const stepD = <usize>strideD << 2
  const stepG = <usize>strideG << 2
  for (let from = 0; from < rows; from += HEIGHT, a += <usize>HEIGHT * stepA, d += <usize>HEIGHT * stepD) {
    const depth = min(HEIGHT, rows - from)
    for (let top = 0; top < m; top += 16) {
      gradientBlock(a + (<usize>top << 2), stepA, d, stepD, g + <usize>top * stepG, stepG, min(16, m - top), depth, n, from == 0)
    }
  }
}

function gradientBlock(a: usize, stepA: usize, d: usize, stepD: usize, g: usize, stepG: usize, m: i32, rows: i32, n: i32, first: bool): void {
  let column: usize = 0
  for (; n >= 8; n -= 8, column += 32) {
    let row = 0
    let x = a
    let to = g + column
    for (; row + 4 <= m; row += 4, x += 16, to += 4 * stepG) gradient4x8(x, stepA, d + column, stepD, to, stepG, rows, first)
    for (; row < m; row++, x += 4, to += stepG) sum1x8(x, stepA, d + column, stepD, to, rows, first)
  }
  if (n == 0) return
  let row = 0
  let x = a
  let to = g + column
  for (; row + 8 <= m; row += 8, x += 32, to += 8 * stepG) gradient8x4(x, stepA, d + column, stepD, to, stepG, rows, first)
  for (; row < m; row++, x += 4, to += stepG) sum1x4(x, stepA, d + column, stepD, to, rows, first)
}

/** sum + x y, rounded twice: fused operations are not the same on every machine. */
// @ts-ignore: decorator
@inline
function plus(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y))
}

/** Four rows of A times eight columns of B, four terms at a time. */
function product4x8(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s10 = f32x4.splat(0)
  let s11 = f32x4.splat(0)
  let s20 = f32x4.splat(0)
  let s21 = f32x4.splat(0)
  let s30 = f32x4.splat(0)
  let s31 = f32x4.splat(0)
  let to = c
  if (!first) {
    s00 = v128.load(to)
    s01 = v128.load(to, 16)
    to += stepC
    s10 = v128.load(to)
    s11 = v128.load(to, 16)
    to += stepC
    s20 = v128.load(to)
    s21 = v128.load(to, 16)
    to += stepC
    s30 = v128.load(to)
    s31 = v128.load(to, 16)
    to = c
  }
  let x: v128
  let y0: v128
  let y1: v128
  let a1 = a + stepA
  let a2 = a1 + stepA
  let a3 = a2 + stepA
  for (; k >= 4; k -= 4) {
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a1); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a2); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a3); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a, 4); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a1, 4); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a2, 4); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a3, 4); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a, 8); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a1, 8); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a2, 8); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a3, 8); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a, 12); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a1, 12); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a2, 12); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a3, 12); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    a += 16
    a1 += 16
    a2 += 16
    a3 += 16
  }
  for (; k > 0; k--) {
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a1); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a2); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a3); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    a += 4
    a1 += 4
    a2 += 4
    a3 += 4
  }
  v128.store(to, s00)
  v128.store(to, s01, 16)
  to += stepC
  v128.store(to, s10)
  v128.store(to, s11, 16)
  to += stepC
  v128.store(to, s20)
  v128.store(to, s21, 16)
  to += stepC
  v128.store(to, s30)
  v128.store(to, s31, 16)
}

/** Eight rows of A times four columns of B, four terms at a time. */
function product8x4(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  let s5 = f32x4.splat(0)
  let s6 = f32x4.splat(0)
  let s7 = f32x4.splat(0)
  let to = c
  if (!first) {
    s0 = v128.load(to)
    to += stepC
    s1 = v128.load(to)
    to += stepC
    s2 = v128.load(to)
    to += stepC
    s3 = v128.load(to)
    to += stepC
    s4 = v128.load(to)
    to += stepC
    s5 = v128.load(to)
    to += stepC
    s6 = v128.load(to)
    to += stepC
    s7 = v128.load(to)
    to = c
  }
  let x: v128
  let y: v128
  let a1 = a + stepA
  let a2 = a1 + stepA
  let a3 = a2 + stepA
  let a4 = a3 + stepA
  let a5 = a4 + stepA
  let a6 = a5 + stepA
  let a7 = a6 + stepA
  for (; k >= 4; k -= 4) {
    y = v128.load(b)
    x = v128.load32_splat(a); s0 = plus(s0, x, y)
    x = v128.load32_splat(a1); s1 = plus(s1, x, y)
    x = v128.load32_splat(a2); s2 = plus(s2, x, y)
    x = v128.load32_splat(a3); s3 = plus(s3, x, y)
    x = v128.load32_splat(a4); s4 = plus(s4, x, y)
    x = v128.load32_splat(a5); s5 = plus(s5, x, y)
    x = v128.load32_splat(a6); s6 = plus(s6, x, y)
    x = v128.load32_splat(a7); s7 = plus(s7, x, y)
    b += stepB
    y = v128.load(b)
    x = v128.load32_splat(a, 4); s0 = plus(s0, x, y)
    x = v128.load32_splat(a1, 4); s1 = plus(s1, x, y)
    x = v128.load32_splat(a2, 4); s2 = plus(s2, x, y)
    x = v128.load32_splat(a3, 4); s3 = plus(s3, x, y)
    x = v128.load32_splat(a4, 4); s4 = plus(s4, x, y)
    x = v128.load32_splat(a5, 4); s5 = plus(s5, x, y)
    x = v128.load32_splat(a6, 4); s6 = plus(s6, x, y)
    x = v128.load32_splat(a7, 4); s7 = plus(s7, x, y)
    b += stepB
    y = v128.load(b)
    x = v128.load32_splat(a, 8); s0 = plus(s0, x, y)
    x = v128.load32_splat(a1, 8); s1 = plus(s1, x, y)
    x = v128.load32_splat(a2, 8); s2 = plus(s2, x, y)
    x = v128.load32_splat(a3, 8); s3 = plus(s3, x, y)
    x = v128.load32_splat(a4, 8); s4 = plus(s4, x, y)
    x = v128.load32_splat(a5, 8); s5 = plus(s5, x, y)
    x = v128.load32_splat(a6, 8); s6 = plus(s6, x, y)
    x = v128.load32_splat(a7, 8); s7 = plus(s7, x, y)
    b += stepB
    y = v128.load(b)
    x = v128.load32_splat(a, 12); s0 = plus(s0, x, y)
    x = v128.load32_splat(a1, 12); s1 = plus(s1, x, y)
    x = v128.load32_splat(a2, 12); s2 = plus(s2, x, y)
    x = v128.load32_splat(a3, 12); s3 = plus(s3, x, y)
    x = v128.load32_splat(a4, 12); s4 = plus(s4, x, y)
    x = v128.load32_splat(a5, 12); s5 = plus(s5, x, y)
    x = v128.load32_splat(a6, 12); s6 = plus(s6, x, y)
    x = v128.load32_splat(a7, 12); s7 = plus(s7, x, y)
    b += stepB
    a += 16
    a1 += 16
    a2 += 16
    a3 += 16
    a4 += 16
    a5 += 16
    a6 += 16
    a7 += 16
  }
  for (; k > 0; k--) {
    y = v128.load(b)
    x = v128.load32_splat(a); s0 = plus(s0, x, y)
    x = v128.load32_splat(a1); s1 = plus(s1, x, y)
    x = v128.load32_splat(a2); s2 = plus(s2, x, y)
    x = v128.load32_splat(a3); s3 = plus(s3, x, y)
    x = v128.load32_splat(a4); s4 = plus(s4, x, y)
    x = v128.load32_splat(a5); s5 = plus(s5, x, y)
    x = v128.load32_splat(a6); s6 = plus(s6, x, y)
    x = v128.load32_splat(a7); s7 = plus(s7, x, y)
    b += stepB
    a += 4
    a1 += 4
    a2 += 4
    a3 += 4
    a4 += 4
    a5 += 4
    a6 += 4
    a7 += 4
  }
  v128.store(to, s0)
  to += stepC
  v128.store(to, s1)
  to += stepC
  v128.store(to, s2)
  to += stepC
  v128.store(to, s3)
  to += stepC
  v128.store(to, s4)
  to += stepC
  v128.store(to, s5)
  to += stepC
  v128.store(to, s6)
  to += stepC
  v128.store(to, s7)
}

/** Four columns of A times eight columns of B. */
function gradient4x8(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s10 = f32x4.splat(0)
  let s11 = f32x4.splat(0)
  let s20 = f32x4.splat(0)
  let s21 = f32x4.splat(0)
  let s30 = f32x4.splat(0)
  let s31 = f32x4.splat(0)
  let to = c
  if (!first) {
    s00 = v128.load(to)
    s01 = v128.load(to, 16)
    to += stepC
    s10 = v128.load(to)
    s11 = v128.load(to, 16)
    to += stepC
    s20 = v128.load(to)
    s21 = v128.load(to, 16)
    to += stepC
    s30 = v128.load(to)
    s31 = v128.load(to, 16)
    to = c
  }
  let x: v128
  let y0: v128
  let y1: v128
  for (; k > 0; k--) {
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    x = v128.load32_splat(a); s00 = plus(s00, x, y0); s01 = plus(s01, x, y1)
    x = v128.load32_splat(a, 4); s10 = plus(s10, x, y0); s11 = plus(s11, x, y1)
    x = v128.load32_splat(a, 8); s20 = plus(s20, x, y0); s21 = plus(s21, x, y1)
    x = v128.load32_splat(a, 12); s30 = plus(s30, x, y0); s31 = plus(s31, x, y1)
    b += stepB
    a += stepA
  }
  v128.store(to, s00)
  v128.store(to, s01, 16)
  to += stepC
  v128.store(to, s10)
  v128.store(to, s11, 16)
  to += stepC
  v128.store(to, s20)
  v128.store(to, s21, 16)
  to += stepC
  v128.store(to, s30)
  v128.store(to, s31, 16)
}

/** Eight columns of A times four columns of B. */
function gradient8x4(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  let s5 = f32x4.splat(0)
  let s6 = f32x4.splat(0)
  let s7 = f32x4.splat(0)
  let to = c
  if (!first) {
    s0 = v128.load(to)
    to += stepC
    s1 = v128.load(to)
    to += stepC
    s2 = v128.load(to)
    to += stepC
    s3 = v128.load(to)
    to += stepC
    s4 = v128.load(to)
    to += stepC
    s5 = v128.load(to)
    to += stepC
    s6 = v128.load(to)
    to += stepC
    s7 = v128.load(to)
    to = c
  }
  let x: v128
  let y: v128
  for (; k > 0; k--) {
    y = v128.load(b)
    x = v128.load32_splat(a); s0 = plus(s0, x, y)
    x = v128.load32_splat(a, 4); s1 = plus(s1, x, y)
    x = v128.load32_splat(a, 8); s2 = plus(s2, x, y)
    x = v128.load32_splat(a, 12); s3 = plus(s3, x, y)
    x = v128.load32_splat(a, 16); s4 = plus(s4, x, y)
    x = v128.load32_splat(a, 20); s5 = plus(s5, x, y)
    x = v128.load32_splat(a, 24); s6 = plus(s6, x, y)
    x = v128.load32_splat(a, 28); s7 = plus(s7, x, y)
    b += stepB
    a += stepA
  }
  v128.store(to, s0)
  to += stepC
  v128.store(to, s1)
  to += stepC
  v128.store(to, s2)
  to += stepC
  v128.store(to, s3)
  to += stepC
  v128.store(to, s4)
  to += stepC
  v128.store(to, s5)
  to += stepC
  v128.store(to, s6)
  to += stepC
  v128.store(to, s7)
}

/** One row of the result, eight columns; stepA: from one term to the next. */
function sum1x8(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, k: i32, first: bool): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  if (!first) {
    s0 = v128.load(c)
    s1 = v128.load(c, 16)
  }
  for (; k > 0; k--, a += stepA, b += stepB) {
    const x = v128.load32_splat(a)
    s0 = plus(s0, x, v128.load(b))
    s1 = plus(s1, x, v128.load(b, 16))
  }
  v128.store(c, s0)
  v128.store(c, s1, 16)
}

/** One row of the result, four columns; stepA: from one term to the next. */
function sum1x4(a: usize, stepA: usize, b: usize, stepB: usize, c: usize, k: i32, first: bool): void {
  let s = f32x4.splat(0)
  if (!first) s = v128.load(c)
  for (; k > 0; k--, a += stepA, b += stepB) s = plus(s, v128.load32_splat(a), v128.load(b))
  v128.store(c, s)
}
