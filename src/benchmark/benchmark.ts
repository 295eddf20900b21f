import type { Provenance } from '../archive/data.ts'
import type { Machine } from './machine.ts'
import type { Settings } from './settings.ts'

// What a benchmark says, with every repeat. It is written by file.ts, and read back as it was.

/** One job with 1, 2, 4 ... threads: of fixed size (strong), or of a size that grows with the threads (weak). */
export interface ThreadScaling {
  readonly kind: 'strong' | 'weak'
  readonly model: string
  readonly size: number
  /** What ran, one line. */
  readonly job: string
  /** Ascending, the first is 1. */
  readonly threads: readonly number[]
  /** Attempted updates of the job with each number of threads: replicas times sites times sweeps. */
  readonly updates: readonly number[]
  /** (threads, repeat) */
  readonly seconds: readonly (readonly number[])[]
  /** The same for the control, a loop of plain arithmetic on every thread, as much on each: (threads, repeat). */
  readonly control: readonly (readonly number[])[]
}

export type MeasurementUnit = 'updates/ns' | 'ns' | 'MB/s'

/** One number, measured again and again. */
export interface Measurement {
  readonly part: 'kernels' | 'io'
  /** Unique, letters, digits and `-`: `ising-L32-metropolis`. */
  readonly name: string
  /** `Ising, L = 32, metropolis`, as the table has it. */
  readonly longName: string
  readonly unit: MeasurementUnit
  /** What it belongs to in a figure against L; none where there is no such figure. */
  readonly series?: { readonly name: string; readonly size: number } | undefined
  /** (repeat) */
  readonly values: readonly number[]
}

/** How quiet the machine was meanwhile. */
interface Quiet {
  /** Fraction of the cores' time that other programs took, 0 to 1; NaN where the system does not tell. */
  readonly others: number
  /** Fraction that the host of a virtual machine took away; NaN where the system does not tell. */
  readonly stolen: number
}

export interface Benchmark {
  readonly settings: Settings
  readonly machine: Machine
  readonly quiet: Quiet
  readonly scalings: readonly ThreadScaling[]
  readonly measurements: readonly Measurement[]
  readonly provenance: Provenance
}

/** Speed-up of each repeat, (threads, repeat): work by time over that of one thread in the same round. */
export function speedUps({ updates, seconds }: Pick<ThreadScaling, 'updates' | 'seconds'>): number[][] {
  const [first = []] = seconds
  return seconds.map((times, i) =>
    times.map((time, round) => (((updates[i] ?? Number.NaN) / (updates[0] ?? Number.NaN)) * (first[round] ?? Number.NaN)) / time),
  )
}

/** The same of the control: as many loops as threads. */
export function controlSpeedUps({ threads, control }: Pick<ThreadScaling, 'threads' | 'control'>): number[][] {
  return speedUps({ updates: threads, seconds: control })
}
