import { EXIT } from '../errors.ts'
import { figureList, outOf, plotOptions, plotValues, requestIn } from './plot-flags.ts'
import type { Verb } from './verb.ts'

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
    const { out, format } = outOf(flags)
    const request = requestIn(flags)
    const { writeBytes } = await import('../archive/atomic.ts')
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { drawn } = await import('../view/plot/drawn.ts')
    const files = [flags.files].flat().map(String)
    checkNoSource(out, files, 'one of the files that are drawn')
    const place = freePlace(out, 'figure', new Date(), flags.force === true)
    terminal.print(await writeBytes(place, await drawn(files, request, format)))
    return EXIT.done
  },
}
