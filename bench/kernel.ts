// The Ising kernel on one core against plain C on one core, attempted updates (flips) per nanosecond.
//
// The kernel steps all 128 temperatures at once; the C program steps one lattice and its speed depends on the temperature
// (peers/ising.c), so it runs at eight of the 128 and counts with total flips by total time. One round is a slice of the
// kernel, then one temperature of each peer, and so on through the eight: both see the same moods of the machine.

import { compileKernels } from '../src/engine/pool/built.ts'
import { LANES } from '../src/model/ising/fields.ts'
import { benchmark } from './bench.ts'
import { type Figure, figure, ratios } from './figure.ts'
import { fewTemperatures, SIZE } from './grid.ts'
import { compilePeers, type Peers, SWEEPS, together } from './ising-peer.ts'
import { holdAgainstTwin, openLattices } from './lattices.ts'
import { NO_COMPILER } from './peer.ts'
import { nanosecondsOf } from '../src/benchmark/slice.ts'

const ROUNDS = 5
/** Sizes timed, each with the sweeps that the slow twin can keep up with. */
const SIZES = { 8: 20, 16: 10, 32: 4, [SIZE]: 4, 128: 1 } as const

/** Times slices of one kernel: flips per nanosecond. */
type Slice = () => number

function kernelSlices(module: WebAssembly.Module, size: number): Slice {
  const stepper = openLattices(module, size)
  const flips = LANES * size ** 2
  // Calls of about a millisecond: entering the kernel and reading the clock then cost nothing.
  const sweeps = Math.ceil(8e6 / flips)
  stepper.sweep(20 * sweeps, false)
  return () => (sweeps * flips) / nanosecondsOf(() => stepper.sweep(sweeps, false))
}

async function againstPeers(kernel: Slice, { plain, branchless }: Peers): Promise<Figure[]> {
  const seen = { kernel: [] as number[], plain: [] as number[][], branchless: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    const rates = { kernel: [] as number[], plain: [] as number[], branchless: [] as number[] }
    for (const T of fewTemperatures) {
      rates.kernel.push(kernel())
      rates.plain.push((await plain.run(T, SWEEPS, round)).flipsPerNanosecond)
      rates.branchless.push((await branchless.run(T, SWEEPS, round)).flipsPerNanosecond)
    }
    // Slices are equally long, so total flips by total time is the plain mean.
    seen.kernel.push(rates.kernel.reduce((a, b) => a + b) / rates.kernel.length)
    seen.plain.push(rates.plain)
    seen.branchless.push(together(rates.branchless))
  }
  const atTemperature = fewTemperatures.map((_, t) => seen.plain.map((rates) => rates[t] as number))
  const fastest = atTemperature.reduce((a, b) => (together(b) > together(a) ? b : a))
  const T = fewTemperatures[atTemperature.indexOf(fastest)] as number
  const grid = seen.plain.map(together)
  return [
    figure('kernel / C, whole grid', 'x', ratios(seen.kernel, grid), { atLeast: 33 }),
    figure(`kernel / C at its fastest, T = ${T.toFixed(3)}`, 'x', ratios(seen.kernel, fastest)),
    figure('kernel / C without branches (-DBRANCHLESS), whole grid', 'x', ratios(seen.kernel, seen.branchless)),
    figure(`kernel, L = ${SIZE}, beside C`, 'flips/ns', seen.kernel),
    figure('C, whole grid', 'flips/ns', grid),
    figure('C without branches, whole grid', 'flips/ns', seen.branchless),
  ]
}

function bySize(slices: ReadonlyMap<number, Slice>): Figure[] {
  const seen = new Map([...slices.keys()].map((size) => [size, [] as number[]]))
  for (let round = 0; round < 2 * ROUNDS; round++) for (const [size, slice] of slices) seen.get(size)?.push(slice())
  return [...seen].map(([size, rates]) => figure(`kernel, L = ${size}`, 'flips/ns', rates))
}

await benchmark('kernel', async ({ folder, note }) => {
  const module = await compileKernels()
  for (const [size, sweeps] of Object.entries(SIZES)) holdAgainstTwin(module, Number(size), sweeps)
  note('every kernel timed here stepped all 128 lattices as the reference does, bit for bit')
  const slices = new Map(Object.keys(SIZES).map((size) => [Number(size), kernelSlices(module, Number(size))]))
  const peers = await compilePeers(folder)
  if (!peers) {
    note(NO_COMPILER)
    return bySize(slices)
  }
  note("the peer's energies agree with Kaufman's at all eight temperatures")
  return [...(await againstPeers(slices.get(SIZE) as Slice, peers)), ...bySize(slices)]
})
