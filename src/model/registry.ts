import { UsageError } from '../errors.ts'
import { ising } from './ising/index.ts'
import type { Model } from './model.ts'
import { o6 } from './o6/index.ts'

/** The models, one line each. */
const models: readonly Model[] = [ising, o6]

export const modelNames: readonly string[] = models.map((model) => model.name)

export const updateNames: readonly string[] = [...new Set(models.flatMap(({ updates }) => updates))]

/** The model of that name, if it is installed. */
export function knownModel(name: string): Model | undefined {
  return models.find((candidate) => candidate.name === name)
}

/** @throws UsageError for an unknown name */
export function findModel(name: string): Model {
  const model = knownModel(name)
  if (!model) throw new UsageError(`model: there is no model '${name}'; allowed: ${modelNames.join(', ')}`)
  return model
}
