// Two threads against one, four bundles, by the wall clock of whole runs; and where the threads of a tempering run spend
// their time.

import { join } from 'node:path'
import { type JobInput, resolveJob, run, type SimulationData } from 'spinpool'
import { exampleJob } from '../src/job/example.ts'
import { ising } from '../src/model/ising/index.ts'
import { benchmark } from './bench.ts'
import { type Figure, figure } from './figure.ts'
import { GRID, SIZE } from './grid.ts'
import { compilePeer } from './ising-peer.ts'
import { NO_COMPILER } from './peer.ts'
import { shareOf, twoThreads } from './two-threads.ts'

const ROUNDS = 3
/** With one thread some seventeen seconds: starting and writing, half a second that threads cannot share, then count little. */
const SWEEPS = 40_000
const CONTROL_TEMPERATURE = 2
const CONTROL_SWEEPS = 60_000

/** Bundles without tempering, one for each copy. */
function fourBundles(out: string, threads: number): Promise<unknown> {
  const sweeps = { sweeps: SWEEPS, thermalization: 1000 }
  const job: JobInput = { model: 'ising', size: SIZE, temperatures: GRID, ...sweeps, tempering: false, copies: 4, seed: 1 }
  return run(job, { out, threads, force: true })
}

await benchmark('threads', async ({ folder, note }): Promise<readonly Figure[]> => {
  const peer = await compilePeer(folder)
  if (!peer) note(`${NO_COMPILER}; the control is left out`)
  const out = join(folder, 'run.h5')
  const wait: number[] = []
  const exchange: number[] = []
  const gain = await twoThreads({
    rounds: ROUNDS,
    work: 'flips',
    whole: (threads) => fourBundles(out, threads),
    program: peer && ((seed) => peer.run(CONTROL_TEMPERATURE, CONTROL_SWEEPS, seed)),
    atLeast: 1.85,
    besides: async (round) => {
      // The example takes longest, so every other round.
      if (round % 2 === 1) return
      const { simulations } = await run(resolveJob(exampleJob(ising)), { out, threads: 2, force: true })
      wait.push(shareOf(simulations[0] as SimulationData, 'wait'))
      exchange.push(shareOf(simulations[0] as SimulationData, 'exchange'))
    },
  })
  const sums = wait.map((share, i) => share + (exchange[i] as number))
  note('the shares are those of the built-in example on two threads, of sweep + measure + exchange + wait + checkpoint')
  return [
    ...gain,
    figure('share of time in wait', '%', wait, { below: 5 }),
    figure('share of time in exchange', '%', exchange, { below: 5 }),
    figure('share of time in wait + exchange', '%', sums),
  ]
})
