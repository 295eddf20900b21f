// A worker that works for a while and then throws: what a bug in a kernel would look like.
import step from '../../../dist/workers/stepper.js'

let calls = 0
export default function failing(task) {
  if (task.ladder !== undefined && ++calls > 2) throw new Error('the kernel hit a wall')
  return step(task)
}
