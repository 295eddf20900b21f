// A worker that dies in the middle of a round: the sums of a sample are taken, and nothing else of it. Of which ladder, after
// how many samples and in which way is told by the environment: `0 40 throws`.
import { existsSync, writeFileSync } from 'node:fs'

const [ladder, samples, way] = process.env.SPINPOOL_TEST_DEATH.split(' ')
const Instance = WebAssembly.Instance
let stepped
let taken = 0

WebAssembly.Instance = function Mortal(module, imports) {
  const { exports } = new Instance(module, imports)
  const accumulate = (...values) => {
    exports.accumulate(...values)
    if (stepped === Number(ladder) && ++taken > Number(samples) && !existsSync(process.env.SPINPOOL_TEST_DEAD)) die()
  }
  return { exports: { ...exports, accumulate } }
}

function die() {
  // Only one of the workers.
  writeFileSync(process.env.SPINPOOL_TEST_DEAD, way)
  if (way === 'throws') throw new Error('the kernel hit a wall')
  if (way === 'exits') process.exit(1)
  for (const all = []; ; ) all.push(new Array(1e6).fill(all.length))
}

const { default: step } = await import('../../../dist/workers/stepper.js')

export default (task) => {
  stepped = task.ladder
  return step({ ...task, seconds: Math.min(task.seconds, 0.02) })
}
