import { resolve } from 'node:path'
import { claimArchive, type Claim, openClaim } from '../archive/claim.ts'
import { NoLongerOurs, Ownership } from '../archive/ownership.ts'
import { checkNoSource } from '../archive/place.ts'
import { provenance } from '../archive/provenance.ts'
import { type Dataset, kindOf } from '../dataset/dataset.ts'
import { hashDataset } from '../dataset/hash.ts'
import { readDataset } from '../dataset/read.ts'
import { splitParts } from '../dataset/split.ts'
import { FileError, MachineError, messageOf, UsageError } from '../errors.ts'
import { readDuration } from '../text/duration.ts'
import type { Where } from '../text/where.ts'
import { checkedThreads } from '../engine/pool/threads.ts'
import { type Architecture, parameterCount, sizesOf } from './architecture.ts'
import type { EpochReport } from './learner.ts'
import type { TrainedModel, TrainingRecord } from './model.ts'
import { readModel, writeModel } from './model-file.ts'
import { architectureOf, resolveTraining } from './options.ts'
import type { TrainingSettings } from './settings.ts'
import { Training, type TrainingOptions } from './training.ts'
import type { TrainingInput } from './training-input.ts'

/** Seconds after which a model is saved for the first time: by then somebody would mind losing it. */
const FIRST_SAVE = 30
const CHECKPOINT_EVERY = '5m'
/** Milliseconds, 25 days: timers of Node that are longer end at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** How to train; none of it changes the weights. */
export interface TrainOptions {
  /** The model to write; default `results/network-<date>.h5` in the working folder. */
  readonly out?: string | undefined
  /** Worker threads, 1 to 1024; default `SLURM_CPUS_PER_TASK`, else the cores there are. */
  readonly threads?: number | undefined
  /** Replace a model that is there, or take one over that a dead process on another machine has locked; default false. */
  readonly force?: boolean | undefined
  /** Time from one checkpoint to the next, default `5m`; the first one comes after half a minute. */
  readonly checkpointEvery?: string | undefined
  /** A title, kept in the model. */
  readonly title?: string | undefined
  /** Aborting leaves the epochs that are under way, writes a checkpoint, and resolves with status `interrupted`. */
  readonly signal?: AbortSignal | undefined
  /** Told once, when everything is checked and before the first epoch. */
  readonly onStart?: ((started: TrainingStarted) => void) | undefined
  /** Told after every epoch of every network. */
  readonly onEpoch?: ((report: EpochReport) => void) | undefined
  /** Told what a user should know while the training goes on, such as a checkpoint that failed. */
  readonly onWarning?: ((warning: string) => void) | undefined
  /** What to note as the command in the model's provenance. */
  readonly command?: string | undefined
}

/** What the command line and the tests may say besides. */
export interface TrainSettings extends TrainOptions, Pick<TrainingOptions, 'worker' | 'shortestPart'> {
  /** Names where a key was written, for error messages. */
  readonly where?: Where | undefined
}

export interface TrainingStarted {
  readonly path: string
  readonly architecture: Architecture
  readonly settings: TrainingSettings
  readonly threads: number
  /** Examples to train on, to validate with, and held out. */
  readonly counts: readonly [number, number, number]
  /** Epochs that each network has behind it. */
  readonly epochs: readonly number[]
  /** Writes a checkpoint soon, and goes on. */
  readonly checkpoint: () => void
}

export interface TrainResult {
  readonly status: 'complete' | 'interrupted'
  /** Absolute path of the model. */
  readonly path: string
  readonly model: TrainedModel
  readonly data: Dataset
  /** Of this session. */
  readonly elapsedSeconds: number
}

/**
 * Trains networks on the pool and writes the model. Prints nothing and never exits the process. The weights do not depend on
 * the number of threads.
 *
 * @param data a file of examples x and labels y: HDF5, .npz, .npy, or a folder with x.npy and y.npy
 * @throws UsageError for settings that are not possible, also together with the data, and for a cost that is no number any
 *   more (the model then holds the last good weights); FileError where files cannot be read or written; MachineError where a
 *   worker or the disk fails: the model then holds a checkpoint
 */
export async function train(data: string, input: TrainingInput = {}, options: TrainOptions = {}): Promise<TrainResult> {
  return trainSettings(data, input, options)
}

/** `train` for an input that is still to be checked. */
export async function trainSettings(path: string, input: unknown, options: TrainSettings): Promise<TrainResult> {
  const where = options.where ?? ((key: string) => key)
  checkNoSource(options.out, [path], 'the data that are trained on', where('out'))
  const { data, settings, part } = await readAndSplit(path, input, where)
  const begun = new Date()
  const claim = claimArchive(options.out, 'network', begun, options.force ?? false, where('out'), 'spinpool train --resume')
  try {
    const source = { path: resolve(path), hash: hashDataset(data), count: data.count, kind: kindOf(data), part }
    return await session(data, settings, source, claim, begun, options)
  } finally {
    claim.release()
  }
}

/** What would be trained. @throws as `train` before anything starts */
export async function planTraining(
  path: string,
  input: unknown,
  where: Where = (key) => key,
): Promise<Pick<TrainingStarted, 'architecture' | 'settings' | 'counts'> & { readonly parameters: number }> {
  const { data, settings, part } = await readAndSplit(path, input, where)
  const architecture = architectureOf(settings, data)
  return { settings, architecture, counts: countsOf(part), parameters: parameterCount(architecture) }
}

async function readAndSplit(
  path: string,
  input: unknown,
  where: Where,
): Promise<{ readonly data: Dataset; readonly settings: TrainingSettings; readonly part: Int8Array }> {
  const data = await readDataset(path)
  const settings = resolveTraining(input, data, where)
  const part = splitParts(data, settings, settings.seed, settings.augment)
  if (!part.includes(0)) throw new UsageError(`${path}: its dataset part leaves no example to train on; allowed: one 0 at least`)
  if (settings.patience > 0 && !part.includes(1)) {
    throw new UsageError(`${where('patience')}: stopping early needs examples to validate with, and ${path} has none`)
  }
  return { data, settings, part }
}

/** Examples to train on, to validate with, and held out. */
function countsOf(part: Int8Array): [number, number, number] {
  const count = (index: number): number => part.reduce((sum, value) => sum + (value === index ? 1 : 0), 0)
  return [count(0), count(1), count(2)]
}

/**
 * Goes on with a training that was interrupted, or with more epochs than it had.
 *
 * @param data where its examples are now; default where they were
 * @param input `epochs` may be raised; everything else must be what it was, or be left out
 * @throws UsageError where something else is to change, FileError where the model or its data are missing or other ones
 */
export async function resumeTraining(
  model: string,
  data?: string,
  input: TrainingInput = {},
  options: TrainOptions = {},
): Promise<TrainResult> {
  return resumeSettings(model, data, { ...input }, options)
}

/** `resumeTraining` for an input that is still to be checked. */
export async function resumeSettings(
  path: string,
  dataPath: string | undefined,
  input: Readonly<Record<string, unknown>>,
  options: TrainSettings,
): Promise<TrainResult> {
  const where = options.where ?? ((key: string) => key)
  // What is no model, or has no state, needs no lock.
  const source = dataPath ?? (await readResumable(path)).training.data.path
  const data = await readDataset(source)
  const hash = hashDataset(data)
  const claim = openClaim(path, options.force ?? false)
  try {
    // It may have gone on since.
    const { before, training } = await readResumable(path)
    if (hash !== training.data.hash) {
      throw new FileError(
        `${source}: not the data that ${path} was trained on (other examples, labels or groups); name those: spinpool train DATA --resume`,
      )
    }
    const settings = { ...training.settings, epochs: raisedEpochs(training, input, data, where) }
    const begun = new Date(String(before.provenance.startedAt))
    return await session(data, settings, { ...training.data, path: resolve(source) }, claim, begun, options, before)
  } finally {
    claim.release()
  }
}

/** A model that a training can go on with. @throws as readModel, and UsageError where it has no state of a training */
async function readResumable(path: string): Promise<{ readonly before: TrainedModel; readonly training: TrainingRecord }> {
  const before = await readModel(path)
  const { training, networks } = before
  if (!training || networks.some(({ checkpoint }) => checkpoint === undefined)) {
    throw new UsageError(`${path}: was imported and holds no state of a training; it can only be used as it is`)
  }
  return { before, training }
}

/** A training that goes on keeps its settings; only more epochs may be asked for. */
function raisedEpochs({ settings }: TrainingRecord, input: Readonly<Record<string, unknown>>, data: Dataset, where: Where): number {
  const other = Object.keys(input).find((key) => key !== 'epochs' && input[key] !== undefined)
  if (other !== undefined)
    throw new UsageError(`${where(other)}: a training that goes on keeps its settings, only --epochs may be raised; leave it out`)
  if (input.epochs === undefined) return settings.epochs
  const { epochs } = resolveTraining({ epochs: input.epochs }, data, where)
  if (epochs < settings.epochs) {
    throw new UsageError(`${where('epochs')}: ${epochs} is fewer than the ${settings.epochs} of before; allowed: from ${settings.epochs}`)
  }
  if (settings.schedule.kind === 'cosine' && epochs > settings.epochs) {
    throw new UsageError(
      `${where('epochs')}: the cosine of the learning rate ends after ${settings.epochs} epochs and cannot be moved; train anew`,
    )
  }
  return epochs
}

async function session(
  data: Dataset,
  settings: TrainingSettings,
  source: TrainingRecord['data'],
  claim: Claim,
  begun: Date,
  options: TrainSettings,
  before?: TrainedModel,
): Promise<TrainResult> {
  const where = options.where ?? ((key: string) => key)
  const threads = checkedThreads(options.threads, where('threads'))
  const every = Math.min(1000 * readDuration(options.checkpointEvery ?? CHECKPOINT_EVERY, where('checkpointEvery')), LONGEST_TIMER)
  const { onEpoch, worker, shortestPart, onWarning } = options
  const lost = new AbortController()
  const signal = AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])])
  const start = performance.now()
  const training = await Training.open(data, source.part, settings, { threads, signal, onEpoch, worker, shortestPart })
  if (before) training.restore(before.networks)
  const elapsedBefore = Number(before?.provenance.elapsedSeconds ?? 0)
  const resumes = Number(before?.provenance.resumes ?? 0) + 1
  const model = (status: TrainedModel['status']): TrainedModel => ({
    title: before?.title ?? options.title ?? `${data.title}, network ${sizesOf(training.architecture)}`,
    status,
    architecture: training.architecture,
    shape: data.shape,
    classes: data.y.kind === 'classes' ? data.y.names : undefined,
    training: { settings, data: source },
    standardisation: training.standardisation,
    size: data.size,
    provenance: provenance({
      seed: settings.seed,
      threads: training.threads,
      command: String(before?.provenance.command ?? options.command ?? 'library call'),
      startedAt: begun,
      ...(status === 'complete' ? { finishedAt: new Date() } : {}),
      ...(before ? { resumed: { count: resumes, at: new Date(), command: options.command ?? 'library call' } } : {}),
      elapsedSeconds: elapsedBefore + (performance.now() - start) / 1000,
    }),
    networks: training.networks,
  })
  const empty = emptyClass(data)
  if (empty) onWarning?.(empty)
  const ownership = new Ownership(claim, 'model', 'training', before ? 'ours' : options.force ? 'replaced' : 'none')
  const write = async (written: TrainedModel): Promise<void> => {
    ownership.check()
    await writeModel(claim.path, written)
    ownership.note()
  }
  let saving = Promise.resolve()
  const save = (): void => {
    saving = saving.then(() => write(model('running')))
    saving = saving.catch((error) => {
      if (error instanceof NoLongerOurs) lost.abort()
      onWarning?.(`no checkpoint: ${messageOf(error)}`)
    })
  }
  options.onStart?.({
    path: claim.path,
    architecture: training.architecture,
    settings,
    threads: training.threads,
    counts: countsOf(source.part),
    epochs: training.epochs,
    checkpoint: save,
  })
  const first = setTimeout(save, Math.min(every, 1000 * FIRST_SAVE))
  const timer = setInterval(save, every)
  let status: TrainResult['status'] = 'interrupted'
  let failure: unknown
  try {
    status = await training.run()
  } catch (error) {
    failure = error
  } finally {
    clearTimeout(first)
    clearInterval(timer)
  }
  await saving
  const last = model(status)
  await write(last)
  if (failure !== undefined) {
    throw new MachineError(`${messageOf(failure)}; the epochs before are in ${claim.path}: spinpool train --resume ${claim.path}`)
  }
  refuseBroken(last, settings, claim.path)
  return { status, path: claim.path, model: last, data, elapsedSeconds: (performance.now() - start) / 1000 }
}

/** What is to be said where a class between others has no examples; undefined where all have some. */
function emptyClass({ y }: Dataset): string | undefined {
  if (y.kind !== 'classes') return undefined
  const empty = y.names.findIndex((_, label) => !y.values.includes(label))
  if (empty < 0) return undefined
  const counted = empty === 0 && y.names[0] === '0' ? '; if labels are counted from 1, subtract 1 from them' : ''
  return `no example of the class ${y.names[empty]}, so that nothing can be learned of it${counted}`
}

/** @throws UsageError where a cost became no number */
function refuseBroken({ networks }: TrainedModel, { learningRate }: TrainingSettings, path: string): void {
  const broken = networks.flatMap(({ ended, epochs }, k) => (ended === 'the cost was no number' ? [{ k, epochs }] : []))
  const [first] = broken
  if (!first) return
  const which = networks.length > 1 ? ` of network ${first.k}${broken.length > 1 ? ` and ${broken.length - 1} more` : ''}` : ''
  throw new UsageError(
    `the cost${which} was no number in epoch ${first.epochs + 1} at learning rate ${learningRate}; ${path} holds the weights of epoch ${first.epochs}; try a smaller --learning-rate`,
  )
}
