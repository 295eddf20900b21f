import { extname } from 'node:path'
import { EXIT, UsageError } from '../errors.ts'
import { shown } from '../suggestion.ts'
import { wholeNumber } from './training-flags.ts'
import type { Verb } from './verb.ts'

/** `spinpool export`: a network for other programs. */
export const exportVerb: Verb = {
  usage: 'export <model>',
  describe: 'Write a network for other programs: ONNX, or safetensors for PyTorch',
  options: {
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The file to write: x.onnx or x.safetensors' },
    network: { type: 'string', requiresArg: true, describe: 'Which of the ensemble, from 0 [default: 0]' },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
  },
  examples: [
    ['spinpool export net.h5 -o net.onnx', 'input x (batch, n_in), output y'],
    ['spinpool export net.h5 -o net.safetensors --network 3', 'weights as a torch.nn.Sequential names them'],
  ],
  act: async (flags, terminal) => {
    if (flags.out === undefined)
      throw new UsageError('--out: missing; name the file to write: spinpool export MODEL -o x.onnx, or x.safetensors')
    const kind = extname(String(flags.out))
    if (kind !== '.onnx' && kind !== '.safetensors') {
      throw new UsageError(`--out: ${shown(String(flags.out))} names no format; allowed: names that end in .onnx or .safetensors`)
    }
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { packageVersion } = await import('../archive/provenance.ts')
    const { writeBytes } = await import('../archive/atomic.ts')
    const { readModel } = await import('../neural/model-file.ts')
    const { networkOf } = await import('../neural/model.ts')
    const k = wholeNumber(flags, 'network', 0) ?? 0
    checkNoSource(String(flags.out), [String(flags.model)], 'the model itself')
    const path = freePlace(String(flags.out), 'network', new Date(), flags.force === true)
    const model = await readModel(String(flags.model))
    if (k >= model.networks.length) throw new UsageError(`--network: ${k} is not possible; allowed: 0 to ${model.networks.length - 1}`)
    const network = networkOf(model, k)
    const version = packageVersion()
    let bytes: Uint8Array
    if (kind === '.onnx') {
      const { toOnnx } = await import('../neural/onnx.ts')
      bytes = toOnnx(network, { name: 'spinpool', description: model.title, version })
    } else {
      const { toSafetensors } = await import('../neural/safetensors.ts')
      const names = model.classes ? { classes: JSON.stringify(model.classes) } : {}
      bytes = toSafetensors(network, { title: model.title, producer: `spinpool ${version}`, ...names })
    }
    writeBytes(path, bytes)
    // Predictions are means over the whole ensemble; a file for others holds one network.
    if (model.networks.length > 1 && flags.network === undefined)
      terminal.info(`network 0 of ${model.networks.length}; choose another with --network`)
    terminal.print(path)
    return EXIT.done
  },
}
