import type { Place } from '../archive/atomic.ts'
import { EXIT, FileError, UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { type ActivationName, activationNames } from '../neural/architecture.ts'
import type { Verb } from './verb.ts'

/** `spinpool import`: a network that PyTorch has trained, as a model to predict, plot and export with. */
export const importVerb: Verb = {
  usage: 'import <file>',
  describe: 'Read a network of linear layers that PyTorch wrote as safetensors',
  options: {
    activation: { type: 'string', requiresArg: true, describe: 'Of the hidden layers, one for all or one for each: relu, or relu,tanh' },
    'output-activation': {
      type: 'string',
      requiresArg: true,
      describe: 'Of the output: softmax after CrossEntropyLoss, sigmoid after BCEWithLogitsLoss',
    },
    classes: {
      type: 'string',
      requiresArg: true,
      describe: 'Names of the classes [default: 0,1,...; none where the output is no probability]',
    },
    shape: { type: 'string', requiresArg: true, describe: 'Shape of an example, for pictures: 28,28' },
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The model to write [default: results/network-<date>.h5]' },
    force: { type: 'boolean', describe: 'Replace a model that is there' },
  },
  examples: [
    ['spinpool import torch.safetensors --activation relu --output-activation softmax -o net.h5', 'then spinpool predict net.h5 DATA'],
  ],
  act: async (flags, terminal) => {
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { readRegular } = await import('../archive/regular.ts')
    const { importModel } = await import('../neural/import.ts')
    const { writeModel } = await import('../neural/model-file.ts')
    const file = String(flags.file)
    const activations = (key: 'activation' | 'outputActivation'): ActivationName[] | undefined =>
      flags[key] === undefined
        ? undefined
        : String(flags[key])
            .split(',')
            .map((name) => readActivation(name, key))
    const hidden = activations('activation')
    const output = activations('outputActivation')
    if (output && output.length > 1) throw new UsageError('--output-activation: more than one; allowed: one')
    const shape = flags.shape === undefined ? undefined : String(flags.shape).split(',').map(Number)
    if (shape?.some((length) => !Number.isInteger(length) || length < 1)) {
      throw new UsageError(`--shape: ${shown(String(flags.shape))} is not possible; allowed: whole numbers from 1, such as 28,28`)
    }
    const out = flags.out === undefined ? undefined : String(flags.out)
    const place = (): Place => freePlace(out, 'network', new Date(), flags.force === true)
    checkNoSource(out, [file], 'the file that is read')
    // Known before anything is read; the folder results is left alone until then.
    if (out !== undefined) place()
    const bytes = readRegular(file, 'a folder, not a safetensors file', 'no network of linear layers is')
    if (Buffer.from(bytes.subarray(1, 4)).toString('latin1') === 'HDF') {
      throw new FileError(`${file}: HDF5 and no safetensors file; a model of spinpool needs no import: spinpool predict ${file} DATA`)
    }
    const model = importModel(bytes, {
      file,
      activation: hidden,
      outputActivation: output?.[0],
      classes: flags.classes === undefined ? undefined : String(flags.classes).split(','),
      shape,
      command: `spinpool ${process.argv.slice(2).join(' ')}`,
    })
    terminal.print(await writeModel(place(), model))
    return EXIT.done
  },
}

function readActivation(name: string, key: 'activation' | 'outputActivation'): ActivationName {
  const known = activationNames.find((candidate) => candidate === name)
  const flag = key === 'activation' ? '--activation' : '--output-activation'
  if (!known)
    throw new UsageError(
      `${flag}: ${shown(name)} is not possible${didYouMean(name, activationNames)}; allowed: ${activationNames.join(', ')}`,
    )
  return known
}
