// A Piscina worker: goes on with one ensemble of the plan for a while, alone or in a gang, and says whether it is done.
// All state lies in shared memory, so any worker may take any ensemble next.

import { workerData } from 'node:worker_threads'
import { Ensemble } from '../src/ensemble/ensemble.ts'
import { messageOf } from '../src/errors.ts'
import { findModel } from '../src/model/registry.ts'
import type { Answer } from '../src/pool/pool.ts'
import type { StepResult, StepTask, WorkerContext } from '../src/pool/tasks.ts'

// Piscina wraps the pool's workerData as the second entry.
const context = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerContext
const ensembles = new Map<number, Ensemble>()

function ensembleAt(index: number): Ensemble {
  const known = ensembles.get(index)
  if (known) return known
  const spec = context.ensembles[index]
  const place = context.places[index]
  const memory = context.arenas[place?.arena ?? -1]
  if (!spec || !place || !memory) throw new Error(`there is no ensemble ${index}`)
  const ensemble = new Ensemble(spec, findModel(spec.model), context.module, memory, place.offset)
  ensembles.set(index, ensemble)
  return ensemble
}

const stop = (): boolean => Atomics.load(context.stop, 0) === 1

export default function step({ ensemble, member, members, seconds }: StepTask): Answer<StepResult> {
  const start = performance.now()
  try {
    const done = ensemble === undefined ? false : ensembleAt(ensemble).run(seconds, stop, member, members)
    return { ok: true, done, seconds: (performance.now() - start) / 1000 }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}
