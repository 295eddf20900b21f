import type { Estimate } from '../statistics/estimate.ts'
import type { FiniteSizeScaling, ScalingFit } from '../statistics/finite-size.ts'
import { formatPlain, formatWithError } from './number.ts'
import { alignRows } from './table.ts'

// Peaks, crossings and finite-size fits, for people and for programs.

const MARK = '*'
const BIASED =
  'heights of peaks are biased on small lattices: noise lifts a maximum, and corrections to scaling are large; trust the value at T_c more'

export function scalingText({ peaks, crossings, fits, notes }: FiniteSizeScaling): string {
  const parts: string[] = []
  const cell = ({ mean, error }: Estimate): string => formatWithError(mean, error)
  const reasons: string[] = []
  const because = (what: string, reason: string): string => {
    reasons.push(`${what}: ${reason}`)
    return '-'
  }
  if (peaks.length > 0) {
    const rows = peaks.map(({ size, quantity, peak }) =>
      peak.found
        ? [quantity, String(size), cell(peak.temperature), cell(peak.height)]
        : [quantity, String(size), because(`${quantity}, L = ${size}`, peak.reason), '-'],
    )
    parts.push(alignRows([['peak of', 'L', 'at T', 'height'], ...rows]))
  }
  if (crossings.length > 0) {
    const rows = crossings.map(({ sizes, quantity, crossing }) =>
      crossing.found
        ? [quantity, sizes.join(', '), cell(crossing.temperature), cell(crossing.value)]
        : [quantity, sizes.join(', '), because(`${quantity}, L = ${sizes.join(' and ')}`, crossing.reason), '-'],
    )
    parts.push(alignRows([['crossing of', 'L', 'at T', 'value'], ...rows]))
  }
  if (fits.length > 0) {
    const rows = fits.map(({ name, from, value, exact, shift, sizes, chiSquared, freedom, biased }) => [
      name,
      cell(value),
      shift === undefined ? '-' : shift.toPrecision(1),
      formatPlain(exact),
      biased ? `${from} ${MARK}` : from,
      sizes.join(', '),
      freedom > 0 ? `${chiSquared.toFixed(1)}/${freedom}` : '-',
    ])
    parts.push(alignRows([['L → ∞', 'value', 'shift', 'exact', 'from', 'L', 'chi²/dof'], ...rows]))
  }
  const footnotes = fits.some(({ biased }) => biased) ? [`${MARK} ${BIASED}`] : []
  const remarks = [...reasons, ...footnotes, ...notes]
  if (remarks.length > 0) parts.push(remarks.join('\n'))
  return parts.join('\n\n')
}

/** What was not found has its `reason` instead of numbers; a number without an error has none. */
export function scalingJson({ sizes, peaks, crossings, fits, notes }: FiniteSizeScaling): Record<string, unknown> {
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
