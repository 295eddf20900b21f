import { UsageError } from '../errors.ts'
import { type Description, evaluatorOf, type FormulaPlace } from '../model/description.ts'
import type { ExactValues } from '../model/exact.ts'
import type { Derived } from '../model/model.ts'
import type { ColumnName, ParametersOf } from '../model/types.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { type Estimate, estimateOf } from './estimate.ts'
import type { Measured, MeasuredTemperature } from './measured.ts'
import type { MultiHistogram } from './multi-histogram.ts'
import { overlapOf } from './overlap.ts'
import type { SampledSimulation } from './samples.ts'

/** A simulation at any temperature between those that were simulated; everything else of H stays as it was. */
export interface Reweighting<M extends string = string> {
  readonly name: string
  /** @internal */
  readonly description: Description
  /** @internal */
  readonly exact?: ExactValues | undefined
  readonly size: number
  readonly parameters: ParametersOf<M>
  /** Where there are samples, ascending. */
  readonly temperature: readonly number[]
  /** Neighbours whose energies do not overlap: there is nothing to be known between them. */
  readonly gaps: readonly (readonly [number, number])[]
  /** Observables and derived quantities that can be computed from the samples, in the order of the model. */
  readonly quantities: readonly ColumnName<M>[]
  /** Those of the model that cannot, because nothing was kept for it. */
  readonly missing: readonly string[]
  /** Blocks of the jackknife. */
  readonly blocks: number
  /** A quantity of all data, or of those without one block. @throws UsageError as `refuse`, and for an unknown quantity */
  value(quantity: ColumnName<M>, temperature: number, without?: number): number
  /** @throws UsageError for a temperature outside of those simulated or in a gap, with what is allowed */
  refuse(temperature: number, where?: string): void
}

/** A quantity against temperature. */
export interface ReweightedCurve {
  readonly temperature: readonly number[]
  readonly mean: readonly number[]
  /** Standard errors; NaN where a run is too short for any. */
  readonly error: readonly number[]
}

/** Neighbours that would exchange less often than this are taken not to overlap. */
const LEAST_OVERLAP = 0.01

/** Prepares a simulation for reweighting, of what was measured of it. */
export function reweightingFrom({ name, size, parameters, description, exact }: SampledSimulation, measured: Measured): Reweighting {
  const { blocks, columns: names } = measured
  const parts = overlapping(measured.temperatures).map(([from, to]) => ({
    low: measured.temperatures[from]?.temperature as number,
    high: measured.temperatures[to - 1]?.temperature as number,
    histogram: measured.histogram(from, to),
  }))
  const gaps = parts.slice(1).map(({ low }, i): readonly [number, number] => [parts[i]?.high as number, low])
  const temperature = measured.temperatures.map((at) => at.temperature)
  const derived = description.derived.filter(({ inputs }) => Object.values(inputs).every((input) => names.includes(input)))
  const quantities = [...names, ...derived.map((quantity) => quantity.name)]
  const all = [...description.observables, ...description.derived].map((quantity) => quantity.name)
  const refuse = (T: number, where?: string): void => refuseTemperature(name, temperature, gaps, T, where)
  const evaluate = evaluator(names, derived, { size, sites: description.lattice.sites, parameters })
  const meansAt = remembered((T, without) => {
    const part = parts.find(({ low, high }) => T >= low && T <= high) as { readonly histogram: MultiHistogram }
    return part.histogram.means(T, without).slice()
  })
  return {
    name,
    description,
    exact,
    size,
    parameters,
    temperature,
    gaps,
    quantities,
    missing: all.filter((quantity) => !quantities.includes(quantity)),
    blocks,
    refuse,
    value: (quantity, T, without) => {
      checkQuantity(quantity, quantities, all, name)
      refuse(T)
      return evaluate(quantity, meansAt(T, without), T)
    },
  }
}

/** Means that are kept: those of a few hundred temperatures without each block. */
const REMEMBERED = 20_000

/** All quantities of one temperature come from the same means, which take long. */
function remembered(means: (temperature: number, without?: number) => Float64Array): typeof means {
  const known = new Map<number | undefined, Map<number, Float64Array>>()
  let count = 0
  return (temperature, without) => {
    const found = known.get(without)?.get(temperature)
    if (found) return found
    if (count++ === REMEMBERED) {
      known.clear()
      count = 1
    }
    const made = means(temperature, without)
    const own = known.get(without) ?? new Map<number, Float64Array>()
    known.set(without, own.set(temperature, made))
    return made
  }
}

/**
 * A quantity at any temperatures, with jackknife errors.
 *
 * @throws UsageError for temperatures outside of those simulated or in a gap, and for a quantity that cannot be computed
 */
export function reweightedCurve<M extends string>(
  reweighting: Reweighting<M>,
  quantity: ColumnName<M>,
  temperatures: readonly number[],
): ReweightedCurve {
  const estimates = temperatures.map((T) => reweightedAt(reweighting, quantity, T))
  return { temperature: temperatures, mean: estimates.map(({ mean }) => mean), error: estimates.map(({ error }) => error) }
}

/** A quantity at one temperature. @throws UsageError as `reweightedCurve` */
export function reweightedAt<M extends string>(reweighting: Reweighting<M>, quantity: ColumnName<M>, temperature: number): Estimate {
  return estimateOf(reweighting, reweighting.blocks, (without) => reweighting.value(quantity, temperature, without))
}

/** @throws UsageError for a quantity that is unknown, or of which nothing was kept */
export function checkQuantity(quantity: string, possible: readonly string[], all: readonly string[], name: string, where = ''): void {
  if (possible.includes(quantity)) return
  if (all.includes(quantity)) {
    throw new UsageError(`${where}${quantity} of ${name} is known at the simulated temperatures alone; possible: ${possible.join(', ')}`)
  }
  throw new UsageError(
    `${where}${shown(quantity)} is no quantity of ${name}${didYouMean(quantity, possible)}; possible: ${possible.join(', ')}`,
  )
}

function evaluator(
  names: readonly string[],
  derived: readonly Derived[],
  at: FormulaPlace,
): (quantity: string, means: Float64Array, temperature: number) => number {
  const readers = new Map<string, (means: Float64Array, temperature: number) => number>()
  for (const [c, name] of names.entries()) readers.set(name, (means) => means[c] as number)
  for (const { name, inputs, formula } of derived) {
    const places = Object.values(inputs).map((input) => names.indexOf(input))
    const evaluate = evaluatorOf({ inputs, formula }, at)
    readers.set(name, (means, temperature) =>
      evaluate(
        places.map((c) => means[c] as number),
        temperature,
      ),
    )
  }
  return (quantity, means, temperature) => readers.get(quantity)?.(means, temperature) ?? Number.NaN
}

/** Cuts the temperatures where neighbours do not overlap: from, and behind the last of each part. */
function overlapping(temperatures: readonly MeasuredTemperature[]): [number, number][] {
  const groups: [number, number][] = []
  for (const [k, here] of temperatures.entries()) {
    const [before, group] = [temperatures[k - 1], groups.at(-1)]
    if (before && group && overlapOf(before, here) >= LEAST_OVERLAP) group[1] = k + 1
    else groups.push([k, k + 1])
  }
  return groups
}

function refuseTemperature(
  name: string,
  temperature: readonly number[],
  gaps: readonly (readonly [number, number])[],
  T: number,
  where = 'temperature',
): void {
  const [low, high] = [temperature[0] as number, temperature.at(-1) as number]
  if (!(T >= low && T <= high)) {
    throw new UsageError(
      low === high
        ? `${where}: ${T} is not among the temperatures of ${name}, which has one alone; allowed: ${low}, or run several`
        : `${where}: ${T} is outside of what ${name} simulated; allowed: ${low} to ${high}`,
    )
  }
  const gap = gaps.find(([from, to]) => T > from && T < to)
  if (gap) {
    throw new UsageError(
      `${where}: ${T} lies between T = ${gap[0]} and ${gap[1]} of ${name}, whose energies do not overlap; run temperatures between them`,
    )
  }
}
