import type { Archive } from '../../archive/read.ts'
import type { RunResult } from '../../run/session.ts'
import { UsageError } from '../../errors.ts'
import { type ArchiveFigureName, type FigureName, findFigure } from '../figure/figure.ts'
import type { ColumnName, ModelName, ParameterName } from '../../model/types.ts'
import { didYouMean, shown } from '../../text/suggestion.ts'
import { archiveDrawn, drawn } from './drawn.ts'
import { type PlotFormat, plotFormats, type PlotRequest } from './request.ts'

// `spinpool plot` as a library call.

/** A file to draw: its path, or what `run`, `resume`, `merge` or `train` resolved with. */
export type Plotted = string | { readonly path: string }

/** What to draw; what is left out has a default that suits the file. */
export interface PlotOptions<M extends string = ModelName, Format extends PlotFormat = PlotFormat> {
  /** `svg`, the default, for a drawing as text, `png` for the bytes of a picture, `html` for a page to look into, as text */
  readonly format?: Format | undefined
  /**
   * The figure; default: `observables` of an archive, as `html` all that there is to show; `learning` of a model; `output` of predictions
   * with temperatures, else `confusion`
   */
  readonly figure?: ArchiveFigureName | FigureName | undefined
  /** Archives: quantities, or `all`; default all, or those that say most */
  readonly observable?: ColumnName<M> | 'all' | readonly (ColumnName<M> | 'all')[] | undefined
  /** Archives: linear sizes L; default all, or the largest */
  readonly size?: number | readonly number[] | undefined
  /** Archives: what is across, also a parameter that has several values; default temperature */
  readonly x?: 'temperature' | 'beta' | ParameterName<M> | undefined
  /** Archives: logarithmic axes; default those that need it */
  readonly log?: 'x' | 'y' | 'xy' | undefined
  /** `network`, `weights`: which of the ensemble, from 0; default 0 */
  readonly network?: number | undefined
  /** `weights`: hidden neurons, from 0; default those with the largest outgoing weights */
  readonly neurons?: number | readonly number[] | undefined
  /** `png`: pixels of the picture for one of the drawing; default 2 */
  readonly scale?: number | undefined
}

const KEYS: readonly (keyof PlotOptions)[] = ['format', 'figure', 'observable', 'size', 'x', 'log', 'network', 'neurons', 'scale']
/** Drawings are some hundred pixels wide. */
const MAX_SCALE = 20

/**
 * Draws what `spinpool plot` draws: an archive, a trained model, predictions or a benchmark. Writes nothing.
 *
 * @param source an open archive, or files: several of predictions, one of all else
 * @returns the text of an SVG or HTML document, or the bytes of a PNG
 * @throws UsageError for options that are not possible, also for what is in the files, with what is allowed
 * @throws FileError if a file cannot be read, or nothing was measured yet
 * @throws MachineError for `png` if its renderer is not installed
 */
export async function plot<M extends string = ModelName, Format extends PlotFormat = 'svg'>(
  source: Archive<M> | RunResult<M> | Plotted | readonly Plotted[],
  options: PlotOptions<M, Format> = {},
): Promise<Format extends 'png' ? Uint8Array : string> {
  type Drawn = Format extends 'png' ? Uint8Array : string
  try {
    const { request, format, scale } = read(options)
    if (isArchive(source)) return (await archiveDrawn(source as Archive<string>, source.path, request, format, scale)) as Drawn
    const files = [source as Plotted | readonly Plotted[]].flat().map((file: Plotted) => (typeof file === 'string' ? file : file.path))
    if (files.length === 0) throw new UsageError('there is no file to draw; give one or more')
    return (await drawn(files, request, format, scale)) as Drawn
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(inOptions(error.message)) : error
  }
}

function isArchive(source: object | string): source is Archive<string> {
  return typeof source === 'object' && 'simulations' in source && 'provenance' in source
}

/** Options as a program that is not type-checked may give them. */
function read<M extends string>(
  options: PlotOptions<M>,
): { readonly request: PlotRequest; readonly format: PlotFormat; readonly scale?: number } {
  const unknown = Object.keys(options).find((key) => !KEYS.some((known) => known === key))
  if (unknown !== undefined) throw new UsageError(`${unknown}: unknown option${didYouMean(unknown, KEYS)}; allowed: ${KEYS.join(', ')}`)
  const { format = 'svg', figure, observable, size, x, log, network, neurons, scale } = options
  oneOf('format', format, plotFormats)
  if (log !== undefined) oneOf('log', log, ['x', 'y', 'xy'])
  if (scale !== undefined && !(scale > 0 && scale <= MAX_SCALE)) {
    throw new UsageError(`scale: ${shown(scale)} is not possible; allowed: numbers above 0, up to ${MAX_SCALE}`)
  }
  return {
    request: {
      figure: figure === undefined ? undefined : findFigure(figure),
      observable: observable === undefined ? undefined : [observable].flat(),
      size: size === undefined ? undefined : [size].flat(),
      x,
      log,
      network,
      neurons: neurons === undefined ? undefined : [neurons].flat().join(','),
    },
    format,
    ...(scale === undefined ? {} : { scale }),
  }
}

function oneOf(key: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw new UsageError(`${key}: ${shown(value)} is not possible${didYouMean(value, allowed)}; allowed: ${allowed.join(', ')}`)
  }
}

/** Messages name flags; the options of the same names have no dashes. */
function inOptions(message: string): string {
  return message.replace(/--(figure|observable|size|x|log|network|neurons)\b/g, '$1')
}
