import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import type { Model } from './model.ts'
import { knownModel, modelNames } from './registry.ts'

// Every model that is to be run is loaded here: for a job, in each worker, and for a resume.

/**
 * Loads a model.
 *
 * @param specifier what a job calls it: the name of a model that spinpool has
 * @param where the flag or key that it comes from, for messages
 * @throws UsageError if there is none
 */
export async function loadModel(specifier: string, where = 'model'): Promise<Model> {
  const model = knownModel(specifier)
  if (!model) throw unknownModel(specifier, where)
  return model
}

/** That there is no model of that name. */
export function unknownModel(specifier: unknown, where: string): UsageError {
  const hint = typeof specifier === 'string' ? didYouMean(specifier, modelNames) : ''
  return new UsageError(`${where}: ${shown(specifier)} is not possible${hint}; allowed: ${modelNames.join(', ')}`)
}

/**
 * The model with which something was begun, in another thread or another process.
 *
 * @param version of the model then
 * @throws UsageError if there is none, or if its chains are others now
 */
export async function loadSameModel(specifier: string, version: string): Promise<Model> {
  const model = await loadModel(specifier)
  if (model.version !== version) {
    throw new UsageError(
      `model: ${specifier} is of version ${shown(model.version)} here, and this was begun with version ${shown(version)}`,
    )
  }
  return model
}
