import { UsageError } from '../errors.ts'
import { findModel } from '../model/registry.ts'
import type { JobInput } from './input.ts'

/**
 * The jobs that `spinpool run` runs when it is given nothing but a model: tempering over 24 temperatures at L = 32, around
 * T_c of the Ising model, and from superconducting to charge order and beyond in the six-component model.
 */
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
  o6: {
    title: 'The built-in example: superconductivity and charge order, lambda = 1, g = 0.3',
    model: 'o6',
    size: 32,
    temperatures: { start: 0.28, stop: 0.51, step: 0.01 },
    sweeps: 50_000,
    thermalization: 4_000,
    measureEvery: 2,
    tempering: true,
    copies: 1,
    seed: 1,
  },
}

/** @throws UsageError where the model has none */
export function exampleJob(model: string): JobInput {
  const example = examples[findModel(model).name]
  if (!example) throw new UsageError(`model: ${model} has no built-in example; give --size and --temperatures`)
  return example
}
