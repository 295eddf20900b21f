import { freeEnergies, type Histograms, logDenominators } from './free-energy.ts'
import type { EnergyBins } from './energy-bins.ts'

/** All samples together, at any temperature between the lowest and the highest. */
export interface MultiHistogram {
  /** Means of all columns at a temperature, of all data or without one block. The array is used again by the next call. */
  means(temperature: number, without?: number): Float64Array
  /** Free energies f_k = -ln Z(β_k) + ln Z(β_0), (temperature). */
  freeEnergies(without?: number): Float64Array
}

/** Counts below this are what rounding leaves of 0. */
const ROUNDING = 1e-9

/**
 * Reweights the samples of several temperatures to any temperature between them (Ferrenberg, Swendsen, Phys. Rev. Lett. 63,
 * 1195 (1989)): <O>(β) = Σ O w / Σ w over all samples, w = e^(-βE) / Σ_k N_k e^(f_k - β_k E).
 *
 * Weights depend on the energy alone, so samples come summed in fine bins of the energy, and everything takes as long for a
 * million of them as for a thousand. A sample counts as 1 / inefficiency: where relaxation is slow a histogram has less to say.
 * That is a matter of the best weights only, errors come from leaving out blocks.
 *
 * @param data of temperatures in ascending order, with energies that overlap between neighbours
 */
export function multiHistogram({ beta, mean, energy, columns, samples, counts, sums }: EnergyBins): MultiHistogram {
  const all = { samples: total(samples), counts: total(counts), sums: total(sums) }
  const view = (data: typeof all, start?: Float64Array): View => {
    const histograms: Histograms = { beta, energy, samples: data.samples, counts: data.counts }
    const f = freeEnergies(histograms, start ?? firstGuess(beta, mean))
    return { f, counts: data.counts, sums: data.sums, logD: logDenominators(histograms, f) }
  }
  let whole: View | undefined
  const views: (View | undefined)[] = []
  const viewOf = (without?: number): View => {
    whole ??= view(all)
    if (without === undefined) return whole
    const known = views[without]
    if (known) return known
    const left = {
      samples: difference(all.samples, samples[without]),
      counts: difference(all.counts, counts[without]),
      sums: difference(all.sums, sums[without]),
    }
    const made = view(left, whole.f)
    views[without] = made
    return made
  }
  const weights = new Float64Array(energy.length)
  const result = new Float64Array(columns)
  return {
    means: (temperature, without) => {
      weigh(viewOf(without), energy, 1 / temperature, weights, result)
      return result
    },
    freeEnergies: (without) => viewOf(without).f,
  }
}

/** All data, or those without a block. */
interface View {
  readonly f: Float64Array
  readonly logD: Float64Array
  readonly counts: Float64Array
  readonly sums: Float64Array
}

function weigh({ counts, sums, logD }: View, energy: Float64Array, beta: number, weights: Float64Array, result: Float64Array): void {
  const bins = energy.length
  let largest = Number.NEGATIVE_INFINITY
  for (let bin = 0; bin < bins; bin++) {
    const exponent = (counts[bin] as number) > ROUNDING ? -beta * (energy[bin] as number) - (logD[bin] as number) : Number.NEGATIVE_INFINITY
    weights[bin] = exponent
    if (exponent > largest) largest = exponent
  }
  let norm = 0
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp((weights[bin] as number) - largest)
    weights[bin] = weight
    norm += weight * (counts[bin] as number)
  }
  for (let c = 0; c < result.length; c++) {
    let sum = 0
    for (let bin = 0; bin < bins; bin++) {
      const weight = weights[bin] as number
      if (weight > 0) sum += weight * (sums[c * bins + bin] as number)
    }
    result[c] = sum / norm
  }
}

/** df/dβ = <E>, by the trapezoidal rule. */
function firstGuess(beta: Float64Array, mean: Float64Array): Float64Array {
  const f = new Float64Array(beta.length)
  for (let k = 1; k < f.length; k++) {
    const step = (beta[k] as number) - (beta[k - 1] as number)
    f[k] = (f[k - 1] as number) + (step * ((mean[k - 1] as number) + (mean[k] as number))) / 2
  }
  return f
}

function total(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(arrays[0]?.length ?? 0)
  for (const values of arrays) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number)
  return sum
}

function difference(all: Float64Array, block: Float64Array | undefined): Float64Array {
  return all.map((value, i) => {
    const left = value - (block?.[i] ?? 0)
    return Math.abs(left) < ROUNDING * Math.abs(value) ? 0 : left
  })
}
