import { expect, it } from 'vitest'
import { bytesOf, i32, layoutOf } from '../../src/engine/memory/fields.ts'
import { Layout } from '../../src/engine/memory/layout.ts'
import { resolveJobOf } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import { ising } from '../../src/model/ising/index.ts'
import type { Model } from '../../src/model/model.ts'
import { Ladder } from '../../src/sampling/ladder.ts'
import { persistentBundles } from '../../src/sampling/memory.ts'
import { openLadderMemory } from '../support/kernel-memory.ts'

/** (func (export "inc") (param i32)): adds 1 to the number at an address of the shared memory that it imports as env.memory. */
const counting = new WebAssembly.Module(
  Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00],
    ...[0x02, 0x12, 0x01, 0x03, 0x65, 0x6e, 0x76, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x03, 0x01, 0x80, 0x80, 0x04],
    ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x69, 0x6e, 0x63, 0x00, 0x00],
    ...[0x0a, 0x11, 0x01, 0x0f, 0x00, 0x20, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x41, 0x01, 0x6a, 0x36, 0x02, 0x00, 0x0b],
  ),
)

const tableOf = (size: number, rungs: number) => ({
  ...ising.fields(size, rungs, 'metropolis'),
  calls: i32(1, { name: 'calls', longName: 'sweeps that were asked for, counted by the module' }),
})

/** The Ising model, with a module of its own that counts what is asked of it. */
const counted: Model = {
  ...ising,
  name: 'counted',
  fields: tableOf,
  open: (context) => {
    const { inc } = new WebAssembly.Instance(counting, { env: { memory: context.memory } }).exports as { inc: (at: number) => void }
    const { calls } = layoutOf(tableOf(context.size, context.points.length), new Layout(context.offset))
    const stepper = ising.open(context)
    const sweep = stepper.sweep.bind(stepper)
    stepper.sweep = (count, thermalizing) => {
      for (let k = 0; k < count; k++) inc(calls)
      sweep(count, thermalizing)
    }
    return stepper
  },
}

it('a model brings a WebAssembly module of its own, which works in the memory of the ladder', async () => {
  const keys = { size: 6, temperatures: [2, 2.5], sweeps: 40, thermalization: 10, seed: 4 }
  const energies = await Promise.all(
    [ising, counted].map(async (model) => {
      const [spec] = planJob(resolveJobOf(model, keys), { model }).ladders
      if (!spec) throw new Error('no ladder')
      const { module, memory, view } = await openLadderMemory(spec)
      expect(new Ladder(spec, model, module, memory, 1024).run(60, () => false)).toBe(true)
      const kept = persistentBundles(memory.buffer, view, spec, model).flat()
      return { energy: view.samples.total(0, 0), calls: kept.find(({ name }) => name === 'calls')?.view()[0] }
    }),
  )
  expect(energies[0]?.calls).toBeUndefined()
  expect(energies[1]?.calls).toBe(50)
  // Streams have the name of the simulation in them, which is another one here.
  expect(energies[1]?.energy).not.toBe(energies[0]?.energy)
  expect(bytesOf(tableOf(6, 2))).toBeGreaterThan(bytesOf(ising.fields(6, 2, 'metropolis')))
})
