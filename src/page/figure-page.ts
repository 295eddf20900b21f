import type { Archive } from '../archive/read.ts'
import type { Figure } from '../figure/chart.ts'

/** A figure that is drawn already, of which nothing can be asked any more. */
export interface Drawing {
  readonly kind: 'drawing'
  readonly id: string
  readonly title: string
  readonly svg: string
}

/** A page of figures alone: self-contained, to look into without a network. */
export function figurePage(_page: { readonly title: string; readonly figures: readonly (Figure | Drawing)[] }): string {
  throw new Error('not there yet')
}

/** The whole story of a job on one page: what was run, table, figures, warnings, provenance, how to repeat. */
export function reportPage(_archive: Archive, _figures: readonly Figure[]): string {
  throw new Error('not there yet')
}
