import type { LiveEnsemble, LiveRun } from '../coordinator/live.ts'
import type { Progress } from '../coordinator/progress.ts'
import type { EnsembleSpec } from '../ensemble/memory.ts'
import type { SimulationPlan } from '../job/plan.ts'
import { evenIndices } from '../figure/archive/evenly.ts'
import { Energies } from './energies.ts'
import { type Flow, flowOf } from './flow.ts'
import { type Lattice, latticeOf } from './lattice.ts'

/** Bounds on what an event holds. */
const MOST_SIMULATIONS = 500
const MOST_TEMPERATURES = 256
const MOST_LATEST = 1024
const LATEST_COPIES = 8
const MOST_COPIES_TO_CHOOSE = 64
/** Milliseconds of this thread that means and R-hat may take at a time, and the time from one R-hat to the next. */
const MEANS_MILLISECONDS = 2
const RHAT_MILLISECONDS = 1.5
const RHAT_EVERY_MILLISECONDS = 5000

/** What a page looks at: indices of a simulation, a temperature and a copy. */
export interface View {
  readonly simulation: number
  readonly temperature: number
  readonly copy: number
}

/** Sent once: what there is to look at. All text comes from the job. */
export interface Hello {
  readonly title: string
  readonly model: string
  /** The archive. */
  readonly path: string
  readonly simulations: readonly { readonly name: string; readonly size: number }[]
  /** Those that are shown: their indices and values. */
  readonly temperatures: readonly { readonly index: number; readonly value: number }[]
  readonly copies: number
  readonly view: View
}

/** Sent about once a second. What cannot be told is null in JSON. */
export interface Snapshot {
  readonly view: View
  readonly progress: Progress
  readonly sweeps: { readonly done: number; readonly total: number; readonly thermalization: number }
  /** At the temperatures of Hello: means over all samples and copies with their standard errors, R-hat, and energies per site of some replicas at this moment. */
  readonly energy: {
    readonly mean: readonly number[]
    readonly error: readonly number[]
    readonly samples: readonly number[]
    readonly rhat: readonly number[]
    readonly latest: readonly (readonly number[])[]
  }
  readonly flow: Flow | null
  readonly lattice: Lattice | null
}

/** Sent last. */
export interface Ending {
  readonly status: 'complete' | 'interrupted' | 'failed'
  /** Of the archive; none where nothing was written. */
  readonly path?: string
  /** What to do next, or what went wrong. */
  readonly message?: string
}

/** What the page is told of a run: bounded in bytes and in the time of this thread, whatever the job. */
export class Feed {
  readonly #run: LiveRun
  readonly #path: string
  readonly #simulations: readonly SimulationPlan[]
  readonly #shown: readonly number[]
  readonly #copies: number
  readonly #liveOf: ReadonlyMap<EnsembleSpec, LiveEnsemble>
  /** Of the simulations that somebody has looked at. */
  readonly #energies = new Map<number, { readonly energies: Energies; nextRhat: number }>()

  /** @param path of the archive */
  constructor(run: LiveRun, path: string) {
    this.#run = run
    this.#path = path
    this.#simulations = run.plan.simulations.slice(0, MOST_SIMULATIONS)
    this.#shown = evenIndices(run.plan.job.temperatures.length, MOST_TEMPERATURES)
    this.#copies = Math.min(run.plan.job.copies, LATEST_COPIES, Math.max(1, Math.floor(MOST_LATEST / this.#shown.length)))
    this.#liveOf = new Map(run.ensembles.map((live) => [live.spec, live]))
  }

  /** The view that an address asks for; what it does not say, or what there is not, is the first or the middle one. */
  view(asked: URLSearchParams): View {
    const { job } = this.#run.plan
    const index = (name: string, count: number, otherwise: number): number => {
      const value = Number(asked.get(name) ?? otherwise)
      return Number.isInteger(value) && value >= 0 && value < count ? value : otherwise
    }
    const middle = this.#shown[this.#shown.length >> 1] ?? 0
    return {
      simulation: index('simulation', this.#simulations.length, 0),
      temperature: index('temperature', job.temperatures.length, middle),
      copy: index('copy', Math.min(job.copies, MOST_COPIES_TO_CHOOSE), 0),
    }
  }

  hello(view: View): Hello {
    const { job } = this.#run.plan
    return {
      title: job.title,
      model: this.#simulations[0]?.model.title ?? job.model,
      path: this.#path,
      simulations: this.#simulations.map(({ name, size }) => ({ name, size })),
      temperatures: this.#shown.map((index) => ({ index, value: job.temperatures[index] ?? Number.NaN })),
      copies: Math.min(job.copies, MOST_COPIES_TO_CHOOSE),
      view,
    }
  }

  /** @param final true when no worker is left: everything is then read to the end, however long it takes */
  snapshot(view: View, final = false): Snapshot {
    const simulation = this.#simulations[view.simulation] as SimulationPlan
    const live = simulation.ensembles.map((spec) => this.#liveOf.get(spec) as LiveEnsemble)
    const energies = this.#readEnergies(view.simulation, simulation, live, final)
    const seat = energies.seat(view.temperature, view.copy)
    const spec = live[0]?.spec as EnsembleSpec
    const all = <T>(of: (temperature: number) => T): T[] => this.#shown.map(of)
    return {
      view,
      progress: this.#run.progress(),
      sweeps: {
        done: live.reduce((least, { memory }) => Math.min(least, memory.sweeps), Number.POSITIVE_INFINITY),
        total: spec.thermalization + spec.samples * spec.measureEvery,
        thermalization: spec.thermalization,
      },
      energy: {
        mean: all((t) => energies.mean(t)),
        error: all((t) => rounded(energies.error(t))),
        samples: all((t) => energies.samples(t)),
        rhat: all((t) => rounded(energies.rhat(t))),
        latest: all((t) => Array.from({ length: this.#copies }, (_, copy) => rounded(energies.latest(t, copy)))),
      },
      flow: (seat && flowOf(live, seat)) ?? null,
      lattice: (seat && latticeOf(seat)) ?? null,
    }
  }

  /** Keeps nothing of what nobody looks at any more. */
  forget(): void {
    this.#energies.clear()
  }

  #readEnergies(index: number, simulation: SimulationPlan, live: readonly LiveEnsemble[], final: boolean): Energies {
    const known = this.#energies.get(index) ?? { energies: new Energies(simulation, live), nextRhat: 0 }
    this.#energies.set(index, known)
    const { energies } = known
    const met = energies.refresh(final ? Number.POSITIVE_INFINITY : MEANS_MILLISECONDS)
    if (final) {
      // The first goes to the end of a round that may be under way, the second is a whole one.
      for (let i = 0; i < 2; i++) energies.judge(Number.POSITIVE_INFINITY)
    } else if (met && performance.now() >= known.nextRhat && energies.judge(RHAT_MILLISECONDS)) {
      known.nextRhat = performance.now() + RHAT_EVERY_MILLISECONDS
    }
    return energies
  }
}

/** Six digits are more than anybody sees. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
