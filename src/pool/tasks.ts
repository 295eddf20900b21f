import type { BundleSpec } from '../bundle/memory.ts'
import type { Place } from '../memory/arena.ts'

/** What a worker is given once, when its thread starts. */
export interface WorkerContext {
  readonly module: WebAssembly.Module
  readonly arenas: readonly WebAssembly.Memory[]
  readonly bundles: readonly BundleSpec[]
  readonly places: readonly Place[]
  /** (1) int32: 1 means stop after the round you are in. */
  readonly stop: Int32Array
}

/** Go on with a bundle for about that long; without a bundle only say that you are there. */
export interface StepTask {
  readonly bundle: number | undefined
  readonly seconds: number
}

/** Errors lose their class and code on the way back from a worker, so they come as data. */
export type StepResult =
  | { readonly ok: true; readonly done: boolean; readonly seconds: number }
  | { readonly ok: false; readonly message: string }
