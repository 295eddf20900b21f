/** What is known exactly, as smooth lines beside the data: finite lattices from the model, the infinite Ising lattice from Onsager and Yang. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { onsager, TC_ISING, yang } from '../../../model/ising/exact.ts'
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
  const { model } = selection
  const exact = (T: number): number => model.exact(column, simulation.size, simulation.parameters, T) ?? Number.NaN
  if (!simulation.temperature.some((T) => Number.isFinite(exact(T)))) return undefined
  return line(selection, name, gridOf([simulation], criticalOf(simulation), 4 / simulation.size), exact)
}

/** Name of the curve of the infinite lattice, the same in all charts. */
const INFINITE = 'L = ∞, exact'

/** Who found the curve of the infinite lattice. */
export function sourceOf(column: string): string {
  return column === 'abs_magnetization' ? 'L = ∞: Yang 1952' : 'L = ∞: Onsager 1944'
}

/** Onsager's energy and specific heat, Yang's magnetization; undefined of what else, or where simulations have different couplings. */
export function infiniteSeries(selection: Selection, column: string, highest: number): Series | undefined {
  const { simulations } = selection
  const [first] = simulations
  const critical = first && criticalOf(first)
  if (critical === undefined || !thermal(selection) || simulations.some((one) => one.parameters.J !== first?.parameters.J)) return undefined
  const J = first?.parameters.J ?? 1
  const grid = gridOf(simulations, critical, 0.3)
  if (column === 'energy') return line(selection, INFINITE, grid, (T) => onsager(T, J).energy)
  if (column === 'abs_magnetization' && J > 0) return line(selection, INFINITE, grid, (T) => yang(T, J))
  if (column !== 'specific_heat') return undefined
  // It is infinite at T_c: drawn as far as the data reach, or there would be nothing else to see.
  const bounded = (T: number): number => {
    const value = T === critical ? Number.NaN : onsager(T, J).specificHeat
    return value <= highest ? value : Number.NaN
  }
  return line(selection, INFINITE, grid, bounded)
}

/** Where the infinite lattice orders, if that is known and on the axis: one line for each coupling, three at most. */
export function criticalGuides(selection: Selection): readonly Guide[] {
  if (!thermal(selection)) return []
  const { simulations, x } = selection
  const temperatures = simulations.flatMap(({ temperature }) => [...temperature])
  const [least, most] = [Math.min(...temperatures), Math.max(...temperatures)]
  const known = new Set(simulations.flatMap((simulation) => criticalOf(simulation) ?? []))
  const inside = [...known].filter((T) => T >= least && T <= most)
  if (inside.length > 3) return []
  return inside.map((T) => ({
    axis: 'x',
    value: x === 'beta' ? 1 / T : T,
    label: x === 'beta' ? `1/T_c = ${numeral(1 / T)}` : `T_c = ${numeral(T)}`,
  }))
}

/** T_c of the infinite lattice; of the antiferromagnet too, on an even lattice, where it is the same. */
function criticalOf({ model, parameters: { J = 1, h = 0 }, size }: ArchivedSimulation): number | undefined {
  return model === 'ising' && h === 0 && J !== 0 && (J > 0 || size % 2 === 0) ? TC_ISING * Math.abs(J) : undefined
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
