import { findActivation, softmax } from './activation.ts'
import type { LayerParameters } from './architecture.ts'
import { foldStandardisation } from './folded.ts'
import type { Network } from './network.ts'
import { ReferenceNetwork } from './reference.ts'

// What folding a standardisation into float32 weights costs, in units of the outputs.

/** Examples that are compared. */
const EXAMPLES = 16

/** Differences of the outputs above this are worth a warning: predictions of float32 agree to about a tenth of it anyway. */
export const FOLDING_TOLERANCE = 1e-5

/**
 * How far the outputs of a network move when its standardisation is folded into its first layer, as safetensors must. Folded terms of
 * size |mean| / scale cancel in float32, so that the error grows with that ratio; ONNX files keep the standardisation and lose nothing.
 *
 * The largest difference over a few examples with the mean and the scale of the training data, always the same ones; divided by the
 * largest output where that is above 1. 0 without a standardisation.
 *
 * @throws UsageError as foldStandardisation
 */
export function foldingError(network: Network): number {
  const { architecture, layers, standardisation } = network
  const [first] = layers
  const [exact] = architecture.layers
  if (!standardisation || !first || !exact) return 0
  const [folded] = foldStandardisation(network).layers
  const { mean, scale } = standardisation
  const rest = restOf(network)
  let [error, largest] = [0, 1]
  for (let r = 0; r < EXAMPLES; r++) {
    const x = exampleOf(mean, scale, r)
    const standard = Float64Array.from(x, (value, i) => (value - (mean[i] as number)) / (scale[i] as number))
    const [kept, moved] = [sums(first, standard), foldedSums(folded as LayerParameters, x)].map((z) => rest(z))
    kept?.forEach((value, j) => {
      error = Math.max(error, Math.abs(value - (moved?.[j] as number)))
      largest = Math.max(largest, Math.abs(value))
    })
  }
  return error / largest
}

/**
 * Inputs as float32: mean + scale z, the numbers z spread evenly over a range that grows with `row` from 0 to four standard
 * deviations to either side, so that some examples lie where outputs are not saturated.
 */
function exampleOf(mean: Float32Array, scale: Float32Array, row: number): Float32Array {
  const width = (8 * row) / (EXAMPLES - 1)
  // Multiples of the golden ratio, less whole numbers, fill (0, 1) evenly.
  const spread = (k: number): number => (k * 0.6180339887498949) % 1
  return mean.map((m, i) => m + (scale[i] as number) * width * (spread(i + 1 + row * 0.7548776662466927) - 0.5))
}

/** Weighted sums of the first layer in doubles. */
function sums({ weights, biases }: LayerParameters, x: Float64Array): Float64Array {
  const z = Float64Array.from(biases)
  for (const [i, value] of x.entries()) {
    for (let j = 0; j < z.length; j++) z[j] = (z[j] as number) + (weights[i * z.length + j] as number) * value
  }
  return z
}

/** The same of the folded layer in float32, as other programs compute them. */
function foldedSums({ weights, biases }: LayerParameters, x: Float32Array): Float64Array {
  const z = Float32Array.from(biases)
  for (const [i, value] of x.entries()) {
    for (let j = 0; j < z.length; j++) z[j] = (z[j] as number) + Math.fround((weights[i * z.length + j] as number) * value)
  }
  return Float64Array.from(z)
}

/** From the weighted sums of the first layer to the outputs. */
function restOf({ architecture, layers }: Network): (z: Float64Array) => Float64Array {
  const [{ neurons, activation }, ...others] = architecture.layers as [Network['architecture']['layers'][number]]
  const activated = (z: Float64Array): Float64Array => {
    if (activation !== 'softmax') return z.map((value) => findActivation(activation).value(value))
    const a = new Float64Array(z.length)
    softmax(z, 0, z.length, a)
    return a
  }
  if (others.length === 0) return activated
  const following = new ReferenceNetwork({ inputs: neurons, layers: others }, layers.slice(1))
  return (z) => following.forward(activated(z), 1)
}
