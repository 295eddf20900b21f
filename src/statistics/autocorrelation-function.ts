import { gammaMethod, MIN_VALUES } from './autocorrelation.ts'

/** How fast values forget where they were. */
export interface AutocorrelationFunction {
  /** Normalised, (lag), 1 at lag 0. */
  readonly rho: Float64Array
  /** Standard errors, (lag), 0 at lag 0. */
  readonly error: Float64Array
  /** Lag at which the automatic window cuts the sum, as in `gammaMethod`. */
  readonly window: number
  /** ½ + Σ ρ(t) up to the window, in units of the spacing, and its standard error. */
  readonly tau: number
  readonly tauError: number
}

/**
 * Normalised autocorrelation function of equally spaced values of one process in several copies, with the bias of the mean
 * taken off as `gammaMethod` does, so that both give the same tau. Takes a time of values times lags.
 *
 * Source: errors as in N. Madras, A. Sokal, J. Stat. Phys. 50, 109 (1988), in the form of M. Lüscher, Comput. Phys. Commun.
 * 165, 199 (2005), eq. E.11, with the window for Λ.
 *
 * @param copies one array of values for each copy
 * @param lags what to return at most, as a multiple of the window; the shortest copy bounds it to a third of its length
 * @returns undefined where there are too few values, or where they never change
 */
export function autocorrelationFunction(copies: readonly Float64Array[], lags = 3): AutocorrelationFunction | undefined {
  const { mean, tau, tauError, variance, window } = gammaMethod(copies)
  if (!Number.isFinite(tau)) return undefined
  const N = copies.reduce((sum, copy) => sum + copy.length, 0)
  const shortest = Math.min(...copies.map((copy) => copy.length))
  const last = Math.min(Math.max(Math.ceil(lags * window), MIN_VALUES), Math.floor(shortest / 3))
  // Errors at a lag need the function up to twice as far.
  const far = Math.min(2 * last + window, shortest - 1)
  const covariance = Float64Array.from({ length: far + 1 }, (_, t) => {
    let sum = 0
    for (const copy of copies) {
      for (let i = t; i < copy.length; i++) sum += ((copy[i - t] as number) - mean) * ((copy[i] as number) - mean)
    }
    return sum / (N - copies.length * t)
  })
  const bias = variance - (covariance[0] as number)
  const whole = covariance.map((value) => (value + bias) / variance)
  const at = (t: number): number => whole[Math.abs(t)] ?? 0
  const error = Float64Array.from({ length: last + 1 }, (_, t) => {
    let sum = 0
    for (let k = 1; k <= t + window; k++) sum += (at(k + t) + at(k - t) - 2 * at(k) * at(t)) ** 2
    return t === 0 ? 0 : Math.sqrt(sum / N)
  })
  return { rho: whole.slice(0, last + 1), error, window, tau, tauError }
}
