import { UsageError } from '../errors.ts'
import type { Model, Moves, Parameters } from '../model/model.ts'
import type { Where } from '../text/where.ts'
import type { WrittenJob } from './schema.ts'
import { didYouMean, shown } from '../text/suggestion.ts'

/** Keys of a job that belong to the moves of a model; a model without them does not know the keys. */
type WrittenMoves = Pick<WrittenJob, 'overrelax' | 'cluster' | 'reflections'>

/**
 * The moves that go with every sweep, defaults filled in: clusters are built of all reflections that leave H as it is.
 *
 * @param sets every parameter set of the job; a reflection must suit them all
 * @throws UsageError for a model without such moves, and for a reflection that the parameters forbid
 */
export function readMoves(model: Model, given: WrittenMoves, sets: readonly Parameters[], where: Where): Partial<Moves> {
  const { moves } = model
  if (!moves) {
    const key = (['overrelax', 'cluster', 'reflections'] as const).find((name) => given[name] !== undefined)
    if (key !== undefined) throw new UsageError(`${where(key)}: the model ${model.name} has no such move; leave it out`)
    return {}
  }
  const refusal = (reflection: (typeof moves.reflections)[number]): string | undefined =>
    sets.map((set) => reflection.refuse(set)).find((reason) => reason !== undefined)
  const allowed = moves.reflections.filter((reflection) => refusal(reflection) === undefined).map(({ name }) => name)
  // A job as resolved says which there are: none without clusters.
  const wanted = [...new Set([given.reflections ?? []].flat())]
  const cluster = given.cluster ?? (wanted.length > 0 ? 1 : moves.cluster)
  if (cluster === 0 && wanted.length > 0) {
    throw new UsageError(`${where('reflections')}: ${wanted.join(', ')} need clusters, and cluster is 0; use 1 or more, or leave them out`)
  }
  const reflections = wanted.length > 0 ? wanted : allowed
  for (const name of reflections) {
    const known = moves.reflections.find((reflection) => reflection.name === name)
    const names = moves.reflections.map((reflection) => reflection.name)
    const at = where('reflections')
    if (!known) throw new UsageError(`${at}: unknown reflection ${shown(name)}${didYouMean(name, names)}; allowed: ${allowed.join(', ')}`)
    const reason = refusal(known)
    if (reason !== undefined) {
      throw new UsageError(
        `${at}: clusters of ${name} are not possible, it ${reason}; allowed with these parameters: ${allowed.join(', ')}`,
      )
    }
  }
  return { overrelax: given.overrelax ?? moves.overrelax, cluster, reflections: cluster > 0 ? reflections : [] }
}
