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
  /** Change of the value without the smallest of these sizes, a measure of what the errors, which are statistical, do not know. */
  readonly shift?: number
  /**
   * The straight line that was fitted: T(L) = intercept + slope L^(-1/nu) for `T_c`, ln y = intercept + slope ln L else;
   * none for crossings.
   */
  readonly line?: { readonly intercept: Estimate; readonly slope: Estimate }
}

/** χ²/dof up to which a fit is believed; above, the smallest size is left out. */
const BELIEVED = 2
const MIN_LINE = 3

/**
 * Peaks of every size, crossings of sizes that follow each other, and fits of T_c, nu, gamma/nu and beta/nu.
 *
 * T_c: crossings of the Binder ratio, which approach it as L^(-1/nu - omega); and peaks, T(L) = T_c + b L^(-1/nu). At the T_c of the crossings |dU/dT| ~ L^(1/nu), chi ~ L^(gamma/nu),
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
  const found = crossings.flatMap(({ sizes: pair, crossing }) =>
    crossing.found ? [{ size: pair[0], larger: pair[1], value: crossing.temperature }] : [],
  )
  const limit = limitOf(found, laws)
  const critical = limit?.intercept
  if (!limit || !critical) {
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
      ...limit.quality,
      ...shifted(critical, limit.less?.intercept),
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
  if (slopes && nu)
    fits.push({
      name: 'nu',
      from: `d${binder}/dT at T_c`,
      value: nu,
      ...slopes.quality,
      ...shifted(nu, slopes.less && 1 / slopes.less.slope),
      line: lineOf(slopes),
      ...exactly(exactNu),
    })
  const highest = (quantity: string, key: 'temperature' | 'height'): Sized[] =>
    peaks.flatMap(({ size, quantity: name, peak }) => (name === quantity && peak.found ? [{ size, value: peak[key] }] : []))
  for (const quantity of nu && nu.mean > 0 ? criticality.peaks : []) {
    const fit = shift(highest(quantity, 'temperature'), nu as Estimate)
    if (fit) {
      const from = `peaks of ${quantity}`
      fits.push({
        name: 'T_c',
        from,
        value: fit.intercept,
        ...fit.quality,
        ...shifted(fit.intercept, fit.less?.intercept),
        line: lineOf(fit),
        ...exactly(criticalTemperature),
      })
    }
  }
  fits.push(...exponents(laws, { of, highest }, { gammaOverNu, betaOverNu }))
  notes.push(limitsOf(fits))
  return { sizes, peaks, crossings, fits, notes }
}

/** What the numbers are not to be mistaken for. */
function limitsOf(fits: readonly ScalingFit[]): string {
  const general = 'errors are statistical; the shift, which leaving out the smallest size makes, tells of what small lattices do beyond'
  if (fits.every(({ shift }) => shift === undefined))
    return 'errors are statistical; with two sizes nothing tells of what small lattices do beyond'
  const doubtful = fits.filter(({ value, shift }) => shift !== undefined && Math.abs(shift) > value.error)
  if (doubtful.length === 0) return general
  const names = doubtful.map(({ name, from }) => `${name} from ${from}`)
  return `${general}: more than the error, so larger lattices are needed, for ${names.join(', ')}`
}

/** Where two sizes cross. */
interface SizedCrossing extends Sized {
  readonly larger: number
}

/**
 * T_c out of crossings of L and sL, T = T_c + b L^(-1/nu - omega) (1 - s^-omega) / (s^(1/nu) - 1) (Binder 1981, eq. 17), which one
 * crossing alone is taken for.
 */
function limitOf(crossings: readonly SizedCrossing[], { correction: { nu, omega } }: PowerLaws): Line | undefined {
  const shape = (smaller: number, larger: number): number =>
    (smaller ** (-1 / nu - omega) * (1 - (larger / smaller) ** -omega)) / ((larger / smaller) ** (1 / nu) - 1)
  const [only] = crossings
  if (only && crossings.length === 1) {
    if (!(only.value.error > 0)) return undefined
    return { intercept: only.value, slope: undefined, quality: { sizes: [only.size, only.larger], chiSquared: 0, freedom: 0 } }
  }
  const line = lineThrough(crossings, (at) => shape(at.size, at.larger), [])
  if (!line) return undefined
  const used = crossings.filter(({ size }) => line.quality.sizes.includes(size)).flatMap(({ size, larger }) => [size, larger])
  return { ...line, quality: { ...line.quality, sizes: [...new Set(used)] } }
}

/** A number of one size. */
interface Sized {
  readonly size: number
  readonly value: Estimate
}

interface Line {
  readonly intercept: Estimate
  readonly slope: Estimate | undefined
  readonly quality: Pick<ScalingFit, 'sizes' | 'chiSquared' | 'freedom'>
  /** Intercept and slope without the smallest size that was used; undefined where two sizes would not be left. */
  readonly less?: { readonly intercept: number; readonly slope: number } | undefined
}

interface SlopedLine extends Line {
  readonly slope: Estimate
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
    const value = combine([line.slope], ([slope = 0]) => sign * slope)
    const less = line.less && sign * line.less.slope
    return [{ name, from, value, ...line.quality, ...shifted(value, less), line: lineOf(line), ...exactly(known) }]
  }
  return [
    ...exponent('gamma/nu', `heights of ${susceptibility}`, data.highest(susceptibility, 'height'), 1, exact.gammaOverNu),
    ...exponent('gamma/nu', `${susceptibility} at T_c`, data.of(susceptibility), 1, exact.gammaOverNu),
    ...exponent('beta/nu', `${order} at T_c`, data.of(order), -1, exact.betaOverNu),
  ]
}

/** ln |y| = intercept + slope ln L */
function powerLaw(points: readonly Sized[]): SlopedLine | undefined {
  const logs = points.map(({ size, value }) => ({ size, value: combine([value], ([y = 0]) => Math.log(Math.abs(y))) }))
  return lineThrough(logs, ({ size }) => Math.log(size), [])
}

/** T(L) = intercept + slope L^(-1/nu) */
function shift(points: readonly Sized[], nu: Estimate): SlopedLine | undefined {
  return lineThrough(points, ({ size }, [exponent = 1]) => size ** (-1 / exponent), [nu])
}

function lineThrough<Point extends Sized>(
  points: readonly Point[],
  x: (point: Point, others: readonly number[]) => number,
  others: readonly Estimate[],
): SlopedLine | undefined {
  const attempt = (from: number): LeastSquares | undefined => {
    const used = points.slice(from)
    return leastSquares(
      used.map(({ value }) => value),
      (values) => used.map((point) => [1, x(point, values)]),
      others,
    )
  }
  if (points.length < 2) return undefined
  const best = fitLargest(points, Math.min(MIN_LINE, points.length), attempt)
  const [intercept, slope] = best?.fit.parameters ?? []
  if (!best || !intercept || !slope) return undefined
  const { chiSquared, freedom } = best.fit
  const [a, b] = points.length - best.from > 2 ? (attempt(best.from + 1)?.parameters ?? []) : []
  return {
    intercept,
    slope,
    less: a && b ? { intercept: a.mean, slope: b.mean } : undefined,
    quality: { sizes: points.slice(best.from).map(({ size }) => size), chiSquared, freedom },
  }
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
export function covers({ temperature, gaps }: Reweighting, { mean, left }: Estimate): boolean {
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

function lineOf({ intercept, slope }: SlopedLine): NonNullable<ScalingFit['line']> {
  return { intercept, slope }
}

function shifted({ mean }: Estimate, less: number | undefined): { readonly shift?: number } {
  return less === undefined ? {} : { shift: less - mean }
}

function exactly(value: number | undefined): { readonly exact?: number } {
  return value === undefined ? {} : { exact: value }
}
