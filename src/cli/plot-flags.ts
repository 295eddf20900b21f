import type { Options } from 'yargs'
import { UsageError } from '../errors.ts'
import { archiveFigureNames, FIGURES, figureNames, findFigure, OF_ARCHIVES } from '../view/figure/figure.ts'
import { type PlotFormat, plotFormats, type PlotRequest } from '../view/plot/request.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { observablesIn, wholeNumber } from './flag-values.ts'
import { type Flags, text } from './verb.ts'

// The flags of `plot`: what is written, which figure, and what of an archive or of a network it shows. Text is read at the edge.

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

/** Where the picture goes, and what it is. @throws UsageError for names that end otherwise */
export function outOf(flags: Flags): { readonly out: string; readonly format: PlotFormat } {
  if (flags.out === undefined) throw new UsageError('--out: missing; name the picture to write: spinpool plot FILE -o x.svg')
  const out = String(flags.out)
  const format = plotFormats.find((candidate) => out.endsWith(`.${candidate}`))
  if (!format) throw new UsageError(`--out: ${shown(out)} names no format; allowed: names that end in .svg, .png or .html`)
  return { out, format }
}

/** What is to be drawn, as far as the flags say it. @throws UsageError for an unknown figure, and for text that cannot be read */
export function requestIn(flags: Flags): PlotRequest {
  const read = <T>(key: string, reader: (written: string) => T): T | undefined =>
    flags[key] === undefined ? undefined : reader(String(flags[key]))
  return {
    figure: read('figure', findFigure),
    observable: read('observable', observablesIn),
    size: read('size', sizesIn),
    x: read('x', String),
    log: read('log', logIn),
    network: wholeNumber(flags, 'network', 0),
    neurons: read('neurons', String),
  }
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
