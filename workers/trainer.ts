// A Piscina worker: one epoch of one network, alone or in a team. All state lies in shared memory, so any worker may take
// any network next.

import { instantiateKernels } from '../src/engine/kernels.ts'
import { openOnce, workerEntry } from '../src/engine/pool/entry.ts'
import type { EpochResult, EpochTask, TrainerContext } from '../src/neural/tasks.ts'
import { Trainer } from '../src/neural/trainer.ts'

export default workerEntry(({ module, arena, data, networks }: TrainerContext, isStopped) => {
  const trainerOf = openOnce((index) => {
    const spec = networks[index]
    if (!spec) throw new Error(`there is no network ${index}`)
    return new Trainer(spec, instantiateKernels(module, arena), arena, data)
  })
  return (task: EpochTask): EpochResult => ({ done: trainerOf(task.network).epoch(task, isStopped) })
})
