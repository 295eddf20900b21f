/** Energy and order parameters against time, the thermalization included where the archive has it. */
import { samplesOf, traceOf } from '../../../archive/samples.ts'
import type { Samples } from '../../../statistics/samples.ts'
import type { ArchivedSimulation } from '../../../archive/read.ts'
import { counted } from '../../../text/number.ts'
import type { Chart, Series } from '../chart.ts'
import { capitalised, unbroken } from '../../../text/wrap.ts'
import { binned } from './binned.ts'
import { titleOf } from './title.ts'
import { fewTemperatures, mainMeasured, measuredOrAsked, valuesOf } from './measured.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'

/** Simulations, parts of the time, and values that go into one line, at most. */
const SIMULATIONS = 2
const PARTS = 80
const VALUES = 250_000
/** Measurements in a part at least, and parts at least: of fewer measurements one copy is drawn as it is. */
const IN_PART = 10
const FEW = 16
/** Below the band, and above it. */
const OUTSIDE = 0.1

export function series(selection: Selection): readonly Chart[] {
  return closeUps(selection, SIMULATIONS).flatMap((simulation) => {
    const trace = traceOf(simulation)
    const samples = trace ?? samplesOf(simulation)
    if (!samples) return []
    const names = measuredOrAsked(selection, simulation, samples, mainMeasured(simulation, samples))
    return names.flatMap((name) => chartOf(selection, simulation, samples, name, trace !== undefined) ?? [])
  })
}

function chartOf(
  selection: Selection,
  simulation: ArchivedSimulation,
  samples: Samples,
  observable: string,
  whole: boolean,
): Chart | undefined {
  const { sweep } = samples
  const copies = Math.max(1, Math.min(samples.copies, Math.floor(VALUES / sweep.length)))
  const parts = Math.min(PARTS, Math.floor((sweep.length * copies) / IN_PART))
  const temperatures = fewTemperatures(simulation)
  const drawn = parts < FEW ? oneCopy(samples, observable, temperatures) : bands(samples, observable, temperatures, copies, parts)
  const lines = drawn.series.filter(({ y }) => y.some(Number.isFinite))
  if (lines.length === 0) return undefined
  const title = titleOf(selection, observable)
  const { thermalization } = simulation
  const said = [labelOf(selection, simulation), drawn.says, ...(whole ? [] : ['the thermalization was not kept'])]
  const last = sweep.at(-1) ?? 0
  return {
    kind: 'chart',
    id: idOf(selection, 'series', observable, shortName(simulation)),
    title: `${capitalised(title.short)} time series`,
    subtitle: unbroken(said.join('; ')),
    x: { label: 'sweeps of a replica', domain: [0, last] },
    y: { label: title.label },
    series: lines,
    guides: thermalization > 0 && thermalization <= last ? [{ axis: 'x', value: thermalization, label: 'thermalized' }] : [],
    description: `${capitalised(title.name)} of ${labelOf(selection, simulation)} from sweep ${sweep[0] ?? 0} to ${last} at ${temperatures.map(({ name }) => name).join(', ')}; ${drawn.says}; measurements count from sweep ${thermalization} on.`,
  }
}

type Temperatures = ReturnType<typeof fewTemperatures>

interface Lines {
  readonly series: readonly Series[]
  /** What a line is, and what is left out. */
  readonly says: string
}

/** All measurements of a few copies over each other would hide each other: means of equal times, and where most values are. */
function bands(samples: Samples, observable: string, temperatures: Temperatures, copies: number, parts: number): Lines {
  const { sweep } = samples
  const every = (sweep[1] ?? 0) - (sweep[0] ?? 0)
  const all = temperatures.map(({ t, name }) => {
    const values = Array.from({ length: copies }, (_, copy) => valuesOf(samples, observable, t, copy))
    return { name, ...binned(sweep, values, parts, OUTSIDE) }
  })
  const span = (all[0]?.length ?? 1) * every
  const of = copies < samples.copies ? `${copies} of ${samples.copies} copies` : counted(copies, 'copy', 'copies')
  return {
    series: all.map(({ name, x, y, band }): Series => ({ name, x, y, band, mark: 'line', role: 'data' })),
    says: `line: mean over ${counted(span, 'sweep')}${copies > 1 ? ` and ${of}` : copies < samples.copies ? ` of ${of}` : ''}; band: ${100 * OUTSIDE} to ${100 - 100 * OUTSIDE} % of the measurements`,
  }
}

function oneCopy(samples: Samples, observable: string, temperatures: Temperatures): Lines {
  return {
    series: temperatures.map(({ t, name }): Series => {
      const y = Array.from(valuesOf(samples, observable, t, 0), (value) => Number(value.toPrecision(6)))
      return { name, x: [...samples.sweep], y, mark: 'line', role: 'data' }
    }),
    says: samples.copies === 1 ? '1 copy' : `1 of ${samples.copies} copies`,
  }
}
