import { basename } from 'node:path'
import type { ArchivedSimulation } from '../archive/read.ts'
import { EXIT, FileError, UsageError } from '../errors.ts'
import type { ArchiveFigureName, FigureName } from '../figure/figure.ts'
import type { FigureSpec } from '../figure/render.ts'
import { choiceIn, type Ending, figureIn, figureList, forArchive, forBenchmark, outOf, plotOptions, plotValues } from './plot-flags.ts'
import type { Flags, Verb } from './verb.ts'

/** `spinpool plot`: figures of an archive, of a model, of predictions, or of a benchmark, as a picture or a page. */
export const plotVerb: Verb = {
  usage: 'plot <files..>',
  describe: 'Draw an archive, a model, predictions or a benchmark: SVG, PNG or a page to look into',
  options: plotOptions,
  values: plotValues,
  examples: [
    ['spinpool plot run.h5 -o run.html', 'the whole report of a run on one page'],
    ['spinpool plot run.h5 -o run.svg', 'every observable against temperature'],
    ['spinpool plot run.h5 --observable energy,binder --size 16,32 -o binder.png', 'two of them, of two sizes'],
    ['spinpool plot net.h5 -o learning.svg', 'costs and accuracies of a training'],
    ['spinpool plot net.h5 --figure weights -o weights.svg', 'what hidden neurons look for'],
    ['spinpool plot p10.h5 p20.h5 p40.h5 -o output.svg', 'outputs of predictions against temperature'],
    ['spinpool plot p10.h5 p20.h5 p40.h5 --figure scaling -o scaling.svg', 'their crossings against 1/L'],
    ['spinpool plot bench.h5 -o scaling.svg', 'speed-up and efficiency of what spinpool bench measured'],
  ],
  more: figureList,
  act: async (flags, terminal) => {
    const { out, ending } = outOf(flags)
    const asked = figureIn(flags)
    const { writeBytes } = await import('../archive/atomic.ts')
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const files = [flags.files].flat().map(String)
    checkNoSource(out, files, 'one of the files that are drawn')
    const place = freePlace(out, 'figure', new Date(), flags.force === true)
    terminal.print(await writeBytes(place, await drawn(files, asked, ending, flags)))
    return EXIT.done
  },
}

/** What is written. */
async function drawn(
  files: readonly string[],
  asked: FigureName | ArchiveFigureName | undefined,
  ending: Ending,
  flags: Flags,
): Promise<string | Uint8Array> {
  const { ARCHIVE_FORMAT, BENCHMARK_FORMAT, formatOf } = await import('../archive/format.ts')
  const [first = ''] = files
  const format = await formatOf(first)
  if (format === ARCHIVE_FORMAT) return archiveDrawn(files, forArchive(flags, asked, first), ending, flags)
  if (format === BENCHMARK_FORMAT) return benchmarkDrawn(files, asked, ending, flags)
  const { networkFigure } = await import('./plot-networks.ts')
  const { figure, spec } = await networkFigure(files, format, asked, flags)
  if (ending !== '.html') return picture(spec, ending)
  const { labelOf, renderSvg } = await import('../figure/render.ts')
  const { figurePage } = await import('../page/figure-page.ts')
  const title = labelOf(spec)
  return figurePage({ title, figures: [{ kind: 'drawing', id: figure, title, svg: await renderSvg(spec) }] })
}

/** One figure, or a page of all that there is to show. */
async function archiveDrawn(
  files: readonly string[],
  asked: ArchiveFigureName | undefined,
  ending: Ending,
  flags: Flags,
): Promise<string | Uint8Array> {
  const [first = '', second] = files
  if (second !== undefined)
    throw new UsageError(`${second}: one archive at a time can be drawn; leave it out, or join the parts of a job with spinpool merge`)
  const byDefault = asked === undefined && ending !== '.html'
  const choice = choiceIn(flags, byDefault ? 'observables' : asked)
  const { withArchive } = await import('../archive/read.ts')
  const { figuresOf } = await import('../figure/archive/figures.ts')
  return withArchive(first, async (archive) => {
    if (byDefault && !archive.simulations.some(measured)) {
      throw new FileError(
        `${first}: nothing was measured yet, so there are no observables to draw; go on with spinpool resume, or look at --figure series`,
      )
    }
    const figures = figuresOf(archive, choice)
    if (ending === '.html') {
      const { figurePage, reportPage } = await import('../page/figure-page.ts')
      return asked === undefined ? reportPage(archive, figures) : figurePage({ title: archive.title || basename(first), figures })
    }
    const { figureSpec } = await import('../figure/chart-spec.ts')
    return picture(figureSpec(figures), ending)
  })
}

/** Whether there is a number at any temperature. */
function measured({ quantities }: ArchivedSimulation): boolean {
  return Object.values(quantities).some(({ mean }) => mean.some(Number.isFinite))
}

/** Speed-up, efficiency and rates of `spinpool bench`. */
async function benchmarkDrawn(
  files: readonly string[],
  asked: FigureName | ArchiveFigureName | undefined,
  ending: Ending,
  flags: Flags,
): Promise<string | Uint8Array> {
  const [first = '', second] = files
  forBenchmark(flags, asked, first)
  if (second !== undefined)
    throw new UsageError(`${second}: one benchmark at a time can be drawn; spinpool bench --compare ${first} ${second} compares two`)
  const { readBenchmark } = await import('../benchmark/file.ts')
  const { benchmarkFigures } = await import('../figure/scaling-of-threads.ts')
  const figures = benchmarkFigures(await readBenchmark(first))
  if (ending === '.html') {
    const { figurePage } = await import('../page/figure-page.ts')
    return figurePage({ title: 'Benchmark of spinpool', figures })
  }
  const { figureSpec } = await import('../figure/chart-spec.ts')
  return picture(figureSpec(figures), ending)
}

async function picture(spec: FigureSpec, ending: '.svg' | '.png'): Promise<string | Uint8Array> {
  const { renderSvg } = await import('../figure/render.ts')
  const svg = await renderSvg(spec)
  if (ending === '.svg') return svg
  const { renderPng } = await import('../figure/png.ts')
  return renderPng(svg)
}
