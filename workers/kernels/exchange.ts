// Parallel tempering of one ladder, any model: which neighbours exchange their rungs.
// Who keeps the books (round trips, trajectory), why the pairs alternate, and what X and lambda are: src/sampling/schemes/tempering.ts.

/**
 * e^x for -40 < x <= 0, to 2 x 10^-14 in absolute terms, far below what any run resolves, and the same on every machine: Taylor's series to
 * sixth order at x / 256, squared eight times.
 */
export function exponential(x: f64): f64 {
  const y = x * (1.0 / 256.0)
  let e = 1.0 + y * (1.0 + y * (1.0 / 2.0) * (1.0 + y * (1.0 / 3.0) * (1.0 + y * (1.0 / 4.0) * (1.0 + y * (1.0 / 5.0) * (1.0 + y * (1.0 / 6.0))))))
  for (let i = 0; i < 8; i++) e *= e
  return e
}

/** u < e^x; the bounds 1 + x <= e^x <= 1 / (1 - x) decide most cases without the exponential. */
// @ts-ignore: decorator
@inline
function accepts(u: f64, x: f64): bool {
  if (x >= 0.0 || u < 1.0 + x) return true
  if (u * (1.0 - x) > 1.0 || x <= -40.0) return false
  return u < exponential(x)
}

/**
 * Tries the pairs (first, first + 1), (first + 2, first + 3) ... of every copy, each with min(1, exp(Δλ ΔX)).
 *
 * x: (lanes) f64; lambda: (slots) f64; lanes: (slots) i32 and rung: (lanes) i32, its inverse up to the
 * copy, both swapped where accepted; uniform: one f64 for each pair tried; accepted: (rungs) f64, one is added for each acceptance; pairs: (2 x accepted) i32 lanes.
 * Returns the number of pairs accepted.
 */
export function exchangePairs(
  x: usize,
  lambda: usize,
  lanes: usize,
  rung: usize,
  uniform: usize,
  accepted: usize,
  pairs: usize,
  rungs: i32,
  copies: i32,
  first: i32,
): i32 {
  const start = pairs
  for (let copy = 0; copy < copies; copy++) {
    for (let k = first; k + 1 < rungs; k += 2, uniform += 8) {
      const slot = <usize>(copy * rungs + k)
      const place = lanes + (slot << 2)
      const a = load<i32>(place)
      const b = load<i32>(place, 4)
      const factor = lambda + (slot << 3)
      const difference = load<f64>(x + (<usize>a << 3)) - load<f64>(x + (<usize>b << 3))
      if (!accepts(load<f64>(uniform), (load<f64>(factor) - load<f64>(factor, 8)) * difference)) continue
      store<i32>(place, b)
      store<i32>(place, a, 4)
      const from = rung + (<usize>a << 2)
      const to = rung + (<usize>b << 2)
      const held = load<i32>(from)
      store<i32>(from, load<i32>(to))
      store<i32>(to, held)
      store<i32>(pairs, a)
      store<i32>(pairs, b, 4)
      pairs += 8
      const count = accepted + (<usize>k << 3)
      store<f64>(count, load<f64>(count) + 1.0)
    }
  }
  return <i32>((pairs - start) >> 3)
}
