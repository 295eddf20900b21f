import type { CostName } from './architecture.ts'
import type { DataPlace, NetworkSize } from './memory.ts'
import type { OptimizerSettings } from './settings.ts'

/** What a worker is given once, when its thread starts. */
export interface TrainerContext {
  readonly module: WebAssembly.Module
  readonly arena: WebAssembly.Memory
  readonly data: DataPlace
  readonly networks: readonly NetworkSpec[]
}

/** One network: where it lies, and how it learns. */
export interface NetworkSpec {
  readonly size: NetworkSize
  /** First byte of its memory. */
  readonly offset: number
  readonly training?: NetworkTraining | undefined
}

export interface NetworkTraining {
  readonly loss: CostName
  /** Examples to a step; the memory may hold more rows. */
  readonly batch: number
  readonly optimizer: OptimizerSettings
  readonly dropout: number
  /** (height, width, channels) of a picture that is moved about; undefined: examples are taken as they are. */
  readonly picture?: readonly [number, number, number] | undefined
  /** 32 bits that the neurons which are left out depend on, with step and layer. */
  readonly dropoutSeed: number
}

/** One epoch: train on the order that is in memory, then evaluate. One member of a team. */
export interface EpochTask {
  /** Index of the network. */
  readonly network: number
  readonly member: number
  readonly members: number
  /** Examples to train on, the first of the order; 0: evaluate only. */
  readonly count: number
  readonly rate: number
  /** Steps of the optimiser before this epoch. */
  readonly steps: number
}

/** An epoch that trains nothing, by one member alone. */
export const EVALUATION: Omit<EpochTask, 'network'> = { member: 0, members: 1, count: 0, rate: 0, steps: 0 }

export interface EpochResult {
  /** False if the epoch was left before its end; it does not count then. */
  readonly done: boolean
}
