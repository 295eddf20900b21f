import { decodeLane } from '../src/model/configuration.ts'
import { ising } from '../src/model/ising/index.ts'
import { KernelTwin } from '../src/model/ising/reference.ts'
import { LANES } from '../src/model/ising/fields.ts'
import type { Stepper } from '../src/model/model.ts'
import { Refusal } from './bench.ts'
import { openBundle, stream } from '../src/benchmark/bundle.ts'
import { temperatures } from './grid.ts'

const parameters = { J: 1, h: 0 }
const points = temperatures.map((T) => ({ inverseTemperature: 1 / T, parameters }))
const moves = { overrelax: 0, cluster: 0, reflections: [] }

/** A bundle's 128 lattices with nothing around them, at their start. */
export function openLattices(module: WebAssembly.Module, size: number): Stepper {
  return openBundle(module, ising, { size, parameters, update: 'metropolis', moves, points })
}

/**
 * Steps the kernel and its plain twin from the same seeds and compares all 128 lattices, spin by spin.
 *
 * @throws Refusal where they differ
 */
export function holdAgainstTwin(module: WebAssembly.Module, size: number, sweeps: number): void {
  const stepper = openLattices(module, size)
  const lattices = (): Int8Array[] =>
    Array.from({ length: LANES }, (_, lane) => Int8Array.from(decodeLane(ising.configuration, LANES, stepper.configurations(), lane)))
  const expected = lattices()
  const twin = new KernelTwin(size, points, [stream('sweep 0'), stream('sweep 1')])
  for (let k = 0; k < sweeps; k++) twin.sweep(expected)
  stepper.sweep(sweeps, false)
  const wrong = lattices().findIndex((spins, lane) => !Buffer.from(spins.buffer).equals(Buffer.from((expected[lane] as Int8Array).buffer)))
  if (wrong >= 0) throw new Refusal(`lattice ${wrong} of the kernel at L = ${size} is not the reference's after ${sweeps} sweeps`)
}
