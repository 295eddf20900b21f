import { openArchive } from '../archive/read.ts'
import { runJob } from '../coordinator/run.ts'
import { roundCount } from '../ensemble/memory.ts'
import { EXIT } from '../errors.ts'
import { type Job, resolveJob } from '../job/job.ts'
import { bundleCount, copiesForThreads, type Plan, planJob, roundSeconds } from '../job/plan.ts'
import { formatBytes } from '../memory/arena.ts'
import { findModel } from '../model/registry.ts'
import { threadCount } from '../pool/threads.ts'
import { formatSeconds } from '../report/number.ts'
import { summaryJson } from '../report/summary.ts'
import { observableTable } from '../report/table.ts'
import { jobOptions, readJob } from './job-flags.ts'
import type { Terminal } from './terminal.ts'
import { type Flags, jsonOption, type Verb } from './verb.ts'

/** `spinpool run`: runs a job, shows how far it is, and ends with the table and the archive's path. */
export const runVerb: Verb = {
  usage: 'run [job]',
  describe: 'Run a job: a YAML or JSON file, flags, or with nothing the built-in example',
  options: {
    ...jobOptions,
    force: { type: 'boolean', describe: 'Replace an archive that is there' },
    'dry-run': { type: 'boolean', describe: 'Check the job and say what would run; write nothing' },
    ...jsonOption,
  },
  examples: [
    ['spinpool run', 'the built-in example: 2D Ising, L = 32, by tempering around T_c'],
    ['spinpool run --model o6', 'the built-in example of the six-component model, a minute or less'],
    ['spinpool run --size 16,32 --temperatures 2.0:2.6/13 --sweeps 1e5 --tempering', 'two sizes on a grid'],
    ['spinpool run --size 8 --temperatures 2.2 --along h -p h=0,0.1', 'replicas exchange the field'],
    ['spinpool run job.yaml --seed 7 --out results/job-7.h5', 'a job file, another seed'],
  ],
  act: async (flags, terminal) => {
    const { input, where } = await readJob(flags, flags.job === undefined ? undefined : String(flags.job))
    if (flags.dryRun === true) return dryRun(input, where, terminal, flags)
    const abort = new AbortController()
    const stop = (signal: NodeJS.Signals): void => {
      if (!abort.signal.aborted) terminal.info(`${signal}: finishing the round and writing what was measured ...`)
      abort.abort()
    }
    const signals = ['SIGINT', 'SIGTERM'] as const
    for (const signal of signals) process.on(signal, stop)
    try {
      const result = await runJob(input, {
        force: flags.force === true,
        command: `spinpool ${process.argv.slice(2).join(' ')}`,
        signal: abort.signal,
        where,
        onProgress: (progress) => terminal.progress(progress),
        onWarning: (warning) => terminal.warn(warning),
        onStart: (plan, path, threads) => announce(plan, path, threads, terminal),
      })
      await report(result.path, result.elapsedSeconds, terminal, flags)
      if (result.status === 'complete') return EXIT.done
      const measured = result.simulations.some(({ samples }) => samples.some((count) => count > 0))
      terminal.warn(
        `stopped early${measured ? '' : ', still thermalizing: nothing was measured yet'}; ${result.path} has status interrupted`,
      )
      return EXIT.interrupted
    } finally {
      for (const signal of signals) process.off(signal, stop)
      terminal.clear()
    }
  },
}

function announce(plan: Plan, path: string, threads: number, terminal: Terminal): void {
  const { job, simulations } = plan
  const bundles = bundleCount(plan)
  const replicas = job.copies * job.temperatures.length * simulations.length
  terminal.info(
    `${job.title}: ${simulations.map((simulation) => simulation.name).join(', ')}; ${grid(job)} = ${counted(replicas, 'replica')} in ${counted(bundles, 'bundle')} on ${counted(Math.min(threads, bundles), 'thread')}`,
  )
  terminal.info(`writing ${path}`)
  const copies = copiesForThreads(plan, threads)
  if (copies !== undefined) {
    terminal.info(`${counted(bundles, 'bundle')} cannot keep ${threads} threads busy; --copies ${copies} would`)
  }
}

function grid({ temperatures, copies }: Job): string {
  return `${counted(temperatures.length, 'temperature')} x ${counted(copies, 'copy', 'copies')}`
}

function sharing({ tempering }: Job): string {
  return typeof tempering === 'object' ? ` shared by all values of ${tempering.along}` : ''
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

async function report(path: string, seconds: number, terminal: Terminal, flags: Flags): Promise<void> {
  terminal.clear()
  const archive = await openArchive(path)
  try {
    if (flags.json === true) {
      terminal.print(JSON.stringify({ path, ...summaryJson(archive) }))
    } else {
      for (const simulation of archive.simulations) {
        terminal.print(`\n${simulation.name}`)
        terminal.print(observableTable(simulation, findModel(simulation.model)))
      }
      terminal.print(`\n${path}`)
    }
    for (const simulation of archive.simulations) for (const warning of simulation.warnings) terminal.warn(`${simulation.name}: ${warning}`)
    terminal.info(`done in ${formatSeconds(seconds)}`)
  } finally {
    archive.close()
  }
}

function dryRun(input: Record<string, unknown>, where: (key: string) => string, terminal: Terminal, flags: Flags): number {
  const job = resolveJob(input, where)
  const plan = planJob(job)
  const threads = Math.min(threadCount(typeof input.threads === 'number' ? input.threads : undefined), bundleCount(plan))
  const bytes = plan.bytes.reduce((a, b) => a + b, 0)
  const seconds = plan.ensembles.reduce((sum, spec) => sum + roundCount(spec) * roundSeconds(spec, findModel(spec.model)), 0) / threads
  if (flags.json === true) {
    terminal.print(
      JSON.stringify({ job, simulations: plan.simulations.map(({ name }) => name), bundles: bundleCount(plan), threads, bytes, seconds }),
    )
    return EXIT.done
  }
  for (const { name, ensembles } of plan.simulations) {
    const bundles = ensembles.reduce((sum, spec) => sum + spec.bundles, 0)
    terminal.print(`${name}: ${grid(job)}, ${counted(bundles, 'bundle')}${sharing(job)}`)
  }
  terminal.print(
    `${formatBytes(bytes)} of shared memory, roughly ${formatSeconds(seconds)} on ${counted(threads, 'thread')}; nothing was run or written`,
  )
  return EXIT.done
}
