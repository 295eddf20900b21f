import { z } from 'zod'
import { knownMoves, modelNames, models } from '../model/registry.ts'
import { SEEDS } from '../engine/random/read-seed.ts'

/** Most sweeps that a double still counts exactly, with room to spare. */
const MAX_SWEEPS = 1e15
const whole = (from: number, to: number) => z.number().int().min(from).max(to)
const parameter = z.number()
/** Control characters would break the line that a title is shown on, and NUL would end it in the archive. */
const title = z
  .string()
  .max(1000)
  .regex(/^[^\p{Cc}]+$/u)

/**
 * The job file, before defaults: what a user writes, with the keys of the flags in camelCase.
 * `job.schema.json` is made from it.
 */
export const jobSchema = z
  .strictObject({
    title: title.optional().describe('A title, kept in the archive'),
    model: z.union([z.enum(modelNames as [string, ...string[]]), z.string().min(1)]).describe('The model'),
    size: z.union([whole(2, 1e9), z.array(whole(2, 1e9)).min(1)]).describe('Linear sizes L; one simulation each'),
    temperatures: z
      .union([
        z.string(),
        z.number(),
        z.array(z.union([z.number(), z.string()])),
        z.strictObject({ start: z.number(), stop: z.number(), step: z.number().optional(), count: z.number().optional() }),
      ])
      .describe('A list, a range as text (start:stop:step or start:stop/count), or { start, stop, count }; k_B = 1'),
    sweeps: whole(1, MAX_SWEEPS).optional().describe('Sweeps that are measured, per replica; default 10000'),
    thermalization: whole(0, MAX_SWEEPS).optional().describe('Sweeps before the first measurement; default a tenth of sweeps'),
    measureEvery: whole(1, 1e9).optional().describe('Sweeps from one sample to the next; default 1'),
    update: z.string().optional().describe('How spins are updated; default: the first that the model names'),
    overrelax: whole(0, 1000)
      .optional()
      .describe(`Sweeps of over-relaxation after each sweep of the update (${knownMoves.models}); default ${knownMoves.overrelax}`),
    cluster: whole(0, 1000).optional().describe(`Cluster updates after each sweep (${knownMoves.models}); default ${knownMoves.cluster}`),
    reflections: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe(`Reflections that clusters are built of: ${knownMoves.reflections.join(', ')}; default: all that the parameters allow`),
    tempering: z
      .union([z.boolean(), z.strictObject({ along: z.string() })])
      .optional()
      .describe('Exchange temperatures between replicas, or { along: h } the values of a parameter; default false'),
    copies: whole(1, 1e6)
      .optional()
      .describe('Independent copies of the whole temperature grid; default: as many as fill the lanes of one bundle'),
    parameters: z
      .record(z.string(), z.union([parameter, z.array(parameter).min(1)]))
      .optional()
      .describe('Parameters of the model; a list makes one simulation for each value'),
    snapshots: whole(0, 1e6).optional().describe('Configurations kept per temperature; default 0'),
    series: z.boolean().optional().describe('Keep every sample, not only bins; default false'),
    seed: z
      .union([whole(0, Number.MAX_SAFE_INTEGER), z.string().regex(/^[0-9]{1,20}$/)])
      .optional()
      .describe(
        'Seed of all random numbers, 0 to 2^64 - 1; the same job with the same seed has the same chains, also with more sweeps, copies or thermalization, so independent data need another; default: drawn anew and kept in the archive',
      ),
    threads: whole(1, 1024).optional().describe('Worker threads; default SLURM_CPUS_PER_TASK or the cores there are'),
    timeLimit: z
      .string()
      .optional()
      .describe('Stop in time for this, with a checkpoint: 2h, 90m, 1-12:00:00; default none, or the end of the Slurm job'),
    checkpointEvery: z.string().optional().describe('Time from one checkpoint to the next; default 5m'),
    shard: z.string().optional().describe('Run the i-th of n parts of the job: i/n; default all of it'),
    out: z.string().min(1).optional().describe('The archive to write; default results/<model>-<date>.h5'),
  })
  .describe('A job of spinpool')

/** The same for a model at hand: all keys but its name. */
export const keysSchema = jobSchema.omit({ model: true })

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

/** A job as written in a file, whatever its model; input.ts has what the library takes. */
export type WrittenJob = DeepReadonly<z.input<typeof jobSchema>>

/** A job for a model at hand. */
export type WrittenKeys = DeepReadonly<z.input<typeof keysSchema>>

/** Names of all keys, in order. */
export const jobKeys: readonly string[] = Object.keys(jobSchema.shape)

/** What each key takes, for messages. */
export const allowed: Readonly<Record<string, string>> = {
  title: 'text on one line, up to 1000 characters',
  model: modelNames.join(', '),
  size: `whole numbers from 2 to ${Math.max(...models.map(({ maxSize }) => maxSize))}, one or a list`,
  temperatures: 'numbers above 0: a list, start:stop:step, start:stop/count, or { start, stop, count }',
  sweeps: 'whole numbers from 1 to 1e15',
  thermalization: 'whole numbers from 0 to 1e15',
  measureEvery: 'whole numbers from 1 to 1e9',
  update: 'the name of an update',
  overrelax: 'whole numbers from 0 to 1000',
  cluster: 'whole numbers from 0 to 1000',
  reflections: 'names of reflections, one or a list',
  tempering: 'true, false, or { along: the name of a parameter }',
  copies: 'whole numbers from 1 to 1e6',
  parameters: 'numbers, or lists of numbers, by name',
  snapshots: 'whole numbers from 0 to 1e6',
  series: 'true or false',
  seed: SEEDS,
  threads: 'whole numbers from 1 to 1024',
  timeLimit: 'a time such as 2h, 90m, 45s or 1-12:00:00',
  checkpointEvery: 'a time such as 5m or 30s',
  shard: 'i/n, the i-th of n parts',
  out: 'a path',
}

/** The JSON schema of the job file, for editors. */
export function jobJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(jobSchema, { io: 'input' })
  return { $schema, title: 'spinpool job', ...schema }
}
