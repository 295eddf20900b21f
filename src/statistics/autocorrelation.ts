/** What the Γ-method gives for the mean of a correlated series. */
export interface GammaResult {
  readonly mean: number
  /** Standard error of the mean, autocorrelation included; NaN where it cannot be given. */
  readonly error: number
  /** Integrated autocorrelation time in units of the spacing, ½ for independent values; NaN where it cannot be given. */
  readonly tau: number
  /** Standard error of tau. */
  readonly tauError: number
  /** Variance of one value, corrected for the bias of the mean. */
  readonly variance: number
  /** Lag at which the sum was cut. */
  readonly window: number
}

/** Fewer values than this give no error: better none than a wrong one. */
export const MIN_VALUES = 16
/** An anticorrelated series may have τ < ½; below this it is taken for noise. */
const LEAST_TAU = 0.1
/** Ratio of the decay time to the integrated autocorrelation time that the automatic window assumes. */
const S = 1.5

/**
 * Mean, error and integrated autocorrelation time of equally spaced values by the Γ-method with automatic window.
 *
 * Copies of the same process are joined as replica: deviations are taken from the common mean, so a copy that is stuck
 * elsewhere makes the error larger. Needs copies much longer than tau. Copies may differ in length; one without values, of a
 * part of a job that is missing, counts for nothing.
 *
 * Source: U. Wolff, Monte Carlo errors with less errors, Comput. Phys. Commun. 156, 143 (2004), eqs. 31, 35, 41, 42, 49, 51.
 *
 * @param copies one array of values for each copy
 */
export function gammaMethod(copies: readonly Float64Array[]): GammaResult {
  const first = copies.find((copy) => copy.length > 0)?.[0] ?? Number.NaN
  let [N, total, longest] = [0, 0, 0]
  for (const copy of copies) {
    N += copy.length
    longest = Math.max(longest, copy.length)
    // Less one of the values: equal values then have exactly that mean.
    for (let i = 0; i < copy.length; i++) total += (copy[i] as number) - first
  }
  const mean = first + total / N
  const none = { mean, error: Number.NaN, tau: Number.NaN, tauError: Number.NaN, variance: Number.NaN, window: 0 }
  if (N < MIN_VALUES || longest < 4) return none

  // Plain loops: this runs for every quantity at every temperature.
  const deviations = copies.map((copy) => {
    const own = new Float64Array(copy.length)
    for (let i = 0; i < own.length; i++) own[i] = (copy[i] as number) - mean
    return own
  })
  const gamma = (t: number): number => {
    let [sum, pairs] = [0, 0]
    for (const d of deviations) {
      if (d.length > t) pairs += d.length - t
      for (let i = t; i < d.length; i++) sum += (d[i - t] as number) * (d[i] as number)
    }
    return sum / pairs
  }
  const gamma0 = gamma(0)
  // A series that never moves has no spread to estimate an error from; rounding leaves a trace of it.
  if (!(gamma0 > 1e-28 * mean * mean)) return none

  // Sum Γ(t) until the systematic error of stopping, exp(-W/τ), is below the statistical one of going on, τ / √(W N).
  const last = Math.floor(longest / 2)
  let sum = 0.5
  let window = last
  for (let W = 1; W <= last; W++) {
    sum += gamma(W) / gamma0
    const tau = sum <= 0.5 ? 0 : S / Math.log((2 * sum + 1) / (2 * sum - 1))
    // At or below ½ there is nothing to go on for: every further lag would only add noise.
    if (tau === 0 || Math.exp(-W / tau) < tau / Math.sqrt(W * N)) {
      window = W
      break
    }
  }
  // The mean is taken off the same values, which lowers every Γ(t) by the variance of the mean.
  const bias = Math.max(0, (2 * sum * gamma0) / N)
  const variance = gamma0 + bias
  let tau = 0.5
  for (let t = 1; t <= window; t++) tau += (gamma(t) + bias) / variance
  // Noise in the first lag alone must not make an error vanish.
  tau = Math.max(tau, LEAST_TAU)
  return {
    mean,
    error: Math.sqrt((2 * tau * variance) / N),
    tau,
    tauError: tau * Math.sqrt((4 * (window + 0.5 - tau)) / N),
    variance,
    window,
  }
}
