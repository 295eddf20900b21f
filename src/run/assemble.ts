import type { CheckpointData } from '../archive/checkpoint.ts'
import type { SimulationData } from '../archive/data.ts'
import type { Plan, SimulationPlan } from '../job/plan.ts'
import { checkpointOf, type KeptLadder } from './checkpoint.ts'
import { collectGroup, type Idle, type Measured } from './collect.ts'
import { type OwnSlots, ownSlots } from './grid.ts'
import { busySeconds } from './live.ts'

/** Everything that an archive says of a run at one moment. */
export interface Saved {
  readonly simulations: readonly SimulationData[]
  readonly checkpoints: readonly CheckpointData[]
}

/**
 * What an archive is to say, from what its ladders hold. Nothing but these arrays goes in, so that it is the same of a run under
 * way, of parts that are merged, and of an archive that is read again.
 *
 * @param kept by ladder, in the plan's order
 */
export function assemble({ groups, simulations }: Plan, kept: readonly KeptLadder[], idle: Idle): Saved {
  const busy = kept.map(({ memory }) => busySeconds(memory))
  const all = busy.reduce((sum, seconds) => sum + seconds, 0)
  const part = (seconds: number): Idle => {
    const fraction = all > 0 ? seconds / all : 1 / simulations.length
    return { wait: fraction * idle.wait, save: fraction * idle.save }
  }
  const measured = (plan: SimulationPlan): Measured => {
    const own = plan.ladders.map((ladder) => ownSlots(plan, kept[ladder] as KeptLadder))
    const seconds = plan.ladders.reduce((sum, ladder, i) => sum + (own[i] as OwnSlots).fraction * (busy[ladder] as number), 0)
    return { plan, ladders: own, idle: part(seconds) }
  }
  return {
    simulations: groups.flatMap((group) => collectGroup(group.simulations.map(measured))),
    checkpoints: groups.map((group) => {
      const own = group.ladders.map((ladder) => kept[ladder] as KeptLadder)
      return checkpointOf(group, own, part(group.ladders.reduce((sum, ladder) => sum + (busy[ladder] as number), 0)))
    }),
  }
}
