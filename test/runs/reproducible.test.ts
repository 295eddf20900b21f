// @module-tag slow

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ladder } from '../../src/sampling/ladder.ts'
import { openArchive, run } from '../../src/index.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { findModel } from '../support/models.ts'
import { dataOf } from '../support/data.ts'
import { temporaryFolder } from '../support/folder.ts'
import { jobs } from '../support/jobs.ts'
import { openLadderMemory } from '../support/kernel-memory.ts'
import { simulate } from '../support/simulate.ts'

const folder = temporaryFolder()
const firstOfModels = jobs.filter((job, i) => jobs.findIndex(({ model }) => model === job.model) === i)

const references = new Map<(typeof jobs)[number], ReturnType<typeof dataOf>>()

/** The data of a job on one thread, which are made once. */
async function referenceOf(job: (typeof jobs)[number]): Promise<ReturnType<typeof dataOf>> {
  const reference = references.get(job) ?? dataOf(await simulate(job, 1))
  references.set(job, reference)
  return reference
}

describe('the same job and seed', () => {
  it.each(jobs)('gives equal data bit for bit on one thread and on several: $title', async (job) => {
    const one = await referenceOf(job)
    // A third thread has something to do in a team alone.
    expect(dataOf(await simulate(job, job.title.includes('gang') ? 3 : 2))).toEqual(one)
    // And it is the seed that decides; how lanes get their random numbers differs by model, not by job.
    if (firstOfModels.includes(job)) {
      const other = dataOf(await simulate({ ...job, seed: 99 }, 2))
      expect(other[0]?.quantities).not.toEqual(one[0]?.quantities)
    }
  })

  it('gives equal data when it is repeated from the job in an archive', async () => {
    const first = await run(jobs[1] as (typeof jobs)[0], { out: join(folder, 'first.h5'), threads: 2 })
    const archive = await openArchive(first.path)
    const { job } = archive
    archive.close()
    const again = await run({ ...job }, { out: join(folder, 'again.h5'), threads: 1 })
    expect(dataOf(again.simulations)).toEqual(dataOf(first.simulations))
  })

  it('does not change a simulation when another size is added to the job', async () => {
    const [alone] = dataOf(await simulate({ ...(jobs[0] as (typeof jobs)[0]), size: 8 }))
    const [, together] = await referenceOf(jobs[0] as (typeof jobs)[0])
    expect(together).toEqual(alone)
  })

  it('is the same however often a ladder is put down and taken up by another worker', async () => {
    const plan = planJob(
      resolveJob({ model: 'ising', size: 6, temperatures: '1.8:2.8/16', sweeps: 300, thermalization: 50, tempering: true, seed: 14 }),
    )
    const spec = plan.ladders[0]
    if (!spec) throw new Error('no ladder')
    const whole = await openLadderMemory(spec)
    const model = findModel('ising')
    new Ladder(spec, model, whole.module, whole.memory, 1024).run(60, () => false)
    const cut = await openLadderMemory(spec)
    let done = false
    let turns = 0
    while (!done) {
      let rounds = 0
      done = new Ladder(spec, model, cut.module, cut.memory, 1024).run(60, () => ++rounds > 7)
      turns++
    }
    expect(turns).toBe(50)
    for (const slot of [0, 5, 127])
      for (const k of [0, 3]) expect(cut.view.samples.binsOf(k, slot)).toEqual(whole.view.samples.binsOf(k, slot))
    expect(cut.view.lanes).toEqual(whole.view.lanes)
    const kept = ({ view }: typeof cut): unknown[] =>
      view
        .persistent({ samples: 0, snapshots: 0, trace: { count: 0, every: 1 } })
        .filter(({ name }) => name !== 'bundles')
        .map((field) => [field.name, field.view()])
    expect(kept(cut)).toEqual(kept(whole))
  })
})
