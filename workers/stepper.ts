// A Piscina worker: goes on with one ladder of the plan for a while, alone or in a team, and says whether it is done.
// All state lies in shared memory, so any worker may take any ladder next.

import { openOnce, workerEntry } from '../src/engine/pool/entry.ts'
import { findModel } from '../src/model/registry.ts'
import type { StepperContext, StepResult, StepTask } from '../src/run/tasks.ts'
import { Ladder } from '../src/sampling/ladder.ts'

export default workerEntry((context: StepperContext, isStopped) => {
  const ladderAt = openOnce((index) => {
    const spec = context.ladders[index]
    const place = context.places[index]
    const memory = context.arenas[place?.arena ?? -1]
    if (!spec || !place || !memory) throw new Error(`there is no ladder ${index}`)
    return new Ladder(spec, findModel(spec.model), context.module, memory, place.offset)
  })
  return ({ ladder, member, members, seconds }: StepTask): StepResult => ({
    done: ladderAt(ladder).run(seconds, isStopped, member, members),
  })
})
