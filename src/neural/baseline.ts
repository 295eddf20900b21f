import type { Dataset } from '../dataset/dataset.ts'

/** The simplest classifier of Ising phases: ordered where |m| is at least a threshold. What a network should be held against. */
export interface Baseline {
  /** Of |m|, found on the examples that the network was trained on. */
  readonly threshold: number
  /** On the examples that were predicted. */
  readonly accuracy: number
}

/**
 * @param trained rows to find the threshold with
 * @param tested rows to judge it by
 * @returns undefined where the data are no Ising configurations in two classes
 */
export function magnetizationBaseline(data: Dataset, trained: Int32Array, tested: Int32Array): Baseline | undefined {
  const { x, y, notes, shape } = data
  if (notes.model !== 'ising' || notes.encoding !== 'spins' || y.kind !== 'classes' || y.names.length !== 2) return undefined
  if (trained.length === 0) return undefined
  const width = shape.reduce((a, b) => a * b, 1)
  const order = (row: number): number => {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i++) sum += x[i] as number
    return Math.abs(sum) / width
  }
  const known = Array.from(trained, (row) => ({ m: order(row), label: y.values[row] as number })).sort((a, b) => a.m - b.m)
  // From below every example to above all of them: one that falls below the threshold is then found to be of class 0.
  let right = known.filter(({ label }) => label === 1).length
  let [best, threshold] = [right, 0]
  known.forEach(({ m, label }, i) => {
    right += label === 0 ? 1 : -1
    const next = known[i + 1]?.m
    if (right > best && next !== m) [best, threshold] = [right, next === undefined ? 1 + m : (m + next) / 2]
  })
  const hits = tested.reduce((count, row) => count + (order(row) >= threshold === (y.values[row] === 1) ? 1 : 0), 0)
  return { threshold, accuracy: hits / tested.length }
}
