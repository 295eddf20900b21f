import type { ReferenceLayer } from './reference.ts'
import type { OptimizerSettings } from './settings.ts'

// How weights follow their gradients, in doubles, one number at a time: torch.optim.SGD (without dampening), Adam and AdamW.
// Their fast twin is workers/kernels/optimizer.ts.

/** Steps one network; its moments (or velocities) live here. */
export class ReferenceOptimizer {
  readonly #settings: OptimizerSettings
  readonly #first: readonly ReferenceLayer[]
  readonly #second: readonly ReferenceLayer[]
  #steps = 0

  /** @param parameters those to be stepped, for their shapes */
  constructor(settings: OptimizerSettings, parameters: readonly ReferenceLayer[]) {
    const zeros = () =>
      parameters.map(({ weights, biases }) => ({
        weights: new Float64Array(weights.length),
        biases: new Float64Array(biases.length),
      }))
    this.#settings = settings
    this.#first = zeros()
    this.#second = zeros()
  }

  /**
   * One step. `l2` adds l2 · w to the gradient of weights, not of biases; `weightDecay` counts for AdamW alone.
   *
   * @param parameters changed in place
   * @param gradients of the same shapes, left as they are
   * @param rate learning rate of this step
   */
  step(parameters: readonly ReferenceLayer[], gradients: readonly ReferenceLayer[], rate: number): void {
    const { optimizer, l2, weightDecay } = this.#settings
    this.#steps++
    const descend = optimizer === 'sgd' ? this.#sgd : this.#adam
    parameters.forEach((layer, l) => {
      const [gradient, first, second] = [gradients[l], this.#first[l], this.#second[l]]
      if (!gradient || !first || !second) throw new RangeError(`no gradients or moments for layer ${l}`)
      const shrink = optimizer === 'adamw' ? 1 - rate * weightDecay : 1
      descend.call(this, layer.weights, gradient.weights, first.weights, second.weights, rate, l2, shrink)
      descend.call(this, layer.biases, gradient.biases, first.biases, second.biases, rate, 0, 1)
    })
  }

  /** w, g, v: (n). g ← g + l2 w;  v ← μ v + g;  w ← w - rate v, or with Nesterov w ← w - rate (g + μ v). */
  #sgd(w: Float64Array, gradient: Float64Array, v: Float64Array, _: Float64Array, rate: number, l2: number): void {
    const { momentum, nesterov } = this.#settings
    for (let i = 0; i < w.length; i++) {
      const g = (gradient[i] as number) + l2 * (w[i] as number)
      const velocity = momentum * (v[i] as number) + g
      v[i] = velocity
      w[i] = (w[i] as number) - rate * (nesterov ? g + momentum * velocity : velocity)
    }
  }

  /**
   * w, g, m, v: (n), t the number of this step from 1. w ← shrink w;  g ← g + l2 w;  m ← β₁ m + (1 - β₁) g;
   * v ← β₂ v + (1 - β₂) g²;  w ← w - rate m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).
   */
  #adam(w: Float64Array, gradient: Float64Array, m: Float64Array, v: Float64Array, rate: number, l2: number, shrink: number): void {
    const { beta1, beta2, epsilon } = this.#settings
    const correction1 = 1 - beta1 ** this.#steps
    const correction2 = 1 - beta2 ** this.#steps
    for (let i = 0; i < w.length; i++) {
      const before = w[i] as number
      const g = (gradient[i] as number) + l2 * before
      const first = beta1 * (m[i] as number) + (1 - beta1) * g
      const second = beta2 * (v[i] as number) + (1 - beta2) * g * g
      m[i] = first
      v[i] = second
      w[i] = shrink * before - (rate * (first / correction1)) / (Math.sqrt(second / correction2) + epsilon)
    }
  }
}
