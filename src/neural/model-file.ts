import { type Place, writeWhole } from '../archive/atomic.ts'
import { attributesOf, columnAt, Damage, datasetAt, groupAt, numberOf, numbersOf, textIn, textOf } from '../archive/fields.ts'
import {
  attributeNames,
  hasAttribute,
  type Dataset,
  type File,
  type Group,
  sealGroup,
  writeAttributes,
  writeNumber,
  writeNumbers,
  writeTextDataset,
} from '../archive/hdf5.ts'
import { checkFormat, withFile } from '../archive/format.ts'
import { scales } from '../archive/scales.ts'
import { writeProvenance } from '../archive/write.ts'
import { activationNames, type LayerParameters, type LayerShape } from './architecture.ts'
import type { History, NetworkCheckpoint, TrainedModel, TrainedNetwork, TrainingRecord } from './model.ts'
import type { TrainingSettings } from './settings.ts'

// The file of a model: HDF5, as archives are, with checksums on everything. See docs/networks.md.

export const MODEL_FORMAT = 'spinpool-model'
const MODEL_VERSION = 1

const HISTORY: Readonly<Record<keyof History, string>> = {
  cost: 'mean cost of the examples, as they were shown in the epoch',
  accuracy: 'share of the examples whose class was found, as they were shown in the epoch',
  validationCost: 'mean cost of the validation examples after the epoch',
  validationAccuracy: 'share of the validation examples whose class was found after the epoch',
  learningRate: 'learning rate of the epoch',
}
const historyNames = Object.keys(HISTORY) as (keyof History)[]
const BLOCKS = { parameters: 'layers', first: 'first', second: 'second' } as const

/**
 * Writes a model: at any moment the path holds a whole file, the old one or the new.
 *
 * @param place a path alone is replaced
 * @returns the path
 * @throws MachineError where the disk is full, FileError where the folder cannot be written
 */
export function writeModel(place: string | Place, model: TrainedModel): Promise<string> {
  return writeWhole(place, (file) => writeRoot(file, model))
}

function writeRoot(root: File, model: TrainedModel): void {
  const { title, status, shape, classes, training, standardisation, size, provenance, networks } = model
  writeAttributes(root, { format: MODEL_FORMAT, formatVersion: MODEL_VERSION, status, title })
  root.create_attribute('shape', Int32Array.from(shape), [shape.length], '<i')
  if (classes) root.create_attribute('classes', [...classes])
  if (size !== undefined) writeNumber(root, 'size', size)
  writeProvenance(root, provenance)
  if (training) writeTraining(root, training)
  if (standardisation) {
    const input = root.create_group('standardisation')
    for (const [name, values] of Object.entries(standardisation)) {
      writeNumbers(input, name, values, [values.length], { longName: `${name} of each input; networks see (x - mean) / scale`, units: '1' })
    }
    sealGroup(input)
  }
  const group = root.create_group('networks')
  networks.forEach((network, k) => {
    writeNetwork(group.create_group(String(k)), network, model.architecture.layers)
  })
  sealGroup(group)
  sealGroup(root)
}

function writeTraining(root: File, { settings, data }: TrainingRecord): void {
  writeTextDataset(root, 'training', JSON.stringify(settings, null, 2), 'the settings of the training as resolved, JSON')
  const source = root.create_group('data')
  writeAttributes(source, { path: data.path, hash: data.hash, count: data.count, ...(data.kind ? { kind: data.kind } : {}) })
  writeNumbers(source, 'part', data.part, [data.part.length], {
    longName: 'what each example was for: 0 training, 1 validation, 2 test',
    units: '1',
  })
  sealGroup(source)
}

function writeNetwork(group: Group, network: TrainedNetwork, shapes: readonly LayerShape[]): void {
  const { layers, epochs, bestEpoch, ended, history, checkpoint } = network
  writeAttributes(group, { epochs, bestEpoch, ...(ended ? { ended } : {}) })
  writeLayers(group.create_group('layers'), layers, shapes)
  const curves = group.create_group('history')
  const scale = scales(curves)
  scale.write(
    'epoch',
    Float64Array.from({ length: epochs }, (_, i) => i + 1),
    'epoch, from 1',
    '1',
  )
  for (const name of historyNames) {
    scale.attach(writeNumbers(curves, name, history[name], [epochs], { longName: HISTORY[name], units: '1' }), ['epoch'])
  }
  sealGroup(curves)
  if (checkpoint) {
    const state = group.create_group('checkpoint')
    writeNumber(state, 'steps', checkpoint.steps)
    for (const [name, key] of Object.entries(BLOCKS)) {
      const block = checkpoint[key as keyof typeof checkpoint & ('layers' | 'first' | 'second')]
      if (block.length > 0) writeLayers(state.create_group(name), block, shapes)
    }
    sealGroup(state)
  }
  sealGroup(group)
}

function writeLayers(group: Group, layers: readonly LayerParameters[], shapes: readonly LayerShape[]): void {
  layers.forEach(({ weights, biases }, l) => {
    const { neurons, activation } = shapes[l] as LayerShape
    const layer = group.create_group(String(l))
    writeAttributes(layer, { neurons, activation })
    const about = (longName: string) => ({ longName, units: '1', compressed: false })
    writeNumbers(layer, 'weights', weights, [weights.length / neurons, neurons], about('W (neuron before, neuron)'))
    writeNumbers(layer, 'biases', biases, [neurons], about('b (neuron)'))
    sealGroup(layer)
  })
  sealGroup(group)
}

/**
 * Reads a model.
 *
 * @throws FileError where the file is missing, is no model, is damaged, or is of a newer format
 */
export function readModel(path: string): Promise<TrainedModel> {
  return withFile(path, (file) => readRoot(file, path))
}

function readRoot(root: File, path: string): TrainedModel {
  checkFormat(root, path, MODEL_FORMAT, MODEL_VERSION, 'make one with spinpool train')
  const status = (['running', 'interrupted', 'complete'] as const).find((name) => name === textOf(root, 'status'))
  if (!status) throw new Damage('its status is unknown')
  const shape = numbersIn(root, 'shape')
  const inputs = shape.reduce((a, b) => a * b, 1)
  const group = groupAt(root, 'networks')
  const keys = group.keys()
  const networks = keys.map((_, k) => readNetwork(groupAt(group, String(k)), inputs))
  const first = groupAt(groupAt(group, '0'), 'layers')
  const names = attributeNames(root)
  return {
    title: textOf(root, 'title'),
    status,
    architecture: { inputs, layers: first.keys().map((_, l) => readShape(groupAt(first, String(l)))) },
    shape,
    classes: names.includes('classes') ? [root.get_attribute('classes', true)].flat().map(String) : undefined,
    training: root.keys().includes('training') ? readTraining(root) : undefined,
    standardisation: root.keys().includes('standardisation') ? readStandardisation(groupAt(root, 'standardisation'), inputs) : undefined,
    size: names.includes('size') ? numberOf(root, 'size') : undefined,
    provenance: attributesOf(groupAt(root, 'provenance')),
    networks,
  }
}

function readTraining(root: File): TrainingRecord {
  const source = groupAt(root, 'data')
  return {
    settings: JSON.parse(textIn(datasetAt(root, 'training'))) as TrainingSettings,
    data: {
      path: textOf(source, 'path'),
      hash: textOf(source, 'hash'),
      count: numberOf(source, 'count'),
      kind: hasAttribute(source, 'kind') ? textOf(source, 'kind') : undefined,
      part: Int8Array.from(numbersOf(datasetAt(source, 'part'))),
    },
  }
}

function readShape(layer: Group): LayerShape {
  const name = textOf(layer, 'activation')
  const activation = activationNames.find((known) => known === name)
  if (!activation) throw new Damage(`${layer.path} has the activation '${name}', which is unknown`)
  return { neurons: numberOf(layer, 'neurons'), activation }
}

function readStandardisation(group: Group, inputs: number): TrainedModel['standardisation'] {
  return { mean: floatsIn(datasetAt(group, 'mean'), inputs), scale: floatsIn(datasetAt(group, 'scale'), inputs) }
}

function readNetwork(group: Group, inputs: number): TrainedNetwork {
  const epochs = numberOf(group, 'epochs')
  const curves = groupAt(group, 'history')
  const ended = hasAttribute(group, 'ended') ? textOf(group, 'ended') : undefined
  const state = group.keys().includes('checkpoint') ? groupAt(group, 'checkpoint') : undefined
  return {
    layers: readLayers(groupAt(group, 'layers'), inputs),
    epochs,
    bestEpoch: numberOf(group, 'bestEpoch'),
    ended: (['epochs', 'early stopping', 'the cost was no number'] as const).find((reason) => reason === ended),
    history: Object.fromEntries(historyNames.map((name) => [name, columnAt(curves, name, epochs)])) as unknown as History,
    checkpoint: state && readCheckpoint(state, inputs),
  }
}

function readCheckpoint(state: Group, inputs: number): NetworkCheckpoint {
  const keys = state.keys()
  const block = (name: string): LayerParameters[] => (keys.includes(name) ? readLayers(groupAt(state, name), inputs) : [])
  return { layers: block('parameters'), first: block('first'), second: block('second'), steps: numberOf(state, 'steps') }
}

function readLayers(group: Group, inputs: number): LayerParameters[] {
  let before = inputs
  return group.keys().map((_, l) => {
    const layer = groupAt(group, String(l))
    const neurons = numberOf(layer, 'neurons')
    const weights = floatsIn(datasetAt(layer, 'weights'), before * neurons)
    before = neurons
    return { weights, biases: floatsIn(datasetAt(layer, 'biases'), neurons) }
  })
}

function floatsIn(dataset: Dataset, length: number): Float32Array {
  const values = Float32Array.from(numbersOf(dataset))
  if (values.length !== length) throw new Damage(`${dataset.path} has ${values.length} values and not ${length}`)
  return values
}

function numbersIn(group: Group, name: string): number[] {
  const value = group.get_attribute(name, false)
  const list = ArrayBuffer.isView(value) ? Array.from(value as Int32Array, Number) : [Number(value)]
  if (list.length === 0 || list.some((length) => !Number.isInteger(length) || length < 1))
    throw new Damage(`its ${name} is ${list.join(' x ')}`)
  return list
}
