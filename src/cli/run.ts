import { planInput, runJob } from '../run/run.ts'
import { openSession } from '../run/session.ts'
import { roundCount } from '../sampling/spec.ts'
import { EXIT } from '../errors.ts'
import type { Job } from '../job/types.ts'
import type { Where } from '../text/where.ts'
import { bundleCount, laddersOf, roundSeconds } from '../job/plan.ts'
import { shardName } from '../job/shard.ts'
import { formatBytes } from '../text/bytes.ts'
import { counted, formatSeconds } from '../text/number.ts'
import { jobFile, jobOptions, jobValues, readJob } from './job-flags.ts'
import { gridOf, showRun } from './session.ts'
import type { Terminal } from './terminal.ts'
import { type Flags, jsonOption, type Verb } from './verb.ts'
import { readWatch, watchOptions } from './watch-flags.ts'

/** `spinpool run`: runs a job, shows how far it is, and ends with the table and the archive's path. */
export const runVerb: Verb = {
  usage: 'run [job]',
  describe: 'Run a job: a YAML or JSON file, flags, or with nothing the built-in example',
  options: {
    ...jobOptions,
    force: { type: 'boolean', describe: 'Replace an archive that is there' },
    'dry-run': { type: 'boolean', describe: 'Check the job and say what would run; write nothing' },
    ...watchOptions,
    ...jsonOption,
  },
  values: jobValues,
  examples: [
    ['spinpool run', 'the built-in example: 2D Ising, L = 32, by tempering around T_c'],
    ['spinpool run --model o6', 'the built-in example of the six-component model, a minute or less'],
    ['spinpool run --size 16,32 --temperatures 2.0:2.6/13 --sweeps 1e5 --tempering', 'two sizes on a grid'],
    ['spinpool run --size 8 --temperatures 2.2 --along h -p h=0,0.1', 'replicas exchange the field'],
    ['spinpool run job.yaml --seed 7 --out results/job-7.h5', 'a job file, another seed'],
    ['spinpool run job.yaml --time-limit 2h --out results/long.h5', 'stop with a checkpoint before two hours are over'],
    ['spinpool run --model o6 --watch', 'look at it in the browser while it runs'],
    ['spinpool info results/job-7.h5 --job | spinpool run - --seed 8', 'the job from stdin'],
  ],
  act: async (flags, terminal) => {
    const { input, where } = await readJob(flags, jobFile(flags))
    readWatch(flags)
    if (flags.dryRun === true) return dryRun(input, where, terminal, flags)
    return showRun(terminal, flags, (settings) => runJob(input, { ...settings, where }))
  },
}

function sharing({ tempering }: Job): string {
  return typeof tempering === 'object' ? ` shared by all values of ${tempering.along}` : ''
}

async function dryRun(input: Record<string, unknown>, where: Where, terminal: Terminal, flags: Flags): Promise<number> {
  const plan = await planInput(input, where)
  const { job, shard } = plan
  const part = shard && shardName(shard)
  const threads = Math.min(openSession(input, { where }).threads, bundleCount(plan))
  const bytes = plan.bytes.reduce((a, b) => a + b, 0)
  const seconds = plan.ladders.reduce((sum, spec) => sum + roundCount(spec) * roundSeconds(spec), 0) / threads
  if (flags.json === true) {
    terminal.print(
      JSON.stringify({
        job,
        shard: part,
        simulations: plan.simulations.map(({ name }) => name),
        bundles: bundleCount(plan),
        threads,
        bytes,
        seconds,
      }),
    )
    return EXIT.done
  }
  for (const { name, ladders } of plan.simulations) {
    const specs = laddersOf(plan, { ladders })
    const bundles = specs.reduce((sum, spec) => sum + spec.bundles, 0)
    const own = specs.reduce((sum, spec) => sum + spec.slots.filter(({ rung }) => spec.points[rung]?.simulation === name).length, 0)
    const grid = part === undefined ? gridOf(job) : `${counted(own, 'replica')} of ${gridOf(job)}`
    terminal.print(`${name}: ${grid}, ${counted(bundles, 'bundle')}${sharing(job)}`)
  }
  terminal.print(
    `${part === undefined ? '' : `part ${part}: `}${formatBytes(bytes)} of shared memory, roughly ${formatSeconds(seconds)} on ${counted(threads, 'thread')}; nothing was run or written`,
  )
  return EXIT.done
}
