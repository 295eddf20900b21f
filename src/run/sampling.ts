import type { Archive } from '../archive/read.ts'
import { StopFlag } from '../engine/pool/stop.ts'
import type { Plan } from '../job/plan.ts'
import type { Deadline } from './deadline.ts'
import { type LadderCrewOptions, openLadderCrew, SLICE_SECONDS } from './ladder-crew.ts'
import { createMemory, type LiveMemory, type LiveRun } from './live.ts'
import { Meter } from './meter.ts'
import type { LiveStatus, Progress } from './progress.ts'
import type { Saved } from './assemble.ts'
import { Saves, type SavesOptions } from './saves.ts'

/** How long a worker stays with one ladder while this thread saves and could not send it on. A stop is heard anyhow. */
const SAVING_SLICE_SECONDS = 2
const TICK_MILLISECONDS = 200
const BEAT_SECONDS = 2
/** Seconds that a stop takes at least, whatever is stepped and saved. */
const STOP_SECONDS = 1.2

export interface SamplingOptions extends SavesOptions, LadderCrewOptions {
  readonly deadline?: Deadline | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Told every few seconds. */
  readonly onBeat?: ((status: LiveStatus) => void) | undefined
  /** Given once, before the first sweep, what may be looked at from then on, also after the end. */
  readonly onLive?: ((run: LiveRun) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The sampling of one plan: its memory and threads, when it is saved, when it must stop, and what has been measured. */
export class Sampling {
  readonly #plan: Plan
  readonly #threads: number
  readonly #options: SamplingOptions
  readonly #memory: LiveMemory
  readonly #saves: Saves
  /** Ladders that a worker has been given. */
  readonly #begun = new Set<number>()
  readonly #stop = new StopFlag()
  /** Seconds in which threads stood idle outside of teams; known when they are gone. */
  #waitSeconds = 0
  /** Ladders in which a worker failed: nobody knows what they hold. */
  readonly #torn = new Set<number>()
  #nextBeat = 0

  /** @throws MachineError where there is no memory to be had */
  constructor(plan: Plan, threads: number, options: SamplingOptions) {
    this.#plan = plan
    this.#threads = threads
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
    return this.#stop.reason
  }

  /** Seconds that writing a compressed archive may take. */
  get secondsToCompress(): number {
    return this.#saves.secondsToCompress
  }

  /** Writes a checkpoint as soon as every ladder is between two slices. */
  checkpointSoon(): void {
    this.#saves.ask()
  }

  /** Runs until everything is sampled, the signal is raised or time is up. @throws MachineError if a worker fails */
  async run(): Promise<'complete' | 'interrupted'> {
    const unfollow = this.#stop.follow(this.#options.signal)
    try {
      return this.#stop.isRaised ? 'interrupted' : await this.#sample()
    } finally {
      unfollow()
    }
  }

  async #sample(): Promise<'complete' | 'interrupted'> {
    const { onProgress, onLive } = this.#options
    const { ladders } = this.#memory
    const meter = new Meter(this.#plan, ladders)
    onLive?.({ plan: this.#plan, ladders, progress: () => meter.progress })
    const { pool, run } = await openLadderCrew(this.#plan, this.#memory, this.#threads, this.#stop, this.#options)
    const start = performance.now()
    this.#saves.begin()
    const timer = setInterval(() => this.#tick(meter), TICK_MILLISECONDS)
    try {
      await run({
        sliceSeconds: () => this.#saves.sliceSeconds(SLICE_SECONDS, SAVING_SLICE_SECONDS),
        beforeSlice: (ladder) => {
          this.#begun.add(ladder)
          this.#saves.freezeWhenDue(ladder)
        },
        betweenSlices: (isTaken) => this.#save(isTaken),
        onFailure: (ladder) => void this.#torn.add(ladder),
        atEnd: () => this.#saves.finish(),
      })
    } finally {
      clearInterval(timer)
      this.#waitSeconds = Math.max(0, (pool.threads * (performance.now() - start)) / 1000 - pool.busySeconds)
      await pool.close()
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

  #tick(meter: Meter): void {
    const { onProgress, onBeat } = this.#options
    if (this.isTooLate) this.#stop.raise('time limit')
    try {
      onProgress?.(meter.progress)
      if (performance.now() >= this.#nextBeat) {
        this.#nextBeat = performance.now() + 1000 * BEAT_SECONDS
        onBeat?.(meter.status)
      }
    } catch (error) {
      // Nobody else would hear of it.
      this.#stop.fail(error)
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

  /** Writes a checkpoint if one is due. */
  #save(isTaken: (ladder: number) => boolean): void {
    const { deadline } = this.#options
    // So close to the end the last checkpoint is what counts.
    if (deadline && deadline.secondsLeft < this.#stopSeconds + 2 * this.#saves.secondsExpected) return
    const isIdle = (ladder: number): boolean =>
      !isTaken(ladder) && (!this.#begun.has(ladder) || this.#memory.ladders[ladder]?.roundsLeft === 0)
    this.#saves.writeWhenDue(isIdle, (error) => this.#stop.fail(error))
  }
}
