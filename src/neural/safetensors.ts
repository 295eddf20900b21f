import { FileError, UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import { type ActivationName, activationNames, type LayerParameters } from './architecture.ts'
import { foldBatchNorms } from './batch-norm.ts'
import { foldStandardisation } from './folded.ts'
import { FOLDING_TOLERANCE, foldingError } from './folding-error.ts'
import type { Network } from './network.ts'
import { decodeTensors, encodeTensors, numbersOf, type StoredTensor } from './tensor-file.ts'

// Networks from and for PyTorch, in safetensors files with the names and shapes of a torch.nn.Sequential of Linear and
// activation: `0.weight` (n_out, n_in), `0.bias` (n_out), `2.weight` ... Batch normalisations are folded; every other kind of layer is
// refused by name. tensor-file.ts reads and writes the bytes; onnx.ts writes for programs that run models and do not train them.

/** How a file is read that PyTorch has written. */
export interface ImportOptions {
  /** As the user named it; messages begin with it. */
  readonly file: string
  /** Of the hidden layers, one for all or one for each; needed where the file does not say it. */
  readonly activation?: readonly ActivationName[] | undefined
  /** Needed where the file does not say it. */
  readonly outputActivation?: ActivationName | undefined
}

/**
 * The bytes of a safetensors file in float32. `__metadata__` holds what is given and `format: 'pt'`,
 * `activations: 'relu,softmax'` (a name for each layer). A standardisation is folded into the first layer; where that moves outputs by
 * more than 1e-5, `standardisation` says by how much (`foldingError` gives the number, `toOnnx` avoids it).
 *
 * @throws UsageError where the folded numbers are too large for float32
 */
export function toSafetensors(network: Network, metadata: Readonly<Record<string, string>>): Uint8Array {
  const { architecture, layers } = foldStandardisation(network)
  const tensors = layers.flatMap(({ weights, biases }, l) => {
    const inputs = architecture.layers[l - 1]?.neurons ?? architecture.inputs
    return [
      { name: `${2 * l}.weight`, shape: [biases.length, inputs], values: transposed(weights, inputs, biases.length) },
      { name: `${2 * l}.bias`, shape: [biases.length], values: biases },
    ]
  })
  const activations = architecture.layers.map(({ activation }) => activation).join(',')
  const error = foldingError(network)
  const note =
    error > FOLDING_TOLERANCE ? { standardisation: `folded into the first layer; outputs move by about ${error.toPrecision(1)}` } : {}
  return encodeTensors(tensors, { ...metadata, ...note, format: 'pt', activations })
}

/**
 * Reads a network: tensors `<index>.weight` and `<index>.bias` behind one prefix (none, `net.`, `layers.`, `fc` ...), in the
 * order of their indices. Biases that are missing are 0. Numbers of type F64, F16 and BF16 become float32.
 *
 * PyTorch's files say nothing of activations: they are the caller's to give. A network that was trained with CrossEntropyLoss
 * ends with its weighted sums and needs `softmax`, one with BCEWithLogitsLoss `sigmoid`.
 *
 * @throws FileError for a damaged file, for tensors of other kinds of layers, shapes that do not fit, numbers that are not finite
 * @throws UsageError for activations that are missing, or that contradict the file
 */
export function fromSafetensors(bytes: Uint8Array, options: ImportOptions): Network {
  const { file } = options
  const { tensors, metadata } = decodeTensors(bytes, file)
  const stored = linearLayers(foldBatchNorms(withTied(tensors, metadata), file), file)
  stored.forEach(({ weight, inputs }, l) => {
    const before = stored[l - 1]
    if (before && before.outputs !== inputs) {
      throw new FileError(
        `${file}: ${shown(weight.name)} takes ${inputs} inputs, but ${shown(before.weight.name)} before it has ${before.outputs} outputs; allowed: layers that fit each other`,
      )
    }
  })
  const layers = stored.map(
    ({ weight, bias, inputs, outputs }): LayerParameters => ({
      weights: transposed(numbersOf(weight, file), outputs, inputs),
      biases: bias ? numbersOf(bias, file) : new Float32Array(outputs),
    }),
  )
  const activations = activationsOf(metadata.activations, layers.length, options)
  return {
    architecture: {
      inputs: stored[0]?.inputs ?? 0,
      layers: stored.map(({ outputs }, l) => ({ neurons: outputs, activation: activations[l] ?? 'identity' })),
    },
    layers,
  }
}

/**
 * Tensors that share their numbers with another one are kept once by safetensors' `save_model`, which writes the name of that one into
 * the metadata: `"4.weight": "2.weight"`.
 */
function withTied(tensors: readonly StoredTensor[], metadata: Readonly<Record<string, string>>): readonly StoredTensor[] {
  const stored = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  const tied = Object.entries(metadata).flatMap(([name, target]) => {
    const same = stored.has(name) ? undefined : stored.get(target)
    return same ? [{ ...same, name }] : []
  })
  return [...tensors, ...tied]
}

interface StoredLayer {
  readonly weight: StoredTensor
  readonly bias?: StoredTensor | undefined
  readonly inputs: number
  readonly outputs: number
}

/** `net.10.weight`: prefix `net.`, index 10, kind `weight`. */
interface Place {
  readonly prefix: string
  readonly index: number
  readonly kind: 'weight' | 'bias'
}

/** Where a tensor belongs by its name and its dimensions; undefined: not to a linear layer. */
function placeOf({ name, shape }: StoredTensor): Place | undefined {
  // The look behind keeps the search linear in names that are all digits.
  const match = /(?<!\d)(\d+)\.(weight|bias)$/.exec(name)
  if (!match) return undefined
  const kind = match[2] === 'weight' ? 'weight' : 'bias'
  if (shape.length !== (kind === 'weight' ? 2 : 1)) return undefined
  return { prefix: name.slice(0, match.index), index: Number(match[1]), kind }
}

/** The layers in the order of their indices, at least one. Every tensor must belong to one. */
function linearLayers(tensors: readonly StoredTensor[], file: string): StoredLayer[] {
  const unknown: StoredTensor[] = []
  const prefixes = new Set<string>()
  const byIndex = new Map<number, { readonly weight?: StoredTensor; readonly bias?: StoredTensor }>()
  for (const tensor of tensors) {
    const place = placeOf(tensor)
    if (!place) {
      unknown.push(tensor)
      continue
    }
    const { prefix, index, kind } = place
    prefixes.add(prefix)
    const layer = byIndex.get(index)
    const other = layer?.[kind]
    if (other && prefixes.size === 1) {
      throw new FileError(`${file}: ${shown(other.name)} and ${shown(tensor.name)} have one index; allowed: one ${kind} for each index`)
    }
    byIndex.set(index, { ...layer, [kind]: tensor })
  }
  if (unknown.length > 0) {
    const names = listed(unknown.map(({ name, shape }) => `${shown(name)} (${shape.join(', ')})`))
    throw new FileError(
      `${file}: ${names} cannot be used; allowed: <index>.weight (outputs, inputs) and <index>.bias (outputs) of linear layers`,
    )
  }
  if (prefixes.size > 1) {
    throw new FileError(
      `${file}: its tensors begin with ${listed([...prefixes].map(shown))}, so that the order of the layers is open; allowed: one torch.nn.Sequential`,
    )
  }
  if (byIndex.size === 0) {
    throw new FileError(`${file}: without a single tensor; allowed: at least one layer, <index>.weight and <index>.bias`)
  }
  const sorted = [...byIndex].sort(([a], [b]) => a - b)
  return sorted.map(([, { weight, bias }]) => {
    if (!weight) throw new FileError(`${file}: ${shown(bias?.name)} is there without its weight; allowed: a weight for each bias`)
    return storedLayer(weight, bias, file)
  })
}

function storedLayer(weight: StoredTensor, bias: StoredTensor | undefined, file: string): StoredLayer {
  const [outputs = 0, inputs = 0] = weight.shape
  if (outputs < 1 || inputs < 1) {
    throw new FileError(`${file}: ${shown(weight.name)} has shape (${weight.shape.join(', ')}); allowed: at least one output and one input`)
  }
  if (bias && bias.shape[0] !== outputs) {
    throw new FileError(
      `${file}: ${shown(bias.name)} has ${bias.shape[0]} numbers; allowed: ${outputs}, the outputs of ${shown(weight.name)}`,
    )
  }
  return { weight, bias, inputs, outputs }
}

/** One for each layer. `written`: those that the file names, where it does. */
function activationsOf(written: string | undefined, layers: number, options: ImportOptions): readonly ActivationName[] {
  const { file, activation, outputActivation } = options
  const hidden = layers - 1
  const told = written?.split(',').filter(isActivation)
  if (told && (told.length !== layers || told.join() !== written)) {
    throw new FileError(
      `${file}: its metadata has the activations ${shown(written)}; allowed: one for each of ${layers} layers, of ${activationNames.join(', ')}`,
    )
  }
  if (activation && activation.length !== hidden && (activation.length !== 1 || hidden === 0)) {
    throw new UsageError(
      `--activation: ${activation.length} for ${file}, which has ${hidden} hidden layers; allowed: ${hidden === 0 ? 'none' : 'one for all, or one for each'}`,
    )
  }
  return Array.from({ length: layers }, (_, l) => {
    const known = told?.[l]
    const output = l === hidden
    const flag = output ? '--output-activation' : '--activation'
    const given = output ? outputActivation : (activation?.[l] ?? activation?.[0])
    if (known !== undefined && given !== undefined && known !== given) {
      throw new UsageError(`${flag}: ${given} for layer ${l + 1} of ${file}, which says ${known} itself; leave ${flag} out`)
    }
    const name = known ?? given
    if (name !== undefined) return name
    throw new UsageError(
      `${flag}: missing, ${file} does not say the activation of layer ${l + 1}, ${output ? 'the output' : `one of ${hidden} hidden`}; allowed: ${activationNames.join(', ')}`,
    )
  })
}

function isActivation(name: string): name is ActivationName {
  return activationNames.some((one) => one === name)
}

/** Most names that a message lists. */
const MAX_LISTED = 3

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED
  return `${names.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** (rows, columns) to (columns, rows), both row-major. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c] as number
  }
  return result
}
