import type { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { Tempering } from '../sampling/spec.ts'
import { formatBytes } from '../text/bytes.ts'
import { configurationBytes } from '../model/configuration.ts'
import type { Model, Parameters } from '../model/model.ts'
import { loadModel, unknownModel } from '../model/load.ts'
import { knownModel } from '../model/registry.ts'
import type { ModelName } from '../model/types.ts'
import { readSeed } from '../engine/random/read-seed.ts'
import { allowed, type WrittenJob, type WrittenKeys, jobKeys, jobSchema, keysSchema } from './schema.ts'
import { readMoves } from './moves.ts'
import { parameterSets } from './parameter-sets.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import type { Where } from '../text/where.ts'
import { readTemperatures } from './temperatures.ts'
import type { Job } from './types.ts'

/**
 * Fills in defaults and checks everything that can be checked before anything starts.
 *
 * @param where names the origin of a key in messages
 * @throws UsageError with the key, the value, what is allowed, and a did-you-mean for unknown names
 */
export function resolveJob(input: unknown, where: Where = (key) => key): Job<ModelName> {
  const parsed = parseInput(jobSchema, input, where)
  // Every name was checked against the model, which the compiler knows.
  const model = knownModel(parsed.model)
  if (!model) throw unknownModel(parsed.model, where('model'))
  return resolved(model, parsed, input, where) as Job<ModelName>
}

/** The same for any model that can be loaded, and the model. @throws UsageError as `resolveJob` */
export async function loadJob(input: unknown, where: Where): Promise<{ readonly job: Job; readonly model: Model }> {
  const parsed = parseInput(jobSchema, input, where)
  const model = await loadModel(parsed.model, where('model'))
  return { model, job: resolved(model, parsed, input, where) }
}

/**
 * The same for a model at hand, which need not be among those that are known by name.
 *
 * @param keys the job without the model's name
 */
export function resolveJobOf(model: Model, keys: WrittenKeys, where: Where = (key) => key): Job {
  return resolved(model, parseInput(keysSchema, keys, where), keys, where)
}

function resolved(model: Model, parsed: WrittenKeys, input: unknown, where: Where): Job {
  const size = unique([parsed.size].flat(), where('size'))
  for (const [i, L] of size.entries()) {
    if (L > model.maxSize) {
      throw new UsageError(
        `${where('size')}${Array.isArray(parsed.size) ? `[${i}]` : ''}: L = ${L} would need ${formatBytes(configurationBytes(model, L))} for the lattices of one bundle alone; allowed: from 2 to ${model.maxSize}`,
      )
    }
  }
  const temperatures = readTemperatures(parsed.temperatures, where('temperatures'))
  const sweeps = parsed.sweeps ?? 10_000
  const measureEvery = parsed.measureEvery ?? 1
  if (measureEvery > sweeps) {
    throw new UsageError(
      `${where('measureEvery')}: ${measureEvery} is more than the ${sweeps} sweeps there are, nothing would be measured; allowed: from 1 to ${sweeps}`,
    )
  }
  const update = parsed.update ?? model.updates[0]
  if (!model.updates.includes(update)) {
    throw new UsageError(
      `${where('update')}: the model ${model.name} has no update ${shown(update)}${didYouMean(update, model.updates)}; allowed: ${model.updates.join(', ')}`,
    )
  }
  const parameters = readParameters(model, parsed.parameters ?? {}, namesIn(input), where)
  const sets = parameterSets(parameters).map((set) => set.parameters)
  refuseTogether(model, sets, where)
  refuseHot(model, update, sets, temperatures, where)
  const moves = readMoves(model, parsed, sets, where)
  const tempering = readTempering(model, parsed.tempering ?? false, temperatures, parameters, where)
  const samples = Math.floor(sweeps / measureEvery)
  const copies = parsed.copies ?? Math.max(1, Math.floor(model.lanes / exchanged(tempering, temperatures, parameters)))
  const snapshots = parsed.snapshots ?? 0
  if (Math.ceil(snapshots / copies) > samples) {
    throw new UsageError(
      `${where('snapshots')}: ${snapshots} per temperature, but ${copies} copies take only ${samples} samples each; allowed: up to ${samples * copies}`,
    )
  }
  return {
    title: parsed.title ?? `${model.title}, L = ${size.join(', ')}`,
    model: model.name,
    size,
    temperatures,
    sweeps,
    thermalization: parsed.thermalization ?? Math.ceil(sweeps / 10),
    measureEvery,
    update,
    ...moves,
    tempering,
    copies,
    parameters,
    snapshots,
    series: parsed.series ?? false,
    seed: readSeed(parsed.seed, where('seed')),
  }
}

/** Keys of a temperature range and of a tempering, the mappings inside a job with keys of their own. */
const RANGE_KEYS = ['start', 'stop', 'step', 'count'] as const
const TEMPERING_KEYS = ['along'] as const

function parseInput<T>(schema: z.ZodType<T>, input: unknown, where: Where): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UsageError(`the job is no mapping of keys to values; allowed keys: ${jobKeys.join(', ')}`)
  }
  const result = schema.safeParse(input)
  if (result.success) return result.data
  // A key that is misspelt also misses: its name says more.
  const { issues } = result.error
  const misspelt = issues.find(({ code, path }) => code === 'unrecognized_keys' && path.length === 0)
  // What else a job needs depends on its model.
  const { model } = input as { readonly model?: unknown }
  if (!misspelt && typeof model === 'string' && !knownModel(model)) throw unknownModel(model, where('model'))
  const issue = (misspelt ?? issues[0]) as z.core.$ZodIssue
  throw new UsageError(describeIssue(issue, input, where))
}

function describeIssue(issue: z.core.$ZodIssue, input: object, where: Where): string {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    const key = issue.keys[0] as string
    return `${where(key)}: unknown key${didYouMean(key, jobKeys)}; allowed: ${jobKeys.join(', ')}`
  }
  // A union reports one list of issues for each form; the longest path is the form that was meant.
  let path = issue.path
  let inner: z.core.$ZodIssue = issue
  while (inner.code === 'invalid_union' && inner.errors.length > 0) {
    const deepest = inner.errors.flat().sort((a, b) => b.path.length - a.path.length)[0]
    if (!deepest) break
    inner = deepest
    path = [...path, ...deepest.path]
  }
  const key = String(path[0])
  // The parameters are named one by one: a flag and the file may each give some.
  const named = key === 'parameters' && path.length > 1 ? 2 : 1
  const place = path.slice(named).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
  const at = `${where(path.slice(0, named).map(String).join('.'))}${place.join('')}`
  if (inner.code === 'unrecognized_keys') {
    const unknown = inner.keys[0] as string
    const known = key === 'tempering' ? TEMPERING_KEYS : RANGE_KEYS
    return `${at}.${unknown}: unknown key${didYouMean(unknown, known)}; allowed: ${known.join(', ')}`
  }
  const value = valueAt(input, path)
  if (value === undefined) return `${at}: missing; allowed: ${allowed[key] ?? ''}`
  return `${at}: ${shown(value)} is not possible; allowed: ${allowed[key] ?? ''}`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}

/** Names of the parameters as written; the schema drops a `__proto__` without a word. */
function namesIn(input: unknown): readonly string[] {
  return Object.keys((input as WrittenJob).parameters ?? {})
}

function unique(sizes: readonly number[], where: string): number[] {
  const twice = sizes.findIndex((L, i) => sizes.indexOf(L) !== i)
  if (twice >= 0) throw new UsageError(`${where}[${twice}]: ${sizes[twice]} is there twice; for more statistics use --copies or --sweeps`)
  return [...sizes]
}

function readParameters(
  model: Model,
  given: NonNullable<WrittenJob['parameters']>,
  written: readonly string[],
  where: Where,
): Job['parameters'] {
  const defaults = Object.fromEntries(model.parameters.map((parameter) => [parameter.name, parameter.default]))
  const names = Object.keys(defaults)
  const unknown = written.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new UsageError(
      `${where(`parameters.${unknown}`)}: unknown parameter of ${model.name}${didYouMean(unknown, names)}; allowed: ${names.join(', ')}`,
    )
  }
  for (const [name, value] of Object.entries(given)) {
    const at = where(`parameters.${name}`)
    const values = [value].flat()
    for (const [i, one] of values.entries()) {
      const place = Array.isArray(value) ? `${at}[${i}]` : at
      const wrong = model.parameters.find((parameter) => parameter.name === name)?.refuse?.(one)
      if (wrong !== undefined) throw new UsageError(`${place}: ${one} is not possible; it ${wrong}`)
    }
    const twice = values.findIndex((one, i) => values.indexOf(one) !== i)
    if (twice >= 0) throw new UsageError(`${at}[${twice}]: ${values[twice]} is there twice; use --copies or --sweeps for more statistics`)
  }
  return { ...defaults, ...given }
}

function refuseTogether(model: Model, sets: readonly Parameters[], where: Where): void {
  for (const set of sets) {
    const wrong = model.refuse?.(set)
    if (wrong) throw new UsageError(`${where(`parameters.${wrong.parameter}`)}: ${set[wrong.parameter]} is not possible; ${wrong.reason}`)
  }
}

function refuseHot(model: Model, update: string, sets: readonly Parameters[], temperatures: readonly number[], where: Where): void {
  const highest = Math.max(...temperatures)
  for (const set of sets) {
    const most = model.hottest?.(set, update) ?? Number.POSITIVE_INFINITY
    if (highest <= most) continue
    const named = Object.entries(set).map(([name, value]) => `${name} = ${value}`)
    throw new UsageError(
      `${where('temperatures')}: ${highest} is not possible with ${named.join(', ')}, where ${update} would not forget its start; allowed: up to ${most}`,
    )
  }
}

function readTempering(
  model: Model,
  given: Tempering,
  temperatures: readonly number[],
  parameters: Job['parameters'],
  where: Where,
): Tempering {
  if (typeof given === 'object') {
    const { along } = given
    const at = where('tempering.along')
    const names = model.parameters.map(({ name }) => name)
    const allow = `allowed: ${model.linear.join(', ') || 'none'}`
    if (!names.includes(along))
      throw new UsageError(`${at}: unknown parameter of ${model.name} ${shown(along)}${didYouMean(along, names)}; ${allow}`)
    if (!model.linear.includes(along)) throw new UsageError(`${at}: replicas of ${model.name} cannot exchange ${along}; ${allow}`)
    const values = [parameters[along] ?? []].flat()
    if (values.length < 2) {
      throw new UsageError(
        `${at}: ${along} has only the value ${values.join()} and nothing to exchange it with; give two or more: -p ${along}=0,0.1,0.2, or ${along}: [0, 0.1, 0.2] under parameters`,
      )
    }
  } else if (given && temperatures.length < 2) {
    throw new UsageError(
      `${where('tempering')}: one temperature has no neighbour to exchange with; give two or more, or leave tempering out`,
    )
  }
  return given
}

/** Points of one copy that are kept together: temperatures, or values of the parameter that replicas exchange. */
function exchanged(tempering: Tempering, temperatures: readonly number[], parameters: Job['parameters']): number {
  return typeof tempering === 'object' ? [parameters[tempering.along]].flat().length : temperatures.length
}
