import { describe, expect, it } from 'vitest'
import type { Archive, ArchivedSimulation } from '../../src/archive/read.ts'
import { archivedJob } from '../../src/benchmark/io.ts'
import { measureKernels } from '../../src/benchmark/kernels.ts'
import { scalingPlan } from '../../src/benchmark/thread-scaling.ts'
import { readSettings } from '../../src/benchmark/settings.ts'
import { planFor, type Subject, subjectsOf } from '../../src/benchmark/subject.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { findEncoding } from '../../src/dataset/encoding.ts'
import { examplesOf, type PhaseSettings, type Source } from '../../src/dataset/phases.ts'
import { exampleJob } from '../../src/job/example.ts'
import { resolveJob, resolveJobOf } from '../../src/job/job.ts'
import { bundleCount } from '../../src/job/plan.ts'
import { ising } from '../../src/model/ising/index.ts'
import type { Model } from '../../src/model/model.ts'
import { loadModel } from '../../src/model/load.ts'
import { knownModel, models } from '../../src/model/registry.ts'
import { o6 } from '../../src/model/o6/index.ts'
import type { Physics } from '../../src/model/physics.ts'
import { thresholdBaseline } from '../../src/neural/baseline.ts'
import { bareGas, latticeGas } from '../support/lattice-gas.ts'

// A model that is handed down as an object needs no name that anything knows: no registry has these.

const all = [...models, latticeGas, bareGas]

it('is not known by its name', async () => {
  expect(knownModel(latticeGas.name)).toBeUndefined()
  await expect(loadModel(latticeGas.name)).rejects.toThrow("model: 'lattice-gas' is not possible; allowed: ising, o6")
})

describe('the built-in example of a model at hand', () => {
  it('is planned with its own parameters', () => {
    const { model, ...keys } = exampleJob(latticeGas)
    expect(model).toBe('lattice-gas')
    const plan = planFor(latticeGas, keys)
    expect(plan.job).toMatchObject({ title: 'A gas that condenses', parameters: { epsilon: 1, tilt: 0 }, temperatures: [0.5, 0.55, 0.6] })
    expect(plan.simulations.map(({ name, model: own }) => [name, own])).toEqual([['lattice-gas-L8', latticeGas]])
  })

  it('is refused if there is none, and so are wrong keys', () => {
    expect(() => exampleJob(bareGas)).toThrow('model: bare-gas has no built-in example; give --size and --temperatures')
    const keys = { size: 8, temperatures: [1] }
    expect(() => resolveJobOf(latticeGas, { ...keys, parameters: { J: 1 } })).toThrow(
      'parameters.J: unknown parameter of lattice-gas; allowed: epsilon, tilt',
    )
    expect(() => resolveJobOf(latticeGas, { ...keys, size: 1 })).toThrow('size: 1 is not possible; allowed: whole numbers from 2 to')
    expect(() => resolveJobOf(latticeGas, { ...keys, update: 'wolff' })).toThrow(
      "update: the model lattice-gas has no update 'wolff'; allowed: metropolis",
    )
  })

  it.each([ising, o6])('is what the job of its name is: $name', (model) => {
    const { model: name, ...keys } = exampleJob(model)
    expect(resolveJobOf(model, keys)).toEqual(resolveJob({ model: name, ...keys }))
  })
})

/** The simulation of an archive of the lattice gas, of two temperatures with two configurations each. */
function source(model: string, temperature: readonly number[], means: readonly number[] = [0, 1]): Source {
  const configurations = [
    [1, 1, -1, 1],
    [-1, -1, -1, -1],
    [1, -1, -1, 1],
    [1, -1, 1, -1],
  ]
  const simulation = {
    name: `${model}-L2`,
    model,
    size: 2,
    parameters: { epsilon: 1, tilt: 0 },
    temperature: Float64Array.from(temperature),
    copies: 2,
    quantities: { abs_magnetization: { shape: [], mean: Float64Array.from(means) } },
    read: () => ({ values: Int32Array.of(0, 1) }),
    rows: () => configurations.map((values, i) => ({ first: i >> 1, second: i % 2, values: Int8Array.from(values) })),
  }
  const archive = { job: { seed: '1', snapshots: 4 }, status: 'complete' }
  return { file: 'gas.h5', archive: archive as unknown as Archive, simulation: simulation as unknown as ArchivedSimulation }
}

const labelled = (settings: PhaseSettings, model = latticeGas, temperature = [0.5, 0.6]): Dataset =>
  examplesOf([source(model.name, temperature)], model, settings)

describe('configurations of a model at hand', () => {
  it('are encoded and labelled as it says', () => {
    const data = labelled({})
    expect(data).toMatchObject({
      title: 'Phases of lattice-gas, L = 2',
      count: 4,
      shape: [2, 2],
      symmetries: ['translation'],
      y: { kind: 'classes', names: ['gas', 'condensed'], values: Int32Array.of(1, 1, 0, 0) },
      notes: { model: 'lattice-gas', epsilon: 1, encoding: 'occupation', label: 'temperature' },
    })
    expect([...data.x]).toEqual([1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0])
    expect(data.notes.boundary).toBeCloseTo(2.269185 / 4, 6)
    expect(labelled({ encoding: 'empty' }).shape).toEqual([1])
  })

  it('are compared with a threshold on its order parameter', () => {
    const { order } = findEncoding(latticeGas, 'occupation')
    const rows = Int32Array.of(0, 1, 2, 3)
    expect(order && thresholdBaseline(labelled({}), order, rows, rows)).toEqual({ order: '|n - 1/2|', threshold: 0.125, accuracy: 1 })
  })

  it('may be labelled by an observable, or by a temperature that is given, if no phases are known', () => {
    const known = { ...bareGas, physics: { encodings: latticeGas.physics.encodings } as Physics }
    expect(labelled({ label: 'abs_magnetization', boundary: 0.5 }, known).y).toMatchObject({ values: Int32Array.of(0, 0, 1, 1) })
    expect(labelled({ boundary: 0.55 }, known).y).toMatchObject({ names: ['disordered', 'ordered'], values: Int32Array.of(1, 1, 0, 0) })
    expect(() => labelled({}, known)).toThrow('--boundary: missing; the critical temperature of the model bare-gas is not known; give')
  })

  it('are refused in one line if it has no encoding, or not that one', () => {
    expect(() => labelled({}, bareGas)).toThrow('the model bare-gas has no encodings: there is no way to show its configurations')
    expect(() => labelled({ encoding: 'spins' })).toThrow("--encoding: 'spins' is not possible; allowed for lattice-gas: occupation, empty")
  })
})

describe('the benchmark of a model at hand', () => {
  const settings = readSettings({ models: ['lattice-gas'], threads: [1, 2], repeats: 3 }, all)
  const [gas] = subjectsOf(settings, all) as [Subject]

  it('is chosen by its name from the models that are handed down', () => {
    expect(settings).toMatchObject({ models: ['lattice-gas'], sizes: [[4, 6]] })
    expect(gas).toMatchObject({ model: latticeGas, sizes: [4, 6] })
    expect(readSettings({ threads: [1] }, all).models).toEqual(['ising', 'o6', 'lattice-gas'])
    expect(() => readSettings({ models: ['bare-gas'] }, all, (key) => `--${key}`)).toThrow(
      '--model: the model bare-gas does not say what to measure; allowed: some of ising,o6,lattice-gas',
    )
    expect(() => readSettings({ models: ['gas'] }, models)).toThrow("model: there is no 'gas'; allowed: some of ising,o6")
  })

  it('plans its own temperatures, parameters and ladders, and as many bundles as asked for', () => {
    const plan = scalingPlan(gas, 6, 4, 30)
    expect(plan.job).toMatchObject({ model: 'lattice-gas', measureEvery: 3, parameters: { epsilon: 2, tilt: 0 }, copies: 32 })
    expect(plan.job.temperatures).toHaveLength(16)
    expect([plan.ladders.length, bundleCount(plan)]).toEqual([4, 4])
    const { model, workload, sizes } = gas
    const one: Subject = { model, sizes, workload: { ...workload, scaling: { range: workload.scaling.range, measureEvery: 3 } } }
    const whole = scalingPlan(one, 6, 4, 30)
    expect([whole.ladders.length, bundleCount(whole), whole.job.temperatures.length]).toEqual([1, 4, 4 * 128])
    const archived = planFor(latticeGas, archivedJob(gas, 1))
    expect(archived.job).toMatchObject({ temperatures: [0.5, 0.566666666667, 0.633333333333, 0.7], copies: 32 })
    expect([bundleCount(archived), archived.job.snapshots * 4 * 64 * 64]).toEqual([1, 1015808])
  })

  it('times its kernels, with its own parameters and temperatures', async () => {
    const seen: string[] = []
    const opened: unknown[] = []
    const open: Model['open'] = (context) => {
      const { parameters, points } = context
      opened.push([parameters, 1 / (points[0]?.inverseTemperature ?? 0), 1 / (points.at(-1)?.inverseTemperature ?? 0)])
      return latticeGas.open(context)
    }
    const subject = { ...gas, model: { ...latticeGas, open }, sizes: [4] }
    const watch = { onStep: (what: string): unknown => seen.push(what) }
    const measured = await measureKernels([subject], { repeats: 1 }, { sliceMilliseconds: 1 }, watch)
    expect(measured.map(({ name, longName }) => [name, longName])).toEqual([
      ['lattice-gas-L4-tilted', 'Gas, L = 4, tilted'],
      ['lattice-gas-L4-measurement', 'Gas, L = 4, measurement of 128 replicas'],
      ['lattice-gas-L4-exchange', 'Gas, L = 4, exchange of 128 replicas'],
    ])
    for (const { values } of measured) expect(values[0]).toBeGreaterThan(0)
    expect(new Set(seen)).toEqual(new Set(['kernels: Gas, L = 4, tilted', 'kernels: Gas, L = 4, measurements and exchanges']))
    expect(opened).toEqual([
      [{ epsilon: 2, tilt: 0.1 }, 0.5, 1.5],
      [{ epsilon: 2, tilt: 0 }, 0.5, 1.5],
    ])
  })
})

describe('the workloads of the built-in models', () => {
  it.each(models.map((model) => [model.name, model] as const))('fill one bundle with one ladder, or all with one: %s', (_, model) => {
    const [subject] = subjectsOf(readSettings({ models: [model.name], threads: [1] }, models), models) as [Subject]
    const { ladder } = subject.workload.scaling
    const plan = scalingPlan(subject, 8, 4, 10)
    expect([bundleCount(plan), plan.ladders.length]).toEqual([4, ladder === undefined ? 1 : 4])
    expect(bundleCount(planFor(model, archivedJob(subject, 1)))).toBe(1)
  })
})
