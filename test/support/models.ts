import type { Model } from '../../src/model/model.ts'
import { knownModel } from '../../src/model/registry.ts'

/** A built-in model. */
export function findModel(name: string): Model {
  const model = knownModel(name)
  if (!model) throw new Error(`there is no model ${name}`)
  return model
}
