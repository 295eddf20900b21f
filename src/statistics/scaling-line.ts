import type { Estimate } from './estimate.ts'
import { type LeastSquares, leastSquares } from './least-squares.ts'

/** A number of one size. */
export interface Sized {
  readonly size: number
  readonly value: Estimate
}

export interface Line {
  readonly intercept: Estimate
  readonly slope: Estimate | undefined
  readonly bend?: Estimate | undefined
  readonly quality: { readonly sizes: readonly number[]; readonly chiSquared: number; readonly freedom: number }
  /** Intercept and slope without the smallest size that was used; undefined where too few sizes would be left. */
  readonly less?: { readonly intercept: number; readonly slope: number } | undefined
}

export interface SlopedLine extends Line {
  readonly slope: Estimate
}

/** χ²/dof up to which a fit is believed; above, the smallest size is left out. */
const BELIEVED = 2
const MIN_LINE = 3

/**
 * Generalised least squares of numbers of several sizes, without the smallest ones where these do not fit.
 *
 * @param terms what the parameters are multiplied by: intercept, slope, and a bend where there are sizes enough for it
 * @param others numbers with errors that the terms depend on
 */
export function lineThrough<Point extends Sized>(
  points: readonly Point[],
  terms: (point: Point, others: readonly number[]) => readonly number[],
  others: readonly Estimate[],
): SlopedLine | undefined {
  const [first] = points
  if (!first || points.length < 2) return undefined
  const count = Math.min(
    terms(
      first,
      others.map(({ mean }) => mean),
    ).length,
    points.length,
  )
  const attempt = (from: number): LeastSquares | undefined => {
    const used = points.slice(from)
    return leastSquares(
      used.map(({ value }) => value),
      (values) => used.map((point) => terms(point, values).slice(0, count)),
      others,
    )
  }
  const best = fitLargest(points, Math.min(MIN_LINE, points.length), attempt)
  const [intercept, slope, bend] = best?.fit.parameters ?? []
  if (!best || !intercept || !slope) return undefined
  const { chiSquared, freedom } = best.fit
  const [a, b] = points.length - best.from > count ? (attempt(best.from + 1)?.parameters ?? []) : []
  return {
    intercept,
    slope,
    bend,
    less: a && b ? { intercept: a.mean, slope: b.mean } : undefined,
    quality: { sizes: points.slice(best.from).map(({ size }) => size), chiSquared, freedom },
  }
}

/** Leaves out the smallest sizes until the rest can be believed, or only the fewest are left. */
function fitLargest(
  points: readonly unknown[],
  fewest: number,
  attempt: (from: number) => LeastSquares | undefined,
): { readonly from: number; readonly fit: LeastSquares } | undefined {
  for (let from = 0; from <= points.length - fewest && points.length > 0; from++) {
    const found = attempt(from)
    if (!found) continue
    if (found.chiSquared <= BELIEVED * found.freedom || from === points.length - fewest) return { from, fit: found }
  }
  return undefined
}
