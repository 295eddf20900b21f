import type { Crossing } from './curve.ts'

// From outputs on finite lattices to the temperature of a transition, as Carrasquilla and Melko do, Nature Physics 13, 431 (2017).

/** The curve of one size. */
export interface SizedCurve {
  readonly size: number
  readonly temperature: Float64Array
  readonly probability: Float64Array
  readonly error: Float64Array
  /** (temperature, temperature); undefined: errors at different temperatures are independent. */
  readonly covariance?: Float64Array | undefined
  readonly crossing?: Crossing | undefined
}

export interface Transition {
  /** Where the output of each size is ½. */
  readonly crossings: readonly { readonly size: number; readonly temperature: number; readonly error: number }[]
  /** Where the outputs of two sizes that follow each other are equal; left out where they are not within the grid. */
  readonly pairs: readonly { readonly sizes: readonly [number, number]; readonly temperature: number; readonly error: number }[]
  /** T(L) = T_c + b L^(-1/ν), weighted least squares over `crossings`; undefined for fewer than two sizes. */
  readonly fit?: LineFit | undefined
}

export interface LineFit {
  /** T_c and its standard error; enlarged by √(χ²/dof) where that is above 1. */
  readonly intercept: number
  readonly interceptError: number
  /** b. */
  readonly slope: number
  readonly slopeError: number
  readonly chiSquared: number
  /** Degrees of freedom; 0 for two sizes, whose fit cannot be judged. */
  readonly freedom: number
}

/** @param nu exponent ν of the correlation length: 1 for the Ising model */
export function transitionOf(curves: readonly SizedCurve[], nu: number): Transition {
  const sorted = [...curves].sort((a, b) => a.size - b.size)
  const crossings = sorted.flatMap(({ size, crossing }) => (crossing ? [{ size, ...crossing }] : []))
  const pairs = sorted.slice(1).flatMap((larger, i) => {
    const smaller = sorted[i] as SizedCurve
    const crossing = crossingOfTwo(smaller, larger)
    return crossing ? [{ sizes: [smaller.size, larger.size] as const, ...crossing }] : []
  })
  const points = crossings.filter(({ error }) => error > 0)
  const fit =
    points.length > 1 ? fitLine(points.map(({ size, temperature, error }) => ({ x: size ** (-1 / nu), y: temperature, error }))) : undefined
  return { crossings, pairs, fit }
}

/** Errors that the slope of a difference must be away from 0, for its zero to be believed. */
const CLEAR = 4

/**
 * Where two curves on one grid are equal: the zero of a straight line through the difference of their logits, around where its sign
 * changes at large. Through two temperatures where these tell the slope, else through as many as it takes: between neighbours noise alone
 * makes signs change, with any slope. Networks and copies move a whole curve, so that errors at different temperatures are not independent.
 */
function crossingOfTwo(first: SizedCurve, second: SizedCurve): Crossing | undefined {
  const at = new Map([...second.temperature].map((T, t) => [T, t]))
  const points = [...first.temperature].flatMap((x, t) => {
    const s = at.get(x)
    if (s === undefined) return []
    const [p, q] = [first.probability[t] as number, second.probability[s] as number]
    const y = Math.log(p / (1 - p)) - Math.log(q / (1 - q))
    // Slopes of the logits.
    const [ofFirst, ofSecond] = [1 / (p * (1 - p)), 1 / (q * (1 - q))]
    const error = Math.hypot((first.error[t] as number) * ofFirst, (second.error[s] as number) * ofSecond)
    return error > 0 && Number.isFinite(y) ? [{ x, y, error, t, s, ofFirst, ofSecond }] : []
  })
  const middle = changeOfSign(points.map(({ y, error }) => y / error))
  for (let wide = 1; wide < points.length; wide++) {
    const near = points.slice(Math.max(0, middle - wide), middle + wide)
    const [low, high] = [near[0]?.x as number, near.at(-1)?.x as number]
    const covariance = near.map((a) =>
      near.map((b) => covarianceAt(first, a.t, b.t) * a.ofFirst * b.ofFirst + covarianceAt(second, a.s, b.s) * a.ofSecond * b.ofSecond),
    )
    const zeroFrom = (origin: number): LineFit =>
      fitLine(
        near.map(({ x, y, error }) => ({ x: x - origin, y, error })),
        covariance,
      )
    const { intercept, slope, slopeError } = zeroFrom(low)
    const temperature = low - intercept / slope
    if (!(Math.abs(slope) >= CLEAR * slopeError && temperature >= low && temperature <= high)) continue
    // Seen from the zero itself, the error of the intercept is that of the line there.
    return { temperature, error: zeroFrom(temperature).interceptError / Math.abs(slope) }
  }
  return undefined
}

function covarianceAt({ covariance, error }: SizedCurve, t: number, u: number): number {
  return covariance?.[t * error.length + u] ?? (t === u ? (error[t] as number) ** 2 : 0)
}

/** The index before which most values have one sign, and from which on most have the other one. */
function changeOfSign(values: readonly number[]): number {
  let sum = -values.reduce((a, b) => a + b, 0)
  let [best, place] = [0, 1]
  values.forEach((value, i) => {
    sum += 2 * value
    if (i + 1 < values.length && Math.abs(sum) > best) [best, place] = [Math.abs(sum), i + 1]
  })
  return place
}

/**
 * y = intercept + slope x by weighted least squares.
 *
 * @param covariance of the y, for the errors of what is found; undefined: they are independent
 */
export function fitLine(
  points: readonly { readonly x: number; readonly y: number; readonly error: number }[],
  covariance?: readonly (readonly number[])[],
): LineFit {
  let [S, Sx, Sy, Sxx, Sxy] = [0, 0, 0, 0, 0]
  for (const { x, y, error } of points) {
    const w = error ** -2
    S += w
    Sx += w * x
    Sy += w * y
    Sxx += w * x * x
    Sxy += w * x * y
  }
  const determinant = S * Sxx - Sx * Sx
  const slope = (S * Sxy - Sx * Sy) / determinant
  const intercept = (Sxx * Sy - Sx * Sxy) / determinant
  const chiSquared = points.reduce((sum, { x, y, error }) => sum + ((y - intercept - slope * x) / error) ** 2, 0)
  const freedom = points.length - 2
  // Both are sums over y, so that the covariance gives their variances.
  const varianceOf = (factor: (x: number) => number): number => {
    const factors = points.map(({ x, error }) => factor(x) / (error ** 2 * determinant))
    const sum = (act: (a: number, i: number) => number): number => factors.reduce((all, a, i) => all + act(a, i), 0)
    return sum((a, i) => a * (covariance ? sum((b, j) => b * (covariance[i]?.[j] ?? 0)) : a * (points[i]?.error ?? 0) ** 2))
  }
  const enlarge = freedom > 0 ? Math.max(1, Math.sqrt(chiSquared / freedom)) : 1
  return {
    intercept,
    interceptError: enlarge * Math.sqrt(varianceOf((x) => Sxx - Sx * x)),
    slope,
    slopeError: enlarge * Math.sqrt(varianceOf((x) => S * x - Sx)),
    chiSquared,
    freedom,
  }
}
