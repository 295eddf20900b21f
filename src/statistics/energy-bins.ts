/** Samples of several temperatures, summed in bins of the energy: all that reweighting needs of them. */
export interface EnergyBins {
  /** (temperature) 1/T, T ascending. */
  readonly beta: Float64Array
  /** (temperature) mean total energy, only for a first guess. */
  readonly mean: Float64Array
  /** (bin) mean total energy of the samples in a bin. */
  readonly energy: Float64Array
  /** How many columns are averaged. */
  readonly columns: number
  /** By block, (temperature): independent samples. */
  readonly samples: readonly Float64Array[]
  /** By block, (bin): independent samples of all temperatures together. */
  readonly counts: readonly Float64Array[]
  /** By block, (column, bin): sums over these. */
  readonly sums: readonly Float64Array[]
}

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

/** Bins within a standard deviation of the energy: weights then change by 2 % at most within a bin, and means by far less than errors. */
const FINE = 50
/** A spread below this share of the mean is what rounding makes. */
const ROUNDING = 1e-9

/** Sums single samples in fine bins. @param temperatures ascending */
export function binSamples(temperatures: readonly TemperatureSamples[], blocks: number): EnergyBins {
  const edges = edgesOf(temperatures)
  const [bins, columns] = [edges.length, temperatures[0]?.columns.length ?? 0]
  const [samples, counts, energies] = [zeros(blocks, temperatures.length), zeros(blocks, bins), new Float64Array(bins)]
  const sums = zeros(blocks, bins * columns)
  const all = new Float64Array(bins)
  for (const [k, { energy, block, inefficiency, columns: values }] of temperatures.entries()) {
    const weight = 1 / inefficiency
    for (let i = 0; i < energy.length; i++) {
      const b = block[i] as number
      const bin = binOf(edges, energy[i] as number)
      add(samples[b], k, weight)
      add(counts[b], bin, weight)
      add(all, bin, weight)
      add(energies, bin, weight * (energy[i] as number))
      for (let c = 0; c < columns; c++) {
        const { values: ofColumn, evaluate } = values[c] as SampleColumn
        const value = ofColumn[i] as number
        add(sums[b], c * bins + bin, weight * (evaluate ? evaluate(value) : value))
      }
    }
  }
  return {
    beta: Float64Array.from(temperatures, ({ temperature }) => 1 / temperature),
    mean: Float64Array.from(temperatures, ({ energy }) => spreadOf(energy).mean),
    energy: energies.map((sum, bin) => sum / (all[bin] as number)),
    columns,
    samples,
    counts,
    sums,
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
