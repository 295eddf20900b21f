import { UsageError } from '../errors.ts'
import type { PowerLaws } from '../model/model.ts'
import { along, type CurveCrossing, crossingOf } from './crossing.ts'
import { combine, type Estimate } from './estimate.ts'
import { type Peak, peakOf } from './peak.ts'
import type { Reweighting } from './reweighting.ts'
import { type Line, lineThrough, type Sized, type SlopedLine } from './scaling-line.ts'
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
  /** Its error is the quoted one, √(statistical² + shift²); the statistical one alone where there is no shift. */
  readonly value: Estimate
  /** Of the samples alone. */
  readonly statisticalError: number
  /** Sizes whose data the fit took: the small ones are left out where they do not fit. */
  readonly sizes: readonly number[]
  readonly chiSquared: number
  /** Degrees of freedom; 0: the fit cannot be judged. */
  readonly freedom: number
  readonly exact?: number
  /**
   * Change of the value without the smallest of these sizes, a measure of what statistical errors do not know. None where there are
   * no more sizes than parameters.
   */
  readonly shift?: number
  /** True of heights of peaks: noise lifts a maximum, and its corrections to scaling are large. */
  readonly biased?: true
  /**
   * The line that was fitted: T(L) = intercept + slope L^(-1/nu) for `T_c`, ln y = intercept + slope ln L else, and
   * bend L^(-power) added where corrections to scaling are known and there are sizes enough; statistical errors. None for crossings.
   */
  readonly line?: {
    readonly intercept: Estimate
    readonly slope: Estimate
    readonly bend?: { readonly value: Estimate; readonly power: number }
  }
}

/**
 * Peaks of every size, crossings of sizes that follow each other, and fits of T_c, nu, gamma/nu and beta/nu.
 *
 * T_c: crossings of the Binder ratio, which approach it as L^(-1/nu - omega); and peaks, T(L) = T_c + b L^(-1/nu) + c L^(-2/nu). At
 * the T_c of the crossings |dU/dT| ~ L^(1/nu), chi ~ L^(gamma/nu), order ~ L^(-beta/nu); heights of peaks ~ L^(gamma/nu) (1 + a L^(-1/nu)),
 * chi at T_c ~ L^(gamma/nu) (1 + a L^-omega). Sources: Binder, Z. Phys. B 43, 119 (1981); Ferrenberg, Landau, Phys. Rev. B 44, 5081 (1991); terms of the next order from the
 * distance of peaks from T_c, itself of the order of L^(-1/nu), in everything that is smooth there.
 *
 * @param reweightings one for each size, of one model with the same parameters
 * @throws UsageError where they are not
 */
export function finiteSizeScaling(reweightings: readonly Reweighting[]): FiniteSizeScaling {
  const sorted = [...reweightings].sort((a, b) => a.size - b.size)
  const first = sorted[0]
  if (!first) throw new UsageError('nothing to scale; give one simulation or more')
  checkAlike(sorted)
  const { criticality } = first.description
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
  const laws = criticality.powerLaws
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
      ...quoted(critical, limit.less?.intercept),
      ...limit.quality,
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
      ...quoted(nu, slopes.less && 1 / slopes.less.slope),
      ...slopes.quality,
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
        ...quoted(fit.intercept, fit.less?.intercept),
        ...fit.quality,
        line: lineOf(fit, 2 / (nu as Estimate).mean),
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
  if (fits.every(({ shift }) => shift === undefined))
    return 'errors are statistical only: so few sizes cannot tell what small lattices do beyond'
  const general = 'errors contain the shift, which leaving out the smallest size makes; where there is none they are statistical only'
  const doubtful = fits.filter(({ statisticalError, shift }) => shift !== undefined && Math.abs(shift) > 2 * statisticalError)
  if (doubtful.length === 0) return general
  const names = doubtful.map(({ name, from }) => `${name} from ${from}`)
  return `${general}; the shift is far above the statistical error, so larger lattices are needed, for ${names.join(', ')}`
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
  const line = lineThrough(crossings, (at) => [1, shape(at.size, at.larger)], [])
  if (!line) return undefined
  const used = crossings.filter(({ size }) => line.quality.sizes.includes(size)).flatMap(({ size, larger }) => [size, larger])
  return { ...line, quality: { ...line.quality, sizes: [...new Set(used)] } }
}

function exponents(
  { order, susceptibility, correction }: PowerLaws,
  data: { readonly of: (quantity: string) => Sized[]; readonly highest: (quantity: string, key: 'height') => Sized[] },
  exact: { readonly gammaOverNu: number | undefined; readonly betaOverNu: number | undefined },
): ScalingFit[] {
  const exponent = (
    name: ScalingFit['name'],
    from: string,
    points: readonly Sized[],
    sign: 1 | -1,
    known: number | undefined,
    power?: number,
  ): ScalingFit[] => {
    const line = powerLaw(points, power)
    if (!line) return []
    const value = combine([line.slope], ([slope = 0]) => sign * slope)
    const less = line.less && sign * line.less.slope
    return [{ name, from, ...quoted(value, less), ...line.quality, line: lineOf(line, power), ...exactly(known) }]
  }
  const heights = data.highest(susceptibility, 'height')
  return [
    ...exponent('gamma/nu', `heights of ${susceptibility}`, heights, 1, exact.gammaOverNu, 1 / correction.nu).map(
      (fit): ScalingFit => ({ ...fit, biased: true }),
    ),
    ...exponent('gamma/nu', `${susceptibility} at T_c`, data.of(susceptibility), 1, exact.gammaOverNu, correction.omega),
    ...exponent('beta/nu', `${order} at T_c`, data.of(order), -1, exact.betaOverNu),
  ]
}

/** ln |y| = intercept + slope ln L, + bend L^(-power) where a power is given. */
function powerLaw(points: readonly Sized[], power?: number): SlopedLine | undefined {
  const logs = points.map(({ size, value }) => ({ size, value: combine([value], ([y = 0]) => Math.log(Math.abs(y))) }))
  return lineThrough(logs, ({ size }) => [1, Math.log(size), ...(power === undefined ? [] : [size ** -power])], [])
}

/** T(L) = intercept + slope L^(-1/nu) + bend L^(-2/nu) */
function shift(points: readonly Sized[], nu: Estimate): SlopedLine | undefined {
  return lineThrough(points, ({ size }, [exponent = 1]) => [1, size ** (-1 / exponent), size ** (-2 / exponent)], [nu])
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
    if (one.description.name !== first.description.name)
      throw new UsageError(
        `${one.name}: of the model ${one.description.name}, but ${first.name} of ${first.description.name}; allowed: one model`,
      )
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

function lineOf({ intercept, slope, bend }: SlopedLine, power = Number.NaN): NonNullable<ScalingFit['line']> {
  return { intercept, slope, ...(bend ? { bend: { value: bend, power } } : {}) }
}

/** @param less the value without the smallest size */
function quoted(value: Estimate, less: number | undefined): Pick<ScalingFit, 'value' | 'statisticalError' | 'shift'> {
  const statisticalError = value.error
  if (less === undefined) return { value, statisticalError }
  const shift = less - value.mean
  return { value: { ...value, error: Math.hypot(statisticalError, shift) }, statisticalError, shift }
}

function exactly(value: number | undefined): { readonly exact?: number } {
  return value === undefined ? {} : { exact: value }
}
