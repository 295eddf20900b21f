import { type GammaResult, gammaMethod } from './autocorrelation.ts'

/** What the jackknife gives. */
export interface JackknifeResult extends GammaResult {
  /**
   * Independent Gaussian values whose scatter would give the error as well as these pseudo-values do: their number over 2 tau,
   * and over 1 + kurtosis / 2, because rare events make a scatter uncertain. NaN where there is no error.
   */
  readonly independent: number
}

/**
 * Error of a quantity computed from several means: a jackknife over all bins of all copies.
 *
 * Leaving bin i out gives F_(i), and the pseudo-values n F - (n - 1) F_(i) scatter as the bins do; the Γ-method over them
 * keeps what correlation is left between neighbouring bins in the error, so short bins do not make it too small.
 * Source: Efron, The Jackknife (SIAM 1982); Wolff (2004) for the correlation.
 *
 * @param means bins of each input: `means[input][copy][bin]`; all inputs have the same bins, and a copy may have none
 * @param evaluate the quantity, from one mean for each input
 */
export function jackknife(means: readonly (readonly Float64Array[])[], evaluate: (inputs: readonly number[]) => number): JackknifeResult {
  const copies = means[0] ?? []
  const n = copies.reduce((sum, copy) => sum + copy.length, 0)
  const totals = means.map((input) => input.reduce((sum, copy) => sum + total(copy), 0))
  const whole = evaluate(totals.map((total) => total / n))
  const without = new Array<number>(means.length)
  const pseudo = copies.map((copy, c) => {
    const values = new Float64Array(copy.length)
    for (let i = 0; i < copy.length; i++) {
      for (let k = 0; k < means.length; k++) without[k] = ((totals[k] as number) - (means[k]?.[c]?.[i] as number)) / (n - 1)
      // Exactly F where leaving a bin out changes nothing.
      values[i] = whole + (n - 1) * (whole - evaluate(without))
    }
    return values
  })
  const gamma = gammaMethod(pseudo)
  return { ...gamma, mean: whole, independent: n / (2 * gamma.tau) / (1 + Math.max(0, excessKurtosis(pseudo, gamma.mean)) / 2) }
}

/** Fourth moment over the squared second, less the 3 of a Gaussian. */
function excessKurtosis(copies: readonly Float64Array[], mean: number): number {
  let [n, second, fourth] = [0, 0, 0]
  for (const copy of copies) {
    n += copy.length
    for (let i = 0; i < copy.length; i++) {
      const square = ((copy[i] as number) - mean) ** 2
      second += square
      fourth += square * square
    }
  }
  return (n * fourth) / second ** 2 - 3
}

function total(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}
