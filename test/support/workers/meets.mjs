// Meets the other members of a team at a barrier, once, or exits instead and lets them wait.
import { Barrier } from '../../../dist/src/engine/pool/barrier.js'
import { workerEntry } from '../../../dist/src/engine/pool/entry.js'

export default workerEntry(() => ({ barrier, members, dies }) => {
  // The others are asleep at the barrier by then.
  if (dies) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    process.exit(1)
  }
  return { met: new Barrier(barrier, members).meet(true, () => true) }
})
