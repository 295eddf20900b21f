import type { Provenance } from '../archive/data.ts'
import type { Architecture, LayerParameters } from './architecture.ts'
import type { Network, Standardisation } from './network.ts'
import type { TrainingSettings } from './settings.ts'

/** What training leaves behind: an ensemble of networks of one architecture, trained on the same data with different seeds. */
export interface TrainedModel {
  readonly title: string
  readonly status: 'running' | 'interrupted' | 'complete'
  readonly architecture: Architecture
  /** Shape of one example: (height, width) ... */
  readonly shape: readonly number[]
  /** Names of the classes; undefined where outputs are real numbers. */
  readonly classes?: readonly string[] | undefined
  /** How it was trained, and on what; undefined for a model that was imported. */
  readonly training?: TrainingRecord | undefined
  readonly standardisation?: Standardisation | undefined
  /** Linear size of the lattice, where the data have one. */
  readonly size?: number | undefined
  readonly provenance: Provenance
  readonly networks: readonly TrainedNetwork[]
}

/** What a training depended on. */
export interface TrainingRecord {
  readonly settings: TrainingSettings
  readonly data: {
    /** As it was named when the training began. */
    readonly path: string
    /** SHA-256 of the examples and labels, hexadecimal. */
    readonly hash: string
    readonly count: number
    /** What the examples are, as in `o6 angles`, where the data say it. */
    readonly kind?: string | undefined
    /** (count) Index of `partNames`: which rows were trained on, validated with, held out. */
    readonly part: Int8Array
  }
}

export interface TrainedNetwork {
  /** Those to be used: of the best epoch by validation where there is a validation part, else of the last one. */
  readonly layers: readonly LayerParameters[]
  /** Epochs trained. */
  readonly epochs: number
  /** Epoch of `layers`, from 1; 0 before the first. */
  readonly bestEpoch: number
  /** Why it ended, where it did. */
  readonly ended?: 'epochs' | 'early stopping' | 'the cost was no number' | undefined
  readonly history: History
  /** What goes on from here needs; absent in models that were imported. */
  readonly checkpoint?: NetworkCheckpoint | undefined
}

/** One number for each epoch. NaN where there is none (no validation part, no classes). */
export interface History {
  readonly cost: Float64Array
  readonly accuracy: Float64Array
  readonly validationCost: Float64Array
  readonly validationAccuracy: Float64Array
  readonly learningRate: Float64Array
}

/** Everything that the next epoch depends on; random numbers depend on seed and epoch alone. */
export interface NetworkCheckpoint {
  /** Parameters after the last epoch. */
  readonly layers: readonly LayerParameters[]
  /** First and second moments (Adam) or velocities (SGD) in the same shapes; second ones empty for SGD. */
  readonly first: readonly LayerParameters[]
  readonly second: readonly LayerParameters[]
  /** Steps of the optimiser so far. */
  readonly steps: number
}

/** The k-th network of a model. */
export function networkOf({ architecture, standardisation, networks }: TrainedModel, k: number): Network {
  const network = networks[k]
  if (!network) throw new RangeError(`there is no network ${k}; there are ${networks.length}`)
  return { architecture, layers: network.layers, standardisation }
}
