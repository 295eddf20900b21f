import { type Benchmark, speedUps } from './benchmark.ts'
import type { Machine } from './machine.ts'
import { spreadOf } from './spread.ts'

// Two benchmarks side by side. Two runs differ by more than the repeats of one do, so the rule is about single repeats, not about
// their median: a change counts where the logarithm of the ratio of medians is beyond three standard deviations of one repeat of
// both together, and none of these is taken for less than 2 %. Where other programs took a fraction x of the cores' time, a change by
// a factor up to 1 - x may be theirs, and does not count either.

const DEVIATIONS = 3
const LEAST_SCATTER = 0.02

/** One number of both. */
export interface Change {
  readonly what: string
  readonly unit: string
  readonly before: number
  readonly after: number
  /** after / before */
  readonly ratio: number
  /** Standard deviation of the ratio, of single repeats. */
  readonly error: number
  readonly verdict: 'faster' | 'slower' | 'within noise'
}

export interface Comparison {
  readonly changes: readonly Change[]
  /** What only one of them has. */
  readonly onlyBefore: readonly string[]
  readonly onlyAfter: readonly string[]
  /** What differs between the machines and the settings, one line each: then a change may be due to that. */
  readonly differences: readonly string[]
  /** Fraction of the cores' time that other programs took, in whichever of the two benchmarks it was larger; 0 if it is not known. */
  readonly others: number
}

export function compareBenchmarks(before: Benchmark, after: Benchmark): Comparison {
  const [old, now] = [numbersOf(before), numbersOf(after)]
  const others = Math.max(...[before, after].map(({ quiet }) => (Number.isNaN(quiet.others) ? 0 : quiet.others)))
  const changes = [...now].flatMap(([what, { unit, values }]): Change[] => {
    const earlier = old.get(what)
    return earlier?.unit === unit ? [changeOf(what, unit, earlier.values, values, others)] : []
  })
  const missing = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>): string[] =>
    [...these.keys()].filter((what) => !those.has(what))
  return { changes, onlyBefore: missing(old, now), onlyAfter: missing(now, old), differences: differencesOf(before, after), others }
}

interface Numbers {
  readonly unit: string
  readonly values: readonly number[]
}

/** Everything that can be compared, by name. */
function numbersOf({ scalings, measurements }: Benchmark): Map<string, Numbers> {
  const all = new Map<string, Numbers>()
  for (const scaling of scalings) {
    const { kind, model, size, threads, updates, seconds } = scaling
    const ups = speedUps(scaling)
    for (const [i, count] of threads.entries()) {
      const name = `${kind} scaling, ${model}, L = ${size}, ${count} thread${count === 1 ? '' : 's'}`
      all.set(name, { unit: 'updates/ns', values: (seconds[i] ?? []).map((time) => (updates[i] ?? Number.NaN) / (1e9 * time)) })
      if (count > 1) all.set(`${name}, speed-up`, { unit: 'x', values: ups[i] ?? [] })
    }
  }
  for (const { part, longName, unit, values } of measurements) {
    // How well lattices compress belongs to the data, and would make another name of it.
    all.set(part === 'io' ? longName.replace(/, \d+ % of the size$/, '') : longName, { unit, values })
  }
  return all
}

/**
 * @param before and after: one value of each repeat
 * @param others fraction of the cores' time that other programs took, 0 to 1
 */
export function changeOf(what: string, unit: string, before: readonly number[], after: readonly number[], others = 0): Change {
  const [old, now] = [spreadOf(before), spreadOf(after)]
  const ratio = now.median / old.median
  const scatter = Math.hypot(Math.max(old.scatter, LEAST_SCATTER), Math.max(now.scatter, LEAST_SCATTER))
  const beyond = Math.abs(Math.log(ratio)) > Math.max(DEVIATIONS * scatter, -Math.log(1 - Math.min(1, others)))
  const better = unit === 'ns' ? ratio < 1 : ratio > 1
  const verdict = beyond ? (better ? 'faster' : 'slower') : 'within noise'
  return { what, unit, before: old.median, after: now.median, ratio, error: ratio * scatter, verdict }
}

const MACHINE: readonly (readonly [keyof Machine, string])[] = [
  ['host', 'host'],
  ['cpu', 'CPU'],
  ['cores', 'cores'],
  ['physicalCores', 'physical cores'],
  ['cpuLimit', 'limit of cores'],
  ['node', 'Node'],
  ['v8', 'V8'],
  ['os', 'system'],
]

function differencesOf(before: Benchmark, after: Benchmark): string[] {
  const machines = MACHINE.flatMap(([key, name]) => {
    const [old, now] = [before.machine[key], after.machine[key]]
    return old === now ? [] : [`another ${name}: ${old} before, ${now} now`]
  })
  const text = (value: unknown): string => JSON.stringify(value)
  const settings = (['parts', 'models', 'sizes', 'threads', 'repeats', 'quick'] as const).flatMap((key) => {
    const [old, now] = [text(before.settings[key]), text(after.settings[key])]
    return old === now ? [] : [`other ${key}: ${old} before, ${now} now`]
  })
  return [...machines, ...settings]
}
