import type { Dataset } from '../dataset/dataset.ts'
import type { OrderParameter } from '../model/physics.ts'

/** The simplest classifier of phases: ordered if an order parameter is at least a threshold. What a network should be compared with. */
export interface Baseline {
  /** The order parameter, as in `|m|`. */
  readonly order: string
  /** Found on the examples that the network was trained on. */
  readonly threshold: number
  /** On the examples that were predicted. */
  readonly accuracy: number
}

/**
 * @param order of one example
 * @param trained rows to find the threshold with
 * @param tested rows to judge it by
 * @returns undefined if the data are not in two classes, or there is nothing to find the threshold with
 */
export function thresholdBaseline(data: Dataset, order: OrderParameter, trained: Int32Array, tested: Int32Array): Baseline | undefined {
  const { x, y, shape } = data
  if (y.kind !== 'classes' || y.names.length !== 2 || trained.length === 0) return undefined
  const width = shape.reduce((a, b) => a * b, 1)
  const orderOf = (row: number): number => order.of(x.subarray(row * width, (row + 1) * width))
  const known = Array.from(trained, (row) => ({ m: orderOf(row), label: y.values[row] as number })).sort((a, b) => a.m - b.m)
  // From below every example to above all of them: one that falls below the threshold is then found to be of class 0.
  let right = known.filter(({ label }) => label === 1).length
  let [best, threshold] = [right, 0]
  known.forEach(({ m, label }, i) => {
    right += label === 0 ? 1 : -1
    const next = known[i + 1]?.m
    if (right > best && next !== m) [best, threshold] = [right, next === undefined ? 1 + m : (m + next) / 2]
  })
  const hits = tested.reduce((count, row) => count + (orderOf(row) >= threshold === (y.values[row] === 1) ? 1 : 0), 0)
  return { order: order.symbol, threshold, accuracy: hits / tested.length }
}
