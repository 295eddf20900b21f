/**
 * Single measurements of a simulation, one after another in time: the whole series where `series` was asked for, else the
 * trace that every run keeps, which is thinned to a bounded number of records. What needs the joint distribution of
 * observables (histograms, reweighting, autocorrelation functions) reads them here. Means and errors do not: they come from
 * bins of all samples.
 */
import type { Samples } from '../statistics/samples.ts'
import type { ArchivedSimulation } from './read.ts'

/** Samples after the thermalization; undefined where the archive has neither a series nor a trace, or nothing was measured yet. */
export function samplesOf(simulation: ArchivedSimulation): Samples | undefined {
  const { thermalization, measureEvery } = simulation
  if (simulation.has('series/energy')) {
    const energy = simulation.read('series/energy')
    const count = energy.shape[2] ?? 0
    const sweep = new Float64Array(count)
    for (let k = 0; k < count; k++) sweep[k] = thermalization + (k + 1) * measureEvery
    return count > 0 ? samples(simulation, 'series', sweep, 0, new Map([['energy', energy.values]])) : undefined
  }
  const whole = traceOf(simulation)
  if (!whole) return undefined
  const first = whole.sweep.findIndex((sweep) => sweep > thermalization)
  return first < 0 ? undefined : samples(simulation, 'trace', whole.sweep.subarray(first), first)
}

/** What was measured from the first sweep on, thermalization included; undefined where the archive has none. */
export function traceOf(simulation: ArchivedSimulation): Samples | undefined {
  if (!simulation.has('trace/energy')) return undefined
  const sweep = Float64Array.from(simulation.read('trace/sweep').values)
  return sweep.length > 0 ? samples(simulation, 'trace', sweep, 0) : undefined
}

/** @param read what was read already, by observable */
function samples(
  simulation: ArchivedSimulation,
  kind: Samples['kind'],
  sweep: Float64Array,
  first: number,
  read = new Map<string, ArrayLike<number>>(),
): Samples {
  const { copies } = simulation
  const length = first + sweep.length
  return {
    kind,
    observables: simulation.members(kind).filter((name) => name !== 'sweep'),
    sweep,
    copies,
    of: (observable, temperature, copy) => {
      const values = read.get(observable) ?? simulation.read(`${kind}/${observable}`).values
      read.set(observable, values)
      const from = (temperature * copies + copy) * length + first
      const own = new Float64Array(sweep.length)
      for (let k = 0; k < own.length; k++) own[k] = values[from + k] as number
      return own
    },
  }
}
