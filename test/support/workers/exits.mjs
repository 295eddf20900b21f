// A worker that works for a while and then is gone, as if it had been killed.
import step from '../../../dist/workers/stepper.js'

let calls = 0
export default function vanishing(task) {
  if (task.ladder !== undefined && ++calls > 2) process.exit(1)
  return step(task)
}
