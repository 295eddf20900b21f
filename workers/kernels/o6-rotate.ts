// Metropolis: a spin is rotated in one plane of two components by an angle that is drawn symmetrically around zero:
// tan(angle/2) uniform in (-width, width), so no trigonometry is needed.
//
// Each sweep takes three planes that share no component, in three turns. In the first two each plane mixes two of ψ, Φx and
// Φy; these six planes connect all components in a ring, so the moves reach every direction. In the third turn ψ, Φx and Φy
// are rotated by themselves, with a width of their own: where V allows only small angles, they still turn freely.

import { constant, exp } from './float'
import { FIELD, K, potentialChange, SITE, WIDTH, dotPlane } from './o6-site'

const NUMBERS = memory.data<f32>([1.0, 2.0], 16)

/** (a, b, and how Φx² and Φy² change with the square of component a), by turn and rotation. */
const PLANES = memory.data<i32>([
  0, 2, -1, 0, 4, 1, 0, 1, 3, 5, 1, -1,
  1, 3, -1, 0, 5, 0, 0, 1, 2, 4, 1, -1,
  0, 1, 0, 0, 2, 3, 0, 0, 4, 5, 0, 0,
])
// @ts-ignore: decorator
@inline const OWN: i32 = 2

/**
 * Three rotations of `count` sites, every other one; uniforms: (count, 6) v128. Adds how many were accepted to
 * `accepted`, (2, 4) i32, the third turn's apart. Returns the sum of β ΔE, lane by lane.
 */
export function rotate(site: usize, count: i32, fields: usize, uniforms: usize, couplings: usize, turn: i32, accepted: usize): v128 {
  let moved = f32x4.splat(0)
  let taken = i32x4.splat(0)
  const one = constant(NUMBERS, 0)
  const two = constant(NUMBERS, 1)
  const k = v128.load(couplings, K)
  const width = v128.load(couplings + (turn == OWN ? 16 : 0), WIDTH)
  if (turn == OWN) accepted += 16
  for (let j = 0; j < 3; j++) {
    const plane = PLANES + <usize>(12 * turn + 4 * j) * 4
    const a = <usize>load<i32>(plane) << 4
    const b = <usize>load<i32>(plane, 4) << 4
    const toB = f32x4.splat(<f32>load<i32>(plane, 8))
    const toC = f32x4.splat(<f32>load<i32>(plane, 12))
    let at = site
    let h = fields
    let u = uniforms + <usize>(2 * j) * 16
    for (let i = 0; i < count; i++, at += 2 * SITE, h += FIELD, u += 96) {
      const t = f32x4.mul(width, f32x4.sub(f32x4.mul(two, v128.load(u)), one))
      const t2 = f32x4.mul(t, t)
      const scale = f32x4.div(one, f32x4.add(one, t2))
      const cos = f32x4.mul(f32x4.sub(one, t2), scale)
      const sin = f32x4.mul(f32x4.add(t, t), scale)
      const na = v128.load(at + a)
      const nb = v128.load(at + b)
      const xa = f32x4.sub(f32x4.mul(cos, na), f32x4.mul(sin, nb))
      const xb = f32x4.add(f32x4.mul(sin, na), f32x4.mul(cos, nb))
      const field = f32x4.add(f32x4.mul(v128.load(h + a), f32x4.sub(xa, na)), f32x4.mul(v128.load(h + b), f32x4.sub(xb, nb)))
      const square = f32x4.mul(f32x4.sub(xa, na), f32x4.add(xa, na))
      const px = dotPlane(at + 32, at + 32)
      const py = dotPlane(at + 64, at + 64)
      const change = f32x4.sub(
        potentialChange(couplings, px, py, f32x4.add(px, f32x4.mul(toB, square)), f32x4.add(py, f32x4.mul(toC, square))),
        f32x4.mul(k, field),
      )
      const take = f32x4.lt(v128.load(u, 16), exp(f32x4.neg(change)))
      moved = f32x4.add(moved, v128.and(change, take))
      taken = i32x4.sub(taken, take)
      v128.store(at + a, v128.bitselect(xa, na, take))
      v128.store(at + b, v128.bitselect(xb, nb, take))
    }
  }
  v128.store(accepted, i32x4.add(v128.load(accepted), taken))
  return moved
}
