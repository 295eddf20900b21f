/** Energy and order parameters against time, the thermalization included where the archive has it. */
import { type Samples, samplesOf, traceOf } from '../../archive/samples.ts'
import type { ArchivedSimulation } from '../../archive/read.ts'
import type { Chart, Series } from '../chart.ts'
import { titleOf } from './column.ts'
import { capitalised } from './curve.ts'
import { everyKth } from './evenly.ts'
import { fewTemperatures, mainNames, measuredOrAsked, valuesOf } from './measured.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'

/** Points of a line, copies of a temperature, and simulations, at most. */
const POINTS = 300
const COPIES = 3
const SIMULATIONS = 2

/** A chart for each observable of each simulation; none of archives without single measurements. */
export function series(selection: Selection): readonly Chart[] {
  return closeUps(selection, SIMULATIONS).flatMap((simulation) => {
    const trace = traceOf(simulation)
    const samples = trace ?? samplesOf(simulation)
    if (!samples) return []
    const names = measuredOrAsked(selection, simulation, samples, mainNames(selection, simulation, samples, false))
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
  const { step, indices } = everyKth(samples.sweep.length, POINTS)
  const sweeps = indices.map((k) => samples.sweep[k] as number)
  const copies = Math.min(COPIES, samples.copies)
  const temperatures = fewTemperatures(simulation)
  const lines = temperatures.flatMap(({ t, name }) =>
    Array.from({ length: copies }, (_, copy): Series => {
      const values = valuesOf(samples, observable, t, copy)
      // Six digits: nobody sees more, and a page stays small.
      return { name, x: sweeps, y: indices.map((k) => Number((values[k] as number).toPrecision(6))), mark: 'line', role: 'data' }
    }).filter(({ y }) => y.some(Number.isFinite)),
  )
  if (lines.length === 0) return undefined
  const title = titleOf(selection, observable)
  const spacing = (samples.sweep[step] ?? 0) - (samples.sweep[0] ?? 0)
  const { thermalization } = simulation
  const said = [
    labelOf(selection, simulation),
    copies < samples.copies ? `${copies} of ${samples.copies} copies` : copies === 1 ? '1 copy' : `${copies} copies`,
    ...(spacing > 1 ? [`one measurement in ${spacing} sweeps`] : []),
    ...(whole ? [] : ['the thermalization was not kept']),
  ]
  const last = sweeps.at(-1) ?? 0
  return {
    kind: 'chart',
    id: idOf(selection, 'series', observable, shortName(simulation)),
    title: `${capitalised(title.short)} in the course of time`,
    subtitle: said.join(', '),
    x: { label: 'sweeps of a replica', domain: [0, last] },
    y: { label: title.label },
    series: lines,
    guides: thermalization > 0 && thermalization <= last ? [{ axis: 'x', value: thermalization, label: 'thermalized' }] : [],
    description: `${capitalised(title.name)} of ${labelOf(selection, simulation)} from sweep ${sweeps[0] ?? 0} to ${last} at ${temperatures.map(({ name }) => name).join(', ')}, a line for each of ${copies === 1 ? '1 copy' : `${copies} copies`}; measurements count from sweep ${thermalization} on.`,
  }
}
