// @module-tag slow

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, withArchive } from '../../src/archive/read.ts'
import { partPath } from '../../src/run/slurm-script.ts'
import { folderWith, jsonOf, type Outcome, spinpool } from '../support/command.ts'
import { braked } from '../support/processes.ts'
import { available, type NodeName, SlurmCluster } from '../support/slurm-cluster.ts'

// Whole runs on a cluster of three nodes, with all that may happen to a task there.

const SHARDS = 3
/** Four ladders, which exchange temperatures: a second of one core, and on the cluster some seconds for each. */
const jobFile = `model: ising
size: 32
temperatures: 2.1:2.45/8
tempering: true
copies: 64
sweeps: 6000
thermalization: 400
measureEvery: 4
seed: 20
`

interface Submitted {
  readonly array: number
  readonly merge: number
}

/** What a task is before it is through with its part. */
const FAILED = ['FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL', 'OUT_OF_MEMORY']

/** Everything that was measured, by simulation and quantity. */
function measured({ simulations }: Archive): unknown {
  return Object.fromEntries(
    simulations.map(({ name, temperature, samples, sweepsDone, quantities }) => [
      name,
      {
        temperature: [...temperature],
        samples: [...samples],
        sweepsDone,
        quantities: Object.fromEntries(
          Object.entries(quantities).map(([quantity, { mean, error }]) => [quantity, { mean: [...mean], error: [...error] }]),
        ),
      },
    ]),
  )
}

describe.skipIf(!available())('on a cluster', () => {
  const cwd = folderWith({ 'job.yaml': jobFile })
  let cluster: SlurmCluster

  beforeAll(async () => {
    cluster = await SlurmCluster.start()
  }, 60_000)
  afterAll(async () => {
    await cluster?.stop()
  }, 60_000)

  /** One task on each node, a checkpoint every second; nodes that are slow, and leave the cores to others. */
  const submit = (out: string, ...more: readonly string[]): Promise<Outcome> => {
    const shape = [`--shards=${SHARDS}`, '--cpus-per-task=1', '--time=10', '--checkpoint-every=1s', '--sbatch=--exclusive']
    return spinpool(['slurm', 'job.yaml', `--out=${out}`, ...shape, '--submit', '--json', ...more], {
      cwd,
      env: { ...cluster.environment, ...braked(3) },
    })
  }

  const logs = (folder: string): string =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8')}`)
      .join('\n')

  /** Waits until a part has measured something that a checkpoint keeps. */
  const begun = async (part: string): Promise<void> => {
    const deadline = performance.now() + 30_000
    for (;;) {
      const done = existsSync(part)
        ? await withArchive(part, ({ simulations }) => Math.max(...simulations.map(({ sweepsDone }) => sweepsDone))).catch(() => 0)
        : 0
      if (done > 0) return
      if (performance.now() > deadline) throw new Error(`${part} was not begun:\n${logs(dirname(part))}`)
      await sleep(200)
    }
  }

  it('a run with a task that is requeued and one whose node dies ends as it does on one machine', async () => {
    const out = join(cwd, 'results', 'mine.h5')
    const { array, merge } = jsonOf<Submitted>(await submit(out))
    const parts = Array.from({ length: SHARDS }, (_, i) => partPath(out, i + 1, SHARDS))
    const task = (i: number): string => `${array}_${i}`

    await begun(parts[0] as string)
    await cluster.run('scontrol', ['requeue', task(1)])
    await begun(parts[1] as string)
    const node = (await cluster.job(task(2))).NodeList as NodeName
    await cluster.killNode(node)
    await cluster.reviveNode(node)

    // Meanwhile the same on one machine.
    const single = await spinpool(['run', 'job.yaml', '--out=single.h5', '--quiet'], { cwd })
    expect(single).toMatchObject({ code: 0, stderr: '' })

    const state = await cluster.reaches(String(merge), ['COMPLETED', ...FAILED], 80_000)
    expect(state, logs(join(cwd, 'results'))).toBe('COMPLETED')
    const tasks = await Promise.all([1, 2, 3].map((i) => cluster.job(task(i))))
    expect(tasks.map(({ JobState, Restarts }) => ({ JobState, Restarts }))).toEqual([
      { JobState: 'COMPLETED', Restarts: '1' },
      { JobState: 'COMPLETED', Restarts: '1' },
      { JobState: 'COMPLETED', Restarts: '0' },
    ])
    for (const i of [1, 2]) {
      expect(readFileSync(join(cwd, 'results', `slurm-${array}_${i}.log`), 'utf8')).toContain(`goes on with ${parts[i - 1]}\n`)
    }

    const merged = await withArchive(out, (archive) => ({ status: archive.status, job: archive.job, measured: measured(archive) }))
    expect(merged.status).toBe('complete')
    const whole = await withArchive(join(cwd, 'single.h5'), (archive) => ({ job: archive.job, measured: measured(archive) }))
    expect(merged.job).toEqual(whole.job)
    expect(merged.measured).toEqual(whole.measured)
  }, 120_000)

  it('a run that is cancelled stays cancelled, and goes on where it is submitted again with --force', async () => {
    const out = join(cwd, 'cancelled', 'mine.h5')
    // No part may be done before all of them are cancelled, however slow the machine is.
    const { array, merge } = jsonOf<Submitted>(await submit(out, '--sweeps=60000'))
    const parts = Array.from({ length: SHARDS }, (_, i) => partPath(out, i + 1, SHARDS))
    await Promise.all(parts.map(begun))
    await cluster.run('scancel', [String(array)])
    for (const i of [1, 2, 3]) expect(await cluster.reaches(`${array}_${i}`, ['CANCELLED', 'PENDING', 'COMPLETED'])).toBe('CANCELLED')
    expect(await cluster.reaches(String(merge), ['CANCELLED', 'COMPLETED'])).toBe('CANCELLED')
    for (const part of parts) expect(await withArchive(part, ({ status }) => status)).toBe('interrupted')

    expect(await submit(out)).toMatchObject({ code: 3, stderr: expect.stringContaining(`${parts[0]} exists already`) })
    const again = jsonOf<Submitted>(await submit(out, '--sweeps=60000', '--force'))
    // Slurm calls a job running before the script has said anything.
    const log = join(cwd, 'cancelled', `slurm-${again.array}_1.log`)
    await expect
      .poll(() => (existsSync(log) ? readFileSync(log, 'utf8') : ''), { timeout: 30_000, interval: 200 })
      .toContain(`goes on with ${parts[0]}\n`)
    await cluster.run('scancel', [String(again.array)])
    await cluster.reaches(`${again.array}_1`, ['CANCELLED', 'COMPLETED', ...FAILED])
  }, 90_000)
})
