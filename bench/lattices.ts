import { createArena } from '../src/memory/arena.ts'
import { instantiateKernels } from '../src/memory/kernels.ts'
import { Layout } from '../src/memory/layout.ts'
import type { Stepper } from '../src/model/model.ts'
import { KernelTwin } from '../src/model/ising/reference.ts'
import { decodeSpins, LANES, layoutIsing, openIsing } from '../src/model/ising/stepper.ts'
import type { Sfc64State } from '../src/random/sfc64.ts'
import { seedStream } from '../src/random/seed.ts'
import { Refusal } from './bench.ts'
import { temperatures } from './grid.ts'

const parameters = { J: 1, h: 0 }
const points = temperatures.map((T) => ({ inverseTemperature: 1 / T, parameters }))
const stream = (name: string): Sfc64State => seedStream('bench', name)

/** A bundle's 128 lattices with nothing around them, at their start. */
export function openLattices(module: WebAssembly.Module, size: number): Stepper {
  const layout = new Layout(1024)
  const offset = layoutIsing(layout, size, points.length)
  const memory = createArena(layout.end)
  const kernels = instantiateKernels(module, memory)
  const stepper = openIsing({ memory, kernels, offset, size, parameters, update: 'metropolis', points, along: undefined })
  stepper.initialise(stream, Int32Array.from(points.keys()))
  return stepper
}

/**
 * Steps the kernel and its plain twin from the same seeds and compares all 128 lattices, spin by spin.
 *
 * @throws Refusal where they differ
 */
export function holdAgainstTwin(module: WebAssembly.Module, size: number, sweeps: number): void {
  const stepper = openLattices(module, size)
  const lattices = (): Int8Array[] => Array.from({ length: LANES }, (_, lane) => decodeSpins(stepper.configurations(), lane, size))
  const expected = lattices()
  const twin = new KernelTwin(size, points, [stream('sweep 0'), stream('sweep 1')])
  for (let k = 0; k < sweeps; k++) twin.sweep(expected)
  stepper.sweep(sweeps)
  const wrong = lattices().findIndex((spins, lane) => !Buffer.from(spins.buffer).equals(Buffer.from((expected[lane] as Int8Array).buffer)))
  if (wrong >= 0) throw new Refusal(`lattice ${wrong} of the kernel at L = ${size} is not the reference's after ${sweeps} sweeps`)
}
