/**
 * Crossing temperatures against 1/L, with the straight line that was fitted to them and where it meets 1/L = 0: the
 * temperature of the infinite lattice. The fit is made where numbers are analysed; here it is drawn.
 */
import { UsageError } from '../../errors.ts'
import type { LineFit } from '../../neural/transition.ts'
import { formatWithError } from '../../text/number.ts'
import { TEMPERATURE } from './label.ts'
import { COLOUR, type FigureSpec, GREY, type Layers } from './render.ts'

export interface FiniteSizeScaling {
  readonly title: string
  /** Crossing of each linear size with its standard error; NaN where there is none. */
  readonly points: readonly { readonly size: number; readonly temperature: number; readonly error: number }[]
  /** T(L) = intercept + slope / L. */
  readonly fit?: LineFit | undefined
  /** Temperature known otherwise, as a level line. */
  readonly exact?: { readonly name: string; readonly value: number } | undefined
}

/** @throws UsageError where no size has a crossing */
export function finiteSizeScaling({ title, points, fit, exact }: FiniteSizeScaling): FigureSpec {
  const found = points.filter(({ size, temperature }) => size > 0 && Number.isFinite(temperature))
  if (found.length === 0) throw new UsageError('there is no scaling to draw: the output of no size crosses 1/2')
  const end = 1.06 * Math.max(...found.map(({ size }) => 1 / size))
  const drawn = fit && Number.isFinite(fit.intercept) && Number.isFinite(fit.slope) ? fit : undefined
  const [measured, infinite, line] = ['crossing of a size', 'infinite lattice', 'straight line']
  const known = exact ? `known ${exact.name} = ${Number(exact.value.toPrecision(6))}` : ''
  const bars = [
    ...found.map(({ size, temperature, error }) => ({ inverse: 1 / size, temperature, error: error || 0, name: measured })),
    ...(drawn ? [{ inverse: 0, temperature: drawn.intercept, error: drawn.interceptError || 0, name: infinite }] : []),
  ].map((point) => ({ ...point, low: point.temperature - point.error, high: point.temperature + point.error }))
  const across = (inverse: number, temperature: number, name: string) => ({ inverse, temperature, guide: name })
  const lines = [
    ...(drawn ? [across(0, drawn.intercept, line), across(end, drawn.intercept + drawn.slope * end, line)] : []),
    ...(exact ? [across(0, exact.value, known), across(end, exact.value, known)] : []),
  ]

  const domain: number[] = [0, end]
  const x = {
    field: 'inverse',
    type: 'quantitative',
    title: 'inverse size 1/L',
    scale: { domain, nice: false, padding: 12 },
    axis: { grid: false, tickCount: 6 },
  } as const
  const y = {
    field: 'temperature',
    type: 'quantitative',
    title: TEMPERATURE,
    scale: { zero: false, padding: 14, nice: false },
    axis: { grid: true, tickCount: 6 },
  } as const
  const names = drawn ? [measured, infinite] : [measured]
  const color = {
    field: 'name',
    type: 'nominal',
    scale: { domain: names, range: [COLOUR.blue, COLOUR.vermillion] },
    legend: { title: null },
  } as const
  const shape = { ...color, scale: { domain: names, range: ['circle', 'diamond'] } } as const
  const strokeDash = {
    field: 'guide',
    type: 'nominal',
    scale: {
      domain: [...(drawn ? [line] : []), ...(exact ? [known] : [])],
      range: [...(drawn ? [[1, 0]] : []), ...(exact ? [[6, 3]] : [])],
    },
    legend: { title: null, symbolType: 'stroke', symbolSize: 500, symbolStrokeColor: GREY.text },
  } as const
  const guides: Layers =
    lines.length > 0
      ? [{ data: { values: lines }, mark: { type: 'line', color: GREY.text, strokeWidth: 1.25 }, encoding: { x, y, strokeDash } }]
      : []
  return {
    title: drawn
      ? {
          text: title,
          subtitle: fitText(drawn),
        }
      : { text: title },
    width: 440,
    height: 290,
    layer: [
      ...guides,
      {
        data: { values: bars },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { data: { values: bars }, mark: { type: 'point', size: 60 }, encoding: { x, y, color, shape } },
    ],
  }
}

/** `T(L) = T_c + b/L: T_c = 2.272(5), b = 0.4(2), χ^2/dof = 1.2/2`, as spinpool crossing prints it. */
function fitText({ intercept, interceptError, slope, slopeError, chiSquared, freedom }: LineFit): string {
  const quality = freedom > 0 ? `χ^2/dof = ${chiSquared.toFixed(1)}/${freedom}` : 'two sizes, so the fit cannot be judged'
  const values = `T_c = ${formatWithError(intercept, interceptError)}, b = ${formatWithError(slope, slopeError)}`
  return `T(L) = T_c + b/L: ${values}, ${quality}`.replaceAll('-', '\u2212')
}
