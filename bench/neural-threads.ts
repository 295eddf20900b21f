// Two threads against one on one network: a team that shares every batch of 1024 and meets twice in each. Whole trainings, the
// pool's start and end included, and the epochs between its start and its end.

import type { Dataset } from '../src/dataset/dataset.ts'
import type { LayerParameters } from '../src/neural/architecture.ts'
import { Training } from '../src/neural/training.ts'
import { compileKernels } from '../src/engine/pool/built.ts'
import { benchmark, Refusal } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { compilePeer } from './ising-peer.ts'
import { EXAMPLES, settingsFor, spins } from './mlp.ts'
import { NO_COMPILER } from './peer.ts'
import { twoThreads } from './two-threads.ts'

const ROUNDS = 5
const BATCH = 1024
/** With one thread some ten seconds: the pool's start, a tenth of one, then counts little. */
const EPOCHS = 30
const CONTROL_TEMPERATURE = 2
const CONTROL_SWEEPS = 60_000

interface Trained {
  readonly layers: readonly LayerParameters[]
  /** Of an epoch, the first one not counted. */
  readonly seconds: number
}

async function train(data: Dataset, threads: number): Promise<Trained> {
  const ends: number[] = []
  const options = { threads, onEpoch: () => void ends.push(performance.now()) }
  const training = await Training.open(data, new Int8Array(data.count), settingsFor(data, 'sigmoid', BATCH, EPOCHS), options)
  if (training.threads !== threads) throw new Refusal(`a batch of ${BATCH} is trained on ${training.threads} threads, not on ${threads}`)
  await training.run()
  const seconds = ((ends.at(-1) as number) - (ends[0] as number)) / 1000 / (EPOCHS - 1)
  return { layers: training.networks[0]?.layers ?? [], seconds }
}

/** @throws Refusal where a bit differs */
function hold(layers: readonly LayerParameters[], expected: readonly LayerParameters[]): void {
  const bytes = (all: readonly LayerParameters[]): Buffer =>
    Buffer.concat(all.flatMap(({ weights, biases }) => [Buffer.from(weights.buffer), Buffer.from(biases.buffer)]))
  if (!bytes(layers).equals(bytes(expected))) throw new Refusal('two threads train other weights than one')
}

await benchmark('neural-threads', async ({ folder, note }): Promise<readonly Figure[]> => {
  const peer = await compilePeer(folder)
  if (!peer) note(`${NO_COMPILER}; the control is left out`)
  const data = spins(await compileKernels())
  const expected = await train(data, 1)
  const rates = { one: [] as number[], two: [] as number[] }
  const whole = await twoThreads({
    rounds: ROUNDS,
    work: 'whole trainings',
    whole: async (threads) => {
      const { layers, seconds } = await train(data, threads)
      hold(layers, expected.layers)
      rates[threads === 1 ? 'one' : 'two'].push(EXAMPLES / seconds / 1000)
    },
    program: peer && ((seed) => peer.run(CONTROL_TEMPERATURE, CONTROL_SWEEPS, seed)),
    atLeast: 1.6,
  })
  note(`${EXAMPLES} examples, 900-100-2, batches of ${BATCH}, ${EPOCHS} epochs; the weights are the same bit for bit`)
  return [
    ...whole,
    figure('epochs by time, the pool running, two threads / one', 'x', ratios(rates.two, rates.one), { atLeast: 1.6 }),
    figure('one thread', 'thousand examples/s', rates.one),
    figure('two threads', 'thousand examples/s', rates.two),
  ]
})
