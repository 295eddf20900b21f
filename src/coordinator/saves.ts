import type { CheckpointData, CheckpointNumbers } from '../archive/checkpoint.ts'
import type { SimulationData } from '../archive/data.ts'
import type { Archive } from '../archive/read.ts'
import type { EnsembleSpec, FrozenEnsemble } from '../ensemble/memory.ts'
import { FileError, messageOf } from '../errors.ts'
import type { Plan, SimulationPlan } from '../job/plan.ts'
import { checkpointOf, gridsOf, inOnePiece, restoreGrid } from './checkpoint.ts'
import { collectGrid, type Measured } from './collect.ts'
import { ownSlots } from './grid.ts'
import { busySeconds, type LiveEnsemble } from './live.ts'

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
 * When a run is saved, and what: each ensemble is copied while no worker is in it, and when there is a copy of every one
 * the copies are written, while workers go on.
 */
export class Saves {
  readonly #plan: Plan
  readonly #ensembles: readonly LiveEnsemble[]
  readonly #options: SavesOptions
  readonly #indices: ReadonlyMap<EnsembleSpec, number>
  readonly #frozen = new Map<number, FrozenEnsemble>()
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

  constructor(plan: Plan, ensembles: readonly LiveEnsemble[], options: SavesOptions) {
    this.#plan = plan
    this.#ensembles = ensembles
    this.#options = options
    this.#indices = new Map(plan.ensembles.map((spec, i) => [spec, i]))
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

  /** Puts some ensembles, which nobody is in, back to where the last checkpoint has them, or to their start where there is none. */
  putBack(torn: ReadonlySet<number>, last: Archive | undefined): void {
    for (const ensemble of torn) this.#ensembles[ensemble]?.clear()
    if (last) this.#putBack(last, (ensemble) => torn.has(ensemble))
  }

  /** Call when sampling begins. */
  begin(): void {
    if (this.#next > 0) this.#next = performance.now() + 1000 * this.#early
  }

  /** One more, as soon as every ensemble is between two slices. */
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
    const soon = this.#frozen.size === this.#ensembles.length
    return soon ? Math.max(Math.min(writing, most), 2 * (this.#last ?? 0)) : Math.min(usual, most)
  }

  /** Copies an ensemble that a worker is about to be given, if a checkpoint is due. */
  freezeWhenDue(ensemble: number): void {
    if (this.#due && !this.#saving && !this.#frozen.has(ensemble)) this.#freeze(ensemble)
  }

  /**
   * Writes a checkpoint, if one is due and there is a copy of every ensemble.
   *
   * @param isIdle true for an ensemble that will not be handed out soon: it may be copied now
   * @param onFailure told where it is better to stop
   */
  writeWhenDue(isIdle: (ensemble: number) => boolean, waitSeconds: () => number, onFailure: (error: unknown) => void): void {
    if (this.#saving || !this.#due) return
    for (const ensemble of this.#ensembles.keys()) if (!this.#frozen.has(ensemble) && isIdle(ensemble)) this.#freeze(ensemble)
    if (this.#frozen.size < this.#ensembles.length) return
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

  /** Everything there is. Call only while no worker is in any ensemble. */
  collect(waitSeconds: number): Saved {
    for (const ensemble of this.#ensembles.keys()) this.#freeze(ensemble)
    return this.#assemble(waitSeconds)
  }

  get #early(): number {
    return Math.min(EARLY_SECONDS, this.#options.checkpointEvery)
  }

  get #due(): boolean {
    return this.#asked || performance.now() >= this.#next
  }

  #freeze(ensemble: number): void {
    this.#frozen.set(ensemble, (this.#ensembles[ensemble] as LiveEnsemble).freeze())
  }

  /** @returns what the archive says of the grids that were read */
  #putBack(archive: Archive, wanted: (ensemble: number) => boolean): CheckpointNumbers[] {
    const indexOf = (spec: EnsembleSpec): number => this.#indices.get(spec) as number
    const grids = gridsOf(this.#plan).filter(({ ensembles }) => ensembles.some((spec) => wanted(indexOf(spec))))
    return grids.map((grid) => {
      const reader = archive.checkpoint(grid.name)
      if (!reader) throw new FileError(`${archive.path}: ${grid.name} has no checkpoint to go on from`)
      const targets = grid.ensembles.map((spec) => {
        const live = this.#ensembles[indexOf(spec)] as LiveEnsemble
        return wanted(indexOf(spec)) ? live.target : live.scratch
      })
      restoreGrid(archive, reader, grid, targets)
      return reader.numbers
    })
  }

  /** @param waitSeconds seconds of this session in which threads stood idle outside of gangs */
  #assemble(waitSeconds: number): Saved {
    const { simulations, ensembles } = this.#plan
    const frozen = (spec: EnsembleSpec): FrozenEnsemble => this.#frozen.get(this.#indices.get(spec) as number) as FrozenEnsemble
    const busy = (spec: EnsembleSpec): number => busySeconds(frozen(spec).memory)
    const all = ensembles.reduce((sum, spec) => sum + busy(spec), 0)
    const [wait, save] = [this.#before.wait + waitSeconds, this.#before.save + this.#seconds]
    const part = (seconds: number): { wait: number; save: number } => {
      const share = all > 0 ? seconds / all : 1 / simulations.length
      return { wait: share * wait, save: share * save }
    }
    const measured = (plan: SimulationPlan): Measured => {
      const own = plan.ensembles.map((spec) => ownSlots(plan, spec, frozen(spec).memory))
      return { plan, ensembles: own, idle: part(own.reduce((sum, { spec, share }) => sum + share * busy(spec), 0)) }
    }
    const grids = gridsOf(this.#plan)
    return {
      simulations: grids.flatMap((grid) => collectGrid(grid.simulations.map(measured))),
      checkpoints: grids.map((grid) => {
        const kept = grid.ensembles.map((spec) => {
          const { memory, bundles } = frozen(spec)
          return { memory, bundles: bundles.map((fields) => fields.map(inOnePiece)) }
        })
        return checkpointOf(grid, kept, part(grid.ensembles.reduce((sum, spec) => sum + busy(spec), 0)))
      }),
    }
  }
}
