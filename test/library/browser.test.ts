import type { Browser, JSHandle } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARENA_START } from '../../src/engine/memory/arena.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { findModel } from '../support/models.ts'
import { Ladder } from '../../src/sampling/ladder.ts'
import { BundleState, LadderMemory, persistentBundles } from '../../src/sampling/memory.ts'
import type { LadderSpec } from '../../src/sampling/spec.ts'
import { chromiumPath, openChromium } from '../support/chromium.ts'
import { openLadderMemory } from '../support/kernel-memory.ts'
import { openPageServer, type PageServer } from '../support/page-server.ts'

const kept = { sweeps: 64, thermalization: 20, snapshots: 2, series: true, seed: '18446744073709551557' }
const jobs = [
  {
    title: 'independent temperatures, without a field and with one',
    model: 'ising',
    size: [3, 8],
    temperatures: [2, 2.5],
    copies: 20,
    parameters: { h: [0, 0.2] },
    ...kept,
  },
  { title: 'temperatures exchanged', model: 'ising', size: 6, temperatures: '1.8:2.8/12', tempering: true, copies: 2, ...kept },
  {
    title: 'temperatures exchanged by two bundles, heat bath and clusters',
    model: 'o6',
    size: 6,
    temperatures: '0.3:0.5/6',
    tempering: true,
    copies: 1,
    cluster: 1,
    reflections: ['psi', 'swap'],
    ...kept,
  },
  {
    title: 'a parameter exchanged, tuned proposals',
    model: 'o6',
    size: 4,
    temperatures: [0.4],
    update: 'metropolis',
    tempering: { along: 'g' },
    parameters: { g: [0.2, 0.3, 0.4] },
    ...kept,
  },
]

/** Numbers of a ladder by name, but the seconds, which are set to 0 here. */
function numbersOf(buffer: ArrayBufferLike, offset: number, spec: LadderSpec): Map<string, Buffer> {
  const model = findModel(spec.model)
  const memory = new LadderMemory(buffer, offset, spec)
  for (const state of memory.bundles) state.fill(0, BundleState.sweepSeconds)
  const bundles = persistentBundles(buffer, memory, spec, model).flatMap((fields, bundle) =>
    fields.map(({ name, view }) => ({ name: `${name} of bundle ${bundle}`, view })),
  )
  const fields = [...memory.persistent({ samples: 0, snapshots: 0, trace: { count: 0, every: 1 } }), ...bundles]
  return new Map(fields.map(({ name, view }) => [name, bytesOf(view())]))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

describe.skipIf(chromiumPath === undefined)(
  'a page without shared memory samples what Node does (skipped where there is no Chromium)',
  () => {
    let server: PageServer
    let browser: Browser
    let worker: JSHandle<Worker>

    beforeAll(async () => {
      server = await openPageServer()
      browser = await openChromium()
      const page = await browser.newPage()
      await page.goto(server.url)
      worker = await page.evaluateHandle(() => {
        const worker = new Worker('/test/support/workers/page.mjs', { type: 'module' })
        return new Promise<Worker>((resolve, reject) => {
          worker.onmessage = () => resolve(worker)
          worker.onerror = ({ message }) => reject(new Error(message || 'a module of the worker could not be loaded'))
        })
      })
    })
    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })

    /** What the page's worker answers. */
    const ask = (job: object): Promise<{ readonly ladders: readonly LadderSpec[]; readonly shared: boolean }> =>
      worker.evaluate((worker, given) => {
        worker.postMessage(given)
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => ('answer' in data ? resolve(data.answer) : reject(new Error(data.error)))
        })
      }, job)

    it.each(jobs)('$model: $title', async (job) => {
      const { ladders, bytes } = planJob(resolveJob(job))
      expect(await ask(job)).toEqual({ ladders, shared: false })
      const memories = server.take()
      expect(memories).toHaveLength(ladders.length)
      for (const [i, spec] of ladders.entries()) {
        const { module, memory } = await openLadderMemory(spec)
        expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer)
        expect(new Ladder(spec, findModel(spec.model), module, memory, ARENA_START).run(Number.POSITIVE_INFINITY, () => false)).toBe(true)
        const here = numbersOf(memory.buffer, ARENA_START, spec)
        const there = memories[i] as Uint8Array<ArrayBuffer>
        const different = [...numbersOf(there.buffer, 0, spec)].filter(([name, values]) => !here.get(name)?.equals(values))
        expect(different.map(([name]) => name)).toEqual([])
        // Nor in what no checkpoint keeps.
        expect(Buffer.from(memory.buffer, ARENA_START, bytes[i]).equals(there)).toBe(true)
      }
    })
  },
)
