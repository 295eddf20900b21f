import type { SimulationData } from '../archive/data.ts'
import { Barrier } from '../ensemble/barrier.ts'
import { BundleState, EnsembleMemory, type EnsembleSpec, freezeEnsemble, roundCount, State } from '../ensemble/memory.ts'
import { messageOf } from '../errors.ts'
import { bundleCount, type Plan, roundSeconds } from '../job/plan.ts'
import { createArena, type Place, placeBlocks } from '../memory/arena.ts'
import type { Model } from '../model/model.ts'
import { findModel } from '../model/registry.ts'
import { compileKernels } from '../pool/built.ts'
import { openPool, type Pool } from '../pool/pool.ts'
import { collectSimulation } from './collect.ts'
import { ownSlots } from './grid.ts'
import type { Progress } from './progress.ts'
import { Schedule, type Turn } from './schedule.ts'

/** How long a worker stays with one ensemble. */
const SLICE_SECONDS = 0.5
/** The same while this thread saves and could not send it on. A stop is heard anyhow. */
const SAVING_SLICE_SECONDS = 2
/** Seconds of a round that a member of a gang steps at least: meeting takes some twenty microseconds. */
const SHORTEST_PART = 5e-5
const PROGRESS_MILLISECONDS = 200
/** What was measured is saved that often, or less often where saving is slow: at most one part in a hundred of the time. */
const SAVE_SECONDS = 10
const SAVE_SHARE = 0.01

interface SamplingOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly onWarning?: ((warning: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly worker?: string | undefined
  readonly shortestPart?: number | undefined
  /** Writes the archive of a run under way. */
  readonly save: (simulations: readonly SimulationData[]) => Promise<void>
}

/** One ensemble as the workers have it at this moment. */
interface LiveEnsemble {
  readonly spec: EnsembleSpec
  readonly model: Model
  readonly buffer: ArrayBufferLike
  readonly offset: number
  readonly memory: EnsembleMemory
  /** Estimated seconds of one thread for a round. */
  readonly roundSeconds: number
}

/** The sampling of one plan: shared memory, the pool, who steps what, and what has been measured. */
export class Sampling {
  readonly #plan: Plan
  readonly #threads: number
  readonly #options: SamplingOptions
  readonly #places: readonly Place[]
  readonly #arenas: readonly WebAssembly.Memory[]
  readonly #ensembles: readonly LiveEnsemble[]
  /** Ensembles that a worker has been given. */
  readonly #begun = new Set<number>()
  /** Ensembles that workers are in. */
  readonly #stepped = new Set<number>()
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  /** Frozen copies of ensembles, taken between slices while a save is due. */
  readonly #frozen = new Map<number, EnsembleMemory>()
  #busySeconds = 0
  #saveSeconds = 0
  #sampledSeconds = 0
  #nextSave = 0
  #saving: Promise<void> | undefined
  #saved = false
  #failure: unknown

  /** @throws MachineError where there is no memory to be had */
  constructor(plan: Plan, threads: number, options: SamplingOptions) {
    this.#plan = plan
    this.#threads = Math.min(threads, bundleCount(plan))
    this.#options = options
    const { places, arenas } = placeBlocks(plan.bytes)
    this.#places = places
    this.#arenas = arenas.map(createArena)
    this.#ensembles = plan.ensembles.map((spec, i) => {
      const { arena, offset } = places[i] as Place
      const model = findModel(spec.model)
      const { buffer } = this.#arenas[arena] as WebAssembly.Memory
      return {
        spec,
        model,
        buffer,
        offset,
        memory: new EnsembleMemory(buffer, offset, spec, model),
        roundSeconds: roundSeconds(spec, model),
      }
    })
  }

  /** Runs until everything is sampled or the signal is raised. @throws MachineError where a worker fails */
  async run(): Promise<'complete' | 'interrupted'> {
    const { signal, onProgress, worker } = this.#options
    const halt = (): void => this.#halt()
    if (signal?.aborted) return 'interrupted'
    signal?.addEventListener('abort', halt, { once: true })
    const start = performance.now()
    const module = await compileKernels()
    const context = { module, arenas: this.#arenas, ensembles: this.#plan.ensembles, places: this.#places, stop: this.#stop }
    const pool = await openPool(this.#threads, context, worker)
    const sampling = performance.now()
    const timer = onProgress && setInterval(() => onProgress(this.#progress(start)), PROGRESS_MILLISECONDS)
    try {
      await this.#steps(pool)
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', halt)
      this.#sampledSeconds = (performance.now() - sampling) / 1000
      await pool.close()
      await this.#saving
    }
    onProgress?.(this.#progress(start))
    return this.#plan.ensembles.every((_, i) => this.#roundsLeft(i) === 0) ? 'complete' : 'interrupted'
  }

  /** Everything measured so far. Call only while no worker is stepping. */
  collect(): SimulationData[] {
    for (const ensemble of this.#plan.ensembles.keys()) this.#freeze(ensemble)
    return this.#assemble()
  }

  async #steps(pool: Pool): Promise<void> {
    const shortest = this.#options.shortestPart ?? SHORTEST_PART
    const schedule = new Schedule(
      this.#ensembles.map(({ spec, roundSeconds }) => Math.min(spec.bundles, Math.max(1, Math.floor(roundSeconds / shortest)))),
      (ensemble) => this.#secondsLeft(ensemble),
    )
    const running = new Set<Promise<void>>()
    let free = this.#threads
    const slice = async (turn: Turn, seconds: number): Promise<void> => {
      let done = true
      try {
        done = await this.#step(pool, turn, seconds)
      } catch (error) {
        // The others finish their round, so that what they have is whole.
        this.#failure ??= error
        this.#halt()
      }
      this.#stepped.delete(turn.ensemble)
      schedule.release(turn.ensemble, done)
    }
    for (;;) {
      while (free > 0 && Atomics.load(this.#stop, 0) === 0) {
        const turn = schedule.take(free)
        if (turn === undefined) break
        this.#freezeWhenDue(turn.ensemble)
        this.#begun.add(turn.ensemble)
        this.#stepped.add(turn.ensemble)
        free -= turn.members
        const saving = this.#frozen.size === this.#ensembles.length
        const task: Promise<void> = slice(turn, saving ? SAVING_SLICE_SECONDS : SLICE_SECONDS).finally(() => {
          running.delete(task)
          free += turn.members
        })
        running.add(task)
      }
      if (running.size === 0) break
      // Only now: the workers have slices to go on with while this thread is busy.
      this.#saveWhenDue()
      await Promise.race(running)
    }
    await this.#saving
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * One slice of one ensemble, by all members of its gang. Where one of them fails the others are released at once, and
   * nobody is in the ensemble any more when this rejects.
   *
   * @returns true when the ensemble has nothing left to do
   */
  async #step(pool: Pool, { ensemble, members }: Turn, seconds: number): Promise<boolean> {
    const { memory } = this.#ensembles[ensemble] as LiveEnsemble
    memory.resetGang()
    const results = await Promise.allSettled(
      Array.from({ length: members }, async (_, member) => {
        try {
          return await pool.step({ ensemble, member, members, seconds })
        } catch (error) {
          Barrier.break(memory.barrier)
          throw error
        }
      }),
    )
    let done = true
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason
      this.#busySeconds += result.value.seconds
      done &&= result.value.done
    }
    return done
  }

  #halt(): void {
    Atomics.store(this.#stop, 0, 1)
  }

  #freezeWhenDue(ensemble: number): void {
    if (performance.now() >= this.#nextSave && !this.#saving && !this.#frozen.has(ensemble)) this.#freeze(ensemble)
  }

  /**
   * Once every ensemble has been copied between two slices the copies are written.
   */
  #saveWhenDue(): void {
    if (this.#saving || performance.now() < this.#nextSave) return
    for (const ensemble of this.#plan.ensembles.keys()) {
      if (this.#frozen.has(ensemble) || this.#stepped.has(ensemble)) continue
      if (!this.#begun.has(ensemble) || this.#roundsLeft(ensemble) === 0) this.#freeze(ensemble)
    }
    if (this.#frozen.size < this.#plan.ensembles.length) return
    const start = performance.now()
    this.#saving = this.#options.save(this.#assemble()).then(
      () => {
        const seconds = (performance.now() - start) / 1000
        this.#saveSeconds += seconds
        this.#saved = true
        this.#nextSave = performance.now() + 1000 * Math.max(SAVE_SECONDS, seconds / SAVE_SHARE)
        this.#saving = undefined
      },
      (error: unknown) => {
        // Better to stop at once than to find out after days; later on a full disk may have room again before the end.
        if (this.#saved) this.#options.onWarning?.(`what was measured could not be saved, to be tried again: ${messageOf(error)}`)
        else {
          this.#failure ??= error
          this.#halt()
        }
        this.#nextSave = performance.now() + 1000 * SAVE_SECONDS
        this.#saving = undefined
      },
    )
    this.#frozen.clear()
  }

  #freeze(ensemble: number): void {
    const { buffer, offset, spec, model } = this.#ensembles[ensemble] as LiveEnsemble
    this.#frozen.set(ensemble, freezeEnsemble(buffer, offset, spec, model))
  }

  #assemble(): SimulationData[] {
    const { simulations, ensembles } = this.#plan
    const index = new Map(ensembles.map((spec, i) => [spec, i]))
    const total = ensembles.reduce((sum, _, i) => sum + this.#frozenSeconds(i), 0)
    const wait = Math.max(0, this.#threads * this.#sampledSeconds - this.#busySeconds)
    return simulations.map((plan) => {
      const own = plan.ensembles.map((spec) => ownSlots(plan, spec, this.#frozen.get(index.get(spec) as number) as EnsembleMemory))
      const seconds = own.reduce((sum, { spec, share }) => sum + share * this.#frozenSeconds(index.get(spec) as number), 0)
      const share = total > 0 ? seconds / total : 1 / simulations.length
      return collectSimulation({ plan, ensembles: own, idle: { wait: wait * share, archive: this.#saveSeconds * share } })
    })
  }

  #frozenSeconds(ensemble: number): number {
    const memory = this.#frozen.get(ensemble)
    if (!memory) return 0
    return memory.seconds('sweepSeconds') + memory.seconds('measureSeconds') + memory.seconds('exchangeSeconds')
  }

  #roundsLeft(ensemble: number): number {
    const { spec, memory } = this.#ensembles[ensemble] as LiveEnsemble
    return roundCount(spec) - (memory.state[State.rounds] as number)
  }

  #secondsLeft(ensemble: number): number {
    return this.#roundsLeft(ensemble) * (this.#ensembles[ensemble] as LiveEnsemble).roundSeconds
  }

  #progress(start: number): Progress {
    let [all, left, updates, done] = [0, 0, 0, 0]
    for (const [i, { spec, model, memory, roundSeconds }] of this.#ensembles.entries()) {
      all += roundCount(spec) * roundSeconds
      left += this.#secondsLeft(i)
      for (const [bundle, state] of memory.bundles.entries()) {
        const replicas = Math.min(model.lanes, spec.slots.length - bundle * model.lanes)
        updates += (state[BundleState.sweeps] as number) * spec.size ** 2 * replicas
      }
      if (this.#roundsLeft(i) === 0) done += spec.bundles
    }
    const elapsedSeconds = (performance.now() - start) / 1000
    const fraction = 1 - left / all
    return {
      fraction,
      elapsedSeconds,
      remainingSeconds: fraction > 0.01 || elapsedSeconds > 5 ? (elapsedSeconds * (1 - fraction)) / Math.max(fraction, 1e-9) : undefined,
      updatesPerNanosecond: updates / (elapsedSeconds * 1e9),
      bundles: { done, total: bundleCount(this.#plan) },
    }
  }
}
