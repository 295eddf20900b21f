import { workerData } from 'node:worker_threads'
import { messageOf } from '../../errors.ts'
import { StopFlag } from './stop.ts'

/** Errors lose their class and code on the way back from a worker, so they come as data. */
export type Answer<Result> =
  | { readonly ok: true; readonly seconds: number; readonly result: Result }
  | { readonly ok: false; readonly message: string }

/** A task that every entry answers without doing anything: it shows that the worker is there. */
export const PING = { ping: true } as const

/**
 * What a worker file exports: a function that Piscina calls with each task.
 *
 * @param open called when the thread starts, with what all workers of the pool are given; returns what does one task. `isStopped`
 *   says whether tasks are to be left early
 */
export function workerEntry<Context, Task extends object, Result>(
  open: (context: Context, isStopped: () => boolean) => ((task: Task) => Result) | Promise<(task: Task) => Result>,
): (task: Task | typeof PING) => Promise<Answer<Result | undefined>> {
  // Piscina wraps the pool's workerData as the second entry.
  const context = (Array.isArray(workerData) ? workerData[1] : workerData) as Context & { readonly stop?: Int32Array }
  const stop = context.stop && new StopFlag(context.stop)
  const opened = Promise.resolve(open(context, () => stop?.isRaised ?? false))
  // The first task reports that it failed; an unhandled rejection would end the thread before that.
  opened.catch(() => {})
  return async (task) => {
    const start = performance.now()
    try {
      const act = await opened
      const result = 'ping' in task ? undefined : act(task)
      return { ok: true, seconds: (performance.now() - start) / 1000, result }
    } catch (error) {
      return { ok: false, message: messageOf(error) }
    }
  }
}

/** A function that opens each unit of work once in this thread, when it is first needed. */
export function openOnce<T>(open: (index: number) => T): (index: number) => T {
  const known = new Map<number, T>()
  return (index) => {
    const value = known.get(index) ?? open(index)
    known.set(index, value)
    return value
  }
}
