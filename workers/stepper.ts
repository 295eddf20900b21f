// A Piscina worker: goes on with one bundle of the plan for a while and says whether it is done.
// All state lies in shared memory, so any worker may take any bundle next.

import { workerData } from 'node:worker_threads'
import { Bundle } from '../src/bundle/bundle.ts'
import { messageOf } from '../src/errors.ts'
import { findModel } from '../src/model/registry.ts'
import type { StepResult, StepTask, WorkerContext } from '../src/pool/tasks.ts'

// Piscina wraps the pool's workerData as the second entry.
const context = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerContext
const bundles = new Map<number, Bundle>()

function bundleAt(index: number): Bundle {
  const known = bundles.get(index)
  if (known) return known
  const spec = context.bundles[index]
  const place = context.places[index]
  const memory = context.arenas[place?.arena ?? -1]
  if (!spec || !place || !memory) throw new Error(`there is no bundle ${index}`)
  const bundle = new Bundle(spec, findModel(spec.model), context.module, memory, place.offset)
  bundles.set(index, bundle)
  return bundle
}

export default function step(task: StepTask): StepResult {
  const start = performance.now()
  try {
    const done = task.bundle === undefined ? false : bundleAt(task.bundle).run(task.seconds, () => Atomics.load(context.stop, 0) === 1)
    return { ok: true, done, seconds: (performance.now() - start) / 1000 }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}
