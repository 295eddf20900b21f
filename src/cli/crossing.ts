import { EXIT, FileError, UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool crossing`: the temperature of a transition out of predictions for several sizes. */
export const crossingVerb: Verb = {
  usage: 'crossing <predictions..>',
  describe: 'Where outputs of several sizes cross, and the transition for L → ∞',
  options: {
    nu: {
      type: 'string',
      requiresArg: true,
      describe: 'Exponent ν of the correlation length, in T(L) = T_c + b L^(-1/ν) [default: 1, Ising]',
    },
    ...jsonOption,
  },
  examples: [['spinpool crossing p10.h5 p20.h5 p30.h5 p40.h5', 'predictions written by spinpool predict --out']],
  act: async (flags, terminal) => {
    const { readPrediction } = await import('../neural/prediction-file.ts')
    const { transitionOf } = await import('../neural/transition.ts')
    const { transitionJson, transitionText } = await import('../view/report/transition.ts')
    const nu = flags.nu === undefined ? 1 : Number(flags.nu)
    if (!(nu > 0 && nu <= 100)) throw new UsageError(`--nu: ${shown(flags.nu)} is not possible; allowed: numbers above 0, up to 100`)
    const paths = [flags.predictions].flat().map(String)
    const curves = []
    for (const path of paths) {
      const { curve } = await readPrediction(path)
      if (!curve) throw new FileError(`${path}: has no output against temperature; predict data that have temperatures and two classes`)
      if (curve.size === 0)
        throw new FileError(`${path}: does not say the size of its lattice; predict data made with spinpool dataset phases`)
      const twice = curves.findIndex(({ size }) => size === curve.size)
      if (twice >= 0) throw new UsageError(`${path}: L = ${curve.size}, as ${paths[twice]}; allowed: one prediction for each size`)
      curves.push(curve)
    }
    const transition = transitionOf(curves, nu)
    terminal.print(flags.json === true ? JSON.stringify(transitionJson(transition, nu)) : transitionText(transition, nu))
    return EXIT.done
  },
}
