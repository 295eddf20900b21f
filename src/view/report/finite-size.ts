import { type Estimate, formatEstimate } from '../../statistics/estimate.ts'
import type { FiniteSizeScaling, ScalingFit } from '../../statistics/finite-size.ts'
import { formatPlain } from '../../text/number.ts'
import { alignRows } from '../../text/table.ts'

// Peaks, crossings and finite-size fits, for people and for programs.

const MARK = '*'
const BIASED =
  'heights of peaks are biased on small lattices: noise lifts a maximum, and corrections to scaling are large; trust the value at T_c more'

/** Rows of text; the first of each table is its heading, and a table without anything to say has none. */
export interface FiniteSizeTables {
  readonly peaks: readonly (readonly string[])[]
  readonly crossings: readonly (readonly string[])[]
  readonly fits: readonly (readonly string[])[]
  /** Why some of it is missing, and what the numbers are not to be mistaken for. */
  readonly remarks: readonly string[]
}

export function finiteSizeText(scaling: FiniteSizeScaling): string {
  const { peaks, crossings, fits, remarks } = finiteSizeTables(scaling)
  const tables = [peaks, crossings, fits].filter((rows) => rows.length > 0).map(alignRows)
  return [...tables, ...(remarks.length > 0 ? [remarks.join('\n')] : [])].join('\n\n')
}

export function finiteSizeTables({ peaks, crossings, fits, notes }: FiniteSizeScaling): FiniteSizeTables {
  const reasons: string[] = []
  const because = (what: string, reason: string): string => {
    reasons.push(`${what}: ${reason}`)
    return '-'
  }
  const peakRows = peaks.map(({ size, quantity, peak }) =>
    peak.found
      ? [quantity, String(size), formatEstimate(peak.temperature), formatEstimate(peak.height)]
      : [quantity, String(size), because(`${quantity}, L = ${size}`, peak.reason), '-'],
  )
  const crossingRows = crossings.map(({ sizes, quantity, crossing }) =>
    crossing.found
      ? [quantity, sizes.join(', '), formatEstimate(crossing.temperature), formatEstimate(crossing.value)]
      : [quantity, sizes.join(', '), because(`${quantity}, L = ${sizes.join(' and ')}`, crossing.reason), '-'],
  )
  const fitRows = fits.map(({ name, from, value, exact, shift, sizes, chiSquared, freedom, biased }) => [
    name,
    formatEstimate(value),
    shift === undefined ? '-' : shift.toPrecision(1),
    formatPlain(exact),
    biased ? `${from} ${MARK}` : from,
    sizes.join(', '),
    freedom > 0 ? `${chiSquared.toFixed(1)}/${freedom}` : '-',
  ])
  const footnotes = fits.some(({ biased }) => biased) ? [`${MARK} ${BIASED}`] : []
  return {
    peaks: table(['peak of', 'L', 'at T', 'height'], peakRows),
    crossings: table(['crossing of', 'L', 'at T', 'value'], crossingRows),
    fits: table(['L → ∞', 'value', 'shift', 'exact', 'from', 'L', 'chi²/dof'], fitRows),
    remarks: [...reasons, ...footnotes, ...notes],
  }
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): FiniteSizeTables['peaks'] {
  return rows.length > 0 ? [heading, ...rows] : []
}

/** What was not found has its `reason` instead of numbers; a number without an error has none. */
export function finiteSizeJson({ sizes, peaks, crossings, fits, notes }: FiniteSizeScaling): Record<string, unknown> {
  return {
    sizes,
    peaks: peaks.map(({ size, quantity, peak }) => ({
      size,
      quantity,
      ...(peak.found ? { temperature: plain(peak.temperature), height: plain(peak.height) } : { reason: peak.reason }),
    })),
    crossings: crossings.map(({ sizes: pair, quantity, crossing }) => ({
      sizes: pair,
      quantity,
      ...(crossing.found ? { temperature: plain(crossing.temperature), value: plain(crossing.value) } : { reason: crossing.reason }),
    })),
    fits: fits.map(fitJson),
    notes,
  }
}

/** `error` is what is quoted; without a `shift` it is the statistical one. */
function fitJson({
  name,
  from,
  value,
  statisticalError,
  sizes,
  chiSquared,
  freedom,
  exact,
  shift,
  biased,
  line,
}: ScalingFit): Record<string, unknown> {
  return {
    name,
    from,
    ...plain(value),
    ...(Number.isFinite(statisticalError) ? { statisticalError } : {}),
    ...(exact === undefined ? {} : { exact }),
    ...(shift === undefined ? {} : { shift }),
    ...(biased ? { biased } : {}),
    sizes,
    chiSquared,
    degreesOfFreedom: freedom,
    ...(line ? { line: lineJson(line) } : {}),
  }
}

function lineJson({ intercept, slope, bend }: NonNullable<ScalingFit['line']>): Record<string, unknown> {
  return {
    intercept: plain(intercept),
    slope: plain(slope),
    ...(bend ? { bend: { ...plain(bend.value), power: bend.power } } : {}),
  }
}

function plain({ mean, error }: Estimate): { readonly value: number; readonly error?: number } {
  return { value: mean, ...(Number.isFinite(error) ? { error } : {}) }
}
