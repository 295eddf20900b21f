// Over-relaxation: a spin is reflected about its local field, which leaves the exchange energy as it is.
//
// F: n -> 2 (n·h)/h² h - n about the whole field keeps h·n but not V, so it is accepted with min(1, exp(-βΔV)).
// S: the same in each of the three planes about that plane's part of the field keeps every term of the energy.
// A spin takes F where it is accepted and S where it is not. That is detailed balance: F and S are involutions that commute
// and S leaves V alone, so F is accepted from S n just as often as from n.
// Both at the same site would be a rotation by a small angle, and slow: measured, it made τ of m²_sc three times longer.

import { constant, exp } from './float'
import { dotPlane, FIELD, potentialChange, SITE } from './o6-site'

/** Bytes of what the first pass leaves to the second: n·h/h² of the three planes and of the whole. */
// @ts-ignore: decorator
@inline const STEP: usize = 64
/** Keeps 0/0 away where a field vanishes; 2 x 0 - n is then as good as any. */
const TINY = memory.data<f32>([1e-24], 16)

/** Reflects `count` sites, every other one; uniforms: (count) v128. Returns the sum of β ΔE, lane by lane. */
export function reflect(site: usize, count: i32, fields: usize, uniforms: usize, couplings: usize, steps: usize): v128 {
  project(site, count, fields, couplings, steps)
  return turn(site, count, fields, uniforms, steps)
}

/** Leaves βΔV of F in the spare place of the field. */
function project(site: usize, count: i32, fields: usize, couplings: usize, steps: usize): void {
  const tiny = constant(TINY, 0)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, steps += STEP) {
    const d1 = dotPlane(fields, site)
    const d2 = dotPlane(fields + 32, site + 32)
    const d3 = dotPlane(fields + 64, site + 64)
    const h1 = f32x4.add(dotPlane(fields, fields), tiny)
    const h2 = f32x4.add(dotPlane(fields + 32, fields + 32), tiny)
    const h3 = f32x4.add(dotPlane(fields + 64, fields + 64), tiny)
    const whole = f32x4.div(f32x4.add(f32x4.add(d1, d2), d3), f32x4.add(f32x4.add(h1, h2), h3))
    v128.store(steps, f32x4.div(d1, h1))
    v128.store(steps, f32x4.div(d2, h2), 16)
    v128.store(steps, f32x4.div(d3, h3), 32)
    v128.store(steps, whole, 48)
    // |2 w h - Φ|² = Φ² + 4 w (w h² - h·Φ)
    const b = dotPlane(site + 32, site + 32)
    const c = dotPlane(site + 64, site + 64)
    const twice = f32x4.add(whole, whole)
    const four = f32x4.add(twice, twice)
    const b1 = f32x4.add(b, f32x4.mul(four, f32x4.sub(f32x4.mul(whole, h2), d2)))
    const c1 = f32x4.add(c, f32x4.mul(four, f32x4.sub(f32x4.mul(whole, h3), d3)))
    v128.store(fields, potentialChange(couplings, b, c, b1, c1), 96)
  }
}

function turn(site: usize, count: i32, fields: usize, uniforms: usize, steps: usize): v128 {
  let moved = f32x4.splat(0)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, uniforms += 16, steps += STEP) {
    const change = v128.load(fields, 96)
    const take = f32x4.lt(v128.load(uniforms), exp(f32x4.neg(change)))
    moved = f32x4.add(moved, v128.and(change, take))
    const whole = v128.load(steps, 48)
    let factor = v128.bitselect(whole, v128.load(steps), take)
    factor = f32x4.add(factor, factor)
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields)), v128.load(site)))
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields, 16)), v128.load(site, 16)), 16)
    factor = v128.bitselect(whole, v128.load(steps, 16), take)
    factor = f32x4.add(factor, factor)
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields, 32)), v128.load(site, 32)), 32)
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields, 48)), v128.load(site, 48)), 48)
    factor = v128.bitselect(whole, v128.load(steps, 32), take)
    factor = f32x4.add(factor, factor)
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields, 64)), v128.load(site, 64)), 64)
    v128.store(site, f32x4.sub(f32x4.mul(factor, v128.load(fields, 80)), v128.load(site, 80)), 80)
  }
  return moved
}

/** Reflects ψ, Φx and Φy of `count` sites, every other one, about their parts of the local field: S alone. */
export function reflectSectors(site: usize, count: i32, fields: usize): void {
  const tiny = constant(TINY, 0)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD) {
    for (let sector: usize = 0; sector < 96; sector += 32) {
      const h = fields + sector
      const n = site + sector
      let factor = f32x4.div(dotPlane(h, n), f32x4.add(dotPlane(h, h), tiny))
      factor = f32x4.add(factor, factor)
      v128.store(n, f32x4.sub(f32x4.mul(factor, v128.load(h)), v128.load(n)))
      v128.store(n, f32x4.sub(f32x4.mul(factor, v128.load(h, 16)), v128.load(n, 16)), 16)
    }
  }
}
