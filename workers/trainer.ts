// A Piscina worker: one epoch of one network, alone or in a team. All state lies in shared memory, so any worker may take
// any network next.

import { workerData } from 'node:worker_threads'
import { messageOf } from '../src/errors.ts'
import { instantiateKernels } from '../src/engine/kernels.ts'
import type { EpochResult, EpochTask, TrainerContext } from '../src/neural/tasks.ts'
import { Trainer } from '../src/neural/trainer.ts'
import type { Answer } from '../src/engine/pool/pool.ts'

// Piscina wraps the pool's workerData as the second entry.
const context = (Array.isArray(workerData) ? workerData[1] : workerData) as TrainerContext
const trainers = new Map<number, Trainer>()

function trainerOf(index: number): Trainer {
  const known = trainers.get(index)
  if (known) return known
  const spec = context.networks[index]
  if (!spec) throw new Error(`there is no network ${index}`)
  const trainer = new Trainer(spec, instantiateKernels(context.module, context.arena), context.arena, context.data)
  trainers.set(index, trainer)
  return trainer
}

const stop = (): boolean => Atomics.load(context.stop, 0) === 1

export default function train(task: EpochTask): Answer<EpochResult> {
  try {
    return { ok: true, done: task.network === undefined ? true : trainerOf(task.network).epoch(task, stop) }
  } catch (error) {
    return { ok: false, message: messageOf(error) }
  }
}
