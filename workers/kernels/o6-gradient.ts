// The configurational temperature: for any potential on a closed space <|∇E|²> = T <∇²E>, because the divergence of
// e^{-βE} ∇E integrates to nothing. Here the space is one sphere S⁵ a site; no second run, no histogram is needed.
//
// In the six components ∇E = -ρh + (0, Ax Φx, Ay Φy) with ρ-weighted Ax = 2v1 + 4v2 q + 4v3 b, Ay likewise with c. On the
// sphere |∇E|² loses the part along n, and the Laplacian becomes tr H - n·H n - 5 n·∇E, H the second derivatives:
//   tr H = 2Ax + 2Ay + 8v2 q + 8v3 (b + c),  n·H n = Ax b + Ay c + 8v2 q² + 8v3 (b² + c²).
// Source: Rugh, Phys. Rev. Lett. 78, 772 (1997); Nurdin, Schotte, Phys. Rev. E 61, 3579 (2000).

import { addToDoubles, constant } from './float'
import { dotPlane, dot6, FIELD, K, SITE, V1, V2, V3 } from './o6-site'

const NUMBERS = memory.data<f32>([5.0], 16)

/** Adds β²|∇E|² and β∇²E of `count` sites, every other one, to `sums`, (2, 4) f64. Overwrites the fields by -β∇E. */
export function gradient(site: usize, count: i32, fields: usize, couplings: usize, sums: usize): void {
  const k = v128.load(couplings, K)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD) {
    const b = dotPlane(site + 32, site + 32)
    const c = dotPlane(site + 64, site + 64)
    const q = f32x4.add(b, c)
    const v1 = v128.load(couplings, V1)
    const v2 = four(v128.load(couplings, V2))
    const v3 = four(v128.load(couplings, V3))
    const common = f32x4.add(f32x4.add(v1, v1), f32x4.mul(v2, q))
    const ax = f32x4.add(common, f32x4.mul(v3, b))
    const ay = f32x4.add(common, f32x4.mul(v3, c))
    v128.store(fields, f32x4.mul(k, v128.load(fields)), 0)
    v128.store(fields, f32x4.mul(k, v128.load(fields, 16)), 16)
    v128.store(fields, f32x4.sub(f32x4.mul(k, v128.load(fields, 32)), f32x4.mul(ax, v128.load(site, 32))), 32)
    v128.store(fields, f32x4.sub(f32x4.mul(k, v128.load(fields, 48)), f32x4.mul(ax, v128.load(site, 48))), 48)
    v128.store(fields, f32x4.sub(f32x4.mul(k, v128.load(fields, 64)), f32x4.mul(ay, v128.load(site, 64))), 64)
    v128.store(fields, f32x4.sub(f32x4.mul(k, v128.load(fields, 80)), f32x4.mul(ay, v128.load(site, 80))), 80)
    const along = dot6(fields, site)
    addToDoubles(sums, f32x4.sub(dot6(fields, fields), f32x4.mul(along, along)))
    const sum = f32x4.add(ax, ay)
    const mixed = f32x4.mul(f32x4.add(v2, v3), q)
    const trace = f32x4.add(f32x4.add(sum, sum), f32x4.add(mixed, mixed))
    const quartic = f32x4.add(f32x4.mul(v2, f32x4.mul(q, q)), f32x4.mul(v3, f32x4.add(f32x4.mul(b, b), f32x4.mul(c, c))))
    const radial = f32x4.add(f32x4.add(f32x4.mul(ax, b), f32x4.mul(ay, c)), f32x4.add(quartic, quartic))
    addToDoubles(sums + 32, f32x4.add(f32x4.sub(trace, radial), f32x4.mul(constant(NUMBERS, 0), along)))
  }
}

// @ts-ignore: decorator
@inline
function four(x: v128): v128 {
  const twice = f32x4.add(x, x)
  return f32x4.add(twice, twice)
}
