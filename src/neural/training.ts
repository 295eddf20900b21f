import { type Dataset, partNames } from '../dataset/dataset.ts'
import { pictureOf } from '../dataset/symmetry.ts'
import { UsageError } from '../errors.ts'
import { ARENA_LIMIT, ARENA_START, createArena } from '../engine/memory/arena.ts'
import { formatBytes } from '../text/bytes.ts'
import { BARRIER_WORDS } from '../engine/pool/barrier.ts'
import { compileKernels, workerFile } from '../engine/pool/built.ts'
import { runCrew } from '../engine/pool/crew.ts'
import { openPool, type Pool } from '../engine/pool/pool.ts'
import { StopFlag } from '../engine/pool/stop.ts'
import { barrierPlace, type MeetingPlace, runTeam } from '../engine/pool/team.ts'
import { type Architecture, parameterCount } from './architecture.ts'
import { type EpochReport, Learner } from './learner.ts'
import { NetworkMemory, type NetworkSize, placeData } from './memory.ts'
import type { TrainedNetwork } from './model.ts'
import type { Standardisation } from './network.ts'
import { architectureOf } from './options.ts'
import type { TrainingSettings } from './settings.ts'
import { standardisationOf, standardise } from './standardise.ts'
import type { EpochResult, EpochTask, NetworkSpec, TrainerContext } from './tasks.ts'
import { Uniforms } from './uniforms.ts'

/** Seconds of a batch that a member of a team should have to itself; members meet twice in it, some ten microseconds each time. */
const SHORTEST_PART = 1e-4
/** Floating-point operations a second of one thread, roughly. */
const SPEED = 2e10
/** Rows that are evaluated at once, where batches are smaller. */
const EVALUATED = 128

export interface TrainingOptions {
  readonly threads: number
  readonly signal?: AbortSignal | undefined
  readonly onEpoch?: ((report: EpochReport) => void) | undefined
  /** Another worker entry, to test how failures are met. */
  readonly worker?: string | undefined
  /** 0 makes teams of the smallest networks, to test them. */
  readonly shortestPart?: number | undefined
}

/** The training of an ensemble of networks on one set of data: shared memory, the pool, and who has learned what. */
export class Training {
  readonly architecture: Architecture
  readonly standardisation: Standardisation | undefined
  readonly #settings: TrainingSettings
  readonly #options: TrainingOptions
  readonly #context: TrainerContext
  /** Where the team of each network meets. */
  readonly #places: readonly MeetingPlace[]
  readonly #learners: readonly Learner[]
  readonly #members: number
  readonly #stop = new StopFlag()

  /** @param part of each row, an index of partNames. @throws MachineError where there is no such memory */
  static async open(data: Dataset, part: Int8Array, settings: TrainingSettings, options: TrainingOptions): Promise<Training> {
    return new Training(await compileKernels(), data, part, settings, options)
  }

  private constructor(module: WebAssembly.Module, data: Dataset, part: Int8Array, settings: TrainingSettings, options: TrainingOptions) {
    this.#settings = settings
    this.#options = options
    this.architecture = architectureOf(settings, data)
    const trained = rowsOf(part, 'train')
    const validated = rowsOf(part, 'validation')
    this.standardisation = settings.standardise ? standardisationOf(data, trained, settings.augment) : undefined
    const outputs = settings.outputs
    const augmented = settings.augment.length > 0
    const most = settings.bootstrap ? mostDrawn(trained, data.group) : trained.length
    const size: NetworkSize = {
      architecture: this.architecture,
      batch: Math.max(Math.min(settings.batch, most), EVALUATED),
      trained: most,
      evaluated: validated.length,
      augmented,
      dropout: settings.dropout > 0,
    }
    const place = placeData(ARENA_START, data.count, this.architecture.inputs, outputs)
    const numbers = Math.max(4096, (augmented ? 3 : 1) * most)
    const start = ARENA_START + place.bytes
    const bytes = new NetworkMemory(size, 0).bytes
    const total = start + settings.seeds * bytes + Uniforms.bytes(numbers)
    if (total > ARENA_LIMIT) {
      throw new UsageError(
        `the data and ${settings.seeds} network${settings.seeds === 1 ? '' : 's'} need ${formatBytes(total)} of shared memory; allowed: 4 GiB; take fewer examples or --seeds, a smaller --batch or smaller --layers`,
      )
    }
    const arena = createArena(total)
    const { buffer } = arena
    standardise(data.x, this.standardisation, new Float32Array(buffer, place.x, data.x.length))
    writeTargets(data, outputs, new Float32Array(buffer, place.targets, data.count * outputs))
    new Float32Array(buffer, place.weights, data.count).set(exampleWeights(data, trained, settings.classWeights))
    const uniforms = new Uniforms(module, arena, start + settings.seeds * bytes, numbers)
    const picture = augmented ? pictureOf(data.shape) : undefined
    const specs: NetworkSpec[] = Array.from({ length: settings.seeds }, (_, index) => ({
      // Steps are taken over the batch that was asked for; the memory is for the larger of it and what is evaluated at once.
      size,
      offset: start + index * bytes,
      training: {
        loss: settings.loss,
        batch: settings.batch,
        optimizer: settings,
        dropout: settings.dropout,
        picture,
        dropoutSeed: Math.floor(uniforms.stream(settings.seed, 'network', index, 'dropout')() * 2 ** 32),
      },
    }))
    const memories = specs.map(({ offset }) => new NetworkMemory(size, offset))
    this.#places = memories.map(({ barrier }) => barrierPlace(new Int32Array(buffer, barrier, BARRIER_WORDS)))
    this.#learners = memories.map((memory, index) => {
      new Int32Array(buffer, memory.rows, validated.length).set(validated)
      return new Learner({
        index,
        settings,
        memory,
        buffer,
        uniforms,
        trained,
        group: data.group,
        validated: validated.length,
        picture,
        hasClasses: data.y.kind === 'classes',
        architecture: this.architecture,
      })
    })
    this.#context = { module, arena, data: place, networks: specs }
    this.#members = this.#team()
  }

  /** Threads that are of use. */
  get threads(): number {
    return Math.min(this.#options.threads, this.#settings.seeds) * this.#members
  }

  /** Epochs that each network has behind it. */
  get epochs(): number[] {
    return this.#learners.map(({ epochs }) => epochs)
  }

  get networks(): TrainedNetwork[] {
    return this.#learners.map(({ trained }) => trained)
  }

  /** Goes on from what a model has. Call before `run`. */
  restore(networks: readonly TrainedNetwork[]): void {
    this.#learners.forEach((learner, k) => {
      const network = networks[k]
      if (network) learner.restore(network)
    })
  }

  /** Trains until every network has ended or the signal is raised; an epoch that is cut short does not count. */
  async run(): Promise<'complete' | 'interrupted'> {
    const { signal, worker } = this.#options
    const left = this.#learners.filter(({ ended }) => ended === undefined)
    if (left.length === 0) return 'complete'
    if (signal?.aborted) return 'interrupted'
    const unfollow = this.#stop.follow(signal)
    try {
      const { threads } = this
      const file = worker ?? workerFile('trainer')
      const pool = await openPool<EpochTask, EpochResult>({ threads, file, context: this.#context, stop: this.#stop })
      try {
        await runCrew(threads, this.#stop, {
          mostMembers: left.map(() => this.#members),
          // One network after the other, so that a stop leaves some of them whole.
          remaining: (unit) => -unit,
          slice: (unit, members) => this.#epoch(pool, left[unit] as Learner, members),
        })
      } finally {
        await pool.close()
      }
    } finally {
      unfollow()
    }
    return this.#learners.every(({ ended }) => ended !== undefined) ? 'complete' : 'interrupted'
  }

  /** One epoch of one network by a team. @returns true if the network needs no more of them */
  async #epoch(pool: Pool<EpochTask, EpochResult>, learner: Learner, members: number): Promise<boolean> {
    const { index: network, count, steps } = learner
    const rate = learner.prepare()
    const task = (member: number): EpochTask => ({ network, member, members, count, rate, steps })
    const results = await runTeam(pool, members, task, this.#places[network])
    if (!results.every(({ done }) => done)) return false
    const report = learner.finish(rate, steps + Math.ceil(count / this.#settings.batch))
    if (report) this.#options.onEpoch?.(report)
    return learner.ended !== undefined
  }

  /** Threads to one network: those that there are more of than networks, as far as a batch keeps them busy. */
  #team(): number {
    const { threads, shortestPart = SHORTEST_PART } = this.#options
    const { batch, seeds } = this.#settings
    const seconds = (6 * parameterCount(this.architecture) * batch) / SPEED
    return Math.max(1, Math.min(Math.floor(threads / Math.min(threads, seeds)), Math.floor(seconds / shortestPart), batch))
  }
}

function rowsOf(part: Int8Array, name: (typeof partNames)[number]): Int32Array {
  const index = partNames.indexOf(name)
  return Int32Array.from(part.keys()).filter((row) => part[row] === index)
}

/** Most rows that drawing groups with replacement may give. */
function mostDrawn(rows: Int32Array, group: Int32Array | undefined): number {
  if (!group) return rows.length
  const sizes = new Map<number, number>()
  for (const row of rows) sizes.set(group[row] as number, (sizes.get(group[row] as number) ?? 0) + 1)
  return sizes.size * [...sizes.values()].reduce((a, b) => Math.max(a, b), 0)
}

/** (count, outputs): what the outputs should be. One output is the chance of class 1; of several, one for each class is 1. */
function writeTargets({ y, count }: Dataset, outputs: number, out: Float32Array): void {
  if (y.kind === 'targets') out.set(y.values)
  else if (outputs === 1) out.set(y.values)
  else for (let i = 0; i < count; i++) out[i * outputs + (y.values[i] as number)] = 1
}

/** (count): what each example counts; 1 on average over those that are trained on. */
function exampleWeights({ y, count }: Dataset, trained: Int32Array, weights: TrainingSettings['classWeights']): Float32Array {
  const all = new Float32Array(count).fill(1)
  if (weights === 'none' || y.kind !== 'classes') return all
  const { values, names } = y
  const counts = new Array<number>(names.length).fill(0)
  for (const row of trained) counts[values[row] as number] = (counts[values[row] as number] ?? 0) + 1
  const raw = weights === 'balanced' ? counts.map((n) => (n > 0 ? 1 / n : 0)) : weights
  const mean = counts.reduce((sum, n, k) => sum + n * (raw[k] as number), 0) / trained.length
  // A class that has a weight but no examples to train on may leave no weight at all.
  return all.map((_, row) => (mean > 0 ? (raw[values[row] as number] as number) / mean : 1))
}
