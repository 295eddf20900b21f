import type { Model, Parameters } from './model.ts'

/** What is known exactly of a model at one size and one set of parameters. */
export interface ExactValues {
  /** A quantity of the lattice of this size. */
  finite(quantity: string, temperature: number): number | undefined
}

export function exactValues({ exact }: Pick<Model, 'exact'>, size: number, parameters: Parameters): ExactValues {
  return { finite: (quantity, temperature) => exact(quantity, size, parameters, temperature) }
}
