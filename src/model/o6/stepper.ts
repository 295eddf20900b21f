import { type Offsets, openFields, type Views } from '../../engine/memory/fields.ts'
import type { Sfc64State } from '../../engine/random/sfc64.ts'
import { writeStream, writeStreams } from '../../engine/random/streams.ts'
import type { Diagnostic, GridPoint, Stepper, StepperContext } from '../model.ts'
import { isSteep, writeCouplings, writeSqueeze } from './couplings.ts'
import { CLASS_COUNT, LANES, o6Fields, SITE_BYTES } from './fields.ts'
import { energyOf, slopeOf, writeSample } from './measurement.ts'
import { blockOf } from './observables.ts'
import { reflections } from './reflections.ts'

// Four lattices of the six-component model on the kernels of workers/kernels/o6*.ts. The plain twin is reference.ts.

type Fields = ReturnType<typeof o6Fields>

/** Kinds of visit of the kernel o6Sweep. */
const Kind = { 'heat-bath': 0, metropolis: 1, reflect: 2, gradient: 3, squeezed: 4, 'reflect-rotate': 5 } as const
/** Passes over the lattice from one renormalisation to the next: rounding moves a spin by some 10^-8 in each. */
const NORMALISE_EVERY = 16
/** Sweeps from one adaption of the widths to the next, the acceptance aimed at, and the least width. */
const ADAPT_EVERY = 18
const TARGET = 0.4
const LEAST_WIDTH = 1e-5
/** Planes that rotations take in turn, and how many of them mix psi with Phi, mix Phi_x with Phi_y, and stay in one sector. */
const TURNS = 9
const CLASSES = [4, 2, 3] as const
/** What is counted: sweeps, passes since the last renormalisation, sweeps since the last adaption, and whether thermalization is over. */
const Count = { sweeps: 0, passes: 1, window: 2, measuring: 3 } as const

/** What a replica's Metropolis proposals were set to in the thermalization, and what came of the update since. */
export const diagnostics: readonly Diagnostic[] = [
  { name: 'mixing_width', longName: 'half width of tan(angle / 2) of the rotations that mix psi with Phi' },
  { name: 'charge_width', longName: 'half width of tan(angle / 2) of the rotations that mix Phi_x with Phi_y' },
  { name: 'sector_width', longName: 'half width of tan(angle / 2) of the rotations in psi, Phi_x and Phi_y by themselves' },
  { name: 'acceptance', longName: 'accepted share of the moves of the update' },
  { name: 'energy_drift', longName: 'energy per site as tracked through all moves less the energy as it is; none with clusters' },
]

export function openO6(context: StepperContext): Stepper {
  return new O6Stepper(context)
}

class O6Stepper implements Stepper {
  readonly #context: StepperContext
  readonly #at: Offsets<Fields>
  readonly #view: Views<Fields>
  readonly #sites: number
  readonly #block: number
  readonly #kind: number
  readonly #rotates: boolean
  /** Sweeps of over-relaxation by themselves. */
  readonly #reflections: number
  /** Kinds of the clusters, taken in turn. */
  readonly #clusters: readonly number[]
  /** True if an anisotropy may keep Φx and Φy apart. */
  readonly #anisotropic: boolean

  constructor(context: StepperContext) {
    const { memory, offset, size, update, moves, points } = context
    const { at, view } = openFields(o6Fields(size), memory.buffer, offset)
    this.#context = context
    this.#at = at
    this.#view = view
    this.#sites = size * size
    this.#block = blockOf(size)
    this.#rotates = update === 'metropolis'
    // Rotations take the first over-relaxation along: the local field is there.
    this.#reflections = Math.max(0, moves.overrelax - (this.#rotates ? 1 : 0))
    if (this.#rotates) this.#kind = moves.overrelax > 0 ? Kind['reflect-rotate'] : Kind.metropolis
    else this.#kind = points.some(isSteep) ? Kind.squeezed : Kind['heat-bath']
    this.#clusters = moves.reflections.map((name) => reflections.findIndex((reflection) => reflection.name === name))
    this.#anisotropic = points.some((point) => point.parameters.w !== 0)
  }

  initialise(stream: (name: string) => Sfc64State, rungs: Int32Array): void {
    const { memory, kernels } = this.#context
    const { scratch, sites, widths, rungs: own, tracked } = this.#view
    writeStreams(memory, this.#at.random, [stream('sweep 0'), stream('sweep 1')])
    writeStream(this.#view.swapRandom, stream('swap'))
    // Each lane starts with all spins along one direction, drawn at random: a quench from disorder leaves vortices behind.
    kernels.drawS5(this.#at.random, this.#at.scratch, 1)
    const direction = scratch.subarray(0, SITE_BYTES)
    for (let site = 0; site < this.#sites; site++) sites.set(direction, SITE_BYTES * site)
    kernels.o6Normalise(this.#at.sites, this.#sites)
    widths.fill(1)
    own.set(rungs)
    this.restore()
    this.measure(tracked, new Float64Array(LANES))
  }

  restore(): void {
    const { size } = this.#context
    for (let k = 0; k < this.#block; k++) {
      for (let x = 0; x < size; x++) {
        const angle = (2 * Math.PI * ((k * x) % size)) / size
        this.#view.waves.set([Math.cos(angle), Math.sin(angle)], 2 * (k * size + x))
      }
    }
    this.#couple()
  }

  setPoints(rungs: Int32Array): void {
    const { rungs: own, moved, tracked } = this.#view
    for (let lane = 0; lane < LANES; lane++) tracked[lane] = this.#trackedEnergy(lane)
    moved.fill(0)
    own.set(rungs)
    this.#couple()
  }

  #couple(): void {
    const { couplings } = this.#view
    for (let lane = 0; lane < LANES; lane++) {
      writeCouplings(couplings, lane, this.#pointOf(lane))
      writeSqueeze(couplings, lane, this.#pointOf(lane))
    }
  }

  /**
   * (Φx, Φy) -> (Φy, Φx) of a whole lattice with probability one half: w < 0 leaves two equivalent states, charge order along
   * x or along y, and S(k) sees only one of the two.
   */
  moveGlobally(): void {
    if (!this.#anisotropic) return
    const { kernels } = this.#context
    const { sites, swapRandom, swapUniform, swapped } = this.#at
    kernels.sfc64Uniform(swapRandom, swapUniform, LANES)
    const { swapUniform: drawn, swapped: chosen } = this.#view
    for (let lane = 0; lane < LANES; lane++) chosen[lane] = (drawn[lane] as number) < 0.5 ? -1 : 0
    kernels.o6Swap(sites, this.#sites, swapped)
  }

  sweep(count: number, thermalizing: boolean): void {
    const { moves } = this.#context
    const { counts } = this.#view
    if (!thermalizing && counts[Count.measuring] === 0) this.#startMeasuring()
    for (let k = 0; k < count; k++) {
      const done = counts[Count.sweeps] as number
      this.#pass(this.#kind, done % TURNS)
      for (let i = 0; i < this.#reflections; i++) this.#pass(Kind.reflect, 0)
      for (let i = 0; i < moves.cluster; i++) this.#cluster(done * moves.cluster + i)
      counts[Count.sweeps] = done + 1
      const window = (counts[Count.window] as number) + 1
      counts[Count.window] = window % ADAPT_EVERY
      if (window === ADAPT_EVERY) this.#adapt(thermalizing)
    }
  }

  /** What is counted from the first measured sweep on starts anew. */
  #startMeasuring(): void {
    const { counts, accepted, moved, tracked } = this.#view
    counts[Count.measuring] = 1
    counts[Count.window] = 0
    accepted.fill(0)
    moved.fill(0)
    this.measure(tracked, new Float64Array(LANES))
  }

  #pass(kind: number, turn: number): void {
    const { kernels, size } = this.#context
    const { sites, random, couplings, moved, accepted, scratch } = this.#at
    kernels.o6Sweep(kind, sites, size, random, couplings, turn, moved, accepted, scratch)
    this.#normalise()
  }

  #normalise(): void {
    const { counts } = this.#view
    const passes = (counts[Count.passes] as number) + 1
    counts[Count.passes] = passes % NORMALISE_EVERY
    if (passes === NORMALISE_EVERY) this.#context.kernels.o6Normalise(this.#at.sites, this.#sites)
  }

  #cluster(turn: number): void {
    const { kernels, size } = this.#context
    const { sites, random, couplings, projections, words, bonds, coins, flips, parents } = this.#at
    const kind = this.#clusters[turn % this.#clusters.length] as number
    kernels.o6Cluster(kind, sites, size, random, couplings, projections, words, bonds, coins, flips, parents)
    this.#normalise()
  }

  /** Widths follow the acceptance while thermalizing; afterwards they stay, or detailed balance would be lost. */
  #adapt(thermalizing: boolean): void {
    const { accepted, totals, widths } = this.#view
    const tried = ADAPT_EVERY * this.#sites
    if (!thermalizing) {
      for (let i = 0; i < CLASS_COUNT * LANES; i++) totals[i % LANES] = (totals[i % LANES] as number) + (accepted[i] as number)
      totals[LANES] = (totals[LANES] as number) + tried
    } else if (this.#rotates) {
      for (let i = 0; i < CLASS_COUNT * LANES; i++) {
        const share = ((accepted[i] as number) * TURNS) / (tried * (CLASSES[Math.floor(i / LANES)] as number))
        const factor = Math.min(2, Math.max(0.5, share / TARGET))
        widths[i] = Math.min(1, Math.max(LEAST_WIDTH, (widths[i] as number) * factor))
      }
    }
    accepted.fill(0)
  }

  #trackedEnergy(lane: number): number {
    return (this.#view.tracked[lane] as number) + (this.#view.moved[lane] as number) / this.#pointOf(lane).inverseTemperature
  }

  diagnose(out: Float64Array): void {
    // Clusters do not say what they cost, and another parameter is another energy.
    const { widths, totals } = this.#view
    const tracked = this.#context.moves.cluster === 0 && this.#context.along === undefined
    for (let lane = 0; lane < LANES; lane++) {
      const energy = energyOf(this.#view.sums, lane, this.#sites, this.#pointOf(lane).parameters)
      out[(CLASS_COUNT + 1) * LANES + lane] = tracked ? (this.#trackedEnergy(lane) - energy) / this.#sites : Number.NaN
      for (let k = 0; k < CLASS_COUNT; k++) out[k * LANES + lane] = this.#rotates ? (widths[k * LANES + lane] as number) : Number.NaN
      out[CLASS_COUNT * LANES + lane] = (totals[lane] as number) / (totals[LANES] as number)
    }
  }

  measure(energy: Float64Array, slope: Float64Array): void {
    const { kernels, size, along } = this.#context
    const { sums } = this.#view
    kernels.o6Measure(this.#at.sites, size, this.#at.sums)
    for (let lane = 0; lane < LANES; lane++) {
      const { parameters } = this.#pointOf(lane)
      energy[lane] = energyOf(sums, lane, this.#sites, parameters)
      if (along !== undefined) slope[lane] = slopeOf(sums, lane, this.#sites, parameters, along)
    }
  }

  sample(out: Float64Array, energy: Float64Array, lanes: Int32Array, stride: number): void {
    const { kernels, size } = this.#context
    const { sites, waves, rows, fourier } = this.#at
    kernels.o6Fourier(sites, size, this.#block, waves, rows, fourier)
    writeSample(out, energy, lanes, stride, this.#view.sums, this.#view.fourier, this.#sites)
  }

  measureIdentity(out: Float64Array, rungs: Int32Array, lanes: Int32Array, stride: number): void {
    const { kernels, size, points } = this.#context
    const { sites, random, checked, gradient: gradientAt, accepted, scratch } = this.#at
    const { gradient, checked: couplings } = this.#view
    gradient.fill(0)
    // The couplings that drive the moves, and where lanes are thought to be, may be what is wrong: the plan says what is due.
    for (let slot = 0; slot < lanes.length; slot++) {
      writeCouplings(couplings, lanes[slot] as number, points[rungs[slot] as number] as GridPoint)
    }
    kernels.o6Sweep(Kind.gradient, sites, size, random, checked, 0, gradientAt, accepted, scratch)
    for (let slot = 0; slot < lanes.length; slot++) {
      const lane = lanes[slot] as number
      const beta = (points[rungs[slot] as number] as GridPoint).inverseTemperature
      out[slot] = (gradient[lane] as number) / (beta * beta * this.#sites)
      out[stride + slot] = (gradient[LANES + lane] as number) / (beta * this.#sites)
    }
  }

  configurations(): Uint8Array {
    return this.#view.sites
  }

  #pointOf(lane: number): GridPoint {
    return this.#context.points[this.#view.rungs[lane] as number] as GridPoint
  }
}
