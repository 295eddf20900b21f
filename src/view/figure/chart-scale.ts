/**
 * Where the values of one axis lie on paper. The range comes from the data; what stands beside them (exact curves, guides,
 * error bars of points that say little) widens it only so far that the data stay what is seen. Values that a logarithmic
 * axis cannot show are left out.
 */
import type { Axis } from './chart.ts'
import { chosenTicks, evenTicks } from './ticks.ts'

export interface Scale {
  readonly log: boolean
  /** Ends of the axis, a few pixels beyond what is shown. */
  readonly domain: readonly [number, number]
  /** Values with a label; undefined where the renderer's own are right. */
  readonly ticks?: readonly number[]
  /** Whether labels are powers of ten. */
  readonly powers: boolean
  /** Whether a value can be on the axis at all. */
  shows(value: number): boolean
  /** From the low end of the axis. */
  pixel(value: number): number
}

/** What wants to be on an axis. */
export interface Shown {
  readonly data: readonly number[]
  /** Ends of error bars. */
  readonly bars?: readonly (readonly [number, number])[]
  /** Of curves and guides beside the data. */
  readonly beside?: readonly number[]
  /** True where areas stand on 0. */
  readonly fromZero?: boolean
}

type Range = readonly [number, number]

/** Between the outermost value and the end of the axis, so that no symbol is cut. */
const PADDING = 8
/** From one label to the next, pixels. */
const LABEL = 26
/** Fewer labels than this do not tell what lies between them. */
const FEW = 3

/** @param length of the axis, pixels */
export function scaleOf(axis: Axis, shown: Shown, length: number): Scale {
  const log = axis.log === true
  const shows = (value: number): boolean => Number.isFinite(value) && (!log || value > 0)
  const to = log ? Math.log10 : (value: number) => value
  const from = log ? (value: number) => 10 ** value : (value: number) => value
  const asked = axis.domain?.every(shows) ? axis.domain : undefined
  const [low, high] = asked ? ([to(asked[0]), to(asked[1])] as const) : rangeOf(shown, shows, to, log)
  const [start, end] = low < high ? [low, high] : widened(low, log, axis.whole === true)
  const pad = ((end - start) * PADDING) / Math.max(1, length - 2 * PADDING)
  const [first, last] = [start - pad, end + pad]
  const pixel = (value: number): number => ((to(value) - first) / (last - first)) * length
  const ends = [from(first), from(last)] as const
  const own = axis.ticks && chosenTicks(axis.ticks, ends, pixel, LABEL)
  const ticks = own ?? (log ? logTicks(...ends) : undefined)
  return {
    log,
    domain: ends,
    ...(ticks ? { ticks } : {}),
    powers: ticks?.some((tick) => tick < 0.999e-3 || tick > 1.001e4) ?? false,
    shows,
    pixel,
  }
}

/** In the units of the axis: logarithms where it is logarithmic. */
function rangeOf(
  { data, bars = [], beside = [], fromZero = false }: Shown,
  shows: (value: number) => boolean,
  to: (value: number) => number,
  log: boolean,
): Range {
  const core = extent(data.filter(shows).map(to))
  const others = beside.filter(shows).map(to)
  if (!core) return extent(others) ?? [0, 1]
  const ends = bars.map((bar) => bar.filter(shows).map(to))
  const lengths = ends.flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [(b - a) / 2])).sort((a, b) => a - b)
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0
  const withBars = stretched(core, ends.flat(), Math.max(core[1] - core[0], 3 * usual))
  const whole = stretched(withBars, others, (withBars[1] - withBars[0]) / 2)
  return fromZero && !log ? [Math.min(0, whole[0]), Math.max(0, whole[1])] : whole
}

/** As far as the values reach, but not farther than allowed; where there is no length to compare with, all of it. */
function stretched([low, high]: Range, values: readonly number[], most: number): Range {
  const [first, last] = extent(values) ?? [low, high]
  if (most === 0) return [Math.min(low, first), Math.max(high, last)]
  return [Math.min(low, Math.max(first, low - most)), Math.max(high, Math.min(last, high + most))]
}

function extent(values: readonly number[]): Range | undefined {
  if (values.length === 0) return undefined
  // Not by spreading: there may be more values than a call takes arguments.
  return values.reduce<Range>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
}

/** Room about a single value. */
function widened(value: number, log: boolean, whole: boolean): Range {
  const room = log ? 0.3 : whole ? 1 : Math.abs(value) / 10 || 0.5
  return [value - room, value + room]
}

/** Powers of ten; between few of them also their multiples; round numbers on a short axis. */
function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low)
  const every = Math.ceil(decades / 9)
  const multiples = decades > 2.5 ? [1] : decades > 1 ? [1, 2, 5] : [1, 2, 3, 5]
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, k) => Math.floor(Math.log10(low)) + k)
  const ticks = powers
    .filter((power) => every === 1 || power % every === 0)
    .flatMap((power) => multiples.map((multiple) => Number(`${multiple}e${power}`)))
    .filter((tick) => tick >= low && tick <= high)
  return ticks.length >= FEW ? ticks : evenTicks([low, high], 5)
}
