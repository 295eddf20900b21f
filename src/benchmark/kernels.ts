import { Ladder } from '../sampling/ladder.ts'
import { LadderMemory, State } from '../sampling/memory.ts'
import { readMoves } from '../job/moves.ts'
import { createArena, placeBlocks } from '../engine/memory/arena.ts'
import { sitesOf } from '../lattice/lattice.ts'
import type { Model, Moves, Parameters } from '../model/model.ts'
import type { SweepKind } from '../model/physics.ts'
import { compileKernels } from '../engine/pool/built.ts'
import type { Measurement } from './benchmark.ts'
import { openBundle } from './bundle.ts'
import type { Watch } from './thread-scaling.ts'
import type { Lengths, Settings } from './settings.ts'
import { nanosecondsOf } from './slice.ts'
import { planFor, type Subject } from './subject.ts'

// What one thread does with one bundle: attempted updates by time of every kernel, and what a measurement and an exchange cost.
// All are timed in turn, a slice each, round by round.

/** Nanoseconds of one call that is timed: entering the kernel and reading the clock are nothing then. */
const CALL_NANOSECONDS = 1e6

/** Something that is timed in slices; each gives one value for each of its measurements. */
interface Timed {
  readonly what: string
  readonly measurements: readonly Omit<Measurement, 'values'>[]
  readonly slice: (milliseconds: number) => readonly number[]
}

/** @throws MachineError where there is no memory to be had */
export async function measureKernels(
  subjects: readonly Subject[],
  settings: Pick<Settings, 'repeats'>,
  lengths: Pick<Lengths, 'sliceMilliseconds'>,
  watch: Watch,
): Promise<Measurement[]> {
  const module = await compileKernels()
  const timed = subjects.flatMap((subject) =>
    subject.sizes.flatMap((size) => [
      ...subject.workload.kernels.sweeps.map((kind) => sweeps(module, subject, size, kind)),
      rounds(module, subject, size),
    ]),
  )
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

/** Updates by nanosecond of one kernel. */
function sweeps(module: WebAssembly.Module, subject: Subject, size: number, kind: SweepKind): Timed {
  const { model, workload } = subject
  const defaults = Object.fromEntries(model.parameters.map(({ name, default: value }) => [name, value]))
  const parameters = { ...defaults, ...workload.parameters, ...kind.parameters }
  const points = temperaturesOf(subject).map((T) => ({ inverseTemperature: 1 / T, parameters }))
  const moves = movesOf(model, kind, parameters)
  const stepper = openBundle(module, model, { size, parameters, update: kind.update, moves, points })
  const updates = model.lanes * sitesOf(model.lattice, size)
  const count = Math.max(1, Math.ceil(CALL_NANOSECONDS / model.cost(size, parameters, kind.update, moves)))
  // Tuned, and not at its start any more.
  stepper.sweep(Math.max(10, 5 * count), true)
  const series = { name: kind.title, size }
  return {
    what: `${workload.title}, L = ${size}, ${kind.title}`,
    measurements: [
      {
        part: 'kernels',
        name: `${model.name}-L${size}-${kind.name}`,
        longName: `${workload.title}, L = ${size}, ${kind.title}`,
        unit: 'updates/ns',
        series,
      },
    ],
    slice: (milliseconds) => [(count * updates) / nanosecondsOf(() => stepper.sweep(count, false), milliseconds)],
  }
}

/** One for every lane. */
function temperaturesOf({ model, workload }: Subject): number[] {
  const { start, stop } = workload.kernels.range
  return Array.from({ length: model.lanes }, (_, lane) => start + ((stop - start) * lane) / Math.max(1, model.lanes - 1))
}

function movesOf(model: Model, { overrelax = 0, cluster = 0 }: SweepKind, parameters: Parameters): Moves {
  const none = { overrelax: 0, cluster: 0, reflections: [] }
  return model.moves ? { ...none, ...readMoves(model, { overrelax, cluster }, [parameters], (key) => key) } : none
}

/**
 * Nanoseconds of a measurement and of an exchange of a whole bundle, as its ladder takes and notes them, after every sweep. An
 * exchange includes putting the lanes to their new temperatures.
 */
function rounds(module: WebAssembly.Module, subject: Subject, size: number): Timed {
  const { model, workload } = subject
  const plan = planFor(model, {
    size,
    temperatures: temperaturesOf(subject),
    parameters: workload.parameters,
    // So many that it never ends.
    sweeps: 1e12,
    thermalization: 0,
    tempering: true,
    copies: 1,
    seed: 1,
  })
  const { places, arenas } = placeBlocks(plan.bytes)
  const [spec] = plan.ladders
  const [place] = places
  if (!spec || !place) throw new Error(`${model.name} has no ladder`)
  const memory = createArena(arenas[0] ?? 0)
  const ladder = new Ladder(spec, model, module, memory, place.offset)
  const state = new LadderMemory(memory.buffer, place.offset, spec)
  const seen = (): readonly [number, number, number] => [
    state.state[State.rounds] ?? 0,
    state.seconds('measureSeconds'),
    state.seconds('exchangeSeconds'),
  ]
  const about = (kind: string, title: string): Omit<Measurement, 'values'> => ({
    part: 'kernels',
    name: `${model.name}-L${size}-${kind}`,
    longName: `${workload.title}, L = ${size}, ${title} of ${model.lanes} replicas`,
    unit: 'ns',
  })
  return {
    what: `${workload.title}, L = ${size}, measurements and exchanges`,
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
