// Two threads against one on the six-component model: 32 replicas at L = 32 that exchange temperatures, one ladder of eight
// bundles, so that the threads meet at a barrier after every round; and what they wait there. A round is five sweeps, twice
// the longest autocorrelation time at T = 0.35; what they wait when every sweep is measured is shown besides.

import { join } from 'node:path'
import { type JobInput, run, type RunResult, type SimulationData } from 'spinpool'
import { benchmark } from './bench.ts'
import { type Figure, figure } from './figure.ts'
import { compileO6Peer } from './o6-peer.ts'
import { COUPLINGS } from './o6-reference.ts'
import { NO_COMPILER } from './peer.ts'
import { shareOf, twoThreads } from './two-threads.ts'

const ROUNDS = 5
/** With one thread some fifteen seconds: starting and writing, half a second that threads cannot share, then count little. */
const SWEEPS = 10_000
const MEASURE_EVERY = 5
const SIZE = 32
const CONTROL_TEMPERATURE = 0.35
const CONTROL_SWEEPS = 16_000
const BUSY = ['sweep', 'measure', 'exchange', 'wait']

async function wholeRun(out: string, threads: number, sweeps = SWEEPS, measureEvery = MEASURE_EVERY): Promise<RunResult> {
  const job: JobInput = {
    model: 'o6',
    size: SIZE,
    temperatures: '0.2:0.5/32',
    parameters: COUPLINGS,
    tempering: true,
    copies: 1,
    sweeps,
    measureEvery,
    seed: 1,
  }
  const result = await run(job, { out, threads, force: true })
  if (result.status !== 'complete') throw new Error(`the run is ${result.status}`)
  return result
}

await benchmark('o6-threads', async ({ folder, note }): Promise<readonly Figure[]> => {
  const peer = await compileO6Peer(folder)
  if (!peer) note(`${NO_COMPILER}; the control is left out`)
  const out = join(folder, 'run.h5')
  // The first run of a process also loads what writes archives; it is not counted.
  await wholeRun(out, 2, SWEEPS / 10)
  const wait: number[] = []
  const exchange: number[] = []
  const gain = await twoThreads({
    rounds: ROUNDS,
    work: 'sweeps',
    whole: async (threads) => {
      const [simulation] = (await wholeRun(out, threads)).simulations as readonly [SimulationData]
      if (threads === 1) return
      wait.push(shareOf(simulation, 'wait', BUSY))
      exchange.push(shareOf(simulation, 'exchange', BUSY))
    },
    program: peer && ((seed) => peer(SIZE, CONTROL_TEMPERATURE, CONTROL_SWEEPS, seed)),
    atLeast: 1.8,
  })
  const everySweep: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [simulation] = (await wholeRun(out, 2, SWEEPS / 2, 1)).simulations as readonly [SimulationData]
    everySweep.push(shareOf(simulation, 'wait', BUSY))
  }
  note(`32 replicas at L = ${SIZE}, ${SWEEPS} sweeps, every ${MEASURE_EVERY}th measured and exchanged; the archive is part of the time`)
  note(`the shares are those of the runs on two threads, of ${BUSY.join(' + ')}`)
  return [
    ...gain,
    figure('share of time at the barrier', '%', wait, { below: 5 }),
    figure('share of time in exchange', '%', exchange),
    figure('share of time at the barrier, every sweep measured', '%', everySweep),
  ]
})
