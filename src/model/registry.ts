import { ising } from './ising/index.ts'
import type { Model } from './model.ts'
import { o6 } from './o6/index.ts'

/** The models, one line each. */
export const models: readonly Model[] = [ising, o6]

export const modelNames: readonly string[] = models.map((model) => model.name)

export const updateNames: readonly string[] = [...new Set(models.flatMap(({ updates }) => updates))]

/** Of the models with over-relaxation and clusters, for help: their names, what is done by default, and all reflections. */
export const knownMoves = ((): Readonly<Record<'models' | 'overrelax' | 'cluster', string> & { reflections: readonly string[] }> => {
  const having = models.flatMap(({ name, moves }) => (moves ? [{ name, ...moves }] : []))
  const each = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ')
  return {
    models: each(having.map(({ name }) => name)),
    overrelax: each(having.map(({ overrelax }) => overrelax)),
    cluster: each(having.map(({ cluster }) => cluster)),
    reflections: [...new Set(having.flatMap(({ reflections }) => reflections.map(({ name }) => name)))],
  }
})()

/** The model of that name; undefined if there is none, as for archives of a model that is not installed. */
export function knownModel(name: unknown): Model | undefined {
  return models.find((model) => model.name === name)
}
