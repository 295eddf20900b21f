import { UsageError } from '../errors.ts'
import { unknownModel } from '../model/load.ts'
import type { Model } from '../model/model.ts'
import { modelNames } from '../model/registry.ts'
import { resolveJobOf } from './job.ts'
import type { Job } from './types.ts'
import type { Where } from '../text/where.ts'
import type { WrittenJob, WrittenKeys } from './schema.ts'
import { shown } from '../text/suggestion.ts'

/** Keys that say where and how to run, not what. */
const NOT_OF_THE_JOB: readonly (keyof WrittenJob)[] = ['threads', 'out', 'timeLimit', 'checkpointEvery', 'shard']

/**
 * The job of an archive with more sweeps.
 *
 * @param keys those that were given
 * @param whole true where a whole job was given, so that keys that are missing have their defaults and not the archive's values
 * @throws UsageError where anything else is not as it was, with the key's name
 */
export function changeJob(job: Job, model: Model, keys: Partial<WrittenJob>, whole: boolean, where: Where): Job {
  const given = Object.fromEntries(Object.entries(keys).filter(([key]) => !NOT_OF_THE_JOB.includes(key as keyof WrittenJob)))
  // What is drawn anew, or follows from the sweeps, must have been given to differ.
  const { seed, title, thermalization } = job
  const { model: name = job.model, ...own } = given
  // The keys of another model would be found wrong first, and are not what is.
  if (name !== job.model) {
    throw modelNames.includes(String(name)) ? refusal(where('model'), name, job.model) : unknownModel(name, where('model'))
  }
  const parameters = !whole && keys.parameters ? { parameters: { ...job.parameters, ...keys.parameters } } : {}
  const { model: _, ...before } = job
  const asked = { ...(whole ? { seed, title, thermalization } : before), ...own, ...parameters }
  const changed = resolveJobOf(model, asked as WrittenKeys, where)
  for (const key of Object.keys({ ...job, ...changed }) as (keyof Job)[]) {
    if (isSame(job[key], changed[key]) || (key === 'sweeps' && changed.sweeps > job.sweeps)) continue
    if (key === 'sweeps') {
      throw new UsageError(
        `${where(key)}: ${changed.sweeps} is fewer than the ${job.sweeps} of the archive; allowed: ${job.sweeps} or more`,
      )
    }
    const name =
      key === 'parameters'
        ? Object.keys(changed.parameters).find((one) => !isSame(job.parameters[one], changed.parameters[one]))
        : undefined
    if (name !== undefined) throw refusal(where(`parameters.${name}`), changed.parameters[name], job.parameters[name])
    if (key === 'tempering' && typeof changed.tempering === 'object' && typeof job.tempering === 'object') {
      throw refusal(where('tempering.along'), changed.tempering.along, job.tempering.along)
    }
    throw refusal(where(key), changed[key], job[key])
  }
  return changed
}

function isSame(was: unknown, is: unknown): boolean {
  return JSON.stringify(was) === JSON.stringify(is)
}

function refusal(where: string, is: unknown, was: unknown): UsageError {
  return new UsageError(
    `${where}: ${shown(is)} is not what the archive has, ${shown(was)}; only sweeps may be raised; for another job use spinpool run`,
  )
}
