import type { ArchivedSimulation } from '../archive/read.ts'
import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { TC_ISING } from '../model/ising/exact.ts'
import type { Parameters } from '../model/model.ts'

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

/** What the phases above and below the critical temperature are called. */
const PHASES: Readonly<Record<string, readonly [string, string]>> = { o6: ['normal', 'superconducting'] }

/** Kosterlitz-Thouless temperature of o6 with ρ = 1, λ = 1, a²g = 0.3, g′ = w = 0: where π Υ / 2T is 1 on large lattices. */
const TC_O6 = 0.345

/**
 * By temperature, class 1 is below the boundary (the boundary itself is class 0); by an observable, class 1 is where its mean
 * at that temperature is the boundary or more.
 *
 * @param sources simulations of one model, size and parameter set
 * @throws UsageError for an unknown observable, or a boundary that must be given or is no number
 */
export function labelling(
  sources: readonly { readonly simulation: ArchivedSimulation }[],
  label: string,
  boundary: number | undefined,
): Rule {
  if (boundary !== undefined && !Number.isFinite(boundary))
    throw new UsageError(`--boundary: ${boundary} is not possible; allowed: numbers`)
  const { model = '', parameters = {} } = sources[0]?.simulation ?? {}
  if (label === 'temperature') {
    const critical = boundary ?? criticalTemperature(model, parameters)
    if (critical === undefined) {
      throw new UsageError(
        '--boundary: missing; the critical temperature of these parameters is not known; give the temperature below which the phase is ordered, or label by an observable with --label',
      )
    }
    if (critical <= 0) throw new UsageError(`--boundary: ${critical} is no temperature; allowed: above 0`)
    return {
      label,
      boundary: critical,
      classes: PHASES[model] ?? ['disordered', 'ordered'],
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

/** Where the ordered phase ends on an infinite lattice; undefined where that is not known. */
function criticalTemperature(model: string, parameters: Parameters): number | undefined {
  if (model === 'ising') {
    const { J = 1, h = 0 } = parameters
    return h === 0 && J > 0 ? TC_ISING * J : undefined
  }
  if (model === 'o6') {
    const { rho, a, lambda, g, gPrime, w } = parameters
    return rho === 1 && a === 1 && lambda === 1 && g === 0.3 && gPrime === 0 && w === 0 ? TC_O6 : undefined
  }
  return undefined
}
