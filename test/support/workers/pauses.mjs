// Steps as the real worker does, a moment at a time, and after some of these stops the whole run, as a signal would.
import { workerData } from 'node:worker_threads'
import step from '../../../dist/workers/stepper.js'

const { stop } = Array.isArray(workerData) ? workerData[1] : workerData
const moments = Number(process.env.SPINPOOL_TEST_MOMENTS)
let done = 0

export default (task) => {
  if (task.ladder !== undefined && ++done > moments) Atomics.store(stop, 0, 1)
  return step({ ...task, seconds: 0.005 })
}
