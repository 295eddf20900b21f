import { type Place, writeWhole } from '../archive/atomic.ts'
import { columnAt, datasetAt, groupAt, numberOf, numbersOf, textOf } from '../archive/fields.ts'
import { attributeNames, hasAttribute, type File, sealGroup, writeAttributes, writeNumber, writeNumbers } from '../archive/hdf5.ts'
import { checkFormat, withFile } from '../archive/format.ts'
import { scales } from '../archive/scales.ts'
import { writeProvenance } from '../archive/write.ts'
import type { Provenance } from '../archive/data.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { Prediction } from './prediction.ts'
import type { SizedCurve } from './transition.ts'

// Predictions as HDF5, and what figures and fits take back out of them. See docs/networks.md.

export const PREDICTION_FORMAT = 'spinpool-prediction'
const PREDICTION_VERSION = 1

/** What a prediction was made of. */
interface Sources {
  readonly model: string
  readonly data: string
  readonly provenance: Provenance
}

/** @throws MachineError where the disk is full, FileError where the folder cannot be written */
export function writePrediction(place: string | Place, prediction: Prediction, data: Dataset, sources: Sources): Promise<string> {
  return writeWhole(place, (file) => {
    writeRoot(file, prediction, data, sources)
    sealGroup(file)
  })
}

function writeRoot(root: File, prediction: Prediction, data: Dataset, { model, data: source, provenance }: Sources): void {
  const { title, part, rows, outputs, mean, spread, size, networks, classes, found, probability, classification, squaredError } = prediction
  writeAttributes(root, { format: PREDICTION_FORMAT, formatVersion: PREDICTION_VERSION, title, part, model, data: source, networks })
  if (size !== undefined) writeNumber(root, 'size', size)
  if (classes) root.create_attribute('classes', [...classes])
  if (data.notes.label === 'temperature') writeNumber(root, 'boundary', Number(data.notes.boundary))
  if (squaredError !== undefined) writeNumber(root, 'squaredError', squaredError)
  if (classification) {
    writeAttributes(root, { accuracy: classification.accuracy, balancedAccuracy: classification.balancedAccuracy })
  }
  const scale = scales(root)
  const N = rows.length
  scale.count('example', N, 'example')
  scale.count('output', outputs, 'output')
  const write = (
    name: string,
    values: Float64Array | Int32Array,
    shape: readonly number[],
    dimensions: readonly string[],
    longName: string,
  ) => scale.attach(writeNumbers(root, name, values, shape, { longName, units: '1' }), dimensions)
  write('row', rows, [N], ['example'], 'row of the data')
  write('mean', mean, [N, outputs], ['example', 'output'], 'outputs, mean over the networks')
  if (networks > 1) write('spread', spread, [N, outputs], ['example', 'output'], 'standard deviation of outputs between networks')
  if (classes && probability && found) {
    scale.count('class', classes.length, 'class')
    write('probability', probability, [N, classes.length], ['example', 'class'], 'probability of each class')
    write('found', found, [N], ['example'], 'class that was found')
    write(
      'label',
      Int32Array.from(rows, (row) => data.y.values[row] as number),
      [N],
      ['example'],
      'class that it is',
    )
  }
  if (classification && classes) {
    scale.count('true_class', classes.length, 'class that it is')
    const counts = Int32Array.from(classification.confusion.flat())
    write(
      'confusion',
      counts,
      [classes.length, classes.length],
      ['true_class', 'class'],
      'examples of each class, by the class that was found',
    )
    write('recall', Float64Array.from(classification.recall), [classes.length], ['class'], 'share of a class that was found')
  }
  if (data.temperature) {
    const T = Float64Array.from(rows, (row) => data.temperature?.[row] ?? Number.NaN)
    write('temperature', T, [N], ['example'], 'temperature (k_B = 1)')
  }
  writeCurve(root, prediction)
  writeProvenance(root, provenance)
}

function writeCurve(root: File, { curve }: Prediction): void {
  if (!curve) return
  const group = root.create_group('curve')
  const scale = scales(group)
  scale.write('temperature', curve.temperature, 'temperature (k_B = 1)', '1')
  scale.count('network', curve.networks.length, 'network of the ensemble')
  scale.column('probability', curve.probability, 'mean probability of class 1', '1')
  scale.column('error', curve.error, 'standard error of probability', '1')
  scale.attach(writeNumbers(group, 'examples', curve.count, [curve.count.length], { longName: 'examples', units: '1' }), ['temperature'])
  const all = Float64Array.from(curve.networks.flatMap((values) => [...values]))
  const shape = [curve.networks.length, curve.temperature.length]
  scale.attach(writeNumbers(group, 'networks', all, shape, { longName: 'mean probability of class 1 of each network', units: '1' }), [
    'network',
    'temperature',
  ])
  if (curve.covariance) {
    // A name of its own: readers that go by names of dimensions take each only once.
    scale.write('other_temperature', curve.temperature, 'temperature (k_B = 1)', '1')
    const covariance = writeNumbers(group, 'covariance', curve.covariance, [curve.temperature.length, curve.temperature.length], {
      longName: 'covariance of probability between temperatures',
      units: '1',
    })
    scale.attach(covariance, ['temperature', 'other_temperature'])
  }
  if (curve.crossing) writeAttributes(group, { crossing: curve.crossing.temperature, crossingError: curve.crossing.error })
  sealGroup(group)
}

/** What figures and fits need of a prediction. */
export interface StoredPrediction {
  readonly title: string
  readonly classes?: readonly string[] | undefined
  readonly confusion?: readonly (readonly number[])[] | undefined
  readonly curve?: SizedCurve | undefined
  /** Temperature that the classes were divided at. */
  readonly critical?: number | undefined
}

/** @throws FileError where the file is missing, is no prediction, is damaged, or is of a newer format */
export function readPrediction(path: string): Promise<StoredPrediction> {
  return withFile(path, (file) => readRoot(file, path))
}

function readRoot(root: File, path: string): StoredPrediction {
  checkFormat(root, path, PREDICTION_FORMAT, PREDICTION_VERSION, 'make one with spinpool predict MODEL DATA --out')
  const keys = root.keys()
  const names = attributeNames(root)
  const classes = names.includes('classes') ? [root.get_attribute('classes', true)].flat().map(String) : undefined
  const counts = keys.includes('confusion') && classes ? [...numbersOf(datasetAt(root, 'confusion'))] : undefined
  return {
    title: textOf(root, 'title'),
    classes,
    confusion: counts && classes?.map((_, k) => counts.slice(k * classes.length, (k + 1) * classes.length)),
    critical: names.includes('boundary') ? numberOf(root, 'boundary') : undefined,
    curve: keys.includes('curve') ? readCurve(root, names.includes('size') ? numberOf(root, 'size') : 0) : undefined,
  }
}

function readCurve(root: File, size: number): SizedCurve {
  const group = groupAt(root, 'curve')
  const temperature = columnAt(group, 'temperature')
  const crossing = hasAttribute(group, 'crossing')
    ? // NaN if there is a single group of examples at a temperature: it has no error then.
      { temperature: numberOf(group, 'crossing'), error: Number(group.get_attribute('crossingError', false)) }
    : undefined
  return {
    size,
    temperature,
    probability: columnAt(group, 'probability', temperature.length),
    error: columnAt(group, 'error', temperature.length),
    covariance: group.keys().includes('covariance') ? columnAt(group, 'covariance', temperature.length ** 2) : undefined,
    crossing,
  }
}
