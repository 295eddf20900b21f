// What many repeats of one measurement say: the middle, and how far they scatter. A machine that others use as well stalls now
// and then, so nothing here is a mean.

/** Repeats from which on their median absolute deviation says more than their range. */
const ENOUGH = 5
/** Standard deviation of a normal distribution over its median absolute deviation. */
const NORMAL = 1.4826
/** Standard error of a median over that of a mean, normal distribution. */
export const OF_MEDIAN = 1.2533

/** All in the unit of the values but `scatter`. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  /** First and third quartile. */
  readonly lower: number
  readonly upper: number
  /** Standard deviation of one repeat as a fraction of the median, robust: 1.4826 MAD; half the range of fewer than five. */
  readonly scatter: number
  /** Standard error of the median; NaN of a single repeat. */
  readonly error: number
}

/** @param values one of each repeat, in any order; at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const median = quantile(sorted, 0.5)
  const [min, max] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN]
  const deviations = sorted.map((value) => Math.abs(value - median)).sort((a, b) => a - b)
  const deviation = sorted.length >= ENOUGH ? NORMAL * quantile(deviations, 0.5) : (max - min) / 2
  return {
    median,
    min,
    max,
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    scatter: deviation / Math.abs(median),
    error: sorted.length > 1 ? (OF_MEDIAN * deviation) / Math.sqrt(sorted.length) : Number.NaN,
  }
}

/** Between the two nearest values; NaN of none. */
function quantile(sorted: readonly number[], fraction: number): number {
  const at = fraction * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return below + (at - Math.floor(at)) * (above - below)
}
