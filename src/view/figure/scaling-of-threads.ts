import { amdahlSpeedUp } from '../../benchmark/amdahl.ts'
import { type Benchmark, controlSpeedUps, type Measurement, type ThreadScaling, speedUps } from '../../benchmark/benchmark.ts'
import { type Spread, spreadOf } from '../../benchmark/spread.ts'
import { fitOf, warningsOf } from '../../benchmark/verdict.ts'
import { counted, formatWithError } from '../../text/number.ts'
import type { Chart, Figure, Series } from './chart.ts'

// What a benchmark looks like: speed-up and efficiency against threads with the ideal and Amdahl's law, weak scaling, and the
// rates of the kernels. Points are medians over the repeats with their standard errors.

const CONTROL = 'plain arithmetic'
const IDEAL = 'ideal'
/** Points of a fitted curve from one thread to the most. */
const CURVE = 60

/** All charts that a benchmark has something for; none of one that only wrote archives. */
export function benchmarkFigures(benchmark: Benchmark): readonly Figure[] {
  const { settings, scalings, measurements, machine } = benchmark
  const strong = scalings.filter(({ kind }) => kind === 'strong')
  const weak = scalings.filter(({ kind }) => kind === 'weak')
  const kernels = measurements.filter(({ unit }) => unit === 'updates/ns')
  const kernelsOf = (model: string): readonly Measurement[] =>
    kernels.filter(({ name, series }) => name.startsWith(`${model}-L${series?.size}-`))
  const warnings = warningsOf(benchmark)
  return [
    ...(strong.length > 0 ? [speedUpChart(strong, machine.cores, warnings.length), efficiencyChart(strong, 'strong', machine.cores)] : []),
    ...(weak.length > 0 ? [efficiencyChart(weak, 'weak', machine.cores)] : []),
    ...settings.models.flatMap((model) => {
      const own = kernelsOf(model)
      return own.length > 0 ? [kernelChart(model, own)] : []
    }),
  ]
}

const X = { label: 'threads', whole: true } as const

function labelOf({ model, size }: ThreadScaling): string {
  return `${model}, L = ${size}`
}

function speedUpChart(scalings: readonly ThreadScaling[], cores: number, warnings: number): Chart {
  const most = mostThreads(scalings)
  const fits = scalings.flatMap((scaling) => {
    const fit = fitOf(scaling, cores)
    return fit ? [{ scaling, fit }] : []
  })
  const curves = fits.map(({ scaling, fit }): Series => {
    const x = Array.from({ length: CURVE + 1 }, (_, i) => 1 + ((most - 1) * i) / CURVE)
    return { name: labelOf(scaling), x, y: x.map((n) => amdahlSpeedUp(fit.fraction, n)), mark: 'line', role: 'data' }
  })
  const fractions = fits.map(({ scaling, fit }) => `${labelOf(scaling)} ${formatWithError(fit.fraction, fit.error)}`)
  const untested = fits.some(({ fit }) => fit.points === 1) ? '; one number of threads, the law is not tested' : ''
  const subtitle = [
    ...(fits.length > 0 ? [`lines: Amdahl's law, serial fraction ${fractions.join('; ')}${untested}`] : []),
    ...(warnings > 0 ? [`${counted(warnings, 'reservation')}, see spinpool bench`] : []),
  ].join('. ')
  return {
    kind: 'chart',
    id: 'strong-speed-up',
    title: 'Strong scaling: speed-up of one job',
    ...(subtitle === '' ? {} : { subtitle }),
    x: X,
    y: { label: 'speed-up' },
    series: [
      ...scalings.map(
        (scaling): Series => ({ ...points(labelOf(scaling), scaling.threads, speedUps(scaling).map(spreadOf)), mark: 'points' }),
      ),
      ...curves,
      ...controls(scalings, (_count, spread) => spread),
      { name: IDEAL, x: [1, most], y: [1, most], mark: 'line', role: 'guide' },
    ],
    description: `Speed-up against the number of threads, from 1 to ${most}, beside the ideal line and what plain arithmetic reaches.`,
  }
}

function efficiencyChart(scalings: readonly ThreadScaling[], kind: 'strong' | 'weak', cores: number): Chart {
  const most = mostThreads(scalings)
  const each = (count: number, { median, error, ...others }: Spread): Spread => ({
    ...others,
    median: median / count,
    error: error / count,
  })
  const series = [
    ...scalings.map((scaling) => {
      const spreads = speedUps(scaling).map((values, i) => each(scaling.threads[i] ?? 1, spreadOf(values)))
      return points(labelOf(scaling), scaling.threads, spreads)
    }),
    ...controls(scalings, each),
  ]
  const highest = Math.max(1, ...series.flatMap(({ y, error = [] }) => y.map((value, i) => value + (error[i] ?? 0))))
  return {
    kind: 'chart',
    id: `${kind}-efficiency`,
    title: kind === 'strong' ? 'Strong scaling: efficiency' : 'Weak scaling: efficiency',
    subtitle: kind === 'strong' ? 'speed-up by threads' : 'the job grows with the threads',
    x: X,
    // From 0 on: a few percent should look like a few percent.
    y: { label: 'efficiency', domain: [0, 1.05 * highest] },
    series: [...series, { name: IDEAL, x: [1, most], y: [1, 1], mark: 'line', role: 'guide' }],
    ...(most > cores ? { guides: [{ axis: 'x', value: cores, label: counted(cores, 'core') }] } : {}),
    description: `Efficiency against the number of threads, from 1 to ${most}; 1 is ideal.`,
  }
}

/** The control over the rounds of all jobs: it knows nothing of them. */
function controls(scalings: readonly ThreadScaling[], each: (count: number, spread: Spread) => Spread): Series[] {
  const [first] = scalings
  if (!first) return []
  const all = scalings.map(controlSpeedUps)
  const spreads = first.threads.map((count, i) => each(count, spreadOf(all.flatMap((rows) => rows[i] ?? []))))
  return [{ ...points(CONTROL, first.threads, spreads), mark: 'points and line', role: 'data' }]
}

function points(name: string, x: readonly number[], spreads: readonly Spread[]): Series {
  return {
    name,
    x,
    y: spreads.map(({ median }) => median),
    error: spreads.map(({ error }) => error),
    mark: 'points and line',
    role: 'data',
  }
}

function kernelChart(model: string, kernels: readonly Measurement[]): Chart {
  const names = [...new Set(kernels.map(({ series }) => series?.name ?? ''))]
  return {
    kind: 'chart',
    id: `kernels-${model}`,
    title: `Kernels of ${model} on one thread`,
    x: { label: 'linear size L', whole: true },
    y: { label: 'attempted updates per nanosecond' },
    series: names.map((name) => {
      const own = kernels.filter(({ series }) => series?.name === name)
      return points(
        name,
        own.map(({ series }) => series?.size ?? 0),
        own.map(({ values }) => spreadOf(values)),
      )
    }),
    description: `Attempted updates per nanosecond of every kernel of ${model} against the linear size.`,
  }
}

function mostThreads(scalings: readonly ThreadScaling[]): number {
  return Math.max(...scalings.flatMap(({ threads }) => threads))
}
