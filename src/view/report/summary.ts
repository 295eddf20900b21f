import type { Archive, Quantity } from '../../archive/read.ts'
import { csvCell, jsonNumber } from '../../text/cell.ts'
import type { Tabulated } from './observable-columns.ts'

/**
 * NaN has no place in JSON: what cannot be given is null in a column, and a column without any number is left out. Arrays are
 * nested, (temperature, ...shape).
 */
type Column = readonly (number | null | Column)[]

/** `summary --json`: every quantity of every simulation. */
export function summaryJson(archive: Archive): Record<string, unknown> {
  return {
    status: archive.status,
    title: archive.title,
    simulations: archive.simulations.map((simulation) => ({
      name: simulation.name,
      model: simulation.model,
      size: simulation.size,
      parameters: simulation.parameters,
      sweepsDone: simulation.sweepsDone,
      sweepsTotal: simulation.sweepsTotal,
      warnings: simulation.warnings,
      temperature: [...simulation.temperature],
      samples: [...simulation.samples],
      ...quantitiesJson(simulation),
      ...(simulation.acceptance
        ? { along: simulation.along, acceptance: column(simulation.acceptance), roundTrips: [...(simulation.roundTrips ?? [])] }
        : {}),
    })),
  }
}

/** Every quantity by its name, with what is known of it. */
export function quantitiesJson(simulation: Tabulated): Record<string, Record<string, Column>> {
  return Object.fromEntries(
    Object.entries(simulation.quantities).map(([name, quantity]) => [
      name,
      present({
        mean: column(quantity.mean, quantity.shape),
        error: column(quantity.error, quantity.shape),
        tau: column(quantity.tau, quantity.shape),
        tauError: column(quantity.tauError, quantity.shape),
        rhat: column(quantity.rhat, quantity.shape),
        exact: column(exactColumn(simulation, name)),
      }),
    ]),
  )
}

/** `summary --csv`: one line for each simulation and temperature, quantities and their errors in columns; arrays have no place there. */
export function summaryCsv(archive: Archive): string {
  const scalar = ({ shape }: Quantity): boolean => shape.length === 0
  const names = [
    ...new Set(
      archive.simulations.flatMap(({ quantities }) => Object.keys(quantities).filter((name) => scalar(quantities[name] as Quantity))),
    ),
  ]
  const parameters = [...new Set(archive.simulations.flatMap((simulation) => Object.keys(simulation.parameters)))]
  const heading = [
    'simulation',
    'model',
    'size',
    ...parameters,
    'temperature',
    'samples',
    ...names.flatMap((name) => [name, `${name}_error`, `${name}_tau`, `${name}_tau_error`, `${name}_rhat`]),
  ]
  const lines = archive.simulations.flatMap((simulation) =>
    [...simulation.temperature].map((T, t) =>
      [
        simulation.name,
        simulation.model,
        simulation.size,
        ...parameters.map((name) => csvCell(simulation.parameters[name])),
        T,
        simulation.samples[t],
        ...names.flatMap((name) => {
          const quantity = simulation.quantities[name]
          return [quantity?.mean, quantity?.error, quantity?.tau, quantity?.tauError, quantity?.rhat].map((values) => csvCell(values?.[t]))
        }),
      ].join(','),
    ),
  )
  return [heading.join(','), ...lines].join('\n')
}

function exactColumn(simulation: Tabulated, name: string): Float64Array {
  return simulation.temperature.map((T) => simulation.exact?.finite(name, T) ?? Number.NaN)
}

function column(values: Float64Array | undefined, shape: readonly number[] = []): Column | undefined {
  if (!values?.some((value) => Number.isFinite(value))) return undefined
  return [...shape].reverse().reduce(cut, [...values].map(jsonNumber))
}

/** Into pieces of that length. */
function cut(values: Column, length: number): Column {
  return Array.from({ length: values.length / length }, (_, i) => values.slice(i * length, (i + 1) * length))
}

function present(columns: Readonly<Record<string, Column | undefined>>): Record<string, Column> {
  return Object.fromEntries(Object.entries(columns).filter((entry): entry is [string, Column] => entry[1] !== undefined))
}
