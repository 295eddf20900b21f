// The second member of a team is killed while the others wait for it at the barrier.
import step from '../../../dist/workers/stepper.js'

let calls = 0
export default function vanishing(task) {
  if (task.member === 1 && ++calls > 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    process.exit(1)
  }
  return step(task)
}
