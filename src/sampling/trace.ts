import { f32, f64, type Parts, type Views } from '../engine/memory/fields.ts'

/** Rows kept at most; when they are full every other one is dropped, and rows are twice as far apart from then on. Even. */
export const MAX_TRACE = 2048

/** Rows that all ladders have, and rounds between them. */
export interface TraceRows {
  readonly count: number
  readonly every: number
}

/** What a ladder's memory is made for. */
interface Shape {
  /** Rounds of the ladder, thermalization included: few rounds need few rows. */
  readonly rounds: number
  readonly observables: number
  readonly slots: number
}

function capacityOf({ rounds }: Shape): number {
  return Math.min(MAX_TRACE, rounds)
}

/** Rows are (row, observable, slot). */
export function traceFields(shape: Shape) {
  const longName = 'rows of the trace that are not among those of all replicas, (row, observable, slot)'
  return {
    header: f64(2, { name: 'trace_counts', longName: 'rows of the trace, rounds between them' }),
    rows: f32(capacityOf(shape) * shape.observables * shape.slots, { name: 'trace', longName }),
  }
}

type Fields = ReturnType<typeof traceFields>

/**
 * What some observables were at every slot, from the first round on, thermalization included: a bounded number of rows, in
 * shared memory. Row r is of round r * every. Single precision: rows are for looking at distributions and at how they come
 * about; means come from bins.
 */
export class Trace {
  readonly #view: Views<Fields>
  readonly #observables: number
  readonly #slots: number

  constructor(view: Views<Fields>, { observables, slots }: Shape) {
    this.#view = view
    this.#observables = observables
    this.#slots = slots
  }

  get count(): number {
    return this.#view.header[0] as number
  }

  /** Rounds from one row to the next. */
  get every(): number {
    return (this.#view.header[1] as number) || 1
  }

  /** Whether a round gets a row. The answer is the same for all who ask before the row is taken. */
  isDue(round: number): boolean {
    return round % this.every === 0
  }

  /** Takes the row of a round that is due. @param sample (observable, stride) @param kept observables that go into the row */
  take(sample: Float64Array, stride: number, kept: readonly number[]): void {
    if (this.count === MAX_TRACE) this.#thin()
    const row = this.#of(this.count, this.count + 1)
    for (const [k, observable] of kept.entries()) {
      const at = observable * stride
      row.set(sample.subarray(at, at + this.#slots), k * this.#slots)
    }
    this.#view.header.set([this.count + 1, this.every])
  }

  #thin(): void {
    const { length } = this.#of(0, 1)
    for (let row = 1; row < MAX_TRACE / 2; row++) this.#view.rows.copyWithin(row * length, 2 * row * length, (2 * row + 1) * length)
    this.#view.header.set([MAX_TRACE / 2, 2 * this.every])
  }

  at(row: number, observable: number, slot: number): number {
    return this.#view.rows[(row * this.#observables + observable) * this.#slots + slot] as number
  }

  put(row: number, observable: number, slot: number, value: number): void {
    this.#view.rows[(row * this.#observables + observable) * this.#slots + slot] = value
  }

  /** What a checkpoint keeps of its fields. @param archived rows that lie elsewhere in the archive */
  parts(archived: TraceRows): Parts<Fields> {
    return { rows: () => this.#of(this.every === archived.every ? Math.min(archived.count, this.count) : 0, this.count) }
  }

  #of(from: number, to: number): Float32Array {
    const length = this.#observables * this.#slots
    return this.#view.rows.subarray(from * length, to * length)
  }
}

/** Ladders that are not equally far keep rows of different spacing: what all have, as far apart as in the sparsest one. */
export function rowsOfAll(traces: readonly Trace[]): TraceRows {
  const every = traces.reduce((most, trace) => Math.max(most, trace.every), 1)
  const count = traces.reduce((least, trace) => Math.min(least, Math.ceil((trace.count * trace.every) / every)), Number.POSITIVE_INFINITY)
  return { count, every }
}
