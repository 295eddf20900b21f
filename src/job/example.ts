import { UsageError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import type { WrittenJob } from './schema.ts'

/**
 * The job that `spinpool run` runs if it is given nothing but the model.
 *
 * @throws UsageError if the model has none
 */
export function exampleJob({ name, physics }: Pick<Model, 'name' | 'physics'>): WrittenJob {
  if (!physics.example) throw new UsageError(`model: ${name} has no built-in example; give --size and --temperatures`)
  return { model: name, ...physics.example }
}
