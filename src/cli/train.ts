import { EXIT, UsageError } from '../errors.ts'
import { readDuration } from '../text/duration.ts'
import type { EpochReport } from '../neural/learner.ts'
import type { TrainedModel } from '../neural/model.ts'
import type { Prediction } from '../neural/prediction.ts'
import type { TrainingStarted, TrainResult, TrainSettings } from '../neural/train.ts'
import { counted, formatSeconds } from '../text/number.ts'
import { hearSignals } from './signals.ts'
import type { Terminal } from './terminal.ts'
import { readTraining, threadsFlag, trainingOptions } from './training-flags.ts'
import { flagOf } from './flag-values.ts'
import { type Flags, jsonOption, type Verb } from './verb.ts'

/** `spinpool train`: trains networks on labelled examples, shows their costs, and ends with a table and the model's path. */
export const trainVerb: Verb = {
  usage: 'train [data]',
  describe: 'Train a network, or an ensemble of them, on labelled examples',
  options: {
    ...trainingOptions,
    title: { type: 'string', requiresArg: true, describe: 'A title, kept in the model' },
    threads: { type: 'string', requiresArg: true, describe: 'Worker threads [default: SLURM_CPUS_PER_TASK, else the cores there are]' },
    'checkpoint-every': { type: 'string', requiresArg: true, describe: 'Time from one checkpoint to the next [default: 5m]' },
    resume: { type: 'string', requiresArg: true, describe: 'Go on with this model, where it was stopped or with more --epochs' },
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The model to write [default: results/network-<date>.h5]' },
    force: { type: 'boolean', describe: 'Replace a model that is there' },
    'dry-run': { type: 'boolean', describe: 'Check everything and say what would be trained; write nothing' },
    ...jsonOption,
  },
  examples: [
    ['spinpool train rectangles.h5 --layers 16 --epochs 500 --learning-rate 0.02 --test 0', 'learn which of all pictures are rectangles'],
    ['spinpool train phases.h5 --layers 100 --l2 1e-4 --epochs 40 --seeds 10 --out phases-net.h5', 'ten networks on configurations'],
    ['spinpool train data.h5 --layers 64,32 --activation relu --patience 20 --augment', 'stop early, use symmetries'],
    ['spinpool train --resume phases-net.h5 --epochs 80', 'go on'],
  ],
  act: async (flags, terminal) => {
    const { resumeSettings, trainSettings } = await import('../neural/train.ts')
    const input = readTraining(flags)
    // Before a place is made for the model, which may be a folder.
    threadsFlag(flags)
    if (flags.checkpointEvery !== undefined) readDuration(flags.checkpointEvery, '--checkpoint-every')
    const data = flags.data === undefined ? undefined : String(flags.data)
    if (flags.resume !== undefined) {
      const model = String(flags.resume)
      if (flags.out !== undefined) throw new UsageError('--out: a training that goes on keeps its file; leave it out')
      if (flags.title !== undefined) throw new UsageError('--title: a training that goes on keeps its title; leave it out')
      if (flags.dryRun === true) throw new UsageError('--dry-run: not together with --resume; see spinpool info MODEL')
      return watch(terminal, flags, (settings) => resumeSettings(model, data, input, settings))
    }
    if (data === undefined)
      throw new UsageError('the data are missing; write spinpool train DATA, or --resume MODEL; see spinpool train --help')
    if (flags.dryRun === true) return dryRun(data, input, terminal, flags)
    return watch(terminal, flags, (settings) => trainSettings(data, input, settings))
  },
}

async function watch(terminal: Terminal, flags: Flags, start: (settings: TrainSettings) => Promise<TrainResult>): Promise<number> {
  const signals = hearSignals(terminal, 'leaving the epoch')
  const line = new LiveLine(terminal)
  try {
    const result = await start({
      where: flagOf,
      out: flags.out === undefined ? undefined : String(flags.out),
      title: flags.title === undefined ? undefined : String(flags.title),
      threads: threadsFlag(flags),
      checkpointEvery: flags.checkpointEvery === undefined ? undefined : String(flags.checkpointEvery),
      force: flags.force === true,
      signal: signals.signal,
      command: `spinpool ${process.argv.slice(2).join(' ')}`,
      onStart: (begun) => {
        signals.checkpoint = begun.checkpoint
        line.start(begun)
      },
      onEpoch: (report) => line.epoch(report),
      onWarning: (warning) => terminal.warn(warning),
    })
    terminal.clear()
    await report(result, terminal, flags)
    const idle = flags.resume !== undefined && result.status === 'complete' && !line.moved
    terminal.info(idle ? `${result.path} is complete; raise --epochs to go on` : `done in ${formatSeconds(result.elapsedSeconds)}`)
    if (result.status === 'complete') return EXIT.done
    terminal.warn(`stopped early; ${result.path} has status interrupted; go on with: spinpool train --resume ${result.path}`)
    return EXIT.interrupted
  } finally {
    signals.release()
    terminal.clear()
  }
}

/** Costs and accuracies as they come. */
class LiveLine {
  readonly #terminal: Terminal
  readonly #start = performance.now()
  readonly #epochs = new Map<number, number>()
  #before: ReadonlyMap<number, number> = new Map()
  #started: TrainingStarted | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Whether a single epoch was trained. */
  get moved(): boolean {
    return this.#epochs.size > 0
  }

  start(started: TrainingStarted): void {
    this.#started = started
    this.#before = new Map(started.epochs.map((epochs, k) => [k, epochs]))
    announce(started, this.#terminal)
  }

  epoch({ network, epoch, cost, accuracy, validationCost, validationAccuracy }: EpochReport): void {
    if (!this.#started) return
    const { settings } = this.#started
    this.#epochs.set(network, epoch)
    let [done, now] = [0, 0]
    for (let k = 0; k < settings.seeds; k++) {
      const before = this.#before.get(k) ?? 0
      const epochs = this.#epochs.get(k) ?? before
      now += epochs - before
      done += epochs
    }
    const all = settings.seeds * settings.epochs
    const seconds = ((performance.now() - this.#start) / 1000 / now) * (all - done)
    const share = (value: number): string => (Number.isNaN(value) ? '' : `, ${value.toFixed(4)} right`)
    const validation = Number.isNaN(validationCost) ? '' : `; validation ${short(validationCost)}${share(validationAccuracy)}`
    const which = settings.seeds > 1 ? `network ${network}, ` : ''
    const left = done < all ? `; ${formatSeconds(seconds)} left at most` : ''
    this.#terminal.bar(done / all, `${which}epoch ${epoch}: cost ${short(cost)}${share(accuracy)}${validation}${left}`)
  }
}

function short(value: number): string {
  return value < 1e-3 || value >= 1e4 ? value.toExponential(2) : value.toFixed(4)
}

function announce({ path, architecture, settings, threads, counts }: TrainingStarted, terminal: Terminal): void {
  terminal.info(describeTraining({ architecture, settings, counts }))
  terminal.info(`on ${counted(threads, 'thread')}; writing ${path}`)
}

type Described = Pick<TrainingStarted, 'architecture' | 'settings' | 'counts'>

function describeTraining({ architecture: { inputs, layers }, settings, counts }: Described): string {
  const { seeds, loss, optimizer, learningRate, epochs, batch } = settings
  const shape = [`${inputs}`, ...layers.map(({ neurons, activation }) => `${neurons} ${activation}`)].join(' - ')
  const [train, validation, test] = counts
  const held = [validation > 0 ? `${validation} to validate` : '', test > 0 ? `${test} held out` : ''].filter(Boolean).join(', ')
  return `${counted(seeds, 'network')} ${shape}; ${loss}, ${optimizer} at ${learningRate}, ${counted(epochs, 'epoch')} of ${train} examples by ${batch}${held ? `; ${held}` : ''}`
}

async function dryRun(data: string, input: Record<string, unknown>, terminal: Terminal, flags: Flags): Promise<number> {
  const { planTraining } = await import('../neural/train.ts')
  const { settings, architecture, counts, parameters } = await planTraining(data, input, flagOf)
  if (flags.json === true) {
    terminal.print(JSON.stringify({ settings, architecture, counts, parameters }))
  } else {
    terminal.print(describeTraining({ architecture, settings, counts }))
    terminal.print(`${counted(parameters, 'weight and bias', 'weights and biases')} to a network; nothing was trained or written`)
  }
  return EXIT.done
}

async function report({ path, status, model, data }: TrainResult, terminal: Terminal, flags: Flags): Promise<void> {
  const { predict } = await import('../neural/prediction.ts')
  const { metricsJson, verdictOf } = await import('../view/report/metrics.ts')
  const { trainingTable } = await import('../view/report/training.ts')
  const { threadCount } = await import('../engine/pool/threads.ts')
  const threads = threadCount(threadsFlag(flags))
  const tested = model.training?.data.part.includes(2) ? await predict(model, data, 'test', threads) : undefined
  if (flags.json === true) {
    terminal.print(JSON.stringify({ path, status, ...trainingJson(model, tested), ...(tested ? { test: metricsJson(tested) } : {}) }))
  } else {
    terminal.print(trainingTable(model, tested))
    if (tested) for (const line of verdictOf(tested, data)) terminal.print(line)
    terminal.print(`\n${path}`)
  }
}

/** NaN has no place in JSON: what there is none of is left out. */
function trainingJson({ networks, training }: TrainedModel, tested: Prediction | undefined): Record<string, unknown> {
  const last = (values: Float64Array, epoch: number): number | undefined => {
    const value = values[epoch - 1]
    return value === undefined || Number.isNaN(value) ? undefined : value
  }
  return {
    settings: training?.settings,
    networks: networks.map(({ epochs, bestEpoch, ended, history }, k) => ({
      epochs,
      bestEpoch,
      ended,
      cost: last(history.cost, bestEpoch),
      accuracy: last(history.accuracy, bestEpoch),
      validationCost: last(history.validationCost, bestEpoch),
      validationAccuracy: last(history.validationAccuracy, bestEpoch),
      testAccuracy: tested?.accuracies?.[k],
    })),
  }
}
