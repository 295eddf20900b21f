import type { LiveLadder } from '../../run/live.ts'
import { State } from '../../sampling/memory.ts'
import type { LadderSpec } from '../../sampling/spec.ts'
import { evenIndices } from '../evenly.ts'
import type { Seat } from './means.ts'

/** Bounds on what is read and sent. */
const MOST_PAIRS = 256
const MOST_REPLICAS = 5
const MOST_ROWS = 64
const MOST_READ = 2 ** 17

/** How replicas move along the grid that they exchange. */
export interface Flow {
  /** What is exchanged: `temperature`, or the name of a parameter. */
  readonly along: string
  /** Its value at each rung that is sent, and at every one of them accepted / attempted with the next rung; NaN before the first. */
  readonly values: readonly number[]
  readonly acceptance: readonly number[]
  /** Rungs in all, and the replicas of one copy that are sent, by the rung at which they began. */
  readonly points: number
  readonly replicas: readonly number[]
  /** The rung of each of those now, and its round trips so far. */
  readonly at: readonly number[]
  readonly trips: readonly number[]
  /** Round trips of all replicas of the copy. */
  readonly allTrips: number
  /** Samples at which the rows of the trajectory were taken, and the rung of each replica then, (row, replica). */
  readonly rounds: readonly number[]
  readonly rows: readonly (readonly number[])[]
}

/**
 * The exchanges of one copy, and the acceptance of all. A row that is thinned out while it is read is seen in two places
 * for one event, no more.
 *
 * @param live ladders of the simulation
 * @param seat one replica of the copy
 * @returns undefined where nothing is exchanged
 */
export function flowOf(live: readonly LiveLadder[], { live: own, slot }: Seat): Flow | undefined {
  const { spec, memory } = own
  const { travel } = memory.scheme
  if (!travel || memory.state[State.ready] === 0) return undefined
  const { along } = spec.scheme
  const points = spec.points.length
  const temperature = spec.points[0]?.temperature
  const same = along === undefined ? live : live.filter((other) => other.spec.points[0]?.temperature === temperature)
  const asked = evenIndices(points, MOST_PAIRS)
  const read = same.slice(0, Math.max(1, Math.floor(MOST_READ / asked.length)))
  const sum = (k: number, of: 'accepted' | 'attempted'): number =>
    read.reduce((all, one) => all + (one.memory.scheme.travel?.[of][k] ?? 0), 0)
  // Replicas of a copy stay in the lanes that its slots began in.
  const first = slot - (spec.slots[slot]?.rung ?? 0)
  const replicas = evenIndices(points, MOST_REPLICAS)
  const { every } = travel
  const rows = evenIndices(travel.rows, MOST_ROWS)
  const width = spec.slots.length
  return {
    along: along ?? 'temperature',
    values: asked.map((k) => valueAt(spec, k, along)),
    acceptance: asked.map((k) => sum(k, 'accepted') / sum(k, 'attempted')),
    points,
    replicas,
    at: replicas.map((replica) => memory.rung[first + replica] as number),
    trips: replicas.map((replica) => travel.roundTrips[first + replica] as number),
    allTrips: travel.roundTrips.subarray(first, first + points).reduce((a, b) => a + b, 0),
    rounds: rows.map((row) => row * every),
    rows: rows.map((row) => replicas.map((replica) => travel.trajectory[row * width + first + replica] as number)),
  }
}

function valueAt({ points, temperatures }: LadderSpec, k: number, along: string | undefined): number {
  const point = points[k]
  return (along === undefined ? temperatures[point?.temperature ?? 0] : point?.parameters[along]) ?? Number.NaN
}
