import { UsageError } from '../errors.ts'
import { ARENA_LIMIT, ARENA_START, createArena } from '../engine/memory/arena.ts'
import { formatBytes } from '../text/bytes.ts'
import { instantiateKernels } from '../engine/kernels.ts'
import { compileKernels, workerFile } from '../engine/pool/built.ts'
import { openPool } from '../engine/pool/pool.ts'
import { runTeam } from '../engine/pool/team.ts'
import { type Architecture, type LayerParameters, outputsOf, parameterCount } from './architecture.ts'
import { NetworkMemory, type NetworkSize, placeData } from './memory.ts'
import type { Standardisation } from './network.ts'
import { standardise } from './standardise.ts'
import { type EpochResult, type EpochTask, EVALUATION, type NetworkSpec, type TrainerContext } from './tasks.ts'
import { Trainer } from './trainer.ts'

/** Rows that are in work at once. */
const BATCH = 128
/** Rows that one thread copies in at a time: a copy of all would be written to fresh pages, which takes half as long as the products. */
const TURN = 256
/** Multiplications from which on starting threads pays. */
const MANY = 5e9

/** Networks of one architecture. */
export interface Networks {
  readonly architecture: Architecture
  readonly standardisation?: Standardisation | undefined
  readonly networks: readonly { readonly layers: readonly LayerParameters[] }[]
}

/**
 * What the networks make of examples; the same on any number of threads.
 *
 * @param x (count, inputs), not standardised
 * @param threads worker threads; small tasks are done in the calling one
 * @param many multiplications from which on starting threads pays
 * @returns for each network its outputs, (count, outputs)
 * @throws UsageError where inputs do not fit, or data that several threads share are too large for the memory
 */
export async function evaluate(
  { architecture, standardisation, networks }: Networks,
  x: Float32Array,
  threads: number,
  many = MANY,
): Promise<Float32Array[]> {
  const { inputs } = architecture
  const count = x.length / inputs
  if (!Number.isInteger(count)) throw new UsageError(`${x.length} numbers are no examples of ${inputs} each`)
  const alone = threads === 1 || count * networks.length * parameterCount(architecture) < many
  const turns = alone ? Math.max(1, Math.ceil(count / TURN)) : 1
  const rows = Math.ceil(count / turns)
  const size: NetworkSize = { architecture, batch: BATCH, trained: 0, evaluated: rows, augmented: false, dropout: false }
  const place = placeData(ARENA_START, rows, inputs, 0)
  const start = ARENA_START + place.bytes
  const { bytes } = new NetworkMemory(size, 0)
  const total = start + networks.length * bytes
  if (total > ARENA_LIMIT) {
    throw new UsageError(
      `${count} examples and ${networks.length} networks need ${formatBytes(total)} of shared memory; allowed: 4 GiB; take fewer`,
    )
  }
  const [module, arena] = [await compileKernels(), createArena(total)]
  const { buffer } = arena
  const specs: NetworkSpec[] = networks.map((_, k) => ({ size, offset: start + k * bytes }))
  const memories = specs.map(({ offset }) => new NetworkMemory(size, offset))
  memories.forEach((memory, k) => {
    memory.write(buffer, memory.parameters, networks[k]?.layers ?? [])
    new Int32Array(buffer, memory.rows, rows).forEach((_, i, all) => {
      all[i] = i
    })
  })
  const copyIn = (from: number, to: number): void => {
    standardise(x.subarray(from * inputs, to * inputs), standardisation, new Float32Array(buffer, place.x, (to - from) * inputs))
  }
  const width = outputsOf(architecture)
  const results = networks.map(() => new Float32Array(count * width))
  const copyOut = (from: number, to: number): void => {
    memories.forEach(({ outputs }, k) => {
      results[k]?.set(new Float32Array(buffer, outputs, (to - from) * width), from * width)
    })
  }
  if (alone) {
    const kernels = instantiateKernels(module, arena)
    const trainers = specs.map((spec) => new Trainer(spec, kernels, arena, place))
    for (let from = 0; from < count; from += rows) {
      // The last turn may be a few rows short; what the memory still holds there is evaluated again and left.
      const to = Math.min(from + rows, count)
      copyIn(from, to)
      for (const trainer of trainers) trainer.epoch(EVALUATION, () => false)
      copyOut(from, to)
    }
  } else {
    copyIn(0, count)
    const context: TrainerContext = { module, arena, data: place, networks: specs }
    const pool = await openPool<EpochTask, EpochResult>({ threads, file: workerFile('trainer'), context })
    try {
      // Every network by all threads: they share its rows, and meet nowhere.
      const team = (network: number) => runTeam(pool, threads, (member) => ({ ...EVALUATION, network, member, members: threads }))
      await Promise.all(specs.map((_, network) => team(network)))
    } finally {
      await pool.close()
    }
    copyOut(0, count)
  }
  return results
}
