import { dirname } from 'node:path'
import type { Benchmark } from '../benchmark/benchmark.ts'
import type { Comparison } from '../benchmark/compare.ts'
import type { Settings, SettingsInput } from '../benchmark/settings.ts'
import { EXIT, UsageError } from '../errors.ts'
import { models } from '../model/registry.ts'
import { shown } from '../text/suggestion.ts'
import type { Terminal } from './terminal.ts'
import { wholeNumber } from './flag-values.ts'
import { type Flags, jsonOption, type Verb } from './verb.ts'

/** Names and sizes of the models that say what to measure. */
const measured = models.flatMap(({ name, physics }) => (physics.workload ? [{ name, sizes: physics.workload.sizes }] : []))

// Exit codes of a process that a signal ends, as shells have them. It is not 75: there is nothing that could be resumed.
const ENDED = { SIGINT: 130, SIGTERM: 143 } as const

/** `spinpool bench`: how fast this machine is and how it scales, or two benchmarks side by side. */
export const benchVerb: Verb = {
  usage: 'bench',
  describe: 'Scaling on this machine: strong, weak, kernels, archives',
  options: {
    only: { type: 'string', requiresArg: true, describe: 'Parts: strong,weak,kernels,io [default: all]' },
    model: { type: 'string', requiresArg: true, describe: `Models: ${measured.map(({ name }) => name).join()} [default: all]` },
    size: {
      type: 'string',
      requiresArg: true,
      describe: `Linear sizes L of the kernels; scaling takes the largest [default: ${measured.map(({ name, sizes: own }) => `${name} ${own.join()}`).join('; ')}]`,
    },
    threads: {
      type: 'string',
      requiresArg: true,
      describe: 'n for 1, 2, 4 ... n, or a list: 1,3,6 [default: SLURM_CPUS_PER_TASK, else the cores there are]',
    },
    repeats: { type: 'string', requiresArg: true, describe: 'How often all is measured [default: 7; 3 with --quick]' },
    quick: { type: 'boolean', describe: 'Shorter: half a minute on two cores [default: a few minutes]' },
    out: { type: 'string', alias: 'o', requiresArg: true, describe: 'The file to write [default: results/bench-<host>-<date>.h5]' },
    force: { type: 'boolean', describe: 'Replace a file that is there' },
    compare: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'OLD.h5: measure as it did, and say what changed; OLD.h5 NEW.h5: compare these two, measure nothing',
    },
    'dry-run': { type: 'boolean', describe: 'Say what would be measured and how long it takes; write nothing' },
    ...jsonOption,
  },
  examples: [
    ['spinpool bench --quick', 'a first look, half a minute'],
    ['spinpool bench --only strong,weak --threads 16', 'scaling alone, with 1, 2, 4, 8 and 16 threads'],
    ['spinpool bench --compare results/bench-before.h5', 'after an update: what has become faster or slower'],
  ],
  act: async (flags, terminal) => {
    const compared = [flags.compare ?? []].flat().map(String)
    if (compared.length > 2) throw new UsageError(`--compare: ${compared.length} files are not possible; allowed: OLD.h5, or OLD.h5 NEW.h5`)
    const { readBenchmark } = await import('../benchmark/file.ts')
    const { compareBenchmarks } = await import('../benchmark/compare.ts')
    const [before, after] = await Promise.all(compared.map(readBenchmark))
    if (before && after) {
      refuseBeside(flags)
      await printComparison(compareBenchmarks(before, after), terminal, flags)
      return EXIT.done
    }
    const { readSettings } = await import('../benchmark/settings.ts')
    const settings = asBefore(
      readSettings(inputOf(flags, before), models, (key) => `--${key}`),
      before,
      flags,
    )
    if (flags.dryRun === true) return dryRun(settings, terminal, flags)
    return measure(settings, before, compared, terminal, flags)
  },
}

const MEASURING = ['only', 'model', 'size', 'threads', 'repeats', 'quick', 'out', 'force', 'dryRun'] as const

/** @throws UsageError for flags that have no meaning where nothing is measured */
function refuseBeside(flags: Flags): void {
  const odd = MEASURING.find((name) => flags[name] !== undefined)
  if (odd !== undefined) {
    throw new UsageError(
      `--${odd === 'dryRun' ? 'dry-run' : odd}: nothing is measured where two files are compared; leave it out, or name one file with --compare`,
    )
  }
}

/** What the flags ask for; what they leave open is as it was before, if something is to be compared. */
function inputOf(flags: Flags, before: Benchmark | undefined): SettingsInput {
  const words = (name: string): string[] | undefined => (flags[name] === undefined ? undefined : String(flags[name]).split(','))
  const numbers = (name: string): number[] | undefined =>
    words(name)?.map((word) => {
      const number = word.trim() === '' ? Number.NaN : Number(word)
      if (!Number.isInteger(number))
        throw new UsageError(`--${name}: ${shown(String(flags[name]))} is not possible; allowed: whole numbers such as 8 or 4,8,16`)
      return number
    })
  const quick = typeof flags.quick === 'boolean' ? flags.quick : undefined
  const was = before?.settings
  return {
    only: words('only') ?? was?.parts,
    models: words('model') ?? was?.models,
    sizes: numbers('size'),
    threads: numbers('threads') ?? was?.threads,
    repeats: wholeNumber(flags, 'repeats', 3) ?? was?.repeats,
    quick: quick ?? was?.quick,
  }
}

/** Sizes are those of before, model by model. */
function asBefore(settings: Settings, before: Benchmark | undefined, flags: Flags): Settings {
  if (!before || flags.size !== undefined) return settings
  const was = before.settings
  return { ...settings, sizes: settings.models.map((model, i) => was.sizes[was.models.indexOf(model)] ?? settings.sizes[i] ?? []) }
}

async function dryRun(settings: Settings, terminal: Terminal, flags: Flags): Promise<number> {
  const { describeMachine } = await import('../benchmark/machine.ts')
  const { secondsOf } = await import('../benchmark/settings.ts')
  const { formatSeconds } = await import('../text/number.ts')
  const { cores } = describeMachine()
  const seconds = secondsOf(settings, cores)
  const all = Object.values(seconds).reduce((a, b) => a + b, 0)
  if (flags.json === true) {
    terminal.print(JSON.stringify({ settings, seconds: all, secondsByPart: seconds }))
    return EXIT.done
  }
  const { models, sizes, threads, repeats, parts } = settings
  warnOfCores(settings, cores, terminal)
  for (const part of parts) terminal.print(`${part}: roughly ${formatSeconds(seconds[part])}`)
  terminal.print(models.map((model, i) => `${model}: L = ${(sizes[i] ?? []).join(', ')}`).join('; '))
  terminal.print(
    `threads: ${threads.join(', ')}; ${repeats} repeats; roughly ${formatSeconds(all)} in all; nothing was measured or written`,
  )
  return EXIT.done
}

function warnOfCores({ threads }: Settings, cores: number, terminal: Terminal): void {
  const most = Math.max(...threads)
  if (most > cores) terminal.warn(`--threads: ${most} is more than the ${cores} cores there are; they will wait for each other`)
}

async function measure(
  settings: Settings,
  before: Benchmark | undefined,
  compared: readonly string[],
  terminal: Terminal,
  flags: Flags,
): Promise<number> {
  const { availableParallelism, hostname } = await import('node:os')
  const { checkNoSource, freePlace } = await import('../archive/place.ts')
  const { runBenchmark } = await import('../benchmark/run.ts')
  const { writeBenchmark } = await import('../benchmark/file.ts')
  const { compareBenchmarks } = await import('../benchmark/compare.ts')
  const out = flags.out === undefined ? undefined : String(flags.out)
  checkNoSource(out, compared, 'what is compared with')
  // Names of hosts may have dots, and anything else where somebody chose so.
  const name = `bench-${hostname().replaceAll(/[^\w.-]/g, '-')}`
  const place = freePlace(out, name, new Date(), flags.force === true)
  warnOfCores(settings, availableParallelism(), terminal)
  const signals = hearEnd(terminal)
  let benchmark: Benchmark
  try {
    benchmark = await runBenchmark(settings, models, {
      folder: dirname(place.path),
      signal: signals.signal,
      onProgress: (fraction, what) => terminal.bar(fraction, what),
      command: `spinpool ${process.argv.slice(2).join(' ')}`,
    })
  } catch (error) {
    if (signals.ended === undefined) throw error
    terminal.warn(`stopped by ${signals.ended}; nothing was written`)
    return ENDED[signals.ended]
  } finally {
    signals.release()
    terminal.clear()
  }
  const path = await writeBenchmark(place, benchmark)
  const comparison = before && compareBenchmarks(before, benchmark)
  const { benchmarkJson, benchmarkTables, comparisonTable } = await import('../view/report/benchmark.ts')
  if (flags.json === true) {
    terminal.print(JSON.stringify({ path, ...benchmarkJson(benchmark), ...(comparison ? { comparison } : {}) }))
  } else {
    terminal.print(benchmarkTables(benchmark))
    if (comparison) terminal.print(`\n${comparisonTable(comparison)}`)
    terminal.print(`\n${path}`)
  }
  return EXIT.done
}

async function printComparison(comparison: Comparison, terminal: Terminal, flags: Flags): Promise<void> {
  const { comparisonTable } = await import('../view/report/benchmark.ts')
  terminal.print(flags.json === true ? JSON.stringify(comparison) : comparisonTable(comparison))
}

interface End {
  readonly signal: AbortSignal
  /** The signal that came. */
  readonly ended: keyof typeof ENDED | undefined
  release(): void
}

/** The first SIGINT or SIGTERM ends the measurements; a second one the process. */
function hearEnd(terminal: Terminal): End {
  const abort = new AbortController()
  let ended: keyof typeof ENDED | undefined
  const on = (signal: NodeJS.Signals): void => {
    ended = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT'
    terminal.info(`${signal}: stopping ...`)
    abort.abort()
    release()
  }
  const release = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, on)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, on)
  return {
    signal: abort.signal,
    get ended() {
      return ended
    },
    release,
  }
}
