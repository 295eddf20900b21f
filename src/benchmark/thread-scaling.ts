import { bundleCount, type Plan } from '../job/plan.ts'
import { counted } from '../text/number.ts'
import type { Measurement, ThreadScaling } from './benchmark.ts'
import { Control } from './control.ts'
import { Crew } from './crew.ts'
import type { Lengths, Settings } from './settings.ts'
import { copiesInBundle, planFor, type Subject } from './subject.ts'

// How a job takes more threads. Rounds interleave the numbers of threads, forwards and backwards in turn, so that a machine that
// becomes slower does so for all of them; each is followed by the control on as many threads.

/** How a benchmark that goes on is told of, and ended. */
export interface Watch {
  readonly signal?: AbortSignal | undefined
  /** Told what is measured now, as a step begins. `seconds`: roughly how long the step takes. */
  readonly onStep: (what: string, seconds: number) => void
}

/** Bundles of the job of strong scaling, at least: each thread has some, and none has more than others. */
const FEW_BUNDLES = 8
/** Bundles for each thread of weak scaling. */
const BUNDLES_EACH = 4

/** The job with that many bundles: one ladder over all of them, or ladders that fill one bundle each. */
export function scalingPlan({ model, workload }: Subject, size: number, bundles: number, sweeps: number): Plan {
  const { scaling, parameters } = workload
  const { range, ladder, measureEvery } = scaling
  return planFor(model, {
    size,
    sweeps,
    thermalization: 0,
    tempering: true,
    temperatures: { ...range, count: ladder ?? bundles * model.lanes },
    copies: ladder === undefined ? 1 : bundles * copiesInBundle(model, ladder),
    measureEvery,
    parameters,
    seed: 1,
  })
}

/** Bundles that every number of threads can share out evenly, unless that were far too many. */
export function bundlesFor(threads: readonly number[]): number {
  const most = Math.max(...threads)
  const even = threads.reduce(leastCommonMultiple, 1)
  const bundles = even <= 4 * most ? even : most
  return bundles * Math.ceil(FEW_BUNDLES / bundles)
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return (a / x) * b
}

/** Sweeps with which one thread takes about that long; a multiple of what lies between two samples. */
async function sweepsFor(subject: Subject, size: number, bundles: number, seconds: number, signal?: AbortSignal): Promise<number> {
  const every = subject.workload.scaling.measureEvery
  // Twice as many until the clock says something, with kernels that are compiled by then.
  for (let rounds = 2; ; rounds *= 4) {
    const crew = await Crew.open(scalingPlan(subject, size, bundles, every * rounds), 1)
    try {
      await crew.run(signal)
      // The least of two: a stall would make the job too short.
      const taken = Math.min(await crew.run(signal), await crew.run(signal))
      if (taken > seconds / 8 || rounds > 1e9) return every * Math.max(1, Math.round((rounds * seconds) / taken))
    } finally {
      await crew.close()
    }
  }
}

/** Strong or weak scaling of one model, at its largest size. @throws MachineError where there is not enough memory, or threads cannot be started */
export async function measureThreadScaling(
  kind: 'strong' | 'weak',
  subject: Subject,
  settings: Settings,
  lengths: Lengths,
  watch: Watch,
): Promise<ThreadScaling> {
  const { threads, repeats } = settings
  const { name: model } = subject.model
  const size = subject.sizes.at(-1) ?? 0
  const what = `${kind} scaling, ${model}, L = ${size}`
  const bundlesOf = (count: number): number => (kind === 'strong' ? bundlesFor(threads) : BUNDLES_EACH * count)
  watch.onStep(`${what}: how long the job must be`, lengths[kind] / 2)
  const sweeps = await sweepsFor(subject, size, bundlesOf(1), lengths[kind], watch.signal)
  const teams: Team[] = []
  try {
    for (const count of threads) teams.push(await openTeam(scalingPlan(subject, size, bundlesOf(count), sweeps), count))
    const steps = (await teams[0]?.control.stepsFor(lengths.control)) ?? 1
    // The first round is not counted.
    for (let round = -1; round < repeats; round++) {
      const order = round % 2 === 0 ? teams : [...teams].reverse()
      for (const { count, crew, control, seen } of order) {
        const name = round < 0 ? 'warming up' : `round ${round + 1} of ${repeats}`
        watch.onStep(`${what}: ${name}, ${counted(count, 'thread')}`, lengths[kind] / (kind === 'strong' ? count : 1) + lengths.control)
        const seconds = await crew.run(watch.signal)
        const plain = await control.run(steps)
        watch.signal?.throwIfAborted()
        if (round < 0) continue
        seen.seconds.push(seconds)
        seen.control.push(plain)
      }
    }
    const first = scalingPlan(subject, size, bundlesOf(1), sweeps)
    return {
      kind,
      model,
      size,
      job: titleOf(first, kind, sweeps),
      threads,
      updates: teams.map(({ crew }) => crew.updates),
      seconds: teams.map(({ seen }) => seen.seconds),
      control: teams.map(({ seen }) => seen.control),
    }
  } finally {
    for (const { crew, control } of teams) await Promise.all([crew.close(), control.close()])
  }
}

interface Team {
  readonly count: number
  readonly crew: Crew
  readonly control: Control
  readonly seen: { readonly seconds: number[]; readonly control: number[] }
}

async function openTeam(plan: Plan, count: number): Promise<Team> {
  const crew = await Crew.open(plan, count)
  try {
    return { count, crew, control: await Control.open(count), seen: { seconds: [], control: [] } }
  } catch (error) {
    await crew.close()
    throw error
  }
}

function titleOf(plan: Plan, kind: 'strong' | 'weak', sweeps: number): string {
  const { job, ladders } = plan
  const replicas = ladders.reduce((sum, { slots }) => sum + slots.length, 0)
  const each = kind === 'weak' ? ' for each thread' : ''
  const meet = ladders.length === 1 ? 'one ladder, threads meet every round' : counted(ladders.length, 'ladder')
  return `${replicas} replicas in ${bundleCount(plan)} bundles${each} (${meet}), ${sweeps} sweeps, ${job.update}, tempering, measured every ${job.measureEvery}`
}

/** Nanoseconds of a meeting of 2, 4 ... threads at the barrier of a team. */
export async function measureBarriers(settings: Settings, lengths: Lengths, watch: Watch): Promise<Measurement[]> {
  const counts = settings.threads.filter((count) => count > 1)
  const controls: { readonly count: number; readonly control: Control; readonly values: number[] }[] = []
  const seconds = lengths.sliceMilliseconds / 1000
  try {
    for (const count of counts) controls.push({ count, control: await Control.open(count), values: [] })
    for (let round = -1; round < settings.repeats; round++) {
      for (const { count, control, values } of controls) {
        watch.onStep(`barrier of ${count} threads`, seconds)
        const value = await control.barrier(seconds)
        watch.signal?.throwIfAborted()
        if (round >= 0) values.push(value)
      }
    }
  } finally {
    for (const { control } of controls) await control.close()
  }
  return controls.map(({ count, values }) => ({
    part: 'kernels',
    name: `barrier-${count}-threads`,
    longName: `barrier of ${count} threads`,
    unit: 'ns',
    values,
  }))
}
