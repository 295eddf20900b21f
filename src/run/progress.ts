import { z } from 'zod'

/** How far a run is; sent a few times a second. */
export interface Progress {
  /** Fraction of all sweeps of all bundles that is done, weighted by cost, 0 to 1. */
  readonly fraction: number
  /** Since the run began, or was resumed. */
  readonly elapsedSeconds: number
  /** Estimate; undefined until there is something to judge by. */
  readonly remainingSeconds: number | undefined
  /** Attempted updates per nanosecond, all replicas and threads together. */
  readonly updatesPerNanosecond: number
  readonly bundles: { readonly done: number; readonly total: number }
}

/** How far each simulation is; what the lock beside an archive says of a run under way. */
export interface LiveStatus extends Progress {
  readonly simulations: readonly LiveSimulation[]
}

export interface LiveSimulation {
  readonly name: string
  /** Of every replica, thermalization included. */
  readonly sweepsDone: number
  readonly sweepsTotal: number
  /** Those before the first measurement. */
  readonly thermalization: number
  readonly updatesPerNanosecond: number
}

const written = z.looseObject({
  fraction: z.number(),
  updatesPerNanosecond: z.number(),
  remainingSeconds: z.number().optional(),
  simulations: z.array(
    z.looseObject({
      name: z.string(),
      sweepsDone: z.number(),
      sweepsTotal: z.number(),
      thermalization: z.number(),
      updatesPerNanosecond: z.number(),
    }),
  ),
})

/** What a lock says of a run under way; undefined where it says nothing of the kind. */
export function readLiveStatus(value: unknown): LiveStatus | undefined {
  return written.safeParse(value).success ? (value as LiveStatus) : undefined
}
