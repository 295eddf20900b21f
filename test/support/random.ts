import { Sfc64 } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'

/** Uniform numbers in [0, 1), the same in every run of the tests. */
export function random(seed: number): () => number {
  const stream = new Sfc64(seedStream('test', `uniform ${seed}`))
  return () => Number(stream.next() >> 11n) / 2 ** 53
}
