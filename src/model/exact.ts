import type { Parameters } from './parameters.ts'

/** Exact or published values to show beside measured ones. Whatever is not known is undefined. */
export interface Exact {
  /** A quantity of the lattice of one size. */
  readonly finite?: (quantity: string, size: number, parameters: Parameters, temperature: number) => number | undefined
  /** A quantity of the infinite lattice. */
  readonly infinite?: (quantity: string, parameters: Parameters, temperature: number) => number | undefined
  /** Who found that, as in `Onsager 1944`. */
  readonly source?: (quantity: string) => string
  /** Quantities of it that are infinite at the critical temperature. */
  readonly diverging?: readonly string[]
  /** Where the infinite lattice orders; undefined also if lattices of this size cannot order in that way. */
  readonly criticalTemperature?: (parameters: Parameters, size: number) => number | undefined
}

/** What is known exactly at one size and one set of parameters. */
export interface ExactValues {
  finite(quantity: string, temperature: number): number | undefined
  infinite(quantity: string, temperature: number): number | undefined
  source(quantity: string): string | undefined
  readonly diverging: readonly string[]
  readonly criticalTemperature: number | undefined
}

export function exactValues(exact: Exact, size: number, parameters: Parameters): ExactValues {
  return {
    finite: (quantity, temperature) => exact.finite?.(quantity, size, parameters, temperature),
    infinite: (quantity, temperature) => exact.infinite?.(quantity, parameters, temperature),
    source: (quantity) => exact.source?.(quantity),
    diverging: exact.diverging ?? [],
    criticalTemperature: exact.criticalTemperature?.(parameters, size),
  }
}
