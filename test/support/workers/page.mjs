// A module worker of a page in a browser: plans a job and samples its ladders one after the other, in memory that is not shared, without
// Node. Each ladder's memory is sent to the server as it is at the end; the plan is answered.
import { ARENA_START } from '../../../dist/src/engine/memory/arena.js'
import { resolveJob } from '../../../dist/src/job/job.js'
import { planJob } from '../../../dist/src/job/plan.js'
import { knownModel } from '../../../dist/src/model/registry.js'
import { Ladder } from '../../../dist/src/sampling/ladder.js'

const PAGE = 65536

async function sample(job) {
  const module = await WebAssembly.compileStreaming(fetch('/dist/workers/kernels-unshared.wasm'))
  const { ladders, bytes } = planJob(resolveJob(job))
  for (const [i, spec] of ladders.entries()) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((ARENA_START + bytes[i]) / PAGE), maximum: 65536 })
    const ladder = new Ladder(spec, knownModel(spec.model), module, memory, ARENA_START)
    if (!ladder.run(Number.POSITIVE_INFINITY, () => false)) throw new Error(`ladder ${i} was left before its end`)
    await fetch('/memories', { method: 'POST', body: new Uint8Array(memory.buffer, ARENA_START, bytes[i]) })
  }
  return { ladders, shared: 'SharedArrayBuffer' in globalThis }
}

addEventListener('message', async ({ data }) => {
  try {
    postMessage({ answer: await sample(data) })
  } catch (error) {
    postMessage({ error: String(error.stack) })
  }
})
postMessage('ready')
