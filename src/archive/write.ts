import { writeWhole } from './atomic.ts'
import { type CheckpointData, writeCheckpoint } from './checkpoint.ts'
import { type ArchiveData, type AxisData, FORMAT_VERSION, type Provenance, type QuantityData, type SimulationData } from './data.ts'
import { isKind } from './fields.ts'
import { writeHistogram } from './histogram.ts'
import { type Group, sealGroup, writeAttributes, writeNumber, writeNumbers, writeText, writeTextDataset } from './hdf5.ts'
import { type Scales, scales } from './scales.ts'
import type { SchemeGroup } from '../sampling/scheme.ts'

/**
 * Writes the whole archive beside its place, makes sure that it is on the disk, and renames it: at any moment the path
 * holds a complete file, the old one or the new.
 *
 * @throws MachineError where the disk is full, FileError where the folder cannot be written
 */
export async function writeArchive(path: string, archive: ArchiveData): Promise<void> {
  await writeWhole(path, (file) => writeRoot(file, archive))
}

function writeRoot(root: Group, { status, compressed, job, provenance, shard, simulations, checkpoints }: ArchiveData): void {
  writeText(root, 'format', 'spinpool')
  writeNumber(root, 'formatVersion', FORMAT_VERSION)
  writeText(root, 'status', status)
  writeText(root, 'title', job.title)
  writeText(root, 'Conventions', `spinpool-${FORMAT_VERSION}`)
  if (shard !== undefined) writeText(root, 'shard', shard)
  writeProvenance(root, provenance)
  writeTextDataset(root, 'job', JSON.stringify(job, null, 2), 'the job as resolved, JSON; run it again with spinpool run')
  const group = root.create_group('simulations')
  for (const simulation of simulations) {
    const checkpoint = checkpoints.find((candidate) => candidate.simulation === simulation.name)
    writeSimulation(group.create_group(simulation.name), simulation, compressed, checkpoint)
  }
  sealGroup(group)
  sealGroup(root)
}

function writeSimulation(group: Group, simulation: SimulationData, compressed: boolean, checkpoint: CheckpointData | undefined): void {
  const { temperature, copies, bins } = simulation
  const T = temperature.length
  for (const name of ['model', 'update'] as const) writeText(group, name, simulation[name])
  writeText(group, 'description', JSON.stringify(simulation.description))
  writeNumber(group, 'size', simulation.size)
  if (simulation.moves) {
    writeNumber(group, 'overrelax', simulation.moves.overrelax)
    writeNumber(group, 'cluster', simulation.moves.cluster)
    writeText(group, 'reflections', simulation.moves.reflections.join(', '))
  }
  for (const [name, value] of Object.entries(simulation.parameters)) group.create_attribute(name, Float64Array.of(value), [], '<d')
  writeNumber(group, 'tempering', simulation.tempering ? 1 : 0)
  for (const name of ['sweeps', 'thermalization', 'measureEvery', 'copies', 'sweepsDone', 'sweepsTotal'] as const) {
    writeNumber(group, name, simulation[name])
  }
  if (simulation.warnings.length > 0) group.create_attribute('warnings', [...simulation.warnings])

  const scale = scales(group)
  scale.write('temperature', temperature, 'temperature (k_B = 1)', '1')
  scale.count('copy', copies, 'independent copy of the temperature grid')
  for (const axis of distinctAxes(simulation.quantities)) scale.write(axis.name, axis.values, axis.longName, '1')
  for (const quantity of [...simulation.quantities, simulation.check]) writeQuantity(scale, quantity)
  scale.attach(
    writeNumbers(group, 'samples', BigInt64Array.from(simulation.samples, BigInt), [T], {
      longName: 'samples over all copies',
      units: '1',
    }),
    ['temperature'],
  )

  writeCheck(group.create_group('check'), scale, simulation.check)

  const binned = group.create_group('bins')
  scale.count('bin', bins.count, 'bin, in order of time')
  writeNumbers(binned, 'length', Int32Array.of(bins.length), [], { longName: 'samples in a bin', units: '1' })
  for (const [name, values] of Object.entries(bins.values)) {
    const about = { ...aboutMeans(simulation.quantities, name, 'bin means of'), compressed }
    const axes = simulation.quantities.find((quantity) => quantity.name === name)?.axes ?? []
    const shape = [T, copies, bins.count, ...axes.map((axis) => axis.values.length)]
    scale.attach(writeNumbers(binned, name, values, shape, about), ['temperature', 'copy', 'bin', ...axes.map((axis) => axis.name)])
  }
  if (simulation.histogram) writeHistogram(group.create_group('histogram'), scale, simulation, simulation.histogram, compressed)
  writeTrace(group.create_group('trace'), scale, simulation, compressed)
  if (simulation.series) {
    const { count, values: all } = simulation.series
    const series = group.create_group('series')
    scale.count('sample', count, 'sample, in order of time')
    for (const [name, values] of Object.entries(all)) {
      const about = { ...aboutMeans(simulation.quantities, name, 'samples of'), compressed }
      scale.attach(writeNumbers(series, name, values, [T, copies, count], about), ['temperature', 'copy', 'sample'])
    }
  }
  if (simulation.snapshots) writeSnapshots(group.create_group('snapshots'), scale, simulation.snapshots, T, compressed)
  if (simulation.scheme) writeScheme(group.create_group(simulation.scheme.name), scale, simulation.scheme, T)
  if (simulation.tuning) {
    const tuning = group.create_group('tuning')
    for (const { name, longName, values } of simulation.tuning) {
      const about = { longName: `${longName}, of the replica that started there`, units: '1' }
      scale.attach(writeNumbers(tuning, name, values, [T, copies], about), ['temperature', 'copy'])
    }
  }
  const timing = group.create_group('timing')
  for (const [name, seconds] of Object.entries(simulation.timing)) {
    writeNumbers(timing, name, Float64Array.of(seconds), [], { longName: `seconds of all threads, ${name}`, units: 's' })
  }
  for (const child of [...group.keys().map((key) => group.get(key)), group]) if (isKind(child, 'Group')) sealGroup(child)
  // Behind the seal: an archive that is not to be resumed does without.
  if (checkpoint) {
    const own = group.create_group('checkpoint')
    writeCheckpoint(own, checkpoint, compressed)
    sealGroup(own)
  }
}

function distinctAxes(quantities: readonly QuantityData[]): AxisData[] {
  return [...new Map(quantities.flatMap(({ axes }) => axes ?? []).map((axis) => [axis.name, axis])).values()]
}

function writeQuantity(scale: Scales, quantity: QuantityData): void {
  const { name, longName, units, mean, error, tau, tauError, rhat, axes } = quantity
  scale.column(name, mean, longName, units, axes)
  scale.column(`${name}_error`, error, `standard error of the ${longName}`, units, axes)
  if (tau) scale.column(`${name}_tau`, tau, `integrated autocorrelation time of the ${longName}`, 'sweep', axes)
  if (tauError)
    scale.column(`${name}_tau_error`, tauError, `standard error of the integrated autocorrelation time of the ${longName}`, 'sweep', axes)
  if (rhat) scale.column(`${name}_rhat`, rhat, `split R-hat between copies of the ${longName}`, '1', axes)
}

/** What is judged of the identity; the ratio itself is a quantity. */
function writeCheck(group: Group, scale: Scales, { name, deviation, deviationError, combined }: SimulationData['check']): void {
  const about = `numerator less what it must be, of the ${name}, per site; must be 0`
  for (const [key, values, longName] of [
    ['deviation', deviation, about],
    ['deviation_error', deviationError, `standard error of the ${about}`],
  ] as const) {
    scale.attach(writeNumbers(group, key, values, [values.length], { longName, units: '1' }), ['temperature'])
  }
  writeNumbers(group, 'combined', Float64Array.of(combined), [], {
    longName: `sum over temperatures of deviation / error, in units of its own error, of the ${name}; a standard normal number`,
    units: '1',
  })
}

function aboutMeans(quantities: readonly QuantityData[], name: string, what: string): { longName: string; units: string } {
  const quantity = quantities.find((candidate) => candidate.name === name)
  return { longName: `${what} the ${quantity?.longName ?? name}`, units: quantity?.units ?? '1' }
}

function writeTrace(group: Group, scale: Scales, { temperature, copies, trace, quantities }: SimulationData, compressed: boolean): void {
  const { sweep, values: all } = trace
  scale.count('record', sweep.length, 'record of the trace, in order of time')
  const done = { longName: 'sweeps of a replica before a record, thermalization included', units: 'sweep' }
  scale.attach(writeNumbers(group, 'sweep', sweep, [sweep.length], done), ['record'])
  for (const [name, values] of Object.entries(all)) {
    const about = { ...aboutMeans(quantities, name, 'single measurements of'), compressed }
    const shape = [temperature.length, copies, sweep.length]
    scale.attach(writeNumbers(group, name, values, shape, about), ['temperature', 'copy', 'record'])
  }
}

function writeSnapshots(
  group: Group,
  scale: Scales,
  snapshots: NonNullable<SimulationData['snapshots']>,
  T: number,
  compressed: boolean,
): void {
  const { count, shape, dimensions, longName, values, copy, sweep } = snapshots
  scale.count('snapshot', count, 'snapshot, in order of time')
  dimensions.forEach((dimension, i) => {
    scale.count(dimension.name, shape[i] as number, dimension.longName)
  })
  const about = { longName, units: '1', compressed }
  scale.attach(writeNumbers(group, 'spins', values, [T, count, ...shape], about), [
    'temperature',
    'snapshot',
    ...dimensions.map(({ name }) => name),
  ])
  scale.attach(writeNumbers(group, 'copy', copy, [count], { longName: 'copy that a snapshot was taken of', units: '1' }), ['snapshot'])
  scale.attach(writeNumbers(group, 'sweep', sweep, [count], { longName: 'measured sweeps before a snapshot', units: 'sweep' }), [
    'snapshot',
  ])
}

function writeScheme(group: Group, scale: Scales, { attributes, dimensions, datasets }: SchemeGroup, T: number): void {
  for (const [name, text] of Object.entries(attributes)) writeText(group, name, text)
  const lengths = new Map([['temperature', T]])
  for (const { name, longName, values } of dimensions) {
    lengths.set(name, typeof values === 'number' ? values : values.length)
    if (typeof values === 'number') scale.count(name, values, longName)
    else scale.write(name, values, longName, '1')
  }
  for (const { name, longName, values, dimensions: own } of datasets) {
    const shape = own.map((dimension) => lengths.get(dimension) ?? 0)
    scale.attach(writeNumbers(group, name, values, shape, { longName, units: '1' }), own)
  }
}

/** Everything that is known of how a file came about, as the group /provenance. */
export function writeProvenance(root: Group, provenance: Provenance): void {
  const made = root.create_group('provenance')
  writeAttributes(made, provenance)
  sealGroup(made)
}
