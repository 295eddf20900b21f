import { Bench } from 'tinybench'

const SLICE_MILLISECONDS = 60

/**
 * Nanoseconds of one call, the mean over a slice of time. Calls should last a millisecond, so that reading the clock is nothing.
 *
 * @param milliseconds length of the slice
 */
export function nanosecondsOf(act: () => void, milliseconds = SLICE_MILLISECONDS): number {
  const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false, throws: true })
  bench.add('slice', act)
  const result = bench.runSync()[0]?.result
  if (result?.state !== 'completed') throw new Error('a slice was not timed')
  return 1e6 * result.latency.mean
}
