/**
 * The figures there are, so that a command can list them and choose. Nothing that draws is loaded for it: each figure of
 * models and predictions is drawn by the file of its own name, those of archives by the folder `archive`.
 */
import { UsageError } from '../../errors.ts'
import { didYouMean, shown } from '../../text/suggestion.ts'

export const figureNames = ['learning', 'network', 'weights', 'confusion', 'output', 'scaling'] as const
/** Figures of models and predictions. */
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

export const archiveFigureNames = [
  'observables',
  'crossings',
  'scaling',
  'helicity',
  'series',
  'autocorrelation',
  'histogram',
  'tempering',
  'snapshots',
] as const
/** Figures of archives. */
export type ArchiveFigureName = (typeof archiveFigureNames)[number]

/** What each of those shows, one line each. */
export const OF_ARCHIVES: Readonly<Record<ArchiveFigureName, string>> = {
  observables: 'every quantity against T with errors, exact curves where they are known',
  crossings: 'Binder ratios and correlation lengths over L of all sizes, which meet at a transition',
  scaling: 'T_c and power laws out of all sizes, with what was fitted to them',
  helicity: 'the helicity modulus with the line 2T/π',
  series: 'time series of the energy and the order parameters, the thermalization included',
  autocorrelation: 'autocorrelation functions, and autocorrelation times against T',
  histogram: 'histograms of the energy at each temperature',
  tempering: 'accepted exchanges, paths and round trips of replicas',
  snapshots: 'lattices as pictures',
}

export function isOfArchive(name: string): name is ArchiveFigureName {
  return Object.hasOwn(OF_ARCHIVES, name)
}

/** @throws UsageError for an unknown name */
export function findFigure(name: string): FigureName | ArchiveFigureName {
  const known = [...archiveFigureNames, ...figureNames]
  const found = known.find((candidate) => candidate === name)
  if (found) return found
  throw new UsageError(
    `--figure: ${shown(name)} is not possible${didYouMean(name, known)}; allowed: ${archiveFigureNames.join(', ')} of archives; ${figureNames.join(', ')} of models and predictions`,
  )
}
