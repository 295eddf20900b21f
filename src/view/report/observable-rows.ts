import type { ArchivedSimulation } from '../../archive/read.ts'
import type { Model } from '../../model/model.ts'
import { formatPlain, formatWithError } from '../../text/number.ts'

/** Quantities of a simulation on some temperatures. */
export type Tabulated = Pick<ArchivedSimulation, 'model' | 'size' | 'parameters' | 'temperature' | 'quantities'>

/**
 * The observables of one simulation against temperature, each with its error, and beside it the exact value where one is known: rows of
 * text, of which the first is the heading.
 */
export function observableRows(simulation: Tabulated, model: Model, asked: readonly string[] = model.table): string[][] {
  const columns = asked.filter((name) => simulation.quantities[nameOf(name)])
  const exact = (name: string, T: number): number | undefined => model.exact(name, simulation.size, simulation.parameters, T)
  const known = new Set(columns.filter((name) => [...simulation.temperature].some((T) => exact(name, T) !== undefined)))
  const heading = ['T', ...columns.flatMap((name) => (known.has(name) ? [name, 'exact'] : [name]))]
  const rows = [...simulation.temperature].map((T, t) => [
    String(Number(T.toPrecision(8))),
    ...columns.flatMap((name) => {
      const quantity = simulation.quantities[nameOf(name)]
      const at = placeOf(name, t, quantity?.shape ?? [])
      const cell = formatWithError(quantity?.mean[at] ?? Number.NaN, quantity?.error[at] ?? Number.NaN)
      return known.has(name) ? [cell, formatPlain(exact(name, T))] : [cell]
    }),
  ])
  return [heading, ...rows]
}

/** `cdw_structure_factor` of `cdw_structure_factor[0,0]`. */
function nameOf(column: string): string {
  return column.replace(/\[.*$/, '')
}

/** Where a column's element lies at the t-th temperature. */
function placeOf(column: string, t: number, shape: readonly number[]): number {
  const indices = (/\[(.*)\]$/.exec(column)?.[1] ?? '').split(',').filter(Boolean).map(Number)
  return shape.reduce((place, length, i) => place * length + (indices[i] ?? 0), t)
}
