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

/** Bytes of what the first passes leave to the later ones: p, a², κ/a; f, g, the envelope's ratio, the field's gain. */
// @ts-ignore: decorator
@inline const STEP: usize = 112
/** 1, ½, then κ/a as the lower one of two lines, which stays within a tenth of Wood's best a for all κ of use. */
const NUMBERS = memory.data<f32>([1.0, 0.5, 8.1, 1.27, 25.0, 1.05], 16)

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
  return decide(site, count, fields, draws, couplings, steps, accepted)
}

/** a = p h; κ/a in place of a itself, because it stays finite where the field vanishes. */
function chooseCentres(count: i32, fields: usize, couplings: usize, steps: usize): void {
  const k = v128.load(couplings, K)
  for (let i = 0; i < count; i++, fields += FIELD, steps += STEP) {
    const h2 = dot6(fields, fields)
    const kappa = f32x4.mul(k, f32x4.sqrt(h2))
    const ratio = f32x4.pmin(
      f32x4.add(constant(NUMBERS, 2), f32x4.mul(constant(NUMBERS, 3), kappa)),
      f32x4.add(constant(NUMBERS, 4), f32x4.mul(constant(NUMBERS, 5), kappa)),
    )
    const p = f32x4.div(k, ratio)
    v128.store(steps, p)
    v128.store(steps, f32x4.mul(f32x4.mul(p, p), h2), 16)
    v128.store(steps, ratio, 32)
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

/** x = f v + g h, D(x) = f, and (D(x)/D(n))⁵; the gain is κ(u_x - u_n) = (κ/2a)(1 - a²)(D(n) - D(x)). */
function mapDraws(site: usize, count: i32, fields: usize, draws: usize, steps: usize): void {
  const one = constant(NUMBERS, 0)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const p = v128.load(steps)
    const a2 = v128.load(steps, 16)
    const sum = f32x4.add(one, a2)
    const rest = f32x4.sub(one, a2)
    const twice = f32x4.add(p, p)
    const w = f32x4.add(sum, f32x4.mul(twice, dot6(fields, draws)))
    const d = f32x4.sub(sum, f32x4.mul(twice, dot6(fields, site)))
    const inverse = f32x4.div(rest, f32x4.mul(w, d))
    const f = f32x4.mul(d, inverse)
    const t = f32x4.mul(rest, inverse)
    const t2 = f32x4.mul(t, t)
    v128.store(steps, f, 48)
    v128.store(steps, f32x4.mul(p, f32x4.add(f, one)), 64)
    v128.store(steps, f32x4.mul(f32x4.mul(t2, t2), t), 80)
    v128.store(steps, f32x4.mul(f32x4.mul(constant(NUMBERS, 1), v128.load(steps, 32)), f32x4.sub(d, f32x4.mul(rest, f))), 96)
  }
}

function decide(site: usize, count: i32, fields: usize, draws: usize, couplings: usize, steps: usize, accepted: usize): v128 {
  let moved = f32x4.splat(0)
  let taken = v128.load(accepted)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, draws += DRAW, steps += STEP) {
    const f = v128.load(steps, 48)
    const g = v128.load(steps, 64)
    const x1 = f32x4.add(f32x4.mul(f, v128.load(draws)), f32x4.mul(g, v128.load(fields)))
    const x2 = f32x4.add(f32x4.mul(f, v128.load(draws, 16)), f32x4.mul(g, v128.load(fields, 16)))
    const x3 = f32x4.add(f32x4.mul(f, v128.load(draws, 32)), f32x4.mul(g, v128.load(fields, 32)))
    const x4 = f32x4.add(f32x4.mul(f, v128.load(draws, 48)), f32x4.mul(g, v128.load(fields, 48)))
    const x5 = f32x4.add(f32x4.mul(f, v128.load(draws, 64)), f32x4.mul(g, v128.load(fields, 64)))
    const x6 = f32x4.add(f32x4.mul(f, v128.load(draws, 80)), f32x4.mul(g, v128.load(fields, 80)))
    const b = dot2(x3, x4, x3, x4)
    const c = dot2(x5, x6, x5, x6)
    const change = potentialChange(couplings, dotPlane(site + 32, site + 32), dotPlane(site + 64, site + 64), b, c)
    const gain = f32x4.sub(v128.load(steps, 96), change)
    const take = f32x4.lt(v128.load(draws, 96), f32x4.mul(v128.load(steps, 80), exp(gain)))
    moved = f32x4.sub(moved, v128.and(gain, take))
    taken = i32x4.sub(taken, take)
    const unit = toUnit(f32x4.add(dot2(x1, x2, x1, x2), f32x4.add(b, c)))
    v128.store(site, v128.bitselect(f32x4.mul(unit, x1), v128.load(site), take))
    v128.store(site, v128.bitselect(f32x4.mul(unit, x2), v128.load(site, 16), take), 16)
    v128.store(site, v128.bitselect(f32x4.mul(unit, x3), v128.load(site, 32), take), 32)
    v128.store(site, v128.bitselect(f32x4.mul(unit, x4), v128.load(site, 48), take), 48)
    v128.store(site, v128.bitselect(f32x4.mul(unit, x5), v128.load(site, 64), take), 64)
    v128.store(site, v128.bitselect(f32x4.mul(unit, x6), v128.load(site, 80), take), 80)
  }
  v128.store(accepted, taken)
  return moved
}
