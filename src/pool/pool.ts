import { Piscina } from 'piscina'
import { MachineError, messageOf } from '../errors.ts'
import { workerFile } from './built.ts'
import type { StepResult, StepTask, WorkerContext } from './tasks.ts'

/** Threads that step ensembles; each is given the shared memories and the compiled kernels once. */
export interface Pool {
  /** @throws MachineError where the worker threw, exited or ran out of memory */
  step(task: StepTask): Promise<{ readonly done: boolean; readonly seconds: number }>
  close(): Promise<void>
}

/**
 * Starts the threads and waits for a first answer: a worker file that cannot be loaded fails the first task and
 * would hang the second for ever.
 *
 * @param file another worker entry, to test how failures are met
 */
export async function openPool(threads: number, context: WorkerContext, file: string = workerFile): Promise<Pool> {
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
  const run = async (task: StepTask): Promise<Extract<StepResult, { ok: true }>> => {
    let result: StepResult
    try {
      result = (await piscina.run(task)) as StepResult
    } catch (error) {
      throw new MachineError(`a worker thread failed: ${messageOf(error)}`)
    }
    if (!result.ok) throw new MachineError(`a worker thread failed: ${result.message}`)
    return result
  }
  try {
    await run({ ensemble: undefined, member: 0, members: 1, seconds: 0 })
  } catch (error) {
    await piscina.destroy()
    throw error
  }
  return {
    step: run,
    close: () => piscina.destroy(),
  }
}
