import { resolve } from 'node:path'
import { partNames } from '../dataset/dataset.ts'
import { EXIT, UsageError } from '../errors.ts'
import { threadCount } from '../engine/pool/threads.ts'
import { threadsFlag } from './training-flags.ts'
import { jsonOption, type Verb } from './verb.ts'

/** `spinpool predict`: what a model makes of data, and how good it is. */
export const predictVerb: Verb = {
  usage: 'predict <model> <data>',
  describe: 'Classify examples; accuracy, confusion, and the output against temperature',
  options: {
    part: { choices: [...partNames, 'all'], describe: "Which examples [default: test of the model's own data, all of others]" },
    threads: { type: 'string', requiresArg: true, describe: 'Worker threads [default: SLURM_CPUS_PER_TASK, else the cores there are]' },
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'Write the prediction to this HDF5 file' },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
    csv: { type: 'boolean', describe: 'CSV on stdout, a line for each example' },
    ...jsonOption,
  },
  examples: [
    ['spinpool predict net.h5 rectangles.h5', 'accuracy on the pictures that were held out'],
    ['spinpool predict net.h5 rectangles.h5 --part all --json', 'probabilities of all of them'],
    ['spinpool predict phases-net.h5 near.h5 --out near-10.h5', 'for spinpool crossing and plot'],
  ],
  act: async (flags, terminal) => {
    if (flags.csv === true && flags.json === true) throw new UsageError('--csv: not together with --json; choose one')
    const { readDataset } = await import('../dataset/read.ts')
    const { checkNoSource, freePlace } = await import('../archive/place.ts')
    const { readModel } = await import('../neural/model-file.ts')
    const { predict } = await import('../neural/prediction.ts')
    const { curveTable, predictionCsv, predictionJson, verdictOf } = await import('../view/report/metrics.ts')
    const startedAt = new Date()
    const threads = threadCount(threadsFlag(flags))
    const [modelPath, dataPath] = [String(flags.model), String(flags.data)]
    checkNoSource(flags.out === undefined ? undefined : String(flags.out), [modelPath, dataPath], 'what is predicted with')
    const place = flags.out === undefined ? undefined : freePlace(String(flags.out), 'prediction', startedAt, flags.force === true)
    const model = await readModel(modelPath)
    const data = await readDataset(dataPath)
    const part = [...partNames, 'all' as const].find((name) => name === flags.part)
    const prediction = await predict(model, data, part, threads)
    let out: string | undefined
    if (place !== undefined) {
      const { provenance } = await import('../archive/provenance.ts')
      const { writePrediction } = await import('../neural/prediction-file.ts')
      const finishedAt = new Date()
      const made = provenance({
        seed: model.training?.settings.seed ?? 'unknown',
        threads,
        command: `spinpool ${process.argv.slice(2).join(' ')}`,
        startedAt,
        finishedAt,
        elapsedSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
      })
      out = await writePrediction(place, prediction, data, { model: resolve(modelPath), data: resolve(dataPath), provenance: made })
    }
    if (flags.json === true) {
      terminal.print(JSON.stringify({ ...(out === undefined ? {} : { path: out }), ...predictionJson(prediction) }))
    } else if (flags.csv === true) {
      terminal.print(predictionCsv(prediction, data))
    } else {
      terminal.print(prediction.title)
      for (const line of verdictOf(prediction, data)) terminal.print(line)
      const curve = curveTable(prediction)
      if (curve !== undefined) terminal.print(`\n${curve}`)
      if (out !== undefined) terminal.print(`\n${out}`)
    }
    return EXIT.done
  },
}
