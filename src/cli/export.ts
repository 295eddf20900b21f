import { extname } from 'node:path'
import { EXIT, UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import type { Terminal } from './terminal.ts'
import { wholeNumber } from './flag-values.ts'
import type { Flags, Verb } from './verb.ts'

/** What is written, by the ending of its name, and of what. */
const KINDS: Readonly<Record<string, 'model' | 'archive'>> = {
  '.onnx': 'model',
  '.safetensors': 'model',
  '.csv': 'archive',
  '.npz': 'archive',
}

/** `spinpool export`: a network, or the single measurements of a run, for other programs. */
export const exportVerb: Verb = {
  usage: 'export <file>',
  describe: 'Write a network as ONNX or safetensors, or the measurements of an archive as CSV or for NumPy',
  options: {
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The file to write: x.onnx, x.safetensors, x.csv or x.npz' },
    network: { type: 'string', requiresArg: true, describe: 'models: which of the ensemble, from 0 [default: 0]' },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
  },
  examples: [
    ['spinpool export net.h5 -o net.onnx', 'input x (batch, n_in), output y'],
    ['spinpool export net.h5 -o net.safetensors --network 3', 'weights as a torch.nn.Sequential names them'],
    ['spinpool export run.h5 -o run.npz', 'series and trace: run["ising-L32/trace/energy"], (temperature, copy, record)'],
    ['spinpool export run.h5 -o run.csv', 'a line for each measurement, of the series if there is one, else of the trace'],
  ],
  act: async (flags, terminal) => {
    if (flags.out === undefined)
      throw new UsageError('--out: missing; name the file to write: spinpool export FILE -o x.onnx, x.safetensors, x.csv or x.npz')
    const out = String(flags.out)
    const ending = extname(out)
    const kind = Object.hasOwn(KINDS, ending) ? KINDS[ending] : undefined
    if (kind === undefined) {
      throw new UsageError(
        `--out: ${shown(out)} names no format; allowed: names that end in .onnx or .safetensors, for a model, .csv or .npz, for an archive`,
      )
    }
    const file = String(flags.file)
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { writeBytes } = await import('../archive/atomic.ts')
    checkNoSource(out, [file], `the ${kind} itself`)
    const place = freePlace(out, kind === 'model' ? 'network' : 'run', new Date(), flags.force === true)
    const bytes = kind === 'model' ? await networkBytes(file, ending, flags, terminal) : await measurements(file, ending, flags)
    terminal.print(await writeBytes(place, bytes))
    return EXIT.done
  },
}

async function measurements(file: string, ending: string, flags: Flags): Promise<Uint8Array> {
  if (flags.network !== undefined) throw new UsageError('--network: goes with the export of a model alone')
  const { withArchive } = await import('../archive/read.ts')
  const { measurementsCsv, measurementsNpz } = await import('../view/report/measurements.ts')
  return withArchive(file, (archive) => (ending === '.csv' ? measurementsCsv(archive, file) : measurementsNpz(archive, file)))
}

async function networkBytes(file: string, ending: string, flags: Flags, terminal: Terminal): Promise<Uint8Array> {
  const { packageVersion } = await import('../archive/provenance.ts')
  const { readModel } = await import('../neural/model-file.ts')
  const { networkOf } = await import('../neural/model.ts')
  const k = wholeNumber(flags, 'network', 0) ?? 0
  const model = await readModel(file)
  if (k >= model.networks.length) throw new UsageError(`--network: ${k} is not possible; allowed: 0 to ${model.networks.length - 1}`)
  const network = networkOf(model, k)
  // Predictions are means over the whole ensemble; a file for others holds one network.
  if (model.networks.length > 1 && flags.network === undefined)
    terminal.info(`network 0 of ${model.networks.length}; choose another with --network`)
  const version = packageVersion()
  if (ending === '.onnx') {
    const { toOnnx } = await import('../neural/onnx.ts')
    return toOnnx(network, { name: 'spinpool', description: model.title, version })
  }
  const { toSafetensors } = await import('../neural/safetensors.ts')
  const { FOLDING_TOLERANCE, foldingError } = await import('../neural/folding-error.ts')
  const error = foldingError(network)
  if (error > FOLDING_TOLERANCE) {
    terminal.warn(
      `outputs of the file differ from those of ${file} by about ${error.toPrecision(1)}: means that are large beside the standard deviations cancel in its first layer; export to .onnx, which keeps them apart, or subtract a constant from the data before training`,
    )
  }
  const names = model.classes ? { classes: JSON.stringify(model.classes) } : {}
  return toSafetensors(network, { title: model.title, producer: `spinpool ${version}`, ...names })
}
