import type { ExchangeData, SchemeGroup, SchemeLadder, SchemeResults, Travel } from '../scheme.ts'
import type { LadderSpec } from '../spec.ts'

// What tempering says of a simulation, from what all its ladders have counted.

type Ladder = SchemeLadder & { readonly travel: Travel }

export function collectExchange(
  simulation: { readonly name: string; readonly copies: number },
  all: readonly SchemeLadder[],
): SchemeResults {
  const ladders = all.map((ladder): Ladder => ({ ...ladder, travel: ladder.scheme.travel as Travel }))
  const { points, temperatures, scheme } = (ladders[0] as Ladder).spec
  const replicas = simulation.copies * points.length
  if (scheme.along === undefined) {
    const roundTrips = new Int32Array(replicas).fill(-1)
    for (const { spec, travel } of ladders) roundTrips.set(travel.roundTrips, firstReplica(spec))
    const acceptance = Float64Array.from({ length: points.length - 1 }, (_, k) => fractionOf(ladders, k))
    const exchange = { along: 'temperature', acceptance, roundTrips, ...trajectoryOf(ladders, replicas) }
    return { exchange, scheme: groupOf(exchange) }
  }
  // Each temperature has ladders of its own, in the order of the grid; nothing is ever tried with the last rung.
  const k = points.findIndex((point) => point.simulation === simulation.name)
  const temperatureOf = ({ spec }: Ladder): number => spec.points[0]?.temperature ?? 0
  const acceptance = Float64Array.from(temperatures, (_, t) =>
    fractionOf(
      ladders.filter((ladder) => temperatureOf(ladder) === t),
      k,
    ),
  )
  const roundTrips = new Int32Array(temperatures.length * replicas).fill(-1)
  for (const ladder of ladders) {
    roundTrips.set(ladder.travel.roundTrips, temperatureOf(ladder) * replicas + firstReplica(ladder.spec))
  }
  const exchange = { along: scheme.along, acceptance, roundTrips, trajectory: new Int32Array(), rounds: new Float64Array() }
  return { exchange, scheme: groupAlong(exchange, temperatures.length) }
}

/** Accepted of the exchanges attempted between rungs k and k + 1. */
function fractionOf(ladders: readonly Ladder[], k: number): number {
  const sum = (of: 'accepted' | 'attempted'): number => ladders.reduce((total, { travel }) => total + (travel[of][k] as number), 0)
  return sum('accepted') / sum('attempted')
}

/** Replicas are counted copy by copy, rung by rung; those of other parts of the job are -1 everywhere. */
function firstReplica({ slots, points }: LadderSpec): number {
  const { copy = 0, rung = 0 } = slots[0] ?? {}
  return copy * points.length + rung
}

/** Ladders that are not equally far keep rows of different spacing: what the sparsest one has, and all that have begun. */
function trajectoryOf(all: readonly Ladder[], replicas: number): Pick<ExchangeData, 'trajectory' | 'rounds'> {
  const own = all.filter(({ begun }) => begun)
  const ladders = own.length > 0 ? own : all
  const every = Math.max(...ladders.map(({ travel }) => travel.every))
  const kept = Math.min(...ladders.flatMap(({ travel }) => [travel.rows, Math.ceil((travel.rows * travel.every) / every)]))
  const trajectory = new Int32Array(kept * replicas).fill(-1)
  for (const { spec, travel } of ladders) {
    const width = spec.slots.length
    const step = every / travel.every
    for (let row = 0; row < kept; row++) {
      trajectory.set(travel.trajectory.subarray(row * step * width, (row * step + 1) * width), row * replicas + firstReplica(spec))
    }
  }
  return { trajectory, rounds: Float64Array.from({ length: kept }, (_, row) => row * every) }
}

/** The group of the archive. */
function groupOf({ along, acceptance, roundTrips, trajectory, rounds }: ExchangeData): SchemeGroup {
  return {
    name: 'tempering',
    attributes: { along },
    dimensions: [
      { name: 'pair', longName: 'pair of neighbouring temperatures k and k + 1', values: acceptance.length },
      { name: 'replica', longName: 'replica, copy by copy', values: roundTrips.length },
      { name: 'round', longName: 'measured round of an exchange', values: rounds },
    ],
    datasets: [
      {
        name: 'acceptance',
        longName: 'accepted share of the exchanges between neighbouring temperatures',
        values: acceptance,
        dimensions: ['pair'],
      },
      {
        name: 'round_trips',
        longName: 'round trips of a replica between the lowest and the highest temperature',
        values: roundTrips,
        dimensions: ['replica'],
      },
      {
        name: 'trajectory',
        longName: 'index of the temperature at which a replica is',
        values: trajectory,
        dimensions: ['round', 'replica'],
      },
    ],
  }
}

/** The same of a parameter: every temperature has replicas of its own, which travel along its values, one simulation each. */
function groupAlong({ along, acceptance, roundTrips }: ExchangeData, temperatures: number): SchemeGroup {
  return {
    name: 'tempering',
    attributes: { along },
    dimensions: [
      { name: 'replica', longName: `replica, copy by copy, value of ${along} by value`, values: roundTrips.length / temperatures },
    ],
    datasets: [
      {
        name: 'acceptance',
        longName: `accepted share of the exchanges with the next value of ${along}`,
        values: acceptance,
        dimensions: ['temperature'],
      },
      {
        name: 'round_trips',
        longName: `round trips of a replica between the lowest and the highest ${along}`,
        values: roundTrips,
        dimensions: ['temperature', 'replica'],
      },
    ],
  }
}
