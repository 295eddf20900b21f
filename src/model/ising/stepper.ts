import { type Offsets, openFields, type Views } from '../../engine/memory/fields.ts'
import type { Sfc64State } from '../../engine/random/sfc64.ts'
import { writeStream, writeStreams } from '../../engine/random/streams.ts'
import type { GridPoint, Stepper, StepperContext } from '../model.ts'
import { acceptances, KS, localField, SMALLEST_PLAIN, threshold, usesFieldKernel } from './acceptances.ts'
import { isingFields, KINDS_FIELD, KINDS_PLAIN, LANES } from './fields.ts'
import { startSpins } from './start.ts'

// 128 Ising lattices of one bundle on the kernels of workers/kernels/ising*.ts. The plain twin is reference.ts.

type Fields = ReturnType<typeof isingFields>

export function openIsing(context: StepperContext): Stepper {
  return new IsingStepper(context)
}

class IsingStepper implements Stepper {
  readonly #context: StepperContext
  readonly #at: Offsets<Fields>
  readonly #view: Views<Fields>
  readonly #kinds: number
  readonly #sites: number
  readonly #J: number
  /** Field of every point. */
  readonly #h: Float64Array
  /** True if no point has a field. */
  readonly #fieldless: boolean
  /** Numbers of neighbours up at which the field pulls one way at one point and another way at another. */
  readonly #torn: readonly number[]
  #tanh: Float64Array | undefined

  constructor(context: StepperContext) {
    const { memory, offset, size, parameters, points } = context
    const { at, view } = openFields(isingFields(size, points.length), memory.buffer, offset)
    this.#context = context
    this.#at = at
    this.#view = view
    this.#kinds = points.some((point) => usesFieldKernel(size, point.parameters)) ? KINDS_FIELD : KINDS_PLAIN
    this.#sites = size * size
    this.#J = parameters.J as number
    this.#h = Float64Array.from(points, (point) => point.parameters.h as number)
    this.#fieldless = this.#h.every((h) => h === 0)
    const pull = (k: number): number[] => points.map((point) => Math.sign(localField(k, point.parameters)))
    this.#torn = KS.filter((k) => new Set(pull(k)).size > 1)
  }

  initialise(stream: (name: string) => Sfc64State, rungs: Int32Array): void {
    const { memory, size, points } = this.#context
    writeStreams(memory, this.#at.random, [stream('sweep 0'), stream('sweep 1')])
    // Without fields a flip takes one bit of a lane, two streams side by side; with fields a uniform number of one stream.
    if (this.#fieldless) writeStreams(memory, this.#at.flipRandom, [stream('flip 0'), stream('flip 1')])
    else writeStream(this.#view.flipRandom, stream('flip'))
    startSpins(this.#view.words, size, stream('start'), (lane) => points[rungs[lane] as number] as GridPoint)
    this.#view.rungs.set(rungs)
    this.restore()
  }

  restore(): void {
    const { points } = this.#context
    const { table, rungs, counted } = this.#view
    counted[0] = 0
    for (const [i, point] of points.entries()) {
      const p = acceptances(point, this.#kinds === KINDS_FIELD)
      for (const [kind, probability] of p.entries()) table[kind * points.length + i] = threshold(probability)
    }
    this.#placeFree(rungs, KS)
    this.setPoints(rungs)
  }

  setPoints(rungs: Int32Array): void {
    const { kernels } = this.#context
    const { table, rungs: at, transposed, masks } = this.#at
    const { field } = this.#view
    this.#view.rungs.set(rungs)
    kernels.placeLanes(table, this.#h.length, at, transposed, this.#kinds)
    kernels.buildMasks(transposed, masks, this.#kinds)
    for (let lane = 0; lane < LANES; lane++) field[lane] = this.#h[rungs[lane] as number] as number
    this.#placeFree(rungs, this.#torn)
  }

  /** Which way a spin of each lane with k neighbours up turns free: where the field pulls it, both ways without one. */
  #placeFree(rungs: Int32Array, ks: readonly number[]): void {
    const { free } = this.#view
    for (const k of ks) {
      free.fill(0, 8 * k, 8 * k + 8)
      for (let lane = 0; lane < LANES; lane++) {
        const field = this.#J * (2 * k - 4) + (this.#h[rungs[lane] as number] as number)
        const part = 8 * k + (lane >> 5)
        const bit = 1 << (lane & 31)
        if (field <= 0) free[part] = (free[part] as number) | bit
        if (field >= 0) free[part + 4] = (free[part + 4] as number) | bit
      }
    }
  }

  /** s -> -s of a lattice with the heat-bath probability 1 / (1 + exp(2 β h M)), one half without a field. */
  moveGlobally(): void {
    const { kernels, points } = this.#context
    const { spins, flipRandom, flipUniform, flipCost, flipped } = this.#at
    if (this.#fieldless) {
      kernels.sfc64Fill(flipRandom, flipped, 1)
    } else {
      const { rungs, up, counted, flipCost: cost } = this.#view
      if (counted[0] !== 1) this.#count()
      for (let lane = 0; lane < LANES; lane++) {
        const rung = rungs[lane] as number
        const moment = 2 * (up[lane] as number) - this.#sites
        cost[lane] = 2 * (points[rung] as GridPoint).inverseTemperature * (this.#h[rung] as number) * moment
      }
      kernels.sfc64Uniform(flipRandom, flipUniform, LANES)
      kernels.isingDrawFlips(flipUniform, flipCost, flipped)
    }
    kernels.isingFlip(spins, this.#sites, flipped)
    this.#view.counted[0] = 0
  }

  #count(): void {
    const { kernels, size } = this.#context
    const { spins, planes, scratch, unequal, up } = this.#at
    kernels.isingCount(spins, size, planes, scratch, unequal, up)
    this.#view.counted[0] = 1
  }

  sweep(count: number): void {
    const { kernels, size } = this.#context
    this.#view.counted[0] = 0
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
    if (along === undefined) return
    const counts = this.#view.up
    for (let lane = 0; lane < LANES; lane++) slope[lane] = N - 2 * (counts[lane] as number)
  }

  sample(out: Float64Array, energy: Float64Array, lanes: Int32Array, stride: number): void {
    const { kernels } = this.#context
    kernels.isingSample(energy.byteOffset, this.#at.up, lanes.byteOffset, lanes.length, this.#sites, out.byteOffset, stride)
  }

  measureIdentity(out: Float64Array, rungs: Int32Array, lanes: Int32Array, stride: number): void {
    const { kernels, size, points } = this.#context
    const { spins, planes, scratch, fields: fieldsAt } = this.#at
    kernels.isingLocalFields(spins, size, planes, scratch, fieldsAt)
    const { fields } = this.#view
    // tanh(βh_i) of every rung and k.
    this.#tanh ??= Float64Array.from({ length: 5 * points.length }, (_, i) => {
      const { inverseTemperature, parameters } = points[Math.floor(i / 5)] as GridPoint
      return Math.tanh(inverseTemperature * localField(i % 5, parameters))
    })
    const table = this.#tanh
    for (let slot = 0; slot < lanes.length; slot++) {
      const lane = lanes[slot] as number
      const rung = rungs[slot] as number
      let aligned = 0
      let squared = 0
      let variance = 0
      for (let k = 0; k < 5; k++) {
        const down = fields[k * LANES + lane] as number
        const up = fields[(5 + k) * LANES + lane] as number
        const t = table[5 * rung + k] as number
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
    return this.#view.spins
  }
}
