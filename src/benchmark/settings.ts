import { UsageError } from '../errors.ts'
import { resolveJobOf } from '../job/job.ts'
import type { Model } from '../model/model.ts'
import type { Where } from '../text/where.ts'
import { checkedThreads } from '../engine/pool/threads.ts'
import { didYouMean, shown } from '../text/suggestion.ts'

// What is measured. Refuses parts and models that there are not, and threads, sizes and repeats that are not possible.

export const parts = ['strong', 'weak', 'kernels', 'io'] as const
export type Part = (typeof parts)[number]

/** What somebody asks for; what is left out has a default. */
export interface SettingsInput {
  readonly only?: readonly string[] | undefined
  readonly models?: readonly string[] | undefined
  /** Linear sizes of the kernels; scaling is measured at the largest. */
  readonly sizes?: readonly number[] | undefined
  /** One number n stands for 1, 2, 4 ... n; default n: what Slurm gives, else the cores there are. */
  readonly threads?: readonly number[] | undefined
  /** Default 7; 3 if quick. */
  readonly repeats?: number | undefined
  /** Half a minute in all on two cores; default false, some minutes. */
  readonly quick?: boolean | undefined
}

/** With nothing left open. */
export interface Settings {
  readonly parts: readonly Part[]
  readonly models: readonly string[]
  /** Of each model, in the order of `models`, ascending. */
  readonly sizes: readonly (readonly number[])[]
  /** Ascending; 1 is among them. */
  readonly threads: readonly number[]
  readonly repeats: number
  readonly quick: boolean
}

const MOST_REPEATS = 1000

/**
 * @param models all that there are; those that say nothing of what to measure are left out
 * @throws UsageError
 */
export function readSettings(input: SettingsInput, models: readonly Model[], where: Where = (key) => key): Settings {
  const quick = input.quick ?? false
  const known = models.flatMap(({ name, physics }) => (physics.workload ? [name] : []))
  const bare = input.models?.find((name) => !known.includes(name) && models.some((model) => model.name === name))
  if (bare !== undefined) {
    throw new UsageError(`${where('model')}: the model ${bare} does not say what to measure; allowed: some of ${known.join(',')}`)
  }
  const chosen = choose(input.models, known, 'model', where)
  const repeats = input.repeats ?? (quick ? 3 : 7)
  if (!Number.isInteger(repeats) || repeats < 3 || repeats > MOST_REPEATS) {
    throw new UsageError(`${where('repeats')}: ${shown(repeats)} is not possible; allowed: whole numbers from 3 to ${MOST_REPEATS}`)
  }
  return {
    parts: choose(input.only, parts, 'only', where),
    models: chosen,
    sizes: models.filter(({ name }) => chosen.includes(name)).map((model) => sizesOf(model, input.sizes, quick, where)),
    threads: threadsOf(input.threads, where),
    repeats,
    quick,
  }
}

/** Some of what there is, in its order; all of it where nothing is asked for. */
function choose<T extends string>(asked: readonly string[] | undefined, known: readonly T[], key: string, where: Where): readonly T[] {
  if (asked === undefined) return known
  const unknown = asked.find((name) => !known.some((candidate) => candidate === name))
  if (unknown !== undefined || asked.length === 0) {
    const name = unknown ?? ''
    throw new UsageError(`${where(key)}: there is no ${shown(name)}${didYouMean(name, known)}; allowed: some of ${known.join(',')}`)
  }
  return known.filter((name) => asked.includes(name))
}

function sizesOf(model: Model, asked: readonly number[] | undefined, quick: boolean, where: Where): readonly number[] {
  const defaults = model.physics.workload?.sizes ?? []
  const sizes = asked ?? (quick ? defaults.slice(-1) : defaults)
  // The job knows what a size may be.
  const { size } = resolveJobOf(model, { size: sizes, temperatures: [1] }, where)
  return [...size].sort((a, b) => a - b)
}

function threadsOf(asked: readonly number[] | undefined, where: Where): readonly number[] {
  const [first, ...others] = asked ?? []
  const most = checkedThreads(first, where('threads'))
  if (others.length > 0) {
    const all = [most, ...others.map((count) => checkedThreads(count, where('threads')))]
    return [...new Set([1, ...all])].sort((a, b) => a - b)
  }
  const powers = Array.from({ length: 11 }, (_, k) => 2 ** k).filter((count) => count < most)
  return [...powers, most]
}

/** Lengths of what is timed, in seconds; slices of the kernels in milliseconds. */
export interface Lengths {
  /** One thread of strong scaling, of weak scaling, of the control. */
  readonly strong: number
  readonly weak: number
  readonly control: number
  readonly sliceMilliseconds: number
  /** Megabytes that are written and read. */
  readonly megabytes: number
}

export function lengthsOf({ quick, threads }: Settings): Lengths {
  const most = Math.max(...threads)
  // With all threads a job should still last a tenth of a second: slower than any clock or scheduler.
  const strong = Math.max(quick ? 0.5 : 3, 0.1 * most)
  return quick
    ? { strong, weak: 0.3, control: 0.1, sliceMilliseconds: 60, megabytes: 4 }
    : { strong, weak: 1, control: 0.3, sliceMilliseconds: 100, megabytes: 64 }
}

/** Roughly how long each part takes, in seconds, on a machine that scales. */
export function secondsOf(settings: Settings, cores: number): Readonly<Record<Part, number>> {
  const { strong, weak, control, sliceMilliseconds, megabytes } = lengthsOf(settings)
  const { threads, repeats, models, sizes, parts: chosen } = settings
  // A first round warms up, and finding out how long the job must be takes as long as half of one.
  const rounds = repeats + 1.5
  const sum = (seconds: (count: number) => number): number => threads.reduce((all, count) => all + seconds(count), 0)
  const overbooked = (count: number): number => Math.max(1, count / cores)
  const scaled = { strong: (count: number) => strong / Math.min(count, cores), weak: (count: number) => weak * overbooked(count) }
  const one = (kind: 'strong' | 'weak'): number =>
    models.length * (0.5 + rounds * sum((count) => scaled[kind](count) + control * overbooked(count)))
  const kernels = sizes.flat().length * 5 * (repeats + 1) * (sliceMilliseconds / 1000)
  const io = models.length * (1 + (repeats + 1) * megabytes * 0.035)
  const all = { strong: one('strong'), weak: one('weak'), kernels, io }
  return { strong: 0, weak: 0, kernels: 0, io: 0, ...Object.fromEntries(chosen.map((part) => [part, all[part]])) }
}
