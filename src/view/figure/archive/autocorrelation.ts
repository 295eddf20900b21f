/** How fast a simulation forgets: autocorrelation functions at a few temperatures, and integrated autocorrelation times at all. */
import { samplesOf } from '../../../archive/samples.ts'
import type { Samples } from '../../../statistics/samples.ts'
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { formatWithError } from '../../../text/number.ts'
import { type AutocorrelationFunction, autocorrelationFunction } from '../../../statistics/autocorrelation-function.ts'
import type { Chart, Series } from '../chart.ts'
import { unbroken } from '../../../text/wrap.ts'
import { askedFor, columnNames } from './names.ts'
import { titleOf } from './title.ts'
import { columnOf } from '../../column.ts'
import { axisOf, curvesOf, largest, leftOut, rangeOf, seriesOf, symbolOf } from './curve.ts'
import { everyKth } from '../../evenly.ts'
import { fewTemperatures, mainMeasured, mainNames, measuredNames, sampleNames, valuesOf } from './measured.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'

/** Values that go into one function, lags that are drawn, and simulations, at most. */
const VALUES = 250_000
const LAGS = 120
const SIMULATIONS = 1

/** Functions need single measurements; times are in every archive, unless nothing was measured. */
export function autocorrelation(selection: Selection): readonly Chart[] {
  const { simulations } = selection
  const timed = columnNames(selection).filter((name) => simulations.some((simulation) => columnOf(simulation, name)?.tau))
  const asked = selection.observables && askedFor(selection.observables, [...new Set([...timed, ...sampleNames(selection)])])
  const functions = closeUps(selection, SIMULATIONS).flatMap((simulation) => {
    const samples = samplesOf(simulation)
    if (!samples) return []
    const known = measuredNames(simulation, samples)
    const names = asked?.filter((name) => known.includes(name)) ?? mainMeasured(simulation, samples)
    return names.flatMap((name) => functionChart(selection, simulation, name) ?? [])
  })
  const [first] = simulations
  const main = first ? mainNames(first) : []
  const times = (asked ?? main).filter((name) => timed.includes(name))
  return [...functions, ...times.flatMap((name) => timeChart(selection, name) ?? [])]
}

function functionChart(selection: Selection, simulation: ArchivedSimulation, observable: string): Chart | undefined {
  const samples = samplesOf(simulation)
  if (!samples) return undefined
  const spacing = spacingOf(samples)
  const copies = Math.max(1, Math.min(samples.copies, Math.floor(VALUES / samples.sweep.length)))
  const found = fewTemperatures(simulation).flatMap(({ t, name }) => {
    if (isSparse(simulation, samples, observable, t)) return []
    const values = Array.from({ length: copies }, (_, copy) => valuesOf(samples, observable, t, copy).filter(Number.isFinite))
    const result = autocorrelationFunction(values)
    return result ? [{ name, result }] : []
  })
  if (found.length === 0) return undefined
  const title = titleOf(selection, observable)
  const times = found.map(({ name, result: { tau, tauError } }) => `${formatWithError(tau * spacing, tauError * spacing)} at ${name}`)
  const windows = found.map(({ name, result: { window } }) => `${window * spacing} (${name})`)
  const said = [
    labelOf(selection, simulation),
    ...(copies < samples.copies ? [`${copies} of ${samples.copies} copies`] : []),
    ...(spacing > simulation.measureEvery ? [`one measurement in ${spacing} sweeps`] : []),
    `windows in sweeps: ${windows.join(', ')}`,
  ]
  return {
    kind: 'chart',
    id: idOf(selection, 'autocorrelation', observable, shortName(simulation)),
    title: `Autocorrelation of the ${title.short}`,
    subtitle: unbroken(said.join('; ')),
    x: { label: 'lag (sweeps)' },
    y: { label: 'ρ(t), normalised' },
    series: found.map(({ name, result }) => functionSeries(name, result, spacing)),
    guides: [{ axis: 'y', value: 0, label: '' }],
    description: `Normalised autocorrelation function of the ${title.name} of ${labelOf(selection, simulation)}, from 1 at lag 0; its integral, the autocorrelation time in sweeps, is ${times.join(', ')}.`,
  }
}

/** Whether a trace has its records further apart than measurements are correlated: its function would be 0 from the first lag on. */
function isSparse(simulation: ArchivedSimulation, samples: Samples, observable: string, t: number): boolean {
  const spacing = spacingOf(samples)
  const tau = columnOf(simulation, observable)?.tau?.[t] ?? Number.NaN
  return samples.kind === 'trace' && spacing > simulation.measureEvery && spacing > tau
}

/** Sweeps from one measurement to the next. */
function spacingOf({ sweep }: Samples): number {
  return (sweep[1] ?? Number.NaN) - (sweep[0] ?? Number.NaN)
}

/** What is missing, and why, where functions are left out at some temperature; undefined where none is. */
function sparseText(selection: Selection, column: string): string | undefined {
  const sparse = closeUps(selection, SIMULATIONS).some((simulation) => {
    const samples = samplesOf(simulation)
    return samples && fewTemperatures(simulation).some(({ t }) => isSparse(simulation, samples, column, t))
  })
  return sparse ? 'functions need measurements that are closer than this; run with --series' : undefined
}

function functionSeries(name: string, { rho, error }: AutocorrelationFunction, spacing: number): Series {
  const { indices } = everyKth(rho.length, LAGS)
  const of = (values: Float64Array): number[] => indices.map((t) => Number((values[t] as number).toPrecision(6)))
  return { name, x: indices.map((t) => t * spacing), y: of(rho), error: of(error), mark: 'points and line', role: 'data' }
}

function timeChart(selection: Selection, column: string): Chart | undefined {
  const data = curvesOf(selection).flatMap(
    (curve) =>
      seriesOf(curve, column, 'points and line', ({ tau, tauError }, t) => [tau?.[t] ?? Number.NaN, tauError?.[t] ?? Number.NaN]) ?? [],
  )
  if (data.length === 0) return undefined
  const title = titleOf(selection, column)
  const symbol = symbolOf(selection)
  const left = [leftOut(selection), sparseText(selection, column)].filter((part) => part !== undefined).join('; ')
  return {
    kind: 'chart',
    id: idOf(selection, 'autocorrelation-time', column),
    title: `Autocorrelation time of the ${title.short}`,
    ...(left === '' ? {} : { subtitle: left }),
    x: axisOf(selection),
    y: { label: 'autocorrelation time (sweeps)', log: true },
    series: data,
    description: `Integrated autocorrelation time of the ${title.name} for ${data.map(({ name }) => name).join('; ')} at ${symbol} from ${rangeOf(data)}; the longest is ${largest(data, symbol)} sweeps.`,
  }
}
