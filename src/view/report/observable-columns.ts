/** The observables of one simulation against temperature, with exact values beside them if they are known: for tables of all kinds. */
import type { ArchivedSimulation } from '../../archive/read.ts'
import { formatPlain, formatWithError } from '../../text/number.ts'
import { formatTemperature } from '../../text/rounded.ts'
import { columnOf, quantityName } from '../column.ts'

/** Quantities of a simulation on some temperatures. */
export type Tabulated = Pick<ArchivedSimulation, 'model' | 'size' | 'parameters' | 'description' | 'exact' | 'temperature' | 'quantities'>

export interface ObservableColumn {
  readonly name: string
  /** Of an exact one: the measured column before it. */
  readonly of?: string
  /** Text and the number it stands for, one for each temperature. */
  readonly cells: readonly (readonly [text: string, value: number])[]
}

/** A measured column for each name that the simulation has, and the exact one if any of its values is known. */
export function observableColumns(simulation: Tabulated, names: readonly string[]): ObservableColumn[] {
  const temperature = [...simulation.temperature]
  return names.flatMap((asked): ObservableColumn[] => {
    const name = elementOf(simulation, asked)
    const column = columnOf(simulation, name)
    if (!column) return []
    const { mean, error } = column
    const measured = { name, cells: [...mean].map((value, t) => [formatWithError(value, error[t] ?? Number.NaN), value] as const) }
    const exact = temperature.map((T) => simulation.exact?.finite(name, T))
    if (exact.every((value) => value === undefined)) return [measured]
    return [measured, { name: 'exact', of: name, cells: exact.map((value) => [formatPlain(value), value ?? Number.NaN]) }]
  })
}

/** Rows of text, of which the first is the heading. */
export function observableRows(simulation: Tabulated, asked: readonly string[] = simulation.description.table): string[][] {
  const columns = observableColumns(simulation, asked)
  return [
    ['T', ...columns.map(({ name }) => name)],
    ...[...simulation.temperature].map((T, t) => [formatTemperature(T), ...columns.map(({ cells }) => cells[t]?.[0] ?? '-')]),
  ]
}

/** Of an array that was asked for as a whole its first element: a cell has room for one number. */
function elementOf({ quantities }: Tabulated, name: string): string {
  const { shape = [] } = quantities[name] ?? {}
  return shape.length > 0 && name === quantityName(name) ? `${name}[${shape.map(() => 0).join(',')}]` : name
}
