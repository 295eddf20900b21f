import { sampleOf } from '../model/columns.ts'
import { blocksOf } from './blocks.ts'
import { binSamples, type TemperatureSamples } from './energy-bins.ts'
import type { Measured } from './measured.ts'
import { multiHistogram } from './multi-histogram.ts'
import { placesOf, presentIn } from './present.ts'
import type { SampledSimulation, Samples } from './samples.ts'

/** An observable, and what its samples are read and computed from. */
type Source = { readonly name: string } & NonNullable<ReturnType<typeof sampleOf>>

/**
 * What single samples of a simulation hold, if there are no histograms of all of them.
 *
 * @param tau largest integrated autocorrelation time that matters, in sweeps
 */
export function measuredInSamples(simulation: SampledSimulation, samples: Samples, tau: number): Measured {
  const { observables, lattice } = simulation.description
  const columns = observables.flatMap(({ name }): Source[] => {
    const found = sampleOf(observables, name, (other) => samples.observables.includes(other))
    return found ? [{ name, ...found }] : []
  })
  const spacing = samples.sweep.length > 1 ? (samples.sweep[1] as number) - (samples.sweep[0] as number) : simulation.measureEvery
  const present = presentIn(samples, simulation.temperature.length)
  if (present.copies.size === 0) return { columns: [], blocks: 0, temperatures: [], histogram: () => multiHistogram(binSamples([], 0)) }
  const blocks = blocksOf(present.copies.size, samples.sweep.length - present.first, tau / spacing)
  const blockOf = placesOf(samples, present, blocks)
  const temperatures = [...simulation.temperature].flatMap((temperature, t): TemperatureSamples[] => {
    const time = simulation.quantities.energy?.tau?.[t] ?? Number.NaN
    const inefficiency = time > 0 ? Math.max(1, (2 * time) / spacing) : 1
    const read = readTemperature(samples, columns, t, blockOf, lattice.sites)
    return read.energy.length > 0 ? [{ temperature, inefficiency, ...read }] : []
  })
  return {
    columns: columns.map(({ name }) => name),
    blocks: blocks.count,
    temperatures,
    histogram: (from, to) => multiHistogram(binSamples(temperatures.slice(from, to), blocks.count)),
  }
}

/** All samples of one temperature that are numbers. */
function readTemperature(
  samples: Samples,
  columns: readonly Source[],
  t: number,
  blockOf: Int32Array,
  sites: number,
): Pick<TemperatureSamples, 'energy' | 'block' | 'columns'> {
  const sources = new Map<string, Float64Array>()
  const whole = (observable: string): Float64Array => {
    const known = sources.get(observable)
    if (known) return known
    const length = samples.sweep.length
    const values = new Float64Array(samples.copies * length)
    for (let copy = 0; copy < samples.copies; copy++) values.set(samples.of(observable, t, copy), copy * length)
    sources.set(observable, values)
    return values
  }
  const perSite = whole('energy')
  // Plain loops: there may be millions of samples.
  const all = new Int32Array(perSite.length)
  let count = 0
  for (let i = 0; i < perSite.length; i++) if (Number.isFinite(perSite[i])) all[count++] = i
  const kept = all.subarray(0, count)
  const pick = (values: Float64Array): Float64Array => {
    if (count === values.length) return values
    const numbers = new Float64Array(count)
    for (let i = 0; i < count; i++) numbers[i] = values[kept[i] as number] as number
    return numbers
  }
  const picked = new Map<string, Float64Array>()
  const energy = new Float64Array(count)
  const block = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const at = kept[i] as number
    energy[i] = (perSite[at] as number) * sites
    block[i] = blockOf[at] as number
  }
  return {
    energy,
    block,
    columns: columns.map(({ source, evaluate }) => {
      const values = picked.get(source) ?? pick(whole(source))
      picked.set(source, values)
      return { values, ...(evaluate ? { evaluate } : {}) }
    }),
  }
}
