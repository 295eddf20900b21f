import type { Kernels } from '../../engine/kernels.ts'
import type { Parts } from '../../engine/memory/fields.ts'
import type { Sfc64State } from '../../engine/random/sfc64.ts'
import { writeStream } from '../../engine/random/streams.ts'
import { wholeCopies } from '../cut.ts'
import type { OpenLadder, Scheme, SchemeMemory, Travel } from '../scheme.ts'
import { type ExchangeFields, exchangeFields } from './books.ts'
import { collectExchange } from './collect-exchange.ts'

/** Rows of the trajectory kept at most; when they are full every other one is dropped. Even. */
const MAX_TRAJECTORY = 1024

/** Replicas of one ladder exchange temperatures, or the values of a parameter. */
export const tempering: Scheme<ExchangeFields> = {
  name: 'tempering',
  cut: wholeCopies,
  seedWord: ({ along }) => (along === undefined ? true : { along }),
  fields: (spec) => exchangeFields(spec, MAX_TRAJECTORY),
  open: (ladder) => new Exchange(ladder),
  collect: collectExchange,
}

/**
 * Parallel tempering inside one ladder: every copy exchanges rungs between neighbours, even pairs in even rounds and odd
 * pairs in odd rounds, which moves replicas along the grid faster than random pairs do.
 *
 * The weight of a configuration x at rung k is ln w_k(x) = -λ_k X(x) + terms that do not depend on k: λ = β and X = H for
 * temperatures, λ = β p and X = ∂H/∂p for a parameter p in which H is linear. An exchange of rungs i < j is accepted with
 * min(1, exp((λ_i - λ_j)(X_i - X_j))); the slots change lanes and the lanes their rungs, lattices stay where they are.
 * Random numbers come from the ladder's own exchange stream, one for each pair whether it is needed or not. The loop over
 * pairs is workers/kernels/exchange.ts.
 *
 * Sources: Hukushima, Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996); Okabe et al., Chem. Phys. Lett. 335, 435 (2001);
 * Syed et al., J. R. Stat. Soc. B 84, 321 (2022).
 */
export class Exchange implements SchemeMemory {
  readonly changed: Int32Array
  readonly everyRound = true
  readonly view: OpenLadder<ExchangeFields>['view']
  readonly travel: Travel
  readonly #ladder: OpenLadder<ExchangeFields>
  readonly #rungs: number
  readonly #copies: number
  /** Lanes of one bundle. */
  readonly #width: number
  /** Offset of X of each lane. */
  readonly #x: number

  constructor(ladder: OpenLadder<ExchangeFields>) {
    const { spec, view, numbers, rung, energy, slope } = ladder
    this.#ladder = ladder
    this.view = view
    this.changed = view.round.changed
    this.travel = {
      ...view.books,
      get rows() {
        return numbers[0] as number
      },
      get every() {
        return (numbers[1] as number) || 1
      },
    }
    this.#rungs = spec.points.length
    this.#copies = spec.slots.length / spec.points.length
    this.#width = rung.length / spec.bundles
    this.#x = (spec.scheme.along === undefined ? energy : slope).byteOffset
  }

  begin(restored: boolean, stream: (name: string) => Sfc64State): void {
    const { spec } = this.#ladder
    const { along } = spec.scheme
    const { lambda, random } = this.view.round
    for (const [slot, { rung }] of spec.slots.entries()) {
      const { temperature = 0, parameters = {} } = spec.points[rung] ?? {}
      // Exactly 1 / T, as everywhere.
      const beta = 1 / (spec.temperatures[temperature] as number)
      lambda[slot] = beta * (along === undefined ? 1 : (parameters[along] as number))
    }
    if (!restored) writeStream(random, stream('exchange'))
  }

  /**
   * One round of exchanges; bundles whose lanes must be placed anew are noted in `changed`.
   *
   * @param round its parity chooses the pairs
   * @param sample while thermalizing nothing is counted
   */
  afterRound(round: number, sample: number, kernels: Kernels): void {
    const { at, lanes, rung } = this.#ladder
    const { random, uniform, lambda, pairs } = at.round
    const { attempted, accepted } = this.view.books
    const [rungs, copies, first] = [this.#rungs, this.#copies, round % 2]
    kernels.sfc64Uniform(random, uniform, Math.floor((rungs - first) / 2) * copies)
    const counts = at.books.accepted
    this.#note(kernels.exchangePairs(this.#x, lambda, lanes.byteOffset, rung.byteOffset, uniform, counts, pairs, rungs, copies, first))
    if (sample < 0) {
      accepted.fill(0)
      return
    }
    for (let k = first; k + 1 < rungs; k += 2) attempted[k] = (attempted[k] as number) + copies
    this.#travel()
    this.#record(sample)
  }

  /** Notes the bundles of `count` pairs of lanes that were swapped. */
  #note(count: number): void {
    const { pairs, changed } = this.view.round
    if (changed.length === 1) {
      if (count > 0) changed[0] = 1
      return
    }
    for (let i = 0; i < 2 * count; i++) changed[Math.floor((pairs[i] as number) / this.#width)] = 1
  }

  /** A round trip is a way from the first rung to the last and back. */
  #travel(): void {
    const { lanes } = this.#ladder
    const { heading, roundTrips } = this.view.books
    const rungs = this.#rungs
    for (let copy = 0; copy < this.#copies; copy++) {
      const bottom = lanes[copy * rungs] as number
      const top = lanes[copy * rungs + rungs - 1] as number
      if (heading[bottom] === 2) roundTrips[bottom] = (roundTrips[bottom] as number) + 1
      heading[bottom] = 1
      if (heading[top] === 1) heading[top] = 2
    }
  }

  #record(sample: number): void {
    const { numbers, lanes } = this.#ladder
    const { trajectory } = this.view.books
    const { every } = this.travel
    if (sample % every !== 0) return
    const width = lanes.length
    let row = this.travel.rows
    if (row === MAX_TRAJECTORY) {
      for (let i = 1; i < MAX_TRAJECTORY / 2; i++) trajectory.copyWithin(i * width, 2 * i * width, (2 * i + 1) * width)
      row = MAX_TRAJECTORY / 2
      numbers.set([row, 2 * every])
    }
    for (let slot = 0; slot < width; slot++) trajectory[row * width + (lanes[slot] as number)] = slot % this.#rungs
    numbers[0] = row + 1
  }

  get parts(): SchemeMemory['parts'] {
    const books: Parts<ExchangeFields['books']> = { trajectory: (all) => all.subarray(0, this.travel.rows * this.#ladder.lanes.length) }
    return { books }
  }
}
