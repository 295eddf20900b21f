import type { Description } from './description.ts'
import type { Observable, Power } from './model.ts'

/** One number of a sample: an observable, or one element of an observable that is an array. */
export interface Column {
  /** `energy`, or `cdw_structure_factor[0,1]` */
  readonly name: string
  /** Index into Description.observables. */
  readonly observable: number
}

/** Everything that is measured at once, in the order in which it lies in memory. */
export function columnsOf({ observables }: Pick<Description, 'observables'>): Column[] {
  return observables.flatMap(({ name, axes }, observable) => {
    if (!axes) return [{ name, observable }]
    return indicesOf(axes).map((index) => ({ name: `${name}[${index.join(',')}]`, observable }))
  })
}

/** Observables that are kept sample by sample, in order. */
export function sampledNames({ observables }: Pick<Description, 'observables'>): string[] {
  return observables.filter(({ series }) => series).map(({ name }) => name)
}

/** A column that is summed in bins of the energy. */
export interface BinnedColumn {
  readonly name: string
  /** Index into columnsOf. */
  readonly index: number
  /** How it follows, in every bit, from another one that is before it among the binned columns; undefined if it does not. */
  readonly from?: { readonly column: number; readonly by: Power }
}

/**
 * The columns that are summed in bins of the energy, by which they are known between the simulated temperatures: the energy first,
 * all other numbers, and those elements of arrays that a derived quantity is computed from or whose peak tells of the transition.
 */
export function binnedColumns(description: Description): BinnedColumn[] {
  const { observables, derived, criticality } = description
  const elements = new Set([...derived.flatMap(({ inputs }) => Object.values(inputs)), ...criticality.peaks])
  const all = columnsOf(description).map(({ name, observable }, index) => ({ name, index, observable }))
  const kept = all.filter(({ name, observable }) => !observables[observable]?.axes || elements.has(name))
  const ordered = [...kept.filter(({ name }) => name === 'energy'), ...kept.filter(({ name }) => name !== 'energy')]
  return ordered.map(({ name, index, observable }, at) => {
    const of = observables[observable]?.of
    const column = of ? ordered.findIndex((other) => other.name === of.observable) : -1
    return of && column >= 0 && column < at ? { name, index, from: { column, by: of.by } } : { name, index }
  })
}

const POWERS: Readonly<Record<Power, (value: number) => number>> = { square: (x) => x * x, absolute: Math.abs }

/**
 * How a sample of an observable is had from samples that are there.
 *
 * @param has says of which observables samples are there
 * @returns the observable to read, and what to do with each value if it is another one; undefined if there is no way
 */
export function sampleOf(
  observables: readonly Pick<Observable, 'name' | 'of'>[],
  name: string,
  has: (name: string) => boolean,
): { readonly source: string; readonly evaluate?: (value: number) => number } | undefined {
  if (has(name)) return { source: name }
  const of = observables.find((observable) => observable.name === name)?.of
  const found = of && sampleOf(observables, of.observable, has)
  if (!found) return undefined
  const power = POWERS[of.by]
  const { source, evaluate } = found
  return { source, evaluate: evaluate ? (value) => power(evaluate(value)) : power }
}

function indicesOf(axes: readonly { readonly values: ArrayLike<number> }[]): number[][] {
  return axes.reduce<number[][]>((all, { values }) => all.flatMap((index) => Array.from(values, (_, i) => [...index, i])), [[]])
}
