import type { ArchivedSimulation } from '../archive/read.ts'
import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import type { Model } from '../model/model.ts'

/** How the temperatures of archives are divided into two classes. */
export interface Rule {
  /** `temperature`, or the observable. */
  readonly label: string
  readonly boundary: number
  /** Names of class 0 and 1. */
  readonly classes: readonly [string, string]
  /** @returns undefined where the archive cannot tell */
  readonly classify: (simulation: ArchivedSimulation, temperature: number) => 0 | 1 | undefined
}

/**
 * By temperature, class 1 is below the boundary (the boundary itself is class 0); by an observable, class 1 is where its mean
 * at that temperature is the boundary or more.
 *
 * @param sources simulations of the model, of one size and parameter set
 * @throws UsageError for an unknown observable, or a boundary that must be given or is no number
 */
export function labelling(
  sources: readonly { readonly simulation: ArchivedSimulation }[],
  { name: model, physics: { phases } }: Pick<Model, 'name' | 'physics'>,
  label: string,
  boundary: number | undefined,
): Rule {
  if (boundary !== undefined && !Number.isFinite(boundary))
    throw new UsageError(`--boundary: ${boundary} is not possible; allowed: numbers`)
  if (label === 'temperature') {
    const critical = boundary ?? phases?.criticalTemperature(sources[0]?.simulation.parameters ?? {})
    if (critical === undefined) {
      throw new UsageError(
        `--boundary: missing; the critical temperature of ${phases ? 'these parameters' : `the model ${model}`} is not known; give the temperature below which the phase is ordered, or label by an observable with --label`,
      )
    }
    if (critical <= 0) throw new UsageError(`--boundary: ${critical} is no temperature; allowed: above 0`)
    return {
      label,
      boundary: critical,
      classes: phases?.names ?? ['disordered', 'ordered'],
      classify: ({ temperature }, t) => ((temperature[t] as number) < critical ? 1 : 0),
    }
  }
  const observables = Object.entries(sources[0]?.simulation.quantities ?? {})
    .filter(([name, { shape }]) => shape.length === 0 && sources.every(({ simulation }) => simulation.quantities[name]))
    .map(([name]) => name)
  if (!observables.includes(label)) {
    throw new UsageError(
      `--label: ${shown(label)} is not possible${didYouMean(label, ['temperature', ...observables])}; allowed: temperature, ${observables.join(', ')}`,
    )
  }
  if (boundary === undefined) {
    throw new UsageError(`--boundary: missing; give the value of ${label} from which on a configuration is of class 1`)
  }
  return {
    label,
    boundary,
    classes: [`${label} < ${boundary}`, `${label} >= ${boundary}`],
    classify: ({ quantities }, t) => {
      const mean = quantities[label]?.mean[t] ?? Number.NaN
      return Number.isNaN(mean) ? undefined : mean >= boundary ? 1 : 0
    },
  }
}
