import type { Parameters } from '../model/model.ts'
import type { Job } from './types.ts'

/** Every combination of the values of all parameters, with what tells its simulation from the others: `-g0.3`. */
export function parameterSets(parameters: Job['parameters']): { parameters: Parameters; suffix: string }[] {
  let sets: { parameters: Parameters; suffix: string }[] = [{ parameters: {}, suffix: '' }]
  for (const [name, value] of Object.entries(parameters)) {
    const values = [value].flat() as number[]
    sets = sets.flatMap((set) =>
      values.map((one) => ({
        parameters: { ...set.parameters, [name]: one },
        suffix: values.length > 1 ? `${set.suffix}-${name}${one}` : set.suffix,
      })),
    )
  }
  return sets
}
