import { expect, it } from 'vitest'
import type { JobKeys, ModelKeys, MoveKeys, TrainingInput } from '../../src/index.ts'
import type { WrittenJob } from '../../src/job/schema.ts'
import type { WrittenTraining } from '../../src/neural/options.ts'

// Types that are written by hand for their comments, and the schemas that check what is given at run time: the compiler fails on this
// file (npm run check) if they differ. Running it shows nothing more.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Plain<T> = { [K in keyof T]: T[K] }
type ReadonlyArrays<T> = { readonly [K in keyof T]: T[K] extends infer V ? (V extends (infer E)[] ? readonly E[] : V) : never }

/** A model of any name allows what the schema allows. */
type OpenJob = Plain<JobKeys & Omit<ModelKeys<string>, 'parameters'> & MoveKeys<string>>

const same: readonly true[] = [
  true satisfies Same<keyof WrittenJob, keyof (JobKeys & ModelKeys<string> & MoveKeys<string>)>,
  true satisfies Same<Plain<Pick<WrittenJob, keyof OpenJob>>, OpenJob>,
  true satisfies Same<ReadonlyArrays<WrittenTraining>, Plain<TrainingInput>>,
]

it('has types that the compiler takes to be the same', () => {
  expect(same).toHaveLength(3)
})
