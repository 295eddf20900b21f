// Metropolis: a spin is rotated in one plane of two components by an angle that is drawn symmetrically around zero:
// tan(angle/2) uniform in (-width, width), so no trigonometry is needed.
//
// Each sweep takes one plane, in nine turns. Four planes mix ψ with Φ, two mix Φx with Φy; together they connect all
// components in a ring, so the moves reach every direction. The other three rotate ψ, Φx and Φy by themselves. Each class
// has a width of its own: where V allows only small angles to one, the others still turn freely.
//
// The local field is there anyhow, so one over-relaxation can go first: reflectSectors of o6-reflect.ts.

import { constant, exp } from './float'
import { FIELD, K, potentialChange, SITE, WIDTH, dotPlane } from './o6-site'

const NUMBERS = memory.data<f32>([1.0, 2.0], 16)

/** a, b, how Φx² and Φy² change with the square of component a, and the class, by turn. */
const PLANES = memory.data<i32>([
  0, 2, -1, 0, 0,
  4, 1, 0, 1, 0,
  0, 1, 0, 0, 2,
  3, 5, 1, -1, 1,
  1, 3, -1, 0, 0,
  2, 3, 0, 0, 2,
  5, 0, 0, 1, 0,
  2, 4, 1, -1, 1,
  4, 5, 0, 0, 2,
])

/**
 * One rotation of `count` sites, every other one; uniforms: (count, 2) v128. Adds how many were accepted to `accepted`,
 * (3, 4) i32, by class. Returns the sum of β ΔE, lane by lane.
 */
export function rotate(site: usize, count: i32, fields: usize, uniforms: usize, couplings: usize, turn: i32, accepted: usize): v128 {
  const plane = PLANES + <usize>(turn * 20)
  const kind = <usize>load<i32>(plane, 16) << 4
  propose(site, count, fields, uniforms, couplings, plane, kind)
  return decide(site, count, fields, uniforms, plane, accepted + kind)
}

/** Leaves the two new components in the places of the angle's uniform and of the field, and βΔE in the field's spare place. */
function propose(site: usize, count: i32, fields: usize, uniforms: usize, couplings: usize, plane: usize, kind: usize): void {
  const a = <usize>load<i32>(plane) << 4
  const b = <usize>load<i32>(plane, 4) << 4
  const toB = f32x4.splat(<f32>load<i32>(plane, 8))
  const toC = f32x4.splat(<f32>load<i32>(plane, 12))
  const one = constant(NUMBERS, 0)
  const two = constant(NUMBERS, 1)
  const k = v128.load(couplings, K)
  const width = v128.load(couplings + kind, WIDTH)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, uniforms += 32) {
    const t = f32x4.mul(width, f32x4.sub(f32x4.mul(two, v128.load(uniforms)), one))
    const t2 = f32x4.mul(t, t)
    const scale = f32x4.div(one, f32x4.add(one, t2))
    const cos = f32x4.mul(f32x4.sub(one, t2), scale)
    const sin = f32x4.mul(f32x4.add(t, t), scale)
    const na = v128.load(site + a)
    const nb = v128.load(site + b)
    const xa = f32x4.sub(f32x4.mul(cos, na), f32x4.mul(sin, nb))
    const xb = f32x4.add(f32x4.mul(sin, na), f32x4.mul(cos, nb))
    const da = f32x4.sub(xa, na)
    const field = f32x4.add(f32x4.mul(v128.load(fields + a), da), f32x4.mul(v128.load(fields + b), f32x4.sub(xb, nb)))
    const square = f32x4.mul(da, f32x4.add(xa, na))
    const px = dotPlane(site + 32, site + 32)
    const py = dotPlane(site + 64, site + 64)
    const px1 = f32x4.add(px, f32x4.mul(toB, square))
    const py1 = f32x4.add(py, f32x4.mul(toC, square))
    v128.store(uniforms, xa)
    v128.store(fields, xb)
    v128.store(fields, f32x4.sub(potentialChange(couplings, px, py, px1, py1), f32x4.mul(k, field)), 96)
  }
}

function decide(site: usize, count: i32, fields: usize, uniforms: usize, plane: usize, accepted: usize): v128 {
  const a = <usize>load<i32>(plane) << 4
  const b = <usize>load<i32>(plane, 4) << 4
  let moved = f32x4.splat(0)
  let taken = v128.load(accepted)
  for (let i = 0; i < count; i++, site += 2 * SITE, fields += FIELD, uniforms += 32) {
    const change = v128.load(fields, 96)
    const take = f32x4.lt(v128.load(uniforms, 16), exp(f32x4.neg(change)))
    moved = f32x4.add(moved, v128.and(change, take))
    taken = i32x4.sub(taken, take)
    v128.store(site + a, v128.bitselect(v128.load(uniforms), v128.load(site + a), take))
    v128.store(site + b, v128.bitselect(v128.load(fields), v128.load(site + b), take))
  }
  v128.store(accepted, taken)
  return moved
}
