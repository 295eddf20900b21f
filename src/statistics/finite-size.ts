import { UsageError } from '../errors.ts'
import type { PowerLaws } from '../model/model.ts'
import { along, type CurveCrossing, crossingOf } from './crossing.ts'
import { combine, type Estimate } from './estimate.ts'
import { type LeastSquares, leastSquares } from './least-squares.ts'
import { type Peak, peakOf } from './peak.ts'
import type { Reweighting } from './reweighting.ts'
import { slopeAt } from './slope.ts'

/** What several sizes of one model tell together; one size gives its peaks. */
export interface FiniteSizeScaling {
  /** Ascending. */
  readonly sizes: readonly number[]
  readonly peaks: readonly { readonly size: number; readonly quantity: string; readonly peak: Peak }[]
  /** Of each size with the next larger one. */
  readonly crossings: readonly { readonly sizes: readonly [number, number]; readonly quantity: string; readonly crossing: CurveCrossing }[]
  readonly fits: readonly ScalingFit[]
  /** What is not there, and why. */
  readonly notes: readonly string[]
}

/** A number of the infinite lattice. */
export interface ScalingFit {
  readonly name: 'T_c' | 'nu' | 'gamma/nu' | 'beta/nu'
  /** What it was fitted to, as in `crossings of binder`. */
  readonly from: string
  readonly value: Estimate
  /** Sizes whose data the fit took: the small ones are left out where they do not fit. */
  readonly sizes: readonly number[]
  readonly chiSquared: number
  /** Degrees of freedom; 0: the fit cannot be judged. */
  readonly freedom: number
  readonly exact?: number
  /**
   * The straight line that was fitted: T(L) = intercept + slope L^(-1/nu) for `T_c`, ln y = intercept + slope ln L else;
   * none where a constant was fitted.
   */
  readonly line?: { readonly intercept: Estimate; readonly slope: Estimate }
}

/** χ²/dof up to which a fit is believed; above, the smallest size is left out. */
const BELIEVED = 2
const MIN_LINE = 3

/**
 * Peaks of every size, crossings of sizes that follow each other, and fits of T_c, nu, gamma/nu and beta/nu.
 *
 * T_c: crossings of the Binder ratio approach it as L^(-1/nu - omega), so fast that a constant fits all but small sizes, which are
 * left out until it does; and peaks, T(L) = T_c + b L^(-1/nu). At the T_c of the crossings |dU/dT| ~ L^(1/nu), chi ~ L^(gamma/nu),
 * order ~ L^(-beta/nu). Sources: Binder, Z. Phys. B 43, 119 (1981); Ferrenberg, Landau, Phys. Rev. B 44, 5081 (1991).
 *
 * @param reweightings one for each size, of one model with the same parameters
 * @throws UsageError where they are not
 */
export function finiteSizeScaling(reweightings: readonly Reweighting[]): FiniteSizeScaling {
  const sorted = [...reweightings].sort((a, b) => a.size - b.size)
  const first = sorted[0]
  if (!first) throw new UsageError('nothing to scale; give one simulation or more')
  checkAlike(sorted)
  const { criticality } = first.model
  const { binder } = criticality
  const notes: string[] = []
  const everywhere = (quantity: string): boolean => sorted.every(({ quantities }) => quantities.includes(quantity))
  const peaks = criticality.peaks.flatMap((quantity) => {
    if (everywhere(quantity)) return sorted.map((one) => ({ size: one.size, quantity, peak: peakOf(one, quantity) }))
    notes.push(`no peak of ${quantity}: single samples do not have it`)
    return []
  })
  const crossings = !everywhere(binder)
    ? []
    : sorted.slice(1).map((larger, i) => {
        const smaller = sorted[i] as Reweighting
        return { sizes: [smaller.size, larger.size] as const, quantity: binder, crossing: crossingOf(smaller, larger, binder) }
      })
  const laws = criticality.powerLaws(first.parameters)
  const sizes = sorted.map(({ size }) => size)
  if (typeof laws === 'string') return { sizes, peaks, crossings, fits: [], notes: [...notes, laws] }
  if (sizes.length < 2)
    return { sizes, peaks, crossings, fits: [], notes: [...notes, 'no crossings and no exponents: they need two sizes'] }
  const found = crossings.flatMap(({ sizes: pair, crossing }) => (crossing.found ? [{ pair, temperature: crossing.temperature }] : []))
  const constant = fitLargest(
    found.map(({ temperature }) => temperature),
    1,
    (from) =>
      leastSquares(
        found.slice(from).map((c) => c.temperature),
        () => found.slice(from).map(() => [1]),
      ),
  )
  const critical = constant?.fit.parameters[0]
  if (!constant || !critical) {
    return {
      sizes,
      peaks,
      crossings,
      fits: [],
      notes: [...notes, `no T_c and no exponents: they need a crossing of ${binder}, with an error`],
    }
  }
  const { criticalTemperature, nu: exactNu, gammaOverNu, betaOverNu } = laws.exact ?? {}
  const fits: ScalingFit[] = [
    {
      name: 'T_c',
      from: `crossings of ${binder}`,
      value: critical,
      sizes: [...new Set(found.slice(constant.from).flatMap(({ pair }) => pair))],
      chiSquared: constant.fit.chiSquared,
      freedom: constant.fit.freedom,
      ...exactly(criticalTemperature),
    },
  ]
  const inside = sorted.filter((one) => covers(one, critical))
  if (inside.length < sorted.length) {
    const outside = sorted.filter((one) => !inside.includes(one)).map(({ size }) => size)
    notes.push(`L = ${outside.join(', ')}: T_c is not inside of the simulated temperatures, so exponents are without`)
  }
  const at = (value: (one: Reweighting, T: number, without?: number) => number): Sized[] =>
    inside.map((one) => ({ size: one.size, value: along(one, critical, (T, b) => value(one, T, b)) }))
  const of = (quantity: string): Sized[] => at((one, T, b) => one.value(quantity, T, b))
  const slopes = powerLaw(at((one, T, b) => slopeAt(one, binder, T, b)))
  const nu = slopes && combine([slopes.slope], ([slope = 0]) => 1 / slope)
  if (slopes && nu) fits.push({ name: 'nu', from: `d${binder}/dT at T_c`, value: nu, ...slopes.quality, line: slopes, ...exactly(exactNu) })
  const highest = (quantity: string, key: 'temperature' | 'height'): Sized[] =>
    peaks.flatMap(({ size, quantity: name, peak }) => (name === quantity && peak.found ? [{ size, value: peak[key] }] : []))
  for (const quantity of nu && nu.mean > 0 ? criticality.peaks : []) {
    const fit = shift(highest(quantity, 'temperature'), nu as Estimate)
    if (fit) {
      const from = `peaks of ${quantity}`
      fits.push({ name: 'T_c', from, value: fit.intercept, ...fit.quality, line: fit, ...exactly(criticalTemperature) })
    }
  }
  fits.push(...exponents(laws, { of, highest }, { gammaOverNu, betaOverNu }))
  return { sizes, peaks, crossings, fits, notes }
}

/** A number of one size. */
interface Sized {
  readonly size: number
  readonly value: Estimate
}

interface Line {
  readonly intercept: Estimate
  readonly slope: Estimate
  readonly quality: Pick<ScalingFit, 'sizes' | 'chiSquared' | 'freedom'>
}

function exponents(
  { order, susceptibility }: PowerLaws,
  data: { readonly of: (quantity: string) => Sized[]; readonly highest: (quantity: string, key: 'height') => Sized[] },
  exact: { readonly gammaOverNu: number | undefined; readonly betaOverNu: number | undefined },
): ScalingFit[] {
  const exponent = (
    name: ScalingFit['name'],
    from: string,
    points: readonly Sized[],
    sign: 1 | -1,
    known: number | undefined,
  ): ScalingFit[] => {
    const line = powerLaw(points)
    if (!line) return []
    return [{ name, from, value: combine([line.slope], ([slope = 0]) => sign * slope), ...line.quality, line, ...exactly(known) }]
  }
  return [
    ...exponent('gamma/nu', `heights of ${susceptibility}`, data.highest(susceptibility, 'height'), 1, exact.gammaOverNu),
    ...exponent('gamma/nu', `${susceptibility} at T_c`, data.of(susceptibility), 1, exact.gammaOverNu),
    ...exponent('beta/nu', `${order} at T_c`, data.of(order), -1, exact.betaOverNu),
  ]
}

/** ln |y| = intercept + slope ln L */
function powerLaw(points: readonly Sized[]): Line | undefined {
  const logs = points.map(({ size, value }) => ({ size, value: combine([value], ([y = 0]) => Math.log(Math.abs(y))) }))
  return lineThrough(logs, (size) => Math.log(size), [])
}

/** T(L) = intercept + slope L^(-1/nu) */
function shift(points: readonly Sized[], nu: Estimate): Line | undefined {
  return lineThrough(points, (size, [exponent = 1]) => size ** (-1 / exponent), [nu])
}

function lineThrough(
  points: readonly Sized[],
  x: (size: number, others: readonly number[]) => number,
  others: readonly Estimate[],
): Line | undefined {
  const best = fitLargest(points, Math.min(MIN_LINE, points.length), (from) => {
    const used = points.slice(from)
    return leastSquares(
      used.map(({ value }) => value),
      (values) => used.map(({ size }) => [1, x(size, values)]),
      others,
    )
  })
  const [intercept, slope] = best?.fit.parameters ?? []
  if (!best || !intercept || !slope || best.fit.freedom < 0) return undefined
  const { chiSquared, freedom } = best.fit
  return { intercept, slope, quality: { sizes: points.slice(best.from).map(({ size }) => size), chiSquared, freedom } }
}

/** Leaves out the smallest sizes until the rest can be believed, or only the fewest are left. */
function fitLargest(
  points: readonly unknown[],
  fewest: number,
  attempt: (from: number) => LeastSquares | undefined,
): { readonly from: number; readonly fit: LeastSquares } | undefined {
  for (let from = 0; from <= points.length - fewest && points.length > 0; from++) {
    const found = attempt(from)
    if (!found) continue
    if (found.chiSquared <= BELIEVED * found.freedom || from === points.length - fewest) return { from, fit: found }
  }
  return undefined
}

/** Whether a temperature lies among those simulated, also without any one block. */
function covers({ temperature, gaps }: Reweighting, { mean, left }: Estimate): boolean {
  const all = [mean, ...[...left.values()].flatMap((values) => [...values])]
  const isInside = (T: number): boolean =>
    T >= (temperature[0] as number) && T <= (temperature.at(-1) as number) && !gaps.some(([from, to]) => T > from && T < to)
  return all.every(isInside)
}

function checkAlike(sorted: readonly Reweighting[]): void {
  const first = sorted[0] as Reweighting
  sorted.forEach((one, i) => {
    if (one.model.name !== first.model.name)
      throw new UsageError(`${one.name}: of the model ${one.model.name}, but ${first.name} of ${first.model.name}; allowed: one model`)
    if (i > 0 && sorted[i - 1]?.size === one.size)
      throw new UsageError(`${one.name}: L = ${one.size} is there twice; allowed: one simulation for each size`)
    const different = Object.keys({ ...one.parameters, ...first.parameters }).find((key) => one.parameters[key] !== first.parameters[key])
    if (different !== undefined) {
      throw new UsageError(
        `${one.name}: ${different} = ${one.parameters[different]}, but ${first.parameters[different]} in ${first.name}; allowed: simulations that differ in size alone`,
      )
    }
  })
}

function exactly(value: number | undefined): { readonly exact?: number } {
  return value === undefined ? {} : { exact: value }
}
