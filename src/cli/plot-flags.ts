import type { Options } from 'yargs'
import { UsageError } from '../errors.ts'
import type { Choice } from '../figure/archive/figures.ts'
import {
  type ArchiveFigureName,
  archiveFigureNames,
  FIGURES,
  type FigureName,
  figureNames,
  findFigure,
  isOfArchive,
  OF_ARCHIVES,
} from '../figure/figure.ts'
import { didYouMean, shown } from '../suggestion.ts'
import type { Flags } from './verb.ts'

// The flags of `plot`: what is written, which figure, and what of an archive or of a network it shows. Text is read at the edge.

const text = (describe: string): Options => ({ type: 'string', requiresArg: true, describe })

export const plotOptions: Readonly<Record<string, Options>> = {
  out: { ...text('The picture to write, a name that ends in .svg, .png or .html'), alias: 'o' },
  figure: text('One of the figures listed below [default: see there]'),
  observable: text('archives: quantities, as summary names them: energy,binder [default: all, or those that say most]'),
  size: text('archives: linear sizes L: 16,32 [default: all, or the largest]'),
  x: text('archives: what is across: temperature, beta, or a parameter that has several values [default: temperature]'),
  log: text('archives: logarithmic axes: x, y or xy [default: those that need it]'),
  network: text('network, weights: which of the ensemble, from 0 [default: 0]'),
  neurons: text('weights: hidden neurons, from 0: 3,7 [default: those with the largest outgoing weights]'),
  force: { type: 'boolean', describe: 'Replace a file that is there' },
}

/** What a shell may complete. */
export const plotValues: Readonly<Record<string, readonly string[]>> = { figure: [...archiveFigureNames, ...figureNames] }

/** The figures there are, for the help. */
export const figureList: string = [
  'Figures of archives:',
  ...archiveFigureNames.map((name) => `  ${name}  \t${OF_ARCHIVES[name]}`),
  '',
  'Figures of models and predictions:',
  ...figureNames.map((name) => `  ${name}  \t${FIGURES[name]}`),
  '',
  'Without --figure: observables of an archive, all that there is with .html;',
  'learning of a model; output of predictions with temperatures, else confusion.',
].join('\n')

const endings = ['.svg', '.png', '.html'] as const
export type Ending = (typeof endings)[number]

/** Where the picture goes, and what it is. @throws UsageError for names that end otherwise */
export function outOf(flags: Flags): { readonly out: string; readonly ending: Ending } {
  if (flags.out === undefined) throw new UsageError('--out: missing; name the picture to write: spinpool plot FILE -o x.svg')
  const out = String(flags.out)
  const ending = endings.find((candidate) => out.endsWith(candidate))
  if (!ending) throw new UsageError(`--out: ${shown(out)} names no format; allowed: names that end in .svg, .png or .html`)
  return { out, ending }
}

/** @throws UsageError for an unknown name */
export function figureIn(flags: Flags): FigureName | ArchiveFigureName | undefined {
  return flags.figure === undefined ? undefined : findFigure(String(flags.figure))
}

/** What of an archive is to be shown; whether it is there is for the archive to say. */
export function choiceIn(flags: Flags, figure: ArchiveFigureName | undefined): Choice {
  return {
    figure,
    observables: flags.observable === undefined ? undefined : namesIn(String(flags.observable)),
    sizes: flags.size === undefined ? undefined : sizesIn(String(flags.size)),
    x: flags.x === undefined ? undefined : String(flags.x),
    log: flags.log === undefined ? undefined : logIn(String(flags.log)),
  }
}

function namesIn(written: string): readonly string[] {
  // Commas within brackets are part of a name: cdw_structure_factor[0,1].
  const names = written.split(/,(?![^[]*\])/).map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new UsageError(`--observable: ${shown(written)} is not possible; allowed: names with commas between, such as energy,binder`)
}

function sizesIn(written: string): readonly number[] {
  const sizes = written.split(',').map((size) => (size.trim() === '' ? Number.NaN : Number(size)))
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes
  throw new UsageError(`--size: ${shown(written)} is not possible; allowed: whole numbers with commas between, such as 16,32`)
}

const logs = ['x', 'y', 'xy'] as const

function logIn(written: string): (typeof logs)[number] {
  const log = logs.find((candidate) => candidate === written)
  if (log) return log
  throw new UsageError(`--log: ${shown(written)} is not possible${didYouMean(written, logs)}; allowed: ${logs.join(', ')}`)
}

/** Flags of one kind of file only. */
const OF_ARCHIVE = ['observable', 'size', 'x', 'log'] as const
const OF_NETWORKS = ['network', 'neurons'] as const

/** @throws UsageError for flags, and for a figure, that an archive has no use for */
export function forArchive(flags: Flags, figure: FigureName | ArchiveFigureName | undefined, file: string): ArchiveFigureName | undefined {
  refuseFlags(flags, OF_NETWORKS, `${file}, an archive of a run`, 'figures of a model')
  if (figure === undefined || isOfArchive(figure)) return figure
  throw new UsageError(`--figure: ${figure} cannot be drawn of ${file}, an archive of a run; allowed: ${archiveFigureNames.join(', ')}`)
}

/** @throws UsageError for flags and figures that a benchmark, which is drawn whole, has no use for */
export function forBenchmark(flags: Flags, figure: FigureName | ArchiveFigureName | undefined, file: string): void {
  refuseFlags(flags, [...OF_ARCHIVE, ...OF_NETWORKS], `${file}, a benchmark`, 'other files')
  if (figure !== undefined) throw new UsageError(`--figure: ${figure} cannot be drawn of ${file}, a benchmark; leave it out`)
}

/** @throws UsageError for flags that models and predictions have no use for */
export function forNetworks(flags: Flags, file: string): void {
  refuseFlags(flags, OF_ARCHIVE, `${file}, which is no archive of a run`, 'figures of an archive')
}

function refuseFlags(flags: Flags, names: readonly string[], what: string, where: string): void {
  const given = names.find((name) => flags[name] !== undefined)
  if (given !== undefined) throw new UsageError(`--${given}: there is no use for it with ${what}; allowed: with ${where}`)
}
