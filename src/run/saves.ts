import type { CheckpointData, CheckpointNumbers } from '../archive/checkpoint.ts'
import type { SimulationData } from '../archive/data.ts'
import type { Archive } from '../archive/read.ts'
import type { FrozenLadder } from '../sampling/memory.ts'
import type { LadderSpec } from '../sampling/spec.ts'
import { FileError, messageOf } from '../errors.ts'
import type { Plan, SimulationPlan } from '../job/plan.ts'
import { checkpointOf, gridsOf, inOnePiece, restoreGrid } from './checkpoint.ts'
import { collectGrid, type Measured } from './collect.ts'
import { ownSlots } from './grid.ts'
import { busySeconds, type LiveLadder } from './live.ts'

/** The first checkpoint with something in it comes early, to find out about a full disk; one that failed is tried again as soon. */
const EARLY_SECONDS = 10
/** What a checkpoint takes where none was timed yet. */
const FIRST_SECONDS = 0.3
const BYTES_PER_SECOND = 1e8
/** A compressed archive takes that much longer. */
const COMPRESSING = 30

/** Everything that an archive says of a run at one moment. */
export interface Saved {
  readonly simulations: readonly SimulationData[]
  readonly checkpoints: readonly CheckpointData[]
}

export interface SavesOptions {
  /** Seconds from one checkpoint to the next. */
  readonly checkpointEvery: number
  /** Writes the archive of a run under way. */
  readonly save: (saved: Saved) => Promise<void>
  readonly onWarning?: ((warning: string) => void) | undefined
}

/**
 * When a run is saved, and what: each ladder is copied while no worker is in it, and when there is a copy of every one
 * the copies are written, while workers go on.
 */
export class Saves {
  readonly #plan: Plan
  readonly #ladders: readonly LiveLadder[]
  readonly #options: SavesOptions
  readonly #indices: ReadonlyMap<LadderSpec, number>
  readonly #frozen = new Map<number, FrozenLadder>()
  /** The next one by the clock; the first as soon as there are workers, or never before `begin` where an archive was read. */
  #next = 0
  /** Whether one was asked for that has not begun. */
  #asked = false
  #saving: Promise<void> | undefined
  /** Whether any was written. */
  #saved = false
  /** Seconds that the last one took. */
  #last: number | undefined
  /** Seconds of all of them, and of the sessions before. */
  #seconds = 0
  readonly #before = { wait: 0, save: 0 }

  constructor(plan: Plan, ladders: readonly LiveLadder[], options: SavesOptions) {
    this.#plan = plan
    this.#ladders = ladders
    this.#options = options
    this.#indices = new Map(plan.ladders.map((spec, i) => [spec, i]))
  }

  /** Goes on from what an archive has. @throws FileError where its checkpoint cannot be used */
  restore(archive: Archive): void {
    for (const { waitSeconds, saveSeconds } of this.#putBack(archive, () => true)) {
      this.#before.wait += waitSeconds
      this.#before.save += saveSeconds
    }
    // What there is now is on the disk; the time to the next checkpoint begins with the sampling.
    this.#next = Number.POSITIVE_INFINITY
    this.#saved = true
  }

  /** Puts some ladders, which nobody is in, back to where the last checkpoint has them, or to their start where there is none. */
  putBack(torn: ReadonlySet<number>, last: Archive | undefined): void {
    for (const ladder of torn) this.#ladders[ladder]?.clear()
    if (last) this.#putBack(last, (ladder) => torn.has(ladder))
  }

  /** Call when sampling begins. */
  begin(): void {
    if (this.#next > 0) this.#next = performance.now() + 1000 * this.#early
  }

  /** One more, as soon as every ladder is between two slices. */
  ask(): void {
    this.#asked = true
  }

  /** Seconds that the next one may take. */
  get secondsExpected(): number {
    return this.#last ?? FIRST_SECONDS + this.#plan.bytes.reduce((a, b) => a + b, 0) / BYTES_PER_SECOND
  }

  /** Seconds that writing a compressed archive may take. */
  get secondsToCompress(): number {
    return 1 + COMPRESSING * this.secondsExpected
  }

  /** Seconds that a slice may last at most, which a checkpoint waits for; while one is written nobody can send a worker on. */
  sliceSeconds(usual: number, writing: number): number {
    const most = this.#options.checkpointEvery
    const soon = this.#frozen.size === this.#ladders.length
    return soon ? Math.max(Math.min(writing, most), 2 * (this.#last ?? 0)) : Math.min(usual, most)
  }

  /** Copies a ladder that a worker is about to be given, if a checkpoint is due. */
  freezeWhenDue(ladder: number): void {
    if (this.#due && !this.#saving && !this.#frozen.has(ladder)) this.#freeze(ladder)
  }

  /**
   * Writes a checkpoint, if one is due and there is a copy of every ladder.
   *
   * @param isIdle true for a ladder that will not be handed out soon: it may be copied now
   * @param onFailure told where it is better to stop
   */
  writeWhenDue(isIdle: (ladder: number) => boolean, waitSeconds: () => number, onFailure: (error: unknown) => void): void {
    if (this.#saving || !this.#due) return
    for (const ladder of this.#ladders.keys()) if (!this.#frozen.has(ladder) && isIdle(ladder)) this.#freeze(ladder)
    if (this.#frozen.size < this.#ladders.length) return
    const start = performance.now()
    this.#asked = false
    this.#saving = this.#options.save(this.#assemble(waitSeconds())).then(
      () => {
        const seconds = (performance.now() - start) / 1000
        this.#seconds += seconds
        // The first one has little in it.
        if (this.#saved) this.#last = seconds
        this.#next = performance.now() + 1000 * (this.#saved ? this.#options.checkpointEvery : this.#early)
        this.#saved = true
        this.#saving = undefined
      },
      (error: unknown) => {
        // Better to stop at once than to find out after days; later on a full disk may have room again before the end.
        if (this.#saved && !(error instanceof FileError))
          this.#options.onWarning?.(`no checkpoint could be written, to be tried again: ${messageOf(error)}`)
        else onFailure(error)
        this.#next = performance.now() + 1000 * this.#early
        this.#saving = undefined
      },
    )
    this.#frozen.clear()
  }

  /** Waits for one that is being written. */
  async finish(): Promise<void> {
    await this.#saving
  }

  /** Everything there is. Call only while no worker is in any ladder. */
  collect(waitSeconds: number): Saved {
    for (const ladder of this.#ladders.keys()) this.#freeze(ladder)
    return this.#assemble(waitSeconds)
  }

  get #early(): number {
    return Math.min(EARLY_SECONDS, this.#options.checkpointEvery)
  }

  get #due(): boolean {
    return this.#asked || performance.now() >= this.#next
  }

  #freeze(ladder: number): void {
    this.#frozen.set(ladder, (this.#ladders[ladder] as LiveLadder).freeze())
  }

  /** @returns what the archive says of the grids that were read */
  #putBack(archive: Archive, wanted: (ladder: number) => boolean): CheckpointNumbers[] {
    const indexOf = (spec: LadderSpec): number => this.#indices.get(spec) as number
    const grids = gridsOf(this.#plan).filter(({ ladders }) => ladders.some((spec) => wanted(indexOf(spec))))
    return grids.map((grid) => {
      const reader = archive.checkpoint(grid.name)
      if (!reader) throw new FileError(`${archive.path}: ${grid.name} has no checkpoint to go on from`)
      const targets = grid.ladders.map((spec) => {
        const live = this.#ladders[indexOf(spec)] as LiveLadder
        return wanted(indexOf(spec)) ? live.target : live.scratch
      })
      restoreGrid(archive, reader, grid, targets)
      return reader.numbers
    })
  }

  /** @param waitSeconds seconds of this session in which threads stood idle outside of teams */
  #assemble(waitSeconds: number): Saved {
    const { simulations, ladders } = this.#plan
    const frozen = (spec: LadderSpec): FrozenLadder => this.#frozen.get(this.#indices.get(spec) as number) as FrozenLadder
    const busy = (spec: LadderSpec): number => busySeconds(frozen(spec).memory)
    const all = ladders.reduce((sum, spec) => sum + busy(spec), 0)
    const [wait, save] = [this.#before.wait + waitSeconds, this.#before.save + this.#seconds]
    const part = (seconds: number): { wait: number; save: number } => {
      const share = all > 0 ? seconds / all : 1 / simulations.length
      return { wait: share * wait, save: share * save }
    }
    const measured = (plan: SimulationPlan): Measured => {
      const own = plan.ladders.map((spec) => ownSlots(plan, spec, frozen(spec).memory))
      return { plan, ladders: own, idle: part(own.reduce((sum, { spec, share }) => sum + share * busy(spec), 0)) }
    }
    const grids = gridsOf(this.#plan)
    return {
      simulations: grids.flatMap((grid) => collectGrid(grid.simulations.map(measured))),
      checkpoints: grids.map((grid) => {
        const kept = grid.ladders.map((spec) => {
          const { memory, bundles } = frozen(spec)
          return { memory, bundles: bundles.map((fields) => fields.map(inOnePiece)) }
        })
        return checkpointOf(grid, kept, part(grid.ladders.reduce((sum, spec) => sum + busy(spec), 0)))
      }),
    }
  }
}
