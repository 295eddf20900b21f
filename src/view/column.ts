/** Columns of numbers by name, for tables, pages and figures: scalar quantities, and elements of arrays such as `cdw_structure_factor[0,1]`. */
import type { ArchivedSimulation } from '../archive/read.ts'

/** One number for each temperature; NaN if it could not be given. */
export interface Column {
  readonly mean: Float64Array
  readonly error: Float64Array
  readonly tau?: Float64Array
  readonly tauError?: Float64Array
}

/** `cdw_structure_factor` of `cdw_structure_factor[0,0]`. */
export function quantityName(column: string): string {
  return column.replace(/\[.*$/, '')
}

/** A column of a simulation; undefined if it has none of that name. */
export function columnOf(
  { quantities, temperature }: Pick<ArchivedSimulation, 'quantities' | 'temperature'>,
  name: string,
): Column | undefined {
  // An element that was computed by itself, as between the simulated temperatures, goes by its whole name.
  const [key, index] = Object.hasOwn(quantities, name) ? [name, ''] : [quantityName(name), name.slice(quantityName(name).length)]
  const quantity = Object.hasOwn(quantities, key) ? quantities[key] : undefined
  const offset = quantity && offsetOf(index, quantity.shape)
  if (!quantity || offset === undefined) return undefined
  const width = quantity.shape.reduce((a, b) => a * b, 1)
  const cut = (values: Float64Array): Float64Array => temperature.map((_, t) => values[t * width + offset] ?? Number.NaN)
  return {
    mean: cut(quantity.mean),
    error: cut(quantity.error),
    ...(quantity.tau && quantity.tauError ? { tau: cut(quantity.tau), tauError: cut(quantity.tauError) } : {}),
  }
}

/** Where an element, written `[0,1]`, lies in an array of that shape; undefined if there is none. */
function offsetOf(index: string, shape: readonly number[]): number | undefined {
  const written = /^\[([\d,]*)\]$/.exec(index)?.[1]
  const indices = written === undefined ? [] : written.split(',').map(Number)
  if (indices.length !== shape.length || indices.some((value, i) => value >= (shape[i] ?? 0))) return undefined
  return shape.reduce((offset, length, i) => offset * length + (indices[i] ?? 0), 0)
}
