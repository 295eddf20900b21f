import type { Axis, Model } from './model.ts'

/** One number of a sample: an observable, or one element of an observable that is an array. */
export interface Column {
  /** `energy`, or `cdw_structure_factor[0,1]` */
  readonly name: string
  /** Index into Model.observables. */
  readonly observable: number
}

/** Everything that is measured at once, in the order in which it lies in memory. */
export function columnsOf({ observables }: Model, size: number): Column[] {
  return observables.flatMap(({ name, axes }, observable) => {
    if (!axes) return [{ name, observable }]
    return indicesOf(axes(size)).map((index) => ({ name: `${name}[${index.join(',')}]`, observable }))
  })
}

/**
 * The columns that are summed in bins of the energy, by which they are known between the simulated temperatures: the energy first,
 * all other numbers, and those elements of arrays that a derived quantity is computed from or whose peak tells of the transition.
 */
export function binnedColumns(model: Model, size: number): { readonly name: string; readonly index: number }[] {
  const elements = new Set([...model.derived.flatMap(({ inputs }) => inputs), ...model.criticality.peaks])
  const all = columnsOf(model, size).map(({ name, observable }, index) => ({ name, index, observable }))
  const kept = all.filter(({ name, observable }) => !model.observables[observable]?.axes || elements.has(name))
  const energy = kept.filter(({ name }) => name === 'energy')
  return [...energy, ...kept.filter(({ name }) => name !== 'energy')].map(({ name, index }) => ({ name, index }))
}

function indicesOf(axes: readonly Axis[]): number[][] {
  return axes.reduce<number[][]>((all, { values }) => all.flatMap((index) => [...values.keys()].map((i) => [...index, i])), [[]])
}
