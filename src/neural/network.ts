import type { Architecture, LayerParameters } from './architecture.ts'

/** A network with its numbers: everything that makes an output out of an input. */
export interface Network {
  readonly architecture: Architecture
  readonly layers: readonly LayerParameters[]
  /** Inputs are standardised first, (x - mean) / scale, each (inputs); undefined: taken as they are. */
  readonly standardisation?: Standardisation | undefined
}

export interface Standardisation {
  readonly mean: Float32Array
  /** Never 0. */
  readonly scale: Float32Array
}
