import { stretchesOf } from './blocks.ts'
import type { EnergyBins } from './energy-bins.ts'
import type { Measured, MeasuredTemperature } from './measured.ts'
import { multiHistogram } from './multi-histogram.ts'
import type { SampledSimulation, SampleHistogram } from './samples.ts'

/** Energies of a temperature that stand for all when neighbours are compared. */
const QUANTILES = 200

/** Histograms of one temperature. */
interface TemperatureBins extends MeasuredTemperature {
  readonly inefficiency: number
  /** Mean total energy. */
  readonly mean: number
  /** (bin) which bin of the absolute grid: equal ones of several temperatures are one. */
  readonly key: readonly string[]
  /** (bin) sum of the total energies. */
  readonly energies: Float64Array
  /** By block, (bin). */
  readonly counts: readonly Float64Array[]
  /** By block, (column, bin). */
  readonly sums: readonly Float64Array[]
}

/**
 * What the histograms of a simulation hold.
 *
 * @param tau largest integrated autocorrelation time that matters, in sweeps
 */
export function measuredInBins(simulation: SampledSimulation, histogram: SampleHistogram, tau: number): Measured {
  const blocks = blocksOfHistogram(histogram, tau / simulation.measureEvery)
  const known = new Set(histogram.columns)
  const scalars = simulation.description.observables.map(({ name }) => name).filter((name) => known.has(name))
  const columns = [...scalars, ...histogram.columns.filter((name) => !scalars.includes(name))]
  const sums = columns.map((column) => histogram.of(column))
  const { width, first } = histogram
  const temperatures = [...simulation.temperature].flatMap((temperature, t): TemperatureBins[] => {
    const time = simulation.quantities.energy?.tau?.[t] ?? Number.NaN
    const inefficiency = time > 0 ? Math.max(1, (2 * time) / simulation.measureEvery) : 1
    const grid = { width: width[t] as number, first: first[t] as number }
    const read = readTemperature(histogram, sums, t, grid, blocks, simulation.description.lattice.sites)
    return read ? [{ temperature, inefficiency, ...read }] : []
  })
  return {
    columns,
    blocks: blocks.count,
    temperatures,
    histogram: (from, to) => multiHistogram(joined(temperatures.slice(from, to), blocks.count, columns.length)),
  }
}

interface JoinedBlocks {
  readonly count: number
  /** Which block each one of the archive becomes part of, (block). */
  readonly of: Int32Array
}

/** Joins stretches of time that are too short to be independent. @param tau in samples */
function blocksOfHistogram({ group, stretch, length, counts, bins }: SampleHistogram, tau: number): JoinedBlocks {
  const most = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => Math.max(a, b), 0) + 1
  const [groups, all] = [most(group), most(stretch)]
  // The last stretch may have just begun.
  const samples = new Float64Array(all)
  for (let i = 0; i < counts.length; i++) {
    const s = stretch[Math.floor(i / bins) % group.length] as number
    samples[s] = (samples[s] as number) + (counts[i] as number)
  }
  const fullest = samples.reduce((a, b) => Math.max(a, b), 0)
  const total = (length * samples.reduce((a, b) => a + b, 0)) / fullest
  const kept = stretchesOf(all, total, tau)
  return {
    count: groups * kept,
    of: Int32Array.from(group, (g, block) => g * kept + Math.floor(((stretch[block] as number) * kept) / all)),
  }
}

/** The bins of one temperature that are not empty. */
function readTemperature(
  { counts, bins, group }: SampleHistogram,
  columns: readonly ArrayLike<number>[],
  t: number,
  grid: { readonly width: number; readonly first: number },
  blocks: JoinedBlocks,
  sites: number,
): Pick<TemperatureBins, 'key' | 'energies' | 'counts' | 'sums' | 'energy' | 'mean'> | undefined {
  const whole = new Float64Array(bins)
  const from = (block: number): number => (t * group.length + block) * bins
  for (let block = 0; block < group.length; block++) addTo(whole, 0, counts, from(block), bins)
  const kept = [...whole.keys()].filter((bin) => (whole[bin] as number) > 0)
  if (kept.length === 0) return undefined
  const zeros = (length: number): Float64Array[] => Array.from({ length: blocks.count }, () => new Float64Array(length))
  const [ownCounts, ownSums] = [zeros(kept.length), zeros(columns.length * kept.length)]
  for (let block = 0; block < group.length; block++) {
    const [count, sum] = [ownCounts[blocks.of[block] as number], ownSums[blocks.of[block] as number]]
    for (const [i, bin] of kept.entries()) {
      addTo(count, i, counts, from(block) + bin, 1)
      for (const [c, values] of columns.entries()) addTo(sum, c * kept.length + i, values, from(block) + bin, 1)
    }
  }
  // The energy is the first of all columns.
  const energies = Float64Array.from(kept, (_, i) => sites * ownSums.reduce((sum, values) => sum + (values[i] as number), 0))
  const numbers = Float64Array.from(kept, (bin) => whole[bin] as number)
  const all = numbers.reduce((a, b) => a + b, 0)
  return {
    key: kept.map((bin) => `${grid.width} ${grid.first + bin}`),
    energies,
    counts: ownCounts,
    sums: ownSums,
    mean: energies.reduce((a, b) => a + b, 0) / all,
    energy: quantilesOf(
      energies.map((sum, i) => sum / (numbers[i] as number)),
      numbers,
      all,
    ),
  }
}

/** All temperatures of a group in common bins. */
function joined(temperatures: readonly TemperatureBins[], blocks: number, columns: number): EnergyBins {
  const places = new Map<string, number>()
  for (const { key } of temperatures) for (const name of key) if (!places.has(name)) places.set(name, places.size)
  const bins = places.size
  const zeros = (length: number): Float64Array[] => Array.from({ length: blocks }, () => new Float64Array(length))
  const [samples, counts, sums] = [zeros(temperatures.length), zeros(bins), zeros(columns * bins)]
  const [energies, all] = [new Float64Array(bins), new Float64Array(bins)]
  for (const [k, { key, inefficiency, ...own }] of temperatures.entries()) {
    const weight = 1 / inefficiency
    for (const [i, name] of key.entries()) {
      const bin = places.get(name) as number
      energies[bin] = (energies[bin] as number) + weight * (own.energies[i] as number)
      for (let block = 0; block < blocks; block++) {
        const count = own.counts[block]?.[i] as number
        all[bin] = (all[bin] as number) + weight * count
        addWeighted(samples[block], k, weight, count)
        addWeighted(counts[block], bin, weight, count)
        for (let c = 0; c < columns; c++) addWeighted(sums[block], c * bins + bin, weight, own.sums[block]?.[c * key.length + i] as number)
      }
    }
  }
  return {
    beta: Float64Array.from(temperatures, ({ temperature }) => 1 / temperature),
    mean: Float64Array.from(temperatures, ({ mean }) => mean),
    energy: energies.map((sum, bin) => sum / (all[bin] as number)),
    columns,
    samples,
    counts,
    sums,
  }
}

/** Energies that divide all samples in equal parts; `energy` ascending. */
function quantilesOf(energy: Float64Array, counts: Float64Array, all: number): Float64Array {
  let [bin, below] = [0, 0]
  return Float64Array.from({ length: QUANTILES }, (_, q) => {
    while (below + (counts[bin] as number) < ((q + 0.5) / QUANTILES) * all && bin < counts.length - 1) below += counts[bin++] as number
    return energy[bin] as number
  })
}

function addTo(to: Float64Array | undefined, at: number, values: ArrayLike<number>, from: number, count: number): void {
  for (let i = 0; i < count; i++) addWeighted(to, at + i, 1, values[from + i] as number)
}

function addWeighted(to: Float64Array | undefined, at: number, weight: number, value: number): void {
  if (to) to[at] = (to[at] as number) + weight * value
}
