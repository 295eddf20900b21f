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

function indicesOf(axes: readonly Axis[]): number[][] {
  return axes.reduce<number[][]>((all, { values }) => all.flatMap((index) => [...values.keys()].map((i) => [...index, i])), [[]])
}
