import { UsageError } from '../errors.ts'
import type { LayerParameters } from './architecture.ts'
import type { Network, Standardisation } from './network.ts'

// The same network without a standardisation of its own, for programs that know weights and biases only. Refuses what
// float32 cannot hold. safetensors.ts begins with it; onnx.ts does not need it.

/**
 * Folds the standardisation (x - mean) / scale into the first layer: W_ij / scale_i and b_j - Σ_i mean_i W_ij / scale_i, in
 * doubles and rounded once. The network that comes back takes inputs as they are. A network without a standardisation comes
 * back as it is.
 *
 * Where |mean| is much larger than scale, large terms cancel in the folded layer: its sums are then exact to about
 * 6e-8 |mean| / scale only; folding-error.ts says what that does to the outputs.
 *
 * @throws UsageError where a folded number is too large for float32
 */
export function foldStandardisation({ architecture, layers, standardisation }: Network): Network {
  const [first, ...others] = layers
  if (!standardisation || !first) return { architecture, layers }
  return { architecture, layers: [foldLayer(first, standardisation), ...others] }
}

/** weights: (n_in, n_out) row-major; biases: (n_out). */
function foldLayer({ weights, biases }: LayerParameters, { mean, scale }: Standardisation): LayerParameters {
  const outputs = biases.length
  const folded = new Float32Array(weights.length)
  const shifted = Float64Array.from(biases)
  for (let i = 0; i < mean.length; i++) {
    for (let j = 0; j < outputs; j++) {
      const weight = (weights[i * outputs + j] as number) / (scale[i] as number)
      folded[i * outputs + j] = weight
      shifted[j] = (shifted[j] as number) - (mean[i] as number) * weight
    }
  }
  const rounded = Float32Array.from(shifted)
  if (!folded.every(Number.isFinite) || !rounded.every(Number.isFinite)) {
    throw new UsageError(
      'the standardisation cannot be folded into the first layer, its numbers grow too large for float32; train with --no-standardise',
    )
  }
  return { weights: folded, biases: rounded }
}
