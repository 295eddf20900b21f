import type { ActivationName, Architecture, LayerParameters } from './architecture.ts'
import type { InitialisationName } from './settings.ts'

// What weights are before the first step. Biases are 0. The same draws give the same weights.

/** Standard deviation of 'normal'. */
const NARROW = 0.01

/**
 * Weights W (n_in, n_out) and biases b (n_out) of each layer, in the order of the layers and of their rows.
 *
 * - xavier: uniform within ±√(6 / (n_in + n_out)), of variance 2 / (n_in + n_out) (Glorot & Bengio 2010)
 * - he: normal of variance 2 / n_in, for what is 0 on half of its inputs (He et al. 2015)
 * - normal: of standard deviation 0.01
 *
 * @param draw gives uniform numbers in [0, 1)
 */
export function initialise({ inputs, layers }: Architecture, kind: InitialisationName, draw: () => number): LayerParameters[] {
  const normal = normals(draw)
  return layers.map(({ neurons }, l) => {
    const before = layers[l - 1]?.neurons ?? inputs
    const bound = Math.sqrt(6 / (before + neurons))
    const weight = {
      xavier: () => bound * (2 * draw() - 1),
      he: () => Math.sqrt(2 / before) * normal(),
      normal: () => NARROW * normal(),
    }[kind]
    return { weights: Float32Array.from({ length: before * neurons }, weight), biases: new Float32Array(neurons) }
  })
}

/** What suits the activation of the hidden layers: he for those that let half of their inputs through, else xavier. */
export function defaultInitialisation(activation: ActivationName): InitialisationName {
  switch (activation) {
    case 'relu':
    case 'leaky-relu':
    case 'elu':
    case 'gelu':
    case 'silu':
      return 'he'
    default:
      return 'xavier'
  }
}

/** Normal numbers of mean 0 and variance 1 out of uniform ones, two at a time (Box & Muller 1958). */
function normals(draw: () => number): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const second = spare
      spare = undefined
      return second
    }
    // 1 - u is in (0, 1]: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - draw()))
    const angle = 2 * Math.PI * draw()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
