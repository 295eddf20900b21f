// Products of matrices for dense layers, row-major f32; strides count floats, every size is at least 1.
//
// An element of the result is 0 + a₁b₁ + a₂b₂ + ..., rounded after every operation and always in this order, whichever tile it falls
// into: results are the same, bit for bit, however the rows of the result are shared out among calls. Sums are cut into blocks of
// DEPTH terms and kept in the result meanwhile, so that what the tiles read again and again stays in the first cache.
//
// A trap: rows of B (or D) that lie a multiple of 256 bytes apart share few places in the caches, which costs a third of the speed.
// Give such matrices a stride of 16 floats more.

/** Terms of a sum taken at a time. */
// @ts-ignore: decorator
@inline const DEPTH: i32 = 128

/** Rows of the result taken at a time: rows of A, which are long, or columns of A, which lie side by side. */
// @ts-ignore: decorator
@inline const ROWS: i32 = 128
// @ts-ignore: decorator
@inline const COLUMNS: i32 = 32

/** C (m, n) = A (m, k) B (k, n); n a multiple of 4. */
export function denseProduct(a: usize, strideA: i32, b: usize, strideB: i32, c: usize, strideC: i32, m: i32, k: i32, n: i32): void {
  const stepA = <usize>strideA << 2
  const stepB = <usize>strideB << 2
  const stepC = <usize>strideC << 2
  for (let top = 0; top < m; top += ROWS, a += <usize>ROWS * stepA, c += <usize>ROWS * stepC) {
    for (let from = 0; from < k; from += DEPTH) {
      const terms = min(DEPTH, k - from)
      block(a + (<usize>from << 2), stepA, 4, b + <usize>from * stepB, stepB, c, stepC, min(ROWS, m - top), terms, n, from == 0)
    }
  }
}

/** G (m, n) = Aᵀ D with A (rows, m), D (rows, n); n a multiple of 4. */
export function denseGradient(a: usize, strideA: i32, d: usize, strideD: i32, g: usize, strideG: i32, m: i32, rows: i32, n: i32): void {
  const stepA = <usize>strideA << 2
  const stepD = <usize>strideD << 2
  const stepG = <usize>strideG << 2
  for (let from = 0; from < rows; from += DEPTH, a += <usize>DEPTH * stepA, d += <usize>DEPTH * stepD) {
    const terms = min(DEPTH, rows - from)
    for (let top = 0; top < m; top += COLUMNS) {
      block(a + (<usize>top << 2), 4, stepA, d, stepD, g + <usize>top * stepG, stepG, min(COLUMNS, m - top), terms, n, from == 0)
    }
  }
}

/** Rows of the result are `stepA` bytes apart in A, terms `termA`. What is there is added to, except in the first block. */
function block(a: usize, stepA: usize, termA: usize, b: usize, stepB: usize, c: usize, stepC: usize, m: i32, k: i32, n: i32, first: bool): void {
  for (; n >= 16; n -= 16, b += 64, c += 64) {
    let row = 0
    let x = a
    let to = c
    for (; row + 2 <= m; row += 2, x += 2 * stepA, to += 2 * stepC) tile2x16(x, stepA, termA, b, stepB, to, stepC, k, first)
    if (row < m) tile1x16(x, termA, b, stepB, to, k, first)
  }
  for (; n > 0; n -= 4, b += 16, c += 16) {
    let row = 0
    let x = a
    let to = c
    for (; row + 4 <= m; row += 4, x += 4 * stepA, to += 4 * stepC) tile4x4(x, stepA, termA, b, stepB, to, stepC, k, first)
    for (; row < m; row++, x += stepA, to += stepC) tile1x4(x, termA, b, stepB, to, k, first)
  }
}

/** sum + x y, rounded twice: fused operations are not the same on every machine. */
// @ts-ignore: decorator
@inline
function plus(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y))
}

/**
 * Two rows and sixteen columns: eight sums, four words of B and two numbers of A are what fits into the registers of x64. Two terms a
 * turn with a way out between them: without it V8 loads for both terms first, and registers spill.
 */
function tile2x16(a: usize, stepA: usize, termA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let a1 = a + stepA
  const c1 = c + stepC
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s02 = f32x4.splat(0)
  let s03 = f32x4.splat(0)
  let s10 = f32x4.splat(0)
  let s11 = f32x4.splat(0)
  let s12 = f32x4.splat(0)
  let s13 = f32x4.splat(0)
  if (!first) {
    s00 = v128.load(c)
    s01 = v128.load(c, 16)
    s02 = v128.load(c, 32)
    s03 = v128.load(c, 48)
    s10 = v128.load(c1)
    s11 = v128.load(c1, 16)
    s12 = v128.load(c1, 32)
    s13 = v128.load(c1, 48)
  }
  const end = b + <usize>k * stepB
  let x0: v128
  let x1: v128
  let y0: v128
  let y1: v128
  let y2: v128
  let y3: v128
  while (true) {
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    y2 = v128.load(b, 32)
    y3 = v128.load(b, 48)
    x0 = v128.load32_splat(a)
    x1 = v128.load32_splat(a1)
    s00 = plus(s00, x0, y0)
    s01 = plus(s01, x0, y1)
    s02 = plus(s02, x0, y2)
    s03 = plus(s03, x0, y3)
    s10 = plus(s10, x1, y0)
    s11 = plus(s11, x1, y1)
    s12 = plus(s12, x1, y2)
    s13 = plus(s13, x1, y3)
    b += stepB
    if (b == end) break
    a += termA
    a1 += termA
    y0 = v128.load(b)
    y1 = v128.load(b, 16)
    y2 = v128.load(b, 32)
    y3 = v128.load(b, 48)
    x0 = v128.load32_splat(a)
    x1 = v128.load32_splat(a1)
    s00 = plus(s00, x0, y0)
    s01 = plus(s01, x0, y1)
    s02 = plus(s02, x0, y2)
    s03 = plus(s03, x0, y3)
    s10 = plus(s10, x1, y0)
    s11 = plus(s11, x1, y1)
    s12 = plus(s12, x1, y2)
    s13 = plus(s13, x1, y3)
    b += stepB
    if (b == end) break
    a += termA
    a1 += termA
  }
  v128.store(c, s00)
  v128.store(c, s01, 16)
  v128.store(c, s02, 32)
  v128.store(c, s03, 48)
  v128.store(c1, s10)
  v128.store(c1, s11, 16)
  v128.store(c1, s12, 32)
  v128.store(c1, s13, 48)
}

/** A last row. */
function tile1x16(a: usize, termA: usize, b: usize, stepB: usize, c: usize, k: i32, first: bool): void {
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s02 = f32x4.splat(0)
  let s03 = f32x4.splat(0)
  if (!first) {
    s00 = v128.load(c)
    s01 = v128.load(c, 16)
    s02 = v128.load(c, 32)
    s03 = v128.load(c, 48)
  }
  for (const end = b + <usize>k * stepB; b != end; b += stepB) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const b2 = v128.load(b, 32)
    const b3 = v128.load(b, 48)
    const x0 = v128.load32_splat(a)
    s00 = plus(s00, x0, b0)
    s01 = plus(s01, x0, b1)
    s02 = plus(s02, x0, b2)
    s03 = plus(s03, x0, b3)
    a += termA
  }
  v128.store(c, s00)
  v128.store(c, s01, 16)
  v128.store(c, s02, 32)
  v128.store(c, s03, 48)
}

/** Four rows of the last columns. */
function tile4x4(a: usize, stepA: usize, termA: usize, b: usize, stepB: usize, c: usize, stepC: usize, k: i32, first: bool): void {
  let a1 = a + stepA
  let a2 = a1 + stepA
  let a3 = a2 + stepA
  const c1 = c + stepC
  const c2 = c1 + stepC
  const c3 = c2 + stepC
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  if (!first) {
    s0 = v128.load(c)
    s1 = v128.load(c1)
    s2 = v128.load(c2)
    s3 = v128.load(c3)
  }
  for (const end = b + <usize>k * stepB; b != end; b += stepB) {
    const b0 = v128.load(b)
    const x0 = v128.load32_splat(a)
    const x1 = v128.load32_splat(a1)
    const x2 = v128.load32_splat(a2)
    const x3 = v128.load32_splat(a3)
    s0 = plus(s0, x0, b0)
    s1 = plus(s1, x1, b0)
    s2 = plus(s2, x2, b0)
    s3 = plus(s3, x3, b0)
    a += termA
    a1 += termA
    a2 += termA
    a3 += termA
  }
  v128.store(c, s0)
  v128.store(c1, s1)
  v128.store(c2, s2)
  v128.store(c3, s3)
}

/** A last row of the last columns. */
function tile1x4(a: usize, termA: usize, b: usize, stepB: usize, c: usize, k: i32, first: bool): void {
  let s0 = f32x4.splat(0)
  if (!first) {
    s0 = v128.load(c)
  }
  for (const end = b + <usize>k * stepB; b != end; b += stepB) {
    const b0 = v128.load(b)
    const x0 = v128.load32_splat(a)
    s0 = plus(s0, x0, b0)
    a += termA
  }
  v128.store(c, s0)
}
