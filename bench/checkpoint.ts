// What a checkpoint of 10^7 spins costs: the same job with many checkpoints and with few, in turn. The time that each one
// more costs, as a share of the five minutes from one to the next.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type JobInput, run } from 'spinpool'
import { type Bench, benchmark } from './bench.ts'
import { type Figure, figure } from './figure.ts'

const ROUNDS = 3
const EVERY_SECONDS = 300
const common = { thermalization: 0, seed: 1 } satisfies Partial<JobInput>
/** Two bundles each, one for either thread; some twenty seconds. */
const jobs: Readonly<Record<string, JobInput>> = {
  o6: { ...common, model: 'o6', size: 1118, temperatures: [0.35], copies: 8, sweeps: 100 },
  ising: { ...common, model: 'ising', size: 198, temperatures: [2.27], copies: 256, sweeps: 10_000 },
}

interface Timed {
  readonly seconds: number
  readonly checkpoints: number
  readonly bytes: number
}

async function timed(job: JobInput, checkpointEvery: string, out: string): Promise<Timed> {
  const files = new Set<number>()
  const start = performance.now()
  await run(job, {
    out,
    threads: 2,
    force: true,
    checkpointEvery,
    // Each checkpoint is a new file in the place of the last one.
    onProgress: () => files.add(statSync(out, { throwIfNoEntry: false })?.ino ?? 0),
  })
  return { seconds: (performance.now() - start) / 1000, checkpoints: files.size, bytes: statSync(out).size }
}

async function costs(model: string, job: JobInput, { folder, note }: Bench): Promise<Figure[]> {
  const out = join(folder, `${model}.h5`)
  const [seconds, shares]: [number[], number[]] = [[], []]
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const few = await timed(job, '1h', out)
    const many = await timed(job, '2s', out)
    const each = (many.seconds - few.seconds) / (many.checkpoints - few.checkpoints)
    seconds.push(each)
    shares.push((100 * each) / EVERY_SECONDS)
    bytes = many.bytes
  }
  note(`${model}: L = ${job.size}, ${job.copies} copies, ${(bytes / 1e6).toFixed(0)} MB`)
  return [
    figure(`${model}: time lost by a checkpoint`, 's', seconds),
    figure(`${model}: share of ${EVERY_SECONDS} s`, '%', shares, { below: 1 }),
  ]
}

await benchmark('checkpoint', async (bench) => {
  const figures: Figure[] = []
  for (const [model, job] of Object.entries(jobs)) figures.push(...(await costs(model, job, bench)))
  return figures
})
