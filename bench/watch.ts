// What a page that shows a run costs it: the same job with a reader of events, in a process of its own, and without one, in
// turn. What a browser does to draw them is not in it: it takes a core of whoever looks.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { JobInput } from 'spinpool'
import { runJob } from '../src/run/run.ts'
import { WatchServer } from '../src/view/watch/server.ts'
import { benchmark } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { GRID, SIZE } from './grid.ts'

const ROUNDS = 5
/** Some five to ten seconds each. */
const jobs: Readonly<Record<string, JobInput>> = {
  ising: { model: 'ising', size: SIZE, temperatures: GRID, sweeps: 60_000, thermalization: 1000, tempering: true, copies: 2, seed: 1 },
  o6: { model: 'o6', size: 64, temperatures: '0.2:0.5/8', sweeps: 8000, thermalization: 200, tempering: true, copies: 1, seed: 1 },
}
const READER = `require('node:http').get(process.argv[1], (response) => {
  let bytes = 0
  response.on('data', (part) => { bytes += part.length }).on('end', () => console.log(bytes))
})`

interface Timed {
  readonly seconds: number
  /** Seconds of processors that all threads of the run had. */
  readonly processors: number
  readonly bytes: number
}

async function timed(job: JobInput, out: string, watched: boolean): Promise<Timed> {
  const server = watched ? await WatchServer.open({ onStop: () => {}, onCheckpoint: () => {} }) : undefined
  let reader: ReturnType<typeof spawn> | undefined
  let read = ''
  const before = process.cpuUsage()
  const { elapsedSeconds } = await runJob(job, {
    out,
    threads: 2,
    force: true,
    onLive: (run) => {
      if (!server) return
      server.show(run, out)
      reader = spawn(process.execPath, ['-e', READER, server.url.replace('/?', '/events?')], { stdio: ['ignore', 'pipe', 'inherit'] })
      reader.stdout?.on('data', (text) => {
        read += text
      })
    },
  })
  const { user, system } = process.cpuUsage(before)
  await server?.end({ status: 'complete', path: out })
  if (reader) await once(reader, 'close')
  return { seconds: elapsedSeconds, processors: (user + system) / 1e6, bytes: Number(read) }
}

await benchmark('watch', async ({ folder, note }): Promise<readonly Figure[]> => {
  const figures: Figure[] = []
  for (const [model, job] of Object.entries(jobs)) {
    const out = join(folder, `${model}.h5`)
    await timed(job, out, false)
    const seen: { readonly alone: Timed[]; readonly watched: Timed[] } = { alone: [], watched: [] }
    for (let round = 0; round < ROUNDS; round++) {
      // Now one first, now the other: a machine that grows slower must not look like a cost.
      for (const watched of round % 2 === 0 ? [false, true] : [true, false]) {
        seen[watched ? 'watched' : 'alone'].push(await timed(job, out, watched))
      }
    }
    const seconds = (list: readonly Timed[]): number[] => list.map((one) => one.seconds)
    const processors = (list: readonly Timed[]): number[] => list.map((one) => one.processors)
    note(
      `${model}: ${seconds(seen.alone).map((s) => s.toFixed(1))} s alone; ${seen.watched.map(({ bytes }) => (bytes / 1e3).toFixed(0))} kB of events`,
    )
    figures.push(
      figure(`${model}: time with a reader / without`, 'x', ratios(seconds(seen.watched), seconds(seen.alone)), { below: 1.02 }),
      figure(`${model}: processor time with a reader / without`, 'x', ratios(processors(seen.watched), processors(seen.alone)), {
        below: 1.02,
      }),
    )
  }
  return figures
})
