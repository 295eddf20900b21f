import type { LayerParameters } from './architecture.ts'
import { initialise } from './initialisation.ts'
import type { NetworkMemory } from './memory.ts'
import type { History, TrainedNetwork } from './model.ts'
import { learningRate } from './schedule.ts'
import type { TrainingSettings } from './settings.ts'
import { bootstrapRows, drawMoves, shuffle } from './shuffle.ts'
import type { Uniforms } from './uniforms.ts'

/** What an epoch showed. */
export interface EpochReport {
  readonly network: number
  /** Epochs that are done, this one included. */
  readonly epoch: number
  readonly cost: number
  readonly accuracy: number
  readonly validationCost: number
  readonly validationAccuracy: number
}

/** Parameters, moments and steps after an epoch, as they lie in memory. */
interface Kept {
  readonly parameters: ArrayBuffer
  readonly first: ArrayBuffer
  readonly second: ArrayBuffer
  readonly steps: number
}

const SERIES = ['cost', 'accuracy', 'validationCost', 'validationAccuracy', 'learningRate'] as const

/** One network of the ensemble as the coordinator sees it: what it has learned so far, and whether it goes on. */
export class Learner {
  readonly index: number
  readonly #settings: TrainingSettings
  readonly #memory: NetworkMemory
  readonly #buffer: ArrayBufferLike
  readonly #uniforms: Uniforms
  readonly #rows: Int32Array
  readonly #validated: number
  readonly #picture: readonly [number, number, number] | undefined
  readonly #hasClasses: boolean
  readonly #history: Record<(typeof SERIES)[number], number[]>
  #kept: Kept
  #best: { readonly parameters: ArrayBuffer; readonly epoch: number; readonly cost: number } | undefined
  #ended: TrainedNetwork['ended']

  /**
   * Draws the first weights, into memory.
   *
   * @param trained rows to train on, before they are drawn with replacement
   * @param validated how many rows are validated with
   */
  constructor(parts: {
    readonly index: number
    readonly settings: TrainingSettings
    readonly memory: NetworkMemory
    readonly buffer: ArrayBufferLike
    readonly uniforms: Uniforms
    readonly trained: Int32Array
    readonly group: Int32Array | undefined
    readonly validated: number
    readonly picture: readonly [number, number, number] | undefined
    readonly hasClasses: boolean
    readonly architecture: Parameters<typeof initialise>[0]
  }) {
    const { index, settings, memory, buffer, uniforms, trained, group } = parts
    this.index = index
    this.#settings = settings
    this.#memory = memory
    this.#buffer = buffer
    this.#uniforms = uniforms
    this.#validated = parts.validated
    this.#picture = parts.picture
    this.#hasClasses = parts.hasClasses
    this.#rows = settings.bootstrap ? bootstrapRows(trained, group, uniforms.stream(...this.#purpose('bootstrap'))) : trained
    this.#history = { cost: [], accuracy: [], validationCost: [], validationAccuracy: [], learningRate: [] }
    const draw = uniforms.stream(...this.#purpose('weights'))
    memory.write(buffer, memory.parameters, initialise(parts.architecture, settings.initialisation, draw))
    this.#kept = this.#keep(0)
  }

  /** Rows that an epoch shows. With the bootstrap it may differ from network to network. */
  get count(): number {
    return this.#rows.length
  }

  get epochs(): number {
    return this.#history.cost.length
  }

  get steps(): number {
    return this.#kept.steps
  }

  get ended(): TrainedNetwork['ended'] {
    return this.#ended
  }

  /** Goes on from where an archived network was. */
  restore({ checkpoint, history, layers, bestEpoch, ended }: TrainedNetwork): void {
    const memory = this.#memory
    if (checkpoint === undefined) throw new RangeError('a network without a checkpoint cannot be trained further')
    memory.write(this.#buffer, memory.parameters, checkpoint.layers)
    memory.write(this.#buffer, memory.first, checkpoint.first)
    if (checkpoint.second.length > 0) memory.write(this.#buffer, memory.second, checkpoint.second)
    for (const name of SERIES) this.#history[name] = [...history[name]]
    this.#kept = this.#keep(checkpoint.steps)
    if (this.#settings.validation > 0 && bestEpoch > 0) {
      const best = new ArrayBuffer(memory.parameterBytes)
      memory.write(best, 0, layers)
      this.#best = { parameters: best, epoch: bestEpoch, cost: history.validationCost[bestEpoch - 1] ?? Number.POSITIVE_INFINITY }
    }
    // More epochs may have been asked for since; patience may have run out in what was the last one.
    this.#ended = ended === 'epochs' ? this.#end() : ended
  }

  /** Lays the next epoch out in memory. @returns its learning rate */
  prepare(): number {
    const { order, moves } = this.#memory
    const { augment, epochs, learningRate: base, schedule, warmup } = this.#settings
    const epoch = this.epochs
    const count = this.count
    shuffle(this.#rows, new Int32Array(this.#buffer, order, count), this.#uniforms.draw(count, ...this.#purpose('order', epoch)))
    if (this.#picture) {
      const [height, width] = this.#picture
      const drawn = this.#uniforms.draw(3 * count, ...this.#purpose('moves', epoch))
      drawMoves(new Int32Array(this.#buffer, moves, 4 * count), augment, height, width, drawn)
    }
    return learningRate(base, schedule, warmup, epoch, epochs)
  }

  /**
   * Takes an epoch that is done into the history, or throws it away where its cost or its weights are no numbers.
   *
   * @param steps of the optimiser until now
   */
  finish(rate: number, steps: number): EpochReport | undefined {
    const { costs, hits, evaluatedCosts, evaluatedHits, parameters, parameterBytes } = this.#memory
    const cost = mean(new Float64Array(this.#buffer, costs, this.count))
    const validationCost = mean(new Float64Array(this.#buffer, evaluatedCosts, this.#validated))
    const broken = !Number.isFinite(cost) || (this.#validated > 0 && !Number.isFinite(validationCost))
    if (broken || !new Float32Array(this.#buffer, parameters, parameterBytes / 4).every(Number.isFinite)) {
      this.#putBack()
      this.#ended = 'the cost was no number'
      return undefined
    }
    const accuracyOf = (place: number, count: number): number =>
      this.#hasClasses ? mean(new Uint8Array(this.#buffer, place, count)) : Number.NaN
    const report = {
      cost,
      accuracy: accuracyOf(hits, this.count),
      validationCost,
      validationAccuracy: accuracyOf(evaluatedHits, this.#validated),
    }
    for (const name of ['cost', 'accuracy', 'validationCost', 'validationAccuracy'] as const) this.#history[name].push(report[name])
    this.#history.learningRate.push(rate)
    this.#kept = this.#keep(steps)
    if (this.#validated > 0 && !(validationCost >= (this.#best?.cost ?? Number.POSITIVE_INFINITY))) {
      this.#best = { parameters: this.#kept.parameters, epoch: this.epochs, cost: validationCost }
    }
    this.#ended = this.#end()
    return { network: this.index, epoch: this.epochs, ...report }
  }

  /** Whether the epochs until now are enough, and why. */
  #end(): TrainedNetwork['ended'] {
    const { patience, epochs } = this.#settings
    if (this.epochs >= epochs) return 'epochs'
    return patience > 0 && this.epochs - (this.#best?.epoch ?? 0) >= patience ? 'early stopping' : undefined
  }

  /** What the network is after its last whole epoch; may be asked for at any time, also in the middle of one. */
  get trained(): TrainedNetwork {
    const { parameters, first, second, steps } = this.#kept
    const read = (block: ArrayBuffer): LayerParameters[] => this.#memory.read(block, 0)
    const history = Object.fromEntries(SERIES.map((name) => [name, Float64Array.from(this.#history[name])])) as Record<
      (typeof SERIES)[number],
      Float64Array
    > satisfies History
    return {
      layers: read(this.#best?.parameters ?? parameters),
      epochs: this.epochs,
      bestEpoch: this.#best?.epoch ?? this.epochs,
      ended: this.#ended,
      history,
      checkpoint: {
        layers: read(parameters),
        first: read(first),
        second: this.#settings.optimizer === 'sgd' ? [] : read(second),
        steps,
      },
    }
  }

  #purpose(what: string, epoch = 0): readonly (string | number)[] {
    return [this.#settings.seed, 'network', this.index, what, epoch]
  }

  #keep(steps: number): Kept {
    const { parameters, first, second, parameterBytes } = this.#memory
    const copy = (place: number): ArrayBuffer => {
      const block = new ArrayBuffer(parameterBytes)
      new Float32Array(block).set(new Float32Array(this.#buffer, place, parameterBytes / 4))
      return block
    }
    return { parameters: copy(parameters), first: copy(first), second: copy(second), steps }
  }

  #putBack(): void {
    const { parameters, first, second, parameterBytes } = this.#memory
    const put = (place: number, block: ArrayBuffer): void =>
      new Float32Array(this.#buffer, place, parameterBytes / 4).set(new Float32Array(block))
    put(parameters, this.#kept.parameters)
    put(first, this.#kept.first)
    put(second, this.#kept.second)
  }
}

/** NaN of nothing. Summed in order, so that no thread changes a bit of it. */
function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum / values.length
}
