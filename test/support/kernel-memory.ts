import { ladderBytes } from '../../src/sampling/layout.ts'
import { LadderMemory } from '../../src/sampling/memory.ts'
import type { LadderSpec } from '../../src/sampling/spec.ts'
import { bytesOf } from '../../src/engine/memory/fields.ts'
import { createArena } from '../../src/engine/memory/arena.ts'
import { instantiateKernels, type Kernels } from '../../src/engine/kernels.ts'
import { decodeLane } from '../../src/model/configuration.ts'
import { findModel } from './models.ts'
import type { GridPoint, Moves, Stepper } from '../../src/model/model.ts'
import { LANES } from '../../src/model/ising/fields.ts'
import { compileKernels } from '../../src/engine/pool/built.ts'
import type { Sfc64State } from '../../src/engine/random/sfc64.ts'
import { seedStream } from '../../src/engine/random/seed.ts'

/** The built kernels on a memory of their own. */
export async function openKernels(
  bytes = 1 << 20,
): Promise<{ readonly kernels: Kernels; readonly memory: WebAssembly.Memory; readonly module: WebAssembly.Module }> {
  const module = await compileKernels()
  const memory = createArena(bytes)
  return { kernels: instantiateKernels(module, memory), memory, module }
}

/** What a stepper does in a sweep, besides its model's first update. */
interface Choice {
  readonly update?: string
  readonly moves?: Moves
  readonly along?: string
}

const NO_MOVES: Moves = { overrelax: 0, cluster: 0, reflections: [] }

/** A stepper of four o6 lattices, each lane at a point of its own. */
export async function openO6Stepper(
  size: number,
  points: readonly GridPoint[],
  { update = 'heat-bath', moves = NO_MOVES, along }: Choice = {},
): Promise<{
  readonly stepper: Required<Stepper>
  readonly kernels: Kernels
  /** All components, (L, L, 6, 4), where the kernels have them. */
  readonly vectors: Float32Array
  readonly lattice: (lane: number) => Float64Array
  /** Another stepper on the same memory, which takes the lanes to be at other points. */
  readonly reopen: (points: readonly GridPoint[]) => Stepper
}> {
  const model = findModel('o6')
  const offset = 1024
  const { kernels, memory } = await openKernels(offset + bytesOf(model.fields(size, points.length, update)))
  const parameters = points[0]?.parameters ?? {}
  const reopen = (at: readonly GridPoint[]): Stepper =>
    model.open({ memory, kernels, offset, size, parameters, update, moves, points: at, along })
  const stepper = reopen(points) as Required<Stepper>
  stepper.initialise((name) => seedStream('test', name), Int32Array.from(points.keys()))
  const bytes = stepper.configurations()
  const lattice = (lane: number): Float64Array => Float64Array.from(decodeLane(model.configuration, model.lanes, bytes, lane))
  return { stepper, kernels, vectors: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), lattice, reopen }
}

interface Measured {
  readonly energy: Float64Array
  readonly slope: Float64Array
  readonly sample: Float64Array
  readonly lanes: Int32Array
}

/** A stepper of 128 Ising lattices with its streams, each lane at a point of its own. */
export async function openIsingStepper(
  size: number,
  points: readonly GridPoint[],
  along?: string,
): Promise<{
  readonly stepper: Stepper
  readonly kernels: Kernels
  readonly stream: (name: string) => Sfc64State
  readonly lattices: () => Int8Array[]
  /** Another stepper on the same memory. */
  readonly reopen: () => Stepper
  /** What a stepper measures, in its memory: `sample` is (6, lanes), `lanes` 0, 1, 2 ... */
  readonly measured: Measured
}> {
  const model = findModel('ising')
  const offset = 1024
  const measuredAt = offset + bytesOf(model.fields(size, points.length, 'metropolis'))
  const { kernels, memory } = await openKernels(measuredAt + 8 * 9 * LANES)
  const parameters = points[0]?.parameters ?? {}
  const reopen = () => model.open({ memory, kernels, offset, size, parameters, update: 'metropolis', moves: NO_MOVES, points, along })
  const stepper = reopen()
  const stream = (name: string): Sfc64State => seedStream('test', name)
  stepper.initialise(stream, Int32Array.from(points.keys()))
  const lattices = () =>
    Array.from({ length: LANES }, (_, lane) => Int8Array.from(decodeLane(model.configuration, LANES, stepper.configurations(), lane)))
  const all = new Float64Array(memory.buffer, measuredAt, 9 * LANES)
  const measured: Measured = {
    energy: all.subarray(0, LANES),
    slope: all.subarray(LANES, 2 * LANES),
    sample: all.subarray(2 * LANES, 8 * LANES),
    lanes: new Int32Array(memory.buffer, measuredAt + 64 * LANES, LANES),
  }
  for (let lane = 0; lane < LANES; lane++) measured.lanes[lane] = lane
  return { stepper, kernels, stream, lattices, reopen, measured }
}

/** One ladder in a memory of its own, to be stepped in this thread. */
export async function openLadderMemory(
  spec: LadderSpec,
): Promise<{ readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory; readonly view: LadderMemory }> {
  const { module, memory } = await openKernels(1024 + ladderBytes(spec).all)
  return { module, memory, view: new LadderMemory(memory.buffer, 1024, spec) }
}
