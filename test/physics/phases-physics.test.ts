// @module-tag slow

import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/run/run.ts'
import { phases } from '../../src/dataset/phases.ts'
import { writeDataset } from '../../src/dataset/write.ts'
import { TC_ISING } from '../../src/model/ising/exact.ts'
import { type Prediction, predict } from '../../src/neural/prediction.ts'
import { train } from '../../src/neural/train.ts'
import { transitionOf } from '../../src/neural/transition.ts'
import { temporaryFolder } from '../support/folder.ts'

// Phases end to end, small: configurations, networks that learn them, the transition out of their outputs. The example
// examples/phases.sh does the same at sizes and lengths that deserve the name.

const folder = temporaryFolder()
const sizes = [10, 20] as const

async function outputs(archive: string, size: number): Promise<Prediction> {
  const data = await phases([archive], { size })
  const file = join(folder, `${size}.h5`)
  await writeDataset(file, data, { command: 'test', seed: '1' })
  const input = { layers: [30], l2: 1e-4, augment: true, bootstrap: true, epochs: 8, batch: 64, learningRate: 0.003, schedule: 'cosine' }
  const { model } = await train(file, { ...input, seeds: 4, seed: 1 }, { out: join(folder, `net-${size}.h5`), threads: 2 })
  return predict(model, data, undefined, 2)
}

describe('networks of 30 neurons that see Ising configurations', () => {
  let predictions: Prediction[]

  beforeAll(async () => {
    const archive = join(folder, 'run.h5')
    const job = { model: 'ising' as const, size: [...sizes], temperatures: '1.87:2.67:0.04', tempering: true, copies: 36, snapshots: 1440 }
    await run({ ...job, sweeps: 6000, measureEvery: 10, seed: 5 }, { out: archive, threads: 2 })
    predictions = []
    for (const size of sizes) predictions.push(await outputs(archive, size))
  }, 120_000)

  it('are nearly as often right on copies that they have not seen as the best threshold on |m| is', () => {
    for (const { part, classification, baseline } of predictions) {
      expect(part).toBe('test')
      expect(classification?.accuracy).toBeGreaterThan((baseline?.accuracy ?? 1) - 0.02)
    }
    expect(predictions[1]?.classification?.accuracy).toBeGreaterThan(predictions[0]?.classification?.accuracy ?? 1)
  })

  it('find the transition, to four standard errors and the step of the temperatures', () => {
    const curves = predictions.flatMap(({ curve, size = 0 }) => (curve ? [{ ...curve, size }] : []))
    expect(curves).toHaveLength(2)
    const { crossings, fit } = transitionOf(curves, 1)
    for (const { temperature, error } of crossings) {
      expect(error).toBeLessThan(0.05)
      expect(Math.abs(temperature - TC_ISING)).toBeLessThan(0.1)
    }
    expect(fit?.interceptError).toBeLessThan(0.06)
    expect(Math.abs((fit?.intercept ?? 0) - TC_ISING)).toBeLessThan(4 * (fit?.interceptError ?? 0) + 0.02)
  })
})
