import { FileError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import { numbersOf, type StoredTensor } from './tensor-file.ts'

/** ε of PyTorch's BatchNorm1d; a file does not hold it. */
const EPSILON = 1e-5

const MEAN = 'running_mean'

/**
 * Without batch normalisations: each is folded into the linear layer that it follows, W' = W γ/√(σ² + ε), b' = (b - μ) γ/√(σ² + ε) + β,
 * as it works in prediction. Those of a `torch.nn.Sequential` are known by their running means.
 *
 * @throws FileError where one does not follow a linear layer directly, or has another number of outputs
 */
export function foldBatchNorms(tensors: readonly StoredTensor[], file: string): readonly StoredTensor[] {
  const left = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  for (const { name } of tensors) {
    const [, prefix = '', index] = /^(.*?)(?<!\d)(\d+)\.running_mean$/.exec(name) ?? []
    if (index === undefined) continue
    foldOne(left, `${prefix}${index}.`, `${prefix}${Number(index) - 1}.`, file)
  }
  return [...left.values()]
}

function foldOne(left: Map<string, StoredTensor>, norm: string, linear: string, file: string): void {
  const weight = left.get(`${linear}weight`)
  // Of a convolution: both are refused by name later.
  if (weight && weight.shape.length !== 2) return
  if (!weight) {
    throw new FileError(
      `${file}: the batch normalisation ${shown(norm.slice(0, -1))} does not follow a linear layer directly; allowed: Linear, BatchNorm1d, then the activation`,
    )
  }
  const [outputs = 0, inputs = 0] = weight.shape
  const taken = (kind: string): Float32Array | undefined => {
    const tensor = left.get(`${norm}${kind}`)
    left.delete(`${norm}${kind}`)
    if (!tensor) return undefined
    if (tensor.shape.length !== 1 || tensor.shape[0] !== outputs) {
      throw new FileError(
        `${file}: ${shown(tensor.name)} has shape (${tensor.shape.join(', ')}); allowed: (${outputs}), the outputs of ${shown(weight.name)}`,
      )
    }
    return numbersOf(tensor, file)
  }
  const [mean, variance, gamma, beta] = [MEAN, 'running_var', 'weight', 'bias'].map(taken)
  left.delete(`${norm}num_batches_tracked`)
  if (!mean || !variance) throw new FileError(`${file}: ${shown(`${norm}running_var`)} is missing beside ${shown(`${norm}${MEAN}`)}`)
  const before = left.get(`${linear}bias`)
  const [w, b] = [numbersOf(weight, file), before && numbersOf(before, file)]
  const biases = new Float32Array(outputs)
  for (let o = 0; o < outputs; o++) {
    const factor = (gamma?.[o] ?? 1) / Math.sqrt((variance[o] as number) + EPSILON)
    for (let i = 0; i < inputs; i++) w[o * inputs + i] = (w[o * inputs + i] as number) * factor
    biases[o] = ((b?.[o] ?? 0) - (mean[o] as number)) * factor + (beta?.[o] ?? 0)
  }
  if (![...w, ...biases].every(Number.isFinite)) {
    throw new FileError(`${file}: ${shown(norm.slice(0, -1))} folded into ${shown(weight.name)} gives numbers that are not finite`)
  }
  left.set(`${linear}weight`, stored(`${linear}weight`, [outputs, inputs], w))
  left.set(`${linear}bias`, stored(`${linear}bias`, [outputs], biases))
}

function stored(name: string, shape: readonly number[], values: Float32Array): StoredTensor {
  const data = new DataView(new ArrayBuffer(4 * values.length))
  for (const [i, value] of values.entries()) data.setFloat32(4 * i, value, true)
  return { name, dtype: 'F32', shape, data }
}
