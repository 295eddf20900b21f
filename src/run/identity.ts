import { type Description, expectedOf } from '../model/description.ts'
import type { Identity } from '../model/model.ts'
import { gammaMethod, MIN_VALUES } from '../statistics/autocorrelation.ts'
import type { Binned } from './grid.ts'

/** What is judged, and on what lattice. */
type Judging = Pick<Description, 'identity'> & { readonly lattice: Pick<Description['lattice'], 'sites' | 'colours'> }

/** How well an identity holds, (temperature); NaN where it cannot be said. */
interface Verdict {
  /** The ratio that must have a certain value, and its error. */
  readonly mean: Float64Array
  readonly error: Float64Array
  /** Numerator - expected * denominator, which must be 0, and its error. */
  readonly deviation: Float64Array
  readonly deviationError: Float64Array
  /**
   * The sum over temperatures of deviation / error in units of its own error: a normal number where the identity holds. NaN
   * of fewer than two temperatures.
   */
  readonly combined: number
}

/** Flips that must have been possible before the scatter of the bins is believed by itself. */
const ENOUGH_EVENTS = 100

/** @param temperature of each index of the grid */
export function judgeIdentity(grid: Binned, { identity, lattice }: Judging, temperature: Float64Array): Verdict {
  const columns = { mean: 0, error: 0, deviation: 0, deviationError: 0 }
  const all = Object.fromEntries(Object.keys(columns).map((key) => [key, new Float64Array(temperature.length).fill(Number.NaN)])) as {
    readonly [key in keyof typeof columns]: Float64Array
  }
  const expectedAt = expectedOf(identity)
  const terms: Term[] = []
  for (const [t, T] of temperature.entries()) {
    if (grid.samples[t] === 0) continue
    const [numerator, denominator] = identity.inputs
    const expected = expectedAt(T)
    const below = grid.mean(denominator, t)
    const origin = grid.origin(numerator, t) - expected * grid.origin(denominator, t)
    const deviation = origin + grid.shifted(numerator, t) - expected * grid.shifted(denominator, t)
    all.deviation[t] = deviation
    if (below !== 0) all.mean[t] = grid.mean(numerator, t) / below
    const { error, rare, copies } = deviationError(grid, identity, expected, t, lattice)
    if (!(error > 0)) continue
    all.deviationError[t] = error
    const relative = error / Math.abs(below)
    // Less than a double can tell of the ratio: nothing has moved but rounding.
    if (relative > Number.EPSILON * Math.abs(all.mean[t] as number)) all.error[t] = relative
    if (!rare) terms.push({ deviation, error, copies })
  }
  return { ...all, combined: terms.length > 1 ? combinedScore(terms) : Number.NaN }
}

/** The deviation at one temperature. */
interface Term {
  readonly deviation: number
  readonly error: number
  /** Bins of the deviation by copy, less any constant. */
  readonly copies: readonly Float64Array[]
}

/**
 * Where flips are so rare that bins hardly saw one, the scatter of the bins says nothing; the scatter that the sites have by
 * themselves, given their neighbours, is then the least error. Sites of one colour are independent given the others; all
 * colours together can at most add up.
 */
function deviationError(
  grid: Binned,
  { inputs: [numerator, denominator, variance] }: Identity,
  expected: number,
  t: number,
  { sites, colours }: Judging['lattice'],
): { readonly error: number; readonly rare: boolean; readonly copies: readonly Float64Array[] } {
  const n = grid.samples[t] as number
  const below = grid.copies(denominator, t)
  const copies = grid.copies(numerator, t).map((own, c) => own.map((x, i) => x - expected * (below[c]?.[i] as number)))
  const scatter = n < MIN_VALUES ? Number.NaN : gammaMethod(copies).error
  if (variance === undefined || n < MIN_VALUES) return { error: scatter, rare: false, copies }
  const events = sites * n * grid.mean(variance, t)
  if (events >= ENOUGH_EVENTS && !Number.isNaN(scatter)) return { error: scatter, rare: false, copies }
  const own = Math.sqrt((colours * grid.mean(variance, t)) / (sites * n))
  return { error: Math.max(own, scatter || 0), rare: true, copies }
}

/**
 * A fault of a kernel shifts all temperatures the same way, each by less than its error: their sum shows it. Replicas that
 * exchange make what happens at one time go together at all temperatures, so the error of the sum is that of one series: bin by
 * bin, copy by copy, the sum over temperatures. A copy that is missing at some of them adds what it has.
 */
function combinedScore(terms: readonly Term[]): number {
  const lengths = (terms[0] as Term).copies.map((_, c) => Math.max(...terms.map(({ copies }) => copies[c]?.length ?? 0)))
  const all = lengths.reduce((sum, length) => sum + length, 0)
  const sums = lengths.map((length) => new Float64Array(length))
  let total = 0
  for (const { deviation, error, copies } of terms) {
    total += deviation / error
    const own = copies.reduce((sum, copy) => sum + copy.length, 0)
    const mean = copies.reduce((sum, copy) => sum + copy.reduce((a, b) => a + b, 0), 0) / own
    const weight = all / (own * error)
    for (const [c, copy] of copies.entries()) {
      const sum = sums[c] as Float64Array
      for (let i = 0; i < copy.length; i++) sum[i] = (sum[i] as number) + weight * ((copy[i] as number) - mean)
    }
  }
  return total / gammaMethod(sums).error
}
