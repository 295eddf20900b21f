// A Piscina worker: goes on with one ladder of the plan for a while, alone or in a team, and says whether it is done.
// All state lies in shared memory, so any worker may take any ladder next.

import { workerData } from 'node:worker_threads'
import { Ladder } from '../src/sampling/ladder.ts'
import { messageOf } from '../src/errors.ts'
import { findModel } from '../src/model/registry.ts'
import type { Answer } from '../src/engine/pool/pool.ts'
import type { StepResult, StepTask, WorkerContext } from '../src/engine/pool/tasks.ts'

// Piscina wraps the pool's workerData as the second entry.
const context = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerContext
const ladders = new Map<number, Ladder>()

function ladderAt(index: number): Ladder {
  const known = ladders.get(index)
  if (known) return known
  const spec = context.ladders[index]
  const place = context.places[index]
  const memory = context.arenas[place?.arena ?? -1]
  if (!spec || !place || !memory) throw new Error(`there is no ladder ${index}`)
  const ladder = new Ladder(spec, findModel(spec.model), context.module, memory, place.offset)
  ladders.set(index, ladder)
  return ladder
}

const stop = (): boolean => Atomics.load(context.stop, 0) === 1

export default function step({ ladder, member, members, seconds }: StepTask): Answer<StepResult> {
  const start = performance.now()
  try {
    const done = ladder === undefined ? false : ladderAt(ladder).run(seconds, stop, member, members)
    return { ok: true, done, seconds: (performance.now() - start) / 1000 }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}
