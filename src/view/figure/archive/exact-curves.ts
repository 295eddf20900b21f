/** What is known exactly, as smooth lines beside the data: of finite lattices, and of the infinite one. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import type { Guide, Series } from '../chart.ts'
import type { Selection } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'
import type { Curve } from './curve.ts'

/** Points over the whole range, and more around the transition, where a specific heat is narrow; 129 of them take 20 ms for L = 128. */
const WHOLE = 49
const NEAR = 40
/** From this ratio of the highest temperature to the lowest on there are points at equal ratios too. */
const WIDE = 4

/** The exact curve of a simulation, by the name of its data; undefined where the model knows none, or not against a temperature. */
export function exactSeries(selection: Selection, { name, points }: Curve, column: string): Series | undefined {
  const simulation = points[0]?.simulation
  if (!simulation || !thermal(selection)) return undefined
  const exact = (T: number): number => simulation.exact?.finite(column, T) ?? Number.NaN
  if (!simulation.temperature.some((T) => Number.isFinite(exact(T)))) return undefined
  return line(selection, name, gridOf([simulation], simulation.exact?.criticalTemperature, 4 / simulation.size), exact)
}

/** Name of the curve of the infinite lattice, the same in all charts. */
const INFINITE = 'L = ∞, exact'

/** Who found the curve of the infinite lattice. */
export function sourceOf({ simulations }: Selection, column: string): string {
  return `L = ∞: ${simulations[0]?.exact?.source(column) ?? 'exact'}`
}

/** What is known of the infinite lattice; undefined if nothing is, or if simulations have different couplings. */
export function infiniteSeries(selection: Selection, column: string, highest: number): Series | undefined {
  const { simulations } = selection
  const exact = simulations[0]?.exact
  const critical = exact?.criticalTemperature
  if (!exact || critical === undefined || !thermal(selection)) return undefined
  const ordering = simulations.filter((one) => one.exact?.criticalTemperature !== undefined)
  if (ordering.some((one) => JSON.stringify(one.parameters) !== JSON.stringify(simulations[0]?.parameters))) return undefined
  const value = (T: number): number => exact.infinite(column, T) ?? Number.NaN
  const grid = gridOf(simulations, critical, 0.3)
  if (grid.every((T) => Number.isNaN(value(T)))) return undefined
  // What diverges is drawn as far as the data reach, or there would be nothing else to see.
  const bounded = (T: number): number => (T !== critical && value(T) <= highest ? value(T) : Number.NaN)
  return line(selection, INFINITE, grid, exact.diverging.includes(column) ? bounded : value)
}

/** Where the infinite lattice orders, if that is known and on the axis: one line for each coupling, three at most. */
export function criticalGuides(selection: Selection): readonly Guide[] {
  if (!thermal(selection)) return []
  const { simulations, x } = selection
  const temperatures = simulations.flatMap(({ temperature }) => [...temperature])
  const [least, most] = [Math.min(...temperatures), Math.max(...temperatures)]
  const known = new Set(simulations.flatMap(({ exact }) => exact?.criticalTemperature ?? []))
  const inside = [...known].filter((T) => T >= least && T <= most)
  if (inside.length > 3) return []
  return inside.map((T) => ({
    axis: 'x',
    value: x === 'beta' ? 1 / T : T,
    label: x === 'beta' ? `1/T_c = ${numeral(1 / T)}` : `T_c = ${numeral(T)}`,
  }))
}

function thermal({ x }: Selection): boolean {
  return x === 'temperature' || x === 'beta'
}

function line({ x }: Selection, name: string, grid: readonly number[], of: (T: number) => number): Series {
  const ordered = x === 'beta' ? [...grid].reverse() : grid
  return { name, x: ordered.map((T) => (x === 'beta' ? 1 / T : T)), y: ordered.map(of), mark: 'line', role: 'exact' }
}

/** Temperatures of a smooth line: evenly, and closer and closer around the critical one, within a share of it. */
function gridOf(simulations: readonly ArchivedSimulation[], critical: number | undefined, share: number): readonly number[] {
  const own = simulations.flatMap(({ temperature }) => [...temperature])
  const [least, most] = [Math.min(...own), Math.max(...own)]
  const whole = Array.from({ length: WHOLE }, (_, i) => least + ((most - least) * i) / (WHOLE - 1))
  const near =
    critical === undefined
      ? []
      : Array.from({ length: 2 * NEAR + 1 }, (_, i) => critical * (1 + share * Math.sign(i - NEAR) * (Math.abs(i - NEAR) / NEAR) ** 2))
  // Of a wide range a logarithmic axis shows mostly the lower end.
  const ratio = most / least
  const low = ratio > WIDE ? Array.from({ length: WHOLE }, (_, i) => least * ratio ** (i / (WHOLE - 1))).slice(1, -1) : []
  return [...new Set([...whole, ...low, ...near.filter((T) => T > least && T < most)])].sort((a, b) => a - b)
}
