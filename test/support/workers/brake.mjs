// Preloaded, makes a slow machine of any: every sample that a worker takes waits for some milliseconds, so that a short job
// can be stopped many times. Nor is its code optimised, which takes half a second of a processor: more than it has to do.
import { setFlagsFromString } from 'node:v8'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) for (const flag of ['--liftoff-only', '--wasm-lazy-compilation']) setFlagsFromString(flag)

const nap = Number(process.env.SPINPOOL_TEST_NAP)
const words = new Int32Array(new SharedArrayBuffer(4))
const Instance = WebAssembly.Instance

if (!isMainThread) {
  WebAssembly.Instance = function Braked(module, imports) {
    const { exports } = new Instance(module, imports)
    const accumulate = (...values) => {
      Atomics.wait(words, 0, 0, nap)
      return exports.accumulate(...values)
    }
    return { exports: { ...exports, accumulate } }
  }
}
