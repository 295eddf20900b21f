import { seriesOf, sweepsAfter } from '../../sampling/spec.ts'
import type { Description } from '../../model/description.ts'
import { evenIndices } from '../evenly.ts'
import type { Seat } from './means.ts'

/** Points of a time series that are sent, at most. */
const MOST_POINTS = 240

/** Some observables of one place of the plan since the first sweep, thermalization included. */
export interface TimeSeries {
  /** Sweeps of the replica when a point was measured. */
  readonly sweeps: readonly number[]
  /** (observable, point) */
  readonly values: readonly (readonly number[])[]
}

/** What a time series shows: the energy, and of each order parameter what is kept of it, as m of |m|. */
export function seriesNames({ observables, orders }: Description): readonly string[] {
  const kept = (name: string): string => observables.find((one) => one.name === name)?.of?.observable ?? name
  return [...new Set(['energy', ...orders].map(kept))]
}

/** @returns undefined before the first measurement, and if rows were thinned out while they were read */
export function seriesAt({ live, slot }: Seat, names: readonly string[]): TimeSeries | undefined {
  const { spec, memory } = live
  const { trace } = memory
  const { count, every } = trace
  if (count === 0) return undefined
  const kept = seriesOf(spec.description).map((k) => spec.description.observables[k]?.name)
  const rows = evenIndices(count, MOST_POINTS)
  const series = {
    sweeps: rows.map((row) => sweepsAfter(spec, row * every)),
    values: names.map((name) => {
      const column = kept.indexOf(name)
      return rows.map((row) => Number(trace.at(row, column, slot).toPrecision(5)))
    }),
  }
  return trace.every === every ? series : undefined
}
