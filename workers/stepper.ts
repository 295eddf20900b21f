// A Piscina worker: goes on with one ladder of the plan for a while, alone or in a team, and says whether it is done.
// All state lies in shared memory, so any worker may take any ladder next.

import { openOnce, workerEntry } from '../src/engine/pool/entry.ts'
import { loadSameModel } from '../src/model/load.ts'
import type { StepperContext, StepResult, StepTask } from '../src/run/tasks.ts'
import { Ladder } from '../src/sampling/ladder.ts'
import type { LadderSpec } from '../src/sampling/spec.ts'

export default workerEntry(async (context: StepperContext, isStopped) => {
  const { model: specifier, description } = context.ladders[0] as LadderSpec
  const model = await loadSameModel(specifier, description.version)
  const ladderAt = openOnce((index) => {
    const spec = context.ladders[index]
    const place = context.places[index]
    const memory = context.arenas[place?.arena ?? -1]
    if (!spec || !place || !memory) throw new Error(`there is no ladder ${index}`)
    return new Ladder(spec, model, context.module, memory, place.offset)
  })
  return ({ ladder, member, members, seconds }: StepTask): StepResult => ({
    done: ladderAt(ladder).run(seconds, isStopped, member, members),
  })
})
