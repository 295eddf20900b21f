import { Ladder } from '../sampling/ladder.ts'
import { LadderMemory, State } from '../sampling/memory.ts'
import { resolveJob } from '../job/job.ts'
import { readMoves } from '../job/moves.ts'
import { planJob } from '../job/plan.ts'
import type { WrittenJob } from '../job/schema.ts'
import { createArena, placeBlocks } from '../engine/memory/arena.ts'
import type { Model, Moves, Parameters } from '../model/model.ts'
import { findModel } from '../model/registry.ts'
import { compileKernels } from '../engine/pool/built.ts'
import type { Measurement } from './benchmark.ts'
import { openBundle } from './bundle.ts'
import type { Watch } from './thread-scaling.ts'
import type { Lengths, Settings } from './settings.ts'
import { nanosecondsOf } from './slice.ts'

// What one thread does with one bundle: attempted updates by time of every kernel, and what a measurement and an exchange cost.
// All are timed in turn, a slice each, round by round.

/** What a sweep is made of. Over-relaxation and clusters are part of its time, and count no updates of their own. */
interface Choice {
  readonly name: string
  readonly title: string
  readonly update: string
  readonly parameters?: Parameters
  readonly overrelax?: number
  readonly cluster?: number
}

const CHOICES: Readonly<Record<string, readonly Choice[]>> = {
  ising: [
    { name: 'metropolis', title: 'Metropolis', update: 'metropolis' },
    { name: 'metropolis-field', title: 'Metropolis in a field', update: 'metropolis', parameters: { h: 0.1 } },
  ],
  o6: [
    { name: 'metropolis', title: 'Metropolis', update: 'metropolis' },
    { name: 'heat-bath', title: 'heat bath', update: 'heat-bath' },
    { name: 'heat-bath-overrelax-2', title: 'heat bath, overrelax 2', update: 'heat-bath', overrelax: 2 },
    {
      name: 'heat-bath-overrelax-2-cluster-1',
      title: 'heat bath, overrelax 2, cluster 1',
      update: 'heat-bath',
      overrelax: 2,
      cluster: 1,
    },
  ],
}

/** Temperatures of the lanes, around the transition, and what is not the model's default. */
const GRIDS: Readonly<Record<string, { readonly from: number; readonly to: number; readonly parameters: Parameters }>> = {
  ising: { from: 1.5, to: 3.5, parameters: {} },
  o6: { from: 0.3, to: 0.4, parameters: { g: 0.3 } },
}

/** Nanoseconds of one call that is timed: entering the kernel and reading the clock are nothing then. */
const CALL_NANOSECONDS = 1e6

/** Something that is timed in slices; each gives one value for each of its measurements. */
interface Timed {
  readonly what: string
  readonly measurements: readonly Omit<Measurement, 'values'>[]
  readonly slice: (milliseconds: number) => readonly number[]
}

/** @throws MachineError where there is no memory to be had */
export async function measureKernels(settings: Settings, lengths: Lengths, watch: Watch): Promise<Measurement[]> {
  const module = await compileKernels()
  const timed = settings.models.flatMap((name, i) => {
    const model = findModel(name)
    return (settings.sizes[i] ?? []).flatMap((size) => [
      ...(CHOICES[name] ?? []).map((choice) => sweeps(module, model, size, choice)),
      rounds(module, model, size),
    ])
  })
  const values = timed.map(({ measurements }) => measurements.map((): number[] => []))
  // The first round is not counted.
  for (let round = -1; round < settings.repeats; round++) {
    for (const [k, { what, slice }] of timed.entries()) {
      watch.onStep(`kernels: ${what}`, lengths.sliceMilliseconds / 1000)
      const seen = slice(lengths.sliceMilliseconds)
      if (round >= 0) for (const [m, value] of seen.entries()) values[k]?.[m]?.push(value)
      // A signal is heard only where this thread does nothing.
      await new Promise((resolve) => setImmediate(resolve))
      watch.signal?.throwIfAborted()
    }
  }
  return timed.flatMap(({ measurements }, k) => measurements.map((about, m) => ({ ...about, values: values[k]?.[m] ?? [] })))
}

function titleOf({ name }: Model): string {
  return name === 'ising' ? 'Ising' : name === 'o6' ? 'O(6)' : name
}

/** Updates by nanosecond of one kernel. */
function sweeps(module: WebAssembly.Module, model: Model, size: number, choice: Choice): Timed {
  const grid = GRIDS[model.name]
  const defaults = Object.fromEntries(model.parameters.map(({ name, default: value }) => [name, value]))
  const parameters = { ...defaults, ...grid?.parameters, ...choice.parameters }
  const points = temperaturesOf(model).map((T) => ({ inverseTemperature: 1 / T, parameters }))
  const moves = movesOf(model, choice, parameters)
  const stepper = openBundle(module, model, { size, parameters, update: choice.update, moves, points })
  const updates = model.lanes * size ** 2
  const count = Math.max(1, Math.ceil(CALL_NANOSECONDS / model.cost(size, parameters, choice.update, moves)))
  // Tuned, and not at its start any more.
  stepper.sweep(Math.max(10, 5 * count), true)
  const series = { name: choice.title, size }
  return {
    what: `${titleOf(model)}, L = ${size}, ${choice.title}`,
    measurements: [
      {
        part: 'kernels',
        name: `${model.name}-L${size}-${choice.name}`,
        longName: `${titleOf(model)}, L = ${size}, ${choice.title}`,
        unit: 'updates/ns',
        series,
      },
    ],
    slice: (milliseconds) => [(count * updates) / nanosecondsOf(() => stepper.sweep(count, false), milliseconds)],
  }
}

/** One for every lane. */
function temperaturesOf(model: Model): number[] {
  const { from, to } = GRIDS[model.name] ?? { from: 1, to: 2 }
  return Array.from({ length: model.lanes }, (_, lane) => from + ((to - from) * lane) / (model.lanes - 1))
}

function movesOf(model: Model, { overrelax = 0, cluster = 0 }: Choice, parameters: Parameters): Moves {
  const none = { overrelax: 0, cluster: 0, reflections: [] }
  return model.moves ? { ...none, ...readMoves(model, { overrelax, cluster }, [parameters], (key) => key) } : none
}

/**
 * Nanoseconds of a measurement and of an exchange of a whole bundle, as its ladder takes and notes them, after every sweep. An
 * exchange includes putting the lanes to their new temperatures.
 */
function rounds(module: WebAssembly.Module, model: Model, size: number): Timed {
  const temperatures = temperaturesOf(model)
  const job: WrittenJob = {
    model: model.name,
    size,
    temperatures,
    parameters: GRIDS[model.name]?.parameters ?? {},
    // So many that it never ends.
    sweeps: 1e12,
    thermalization: 0,
    tempering: true,
    copies: 1,
    seed: 1,
  }
  const plan = planJob(resolveJob(job))
  const { places, arenas } = placeBlocks(plan.bytes)
  const [spec] = plan.ladders
  const [place] = places
  if (!spec || !place) throw new Error(`${model.name} has no ladder`)
  const memory = createArena(arenas[0] ?? 0)
  const ladder = new Ladder(spec, model, module, memory, place.offset)
  const state = new LadderMemory(memory.buffer, place.offset, spec, model)
  const seen = (): readonly [number, number, number] => [
    state.state[State.rounds] ?? 0,
    state.seconds('measureSeconds'),
    state.seconds('exchangeSeconds'),
  ]
  const about = (kind: string, title: string): Omit<Measurement, 'values'> => ({
    part: 'kernels',
    name: `${model.name}-L${size}-${kind}`,
    longName: `${titleOf(model)}, L = ${size}, ${title} of ${model.lanes} replicas`,
    unit: 'ns',
  })
  return {
    what: `${titleOf(model)}, L = ${size}, measurements and exchanges`,
    measurements: [about('measurement', 'measurement'), about('exchange', 'exchange')],
    slice: (milliseconds) => {
      const before = seen()
      state.resetTeam()
      ladder.run(milliseconds / 1000, () => false)
      const after = seen()
      const count = after[0] - before[0]
      return [(1e9 * (after[1] - before[1])) / count, (1e9 * (after[2] - before[2])) / count]
    },
  }
}
