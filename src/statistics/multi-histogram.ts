import { freeEnergies, type Histograms, logDenominators } from './free-energy.ts'

/** Samples of one temperature. */
export interface TemperatureSamples {
  readonly temperature: number
  /** Samples that count as one independent sample, 2 tau; 1 where they are independent. */
  readonly inefficiency: number
  /** (sample) total energy, not per site. */
  readonly energy: Float64Array
  /** (sample) the block that each belongs to, from 0. */
  readonly block: Int32Array
  /** What is averaged, each of (sample). */
  readonly columns: readonly SampleColumn[]
}

/** Values, or a function of them. */
export interface SampleColumn {
  readonly values: Float64Array
  readonly evaluate?: (value: number) => number
}

/** All samples together, at any temperature between the lowest and the highest. */
export interface MultiHistogram {
  /** Means of all columns at a temperature, of all data or without one block. The array is used again by the next call. */
  means(temperature: number, without?: number): Float64Array
  /** Free energies f_k = -ln Z(β_k) + ln Z(β_0), (temperature). */
  freeEnergies(without?: number): Float64Array
}

/** Bins within a standard deviation of the energy: weights then change by 2 % at most within a bin, and means by far less than errors. */
const FINE = 50
/** Counts below this are what rounding leaves of 0. */
const ROUNDING = 1e-9

/**
 * Reweights the samples of several temperatures to any temperature between them (Ferrenberg, Swendsen, Phys. Rev. Lett. 63,
 * 1195 (1989)): <O>(β) = Σ O w / Σ w over all samples, w = e^(-βE) / Σ_k N_k e^(f_k - β_k E).
 *
 * Weights depend on the energy alone, so samples are summed in fine bins of the energy once, and everything after that takes
 * as long for a million of them as for a thousand. A sample counts as 1 / inefficiency: where relaxation is slow a
 * histogram has less to say. That is a matter of the best weights only, errors come from leaving out blocks.
 *
 * @param temperatures ascending, with energies that overlap between neighbours
 */
export function multiHistogram(temperatures: readonly TemperatureSamples[], blocks: number): MultiHistogram {
  const edges = edgesOf(temperatures)
  const [bins, columns] = [edges.length, temperatures[0]?.columns.length ?? 0]
  const [samples, counts, energies] = [zeros(blocks, temperatures.length), zeros(blocks, bins), new Float64Array(bins)]
  const sums = zeros(blocks, bins * columns)
  for (const [k, { energy, block, inefficiency, columns: values }] of temperatures.entries()) {
    const weight = 1 / inefficiency
    for (let i = 0; i < energy.length; i++) {
      const b = block[i] as number
      const bin = binOf(edges, energy[i] as number)
      add(samples[b], k, weight)
      add(counts[b], bin, weight)
      add(energies, bin, weight * (energy[i] as number))
      for (let c = 0; c < columns; c++) {
        const { values: ofColumn, evaluate } = values[c] as SampleColumn
        const value = ofColumn[i] as number
        add(sums[b], c * bins + bin, weight * (evaluate ? evaluate(value) : value))
      }
    }
  }
  const all = { samples: total(samples), counts: total(counts), sums: total(sums) }
  const beta = Float64Array.from(temperatures, ({ temperature }) => 1 / temperature)
  const energy = energies.map((sum, bin) => sum / (all.counts[bin] as number))
  const view = (data: typeof all, start?: Float64Array): View => {
    const histograms: Histograms = { beta, energy, samples: data.samples, counts: data.counts }
    const f = freeEnergies(histograms, start ?? firstGuess(temperatures))
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
  const weights = new Float64Array(bins)
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

/**
 * Lower edges of bins that are narrow against the spread of the energy there, of which all are occupied. Levels further
 * apart than that have a bin each.
 */
function edgesOf(temperatures: readonly TemperatureSamples[]): Float64Array {
  const spreads = temperatures
    .map(({ energy }) => spreadOf(energy))
    .filter(({ mean, sigma }) => sigma > ROUNDING * Math.abs(mean))
    .sort((a, b) => a.mean - b.mean)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { energy } of temperatures) {
    for (const E of energy) {
      if (E < least) least = E
      if (E > most) most = E
    }
  }
  const edges = [least]
  let k = 0
  for (let E = least; spreads.length > 0 && E <= most; ) {
    while (k < spreads.length - 1 && (spreads[k + 1]?.mean as number) <= E) k++
    // Between two temperatures the narrower of both.
    E += Math.min(spreads[k]?.sigma as number, spreads[k + 1]?.sigma ?? Number.POSITIVE_INFINITY) / FINE
    edges.push(E)
  }
  const occupied = new Uint8Array(edges.length)
  const all = Float64Array.from(edges)
  for (const { energy } of temperatures) for (const E of energy) occupied[binOf(all, E)] = 1
  return all.filter((_, bin) => occupied[bin] === 1)
}

/** The last edge that is not above E. */
function binOf(edges: Float64Array, E: number): number {
  let [low, high] = [0, edges.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((edges[middle] as number) <= E) low = middle
    else high = middle
  }
  return low
}

/** df/dβ = <E>, by the trapezoidal rule. */
function firstGuess(temperatures: readonly TemperatureSamples[]): Float64Array {
  const f = new Float64Array(temperatures.length)
  const means = temperatures.map(({ energy }) => spreadOf(energy).mean)
  for (let k = 1; k < f.length; k++) {
    const [before, here] = [temperatures[k - 1], temperatures[k]]
    const step = 1 / (here?.temperature as number) - 1 / (before?.temperature as number)
    f[k] = (f[k - 1] as number) + (step * ((means[k - 1] as number) + (means[k] as number))) / 2
  }
  return f
}

function spreadOf(energy: Float64Array): { readonly mean: number; readonly sigma: number } {
  let sum = 0
  for (const E of energy) sum += E
  const mean = sum / energy.length
  let squares = 0
  for (const E of energy) squares += (E - mean) ** 2
  return { mean, sigma: Math.sqrt(squares / energy.length) }
}

function zeros(count: number, length: number): Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(length))
}

function add(to: Float64Array | undefined, at: number, value: number): void {
  if (to) to[at] = (to[at] as number) + value
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
