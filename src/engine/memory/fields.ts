/** Numbers as they lie in shared memory. */
export type Persistent = Float64Array | Float32Array | Int32Array | Uint8Array | BigUint64Array

/** One kind of numbers that outlast threads and processes: what a checkpoint keeps. All else can be built from these. */
export interface Field {
  readonly name: string
  readonly longName: string
  /** Where they lie. How many there are may depend on the fields before, so that a reader fills them in order. */
  readonly view: () => Persistent
  /** Mostly zeros, so that compressing is worth its time. */
  readonly sparse?: boolean
}
