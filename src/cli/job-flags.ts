import { basename } from 'node:path'
import type { Options } from 'yargs'
import { UsageError } from '../errors.ts'
import type { Where } from '../text/where.ts'
import { exampleJob } from '../job/example.ts'
import { jobKeys } from '../job/schema.ts'
import { shown } from '../text/suggestion.ts'
import { knownModel, knownMoves, modelNames, models, updateNames } from '../model/registry.ts'
import { flagOf, toNumber } from './flag-values.ts'
import { type Flags, text } from './verb.ts'

// The flags of `run` that say what to run: each is also a key of the job file, in camelCase there. Values are taken as
// text and read at the edge, because yargs makes NaN of '1.5,2.5' and rounds seeds beyond 2^53.

export const jobOptions: Readonly<Record<string, Options>> = {
  model: text(`The model: ${modelNames.join(', ')}`),
  size: text('Linear sizes L, one simulation each: 16,32,64'),
  temperatures: text('2.0,2.269,2.5 or start:stop:step (stop included) or start:stop/count'),
  sweeps: text('Measured sweeps per replica [default: 10000]'),
  thermalization: text('Sweeps before the first measurement [default: a tenth of --sweeps]'),
  'measure-every': text('Sweeps between samples [default: 1]'),
  update: text(`How spins are updated: ${models.map(({ name, updates }) => `${updates.join(', ')} (${name})`).join('; ')}`),
  overrelax: text(`Sweeps of over-relaxation after each sweep, ${knownMoves.models} [default: ${knownMoves.overrelax}]`),
  cluster: text(`Cluster updates after each sweep, ${knownMoves.models} [default: ${knownMoves.cluster}]`),
  reflections: text(`What clusters are built of: ${knownMoves.reflections.join()} [default: all that the parameters allow]`),
  tempering: { type: 'boolean', describe: 'Exchange temperatures between replicas [default: no]' },
  along: text('Exchange along a parameter instead of the temperature; it needs a list: -p h=0,0.1'),
  copies: text('Independent copies of the whole grid [default: as many as fill one bundle]'),
  parameter: {
    type: 'string',
    alias: 'p',
    array: true,
    nargs: 1,
    describe: 'A parameter of the model: -p J=1 -p h=0; -p h=0,0.1 for one simulation each',
  },
  snapshots: text('Configurations to keep per temperature [default: 0]'),
  series: { type: 'boolean', describe: 'Keep every sample, not only bins [default: no]' },
  seed: text(
    'Seed of all random numbers; the same one gives the same chains, also with more sweeps, copies or thermalization: independent data need another [default: drawn anew, and kept in the archive]',
  ),
  title: text('A title, kept in the archive'),
  threads: text('Worker threads [default: SLURM_CPUS_PER_TASK, else the cores there are]'),
  'time-limit': text('Stop in time for this, with a checkpoint: 2h, 90m, 1-12:00:00 [default: none, or the end of the Slurm job]'),
  'checkpoint-every': text('Time from one checkpoint to the next [default: 5m]'),
  shard: text('Run the i-th of n parts of the job, to be merged: 2/4'),
  out: { ...text('The archive to write [default: results/<model>-<date>.h5]'), alias: 'o' },
}

/** What a shell may complete. */
export const jobValues: Readonly<Record<string, readonly string[]>> = {
  model: modelNames,
  update: updateNames,
}

const NUMBERS = new Set(['sweeps', 'thermalization', 'measureEvery', 'overrelax', 'cluster', 'copies', 'snapshots', 'threads'])

/**
 * The job that file and flags ask for together; flags win. The file `-` is what comes on stdin. Without a file, and without
 * --size and --temperatures, flags change the model's built-in example.
 */
export async function readJob(
  flags: Flags,
  file: string | undefined,
): Promise<{ readonly input: Record<string, unknown>; readonly where: Where }> {
  const given = fromFlags(flags)
  if (file === undefined) {
    const name = String(given.model ?? modelNames[0])
    const model = given.size === undefined && given.temperatures === undefined ? knownModel(name) : undefined
    return { input: { model: name, ...(model && exampleJob(model)), ...given }, where: flagName }
  }
  const { loadJobFile, loadJobStream } = await import('../job/load.ts')
  const [written, name] = file === '-' ? [await loadJobStream(process.stdin), 'stdin'] : [loadJobFile(file), basename(file)]
  // What is no mapping of parameters stays as it is, for the message that says so.
  const both =
    isMapping(written.parameters) && isMapping(given.parameters) ? { parameters: { ...written.parameters, ...given.parameters } } : {}
  return { input: { ...written, ...given, ...both }, where: (key) => (isGiven(given, key) ? flagName(key) : `${name}: ${key}`) }
}

/** The job file that was named, if any; yargs takes a lone dash for a flag without a value. */
export function jobFile({ job }: Flags): string | undefined {
  return job === undefined ? undefined : job === true ? '-' : String(job)
}

/** What flags and a job file say of a job that is in an archive already. */
export async function readChanges(
  flags: Flags,
  file: string | undefined,
): Promise<{ readonly keys: Record<string, unknown>; readonly whole: boolean; readonly where: Where }> {
  if (file === undefined) return { keys: fromFlags(flags), whole: false, where: flagName }
  const { input, where } = await readJob(flags, file)
  return { keys: input, whole: true, where }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `sweeps`, or `parameters.J` for one parameter. */
function isGiven(given: Readonly<Record<string, unknown>>, key: string): boolean {
  const [name = '', parameter] = key.split('.')
  if (parameter === undefined) return Object.hasOwn(given, name)
  return isMapping(given[name]) && Object.hasOwn(given[name], parameter)
}

function flagName(key: string): string {
  if (key === 'tempering.along') return '--along'
  if (key.startsWith('parameters')) return key.replace(/^parameters\.?/, '--parameter ').trim()
  return flagOf(key)
}

function fromFlags(flags: Flags): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const key of jobKeys) {
    const value = flags[key]
    if (value === undefined || key === 'parameters') continue
    if (key === 'size') given.size = oneOrList(String(value))
    else if (key === 'reflections') given.reflections = String(value).split(',')
    else given[key] = NUMBERS.has(key) ? toNumber(String(value)) : value
  }
  if (flags.along !== undefined) {
    if (flags.tempering === false) throw new UsageError('--along: exchanges along a parameter are tempering; leave --no-tempering out')
    given.tempering = { along: String(flags.along) }
  }
  const parameters = flags.parameter
  if (Array.isArray(parameters)) {
    const entries = parameters.map(readParameter)
    const twice = entries.find(([name], i) => entries.findIndex((entry) => entry[0] === name) < i)?.[0]
    if (twice !== undefined) throw new UsageError(`--parameter ${twice}: given more than once; for several values write -p ${twice}=1,2`)
    given.parameters = Object.fromEntries(entries)
  }
  return given
}

function oneOrList(text: string): number | string | (number | string)[] {
  const values = text.split(',').map(toNumber)
  return values.length === 1 ? (values[0] as number | string) : values
}

function readParameter(entry: unknown): [string, number | string | (number | string)[]] {
  const match = /^([A-Za-z]\w*)=(.+)$/.exec(String(entry))
  if (!match) throw new UsageError(`--parameter: ${shown(String(entry))} is not possible; allowed: name=value, such as -p J=1`)
  return [match[1] as string, oneOrList(match[2] as string)]
}
