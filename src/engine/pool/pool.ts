import { Piscina } from 'piscina'
import { MachineError, messageOf } from '../../errors.ts'
import { type Answer, PING } from './entry.ts'
import type { StopFlag } from './stop.ts'

/** Threads that do the tasks of one kind of worker; each is given the shared memories and the compiled kernels once. */
export interface Pool<Task, Result> {
  readonly threads: number
  /** Seconds that the threads have spent in tasks that are done, all threads together. */
  readonly busySeconds: number
  /** @throws MachineError if the worker threw, exited or ran out of memory */
  run(task: Task): Promise<Result>
  close(): Promise<void>
}

export interface PoolOptions {
  readonly threads: number
  /** The compiled worker entry, a path. */
  readonly file: string
  /** What every worker is given once. */
  readonly context: object
  /** What tells the workers to leave their tasks. */
  readonly stop?: StopFlag | undefined
}

/**
 * Starts the threads and waits for a first answer: a worker file that cannot be loaded fails the first task and
 * would hang the second for ever.
 *
 * @throws MachineError if the threads cannot be started
 */
export async function openPool<Task, Result>({ threads, file, context, stop }: PoolOptions): Promise<Pool<Task, Result>> {
  const piscina = new Piscina({
    filename: file,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    workerData: { ...context, stop: stop?.words },
    recordTiming: false,
  })
  // Failures reach us through the tasks; without a listener they would end the process.
  piscina.on('error', () => {})
  let busySeconds = 0
  const send = async (task: unknown): Promise<Extract<Answer<Result>, { ok: true }>> => {
    let answer: Answer<Result>
    try {
      answer = (await piscina.run(task)) as Answer<Result>
    } catch (error) {
      throw new MachineError(`a worker thread failed: ${messageOf(error)}`)
    }
    if (!answer.ok) throw new MachineError(`a worker thread failed: ${answer.message}`)
    return answer
  }
  try {
    await send(PING)
  } catch (error) {
    await piscina.destroy()
    throw error
  }
  return {
    threads,
    get busySeconds() {
      return busySeconds
    },
    run: async (task) => {
      const { seconds, result } = await send(task)
      busySeconds += seconds
      return result
    },
    close: () => piscina.destroy(),
  }
}
