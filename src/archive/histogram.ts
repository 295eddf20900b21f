import type { HistogramData, SimulationData } from './data.ts'
import { type Group, writeNumbers } from './hdf5.ts'
import type { SampleHistogram } from '../statistics/samples.ts'
import type { ArchivedSimulation } from './read.ts'
import type { Scales } from './scales.ts'

// The group `histogram` of a simulation, written and read.

const BLOCKED = ['temperature', 'block', 'energy_bin']

/** The labels of bins need the quantities. */
type Labelled = Pick<SimulationData, 'temperature' | 'quantities'>

export function writeHistogram(
  group: Group,
  scale: Scales,
  { temperature, quantities }: Labelled,
  histogram: HistogramData,
  compressed: boolean,
): void {
  const { bins, length, group: groups, stretch, width, first, counts, sums } = histogram
  const [T, blocks] = [temperature.length, groups.length]
  scale.count('block', blocks, 'block of samples, a group of copies in a stretch of time')
  scale.count('energy_bin', bins, 'bin of the energy, from the first one of the temperature on')
  const about = (longName: string) => ({ longName, units: '1' })
  writeNumbers(group, 'length', Float64Array.of(length), [], about('samples of a stretch of time'))
  scale.attach(writeNumbers(group, 'group', groups, [blocks], about('group of copies of a block')), ['block'])
  scale.attach(writeNumbers(group, 'stretch', stretch, [blocks], about('stretch of time of a block, in order')), ['block'])
  scale.attach(writeNumbers(group, 'width', width, [T], about('width of a bin of the total energy, not per site')), ['temperature'])
  scale.attach(writeNumbers(group, 'first', first, [T], about('index of the first bin; bin i begins at (first + i) width')), [
    'temperature',
  ])
  const column = (name: string, values: Float64Array, longName: string): void => {
    scale.attach(writeNumbers(group, name, values, [T, blocks, bins], { ...about(longName), compressed }), BLOCKED)
  }
  column('counts', counts, 'samples in a bin of the energy')
  for (const [name, values] of Object.entries(sums)) {
    const known = quantities.find((quantity) => quantity.name === name)
    column(name, values, `sum over the samples in a bin of the energy of the ${known?.longName ?? name}`)
  }
}

/** Members of the group that are no sums. */
const NO_SUMS = new Set(['length', 'group', 'stretch', 'width', 'first', 'counts'])

/** Undefined where nothing was measured yet, and in archives made before there were histograms. @throws FileError where the file is damaged */
export function histogramOf(simulation: ArchivedSimulation): SampleHistogram | undefined {
  if (!simulation.has('histogram/counts')) return undefined
  const read = (name: string) => simulation.read(`histogram/${name}`)
  const counts = read('counts')
  return {
    length: read('length').values[0] as number,
    group: read('group').values,
    stretch: read('stretch').values,
    columns: simulation.members('histogram').filter((name) => !NO_SUMS.has(name)),
    width: read('width').values,
    first: read('first').values,
    bins: counts.shape[2] ?? 0,
    counts: counts.values,
    of: (column) => read(column).values,
  }
}
