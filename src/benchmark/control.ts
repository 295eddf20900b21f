import { workerFile } from '../engine/pool/built.ts'
import { openPool, type Pool } from '../engine/pool/pool.ts'
import { BARRIER_WORDS } from '../engine/pool/barrier.ts'
import { barrierPlace, type MeetingPlace, runTeam } from '../engine/pool/team.ts'

// What any program could make of the threads: loops of plain arithmetic that share nothing, not even memory. Where these do
// not scale, nothing does.

/** What a worker of the benchmark does. */
export type LoadTask =
  | { readonly kind: 'control'; readonly steps: number }
  | { readonly kind: 'barrier'; readonly words: Int32Array; readonly members: number; readonly seconds: number }

export interface LoadResult {
  readonly meetings: number
  readonly seconds: number
}

/** A chain of multiplications, each of which needs the one before: it lives in registers. */
export function addUp(steps: number): number {
  let [x, sum] = [1, 0]
  for (let i = 0; i < steps; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0
    sum += x & 1
  }
  return sum
}

/** Threads of their own for the control, and for barriers. */
export class Control {
  readonly #pool: Pool<LoadTask, LoadResult>

  private constructor(pool: Pool<LoadTask, LoadResult>) {
    this.#pool = pool
  }

  /** @throws MachineError where threads cannot be started */
  static async open(threads: number): Promise<Control> {
    return new Control(await openPool({ threads, file: workerFile('benchmark'), context: {} }))
  }

  /** Steps of one thread that take about that long. */
  async stepsFor(seconds: number): Promise<number> {
    const few = 2e6
    await this.#pool.run({ kind: 'control', steps: few })
    const { seconds: taken } = await this.#pool.run({ kind: 'control', steps: 4 * few })
    return Math.ceil((4 * few * seconds) / Math.max(taken, 1e-6))
  }

  /** Seconds until every thread has done that many steps. */
  async run(steps: number): Promise<number> {
    const start = performance.now()
    await this.#all({ kind: 'control', steps })
    return (performance.now() - start) / 1000
  }

  /** Nanoseconds of a meeting of all threads at the barrier that members of a team use. */
  async barrier(seconds: number): Promise<number> {
    const words = new Int32Array(new SharedArrayBuffer(4 * BARRIER_WORDS))
    const task: LoadTask = { kind: 'barrier', words, members: this.#pool.threads, seconds }
    const results = await this.#all(task, barrierPlace(words))
    const { meetings, seconds: taken } = results[0] ?? { meetings: 0, seconds: Number.NaN }
    return (1e9 * taken) / meetings
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  #all(task: LoadTask, place?: MeetingPlace): Promise<LoadResult[]> {
    return runTeam(this.#pool, this.#pool.threads, () => task, place)
  }
}
