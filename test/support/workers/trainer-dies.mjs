// A worker that trains until it has stepped its weights a number of times, in the middle of an epoch, and then throws, exits, or
// stops the whole training as a signal would; told by the environment: `throws 40`. Only the first one to get there does so.
import { existsSync, writeFileSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const [way, most] = process.env.SPINPOOL_TEST_DEATH.split(' ')
const { stop } = Array.isArray(workerData) ? workerData[1] : workerData
const Instance = WebAssembly.Instance
let steps = 0

WebAssembly.Instance = function Mortal(module, imports) {
  const { exports } = new Instance(module, imports)
  const adam = (...values) => {
    exports.adam(...values)
    if (++steps >= Number(most) && !existsSync(process.env.SPINPOOL_TEST_DEAD)) die()
  }
  return { exports: { ...exports, adam } }
}

function die() {
  writeFileSync(process.env.SPINPOOL_TEST_DEAD, way)
  if (way === 'stops') Atomics.store(stop, 0, 1)
  if (way === 'throws') throw new Error('the kernel hit a wall')
  if (way === 'exits') process.exit(1)
}

const { default: train } = await import('../../../dist/workers/trainer.js')
export default train
