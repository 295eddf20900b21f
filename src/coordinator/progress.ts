/** How far a run is; sent a few times a second. */
export interface Progress {
  /** Share of all sweeps of all bundles that is done, weighted by cost, 0 to 1. */
  readonly fraction: number
  readonly elapsedSeconds: number
  /** Estimate; undefined until there is something to judge by. */
  readonly remainingSeconds: number | undefined
  /** Attempted updates per nanosecond, all replicas and threads together. */
  readonly updatesPerNanosecond: number
  readonly bundles: { readonly done: number; readonly total: number }
}
