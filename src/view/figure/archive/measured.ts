/** Single measurements of a simulation that figures look into, by name, and the temperatures at which they do. */
import { samplesOf, traceOf } from '../../../archive/samples.ts'
import type { Samples } from '../../../statistics/samples.ts'
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { askedFor } from './names.ts'
import type { Selection } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Names of what was kept sample by sample, and absolute values of those that have them as quantities too. */
export function measuredNames({ quantities }: ArchivedSimulation, { observables }: Samples): readonly string[] {
  return [...observables, ...observables.map((name) => `abs_${name}`).filter((name) => quantities[name] && !observables.includes(name))]
}

/** Names of all that was kept of any simulation; none of archives without single measurements. */
export function sampleNames({ simulations }: Selection): readonly string[] {
  const names = simulations.flatMap((simulation) => {
    const samples = samplesOf(simulation) ?? traceOf(simulation)
    return samples ? measuredNames(simulation, samples) : []
  })
  return [...new Set(names)]
}

/** One observable of one copy at one temperature, (sample). @throws FileError where the file is damaged */
export function valuesOf(samples: Samples, name: string, t: number, copy: number): Float64Array {
  if (samples.observables.includes(name) || !name.startsWith('abs_')) return samples.of(name, t, copy)
  return samples.of(name.slice('abs_'.length), t, copy).map(Math.abs)
}

/**
 * The energy and the order parameters: the first observables that the model keeps sample by sample. Of those whose sign is
 * arbitrary the absolute value: its changes of sign would hide everything else.
 */
export function mainNames({ description }: ArchivedSimulation): readonly string[] {
  return description.observables
    .filter(({ series }) => series)
    .slice(0, 3)
    .map(({ name, odd }) => (odd ? `abs_${name}` : name))
}

/** Those of them of which there are samples. */
export function mainMeasured(simulation: ArchivedSimulation, samples: Samples): readonly string[] {
  const known = measuredNames(simulation, samples)
  return mainNames(simulation).filter((name) => known.includes(name))
}

/** What was asked for of the measurements, else what `otherwise` says. @throws UsageError for what was not kept */
export function measuredOrAsked(
  selection: Selection,
  simulation: ArchivedSimulation,
  samples: Samples,
  otherwise: readonly string[],
): readonly string[] {
  return selection.observables ? askedFor(selection.observables, measuredNames(simulation, samples)) : otherwise
}

/** Index and name of three temperatures: the lowest, the one at which the specific heat is largest, and the highest. */
export function fewTemperatures({ temperature, quantities }: ArchivedSimulation): readonly { readonly t: number; readonly name: string }[] {
  const heat = quantities.specific_heat?.mean ?? new Float64Array(0)
  let peak = Math.floor(temperature.length / 2)
  for (const [t, value] of heat.entries()) if (value > (heat[peak] ?? Number.NaN) || Number.isNaN(heat[peak] ?? Number.NaN)) peak = t
  return [...new Set([0, peak, temperature.length - 1])].map((t) => ({ t, name: `T = ${numeral(temperature[t] ?? Number.NaN)}` }))
}
