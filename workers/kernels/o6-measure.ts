// What is read off four lattices of the six-component model. Floats are summed over SEGMENT sites, then in doubles: a sum of
// 16 floats is off by less than 16 x 2^-24 = 10^-6 of its terms' sizes, so every result is, per site.

import { addToDoubles } from './float'
import { dot2, SITE } from './o6-site'

// @ts-ignore: decorator
@inline const SEGMENT: usize = 16 * 96

/**
 * sums: (14, 4) f64, set to Σ⟨ij⟩ ψ·ψ', Σ⟨ij⟩ Φ·Φ', the currents Jx and Jy (Σ over bonds along x or y of ψ1 ψ2' - ψ2 ψ1'),
 * M1 .. M6, Σ q, Σ q², Σ (b² + c²), Σ (b - c).
 */
export function o6Measure(sites: usize, L: i32, sums: usize): void {
  memory.fill(sums, 0, 14 * 32)
  const stride = <usize>L * SITE
  const bottom = sites + <usize>(L - 1) * stride
  for (let row = sites; row <= bottom; row += stride) {
    const below = row == bottom ? sites : row + stride
    for (let x: usize = 0; x < stride; x += SEGMENT) {
      const end = min<usize>(stride, x + SEGMENT)
      measureBonds(row, below, x, end, stride, sums)
      measureSites(row + x, row + end, sums + 128)
    }
  }
}

function measureBonds(row: usize, below: usize, x: usize, end: usize, stride: usize, sums: usize): void {
  let psi = f32x4.splat(0)
  let phi = f32x4.splat(0)
  let jx = f32x4.splat(0)
  let jy = f32x4.splat(0)
  for (; x < end; x += SITE) {
    const n = row + x
    const r = row + (x + SITE == stride ? 0 : x + SITE)
    const d = below + x
    const n1 = v128.load(n)
    const n2 = v128.load(n, 16)
    const r1 = v128.load(r)
    const r2 = v128.load(r, 16)
    const d1 = v128.load(d)
    const d2 = v128.load(d, 16)
    psi = f32x4.add(psi, dot2(n1, n2, f32x4.add(r1, d1), f32x4.add(r2, d2)))
    jx = f32x4.add(jx, f32x4.sub(f32x4.mul(n1, r2), f32x4.mul(n2, r1)))
    jy = f32x4.add(jy, f32x4.sub(f32x4.mul(n1, d2), f32x4.mul(n2, d1)))
    const x34 = dot2(v128.load(n, 32), v128.load(n, 48), f32x4.add(v128.load(r, 32), v128.load(d, 32)), f32x4.add(v128.load(r, 48), v128.load(d, 48)))
    const x56 = dot2(v128.load(n, 64), v128.load(n, 80), f32x4.add(v128.load(r, 64), v128.load(d, 64)), f32x4.add(v128.load(r, 80), v128.load(d, 80)))
    phi = f32x4.add(phi, f32x4.add(x34, x56))
  }
  addToDoubles(sums, psi)
  addToDoubles(sums + 32, phi)
  addToDoubles(sums + 64, jx)
  addToDoubles(sums + 96, jy)
}

function measureSites(site: usize, end: usize, sums: usize): void {
  let m1 = f32x4.splat(0)
  let m2 = m1
  let m3 = m1
  let m4 = m1
  let m5 = m1
  let m6 = m1
  let first = m1
  let second = m1
  let fourths = m1
  let nematic = m1
  for (; site < end; site += SITE) {
    const n3 = v128.load(site, 32)
    const n4 = v128.load(site, 48)
    const n5 = v128.load(site, 64)
    const n6 = v128.load(site, 80)
    m1 = f32x4.add(m1, v128.load(site))
    m2 = f32x4.add(m2, v128.load(site, 16))
    m3 = f32x4.add(m3, n3)
    m4 = f32x4.add(m4, n4)
    m5 = f32x4.add(m5, n5)
    m6 = f32x4.add(m6, n6)
    const b = dot2(n3, n4, n3, n4)
    const c = dot2(n5, n6, n5, n6)
    const q = f32x4.add(b, c)
    first = f32x4.add(first, q)
    second = f32x4.add(second, f32x4.mul(q, q))
    fourths = f32x4.add(fourths, dot2(b, c, b, c))
    nematic = f32x4.add(nematic, f32x4.sub(b, c))
  }
  addToDoubles(sums, m1)
  addToDoubles(sums + 32, m2)
  addToDoubles(sums + 64, m3)
  addToDoubles(sums + 96, m4)
  addToDoubles(sums + 128, m5)
  addToDoubles(sums + 160, m6)
  addToDoubles(sums + 192, first)
  addToDoubles(sums + 224, second)
  addToDoubles(sums + 256, fourths)
  addToDoubles(sums + 288, nematic)
}

/**
 * Fourier sums of Φx at the small wave vectors 2π/L (kx, ky), 0 <= kx, ky < `block`: Σ_r n_rα e^{ik·r}, α = 3, 4.
 *
 * waves: (block, L, 2) f32, cos and sin of 2π k x / L; rows: (block, 4) v128 of scratch; out: (ky, kx, α, re and im) v128.
 */
export function o6Fourier(sites: usize, L: i32, block: i32, waves: usize, rows: usize, out: usize): void {
  const stride = <usize>L * SITE
  memory.fill(out, 0, <usize>(block * block) << 6)
  for (let y = 0; y < L; y++, sites += stride) {
    for (let k = 0; k < block; k++) {
      let wave = waves + (<usize>(k * L) << 3)
      let re3 = f32x4.splat(0)
      let im3 = re3
      let re4 = re3
      let im4 = re3
      for (let site = sites, end = sites + stride; site < end; site += SITE, wave += 8) {
        const cos = v128.load32_splat(wave)
        const sin = v128.load32_splat(wave, 4)
        const n3 = v128.load(site, 32)
        const n4 = v128.load(site, 48)
        re3 = f32x4.add(re3, f32x4.mul(cos, n3))
        im3 = f32x4.add(im3, f32x4.mul(sin, n3))
        re4 = f32x4.add(re4, f32x4.mul(cos, n4))
        im4 = f32x4.add(im4, f32x4.mul(sin, n4))
      }
      const row = rows + (<usize>k << 6)
      v128.store(row, re3)
      v128.store(row, im3, 16)
      v128.store(row, re4, 32)
      v128.store(row, im4, 48)
    }
    let to = out
    for (let k = 0; k < block; k++) {
      const wave = waves + (<usize>(k * L + y) << 3)
      const cos = v128.load32_splat(wave)
      const sin = v128.load32_splat(wave, 4)
      for (let row = rows, end = rows + (<usize>block << 6); row < end; row += 32, to += 32) {
        const re = v128.load(row)
        const im = v128.load(row, 16)
        v128.store(to, f32x4.add(v128.load(to), f32x4.sub(f32x4.mul(cos, re), f32x4.mul(sin, im))))
        v128.store(to, f32x4.add(v128.load(to, 16), f32x4.add(f32x4.mul(cos, im), f32x4.mul(sin, re))), 16)
      }
    }
  }
}
