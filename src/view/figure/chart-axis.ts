/** An axis as the renderer takes it: its range, where it has labels, and what they say. */
import type { Axis } from './chart.ts'
import type { Scale } from './chart-scale.ts'
import { evenTicks } from './ticks.ts'

/** Labels of powers of ten, by their exponents from -30 to 30. */
const POWERS = Array.from({ length: 61 }, (_, k) => `10^{${k - 30}}`)
const POWER_LABEL = `(${JSON.stringify(POWERS)})[30 + round(log(datum.value) / LN10)]`

/** Half as high as a label. */
const HALF = 6

/** Without a label that reaches above the plot: it would lift the title above those of other plots in its row. */
export function levelled({ whole = false }: Axis, scale: Scale, length: number): Scale {
  const ticks = scale.ticks ?? evenTicks(scale.domain, Math.max(2, Math.round(length / 36)), whole)
  return { ...scale, ticks: ticks.filter((tick) => scale.pixel(tick) <= length - HALF) }
}

export type Channel = ReturnType<typeof channel>

export function channel(
  { label, whole = false }: Axis,
  scale: Scale,
  { title, ticks, grid }: { title: number; ticks: number; grid: boolean },
) {
  const isPower = (tick: number): boolean => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9
  const domain: number[] = [...scale.domain]
  const most = Math.max(...domain.map(Math.abs))
  // The renderer's own labels have as many digits as the steps between them, but never an exponent.
  const decimals = Math.max(0, ...(scale.ticks ?? []).map((tick) => (String(tick).split('.')[1] ?? '').length))
  const format = most >= 1e7 || most < 1e-3 ? '~g' : scale.log ? ',.12~g' : `,.${decimals}f`
  // As a format they would be thinned on a logarithmic axis, to none on a short one.
  const labels = scale.log || scale.ticks ? { labelExpr: `format(datum.value, '${format}')` } : format === '~g' ? { format } : {}
  return {
    field: 'x',
    type: 'quantitative',
    title: label,
    scale: { type: scale.log ? 'log' : 'linear', domain, nice: false, ...(scale.log ? {} : { zero: false }) },
    axis: {
      grid,
      titleLimit: title,
      ...(whole ? { tickMinStep: 1 } : {}),
      // Of values of our own the renderer would leave out every other one that is more than a count.
      ...(scale.ticks ? { values: [...scale.ticks] } : { tickCount: Math.max(2, Math.round(ticks)) }),
      ...(scale.powers && scale.ticks?.every(isPower) ? { labelExpr: POWER_LABEL } : labels),
    },
  } as const
}
