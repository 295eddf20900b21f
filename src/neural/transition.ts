import type { Crossing } from './curve.ts'

// From outputs on finite lattices to the temperature of a transition, as Carrasquilla and Melko do, Nature Physics 13, 431 (2017).

/** The curve of one size. */
export interface SizedCurve {
  readonly size: number
  readonly temperature: Float64Array
  readonly probability: Float64Array
  readonly error: Float64Array
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

/** Where two curves on one grid are equal: the change of sign of their difference that is clearest against its errors. */
function crossingOfTwo(first: SizedCurve, second: SizedCurve): Crossing | undefined {
  const at = new Map([...second.temperature].map((T, t) => [T, t]))
  const points = [...first.temperature].flatMap((T, t) => {
    const s = at.get(T)
    if (s === undefined) return []
    const difference = (first.probability[t] as number) - (second.probability[s] as number)
    return [{ T, difference, error: Math.hypot(first.error[t] as number, second.error[s] as number) }]
  })
  let best: (Crossing & { readonly clear: number }) | undefined
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as (typeof points)[number], points[i] as (typeof points)[number]]
    if (a.difference > 0 === b.difference > 0) continue
    const slope = (b.difference - a.difference) / (b.T - a.T)
    const share = a.difference / (a.difference - b.difference)
    const error = Math.hypot((1 - share) * a.error, share * b.error) / Math.abs(slope)
    const clear = Math.abs(b.difference - a.difference) / Math.hypot(a.error, b.error)
    if (best === undefined || clear > best.clear) best = { temperature: a.T + share * (b.T - a.T), error, clear }
  }
  return best && { temperature: best.temperature, error: best.error }
}

/** y = intercept + slope x by weighted least squares. */
export function fitLine(points: readonly { readonly x: number; readonly y: number; readonly error: number }[]): LineFit {
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
  const enlarge = freedom > 0 ? Math.max(1, Math.sqrt(chiSquared / freedom)) : 1
  return {
    intercept,
    interceptError: enlarge * Math.sqrt(Sxx / determinant),
    slope,
    slopeError: enlarge * Math.sqrt(S / determinant),
    chiSquared,
    freedom,
  }
}
