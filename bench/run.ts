// A whole run on one thread against plain C: start, thermalization, tempering, a sample after every sweep, errors and
// archive, everything that `run()` does, by the wall clock; of the C program its flips alone.

import { join } from 'node:path'
import { type JobInput, run } from 'spinpool'
import { benchmark } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { fewTemperatures, GRID, SIZE, temperatures } from './grid.ts'
import { compilePeers, SWEEPS as PEER_SWEEPS, together } from './ising-peer.ts'
import { NO_COMPILER } from './peer.ts'

const ROUNDS = 3
/** Some ten to fifteen seconds: start and archive together are half a second. */
const SWEEPS = 100_000
const THERMALIZATION = SWEEPS / 10

/** @returns attempted updates per nanosecond of the call */
async function wholeRun(out: string, seed: number): Promise<number> {
  const sweeps = { sweeps: SWEEPS, thermalization: THERMALIZATION, measureEvery: 1 }
  const job: JobInput = { model: 'ising', size: SIZE, temperatures: GRID, ...sweeps, tempering: true, copies: 1, seed }
  const start = performance.now()
  const { status } = await run(job, { out, threads: 1 })
  const nanoseconds = 1e6 * (performance.now() - start)
  if (status !== 'complete') throw new Error(`the run is ${status}`)
  return ((SWEEPS + THERMALIZATION) * SIZE ** 2 * temperatures.length) / nanoseconds
}

await benchmark('run', async ({ folder, note }): Promise<readonly Figure[]> => {
  const peers = await compilePeers(folder)
  if (!peers) {
    note(NO_COMPILER)
    return []
  }
  const seen = { run: [] as number[], plain: [] as number[], branchless: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    seen.run.push(await wholeRun(join(folder, `${round}.h5`), round))
    const rates = { plain: [] as number[], branchless: [] as number[] }
    for (const T of fewTemperatures) {
      rates.plain.push((await peers.plain.run(T, PEER_SWEEPS, round)).flipsPerNanosecond)
      rates.branchless.push((await peers.branchless.run(T, PEER_SWEEPS, round)).flipsPerNanosecond)
    }
    seen.plain.push(together(rates.plain))
    seen.branchless.push(together(rates.branchless))
  }
  note(`L = ${SIZE}, ${temperatures.length} temperatures, tempering, ${SWEEPS} sweeps, each measured; the archive is part of the time`)
  return [
    figure('whole run / C, whole grid', 'x', ratios(seen.run, seen.plain), { atLeast: 22 }),
    figure('whole run / C without branches (-DBRANCHLESS)', 'x', ratios(seen.run, seen.branchless)),
    figure('whole run', 'flips/ns', seen.run),
    figure('C, whole grid', 'flips/ns', seen.plain),
    figure('C without branches, whole grid', 'flips/ns', seen.branchless),
  ]
})
