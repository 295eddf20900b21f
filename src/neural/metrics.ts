// How well classes are found.

/** The class that outputs stand for: of one output, 1 from one half on; of several, the largest. */
export function foundClass(outputs: ArrayLike<number>, at: number, count: number): number {
  if (count === 1) return (outputs[at] as number) >= 0.5 ? 1 : 0
  let best = 0
  for (let j = 1; j < count; j++) if ((outputs[at + j] as number) > (outputs[at + best] as number)) best = j
  return best
}

/** What a classifier got right and wrong. */
export interface Classification {
  /** (true class, found class): how many examples. */
  readonly confusion: readonly (readonly number[])[]
  readonly accuracy: number
  /** Of each class the fraction that was found; NaN for a class without examples. */
  readonly recall: readonly number[]
  /** Of each class the fraction of those found that are right; NaN for a class that was never found. */
  readonly precision: readonly number[]
  /** Mean recall of the classes that there are: ½ for a coin, also where one class is rare. */
  readonly balancedAccuracy: number
}

/** @param truth (count) and found (count), classes from 0 */
export function classify(truth: ArrayLike<number>, found: ArrayLike<number>, classes: number): Classification {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < truth.length; i++) {
    const row = confusion[truth[i] as number]
    if (row) row[found[i] as number] = (row[found[i] as number] ?? 0) + 1
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  const right = confusion.map((row, k) => row[k] as number)
  const recall = confusion.map((row, k) => (right[k] as number) / sum(row))
  const known = recall.filter((value) => !Number.isNaN(value))
  return {
    confusion,
    accuracy: sum(right) / truth.length,
    recall,
    precision: right.map((value, k) => value / sum(confusion.map((row) => row[k] as number))),
    balancedAccuracy: sum(known) / known.length,
  }
}
