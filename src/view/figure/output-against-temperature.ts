/**
 * What a network says of configurations at each temperature: its mean output for the ordered phase, a curve for each
 * size, with where it crosses 1/2. A close-up of the crossings stands beside it where a range is given.
 */
import { UsageError } from '../../errors.ts'
import { formatWithError } from '../../text/number.ts'
import { TEMPERATURE } from './label.ts'
import { type FigureSpec, GREY, type Layers } from './render.ts'
import { coloursOf } from './series-look.ts'

/** Mean output for the ordered phase with its standard error, one number for each temperature; NaN where there is none. */
interface OutputCurve {
  readonly name: string
  readonly temperature: ArrayLike<number>
  readonly probability: ArrayLike<number>
  readonly error: ArrayLike<number>
}

/** Names of the phases; 1 - p is drawn too, in dashes, where the disordered one has a name. */
interface Phases {
  readonly ordered: string
  readonly disordered?: string
}

export interface OutputAgainstTemperature {
  readonly title: string
  readonly curves: readonly OutputCurve[]
  /** Temperature known otherwise, as an upright line. */
  readonly critical?: { readonly name: string; readonly value: number } | undefined
  /** Where curves, by their names, cross 1/2. */
  readonly crossings?: readonly { readonly name: string; readonly temperature: number; readonly error: number }[]
  readonly phases?: Phases
  /** Temperatures from and to of a second panel. */
  readonly closeUp?: readonly [number, number]
}

/** Fewer than colours, and no divisor of their number, so that a colour that comes again has another shape. */
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross']
/** Names of crossings in one line of the subtitle. */
const IN_A_LINE = 4

/** @throws UsageError where there is no temperature to draw */
export function outputAgainstTemperature(figure: OutputAgainstTemperature): FigureSpec {
  const { title, curves, crossings = [], closeUp } = figure
  const temperatures = curves.flatMap(({ temperature }) => Array.from(temperature)).filter(Number.isFinite)
  if (temperatures.length === 0) throw new UsageError('there is no output to draw: the data have no temperatures')
  const range = [Math.min(...temperatures), Math.max(...temperatures)] as const
  const subtitle = said(crossings.filter(({ temperature }) => Number.isFinite(temperature)))
  const head = { text: title, ...(subtitle.length > 0 ? { subtitle } : {}) }
  if (!closeUp) return { title: head, width: 480, height: 300, layer: panel(figure, range, true) }
  return {
    title: head,
    spacing: 28,
    hconcat: [
      { width: 400, height: 300, layer: panel(figure, range, true) },
      { width: 260, height: 300, layer: panel(figure, closeUp, false) },
    ],
  }
}

function said(crossings: NonNullable<OutputAgainstTemperature['crossings']>): string[] {
  const found = crossings.map(({ name, temperature, error }) => `${name} at ${formatWithError(temperature, error)}`)
  return Array.from({ length: Math.ceil(found.length / IN_A_LINE) }, (_, k) => {
    const line = found.slice(IN_A_LINE * k, IN_A_LINE * (k + 1)).join(', ')
    return k === 0 ? `White diamonds, p = 1/2: ${line}` : line
  })
}

type Range = readonly [number, number]
type Across = ReturnType<typeof across>

function across(range: Range, tickCount: number) {
  const domain: number[] = [...range]
  return {
    field: 'temperature',
    type: 'quantitative',
    title: TEMPERATURE,
    scale: { domain, nice: false, zero: false, padding: 6 },
    axis: { grid: false, tickCount },
  } as const
}

function panel(figure: OutputAgainstTemperature, range: Range, main: boolean): Layers {
  const { curves, critical, phases = { ordered: 'ordered' } } = figure
  const [from, to] = range
  const inside = ({ temperature }: { readonly temperature: number }) => temperature >= from && temperature <= to
  const rows = curves.flatMap((curve) => rowsOf(curve, phases))
  const x = across(range, main ? 8 : 5)
  const y = {
    field: 'p',
    type: 'quantitative',
    title: main ? `mean output${phases.disordered === undefined ? ` p(${phases.ordered})` : ''}` : null,
    scale: { domainMin: 0, domainMax: 1, nice: false },
    axis: { grid: true, tickCount: 5 },
  } as const
  const color = colourOf(curves.map(({ name }) => name))
  const shape = { ...color, scale: { domain: color.scale.domain, range: curves.map((_, k) => SHAPES[k % SHAPES.length] ?? 'circle') } }
  const both = phases.disordered !== undefined
  const strokeDash = {
    field: 'phase',
    type: 'nominal',
    scale: {
      domain: both ? [phases.ordered, phases.disordered] : [phases.ordered],
      range: both
        ? [
            [1, 0],
            [5, 4],
          ]
        : [[1, 0]],
    },
    legend: both ? { title: 'output for', symbolType: 'stroke', symbolSize: 500, symbolStrokeColor: GREY.text } : null,
  } as const
  const half: Layers[number] = {
    data: { values: [{ p: 0.5 }] },
    mark: { type: 'rule', color: GREY.line, strokeDash: [2, 3] },
    encoding: { y },
  }
  return [
    half,
    ...(critical && inside({ temperature: critical.value }) ? upright(critical, x) : []),
    { data: { values: rows }, mark: { type: 'line', clip: true }, encoding: { x, y, color, strokeDash } },
    {
      data: { values: rows.filter(inside) },
      mark: { type: 'rule', strokeWidth: 1.25, clip: true },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    { data: { values: rows.filter(inside) }, mark: { type: 'point', size: 42 }, encoding: { x, y, color, shape } },
    ...crossed(figure, range, x, color),
  ]
}

/** Points with the ends of their error bars; those that are no number are left out. */
function rowsOf({ name, temperature, probability, error }: OutputCurve, { ordered, disordered }: Phases) {
  return Array.from(temperature, (t, k) => {
    const p = probability[k] ?? NaN
    const bar = error[k] || 0
    const row = (phase: string, value: number) => ({ name, phase, temperature: t, p: value, low: value - bar, high: value + bar })
    return [row(ordered, p), ...(disordered === undefined ? [] : [row(disordered, 1 - p)])]
  })
    .flat()
    .filter(({ temperature: t, p }) => Number.isFinite(t) && Number.isFinite(p))
}

/** Colours by name, the same in every panel and mark. */
function colourOf(names: readonly string[]) {
  const range = [...coloursOf(names)]
  return { field: 'name', type: 'nominal', scale: { domain: [...names], range }, legend: { title: null } } as const
}

/** A line at a temperature that is known, with its name above the plot, where no curve can meet it. */
function upright({ name, value }: { readonly name: string; readonly value: number }, x: Across): Layers {
  const data = { values: [{ temperature: value, text: `${name} = ${Number(value.toPrecision(6))}` }] }
  return [
    { data, mark: { type: 'rule', color: GREY.text, strokeWidth: 1.25, strokeDash: [6, 3] }, encoding: { x } },
    { data, mark: { type: 'text', baseline: 'bottom' }, encoding: { x, y: { value: -5 }, text: { field: 'text' } } },
  ]
}

/** Where curves cross 1/2, with their errors. */
function crossed({ crossings = [] }: OutputAgainstTemperature, [from, to]: Range, x: Across, color: ReturnType<typeof colourOf>): Layers {
  const values = crossings
    .filter(({ temperature }) => temperature >= from && temperature <= to)
    .map(({ name, temperature, error }) => {
      const bar = error || 0
      return { name, temperature, p: 0.5, low: Math.max(from, temperature - bar), high: Math.min(to, temperature + bar) }
    })
  if (values.length === 0) return []
  const y = { field: 'p', type: 'quantitative' } as const
  return [
    { data: { values }, mark: { type: 'rule', strokeWidth: 2 }, encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color } },
    {
      data: { values },
      mark: { type: 'point', shape: 'diamond', size: 95, filled: false, fill: '#ffffff', strokeWidth: 1.75 },
      encoding: { x, y, color },
    },
  ]
}
