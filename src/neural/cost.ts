import { largestOf, sigmoid, softplus } from './activation.ts'
import type { CostName } from './architecture.ts'

// What training makes small, one example at a time, each cost with its slope beside it. Written once for both paths: the
// doubles of the reference and the Float32Array views of the fast path; sums are doubles in either. The mean over a batch is
// that of torch.nn.MSELoss, BCEWithLogitsLoss and CrossEntropyLoss.

/** How far the outputs of an example are from what they should be. */
export interface Cost {
  readonly name: CostName
  /**
   * Which derivative is written, and which of z and a is read; the other one may hold anything. 'z': of the pre-activations of
   * the output, its activation included (sigmoid for bce, softmax for cross-entropy), so that neither overflows nor
   * cancels; 'a': of the activations of the output, its derivative is still to be multiplied.
   */
  readonly slope: 'z' | 'a'
  /**
   * @param z pre-activations of the output, those of this example from index `at`
   * @param a activations of the output, from the same index
   * @param target what they should be, from index `targetAt`
   * @param outputs how many there are
   * @param weight what this example counts in the whole: 1/rows for a mean over a batch
   * @param delta where given, weight · ∂cost/∂z_j or ∂cost/∂a_j is written at `at + j`; undefined: the cost alone
   * @returns weight · cost
   */
  example(
    z: ArrayLike<number>,
    a: ArrayLike<number>,
    at: number,
    target: ArrayLike<number>,
    targetAt: number,
    outputs: number,
    weight: number,
    delta: { [i: number]: number } | undefined,
  ): number
}

const costs: { readonly [Name in CostName]: Cost & { readonly name: Name } } = {
  // C = 1/n Σ_j (a_j - y_j)²    ∂C/∂a_j = 2 (a_j - y_j) / n
  mse: {
    name: 'mse',
    slope: 'a',
    example(_, a, at, target, targetAt, outputs, weight, delta) {
      let cost = 0
      for (let j = 0; j < outputs; j++) {
        const error = (a[at + j] as number) - (target[targetAt + j] as number)
        cost += error * error
        if (delta) delta[at + j] = (weight * 2 * error) / outputs
      }
      return (weight * cost) / outputs
    },
  },

  // C = -1/n Σ_j y_j ln σ(z_j) + (1 - y_j) ln(1 - σ(z_j)) = 1/n Σ_j ln(1 + exp z_j) - y_j z_j    ∂C/∂z_j = (σ(z_j) - y_j) / n
  bce: {
    name: 'bce',
    slope: 'z',
    example(z, _, at, target, targetAt, outputs, weight, delta) {
      let cost = 0
      for (let j = 0; j < outputs; j++) {
        const logit = z[at + j] as number
        const y = target[targetAt + j] as number
        // ln(1 + exp z) - yz as two terms that are not negative: with z taken off ln(1 + exp z) first, nothing cancels.
        cost += logit > 0 ? softplus(-logit) + (1 - y) * logit : softplus(logit) - y * logit
        if (delta) delta[at + j] = (weight * (sigmoid(logit) - y)) / outputs
      }
      return (weight * cost) / outputs
    },
  },

  // C = -Σ_j y_j ln a_j, a = softmax(z), ln a_j = z_j - ln Σ_k exp z_k    ∂C/∂z_j = a_j - y_j, for Σ_j y_j = 1
  'cross-entropy': {
    name: 'cross-entropy',
    slope: 'z',
    example(z, _, at, target, targetAt, outputs, weight, delta) {
      const largest = largestOf(z, at, outputs)
      let sum = 0
      for (let j = 0; j < outputs; j++) sum += Math.exp((z[at + j] as number) - largest)
      let cost = 0
      for (let j = 0; j < outputs; j++) {
        const logit = (z[at + j] as number) - largest
        const y = target[targetAt + j] as number
        cost += y * (Math.log(sum) - logit)
        if (delta) delta[at + j] = weight * (Math.exp(logit) / sum - y)
      }
      return weight * cost
    },
  },
}

/** The cost of that name. */
export function findCost(name: CostName): Cost {
  return costs[name]
}
