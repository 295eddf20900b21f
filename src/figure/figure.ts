/** The figures there are, so that a command can list them and choose; each is drawn by the file of its own name. */
import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../suggestion.ts'

export const figureNames = ['learning', 'network', 'weights', 'confusion', 'output', 'scaling'] as const
export type FigureName = (typeof figureNames)[number]

/** What each figure shows, one line each. */
export const FIGURES: Readonly<Record<FigureName, string>> = {
  learning: 'cost and accuracy against the epoch, of training and of validation',
  network: 'the network itself: neurons, weights as lines, biases as colours',
  weights: 'weights from the input to hidden neurons, as pictures of the lattice',
  confusion: 'which class was taken for which',
  output: 'mean output for the ordered phase against temperature, for each size',
  scaling: 'crossing temperature against 1/L, with the infinite lattice',
}

/** @throws UsageError for an unknown name */
export function findFigure(name: string): FigureName {
  const found = figureNames.find((candidate) => candidate === name)
  if (found) return found
  throw new UsageError(`--figure: ${shown(name)} is not possible${didYouMean(name, figureNames)}; allowed: ${figureNames.join(', ')}`)
}
