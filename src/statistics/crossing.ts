import { type Estimate, estimate, sourcesOf, without as leftOut } from './estimate.ts'
import { gridBetween } from './peak.ts'
import type { Reweighting } from './reweighting.ts'
import { slopeAt } from './slope.ts'

/** Where the curves of two sizes cross, or why that cannot be told. */
export type CurveCrossing =
  | {
      readonly found: true
      readonly temperature: Estimate
      /** The quantity there. */
      readonly value: Estimate
    }
  | { readonly found: false; readonly reason: string }

const GRID = 80
/** Errors that the difference of the slopes must be away from 0: parallel curves cross anywhere. */
const CLEAR = 3
const BISECTIONS = 45
const CHORDS = 60

/**
 * Where a quantity is the same for two sizes, such as the Binder ratio: the one of the larger lattice is above it at lower
 * temperatures and below at higher ones, not at single places, where noise decides, but at large.
 *
 * @throws UsageError for a quantity that cannot be computed
 */
export function crossingOf(smaller: Reweighting, larger: Reweighting, quantity: string): CurveCrossing {
  const both = [smaller, larger]
  const low = Math.max(...both.map(({ temperature }) => temperature[0] as number))
  const high = Math.min(...both.map(({ temperature }) => temperature.at(-1) as number))
  if (!(low < high)) return none('the two have no range of temperatures in common')
  const gap = both.flatMap(({ gaps }) => gaps).find(([from, to]) => from < high && to > low)
  if (gap) return none(`the energies of T = ${gap[0]} and ${gap[1]} do not overlap; run temperatures between them`)
  const differenceAt = (T: number, ofSmaller?: number, ofLarger?: number): number =>
    larger.value(quantity, T, ofLarger) - smaller.value(quantity, T, ofSmaller)

  const grid = gridBetween(low, high, GRID)
  const differences = grid.map((T) => differenceAt(T))
  if (differences.some(Number.isNaN)) return none('one of the two has no values')
  const place = lastAbove(differences)
  const [from, to] = [grid[place], grid[place + 1]]
  if (from === undefined || to === undefined) return none(`the curves do not cross between T = ${low} and ${high}; run a wider range`)
  const T = bisect(from, to, (t) => differenceAt(t))
  const slope = slopeAt(larger, quantity, T) - slopeAt(smaller, quantity, T)
  const slopes = estimate(
    slope,
    leaveOut(both, (b, c) => slopeAt(larger, quantity, T, c) - slopeAt(smaller, quantity, T, b)),
  )
  if (slopes.error >= Math.abs(slope) / CLEAR) return none('the curves are too close to each other for their noise; run longer')
  const temperature = estimate(
    T,
    leaveOut(both, (b, c) => chord(T, slope, low, high, (t) => differenceAt(t, b, c))),
  )
  if (Math.min(smaller.blocks, larger.blocks) > 1 && !Number.isFinite(temperature.error)) {
    return none('the crossing is within its error of the end of the grid; run a wider range')
  }
  return { found: true, temperature, value: along(larger, temperature, (t, b) => larger.value(quantity, t, b)) }
}

/** Something of one source at a temperature that has an error itself. */
export function along(source: Reweighting, temperature: Estimate, value: (T: number, without?: number) => number): Estimate {
  // Without one block, or the only one, there may be no temperature.
  const at = (T: number, without?: number): number => (Number.isFinite(T) ? value(T, without) : Number.NaN)
  const sources = new Map([...sourcesOf([temperature]), [source, source.blocks]])
  const left = new Map<object, Float64Array>()
  for (const [other, blocks] of sources) {
    left.set(
      other,
      Float64Array.from({ length: blocks }, (_, b) => at(leftOut(temperature, other, b), other === source ? b : undefined)),
    )
  }
  return estimate(at(temperature.mean), left)
}

/** What a function of two sources is without each of their blocks. */
function leaveOut(
  [first, second]: readonly Reweighting[],
  value: (ofFirst?: number, ofSecond?: number) => number,
): ReadonlyMap<object, Float64Array> {
  const left = new Map<object, Float64Array>()
  if (first)
    left.set(
      first,
      Float64Array.from({ length: first.blocks }, (_, b) => value(b, undefined)),
    )
  if (second)
    left.set(
      second,
      Float64Array.from({ length: second.blocks }, (_, b) => value(undefined, b)),
    )
  return left
}

/** The place up to which most values are above 0, and beyond which most are below; -1 or the last where they change nowhere. */
function lastAbove(values: readonly number[]): number {
  let sum = -values.reduce((a, b) => a + b, 0)
  let [best, place] = [sum, -1]
  values.forEach((value, i) => {
    sum += 2 * value
    if (sum > best) [best, place] = [sum, i]
  })
  return place
}

function bisect(from: number, to: number, value: (T: number) => number): number {
  let [above, below] = [from, to]
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (above + below) / 2
    if (value(middle) > 0) above = middle
    else below = middle
  }
  return (above + below) / 2
}

/** The zero near one that is known, by lines of the slope there; NaN where that leads out of the range. */
function chord(start: number, slope: number, low: number, high: number, value: (T: number) => number): number {
  let T = start
  for (let step = 0; step < CHORDS; step++) {
    if (!(T >= low && T <= high)) return Number.NaN
    const change = value(T) / slope
    T -= change
    if (Math.abs(change) < 1e-12 * start) break
  }
  return T >= low && T <= high ? T : Number.NaN
}

function none(reason: string): CurveCrossing {
  return { found: false, reason }
}
