import type { Dataset } from '../../dataset/dataset.ts'
import type { Prediction } from '../../neural/prediction.ts'
import { formatWithError } from '../../text/number.ts'
import { formatTemperature } from '../../text/rounded.ts'
import { csvCell, jsonNumber } from '../../text/cell.ts'
import { alignRows } from '../../text/table.ts'

// How good a prediction is, for people and for programs.

/** Lines on a prediction: the confusion matrix, accuracies, and a hint where a simple answer would do as well. */
export function verdictOf(prediction: Prediction, data: Dataset): string[] {
  const { classification, classes, part, rows, accuracies, squaredError } = prediction
  const name = `${part === 'all' ? '' : `${part}, `}${rows.length} examples`
  if (squaredError !== undefined) return [`${name}: mean squared error ${squaredError.toPrecision(4)}`]
  if (!classification || !classes) return []
  const { accuracy, balancedAccuracy, confusion, recall, precision } = classification
  const share = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '-' : value.toFixed(4))
  const table = alignRows([
    ['true', ...classes.map((found) => `found ${found}`), 'recall', 'precision'],
    ...classes.map((label, k) => [label, ...(confusion[k] ?? []).map(String), share(recall[k]), share(precision[k])]),
  ])
  const ensemble =
    accuracies && accuracies.length > 1 ? ` (single networks ${share(Math.min(...accuracies))} to ${share(Math.max(...accuracies))})` : ''
  const lines = ['', `${name}: accuracy ${share(accuracy)}${ensemble}, balanced ${share(balancedAccuracy)}`, table]
  if (prediction.baseline) {
    const { order, threshold, accuracy: reached } = prediction.baseline
    lines.push(`a threshold on ${order}, at ${threshold.toFixed(3)}: accuracy ${share(reached)}`)
  }
  const { common, always } = commonest(prediction, data)
  // Where every class is as common as the others, weighing them changes nothing.
  const advice =
    always * classes.length > 1.1 ? 'see --class-weights balanced and --augment' : 'see --epochs, --learning-rate and --augment'
  if (accuracy <= always && balancedAccuracy < 1) {
    lines.push(`always saying '${common}' would be right in ${share(always)}; ${advice}, or make more data`)
  }
  return lines
}

function commonest({ rows, classes }: Prediction, { y }: Dataset): { readonly common: string; readonly always: number } {
  const counts = (classes ?? []).map(() => 0)
  for (const row of rows) counts[y.values[row] as number] = (counts[y.values[row] as number] ?? 0) + 1
  const most = Math.max(...counts)
  return { common: classes?.[counts.indexOf(most)] ?? '', always: most / rows.length }
}

/** Output against temperature, and where it goes through one half; undefined without temperatures. */
export function curveTable({ curve, classes }: Prediction): string | undefined {
  if (!curve) return undefined
  const rows = [...curve.temperature].map((T, t) => [
    formatTemperature(T),
    formatWithError(curve.probability[t] as number, curve.error[t] as number),
    String(curve.count[t]),
  ])
  const table = alignRows([['T', `p(${classes?.[1] ?? '1'})`, 'examples'], ...rows])
  const { crossing } = curve
  return crossing
    ? `${table}\np = 1/2 at T = ${formatWithError(crossing.temperature, crossing.error)}`
    : `${table}\nthe output does not go through 1/2`
}

/** NaN has no place in JSON: what there is none of is left out, or null in a list. */
export function metricsJson({ classification, accuracies, squaredError, rows, baseline }: Prediction): Record<string, unknown> {
  if (!classification) return { examples: rows.length, squaredError }
  const { confusion, accuracy, balancedAccuracy, recall, precision } = classification
  return {
    examples: rows.length,
    accuracy: jsonNumber(accuracy),
    balancedAccuracy: jsonNumber(balancedAccuracy),
    recall: recall.map(jsonNumber),
    precision: precision.map(jsonNumber),
    confusion,
    accuracies,
    ...(baseline ? { magnetizationThreshold: { threshold: baseline.threshold, accuracy: baseline.accuracy } } : {}),
  }
}

/** `predict --json`. */
export function predictionJson(prediction: Prediction): Record<string, unknown> {
  const { title, part, classes, outputs, mean, spread, probability, found, curve, rows, networks, size } = prediction
  const width = classes?.length ?? outputs
  const nested = (values: Float64Array, n: number): (number | null)[][] =>
    Array.from({ length: rows.length }, (_, i) => [...values.subarray(i * n, (i + 1) * n)].map(jsonNumber))
  const column = (values: Float64Array, n: number, k: number): (number | null)[] =>
    Array.from({ length: rows.length }, (_, i) => jsonNumber(values[i * n + k] as number))
  return {
    title,
    part,
    size,
    networks,
    classes,
    ...metricsJson(prediction),
    rows: [...rows],
    ...(probability
      ? { probabilities: width === 2 ? column(probability, 2, 1) : nested(probability, width), found: found && [...found] }
      : { outputs: outputs === 1 ? column(mean, 1, 0) : nested(mean, outputs) }),
    ...(networks > 1 ? { spread: outputs === 1 ? column(spread, 1, 0) : nested(spread, outputs) } : {}),
    ...(curve
      ? {
          curve: {
            temperature: [...curve.temperature],
            probability: [...curve.probability].map(jsonNumber),
            error: [...curve.error].map(jsonNumber),
            examples: [...curve.count],
            crossing: curve.crossing && { temperature: curve.crossing.temperature, error: jsonNumber(curve.crossing.error) },
          },
        }
      : {}),
  }
}

/** `predict --csv`: a line for each example. */
export function predictionCsv({ rows, classes, outputs, mean, spread, probability, found, networks }: Prediction, data: Dataset): string {
  const width = classes?.length ?? outputs
  const names = classes ? classes.map((_, k) => `probability_${k}`) : Array.from({ length: outputs }, (_, k) => `output_${k}`)
  const spreads = networks > 1 ? Array.from({ length: outputs }, (_, k) => `spread_${k}`) : []
  const heading = ['row', ...(data.temperature ? ['temperature'] : []), ...(classes ? ['class', 'found'] : []), ...names, ...spreads]
  const lines = Array.from(rows, (row, i) =>
    [
      row,
      ...(data.temperature ? [data.temperature[row]] : []),
      ...(classes ? [data.y.values[row], found?.[i]] : []),
      ...names.map((_, k) => csvCell((probability ?? mean)[i * width + k])),
      ...spreads.map((_, k) => csvCell(spread[i * outputs + k])),
    ].join(','),
  )
  return [heading.join(','), ...lines].join('\n')
}
