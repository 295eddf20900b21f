import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { defaultPlace } from '../archive/place.ts'
import { packageVersion } from '../archive/provenance.ts'
import { EXIT, FileError, MachineError, UsageError } from '../errors.ts'
import { readDuration } from '../text/duration.ts'
import { loadJob } from '../job/job.ts'
import { bundleCount, type Plan, planPart } from '../job/plan.ts'
import { shown } from '../text/suggestion.ts'
import { checkMemory, checkPartition, checkPath, checkTime, partPath, sbatchWords, slurmScript } from '../run/slurm-script.ts'
import { jobFile, jobOptions, jobValues, readJob } from './job-flags.ts'
import { type Flags, jsonOption, text, type Verb } from './verb.ts'

/** Parts where nothing else is said. */
const SHARDS = 4
/** Most cores that a part takes where nothing else is said: more wait longer for a node. */
const MOST_CPUS = 16

// How many threads a part has, for how long, and which it is, is for Slurm to say.
const { threads: _, 'time-limit': __, shard: ___, ...jobFlags } = jobOptions

/** `spinpool slurm`: the script that runs a job as an array of Slurm and merges its parts; with --submit also submits it. */
export const slurmVerb: Verb = {
  usage: 'slurm <job>',
  describe: 'Write the script that runs a job on a cluster with Slurm, or submit it',
  options: {
    ...jobFlags,
    shards: text(`Parts, tasks of the array [default: ${SHARDS}, or as many as the job can be cut into]`),
    'cpus-per-task': text(`Cores of each part [default: threads of the job file, else what a part can use, up to ${MOST_CPUS}]`),
    time: text('Time limit of each part, as Slurm writes it; the rest is requeued [default: 24:00:00]'),
    mem: text("Memory of each part, such as 8G [default: the cluster's]"),
    partition: text("The partition [default: the cluster's]"),
    sbatch: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: "More flags for sbatch, which win: --sbatch '--account=x --constraint=y'",
    },
    submit: { type: 'boolean', describe: 'Submit it, and say the numbers of the jobs' },
    'dry-run': { type: 'boolean', describe: 'Print the script, as without --submit' },
    force: { type: 'boolean', describe: 'With --submit: go on with parts that are there, and replace the merged archive' },
    ...jsonOption,
  },
  values: jobValues,
  examples: [
    ['spinpool slurm job.yaml --shards 8', 'print the script, to look at it; nothing is submitted'],
    ['spinpool slurm job.yaml --shards 8 --time 12:00:00 > job.sh', 'keep it, for bash job.sh'],
    ['spinpool slurm job.yaml --sbatch "--account=me" --submit', 'submit it'],
  ],
  act: async (flags, terminal) => {
    const { input, where } = await readJob(flags, jobFile(flags))
    if (flags.force === true && flags.submit !== true) {
      throw new UsageError('--force: goes with --submit; a script that was printed takes it itself: bash script.sh --force')
    }
    if (flags.submit === true && flags.dryRun === true) throw new UsageError('--submit and --dry-run: give one of them')
    if (input.shard !== undefined) {
      throw new UsageError(`${where('shard')}: ${shown(input.shard)} is not possible here; the job must be whole, it is cut by --shards`)
    }
    const { job, model } = await loadJob(input, where)
    // The nodes will say what memory they have.
    const plan = planPart(job, { model })
    const shards = readShards(flags, plan)
    const out = checkPath(resolve(typeof input.out === 'string' ? input.out : defaultPlace(job.model, new Date())), where('out'))
    const folder = checkPath(process.cwd(), 'the working folder')
    const script = slurmScript({
      job,
      shards,
      cpusPerTask: readCpus(flags, input.threads, plan, shards),
      time: checkTime(textOf(flags, 'time') ?? '24:00:00', '--time'),
      mem: checked(flags, 'mem', checkMemory),
      partition: checked(flags, 'partition', checkPartition),
      checkpointEvery: input.checkpointEvery === undefined ? undefined : checkInterval(input.checkpointEvery, where('checkpointEvery')),
      sbatch: [flags.sbatch ?? []].flat().flatMap((words) => sbatchWords(String(words), '--sbatch')),
      out,
      folder,
      command: [process.execPath, resolve(process.argv[1] ?? '')].map((path) => checkPath(path, 'the path of spinpool')),
      version: packageVersion(),
    })
    const parts = Array.from({ length: shards }, (_, i) => partPath(out, i + 1, shards))
    if (flags.submit !== true) {
      terminal.print(flags.json === true ? JSON.stringify({ script, out, parts }) : script.trimEnd())
      return EXIT.done
    }
    const present = flags.force === true ? undefined : [out, ...parts].find((path) => existsSync(path))
    if (present !== undefined) {
      throw new FileError(`${where('out')}: ${present} exists already; name another with --out, or go on with it with --force`)
    }
    const { array, merge } = submit(script, flags.force === true)
    if (flags.json === true) terminal.print(JSON.stringify({ array, merge }))
    else terminal.print(`array ${array}: ${shards === 1 ? 'one part' : `${shards} parts`}\nmerge ${merge}: ${out}`)
    return EXIT.done
  },
}

/** Runs the text that a dry run prints. */
function submit(script: string, force: boolean): { readonly array: number; readonly merge: number } {
  const { status, stdout, stderr, error } = spawnSync('bash', ['-s', '--', ...(force ? ['--force'] : [])], {
    input: script,
    encoding: 'utf8',
  })
  if (error) throw new MachineError(`--submit: bash cannot be run (${error.message})`)
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('; ')
  if (status !== 0) throw new MachineError(`--submit: nothing was submitted: ${said || `exit code ${status}`}`)
  const [array, merge] = ['array', 'merge'].map((name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stdout)?.[1]))
  if (!array || !merge) throw new MachineError(`--submit: sbatch did not say the number of the job, but ${shown(stdout.trim())}`)
  return { array, merge }
}

function readShards(flags: Flags, { ladders }: Plan): number {
  const most = ladders.length
  const given = textOf(flags, 'shards')
  if (given === undefined) return Math.min(SHARDS, most)
  if (/^\d+$/.test(given) && Number(given) >= 1 && Number(given) <= most) return Number(given)
  const why =
    /^\d+$/.test(given) && Number(given) > most ? `; the job has ${most === 1 ? 'one ladder' : `${most} ladders`}, and none is cut` : ''
  const allow = most === 1 ? '1; more --copies make more' : `whole numbers from 1 to ${most}`
  throw new UsageError(`--shards: ${shown(given)} is not possible${why}; allowed: ${allow}`)
}

/** As many threads have something to do in a part as it has bundles; ladders are whole. */
function readCpus(flags: Flags, threads: unknown, plan: Plan, shards: number): number {
  const given = textOf(flags, 'cpusPerTask')
  if (given === undefined) {
    if (typeof threads === 'number') return threads
    const largest = Math.max(...plan.ladders.map(({ bundles }) => bundles))
    return Math.min(MOST_CPUS, Math.max(largest, Math.ceil(bundleCount(plan) / shards)))
  }
  if (/^\d+$/.test(given) && Number(given) >= 1 && Number(given) <= 1024) return Number(given)
  throw new UsageError(`--cpus-per-task: ${shown(given)} is not possible; allowed: whole numbers from 1 to 1024`)
}

/** As written: the run will read it again. */
function checkInterval(interval: unknown, where: string): string {
  readDuration(interval, where)
  return String(interval)
}

function checked(flags: Flags, name: string, check: (value: string, where: string) => string): string | undefined {
  const value = textOf(flags, name)
  return value === undefined ? undefined : check(value, `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
}

function textOf(flags: Flags, name: string): string | undefined {
  return flags[name] === undefined ? undefined : String(flags[name])
}
