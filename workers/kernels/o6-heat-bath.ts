// Heat bath on S⁵: a new direction from (nearly) the spin's own distribution in its field, accepted with what is missing.
//
// A uniform point v of the sphere is carried to x = a + (1 - a²)(v + a)/|v + a|², a conformal map of the sphere onto itself
// that crowds points around a. Its density is ∝ 1/D⁵ with D(x) = |x - a|²/(1 - a²): Wood's envelope of the von Mises-Fisher
// distribution e^{κu}, u the cosine with the field (Comm. Statist. Simul. 23, 157 (1994); Kato, McCullagh,
// Bernoulli 26, 3224 (2020)). With a along the field, κ = βρ|h|, a move n -> x is accepted with
//   min(1, (D(x)/D(n))⁵ exp(κ(u_x - u_n) - β(V_x - V_n))),
// an independence Metropolis step: right for every a that depends on the field alone, close to 1 for a good one. No loop of
// rejections, so that four lanes stay in step, and no random number that a lane does not use.
//
// Where V is steep in q such points are hardly ever accepted. There v is first squeezed towards one sector, to
// y = (ψ, sΦ)/|..|, whose density is ∝ (ψ² + Φ²/s²)⁻³ (angular central Gaussian; Tyler, Biometrika 74, 579 (1987)), and the
// acceptance gets the quotient of these densities at the points that map to n and to x.
//
// Passes over a batch, because one site's steps are one long chain: each pass keeps several sites in flight.

import { constant, exp } from './float'
import { DRAW } from './sphere'
import { dot2, dot6, dotPlane, FIELD, K, potentialChange, SITE, SQUEEZE, toUnit } from './o6-site'

/** Bytes of what the first passes leave to the later ones: p, a²; f, g, the quotient of envelopes, h·n. */
// @ts-ignore: decorator
@inline const STEP: usize = 96
/** 1, then κ/a as the lower one of two lines, which stays within a tenth of Wood's best a for all κ of use. */
const NUMBERS = memory.data<f32>([1.0, 8.1, 1.27, 25.0, 1.05], 16)

/**
 * Updates `count` sites from `site` on, every other one, whose local fields and draws are ready.
 * Adds how many were accepted to `accepted`, (4) i32. Returns the sum of β ΔE, lane by lane. steps: (count) of STEP bytes.
 */
export function heatBath(
  site: usize,
  count: i32,
  fields: usize,
  draws: usize,
  couplings: usize,
  steps: usize,
  accepted: usize,
  squeezed: bool,
): v128 {
  chooseCentres(count, fields, couplings, steps)
  if (squeezed) squeeze(site, count, fields, draws, couplings, steps)
  mapDraws(site, count, fields, draws, steps)
  propose(site, count, fields, draws, couplings, steps)
  return decide(site, count, fields, draws, steps, accepted)
}

/** a = p h, by way of κ/a, which stays finite where the field vanishes. */
function chooseCentres(count: i32, fields: usize, couplings: usize, steps: usize): void {
  const k = v128.load(couplings, K)
  for (let i = 0; i < count; i++, fields += FIELD, steps += STEP) {
    const h2 = dot6(fields, fields)
    const kappa = f32x4.mul(k, f32x4.sqrt(h2))
    const ratio = f32x4.pmin(
      f32x4.add(constant(NUMBERS, 1), f32x4.mul(constant(NUMBERS, 2), kappa)),
      f32x4.add(constant(NUMBERS, 3), f32x4.mul(constant(NUMBERS, 4), kappa)),
    )
    const p = f32x4.div(k, ratio)
    v128.store(steps, p)
    v128.store(steps, f32x4.mul(f32x4.mul(p, p), h2), 16)
  }
}

/**
 * Squeezes the draws and divides their uniform numbers by what the acceptance has to be multiplied with. The point that maps
 * to n is (n - a)/D - a; z = 1/|..|² of the squeezed vector v is the other density.
 */
function squeeze(site: usize, count: i32, fields: usize, draws: usize, couplings: usize, steps: usize): void {
  const one = constant(NUMBERS, 0)
  const s = v128.load(couplings, SQUEEZE)
  const s2 = f32x4.mul(s, s)
  const rest = f32x4.sub(s2, one)
  const steep = f32x4.div(f32x4.sub(one, s2), s2)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const p = v128.load(steps)
    const a2 = v128.load(steps, 16)
    const along = f32x4.add(dotPlane(fields + 32, site + 32), dotPlane(fields + 64, site + 64))
    const whole = f32x4.add(dotPlane(fields, site), along)
    const back = f32x4.div(f32x4.sub(one, a2), f32x4.sub(f32x4.add(one, a2), f32x4.mul(f32x4.add(p, p), whole)))
    const shift = f32x4.mul(p, f32x4.add(back, one))
    const q = f32x4.add(
      f32x4.mul(back, f32x4.sub(f32x4.mul(back, planes(site)), f32x4.mul(f32x4.add(shift, shift), along))),
      f32x4.mul(f32x4.mul(shift, shift), planes(fields)),
    )
    const length2 = f32x4.add(one, f32x4.mul(rest, planes(draws)))
    const z = f32x4.mul(length2, f32x4.add(one, f32x4.mul(steep, q)))
    const factor = f32x4.div(one, f32x4.sqrt(length2))
    for (let k: usize = 0; k < 32; k += 16) v128.store(draws + k, f32x4.mul(factor, v128.load(draws + k)))
    const both = f32x4.mul(factor, s)
    for (let k: usize = 32; k < 96; k += 16) v128.store(draws + k, f32x4.mul(both, v128.load(draws + k)))
    v128.store(draws, f32x4.mul(v128.load(draws, 96), f32x4.mul(z, f32x4.mul(z, z))), 96)
  }
}

/** Squared length in Φ. */
// @ts-ignore: decorator
@inline
function planes(a: usize): v128 {
  return f32x4.add(dotPlane(a + 32, a + 32), dotPlane(a + 64, a + 64))
}

/** x = f v + g h with D(x) = f, and (D(x)/D(n))⁵. */
function mapDraws(site: usize, count: i32, fields: usize, draws: usize, steps: usize): void {
  const one = constant(NUMBERS, 0)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const p = v128.load(steps)
    const a2 = v128.load(steps, 16)
    const sum = f32x4.add(one, a2)
    const rest = f32x4.sub(one, a2)
    const twice = f32x4.add(p, p)
    const w = f32x4.add(sum, f32x4.mul(twice, dot6(fields, draws)))
    const along = dot6(fields, site)
    const d = f32x4.sub(sum, f32x4.mul(twice, along))
    const inverse = f32x4.div(rest, f32x4.mul(w, d))
    const f = f32x4.mul(d, inverse)
    const t = f32x4.mul(rest, inverse)
    const t2 = f32x4.mul(t, t)
    v128.store(steps, f, 32)
    v128.store(steps, f32x4.mul(p, f32x4.add(f, one)), 48)
    v128.store(steps, f32x4.mul(f32x4.mul(t2, t2), t), 64)
    v128.store(steps, along, 80)
  }
}

/**
 * Leaves x in the place of the field, and -βΔE in its spare place. The energy is that of the point as it will be stored: taken
 * from the map's own formulas it would be off by a little always to the same side, and the sum of all ΔE would drift.
 */
function propose(site: usize, count: i32, fields: usize, draws: usize, couplings: usize, steps: usize): void {
  const k = v128.load(couplings, K)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const f = v128.load(steps, 32)
    const g = v128.load(steps, 48)
    const h1 = v128.load(fields)
    const h2 = v128.load(fields, 16)
    const h3 = v128.load(fields, 32)
    const h4 = v128.load(fields, 48)
    const h5 = v128.load(fields, 64)
    const h6 = v128.load(fields, 80)
    let x1 = f32x4.add(f32x4.mul(f, v128.load(draws)), f32x4.mul(g, h1))
    let x2 = f32x4.add(f32x4.mul(f, v128.load(draws, 16)), f32x4.mul(g, h2))
    let x3 = f32x4.add(f32x4.mul(f, v128.load(draws, 32)), f32x4.mul(g, h3))
    let x4 = f32x4.add(f32x4.mul(f, v128.load(draws, 48)), f32x4.mul(g, h4))
    let x5 = f32x4.add(f32x4.mul(f, v128.load(draws, 64)), f32x4.mul(g, h5))
    let x6 = f32x4.add(f32x4.mul(f, v128.load(draws, 80)), f32x4.mul(g, h6))
    const unit = toUnit(f32x4.add(dot2(x1, x2, x1, x2), f32x4.add(dot2(x3, x4, x3, x4), dot2(x5, x6, x5, x6))))
    x1 = f32x4.mul(unit, x1)
    x2 = f32x4.mul(unit, x2)
    x3 = f32x4.mul(unit, x3)
    x4 = f32x4.mul(unit, x4)
    x5 = f32x4.mul(unit, x5)
    x6 = f32x4.mul(unit, x6)
    v128.store(fields, x1)
    v128.store(fields, x2, 16)
    v128.store(fields, x3, 32)
    v128.store(fields, x4, 48)
    v128.store(fields, x5, 64)
    v128.store(fields, x6, 80)
    const along = f32x4.add(f32x4.add(dot2(h1, h2, x1, x2), dot2(h3, h4, x3, x4)), dot2(h5, h6, x5, x6))
    const b = dot2(x3, x4, x3, x4)
    const c = dot2(x5, x6, x5, x6)
    const change = potentialChange(couplings, dotPlane(site + 32, site + 32), dotPlane(site + 64, site + 64), b, c)
    v128.store(fields, f32x4.sub(f32x4.mul(k, f32x4.sub(along, v128.load(steps, 80))), change), 96)
  }
}

function decide(site: usize, count: i32, fields: usize, draws: usize, steps: usize, accepted: usize): v128 {
  let moved = f32x4.splat(0)
  let taken = v128.load(accepted)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const gain = v128.load(fields, 96)
    const take = f32x4.lt(v128.load(draws, 96), f32x4.mul(v128.load(steps, 64), exp(gain)))
    moved = f32x4.sub(moved, v128.and(gain, take))
    taken = i32x4.sub(taken, take)
    v128.store(site, v128.bitselect(v128.load(fields), v128.load(site), take))
    v128.store(site, v128.bitselect(v128.load(fields, 16), v128.load(site, 16), take), 16)
    v128.store(site, v128.bitselect(v128.load(fields, 32), v128.load(site, 32), take), 32)
    v128.store(site, v128.bitselect(v128.load(fields, 48), v128.load(site, 48), take), 48)
    v128.store(site, v128.bitselect(v128.load(fields, 64), v128.load(site, 64), take), 64)
    v128.store(site, v128.bitselect(v128.load(fields, 80), v128.load(site, 80), take), 80)
  }
  v128.store(accepted, taken)
  return moved
}
