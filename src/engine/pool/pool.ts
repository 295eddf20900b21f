import { Piscina } from 'piscina'
import { MachineError, messageOf } from '../../errors.ts'

/** Errors lose their class and code on the way back from a worker, so they come as data. */
export type Answer<Result> = ({ readonly ok: true } & Result) | { readonly ok: false; readonly message: string }

/** Threads that do the tasks of one kind of worker; each is given the shared memories and the compiled kernels once. */
export interface Pool<Task, Result> {
  /** @throws MachineError where the worker threw, exited or ran out of memory */
  run(task: Task): Promise<Result>
  close(): Promise<void>
}

/**
 * Starts the threads and waits for a first answer: a worker file that cannot be loaded fails the first task and
 * would hang the second for ever.
 *
 * @param context what every worker is given once
 * @param file the worker entry
 * @param ping a task that only says that the worker is there
 */
export async function openPool<Task, Result>(threads: number, context: object, file: string, ping: Task): Promise<Pool<Task, Result>> {
  const piscina = new Piscina({
    filename: file,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    workerData: context,
    recordTiming: false,
  })
  // Failures reach us through the tasks; without a listener they would end the process.
  piscina.on('error', () => {})
  const run = async (task: Task): Promise<Result> => {
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
    await run(ping)
  } catch (error) {
    await piscina.destroy()
    throw error
  }
  return { run, close: () => piscina.destroy() }
}
