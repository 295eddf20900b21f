import { UsageError } from '../errors.ts'
import type { Model } from '../model/model.ts'
import type { Encoding } from '../model/physics.ts'
import { knownModel } from '../model/registry.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import type { Dataset } from './dataset.ts'

/**
 * The encoding of a model that has that name.
 *
 * @param name default: the first one
 * @throws UsageError if there is none
 */
export function findEncoding({ name: model, physics }: Pick<Model, 'name' | 'physics'>, name: string | undefined): Encoding {
  const known = physics.encodings
  if (!known) throw new UsageError(`the model ${model} has no encodings: there is no way to show its configurations to a network`)
  const found = name === undefined ? known[0] : known.find((encoding) => encoding.name === name)
  if (found) return found
  const names = known.map((encoding) => encoding.name)
  throw new UsageError(
    `--encoding: ${shown(name)} is not possible${didYouMean(String(name), names)}; allowed for ${model}: ${names.join(', ')}`,
  )
}

/** The encoding that a dataset says it was made with; undefined for other data, and if this version does not know the encoding. */
export function encodingOf({ notes }: Pick<Dataset, 'notes'>): Encoding | undefined {
  return knownModel(notes.model)?.physics.encodings?.find(({ name }) => name === notes.encoding)
}
