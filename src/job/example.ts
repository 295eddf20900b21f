import { UsageError } from '../errors.ts'
import { findModel } from '../model/registry.ts'
import type { JobInput } from './schema.ts'

/** The job that `spinpool run` runs when it is given nothing: L = 32 by tempering over 24 temperatures around T_c. */
const examples: Readonly<Record<string, JobInput>> = {
  ising: {
    title: 'The built-in example: 2D Ising model around its transition',
    model: 'ising',
    size: 32,
    temperatures: { start: 2.04, stop: 2.5, step: 0.02 },
    sweeps: 400_000,
    thermalization: 40_000,
    measureEvery: 4,
    tempering: true,
    copies: 10,
    seed: 1,
  },
}

/** @throws UsageError where the model has none */
export function exampleJob(model: string): JobInput {
  const example = examples[findModel(model).name]
  if (!example) throw new UsageError(`model: ${model} has no built-in example; give --size and --temperatures`)
  return example
}
