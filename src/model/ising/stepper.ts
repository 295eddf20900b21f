import type { Field } from '../../engine/memory/fields.ts'
import { Layout } from '../../engine/memory/layout.ts'
import { Sfc64, type Sfc64State } from '../../engine/random/sfc64.ts'
import { writeStream, writeStreams } from '../../engine/random/streams.ts'
import type { GridPoint, Parameters, Stepper, StepperContext } from '../model.ts'

// 128 Ising lattices of one bundle on the kernels of workers/kernels/ising*.ts. The plain twin is reference.ts.

export const LANES = 128
/** Below this size the kernel without a field is not ergodic; see workers/kernels/ising.ts. */
export const SMALLEST_PLAIN = 6
const KINDS_PLAIN = 2
const KINDS_FIELD = 5
/** Numbers of neighbours that may be up. */
const KS = [0, 1, 2, 3, 4]
/** Words that the counting kernels collect at most: ten lists of 64. */
const LIST_WORDS = 640

/** True where sweeps run on ising-field.ts. Lanes that run together all do if one of them must. */
export function usesFieldKernel(size: number, parameters: Parameters): boolean {
  return parameters.h !== 0 || size < SMALLEST_PLAIN
}

/** Offsets of one bundle's fields, in the order in which they lie. */
function offsets(layout: Layout, size: number, points: number) {
  return {
    random: layout.v128(4),
    table: layout.i32(KINDS_FIELD * points),
    points: layout.i32(LANES),
    masks: layout.v128(32 * KINDS_FIELD),
    free: layout.v128(2 * KINDS_FIELD),
    transposed: layout.i32(KINDS_FIELD * LANES),
    planes: layout.v128(10 * 32),
    unequal: layout.i32(LANES),
    up: layout.i32(LANES),
    fields: layout.i32(10 * LANES),
    field: layout.f64(LANES),
    scratch: layout.v128(Math.max(LIST_WORDS, 8 + 2 * (size + 3))),
    flipRandom: layout.v128(4),
    flipUniform: layout.f64(LANES),
    flipCost: layout.f64(LANES),
    flipped: layout.v128(1),
    counted: layout.i32(1),
    spins: layout.v128(size * size),
  }
}

export function layoutIsing(layout: Layout, size: number, points: number): number {
  const start = layout.end
  offsets(layout, size, points)
  return start
}

export function persistentIsing(buffer: ArrayBufferLike, offset: number, size: number, points: number): Field[] {
  const at = offsets(new Layout(offset), size, points)
  const random = new BigUint64Array(buffer, at.random, 8)
  const flips = new BigUint64Array(buffer, at.flipRandom, 8)
  const placed = new Int32Array(buffer, at.points, LANES)
  const spins = new Uint8Array(buffer, at.spins, 16 * size * size)
  return [
    { name: 'random', longName: 'generators of the sweeps, two SFC64 side by side', view: () => random },
    { name: 'flip_random', longName: 'generator of the global flips, two SFC64 side by side, or one with fields', view: () => flips },
    { name: 'placed', longName: 'point at which each lane was last swept', view: () => placed },
    { name: 'spins', longName: 'lattices, (y, x) words of 128 lanes, one bit each', view: () => spins },
  ]
}

/**
 * A probability in 32 bits, as the kernels compare it: 0 and 1 themselves cannot be met, which shifts an acceptance by at
 * most 2^-32.
 */
export function threshold(probability: number): number {
  return Math.min(2 ** 32 - 1, Math.round(probability * 2 ** 32))
}

/** Local field on a spin with k of its four neighbours up. */
export function localField(k: number, { J = 1, h = 0 }: Parameters): number {
  return J * (2 * k - 4) + h
}

/** Probabilities whose masks a kernel walks: of exactly one and no opposing neighbour, or of each k against the field. */
export function acceptances({ inverseTemperature: beta, parameters }: GridPoint, field: boolean): number[] {
  if (!field) {
    const J = Math.abs(parameters.J as number)
    return [Math.exp(-4 * beta * J), Math.exp(-8 * beta * J)]
  }
  return KS.map((k) => Math.exp(-2 * beta * Math.abs(localField(k, parameters))))
}

export function openIsing(context: StepperContext): Stepper {
  return new IsingStepper(context)
}

class IsingStepper implements Stepper {
  readonly #context: StepperContext
  readonly #at: ReturnType<typeof offsets>
  readonly #kinds: number
  readonly #sites: number
  readonly #J: number
  /** Field of every point. */
  readonly #h: Float64Array
  /** True if no point has a field. */
  readonly #fieldless: boolean
  /** Numbers of neighbours up at which the field pulls one way at one point and another way at another. */
  readonly #torn: readonly number[]
  /** The point at which each lane is; with the masks all that a stepper on another thread needs of a placing. */
  readonly #points: Int32Array
  readonly #free: Int32Array
  readonly #up: Int32Array
  readonly #fields: Int32Array
  /** h of the point at which each lane is. */
  readonly #field: Float64Array
  /** [1] while `up` holds what the lattices are at this moment. */
  readonly #counted: Int32Array
  readonly #flipCost: Float64Array
  readonly #spins: Uint8Array
  #tanh: Float64Array | undefined

  constructor(context: StepperContext) {
    const { memory, offset, size, parameters, points } = context
    const at = offsets(new Layout(offset), size, points.length)
    this.#context = context
    this.#at = at
    this.#kinds = points.some((point) => usesFieldKernel(size, point.parameters)) ? KINDS_FIELD : KINDS_PLAIN
    this.#sites = size * size
    this.#J = parameters.J as number
    this.#h = Float64Array.from(points, (point) => point.parameters.h as number)
    this.#fieldless = this.#h.every((h) => h === 0)
    const pull = (k: number): number[] => points.map((point) => Math.sign(localField(k, point.parameters)))
    this.#torn = KS.filter((k) => new Set(pull(k)).size > 1)
    this.#points = new Int32Array(memory.buffer, at.points, LANES)
    this.#free = new Int32Array(memory.buffer, at.free, 8 * KINDS_FIELD)
    this.#up = new Int32Array(memory.buffer, at.up, LANES)
    this.#fields = new Int32Array(memory.buffer, at.fields, 10 * LANES)
    this.#field = new Float64Array(memory.buffer, at.field, LANES)
    this.#counted = new Int32Array(memory.buffer, at.counted, 1)
    this.#flipCost = new Float64Array(memory.buffer, at.flipCost, LANES)
    this.#spins = new Uint8Array(memory.buffer, at.spins, 16 * this.#sites)
  }

  initialise(stream: (name: string) => Sfc64State, points: Int32Array): void {
    const { memory, size } = this.#context
    writeStreams(memory, this.#at.random, [stream('sweep 0'), stream('sweep 1')])
    writeFlipStreams(memory, this.#at.flipRandom, this.#fieldless, stream)
    // Start from a ground state, as a quench from disorder freezes in stripes; each lane's sign as likely as its weight.
    const start = new Sfc64(stream('start'))
    const even = [start.next(), start.next()] as [bigint, bigint]
    const odd = [...even] as [bigint, bigint]
    for (let lane = 0; lane < LANES; lane++) {
      const h = this.#h[points[lane] as number] as number
      const half = lane >> 6
      const bit = 1n << BigInt(lane & 63)
      const staggered = this.#J < 0 && Math.abs(h) < 4 * Math.abs(this.#J)
      if (h !== 0) {
        const moment = staggered ? this.#sites % 2 : this.#sites
        const { inverseTemperature } = this.#context.points[points[lane] as number] as GridPoint
        const up = start.uniform() < 1 / (1 + Math.exp(-2 * inverseTemperature * h * moment))
        for (const word of [even, odd]) word[half] = up ? (word[half] as bigint) | bit : (word[half] as bigint) & ~bit
      }
      if (staggered) odd[half] = (odd[half] as bigint) ^ bit
    }
    const spins = new BigUint64Array(memory.buffer, this.#at.spins, 2 * this.#sites)
    for (let site = 0; site < this.#sites; site++) {
      spins.set(((site % size) + Math.floor(site / size)) % 2 === 1 ? odd : even, 2 * site)
    }
    this.#points.set(points)
    this.restore()
  }

  restore(): void {
    this.#counted[0] = 0
    const { memory, points: grid } = this.#context
    const table = new Uint32Array(memory.buffer, this.#at.table, this.#kinds * grid.length)
    for (const [i, point] of grid.entries()) {
      const p = acceptances(point, this.#kinds === KINDS_FIELD)
      for (const [kind, probability] of p.entries()) table[kind * grid.length + i] = threshold(probability)
    }
    this.#placeFree(this.#points, KS)
    this.setPoints(this.#points)
  }

  setPoints(points: Int32Array): void {
    const { kernels } = this.#context
    const { table, points: at, transposed, masks } = this.#at
    this.#points.set(points)
    kernels.placeLanes(table, this.#h.length, at, transposed, this.#kinds)
    kernels.buildMasks(transposed, masks, this.#kinds)
    for (let lane = 0; lane < LANES; lane++) this.#field[lane] = this.#h[points[lane] as number] as number
    this.#placeFree(points, this.#torn)
  }

  /** Which way a spin of each lane with k neighbours up turns free: where the field pulls it, both ways without one. */
  #placeFree(points: Int32Array, ks: readonly number[]): void {
    const free = this.#free
    for (const k of ks) {
      free.fill(0, 8 * k, 8 * k + 8)
      for (let lane = 0; lane < LANES; lane++) {
        const field = this.#J * (2 * k - 4) + (this.#h[points[lane] as number] as number)
        const part = 8 * k + (lane >> 5)
        const bit = 1 << (lane & 31)
        if (field <= 0) free[part] = (free[part] as number) | bit
        if (field >= 0) free[part + 4] = (free[part + 4] as number) | bit
      }
    }
  }

  /** s -> -s of a lattice with the heat-bath probability 1 / (1 + exp(2 β h M)), one half without a field. */
  moveGlobally(): void {
    const { kernels, points: grid } = this.#context
    const { spins, flipRandom, flipUniform, flipCost, flipped } = this.#at
    if (this.#fieldless) {
      kernels.sfc64Fill(flipRandom, flipped, 1)
    } else {
      if (this.#counted[0] !== 1) this.#count()
      for (let lane = 0; lane < LANES; lane++) {
        const point = this.#points[lane] as number
        const moment = 2 * (this.#up[lane] as number) - this.#sites
        this.#flipCost[lane] = 2 * (grid[point] as GridPoint).inverseTemperature * (this.#h[point] as number) * moment
      }
      kernels.sfc64Uniform(flipRandom, flipUniform, LANES)
      kernels.isingDrawFlips(flipUniform, flipCost, flipped)
    }
    kernels.isingFlip(spins, this.#sites, flipped)
    this.#counted[0] = 0
  }

  #count(): void {
    const { kernels, size } = this.#context
    const { spins, planes, scratch, unequal, up } = this.#at
    kernels.isingCount(spins, size, planes, scratch, unequal, up)
    this.#counted[0] = 1
  }

  sweep(count: number): void {
    const { kernels, size } = this.#context
    this.#counted[0] = 0
    const { spins, random, masks, free, scratch } = this.#at
    if (this.#kinds === KINDS_PLAIN) kernels.isingSweep(spins, size, random, masks, this.#J < 0 ? 1 : 0, scratch, count)
    else kernels.isingFieldSweep(spins, size, random, masks, free, size < SMALLEST_PLAIN ? 1 : 0, scratch, count)
  }

  measure(energy: Float64Array, slope: Float64Array): void {
    const { kernels, along } = this.#context
    const { unequal, up, field } = this.#at
    const N = this.#sites
    this.#count()
    kernels.isingEnergies(unequal, up, field, this.#J, N, energy.byteOffset)
    // H is linear in h alone of what may be exchanged.
    if (along !== undefined) for (let lane = 0; lane < LANES; lane++) slope[lane] = N - 2 * (this.#up[lane] as number)
  }

  sample(out: Float64Array, energy: Float64Array, lanes: Int32Array, stride: number): void {
    const { kernels } = this.#context
    kernels.isingSample(energy.byteOffset, this.#at.up, lanes.byteOffset, lanes.length, this.#sites, out.byteOffset, stride)
  }

  measureIdentity(out: Float64Array, points: Int32Array, lanes: Int32Array, stride: number): void {
    const { kernels, size, points: grid } = this.#context
    const { spins, planes, scratch, fields } = this.#at
    kernels.isingLocalFields(spins, size, planes, scratch, fields)
    // tanh(βh_i) of every point and k.
    this.#tanh ??= Float64Array.from({ length: 5 * grid.length }, (_, i) => {
      const { inverseTemperature, parameters } = grid[Math.floor(i / 5)] as GridPoint
      return Math.tanh(inverseTemperature * localField(i % 5, parameters))
    })
    const table = this.#tanh
    for (let slot = 0; slot < lanes.length; slot++) {
      const lane = lanes[slot] as number
      const point = points[slot] as number
      let aligned = 0
      let squared = 0
      let variance = 0
      for (let k = 0; k < 5; k++) {
        const down = this.#fields[k * LANES + lane] as number
        const up = this.#fields[(5 + k) * LANES + lane] as number
        const t = table[5 * point + k] as number
        aligned += (up - down) * t
        squared += (up + down) * t * t
        variance += (up + down) * t * t * (1 - t * t)
      }
      out[slot] = aligned / this.#sites
      out[stride + slot] = squared / this.#sites
      out[2 * stride + slot] = variance / this.#sites
    }
  }

  configurations(): Uint8Array {
    return this.#spins
  }
}

/** Without fields a flip takes one bit of a lane, two streams side by side; with fields a uniform number of one stream. */
function writeFlipStreams(memory: WebAssembly.Memory, at: number, fieldless: boolean, stream: (name: string) => Sfc64State): void {
  if (fieldless) writeStreams(memory, at, [stream('flip 0'), stream('flip 1')])
  else writeStream(memory, at, stream('flip'))
}
