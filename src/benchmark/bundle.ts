// One bundle for itself: what the kernels of this folder and those of the development benchmarks are timed on.

import { ARENA_START, createArena } from '../engine/memory/arena.ts'
import { instantiateKernels } from '../engine/kernels.ts'
import { bytesOf } from '../engine/memory/fields.ts'
import type { Model, Stepper, StepperContext } from '../model/model.ts'
import { seedStream } from '../engine/random/seed.ts'
import type { Sfc64State } from '../engine/random/sfc64.ts'

/** Where the random numbers of everything that is timed start. */
export const stream = (name: string): Sfc64State => seedStream('bench', name)

/** One bundle with nothing around it, at its start; its lanes are dealt out to the points in turn. */
export function openBundle(
  module: WebAssembly.Module,
  model: Model,
  setting: Pick<StepperContext, 'size' | 'parameters' | 'update' | 'moves' | 'points'>,
): Stepper {
  const offset = ARENA_START
  const memory = createArena(offset + bytesOf(model.fields(setting.size, setting.points.length, setting.update)))
  const stepper = model.open({ ...setting, memory, kernels: instantiateKernels(module, memory), offset, along: undefined })
  stepper.initialise(
    stream,
    Int32Array.from({ length: model.lanes }, (_, lane) => lane % setting.points.length),
  )
  return stepper
}
