import { formatWithError } from '../text/number.ts'

/**
 * Numbers with jackknife errors that know where their errors come from, so that what is computed from several of them has the
 * right error, whatever they have in common.
 *
 * Leaving out block b of source s (a simulation; sources are independent of each other) changes the number to `left[s][b]`;
 * its variance is the sum over sources of (n - 1)/n Σ_b (left[s][b] - mean of left[s])². Source: Efron, The Jackknife (SIAM 1982).
 */
export interface Estimate {
  readonly mean: number
  /** Standard error; NaN where there are fewer than two blocks. */
  readonly error: number
  /** By source: what the number is without each of its blocks. */
  readonly left: ReadonlyMap<object, Float64Array>
}

/** A number out of one source: `value(undefined)` of all data, `value(b)` without block b. */
export function estimateOf(source: object, blocks: number, value: (without?: number) => number): Estimate {
  const left = new Map([[source, Float64Array.from({ length: blocks }, (_, b) => value(b))]])
  return estimate(value(), left)
}

/** A number computed from others, whose errors go through it. */
export function combine(inputs: readonly Estimate[], value: (inputs: readonly number[]) => number): Estimate {
  const left = new Map<object, Float64Array>()
  for (const [source, blocks] of sourcesOf(inputs)) {
    left.set(
      source,
      Float64Array.from({ length: blocks }, (_, b) => value(inputs.map((input) => without(input, source, b)))),
    )
  }
  return estimate(value(inputs.map(({ mean }) => mean)), left)
}

/** Covariance of the errors of two numbers, by what sources they share. */
export function covarianceOf(a: Estimate, b: Estimate): number {
  let sum = 0
  for (const [source, ofA] of a.left) {
    const ofB = b.left.get(source)
    if (ofB) sum += jackknifeCovariance(ofA, ofB)
  }
  return sum
}

/** Sources of some numbers, with the blocks of each. */
export function sourcesOf(inputs: readonly Estimate[]): ReadonlyMap<object, number> {
  return new Map(inputs.flatMap(({ left }) => [...left].map(([source, values]) => [source, values.length] as const)))
}

/** What a number is without one block of a source, which it may not depend on. */
export function without({ mean, left }: Estimate, source: object, block: number): number {
  return left.get(source)?.[block] ?? mean
}

export function estimate(mean: number, left: ReadonlyMap<object, Float64Array>): Estimate {
  let variance = 0
  for (const values of left.values()) variance += jackknifeCovariance(values, values)
  return { mean, error: Math.sqrt(variance), left }
}

function jackknifeCovariance(a: Float64Array, b: Float64Array): number {
  const n = a.length
  if (n < 2) return Number.NaN
  const [meanA, meanB] = [average(a), average(b)]
  let sum = 0
  for (let i = 0; i < n; i++) sum += ((a[i] as number) - meanA) * ((b[i] as number) - meanB)
  return (sum * (n - 1)) / n
}

function average(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** In the compact form of the literature: `-1.4142(3)`. */
export function formatEstimate({ mean, error }: Estimate): string {
  return formatWithError(mean, error)
}
