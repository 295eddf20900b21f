import { Sfc64, type Sfc64State } from '../../engine/random/sfc64.ts'
import type { GridPoint, Parameters } from '../model.ts'
import { acceptances, localField, SMALLEST_PLAIN, threshold, usesFieldKernel } from './acceptances.ts'
import { LANES } from './fields.ts'

// The Ising model in plain TypeScript, one spin at a time: the oracle of workers/kernels/ising.ts and ising-field.ts.
// `sweepReference` is the model; `KernelTwin` draws the very bits that the kernels draw, so lattices must agree bit by bit.

/** Columns of a row in the order in which the kernels visit them: even, odd, and on odd lattices the last one last. */
function columnOrder(size: number): number[] {
  const last = size - 1
  const columns = Array.from({ length: last }, (_, x) => x)
  return [...columns.filter((x) => x % 2 === 0), ...columns.filter((x) => x % 2 === 1), last]
}

/**
 * One Metropolis sweep of one lattice.
 *
 * @param spins (L, L) of +1 and -1, changed in place
 * @param accept whether a spin with `k` neighbours up turns; by default called with the Metropolis probability
 */
export function sweepReference(spins: Int8Array, size: number, accept: (site: number, k: number, spin: number) => boolean): void {
  const order = columnOrder(size)
  for (let y = 0; y < size; y++) {
    for (const x of order) {
      const site = y * size + x
      const k = neighboursUp(spins, size, x, y)
      if (accept(site, k, spins[site] as number)) spins[site] = -(spins[site] as number)
    }
  }
}

/** Metropolis with doubles: accept with min(1, exp(-ΔE/T)). @param uniform draws from [0, 1) */
export function metropolis(
  temperature: number,
  parameters: Parameters,
  uniform: () => number,
): (site: number, k: number, spin: number) => boolean {
  return (_, k, spin) => uniform() < Math.exp((-2 * spin * localField(k, parameters)) / temperature)
}

/** Total energy of one lattice, term by term. */
export function energyReference(spins: Int8Array, size: number, { J = 1, h = 0 }: Parameters): number {
  let energy = 0
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const s = spins[y * size + x] as number
      energy -= J * s * ((spins[y * size + ((x + 1) % size)] as number) + (spins[((y + 1) % size) * size + x] as number)) + h * s
    }
  }
  return energy
}

/** How many of the four neighbours are up; on 2 x 2 each neighbour counts twice. */
export function neighboursUp(spins: Int8Array, size: number, x: number, y: number): number {
  const at = (column: number, row: number): number =>
    (spins[((row + size) % size) * size + ((column + size) % size)] as number) > 0 ? 1 : 0
  return at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)
}

const ALONE = 6
const TOGETHER = 6
const POSITIONS = 32
type LaneSet = Set<number>

/** Steps 128 lattices of one bundle exactly as the kernels do, bit by bit and slowly. */
export class KernelTwin {
  readonly #size: number
  /** Where each lane is. */
  readonly #lanes: readonly GridPoint[]
  readonly #plainKernel: boolean
  /** Thresholds of each lane, by kind. */
  readonly #thresholds: readonly (readonly number[])[]
  readonly #streams: readonly [Sfc64, Sfc64]

  /** @param streams the two streams as the kernels begin, or to be gone on with */
  constructor(size: number, lanes: readonly GridPoint[], streams: readonly [Sfc64State | Sfc64, Sfc64State | Sfc64]) {
    this.#size = size
    this.#lanes = lanes
    this.#plainKernel = !lanes.some(({ parameters }) => usesFieldKernel(size, parameters))
    this.#thresholds = lanes.map((point) => acceptances(point, !this.#plainKernel).map(threshold))
    const [first, second] = streams.map((stream) => (stream instanceof Sfc64 ? stream : new Sfc64(stream))) as [Sfc64, Sfc64]
    this.#streams = [first, second]
  }

  /** One sweep of all lattices; lattices[lane] is (L, L) of +1 and -1. */
  sweep(lattices: readonly Int8Array[]): void {
    const size = this.#size
    const order = columnOrder(size)
    const plain = this.#plainKernel
    for (let y = 0; y < size; y++) {
      const row = plain ? this.#rowPositions() : []
      for (const x of order) {
        const decide = plain ? this.#plain(row[x] as number[]) : this.#field()
        for (const [lane, spins] of lattices.entries()) {
          const site = y * size + x
          const spin = spins[site] as number
          if (decide(lane, neighboursUp(spins, size, x, y), spin)) spins[site] = -spin
        }
      }
    }
  }

  /**
   * One global move: s -> -s of each lattice with the heat-bath probability 1 / (1 + exp(2 β h M)).
   *
   * @param streams the generators `flip 0` and `flip 1` without fields, `flip` alone with them
   */
  flip(lattices: readonly Int8Array[], streams: readonly Sfc64[]): void {
    const [first, second] = streams as [Sfc64, Sfc64 | undefined]
    const words = second ? [first.next(), second.next()] : []
    for (const [lane, spins] of lattices.entries()) {
      const { inverseTemperature, parameters } = this.#lanes[lane] as GridPoint
      const cost = 2 * inverseTemperature * (parameters.h as number) * spins.reduce((sum, s) => sum + s, 0)
      const turns = second ? ((words[lane >> 6] as bigint) >> BigInt(lane & 63)) % 2n === 1n : first.uniform() < 1 / (1 + Math.exp(cost))
      if (turns) for (let site = 0; site < spins.length; site++) spins[site] = -(spins[site] as number)
    }
  }

  /** The next word: the lanes whose bit is 1. */
  #word(): (lane: number) => boolean {
    const words = [this.#streams[0].next(), this.#streams[1].next()] as const
    return (lane) => ((words[lane >> 6] as bigint) >> BigInt(lane & 63)) % 2n === 1n
  }

  /** Gives `lanes` one word for position i: who finds a 1 is decided and leaves the set. */
  #draw(lanes: LaneSet, i: number, positionsOf: (lane: number) => number[]): void {
    const bit = this.#word()
    for (const lane of [...lanes]) {
      if (!bit(lane)) continue
      positionsOf(lane)[lane] = i
      lanes.delete(lane)
    }
  }

  #finish(lanes: LaneSet, from: number, positionsOf: (lane: number) => number[]): void {
    for (let i = from; lanes.size > 0 && i < POSITIONS; i++) this.#draw(lanes, i, positionsOf)
  }

  /** Position of the first 1 for every column of a row and every lane; the sharing of words as in ising.ts. */
  #rowPositions(): number[][] {
    const columns: number[][] = []
    for (let group = 0; group < this.#size; group += 4) {
      const positions = [0, 1, 2, 3].map(() => new Array<number>(LANES).fill(POSITIONS - 1))
      const e = positions.map(() => new Set(Array.from({ length: LANES }, (_, lane) => lane)))
      const [p0, p1, p2, p3] = positions as [number[], number[], number[], number[]]
      const [e0, e1, e2, e3] = e as [LaneSet, LaneSet, LaneSet, LaneSet]
      for (const [j, lanes] of e.entries()) for (let i = 0; i < ALONE; i++) this.#draw(lanes, i, () => positions[j] as number[])
      const both01 = take(e1, e0)
      const both23 = take(e3, e2)
      this.#finish(both01, ALONE, () => p1)
      this.#finish(both23, ALONE, () => p3)
      const [first, third] = [new Set(e0), new Set(e2)]
      const of01 = (lane: number): number[] => (first.has(lane) ? p0 : p1)
      const of23 = (lane: number): number[] => (third.has(lane) ? p2 : p3)
      const e01 = new Set([...e0, ...e1])
      const e23 = new Set([...e2, ...e3])
      this.#draw(e01, ALONE, of01)
      this.#draw(e23, ALONE, of23)
      this.#finish(take(e23, e01), ALONE + 1, of23)
      const inFirst = new Set(e01)
      const all = new Set([...e01, ...e23])
      const ofAll = (lane: number): number[] => (inFirst.has(lane) ? of01(lane) : of23(lane))
      for (let i = 0; i < TOGETHER; i++) this.#draw(all, ALONE + 1 + i, ofAll)
      this.#finish(all, ALONE + 1 + TOGETHER, ofAll)
      columns.push(...positions)
    }
    return columns
  }

  #plain(positions: readonly number[]): (lane: number, k: number, spin: number) => boolean {
    const sign = (this.#lanes[0]?.parameters.J as number) > 0 ? 1 : -1
    return (lane, k, spin) => {
      const pulledOver = sign * spin > 0 ? 4 - k : k
      return pulledOver >= 2 || this.#bit(lane, pulledOver === 1 ? 0 : 1, positions[lane] as number)
    }
  }

  #field(): (lane: number, k: number, spin: number) => boolean {
    const positions = new Array<number>(LANES).fill(POSITIONS - 1)
    const undecided = new Set(positions.keys())
    const own = (): number[] => positions
    for (let i = 0; i < 8; i++) this.#draw(undecided, i, own)
    this.#finish(undecided, 8, own)
    const coins = this.#size < SMALLEST_PLAIN ? [this.#word(), this.#word(), this.#word(), this.#word()] : undefined
    return (lane, k, spin) => {
      if (coins && !coins.some((coin) => coin(lane))) return false
      return spin * localField(k, (this.#lanes[lane] as GridPoint).parameters) <= 0 || this.#bit(lane, k, positions[lane] as number)
    }
  }

  #bit(lane: number, kind: number, position: number): boolean {
    return (((this.#thresholds[lane]?.[kind] as number) >>> (POSITIONS - 1 - position)) & 1) === 1
  }
}

/** Takes out of `from` what is also in `other`. */
function take(from: LaneSet, other: LaneSet): LaneSet {
  const both = new Set([...from].filter((lane) => other.has(lane)))
  for (const lane of both) from.delete(lane)
  return both
}
