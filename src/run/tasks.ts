import type { LadderSpec } from '../sampling/spec.ts'
import type { Place } from '../engine/memory/arena.ts'

/** What a worker is given once, when its thread starts. */
export interface StepperContext {
  readonly module: WebAssembly.Module
  readonly arenas: readonly WebAssembly.Memory[]
  readonly ladders: readonly LadderSpec[]
  readonly places: readonly Place[]
}

/** Go on with a ladder for about that long, as one member of a team. */
export interface StepTask {
  readonly ladder: number
  /** Which of the members this one is, and how many there are: 0 of 1 is alone. */
  readonly member: number
  readonly members: number
  readonly seconds: number
}

export interface StepResult {
  /** Whether the ladder has nothing left to do. */
  readonly done: boolean
}
