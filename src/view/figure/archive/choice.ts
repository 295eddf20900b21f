import type { ArchiveFigureName } from '../figure.ts'

/** What somebody asks for; what is left out has a default that suits the archive. */
export interface Choice {
  /** One kind of figure; default: all that there is something to show of. */
  readonly figure?: ArchiveFigureName | undefined
  /** Names of quantities; `all` for all of them. */
  readonly observables?: readonly string[] | undefined
  /** Linear sizes L. */
  readonly sizes?: readonly number[] | undefined
  /** What the horizontal axis shows: `temperature`, `beta`, or a parameter of which there are several values. */
  readonly x?: string | undefined
  /** Axes that are logarithmic. */
  readonly log?: 'x' | 'y' | 'xy' | undefined
}
