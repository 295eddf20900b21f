import type { Archive } from '../archive/read.ts'
import { Barrier } from '../engine/pool/barrier.ts'
import { bundleCount, type Plan } from '../job/plan.ts'
import { compileKernels, workerFile } from '../engine/pool/built.ts'
import { openPool, type Pool } from '../engine/pool/pool.ts'
import { STEP_PING, type StepResult, type StepTask, type WorkerContext } from '../engine/pool/tasks.ts'
import type { Deadline } from './deadline.ts'
import { createMemory, type LiveLadder, type LiveMemory, type LiveRun } from './live.ts'
import { Meter } from './meter.ts'
import type { LiveStatus, Progress } from './progress.ts'
import { type Saved, Saves, type SavesOptions } from './saves.ts'
import { Schedule, type Turn } from './schedule.ts'

/** How long a worker stays with one ladder. */
export const SLICE_SECONDS = 0.5
/** The same while this thread saves and could not send it on. A stop is heard anyhow. */
const SAVING_SLICE_SECONDS = 2
/** Seconds of a round that a member of a team steps at least: meeting takes some twenty microseconds. */
export const SHORTEST_PART = 5e-5
const TICK_MILLISECONDS = 200
const BEAT_SECONDS = 2
/** Seconds that a stop takes at least, whatever is stepped and saved. */
const STOP_SECONDS = 1.2

export interface SamplingOptions extends SavesOptions {
  readonly deadline?: Deadline | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Told every few seconds. */
  readonly onBeat?: ((status: LiveStatus) => void) | undefined
  /** Given once, before the first sweep, what may be looked at from then on, also after the end. */
  readonly onLive?: ((run: LiveRun) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly worker?: string | undefined
  readonly shortestPart?: number | undefined
}

/** The sampling of one plan: shared memory, the pool, who steps what, and what has been measured. */
export class Sampling {
  readonly #plan: Plan
  readonly #threads: number
  readonly #options: SamplingOptions
  readonly #memory: LiveMemory
  readonly #saves: Saves
  /** Ladders that a worker has been given. */
  readonly #begun = new Set<number>()
  /** Ladders that workers are in. */
  readonly #stepped = new Set<number>()
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  #stoppedBy: 'signal' | 'time limit' | undefined
  /** Seconds of threads inside ladders, and of the time in which there were threads. */
  #busySeconds = 0
  #sampledSeconds = 0
  #failure: unknown
  /** Ladders in which a worker failed: nobody knows what they hold. */
  readonly #torn = new Set<number>()
  #nextBeat = 0

  /** @throws MachineError where there is no memory to be had */
  constructor(plan: Plan, threads: number, options: SamplingOptions) {
    this.#plan = plan
    this.#threads = Math.min(threads, bundleCount(plan))
    this.#options = options
    this.#memory = createMemory(plan)
    this.#saves = new Saves(plan, this.#memory.ladders, options)
  }

  /** Goes on from what an archive has. Call before `run`. @throws FileError where its checkpoint cannot be used */
  restore(archive: Archive): void {
    this.#saves.restore(archive)
  }

  /** What stopped a run that is not complete. */
  get stoppedBy(): 'signal' | 'time limit' | undefined {
    return this.#stoppedBy
  }

  /** Seconds that writing a compressed archive may take. */
  get secondsToCompress(): number {
    return this.#saves.secondsToCompress
  }

  /** Writes a checkpoint as soon as every ladder is between two slices. */
  checkpointSoon(): void {
    this.#saves.ask()
  }

  /** Runs until everything is sampled, the signal is raised or time is up. @throws MachineError where a worker fails */
  async run(): Promise<'complete' | 'interrupted'> {
    const { signal, onProgress, onLive, worker } = this.#options
    const { arenas, places, ladders } = this.#memory
    const halt = (): void => this.#halt('signal')
    if (signal?.aborted) {
      this.#stoppedBy = 'signal'
      return 'interrupted'
    }
    signal?.addEventListener('abort', halt, { once: true })
    const meter = new Meter(this.#plan, ladders)
    onLive?.({ plan: this.#plan, ladders, progress: () => meter.progress })
    const module = await compileKernels()
    const context: WorkerContext = { module, arenas, ladders: this.#plan.ladders, places, stop: this.#stop }
    const pool = await openPool<StepTask, StepResult>(this.#threads, context, worker ?? workerFile('stepper'), STEP_PING)
    const sampling = performance.now()
    this.#saves.begin()
    const timer = setInterval(() => this.#tick(meter), TICK_MILLISECONDS)
    try {
      await this.#steps(pool)
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', halt)
      this.#sampledSeconds = (performance.now() - sampling) / 1000
      await pool.close()
      await this.#saves.finish()
    }
    onProgress?.(meter.progress)
    return ladders.every(({ roundsLeft }) => roundsLeft === 0) ? 'complete' : 'interrupted'
  }

  /**
   * Everything there is. Call only while no worker is stepping.
   *
   * @param last opens the last checkpoint, where torn ladders are put back to; undefined where there is none
   */
  async collect(last: () => Promise<Archive | undefined>): Promise<Saved> {
    if (this.#torn.size > 0) {
      const archive = await last()
      try {
        this.#saves.putBack(this.#torn, archive)
      } finally {
        archive?.close()
      }
      this.#torn.clear()
    }
    return this.#saves.collect(this.#waitSeconds)
  }

  /** Seconds in which threads stood idle outside of teams; known when they are gone. */
  get #waitSeconds(): number {
    return Math.max(0, this.#threads * this.#sampledSeconds - this.#busySeconds)
  }

  #tick(meter: Meter): void {
    const { onProgress, onBeat } = this.#options
    if (this.isTooLate) this.#halt('time limit')
    try {
      onProgress?.(meter.progress)
      if (performance.now() >= this.#nextBeat) {
        this.#nextBeat = performance.now() + 1000 * BEAT_SECONDS
        onBeat?.(meter.status)
      }
    } catch (error) {
      // Nobody else would hear of it.
      this.#fail(error)
    }
  }

  /** True where a stop may not end in time any more. */
  get isTooLate(): boolean {
    const { deadline } = this.#options
    return deadline !== undefined && deadline.secondsLeft < this.#stopSeconds
  }

  /** Seconds from a stop to the end, with room to spare: workers leave their rounds, the archive is written, threads end. */
  get #stopSeconds(): number {
    const longest = this.#memory.ladders.reduce((most, { stopSeconds }) => Math.max(most, stopSeconds), 0)
    return STOP_SECONDS + 2 * longest + 2 * this.#saves.secondsExpected
  }

  async #steps(pool: Pool<StepTask, StepResult>): Promise<void> {
    const shortest = this.#options.shortestPart ?? SHORTEST_PART
    const { ladders } = this.#memory
    const schedule = new Schedule(
      ladders.map(({ spec, roundSeconds }) => Math.min(spec.bundles, Math.max(1, Math.floor(roundSeconds / shortest)))),
      (ladder) => ladders[ladder]?.secondsLeft ?? 0,
    )
    const running = new Set<Promise<void>>()
    let free = this.#threads
    const slice = async (turn: Turn, seconds: number): Promise<void> => {
      let done = true
      try {
        done = await this.#step(pool, turn, seconds)
      } catch (error) {
        this.#torn.add(turn.ladder)
        this.#fail(error)
      }
      this.#stepped.delete(turn.ladder)
      schedule.release(turn.ladder, done)
    }
    for (;;) {
      while (free > 0 && Atomics.load(this.#stop, 0) === 0) {
        const turn = schedule.take(free)
        if (turn === undefined) break
        this.#attempt(() => this.#saves.freezeWhenDue(turn.ladder))
        this.#begun.add(turn.ladder)
        this.#stepped.add(turn.ladder)
        free -= turn.members
        const task: Promise<void> = slice(turn, this.#saves.sliceSeconds(SLICE_SECONDS, SAVING_SLICE_SECONDS)).finally(() => {
          running.delete(task)
          free += turn.members
        })
        running.add(task)
      }
      if (running.size === 0) break
      // Only now: the workers have slices to go on with while this thread is busy.
      this.#attempt(() => this.#save())
      await Promise.race(running)
    }
    await this.#saves.finish()
    if (this.#failure !== undefined) throw this.#failure
  }

  #save(): void {
    const { deadline } = this.#options
    // So close to the end the last checkpoint is what counts.
    if (deadline && deadline.secondsLeft < this.#stopSeconds + 2 * this.#saves.secondsExpected) return
    const isIdle = (ladder: number): boolean =>
      !this.#stepped.has(ladder) && (!this.#begun.has(ladder) || this.#memory.ladders[ladder]?.roundsLeft === 0)
    this.#saves.writeWhenDue(
      isIdle,
      () => this.#waitSeconds,
      (error) => this.#fail(error),
    )
  }

  /**
   * One slice of one ladder, by all members of its team. Where one of them fails the others are released at once, and
   * nobody is in the ladder any more when this rejects.
   *
   * @returns true when the ladder has nothing left to do
   */
  async #step(pool: Pool<StepTask, StepResult>, { ladder, members }: Turn, seconds: number): Promise<boolean> {
    const { memory } = this.#memory.ladders[ladder] as LiveLadder
    memory.resetTeam()
    const results = await Promise.allSettled(
      Array.from({ length: members }, async (_, member) => {
        try {
          return await pool.run({ ladder, member, members, seconds })
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

  /** Whatever this thread cannot do, workers must leave their ladders before all ends. */
  #attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The others finish their round, so that what they have is whole. */
  #fail(error: unknown): void {
    this.#failure ??= error
    this.#halt()
  }

  #halt(by?: 'signal' | 'time limit'): void {
    if (Atomics.load(this.#stop, 0) === 0) this.#stoppedBy = by
    Atomics.store(this.#stop, 0, 1)
  }
}
