// A Piscina worker of `spinpool bench`: plain arithmetic, to see what the machine's cores are worth, and meetings at a barrier.

import { addUp, type LoadResult, type LoadTask } from '../src/benchmark/control.ts'
import { Barrier } from '../src/engine/pool/barrier.ts'
import { workerEntry } from '../src/engine/pool/entry.ts'

/** Meetings, from the first one on, until time is up: only there it is known that all members have come. */
function meet({ words, members, seconds }: Extract<LoadTask, { kind: 'barrier' }>): LoadResult {
  const barrier = new Barrier(words, members)
  if (!barrier.meet(true, () => true)) return { meetings: 0, seconds: 0 }
  const start = performance.now()
  const late = (): boolean => performance.now() - start > 1000 * seconds
  let meetings = 1
  while (barrier.meet(true, () => !late())) meetings++
  return { meetings, seconds: (performance.now() - start) / 1000 }
}

function calculate({ steps }: Extract<LoadTask, { kind: 'control' }>): LoadResult {
  const start = performance.now()
  // The sum goes nowhere; it is asked for so that no compiler leaves the loop out.
  if (Number.isNaN(addUp(steps))) throw new Error('a sum of numbers is none')
  return { meetings: 0, seconds: (performance.now() - start) / 1000 }
}

export default workerEntry(
  () =>
    (task: LoadTask): LoadResult =>
      task.kind === 'barrier' ? meet(task) : calculate(task),
)
