import { provenance } from '../archive/provenance.ts'
import { UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import { outputsOf, sizesOf } from './architecture.ts'
import type { TrainedModel } from './model.ts'
import { fromSafetensors, type ImportOptions } from './safetensors.ts'

/** What a file of weights does not say. */
export interface ModelImport extends ImportOptions {
  /** Names of the classes; default '0', '1', ... where the output is a sigmoid or softmax. */
  readonly classes?: readonly string[] | undefined
  /** Shape of one example; default (inputs). */
  readonly shape?: readonly number[] | undefined
  readonly command: string
}

/**
 * A model out of the weights that PyTorch has written as safetensors. It holds no state of a training and cannot go on.
 *
 * @throws as fromSafetensors; UsageError where classes or shape do not fit the network
 */
export function importModel(bytes: Uint8Array, options: ModelImport): TrainedModel {
  const { architecture, layers } = fromSafetensors(bytes, options)
  const outputs = outputsOf(architecture)
  const last = architecture.layers.at(-1)?.activation
  const count = outputs === 1 ? 2 : outputs
  const usual = last === 'softmax' || last === 'sigmoid' ? Array.from({ length: count }, (_, k) => String(k)) : undefined
  const classes = options.classes ?? usual
  if (classes && classes.length !== count) {
    throw new UsageError(
      `--classes: ${classes.length} ${classes.length === 1 ? 'name' : 'names'} for a network of ${outputs} ${outputs === 1 ? 'output' : 'outputs'}; allowed: ${count}`,
    )
  }
  const odd = options.classes?.find((name, k, all) => name === '' || all.indexOf(name) < k)
  if (odd !== undefined)
    throw new UsageError(`--classes: ${shown(odd)} is ${odd === '' ? 'no name' : 'there twice'}; allowed: a name of its own for each`)
  const shape = options.shape ?? [architecture.inputs]
  if (shape.reduce((a, b) => a * b, 1) !== architecture.inputs) {
    throw new UsageError(`--shape: ${shape.join(' x ')} is not the ${architecture.inputs} inputs of the network`)
  }
  const now = new Date()
  const empty = new Float64Array(0)
  return {
    title: `imported network ${sizesOf(architecture)}`,
    status: 'complete',
    architecture,
    shape,
    classes,
    provenance: provenance({ seed: 'unknown', threads: 1, command: options.command, startedAt: now, finishedAt: now, elapsedSeconds: 0 }),
    networks: [
      {
        layers,
        epochs: 0,
        bestEpoch: 0,
        history: { cost: empty, accuracy: empty, validationCost: empty, validationAccuracy: empty, learningRate: empty },
      },
    ],
  }
}
