import type { Archive } from '../../archive/read.ts'
import type { Figure } from '../chart.ts'

/** What somebody asks for; what is left out has a default that suits the archive. */
export interface Choice {
  /** One kind of figure; default: all that there is something to show of. */
  readonly figure?: ArchiveFigureName | undefined
  /** Names of quantities. */
  readonly observables?: readonly string[] | undefined
  /** Linear sizes L. */
  readonly sizes?: readonly number[] | undefined
  /** What the horizontal axis shows: `temperature`, `beta`, or a parameter of which there are several values. */
  readonly x?: string | undefined
  /** Axes that are logarithmic. */
  readonly log?: 'x' | 'y' | 'xy' | undefined
}

export const archiveFigureNames = [
  'observables',
  'crossings',
  'helicity',
  'series',
  'autocorrelation',
  'histogram',
  'tempering',
  'snapshots',
] as const
export type ArchiveFigureName = (typeof archiveFigureNames)[number]

/** @throws UsageError where what is asked for is not there, with what is */
export function figuresOf(_archive: Archive, _choice: Choice = {}): readonly Figure[] {
  throw new Error('not there yet')
}
