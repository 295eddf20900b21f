import { basename } from 'node:path'
import { ARCHIVE_FORMAT, BENCHMARK_FORMAT, formatOf } from '../../archive/format.ts'
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import { FileError } from '../../errors.ts'
import type { FigureSpec } from '../figure/render.ts'
import { alone, forArchive, forBenchmark, type PlotFormat, type PlotRequest } from './request.ts'

/**
 * What files show, by what they are: an archive, a model, predictions or a benchmark. What draws is loaded when it is needed.
 *
 * @param scale pixels of a PNG for one of the drawing
 * @throws UsageError for what the files do not have or have no use for, FileError if one cannot be read
 */
export async function drawn(
  files: readonly string[],
  request: PlotRequest,
  format: PlotFormat,
  scale?: number,
): Promise<string | Uint8Array> {
  const [first = ''] = files
  const kind = await formatOf(first)
  if (kind === ARCHIVE_FORMAT) {
    forArchive(request, first)
    alone(files, 'archive', 'leave it out, or join the parts of a job with spinpool merge')
    const { withArchive } = await import('../../archive/read.ts')
    return withArchive(first, (archive) => archiveDrawn(archive, first, request, format, scale))
  }
  if (kind === BENCHMARK_FORMAT) return benchmarkDrawn(files, request, format, scale)
  const { networkFigure } = await import('./networks.ts')
  const { figure, spec } = await networkFigure(files, kind, request)
  if (format !== 'html') return picture(spec, format, scale)
  const { labelOf, renderSvg } = await import('../figure/render.ts')
  const { figurePage } = await import('../page/figure-page.ts')
  const title = labelOf(spec)
  return figurePage({ title, figures: [{ kind: 'drawing', id: figure, title, svg: await renderSvg(spec) }] })
}

/**
 * One figure of an open archive, or a page of all that there is to show.
 *
 * @param file what messages call it
 */
export async function archiveDrawn(
  archive: Archive,
  file: string,
  request: PlotRequest,
  format: PlotFormat,
  scale?: number,
): Promise<string | Uint8Array> {
  const asked = forArchive(request, file)
  const byDefault = asked === undefined && format !== 'html'
  const { observable, size, x, log } = request
  const { figuresOf } = await import('../figure/archive/figures.ts')
  if (byDefault && !archive.simulations.some(measured)) {
    throw new FileError(
      `${file}: nothing was measured yet, so there are no observables to draw; go on with spinpool resume, or look at --figure series`,
    )
  }
  const figures = figuresOf(archive, { figure: byDefault ? 'observables' : asked, observables: observable, sizes: size, x, log })
  if (format === 'html') {
    const { figurePage, reportPage } = await import('../page/figure-page.ts')
    return asked === undefined ? reportPage(archive, figures) : figurePage({ title: archive.title || basename(file), figures })
  }
  const { figureSpec } = await import('../figure/chart-spec.ts')
  return picture(figureSpec(figures), format, scale)
}

/** Whether there is a number at any temperature. */
function measured({ quantities }: ArchivedSimulation): boolean {
  return Object.values(quantities).some(({ mean }) => mean.some(Number.isFinite))
}

/** Speed-up, efficiency and rates of `spinpool bench`. */
async function benchmarkDrawn(
  files: readonly string[],
  request: PlotRequest,
  format: PlotFormat,
  scale?: number,
): Promise<string | Uint8Array> {
  const [first = ''] = files
  forBenchmark(request, first)
  alone(files, 'benchmark', `spinpool bench --compare ${files.slice(0, 2).join(' ')} compares two`)
  const { readBenchmark } = await import('../../benchmark/file.ts')
  const { benchmarkFigures } = await import('../figure/scaling-of-threads.ts')
  const figures = benchmarkFigures(await readBenchmark(first))
  if (format === 'html') {
    const { figurePage } = await import('../page/figure-page.ts')
    return figurePage({ title: 'Benchmark of spinpool', figures })
  }
  const { figureSpec } = await import('../figure/chart-spec.ts')
  return picture(figureSpec(figures), format, scale)
}

async function picture(spec: FigureSpec, format: 'svg' | 'png', scale?: number): Promise<string | Uint8Array> {
  const { renderSvg } = await import('../figure/render.ts')
  const svg = await renderSvg(spec)
  if (format === 'svg') return svg
  const { renderPng } = await import('../figure/png.ts')
  return renderPng(svg, scale === undefined ? {} : { scale })
}
