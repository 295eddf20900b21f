// Reads a lock over and over until it is told to stop: how often, and how often there was nothing to read.
import { parentPort, workerData } from 'node:worker_threads'
import { readLock } from '../../../dist/src/archive/lock.js'

const stop = new Int32Array(workerData.stop)
const seen = new Set()
let [reads, unreadable] = [0, 0]
while (Atomics.load(stop, 0) === 0) {
  const lock = readLock(workerData.archive)
  reads++
  if (lock?.state !== 'alive') unreadable++
  else seen.add(lock.owner.progress?.step)
  Atomics.store(stop, 1, reads)
  Atomics.notify(stop, 1)
}
parentPort.postMessage({ reads, unreadable, distinct: seen.size })
