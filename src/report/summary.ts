import type { Archive, ArchivedSimulation } from '../archive/read.ts'
import { findModel } from '../model/registry.ts'

/** NaN has no place in JSON: what cannot be given is null in a column, and a column without any number is left out. */
type Column = readonly (number | null)[]

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
      ...Object.fromEntries(
        Object.entries(simulation.quantities).map(([name, quantity]) => [
          name,
          present({
            mean: column(quantity.mean),
            error: column(quantity.error),
            tau: column(quantity.tau),
            tauError: column(quantity.tauError),
            rhat: column(quantity.rhat),
            exact: column(exactColumn(simulation, name)),
          }),
        ]),
      ),
      ...(simulation.acceptance
        ? { along: simulation.along, acceptance: column(simulation.acceptance), roundTrips: [...(simulation.roundTrips ?? [])] }
        : {}),
    })),
  }
}

/** `summary --csv`: one line for each simulation and temperature, quantities and their errors in columns. */
export function summaryCsv(archive: Archive): string {
  const names = [...new Set(archive.simulations.flatMap((simulation) => Object.keys(simulation.quantities)))]
  const cell = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : String(value))
  const heading = [
    'simulation',
    'temperature',
    'samples',
    ...names.flatMap((name) => [name, `${name}_error`, `${name}_tau`, `${name}_rhat`]),
  ]
  const lines = archive.simulations.flatMap((simulation) =>
    [...simulation.temperature].map((T, t) =>
      [
        simulation.name,
        T,
        simulation.samples[t],
        ...names.flatMap((name) => {
          const quantity = simulation.quantities[name]
          return [quantity?.mean, quantity?.error, quantity?.tau, quantity?.rhat].map((values) => cell(values?.[t]))
        }),
      ].join(','),
    ),
  )
  return [heading.join(','), ...lines].join('\n')
}

function exactColumn(simulation: ArchivedSimulation, name: string): Float64Array {
  const model = findModel(simulation.model)
  return simulation.temperature.map((T) => model.exact(name, simulation.size, simulation.parameters, T) ?? Number.NaN)
}

function column(values: Float64Array | undefined): Column | undefined {
  if (!values?.some((value) => Number.isFinite(value))) return undefined
  return [...values].map((value) => (Number.isFinite(value) ? value : null))
}

function present(columns: Readonly<Record<string, Column | undefined>>): Record<string, Column> {
  return Object.fromEntries(Object.entries(columns).filter((entry): entry is [string, Column] => entry[1] !== undefined))
}
