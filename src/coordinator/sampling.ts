import type { SimulationData } from '../archive/data.ts'
import { BundleMemory, type BundleSpec, freezeBundle, State, thermalizationRounds } from '../bundle/memory.ts'
import { messageOf } from '../errors.ts'
import { bundleSeconds, type Plan } from '../job/plan.ts'
import { createArena, type Place, placeBlocks } from '../memory/arena.ts'
import type { Model } from '../model/model.ts'
import { findModel } from '../model/registry.ts'
import { compileKernels } from '../pool/built.ts'
import { openPool, type Pool } from '../pool/pool.ts'
import { collectSimulation } from './collect.ts'
import type { Progress } from './progress.ts'
import { Schedule } from './schedule.ts'

/** How long a worker stays with one bundle. */
const SLICE_SECONDS = 0.5
const PROGRESS_MILLISECONDS = 200
/** What was measured is saved that often, or less often where saving is slow: at most one part in a hundred of the time. */
const SAVE_SECONDS = 10
const SAVE_SHARE = 0.01

interface SamplingOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly onWarning?: ((warning: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly worker?: string | undefined
  /** Writes the archive of a run under way. */
  readonly save: (simulations: readonly SimulationData[]) => Promise<void>
}

/** One bundle as the workers have it at this moment. */
interface LiveBundle {
  readonly spec: BundleSpec
  readonly model: Model
  readonly buffer: ArrayBufferLike
  readonly offset: number
  readonly state: Float64Array
}

/** The sampling of one plan: shared memory, the pool, who steps what, and what has been measured. */
export class Sampling {
  readonly #plan: Plan
  readonly #threads: number
  readonly #options: SamplingOptions
  readonly #places: readonly Place[]
  readonly #arenas: readonly WebAssembly.Memory[]
  readonly #bundles: readonly LiveBundle[]
  /** Bundles that a worker has been given. */
  readonly #begun = new Set<number>()
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  /** Frozen copies of bundles, taken between slices while a save is due. */
  readonly #frozen = new Map<number, BundleMemory>()
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
    this.#threads = Math.min(threads, plan.bundles.length)
    this.#options = options
    const { places, arenas } = placeBlocks(plan.bytes)
    this.#places = places
    this.#arenas = arenas.map(createArena)
    this.#bundles = plan.bundles.map((spec, i) => {
      const { arena, offset } = places[i] as Place
      const model = findModel(spec.model)
      const { buffer } = this.#arenas[arena] as WebAssembly.Memory
      return { spec, model, buffer, offset, state: new BundleMemory(buffer, offset, spec, model).state }
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
    const context = { module, arenas: this.#arenas, bundles: this.#plan.bundles, places: this.#places, stop: this.#stop }
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
    return this.#plan.bundles.every((_, i) => this.#roundsLeft(i) === 0) ? 'complete' : 'interrupted'
  }

  /** Everything measured so far. Call only while no worker is stepping. */
  collect(): SimulationData[] {
    for (const bundle of this.#plan.bundles.keys()) this.#freeze(bundle)
    return this.#assemble()
  }

  async #steps(pool: Pool): Promise<void> {
    const schedule = new Schedule(this.#plan.bundles.length, (bundle) => this.#secondsLeft(bundle))
    const running = new Set<Promise<void>>()
    const slice = async (bundle: number): Promise<void> => {
      try {
        const { done, seconds } = await pool.step(bundle, SLICE_SECONDS)
        this.#busySeconds += seconds
        schedule.release(bundle, done)
      } catch (error) {
        // The others finish their round, so that what they have is whole.
        this.#failure ??= error
        this.#halt()
      }
    }
    for (;;) {
      this.#saveWhenDue()
      while (running.size < this.#threads && Atomics.load(this.#stop, 0) === 0) {
        const bundle = schedule.take()
        if (bundle === undefined) break
        this.#freezeWhenDue(bundle)
        this.#begun.add(bundle)
        const task: Promise<void> = slice(bundle).finally(() => running.delete(task))
        running.add(task)
      }
      if (running.size === 0) break
      await Promise.race(running)
    }
    await this.#saving
    if (this.#failure !== undefined) throw this.#failure
  }

  #halt(): void {
    Atomics.store(this.#stop, 0, 1)
  }

  #freezeWhenDue(bundle: number): void {
    if (performance.now() >= this.#nextSave && !this.#saving && !this.#frozen.has(bundle)) this.#freeze(bundle)
  }

  /**
   * Once every bundle has been copied between two slices the copies are written. That keeps this thread busy: the workers
   * finish the slices they are in meanwhile.
   */
  #saveWhenDue(): void {
    if (this.#saving || performance.now() < this.#nextSave) return
    for (const bundle of this.#plan.bundles.keys()) {
      const untouched = this.#rounds(bundle) === 0 && !this.#begun.has(bundle)
      if (!this.#frozen.has(bundle) && (untouched || this.#roundsLeft(bundle) === 0)) this.#freeze(bundle)
    }
    if (this.#frozen.size < this.#plan.bundles.length) return
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

  #freeze(bundle: number): void {
    const { buffer, offset, spec, model } = this.#bundles[bundle] as LiveBundle
    this.#frozen.set(bundle, freezeBundle(buffer, offset, spec, model))
  }

  #assemble(): SimulationData[] {
    const { simulations, bundles } = this.#plan
    const busy = (index: number): number => this.#frozenSeconds(index)
    const total = bundles.reduce((sum, _, i) => sum + busy(i), 0)
    const wait = Math.max(0, this.#threads * this.#sampledSeconds - this.#busySeconds)
    let first = 0
    return simulations.map((plan) => {
      const indices = plan.bundles.map((_, i) => first + i)
      first += plan.bundles.length
      const share = total > 0 ? indices.reduce((sum, i) => sum + busy(i), 0) / total : 1 / simulations.length
      return collectSimulation({
        plan,
        bundles: indices.map((i) => ({ spec: this.#plan.bundles[i] as BundleSpec, memory: this.#frozen.get(i) as BundleMemory })),
        idle: { wait: wait * share, archive: this.#saveSeconds * share },
      })
    })
  }

  #frozenSeconds(bundle: number): number {
    const state = this.#frozen.get(bundle)?.state
    if (!state) return 0
    return (state[State.sweepSeconds] as number) + (state[State.measureSeconds] as number) + (state[State.exchangeSeconds] as number)
  }

  #rounds(bundle: number): number {
    return this.#bundles[bundle]?.state[State.rounds] as number
  }

  #roundsLeft(bundle: number): number {
    const { spec } = this.#bundles[bundle] as LiveBundle
    return thermalizationRounds(spec) + spec.samples - this.#rounds(bundle)
  }

  #secondsLeft(bundle: number): number {
    const { spec, model } = this.#bundles[bundle] as LiveBundle
    return bundleSeconds(spec, model, this.#rounds(bundle))
  }

  #progress(start: number): Progress {
    let [all, left, updates, done] = [0, 0, 0, 0]
    for (const [i, { spec, model, state }] of this.#bundles.entries()) {
      all += bundleSeconds(spec, model)
      left += this.#secondsLeft(i)
      updates += (state[State.sweeps] as number) * spec.size ** 2 * spec.slots.length
      if (this.#roundsLeft(i) === 0) done++
    }
    const elapsedSeconds = (performance.now() - start) / 1000
    const fraction = 1 - left / all
    return {
      fraction,
      elapsedSeconds,
      remainingSeconds: fraction > 0.01 || elapsedSeconds > 5 ? (elapsedSeconds * (1 - fraction)) / Math.max(fraction, 1e-9) : undefined,
      updatesPerNanosecond: updates / (elapsedSeconds * 1e9),
      bundles: { done, total: this.#bundles.length },
    }
  }
}
