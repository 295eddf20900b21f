import { UsageError } from '../../errors.ts'
import { type ArchiveFigureName, archiveFigureNames, type FigureName, isOfArchive } from '../figure/figure.ts'

// What is to be drawn, read from flags or from a library call, and what each kind of file has no use for. Messages name the flags.

export const plotFormats = ['svg', 'png', 'html'] as const
/** A picture, or a page to look into. */
export type PlotFormat = (typeof plotFormats)[number]

/** What is to be drawn; whether it is there is for the file to say. */
export interface PlotRequest {
  readonly figure?: FigureName | ArchiveFigureName | undefined
  /** Of archives. */
  readonly observable?: readonly string[] | undefined
  readonly size?: readonly number[] | undefined
  readonly x?: string | undefined
  readonly log?: 'x' | 'y' | 'xy' | undefined
  /** Of models; `neurons` as written, numbers with commas between. */
  readonly network?: number | undefined
  readonly neurons?: string | undefined
}

const OF_ARCHIVE = ['observable', 'size', 'x', 'log'] as const
const OF_NETWORKS = ['network', 'neurons'] as const

/** @throws UsageError for options, and for a figure, that an archive has no use for */
export function forArchive(request: PlotRequest, file: string): ArchiveFigureName | undefined {
  refuse(request, OF_NETWORKS, `${file}, an archive of a run`, 'figures of a model')
  const { figure } = request
  if (figure === undefined || isOfArchive(figure)) return figure
  throw new UsageError(`--figure: ${figure} cannot be drawn of ${file}, an archive of a run; allowed: ${archiveFigureNames.join(', ')}`)
}

/** @throws UsageError for options and figures that a benchmark, which is drawn whole, has no use for */
export function forBenchmark(request: PlotRequest, file: string): void {
  refuse(request, [...OF_ARCHIVE, ...OF_NETWORKS], `${file}, a benchmark`, 'other files')
  if (request.figure !== undefined) {
    throw new UsageError(`--figure: ${request.figure} cannot be drawn of ${file}, a benchmark; leave it out`)
  }
}

/** @throws UsageError for options that models and predictions have no use for */
export function forNetworks(request: PlotRequest, file: string): void {
  refuse(request, OF_ARCHIVE, `${file}, which is not an archive of a run`, 'figures of an archive')
}

function refuse(request: PlotRequest, names: readonly (keyof PlotRequest)[], what: string, where: string): void {
  const given = names.find((name) => request[name] !== undefined)
  if (given !== undefined) throw new UsageError(`--${given}: there is no use for it with ${what}; allowed: with ${where}`)
}

/** @throws UsageError for a second file of a kind that is drawn one by one */
export function alone(files: readonly string[], what: string, advice: string): void {
  const [, second] = files
  if (second !== undefined) throw new UsageError(`${second}: one ${what} at a time can be drawn; ${advice}`)
}
