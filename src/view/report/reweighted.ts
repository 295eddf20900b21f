import type { Quantity } from '../../archive/read.ts'
import { type Reweighting, reweightedCurve } from '../../statistics/reweighting.ts'
import { quantitiesJson } from './summary.ts'
import { csvCell } from '../../text/cell.ts'
import type { Tabulated } from './observable-columns.ts'

// Quantities between the simulated temperatures, for people and for programs.

/** What `summary --at` computes of one simulation. */
export interface Reweighted extends Tabulated {
  readonly name: string
  /** Blocks of the jackknife. */
  readonly blocks: number
}

/** @throws UsageError as `reweightedCurve` */
export function reweighted(reweighting: Reweighting, quantities: readonly string[], temperatures: readonly number[]): Reweighted {
  const { name, description, exact, size, parameters, blocks } = reweighting
  const column = (quantity: string): Quantity => {
    const { mean, error } = reweightedCurve(reweighting, quantity, temperatures)
    return { shape: [], mean: Float64Array.from(mean), error: Float64Array.from(error) }
  }
  return {
    name,
    model: description.name,
    description,
    exact,
    size,
    parameters,
    blocks,
    temperature: Float64Array.from(temperatures),
    quantities: Object.fromEntries(quantities.map((quantity) => [quantity, column(quantity)])),
  }
}

/** `{ simulations: [{ name, parameters, temperature: [..], <quantity>: { mean: [..], error: [..] } ... }] }` */
export function reweightedJson(simulations: readonly Reweighted[]): Record<string, unknown> {
  return {
    simulations: simulations.map((simulation) => {
      const { name, model, size, parameters, blocks, temperature } = simulation
      return { name, model, size, parameters, blocks, temperature: [...temperature], ...quantitiesJson(simulation) }
    }),
  }
}

/** One line for each simulation and temperature. */
export function reweightedCsv(simulations: readonly Reweighted[]): string {
  const names = [...new Set(simulations.flatMap(({ quantities }) => Object.keys(quantities)))]
  const heading = ['simulation', 'temperature', ...names.flatMap((name) => [name, `${name}_error`])]
  const lines = simulations.flatMap(({ name, temperature, quantities }) =>
    [...temperature].map((T, t) =>
      [name, T, ...names.flatMap((quantity) => [csvCell(quantities[quantity]?.mean[t]), csvCell(quantities[quantity]?.error[t])])].join(
        ',',
      ),
    ),
  )
  return [heading.join(','), ...lines].join('\n')
}
