import type { ColumnName } from '../model/types.ts'
import { type Estimate, estimate } from './estimate.ts'
import type { Reweighting } from './reweighting.ts'

/** The maximum of a quantity against temperature, or why there is none to be told. */
export type Peak =
  | { readonly found: true; readonly temperature: Estimate; readonly height: Estimate }
  | { readonly found: false; readonly reason: string }

/** Places between the lowest and the highest temperature where a curve is looked at first. */
const GRID = 80
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** Steps of the golden section: to 1e-7 of the distance that it starts from. */
const STEPS = 34

/**
 * The maximum of a reweighted quantity: where it is and how high, each with a jackknife error. At an end of the simulated
 * temperatures, or so close that the end is within the error, there is no peak: the curve may go on rising.
 *
 * @throws UsageError for a quantity that cannot be computed
 */
export function peakOf<M extends string>(reweighting: Reweighting<M>, quantity: ColumnName<M>): Peak {
  const { temperature, gaps, blocks } = reweighting
  const [low, high] = [temperature[0] as number, temperature.at(-1) as number]
  // Said first where the quantity itself is impossible.
  reweighting.value(quantity, low)
  if (temperature.length < 2) return none('one temperature alone has no maximum; run several')
  const gap = gaps[0]
  if (gap) return none(`the energies of T = ${gap[0]} and ${gap[1]} do not overlap; run temperatures between them`)
  const grid = gridBetween(low, high, GRID)
  const valueAt = (T: number, without?: number): number => reweighting.value(quantity, T, without)
  const values = grid.map((T) => valueAt(T))
  if (!values.some(Number.isFinite)) return none('it has no values')
  const top = values.indexOf(Math.max(...values.filter(Number.isFinite)))
  const best = climb(grid, top, (T) => valueAt(T))
  if (!best) return none(`the largest value is at T = ${grid[top]}, the end of the grid; run temperatures beyond`)
  const left = Array.from({ length: blocks }, (_, b) => climb(grid, top, (T) => valueAt(T, b)))
  const of = (key: 'temperature' | 'height'): Estimate =>
    estimate(best[key], new Map([[reweighting, Float64Array.from(left, (maximum) => maximum?.[key] ?? Number.NaN)]]))
  const [place, height] = [of('temperature'), of('height')]
  if (blocks > 1 && !(place.mean - place.error > low && place.mean + place.error < high)) {
    return none('the maximum is within its error of the end of the grid; run temperatures beyond, or longer')
  }
  return { found: true, temperature: place, height }
}

/** Equally spaced from one end to the other. */
export function gridBetween(low: number, high: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => (i === steps ? high : low + (i * (high - low)) / steps))
}

interface Maximum {
  readonly temperature: number
  readonly height: number
}

/** Uphill on a grid from a place on it, then between its neighbours; undefined where that leads to an end. */
function climb(grid: readonly number[], start: number, value: (T: number) => number): Maximum | undefined {
  const at = (i: number): number => {
    const T = grid[i]
    return T === undefined ? Number.NEGATIVE_INFINITY : value(T)
  }
  let [i, here, before, after] = [start, at(start), at(start - 1), at(start + 1)]
  while (before > here || after > here) {
    if (before > after) [i, after, here, before] = [i - 1, here, before, at(i - 2)]
    else [i, before, here, after] = [i + 1, here, after, at(i + 2)]
  }
  const [low, high] = [grid[i - 1], grid[i + 1]]
  return low === undefined || high === undefined ? undefined : goldenSection(low, high, value)
}

function goldenSection(from: number, to: number, value: (T: number) => number): Maximum {
  let [low, high] = [from, to]
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [atA, atB] = [value(a), value(b)]
  for (let step = 0; step < STEPS; step++) {
    if (atA >= atB) {
      ;[high, b, atB] = [b, a, atA]
      a = high - GOLDEN * (high - low)
      atA = value(a)
    } else {
      ;[low, a, atA] = [a, b, atB]
      b = low + GOLDEN * (high - low)
      atB = value(b)
    }
  }
  return atA >= atB ? { temperature: a, height: atA } : { temperature: b, height: atB }
}

function none(reason: string): Peak {
  return { found: false, reason }
}
