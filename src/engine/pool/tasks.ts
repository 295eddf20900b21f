import type { LadderSpec } from '../../sampling/spec.ts'
import type { Place } from '../memory/arena.ts'

/** What a worker is given once, when its thread starts. */
export interface WorkerContext {
  readonly module: WebAssembly.Module
  readonly arenas: readonly WebAssembly.Memory[]
  readonly ladders: readonly LadderSpec[]
  readonly places: readonly Place[]
  /** (1) int32: 1 means stop after the round you are in. */
  readonly stop: Int32Array
}

/** Go on with a ladder for about that long, as one member of a team; without a ladder only say that you are there. */
export interface StepTask {
  readonly ladder: number | undefined
  /** Which of the members this one is, and how many there are: 0 of 1 is alone. */
  readonly member: number
  readonly members: number
  readonly seconds: number
}

/** Says only that the worker is there. */
export const STEP_PING: StepTask = { ladder: undefined, member: 0, members: 1, seconds: 0 }

/** Whether the ladder has nothing left to do, and how long the slice took. */
export interface StepResult {
  readonly done: boolean
  readonly seconds: number
}
