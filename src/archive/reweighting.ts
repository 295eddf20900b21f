// Reweighting of what an archive has of a simulation.
import { FileError } from '../errors.ts'
import { measuredInBins } from '../statistics/histogram-bins.ts'
import type { Measured } from '../statistics/measured.ts'
import { type Reweighting, reweightingFrom } from '../statistics/reweighting.ts'
import { measuredInSamples } from '../statistics/sample-bins.ts'
import { histogramOf } from './histogram.ts'
import type { ArchivedSimulation } from './read.ts'
import { samplesOf } from './samples.ts'

/**
 * Reads what an archive has of all samples of a simulation and prepares it for reweighting; the archive may be closed afterwards.
 *
 * Costs a second, and more for tens of millions of samples of an archive that was made before there were histograms; each
 * quantity at each temperature some milliseconds then.
 *
 * @throws NoSamples where there are none; the message names the simulation and says what to do. FileError where the file is damaged
 */
export function reweightingOf<M extends string>(simulation: ArchivedSimulation<M>): Reweighting<M> {
  // Names are plain text from here on.
  return read(simulation as ArchivedSimulation<string>) as Reweighting<string> as Reweighting<M>
}

function read(simulation: ArchivedSimulation): Reweighting {
  return reweightingFrom(simulation, measuredOf(simulation))
}

/** Every sample where the archive has histograms; else single samples, of which there may be fewer. */
function measuredOf(simulation: ArchivedSimulation): Measured {
  const tau = slowest(simulation)
  const histogram = histogramOf(simulation)
  const samples = histogram ? undefined : samplesOf(simulation)
  const measured = histogram ? measuredInBins(simulation, histogram, tau) : samples && measuredInSamples(simulation, samples, tau)
  if (!measured) throw new NoSamples(`${simulation.name}: ${whyNoSamples(simulation)}`)
  if (measured.temperatures.length === 0) {
    throw new NoSamples(`${simulation.name}: its samples hold no numbers, so there is nothing to compute from`)
  }
  return measured
}

/** Largest integrated autocorrelation time in sweeps of what does not vanish by symmetry: that may never change its sign. */
function slowest({ quantities, description }: ArchivedSimulation): number {
  const times = description.observables
    .filter(({ odd, axes }) => !odd && !axes)
    .flatMap(({ name }) => [...(quantities[name]?.tau ?? [])])
    .filter((tau) => tau > 0)
  return Math.max(0.5, ...times)
}

/** There is nothing to reweight, in a file that is as it was written: curves and fits are left out, other figures are not. */
export class NoSamples extends FileError {}

function whyNoSamples({ samples, sweepsDone, thermalization, has }: ArchivedSimulation): string {
  if (samples.every((count) => !(count > 0))) {
    return `nothing was measured yet (${sweepsDone} of ${thermalization} sweeps of the thermalization are done); spinpool resume it first`
  }
  if (has('trace/energy')) {
    return `some of its replicas have no samples yet (${sweepsDone} sweeps are done by all, ${thermalization} are thermalization); spinpool resume it first`
  }
  return 'keeps no single samples, which reweighting needs: an older version made it; run the job again'
}
