import { BundleState, LadderMemory, type FrozenLadder, freezeLadder, persistentBundles, State } from '../sampling/memory.ts'
import { type LadderSpec, roundCount } from '../sampling/spec.ts'
import { type Plan, roundSeconds } from '../job/plan.ts'
import { createArena, type Place, placeBlocks } from '../engine/memory/arena.ts'
import { fieldsAt } from '../engine/memory/fields.ts'
import type { Model } from '../model/model.ts'
import type { Target } from './checkpoint.ts'
import type { Progress } from './progress.ts'

/** One ladder as the workers have it at this moment. */
export class LiveLadder {
  readonly spec: LadderSpec
  readonly model: Model
  readonly memory: LadderMemory
  /** Estimated seconds of one thread for a round. */
  readonly roundSeconds: number
  readonly #buffer: ArrayBufferLike
  readonly #offset: number
  readonly #bytes: number

  constructor(spec: LadderSpec, model: Model, buffer: ArrayBufferLike, offset: number, bytes: number) {
    this.spec = spec
    this.model = model
    this.memory = new LadderMemory(buffer, offset, spec)
    this.roundSeconds = roundSeconds(spec)
    this.#buffer = buffer
    this.#offset = offset
    this.#bytes = bytes
  }

  get roundsLeft(): number {
    return roundCount(this.spec) - (this.memory.state[State.rounds] as number)
  }

  /** Estimate for one thread. */
  get secondsLeft(): number {
    return this.roundsLeft * this.roundSeconds
  }

  /** Seconds that a worker may need until it hears a stop: a sweep and a measurement of one bundle. */
  get stopSeconds(): number {
    if (this.roundsLeft === 0) return 0
    const { spec, memory } = this
    const sweeps = memory.bundles.reduce((sum, state) => sum + (state[BundleState.sweeps] as number), 0)
    const rounds = spec.bundles * (memory.state[State.rounds] as number)
    const sweep = Math.max(spec.sweepNanoseconds / 1e9, sweeps > 0 ? memory.seconds('sweepSeconds') / sweeps : 0)
    const measure = Math.max(
      this.roundSeconds / spec.bundles - spec.measureEvery * sweep,
      rounds > 0 ? memory.seconds('measureSeconds') / rounds : 0,
    )
    return sweep + measure
  }

  /**
   * The lattices of one bundle as they lie, site by site, every site's bytes together: what decodeLane reads.
   * Undefined before it has begun. While a worker sweeps, some sites are a sweep older than others: good to look at,
   * not to measure.
   */
  configurations(bundle: number): Uint8Array | undefined {
    const offset = this.memory.modelsAt[bundle]
    if (offset === undefined || this.memory.state[State.ready] === 0) return undefined
    const { size, points, update } = this.spec
    const spins = fieldsAt(this.model.fields(size, points.length, update), this.#buffer, offset)
      .find(({ name }) => name === 'spins')
      ?.view()
    return spins && new Uint8Array(spins.buffer, spins.byteOffset, spins.byteLength)
  }

  /** A copy. Call only while no worker is in it. */
  freeze(): FrozenLadder {
    return freezeLadder(this.#buffer, this.#offset, this.spec, this.model)
  }

  /** As if it had never begun. Call only while no worker is in it. */
  clear(): void {
    new Uint8Array(this.#buffer, this.#offset, this.#bytes).fill(0)
  }

  /** Where a checkpoint is to be put back. */
  get target(): Target {
    const { spec, memory } = this
    return { spec, memory, bundles: persistentBundles(this.#buffer, memory, spec, this.model).flat() }
  }

  /** The same for a checkpoint that is only to be read over. */
  get scratch(): Target {
    const buffer = new ArrayBuffer(this.#bytes)
    const memory = new LadderMemory(buffer, 0, this.spec)
    return { spec: this.spec, memory, bundles: persistentBundles(buffer, memory, this.spec, this.model).flat() }
  }
}

/**
 * A run under way, to be looked at while workers are in it. They never wait for who reads, so that what is read may be
 * torn between two of their rounds.
 */
export interface LiveRun {
  readonly plan: Plan
  /** In the plan's order. */
  readonly ladders: readonly LiveLadder[]
  readonly progress: () => Progress
}

/** Seconds of threads inside a ladder. */
export function busySeconds(memory: LadderMemory): number {
  return memory.seconds('sweepSeconds') + memory.seconds('measureSeconds') + memory.seconds('exchangeSeconds')
}

/** All ladders of a plan in shared memory, and where each lies. */
export interface LiveMemory {
  readonly arenas: readonly WebAssembly.Memory[]
  readonly places: readonly Place[]
  /** In the plan's order. */
  readonly ladders: readonly LiveLadder[]
}

/** @throws MachineError where there is no memory to be had */
export function createMemory(plan: Plan): LiveMemory {
  const model = plan.simulations[0]?.model
  if (!model) throw new Error('a plan without its model cannot be run')
  const { places, arenas: sizes } = placeBlocks(plan.bytes)
  const arenas = sizes.map(createArena)
  const ladders = plan.ladders.map((spec, i) => {
    const { arena, offset } = places[i] as Place
    return new LiveLadder(spec, model, (arenas[arena] as WebAssembly.Memory).buffer, offset, plan.bytes[i] as number)
  })
  return { arenas, places, ladders }
}
