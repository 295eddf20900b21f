// Figures of a report by what they are about; their ids say it.
import type { Figure } from '../figure/chart.ts'

export interface FigureGroup {
  readonly id: string
  readonly name: string
  readonly figures: readonly Figure[]
}

/** In the order of the page; what no other group takes goes to the first. */
const GROUPS: readonly (readonly [id: string, name: string, ids: RegExp])[] = [
  ['against', 'Observables', /./],
  ['crossings', 'Crossings', /-crossing/],
  ['scaling', 'Finite-size scaling', /-scaling/],
  ['helicity', 'Helicity modulus', /-helicity(?:-\d+)?$/],
  ['series', 'Time series', /-series/],
  ['autocorrelation', 'Autocorrelation', /-autocorrelation/],
  ['histogram', 'Histograms', /-histogram/],
  ['tempering', 'Tempering', /-tempering/],
  ['snapshots', 'Snapshots', /-snapshots/],
]

/** Groups that have a figure, each with its figures in the order given. */
export function groupsOf(figures: readonly Figure[]): readonly FigureGroup[] {
  const groupOf = ({ id }: Figure): string => GROUPS.findLast(([, , ids]) => ids.test(id))?.[0] ?? ''
  return GROUPS.map(([id, name]) => ({ id, name, figures: figures.filter((figure) => groupOf(figure) === id) })).filter(
    (group) => group.figures.length > 0,
  )
}
