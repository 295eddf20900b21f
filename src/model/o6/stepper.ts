import type { Field } from '../../engine/memory/fields.ts'
import { Layout } from '../../engine/memory/layout.ts'
import type { Sfc64State } from '../../engine/random/sfc64.ts'
import { writeStream, writeStreams } from '../../engine/random/streams.ts'
import type { GridPoint, Parameters, Stepper, StepperContext, Diagnostic } from '../model.ts'
import { blockOf } from './observables.ts'
import { couplingsOf } from './parameters.ts'
import { reflections } from './reflections.ts'

// Four lattices of the six-component model on the kernels of workers/kernels/o6*.ts. The plain twin is reference.ts.

export const LANES = 4
export const COMPONENTS = 6
/** Kinds of visit of the kernel o6Sweep. */
const Kind = { 'heat-bath': 0, metropolis: 1, reflect: 2, gradient: 3, squeezed: 4, 'reflect-rotate': 5 } as const
/** Sums of the kernel o6Measure, in order; then M1 .. M6 lie between `currentY` and `q`. */
const Sum = { psi: 0, phi: 1, currentX: 2, currentY: 3, moments: 4, q: 10, qSquared: 11, fourths: 12, nematic: 13 } as const
const SUMS = 14
const SITE_BYTES = 16 * COMPONENTS
const SCRATCH_BYTES = 3 * 32 * 112
/** Passes over the lattice from one renormalisation to the next: rounding moves a spin by some 10^-8 in each. */
const NORMALISE_EVERY = 16
/** Sweeps from one adaption of the widths to the next, the acceptance aimed at, and the least width. */
const ADAPT_EVERY = 18
const TARGET = 0.4
const LEAST_WIDTH = 1e-5
/** Planes that rotations take in turn, and how many of them mix psi with Phi, mix Phi_x with Phi_y, and stay in one sector. */
const TURNS = 9
const CLASSES = [4, 2, 3] as const

/** Where βV changes by more than this over the sphere, heat baths start from squeezed draws. */
const STEEP = 2
/** What is counted: sweeps, passes since the last renormalisation, sweeps since the last adaption, and whether thermalization is over. */
const Count = { sweeps: 0, passes: 1, window: 2, measuring: 3 } as const
const COUNTS = 4
/** Couplings of a lane as the kernels take them, and the place of the squeeze among them. */
const COUPLINGS = 9
const SQUEEZE = 8

/** Roughly how much βV grows from q = 0 to q = 1. */
function steepness({ inverseTemperature, parameters }: GridPoint): number {
  const { v1, v2, v3 } = couplingsOf(parameters)
  return inverseTemperature * (v1 + v2 + v3 / 2)
}

/** Of six components with variance 1/6 each, four get a weight exp(-steepness q) more: that much narrower, or wider. */
function squeezeOf(steepness: number): number {
  const ratio = Math.sqrt(1 + Math.abs(steepness) / 3)
  return steepness > 0 ? 1 / ratio : ratio
}

/** What a replica's Metropolis proposals were set to in the thermalization, and what came of the update since. */
export const diagnostics: readonly Diagnostic[] = [
  { name: 'mixing_width', longName: 'half width of tan(angle / 2) of the rotations that mix psi with Phi' },
  { name: 'charge_width', longName: 'half width of tan(angle / 2) of the rotations that mix Phi_x with Phi_y' },
  { name: 'sector_width', longName: 'half width of tan(angle / 2) of the rotations in psi, Phi_x and Phi_y by themselves' },
  { name: 'acceptance', longName: 'accepted share of the moves of the update' },
  { name: 'energy_drift', longName: 'energy per site as tracked through all moves less the energy as it is; none with clusters' },
]

/** Place of the proposal widths among the couplings. */
const WIDTHS = 5

/** Offsets of one bundle's fields, in the order in which they lie. */
function offsets(layout: Layout, size: number) {
  const sites = size * size
  const block = blockOf(size)
  return {
    random: layout.v128(4),
    swapRandom: layout.v128(2),
    swapUniform: layout.f64(LANES),
    swapped: layout.i32(LANES),
    couplings: layout.v128(COUPLINGS),
    checked: layout.v128(COUPLINGS),
    counts: layout.f64(COUNTS),
    points: layout.i32(LANES),
    moved: layout.f64(LANES),
    tracked: layout.f64(LANES),
    accepted: layout.i32(CLASSES.length * LANES),
    totals: layout.f64(LANES + 1),
    sums: layout.f64(SUMS * LANES),
    gradient: layout.f64(2 * LANES),
    waves: layout.i32(2 * block * size),
    rows: layout.v128(4 * block),
    fourier: layout.v128(4 * block * block),
    scratch: layout.bytes(SCRATCH_BYTES),
    projections: layout.v128(2 * sites),
    words: layout.v128(2 * size + 24),
    bonds: layout.bytes(sites),
    coins: layout.bytes(sites),
    flips: layout.bytes(sites),
    parents: layout.i32(sites),
    sites: layout.bytes(SITE_BYTES * sites),
  }
}

export function layoutO6(layout: Layout, size: number): number {
  const start = layout.end
  offsets(layout, size)
  return start
}

export function persistentO6(buffer: ArrayBufferLike, offset: number, size: number): Field[] {
  const at = offsets(new Layout(offset), size)
  const random = new BigUint64Array(buffer, at.random, 8)
  const swaps = new BigUint64Array(buffer, at.swapRandom, 4)
  const placed = new Int32Array(buffer, at.points, LANES)
  const counts = new Float64Array(buffer, at.counts, COUNTS)
  const widths = widthsIn(new Float32Array(buffer, at.couplings, COUPLINGS * LANES))
  const moved = new Float64Array(buffer, at.moved, LANES)
  const tracked = new Float64Array(buffer, at.tracked, LANES)
  const accepted = new Int32Array(buffer, at.accepted, CLASSES.length * LANES)
  const totals = new Float64Array(buffer, at.totals, LANES + 1)
  const spins = new Float32Array(buffer, at.sites, (SITE_BYTES / 4) * size * size)
  return [
    { name: 'random', longName: 'generators of the sweeps, two SFC64 side by side', view: () => random },
    { name: 'swap_random', longName: 'generator of the global swaps of Phi_x and Phi_y', view: () => swaps },
    { name: 'placed', longName: 'point at which each lane was last swept', view: () => placed },
    {
      name: 'counts',
      longName: 'sweeps; passes since the lengths were set right, sweeps since widths were adapted; 1 while measuring',
      view: () => counts,
    },
    { name: 'widths', longName: 'widths of Metropolis proposals, (class, lane)', view: () => widths },
    { name: 'moved', longName: 'energy of the moves since a lane came to its point, over T', view: () => moved },
    { name: 'tracked', longName: 'energy with which a lane came to its point', view: () => tracked },
    { name: 'accepted_moves', longName: 'moves accepted since widths were adapted, (class, lane)', view: () => accepted },
    { name: 'moves', longName: 'moves accepted of each lane, and tried of any one', view: () => totals },
    { name: 'spins', longName: 'lattices, (y, x, component, lane)', view: () => spins },
  ]
}

/** The part of the couplings that holds the widths, (class, lanes). */
function widthsIn(couplings: Float32Array): Float32Array {
  return couplings.subarray(WIDTHS * LANES, (WIDTHS + CLASSES.length) * LANES)
}

export function openO6(context: StepperContext): Stepper {
  return new O6Stepper(context)
}

class O6Stepper implements Stepper {
  readonly #context: StepperContext
  readonly #at: ReturnType<typeof offsets>
  readonly #sites: number
  readonly #block: number
  readonly #kind: number
  readonly #rotates: boolean
  /** Sweeps of over-relaxation by themselves. */
  readonly #reflections: number
  /** Kinds of the clusters, taken in turn. */
  readonly #clusters: readonly number[]
  readonly #couplings: Float32Array
  /** (class, lanes) */
  readonly #widths: Float32Array
  /** Couplings for the check alone, computed anew each time from the points of the plan. */
  readonly #checked: Float32Array
  readonly #swapUniform: Float64Array
  /** All ones for each lane whose planes are swapped. */
  readonly #swapped: Int32Array
  /** True if an anisotropy may keep Φx and Φy apart. */
  readonly #anisotropic: boolean
  readonly #counts: Float64Array
  readonly #points: Int32Array
  /** β ΔE of the moves since the lane came to its point, and the energy it came with: together the energy as tracked. */
  readonly #moved: Float64Array
  readonly #tracked: Float64Array
  readonly #accepted: Int32Array
  /** Accepted moves of each lane, and moves tried of any one. */
  readonly #totals: Float64Array
  readonly #sums: Float64Array
  readonly #gradient: Float64Array
  readonly #waves: Float32Array
  readonly #fourier: Float32Array
  readonly #configurations: Uint8Array

  constructor(context: StepperContext) {
    const { memory, offset, size, update, moves, points } = context
    const at = offsets(new Layout(offset), size)
    const { buffer } = memory
    this.#context = context
    this.#at = at
    this.#sites = size * size
    this.#block = blockOf(size)
    const steep = points.some((point) => Math.abs(steepness(point)) > STEEP)
    this.#rotates = update === 'metropolis'
    // Rotations take the first over-relaxation along: the local field is there.
    this.#reflections = Math.max(0, moves.overrelax - (this.#rotates ? 1 : 0))
    if (this.#rotates) this.#kind = moves.overrelax > 0 ? Kind['reflect-rotate'] : Kind.metropolis
    else this.#kind = steep ? Kind.squeezed : Kind['heat-bath']
    this.#clusters = moves.reflections.map((name) => reflections.findIndex((reflection) => reflection.name === name))
    this.#couplings = new Float32Array(buffer, at.couplings, COUPLINGS * LANES)
    this.#widths = widthsIn(this.#couplings)
    this.#checked = new Float32Array(buffer, at.checked, COUPLINGS * LANES)
    this.#swapUniform = new Float64Array(buffer, at.swapUniform, LANES)
    this.#swapped = new Int32Array(buffer, at.swapped, LANES)
    this.#anisotropic = points.some((point) => point.parameters.w !== 0)
    this.#counts = new Float64Array(buffer, at.counts, COUNTS)
    this.#points = new Int32Array(buffer, at.points, LANES)
    this.#moved = new Float64Array(buffer, at.moved, LANES)
    this.#tracked = new Float64Array(buffer, at.tracked, LANES)
    this.#accepted = new Int32Array(buffer, at.accepted, CLASSES.length * LANES)
    this.#totals = new Float64Array(buffer, at.totals, LANES + 1)
    this.#sums = new Float64Array(buffer, at.sums, SUMS * LANES)
    this.#gradient = new Float64Array(buffer, at.gradient, 2 * LANES)
    this.#waves = new Float32Array(buffer, at.waves, 2 * this.#block * size)
    this.#fourier = new Float32Array(buffer, at.fourier, 4 * LANES * this.#block ** 2)
    this.#configurations = new Uint8Array(buffer, at.sites, SITE_BYTES * this.#sites)
  }

  initialise(stream: (name: string) => Sfc64State, points: Int32Array): void {
    const { memory, kernels } = this.#context
    writeStreams(memory, this.#at.random, [stream('sweep 0'), stream('sweep 1')])
    writeStream(memory, this.#at.swapRandom, stream('swap'))
    // Each lane starts with all spins along one direction, drawn at random: a quench from disorder leaves vortices behind.
    kernels.drawS5(this.#at.random, this.#at.scratch, 1)
    const direction = new Uint8Array(memory.buffer, this.#at.scratch, SITE_BYTES)
    for (let site = 0; site < this.#sites; site++) this.#configurations.set(direction, SITE_BYTES * site)
    kernels.o6Normalise(this.#at.sites, this.#sites)
    this.#widths.fill(1)
    this.#points.set(points)
    this.restore()
    this.measure(this.#tracked, new Float64Array(LANES))
  }

  restore(): void {
    const { size } = this.#context
    for (let k = 0; k < this.#block; k++) {
      for (let x = 0; x < size; x++) {
        const angle = (2 * Math.PI * ((k * x) % size)) / size
        this.#waves.set([Math.cos(angle), Math.sin(angle)], 2 * (k * size + x))
      }
    }
    this.#couple()
  }

  setPoints(points: Int32Array): void {
    for (let lane = 0; lane < LANES; lane++) this.#tracked[lane] = this.#trackedEnergy(lane)
    this.#moved.fill(0)
    this.#points.set(points)
    this.#couple()
  }

  #couple(): void {
    for (let lane = 0; lane < LANES; lane++) {
      writeCouplings(this.#couplings, lane, this.#pointOf(lane))
      this.#couplings[LANES * SQUEEZE + lane] = squeezeOf(steepness(this.#pointOf(lane)))
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
    for (let lane = 0; lane < LANES; lane++) this.#swapped[lane] = (this.#swapUniform[lane] as number) < 0.5 ? -1 : 0
    kernels.o6Swap(sites, this.#sites, swapped)
  }

  sweep(count: number, thermalizing: boolean): void {
    const { moves } = this.#context
    const counts = this.#counts
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
    this.#counts[Count.measuring] = 1
    this.#counts[Count.window] = 0
    this.#accepted.fill(0)
    this.#moved.fill(0)
    this.measure(this.#tracked, new Float64Array(LANES))
  }

  #pass(kind: number, turn: number): void {
    const { kernels, size } = this.#context
    const { sites, random, couplings, moved, accepted, scratch } = this.#at
    kernels.o6Sweep(kind, sites, size, random, couplings, turn, moved, accepted, scratch)
    this.#normalise()
  }

  #normalise(): void {
    const passes = (this.#counts[Count.passes] as number) + 1
    this.#counts[Count.passes] = passes % NORMALISE_EVERY
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
    const tried = ADAPT_EVERY * this.#sites
    if (!thermalizing) {
      for (let i = 0; i < CLASSES.length * LANES; i++)
        this.#totals[i % LANES] = (this.#totals[i % LANES] as number) + (this.#accepted[i] as number)
      this.#totals[LANES] = (this.#totals[LANES] as number) + tried
    } else if (this.#rotates) {
      for (let i = 0; i < CLASSES.length * LANES; i++) {
        const share = ((this.#accepted[i] as number) * TURNS) / (tried * (CLASSES[Math.floor(i / LANES)] as number))
        const factor = Math.min(2, Math.max(0.5, share / TARGET))
        this.#widths[i] = Math.min(1, Math.max(LEAST_WIDTH, (this.#widths[i] as number) * factor))
      }
    }
    this.#accepted.fill(0)
  }

  #trackedEnergy(lane: number): number {
    return (this.#tracked[lane] as number) + (this.#moved[lane] as number) / this.#pointOf(lane).inverseTemperature
  }

  diagnose(out: Float64Array): void {
    // Clusters do not say what they cost, and another parameter is another energy.
    const tracked = this.#context.moves.cluster === 0 && this.#context.along === undefined
    for (let lane = 0; lane < LANES; lane++) {
      const energy = this.#energy(lane, this.#pointOf(lane).parameters)
      out[(CLASSES.length + 1) * LANES + lane] = tracked ? (this.#trackedEnergy(lane) - energy) / this.#sites : Number.NaN
      for (const k of CLASSES.keys()) out[k * LANES + lane] = this.#rotates ? (this.#widths[k * LANES + lane] as number) : Number.NaN
      out[CLASSES.length * LANES + lane] = (this.#totals[lane] as number) / (this.#totals[LANES] as number)
    }
  }

  measure(energy: Float64Array, slope: Float64Array): void {
    const { kernels, size, along } = this.#context
    kernels.o6Measure(this.#at.sites, size, this.#at.sums)
    for (let lane = 0; lane < LANES; lane++) {
      const { parameters } = this.#pointOf(lane)
      energy[lane] = this.#energy(lane, parameters)
      if (along !== undefined) slope[lane] = this.#slope(lane, parameters, along)
    }
  }

  #energy(lane: number, parameters: Parameters): number {
    const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
    const exchange = this.#sum(Sum.psi, lane) + lambda * this.#sum(Sum.phi, lane)
    const onSite = v1 * this.#sum(Sum.q, lane) + v2 * this.#sum(Sum.qSquared, lane) + v3 * this.#sum(Sum.fourths, lane)
    return 2 * rho * this.#sites - rho * exchange + onSite
  }

  /** ∂H/∂p: H is linear in each of these, so it is a difference of two energies. */
  #slope(lane: number, parameters: Parameters, along: string): number {
    return this.#energy(lane, { ...parameters, [along]: 1 }) - this.#energy(lane, { ...parameters, [along]: 0 })
  }

  sample(out: Float64Array, energy: Float64Array, lanes: Int32Array, stride: number): void {
    const { kernels, size } = this.#context
    const { sites, waves, rows, fourier } = this.#at
    kernels.o6Fourier(sites, size, this.#block, waves, rows, fourier)
    const N = this.#sites
    for (let slot = 0; slot < lanes.length; slot++) {
      const lane = lanes[slot] as number
      const moment = (k: number): number => this.#sum(Sum.moments + k, lane) / N
      const e = (energy[lane] as number) / N
      const sc = moment(0) ** 2 + moment(1) ** 2
      const cdw = moment(2) ** 2 + moment(3) ** 2 + moment(4) ** 2 + moment(5) ** 2
      const nematic = this.#sum(Sum.nematic, lane) / N
      const current = (this.#sum(Sum.currentX, lane) ** 2 + this.#sum(Sum.currentY, lane) ** 2) / (2 * N)
      out[slot] = e
      out[stride + slot] = e * e
      out[2 * stride + slot] = sc
      out[3 * stride + slot] = sc * sc
      out[4 * stride + slot] = cdw
      out[5 * stride + slot] = this.#sum(Sum.q, lane) / N
      out[6 * stride + slot] = Math.abs(nematic)
      out[7 * stride + slot] = nematic * nematic
      out[8 * stride + slot] = this.#sum(Sum.psi, lane) / (2 * N)
      out[9 * stride + slot] = current
      for (let k = 0; k < this.#block ** 2; k++) {
        let square = 0
        for (let part = 0; part < 4; part++) square += (this.#fourier[4 * LANES * k + LANES * part + lane] as number) ** 2
        out[(10 + k) * stride + slot] = square / N
      }
    }
  }

  measureIdentity(out: Float64Array, points: Int32Array, lanes: Int32Array, stride: number): void {
    const { kernels, size, points: grid } = this.#context
    const { sites, random, checked, gradient, accepted, scratch } = this.#at
    this.#gradient.fill(0)
    // The couplings that drive the moves, and where lanes are thought to be, may be what is wrong: the plan says what is due.
    for (let slot = 0; slot < lanes.length; slot++) {
      writeCouplings(this.#checked, lanes[slot] as number, grid[points[slot] as number] as GridPoint)
    }
    kernels.o6Sweep(Kind.gradient, sites, size, random, checked, 0, gradient, accepted, scratch)
    for (let slot = 0; slot < lanes.length; slot++) {
      const lane = lanes[slot] as number
      const beta = (grid[points[slot] as number] as GridPoint).inverseTemperature
      out[slot] = (this.#gradient[lane] as number) / (beta * beta * this.#sites)
      out[stride + slot] = (this.#gradient[LANES + lane] as number) / (beta * this.#sites)
    }
  }

  configurations(): Uint8Array {
    return this.#configurations
  }

  #sum(k: number, lane: number): number {
    return this.#sums[LANES * k + lane] as number
  }

  #pointOf(lane: number): GridPoint {
    return this.#context.points[this.#points[lane] as number] as GridPoint
  }
}

/** βρ, βv1, βv2, βv3 and λ of one lane, as workers/kernels/o6-site.ts has them. */
function writeCouplings(couplings: Float32Array, lane: number, { inverseTemperature: beta, parameters }: GridPoint): void {
  const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
  for (const [k, value] of [beta * rho, beta * v1, beta * v2, beta * v3, lambda].entries()) couplings[LANES * k + lane] = value
}
