import type { Parameters } from '../model.ts'
import { couplingsOf } from './parameters.ts'

/** Averages of one spin in a field. */
export interface OneSpin {
  /** ⟨n1⟩, ⟨n3⟩, ⟨n5⟩ along the field's part in each sector. */
  readonly along: readonly [number, number, number]
  /** ⟨|ψ|²⟩, ⟨|Φx|²⟩, ⟨|Φy|²⟩ */
  readonly squares: readonly [number, number, number]
}

/**
 * One spin with the energy -(h1 |ψ| cos + h2 |Φx| cos + h3 |Φy| cos) + V at temperature T. On S⁵ the squared lengths are
 * uniform on the simplex and the angles independent; these give Bessel functions, the simplex a sum of Gauss-Legendre points.
 *
 * @param field lengths of the field in ψ, Φx and Φy
 */
export function oneSpin(field: readonly [number, number, number], temperature: number, parameters: Parameters): OneSpin {
  const { v1, v2, v3 } = couplingsOf(parameters)
  const { nodes, weights } = gaussLegendre(80)
  let total = 0
  const along: [number, number, number] = [0, 0, 0]
  const squares: [number, number, number] = [0, 0, 0]
  for (const [i, u] of nodes.entries()) {
    for (const [j, v] of nodes.entries()) {
      // u², in place of u, keeps the square root of a length smooth at 0; likewise v².
      const q = u * u
      const parts = [1 - q, q * v * v, q * (1 - v * v)] as const
      const [, b, c] = parts
      const potential = v1 * q + v2 * q * q + v3 * (b * b + c * c)
      const x = parts.map((part, s) => ((field[s] as number) * Math.sqrt(part)) / temperature) as [number, number, number]
      const [i0, i1] = [x.map(bessel0), x.map(bessel1)]
      const weight =
        (weights[i] as number) *
        (weights[j] as number) *
        2 *
        u *
        q *
        2 *
        v *
        Math.exp(-potential / temperature) *
        i0.reduce((a, z) => a * z, 1)
      total += weight
      for (const s of [0, 1, 2] as const) {
        along[s] += (weight * Math.sqrt(parts[s]) * (i1[s] as number)) / (i0[s] as number)
        squares[s] += weight * parts[s]
      }
    }
  }
  const mean = (sums: readonly [number, number, number]): [number, number, number] => [sums[0] / total, sums[1] / total, sums[2] / total]
  return { along: mean(along), squares: mean(squares) }
}

/** Points and weights of Gauss-Legendre quadrature on (0, 1), by Newton's method on the Legendre polynomial. */
function gaussLegendre(count: number): { readonly nodes: readonly number[]; readonly weights: readonly number[] } {
  const nodes: number[] = []
  const weights: number[] = []
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let slope = 0
    for (let step = 0; step < 100; step++) {
      let [p, previous] = [1, 0]
      for (let k = 1; k <= count; k++) [p, previous] = [((2 * k - 1) * x * p - (k - 1) * previous) / k, p]
      slope = (count * (x * p - previous)) / (x * x - 1)
      const change = p / slope
      x -= change
      if (Math.abs(change) < 1e-15) break
    }
    nodes.push((1 + x) / 2)
    weights.push(1 / ((1 - x * x) * slope * slope))
  }
  return { nodes, weights }
}

/** Modified Bessel functions I0 and I1 by their power series. */
function bessel0(x: number): number {
  let [term, sum] = [1, 1]
  for (let k = 1; k < 500 && term > 1e-17 * sum; k++) {
    term *= (x / 2 / k) ** 2
    sum += term
  }
  return sum
}

function bessel1(x: number): number {
  let [term, sum] = [x / 2, x / 2]
  for (let k = 1; k < 500 && Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (x / 2) ** 2 / (k * (k + 1))
    sum += term
  }
  return sum
}
