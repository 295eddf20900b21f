import { type Place, writeWhole } from '../archive/atomic.ts'
import { attributesOf, columnAt, Damage, datasetAt, groupAt, numberOf, numbersOf, textOf } from '../archive/fields.ts'
import { BENCHMARK_FORMAT, checkFormat, withFile } from '../archive/format.ts'
import {
  hasAttribute,
  type Dataset,
  type File,
  type Group,
  labelsOf,
  sealGroup,
  writeAttributes,
  writeNumber,
  writeNumbers,
  writeText,
} from '../archive/hdf5.ts'
import { checkOwn, sealOwn } from '../archive/own.ts'
import { type Scales, scales } from '../archive/scales.ts'
import { writeProvenance } from '../archive/write.ts'
import type { Benchmark, Measurement, MeasurementUnit, ThreadScaling } from './benchmark.ts'
import type { Machine } from './machine.ts'
import { type Part, parts, type Settings } from './settings.ts'

// Benchmarks as HDF5, every repeat kept. See docs/benchmarks.md.

const BENCHMARK_VERSION = 1

/** @throws MachineError where the disk is full, FileError where the folder cannot be written */
export function writeBenchmark(place: string | Place, benchmark: Benchmark): Promise<string> {
  return writeWhole(place, (file) => writeRoot(file, benchmark))
}

function writeRoot(root: File, { settings, machine, quiet, scalings, measurements, provenance }: Benchmark): void {
  writeAttributes(root, { format: BENCHMARK_FORMAT, formatVersion: BENCHMARK_VERSION, title: `Benchmark on ${machine.cpu}` })
  writeProvenance(root, provenance)
  const described = root.create_group('machine')
  writeAttributes(described, { ...machine })
  if (!Number.isNaN(quiet.others)) writeAttributes(described, { othersShare: quiet.others, stolenShare: quiet.stolen })
  sealGroup(described)
  const asked = root.create_group('settings')
  const { parts: chosen, models, sizes, threads, repeats, quick } = settings
  const lists = { parts: chosen, models, sizes: sizes.map((own) => own.join(' ')), threads: [threads.join(' ')] }
  for (const [name, values] of Object.entries(lists)) writeText(asked, name, values.join(','))
  writeAttributes(asked, { repeats, quick: quick ? 1 : 0 })
  sealGroup(asked)
  const scaled = root.create_group('scaling')
  for (const scaling of scalings)
    writeThreadScaling(scaled.create_group(`${scaling.kind}-${scaling.model}-L${scaling.size}`), scaling, repeats)
  sealGroup(scaled)
  const measured = root.create_group('measurements')
  const scale = scales(measured)
  scale.count('repeat', repeats, 'repeat, in order of time')
  for (const measurement of measurements) writeMeasurement(measured, scale, measurement)
  sealGroup(measured)
  sealGroup(root)
}

function writeThreadScaling(
  group: Group,
  { kind, model, size, job, threads, updates, seconds, control }: ThreadScaling,
  repeats: number,
): void {
  writeAttributes(group, { kind, model, size, job })
  const scale = scales(group)
  scale.write('threads', Float64Array.from(threads), 'worker threads', '1')
  scale.count('repeat', repeats, 'repeat, in order of time')
  const write = (name: string, values: readonly number[], dimensions: readonly string[], longName: string, units: string): void => {
    const shape = dimensions.length === 1 ? [threads.length] : [threads.length, repeats]
    scale.attach(writeNumbers(group, name, Float64Array.from(values), shape, { longName, units }), dimensions)
  }
  write('updates', updates, ['threads'], 'attempted updates of the job, replicas times sites times sweeps', '1')
  write('seconds', seconds.flat(), ['threads', 'repeat'], 'time of the job by the clock', 's')
  write('control', control.flat(), ['threads', 'repeat'], 'time of a loop of plain arithmetic on each thread', 's')
  sealGroup(group)
}

/** What a measurement says besides its units and long name. */
const OWN = ['part', 'series', 'size']

function writeMeasurement(group: Group, scale: Scales, { part, name, longName, unit, series, values }: Measurement): void {
  const dataset = writeNumbers(group, name, Float64Array.from(values), [values.length], { longName, units: unit })
  scale.attach(dataset, ['repeat'])
  writeText(dataset, 'part', part)
  if (series) {
    writeText(dataset, 'series', series.name)
    writeNumber(dataset, 'size', series.size)
  }
  sealOwn(dataset, OWN)
}

/** @throws FileError where the file is missing, is no benchmark, is damaged, or is of a newer format */
export function readBenchmark(path: string): Promise<Benchmark> {
  return withFile(path, (file) => readRoot(file, path))
}

function readRoot(root: File, path: string): Benchmark {
  checkFormat(root, path, BENCHMARK_FORMAT, BENCHMARK_VERSION, 'make one with spinpool bench')
  const described = groupAt(root, 'machine')
  const fraction = (name: string): number => (hasAttribute(described, name) ? numberOf(described, name) : Number.NaN)
  const scaled = groupAt(root, 'scaling')
  const measured = groupAt(root, 'measurements')
  return {
    settings: readSettingsOf(groupAt(root, 'settings')),
    machine: readMachine(described),
    quiet: { others: fraction('othersShare'), stolen: fraction('stolenShare') },
    scalings: scaled.keys().map((name) => readThreadScaling(groupAt(scaled, name))),
    measurements: measured.keys().flatMap((name) => (name === 'repeat' ? [] : [readMeasurement(name, datasetAt(measured, name))])),
    provenance: attributesOf(groupAt(root, 'provenance')),
  }
}

function readMachine(group: Group): Machine {
  const number = (name: string): number => numberOf(group, name)
  const text = (name: string): string => textOf(group, name)
  const virtual = text('virtual')
  return {
    host: text('host'),
    cpu: text('cpu'),
    cores: number('cores'),
    allowed: text('allowed'),
    physicalCores: number('physicalCores'),
    oneEach: text('oneEach'),
    numaNodes: number('numaNodes'),
    cpuLimit: number('cpuLimit'),
    memoryBytes: number('memoryBytes'),
    memoryLimitBytes: number('memoryLimitBytes'),
    slurmCpus: number('slurmCpus'),
    virtual: virtual === 'yes' || virtual === 'no' ? virtual : 'unknown',
    node: text('node'),
    v8: text('v8'),
    os: text('os'),
    loadBefore: number('loadBefore'),
  }
}

function readSettingsOf(group: Group): Settings {
  const words = (name: string): string[] => textOf(group, name).split(',')
  const numbers = (text: string): number[] => text.split(' ').map(Number)
  const chosen = words('parts')
  return {
    parts: parts.filter((part): part is Part => chosen.includes(part)),
    models: words('models'),
    sizes: words('sizes').map(numbers),
    threads: numbers(textOf(group, 'threads')),
    repeats: numberOf(group, 'repeats'),
    quick: numberOf(group, 'quick') === 1,
  }
}

function readThreadScaling(group: Group): ThreadScaling {
  const kind = textOf(group, 'kind')
  if (kind !== 'strong' && kind !== 'weak') throw new Damage(`${group.path} is of an unknown kind '${kind}'`)
  const threads = [...columnAt(group, 'threads')]
  const rows = (name: string): number[][] => {
    const all = [...numbersOf(datasetAt(group, name))]
    const repeats = all.length / threads.length
    return threads.map((_, i) => all.slice(i * repeats, (i + 1) * repeats))
  }
  return {
    kind,
    model: textOf(group, 'model'),
    size: numberOf(group, 'size'),
    job: textOf(group, 'job'),
    threads,
    updates: [...columnAt(group, 'updates', threads.length)],
    seconds: rows('seconds'),
    control: rows('control'),
  }
}

const UNITS: readonly MeasurementUnit[] = ['updates/ns', 'ns', 'MB/s']

function readMeasurement(name: string, dataset: Dataset): Measurement {
  checkOwn(dataset, OWN)
  if (!labelsOf(dataset)) throw new Damage(`the labels of ${dataset.path} are not what was written`)
  const text = (key: string): string => String(dataset.get_attribute(key, false))
  const unit = UNITS.find((known) => known === text('units'))
  if (!unit) throw new Damage(`${dataset.path} has the unknown unit '${text('units')}'`)
  return {
    part: text('part') === 'io' ? 'io' : 'kernels',
    name,
    longName: text('long_name'),
    unit,
    ...(hasAttribute(dataset, 'series') ? { series: { name: text('series'), size: Number(dataset.get_attribute('size', false)) } } : {}),
    values: [...numbersOf(dataset)],
  }
}
