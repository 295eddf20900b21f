import type { TrainedModel } from '../../neural/model.ts'
import type { Prediction } from '../../neural/prediction.ts'
import { alignRows } from '../../text/table.ts'

/** The networks of a model: epochs, and costs and accuracies of the epoch whose weights are kept. */
export function trainingTable({ networks, classes, training }: TrainedModel, tested: Prediction | undefined): string {
  const validated = training?.data.part.includes(1)
  const columns = [
    'network',
    'epochs',
    'best',
    'cost',
    ...(classes ? ['accuracy'] : []),
    ...(validated ? ['validation', ...(classes ? ['accuracy'] : [])] : []),
    ...(tested?.accuracies ? ['test'] : []),
    'ended',
  ]
  const rows = networks.map(({ epochs, bestEpoch, ended, history }, k) => {
    const at = (values: Float64Array): number => values[bestEpoch - 1] ?? Number.NaN
    return [
      String(k),
      String(epochs),
      String(bestEpoch),
      costText(at(history.cost)),
      ...(classes ? [shareText(at(history.accuracy))] : []),
      ...(validated ? [costText(at(history.validationCost)), ...(classes ? [shareText(at(history.validationAccuracy))] : [])] : []),
      ...(tested?.accuracies ? [shareText(tested.accuracies[k] ?? Number.NaN)] : []),
      ended ?? 'not yet',
    ]
  })
  return alignRows([columns, ...rows])
}

function costText(cost: number): string {
  return Number.isNaN(cost) ? '-' : cost < 1e-3 ? cost.toExponential(3) : cost.toFixed(5)
}

function shareText(share: number): string {
  return Number.isNaN(share) ? '-' : share.toFixed(4)
}
