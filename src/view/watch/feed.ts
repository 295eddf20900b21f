import type { LiveLadder, LiveRun } from '../../run/live.ts'
import type { Progress } from '../../run/progress.ts'
import { flatShape } from '../../model/description.ts'
import { State } from '../../sampling/memory.ts'
import type { LadderSpec } from '../../sampling/spec.ts'
import type { SimulationPlan } from '../../job/plan.ts'
import { evenIndices } from '../evenly.ts'
import { type Flow, flowOf } from './flow.ts'
import { type Lattice, latticeOf } from './lattice.ts'
import { Means, type Seat } from './means.ts'
import { seriesAt, seriesNames, type TimeSeries } from './series.ts'

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
  /** Whether nobody chose the simulation: when it has finished, the page goes to one that is running. */
  readonly follows: boolean
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
  /** Whether lattices can be shown as pictures. */
  readonly pictures: boolean
  /** Order parameters of the model, and the observables of a time series, in the order in which they are sent. */
  readonly orders: readonly Named[]
  readonly series: readonly Named[]
  readonly view: View
}

/** An observable, and what it is called where there is room. */
interface Named {
  readonly name: string
  readonly longName: string
}

/** Of one observable, at the temperatures of Hello: means over all samples and copies with their standard errors, and R-hat. */
interface Averages {
  readonly mean: readonly number[]
  readonly error: readonly number[]
  readonly rhat: readonly number[]
}

/** Sent about once a second. What cannot be told is null in JSON. */
export interface Snapshot {
  readonly view: View
  readonly progress: Progress
  /** Of the simulation in view. */
  readonly sweeps: { readonly done: number; readonly total: number; readonly thermalization: number }
  /** All of them. */
  readonly simulations: { readonly done: number; readonly total: number }
  /** Per site; `latest` of some replicas at this moment. */
  readonly energy: Averages & { readonly samples: readonly number[]; readonly latest: readonly (readonly number[])[] }
  readonly orders: readonly Averages[]
  /** Of the temperature and the copy in view. */
  readonly series: TimeSeries | null
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

/** Means of the energy and of every order parameter of one simulation. */
interface Known {
  readonly means: readonly [Means, ...Means[]]
  /** The next of them whose R-hat is to be computed, and when. */
  next: number
  nextRhat: number
}

/** What the page is told of a run: bounded in bytes and in the time of this thread, whatever the job. */
export class Feed {
  readonly #run: LiveRun
  readonly #path: string
  readonly #simulations: readonly SimulationPlan[]
  readonly #shown: readonly number[]
  readonly #copies: number
  /** Of the simulations that somebody has looked at. */
  readonly #known = new Map<number, Known>()

  /** @param path of the archive */
  constructor(run: LiveRun, path: string) {
    this.#run = run
    this.#path = path
    this.#simulations = run.plan.simulations.slice(0, MOST_SIMULATIONS)
    this.#shown = evenIndices(run.plan.job.temperatures.length, MOST_TEMPERATURES)
    this.#copies = Math.min(run.plan.job.copies, LATEST_COPIES, Math.max(1, Math.floor(MOST_LATEST / this.#shown.length)))
  }

  /** The view that an address asks for; what it does not say, or what there is not, is the one that runs, the middle one, the first. */
  view(asked: URLSearchParams): View {
    const { job } = this.#run.plan
    const index = (name: string, count: number, otherwise: number): number => {
      const value = Number(asked.get(name) ?? otherwise)
      return Number.isInteger(value) && value >= 0 && value < count ? value : otherwise
    }
    const middle = this.#shown[this.#shown.length >> 1] ?? 0
    const chosen = index('simulation', this.#simulations.length, -1)
    return {
      simulation: chosen < 0 ? (this.#running() ?? 0) : chosen,
      follows: chosen < 0,
      temperature: index('temperature', job.temperatures.length, middle),
      copy: index('copy', Math.min(job.copies, MOST_COPIES_TO_CHOOSE), 0),
    }
  }

  /** The same view, or that of a simulation that is running if the one in view has finished and nobody chose it. */
  moved(view: View): View {
    if (!view.follows || !this.#isFinished(view.simulation)) return view
    const running = this.#running()
    return running === undefined ? view : { ...view, simulation: running }
  }

  hello(view: View): Hello {
    const { job } = this.#run.plan
    const { description } = this.#simulations[0] as SimulationPlan
    const named = (name: string): Named => ({ name, longName: description.observables.find((one) => one.name === name)?.longName ?? name })
    return {
      title: job.title,
      model: description.title,
      path: this.#path,
      simulations: this.#simulations.map(({ name, size }) => ({ name, size })),
      temperatures: this.#shown.map((index) => ({ index, value: job.temperatures[index] ?? Number.NaN })),
      copies: Math.min(job.copies, MOST_COPIES_TO_CHOOSE),
      pictures: flatShape(description) !== undefined,
      orders: description.orders.map(named),
      series: seriesNames(description).map(named),
      view,
    }
  }

  /** @param final true when no worker is left: everything is then read to the end, however long it takes */
  snapshot(view: View, final = false): Snapshot {
    const simulation = this.#simulations[view.simulation] as SimulationPlan
    const live = this.#laddersOf(view.simulation)
    const [energy, ...orders] = this.#readMeans(view.simulation, simulation, live, final)
    const seat = energy.seat(view.temperature, view.copy)
    const spec = live[0]?.spec as LadderSpec
    const all = <T>(of: (temperature: number) => T): T[] => this.#shown.map(of)
    const averages = (means: Means): Averages => ({
      mean: all((t) => means.mean(t)),
      error: all((t) => rounded(means.error(t))),
      rhat: all((t) => rounded(means.rhat(t))),
    })
    return {
      view,
      progress: this.#run.progress(),
      sweeps: {
        done: live.reduce((least, { memory }) => Math.min(least, memory.sweeps), Number.POSITIVE_INFINITY),
        total: spec.thermalization + spec.samples * spec.measureEvery,
        thermalization: spec.thermalization,
      },
      simulations: { done: this.#simulations.filter((_, i) => this.#isFinished(i)).length, total: this.#simulations.length },
      energy: {
        ...averages(energy),
        samples: all((t) => energy.samples(t)),
        latest: all((t) => Array.from({ length: this.#copies }, (_, copy) => rounded(latestEnergy(energy.seat(t, copy))))),
      },
      orders: orders.map(averages),
      series: (seat && seriesAt(seat, seriesNames(simulation.description))) ?? null,
      flow: (seat && flowOf(live, seat)) ?? null,
      lattice: (seat && latticeOf(seat)) ?? null,
    }
  }

  /** Keeps nothing of what nobody looks at any more. */
  forget(): void {
    this.#known.clear()
  }

  #laddersOf(simulation: number): readonly LiveLadder[] {
    return (this.#simulations[simulation]?.ladders ?? []).map((ladder) => this.#run.ladders[ladder] as LiveLadder)
  }

  #isFinished(simulation: number): boolean {
    return this.#laddersOf(simulation).every(({ roundsLeft }) => roundsLeft === 0)
  }

  /** The first simulation that has begun and not finished, else the first that has not begun; undefined if all have finished. */
  #running(): number | undefined {
    const left = this.#simulations.flatMap((_, i) => (this.#isFinished(i) ? [] : [i]))
    const hasBegun = (i: number): boolean => this.#laddersOf(i).some(({ memory }) => (memory.state[State.rounds] as number) > 0)
    return left.find(hasBegun) ?? left[0]
  }

  #readMeans(index: number, simulation: SimulationPlan, live: readonly LiveLadder[], final: boolean): Known['means'] {
    const of = (observable: string): Means => new Means(simulation, live, observable)
    const known = this.#known.get(index) ?? { means: [of('energy'), ...simulation.description.orders.map(of)], next: 0, nextRhat: 0 }
    this.#known.set(index, known)
    const { means } = known
    const milliseconds = final ? Number.POSITIVE_INFINITY : MEANS_MILLISECONDS / means.length
    const met = means.map((one) => one.refresh(milliseconds)).every(Boolean)
    if (final) {
      // The first goes to the end of a round that may be under way, the second is a whole one.
      for (const one of means) for (let i = 0; i < 2; i++) one.judge(Number.POSITIVE_INFINITY)
    } else if (met && performance.now() >= known.nextRhat) judge(known)
    return means
  }
}

/** R-hat and errors of one after the other, until the time is up. */
function judge(known: Known): void {
  const end = performance.now() + RHAT_MILLISECONDS
  while (performance.now() < end && known.means[known.next]?.judge(end - performance.now())) known.next++
  if (known.next < known.means.length) return
  known.next = 0
  known.nextRhat = performance.now() + RHAT_EVERY_MILLISECONDS
}

/** Per site, of one replica as last measured; NaN before that. */
function latestEnergy(seat: Seat | undefined): number {
  if (!seat) return Number.NaN
  const { spec, memory } = seat.live
  // The first round is measured in any case, for the trace.
  return (memory.state[State.rounds] as number) > 0
    ? (memory.energy[memory.lanes[seat.slot] as number] as number) / spec.description.lattice.sites
    : Number.NaN
}

/** Six digits are more than anybody sees. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
