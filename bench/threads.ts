// Two threads against one, four bundles, by the wall clock of whole runs; and where the threads of a tempering run spend
// their time. The control is two C programs at once against one: what two cores of this machine are worth to programs that
// share nothing at all. No program can do better than that.

import { join } from 'node:path'
import { type JobInput, run, type SimulationData } from 'spinpool'
import { exampleJob } from '../src/job/example.ts'
import { benchmark } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { GRID, SIZE } from './grid.ts'
import { compilePeer, NO_COMPILER, type Peer } from './peer.ts'

const ROUNDS = 3
/** With one thread some seventeen seconds: starting and writing, half a second that threads cannot share, then count little. */
const SWEEPS = 40_000
const CONTROL_TEMPERATURE = 2
const CONTROL_SWEEPS = 60_000

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}

/** Bundles without tempering, one for each copy. */
function fourBundles(out: string, threads: number): Promise<unknown> {
  const sweeps = { sweeps: SWEEPS, thermalization: 1000 }
  const job: JobInput = { model: 'ising', size: SIZE, temperatures: GRID, ...sweeps, tempering: false, copies: 4, seed: 1 }
  return run(job, { out, threads, force: true })
}

/** Work by time of `programs` peers at once. */
async function control(peer: Peer, programs: number): Promise<number> {
  const seconds = await secondsOf(() =>
    Promise.all(Array.from({ length: programs }, (_, seed) => peer.run(CONTROL_TEMPERATURE, CONTROL_SWEEPS, seed))),
  )
  return programs / seconds
}

/** Shares of all threads' time, in percent. */
async function exampleShares(out: string): Promise<{ readonly wait: number; readonly exchange: number }> {
  const { simulations } = await run(exampleJob('ising'), { out, threads: 2, force: true })
  const { timing } = simulations[0] as SimulationData
  const all = Object.values(timing).reduce((a, b) => a + b, 0)
  const share = (kind: string): number => (100 * (timing[kind] as number)) / all
  return { wait: share('wait'), exchange: share('exchange') }
}

await benchmark('threads', async ({ folder, note }): Promise<readonly Figure[]> => {
  const peer = await compilePeer(folder)
  const out = join(folder, 'run.h5')
  const seen = { one: [] as number[], two: [] as number[], oneProgram: [] as number[], twoPrograms: [] as number[] }
  const wait: number[] = []
  const exchange: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    seen.one.push(1 / (await secondsOf(() => fourBundles(out, 1))))
    seen.two.push(1 / (await secondsOf(() => fourBundles(out, 2))))
    if (peer) {
      seen.oneProgram.push(await control(peer, 1))
      seen.twoPrograms.push(await control(peer, 2))
    }
    // The example takes longest, so every other round.
    if (round % 2 === 1) continue
    const shares = await exampleShares(out)
    wait.push(shares.wait)
    exchange.push(shares.exchange)
  }
  const gain = ratios(seen.two, seen.one)
  const figures = [figure('flips by time, two threads / one', 'x', gain, { atLeast: 1.85 })]
  if (peer) {
    const worth = ratios(seen.twoPrograms, seen.oneProgram)
    figures.push(figure('control: two C programs at once / one', 'x', worth), figure('two threads / control', 'x', ratios(gain, worth)))
  } else {
    note(`${NO_COMPILER}; the control is left out`)
  }
  const sums = wait.map((share, i) => share + (exchange[i] as number))
  note('the shares are those of the built-in example on two threads, of sweep + measure + exchange + wait + checkpoint')
  return [
    ...figures,
    figure('share of time in wait', '%', wait, { below: 5 }),
    figure('share of time in exchange', '%', exchange, { below: 5 }),
    figure('share of time in wait + exchange', '%', sums),
  ]
})
