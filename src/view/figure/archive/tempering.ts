/** How replicas travel between temperatures: accepted exchanges, where some of them went, and how often they came back. */
import type { ArchivedSimulation } from '../../../archive/read.ts'
import type { Chart, Series } from '../chart.ts'
import { TEMPERATURE } from '../label.ts'
import { unbroken } from '../../../text/wrap.ts'
import { binned } from './binned.ts'
import { largest, rangeOf } from './curve.ts'
import { evenly } from '../../evenly.ts'
import { closeUps, idOf, labelOf, type Selection, shortName } from './selection.ts'
import { numeral } from '../../../text/rounded.ts'

/** Parts of a path, replicas whose paths are drawn, and simulations with paths, at most. */
const PARTS = 60
const REPLICAS = 3
const SIMULATIONS = 1

/** None of archives without exchanges; of those along a parameter only their acceptance. */
export function tempering(selection: Selection): readonly Chart[] {
  return [
    ...acceptance(selection),
    ...closeUps(selection, SIMULATIONS).flatMap((simulation) => paths(selection, simulation)),
    ...roundTrips(selection),
    ...closeUps(selection, SIMULATIONS).flatMap((simulation) => flow(selection, simulation)),
  ]
}

function acceptance(selection: Selection): readonly Chart[] {
  const along = selection.simulations.find((simulation) => simulation.along)?.along ?? 'temperature'
  const data = selection.simulations.flatMap((simulation): Series[] => {
    const { acceptance, temperature } = simulation
    if (!acceptance?.some(Number.isFinite)) return []
    const middle = (k: number): number => ((temperature[k] ?? Number.NaN) + (temperature[k + 1] ?? Number.NaN)) / 2
    const x = along === 'temperature' ? Array.from(acceptance, (_, k) => middle(k)) : [...temperature]
    return [{ name: labelOf(selection, simulation), x, y: [...acceptance], mark: 'points and line', role: 'data' }]
  })
  if (data.length === 0) return []
  const least = Math.min(...data.flatMap(({ y }) => y.filter(Number.isFinite)))
  const what = along === 'temperature' ? 'neighbouring temperatures' : `each value of ${along} and the next one`
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'tempering-acceptance'),
      title: along === 'temperature' ? 'Accepted exchanges of neighbours' : `Accepted exchanges along ${along}`,
      subtitle: along === 'temperature' ? 'each pair in the middle between its temperatures' : `between ${what}`,
      x: { label: TEMPERATURE },
      y: { label: 'acceptance rate', domain: [0, 1] },
      series: evenly(data, 8),
      description: `Accepted share of the exchanges between ${what} for ${evenly(data, 8)
        .map(({ name }) => name)
        .join('; ')} at T from ${rangeOf(data)}; the smallest is ${numeral(least)}, the largest ${largest(data, 'T')}.`,
    },
  ]
}

/** (row, replica) indices of temperatures with the round of each row; undefined where there is none. */
function trajectoryOf(simulation: ArchivedSimulation) {
  if (simulation.along !== 'temperature' || !simulation.has('tempering/trajectory')) return undefined
  const { shape, values } = simulation.read('tempering/trajectory')
  const [rows = 0, replicas = 0] = shape
  return rows > 1 && replicas > 1 ? { rows, replicas, values, rounds: simulation.read('round').values } : undefined
}

function paths(selection: Selection, simulation: ArchivedSimulation): readonly Chart[] {
  const trajectory = trajectoryOf(simulation)
  if (!trajectory) return []
  const { rows, replicas, values, rounds } = trajectory
  const chosen = evenly(
    Array.from({ length: Math.min(replicas, simulation.temperature.length) }, (_, k) => k),
    REPLICAS,
  )
  const of = (replica: number): Float64Array => Float64Array.from({ length: rows }, (_, row) => values[row * replicas + replica] as number)
  const every = (rounds[1] ?? 0) - (rounds[0] ?? 0)
  const paths = chosen.map((replica) => ({ replica, path: binned(rounds, [of(replica)], PARTS, 0) }))
  const span = (paths[0]?.path.length ?? 1) * every
  const last = simulation.temperature.length - 1
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'tempering-trajectory', shortName(simulation)),
      title: 'Paths of replicas through the temperatures',
      subtitle: unbroken(
        `${labelOf(selection, simulation)}; ${chosen.length} of ${replicas} replicas${span > 1 ? `; each point the mean of ${span} rounds` : ''}`,
      ),
      x: { label: 'round of exchanges' },
      y: { label: 'index of the temperature', whole: true, domain: [0, last] },
      series: paths.map(({ replica, path: { x, y } }) => ({ name: `replica ${replica}`, x, y, mark: 'line', role: 'data' })),
      description: `Index of the temperature, from 0 to ${last}, at which ${chosen.length} of ${replicas} replicas of ${labelOf(selection, simulation)} were in rounds ${rounds[0] ?? 0} to ${rounds[rows - 1] ?? 0}.`,
    },
  ]
}

function roundTrips(selection: Selection): readonly Chart[] {
  const data = evenly(selection.simulations, 8).flatMap((simulation): Series[] => {
    const { roundTrips, along, acceptance } = simulation
    // Before the first exchange nobody can have travelled.
    if (along !== 'temperature' || !roundTrips || roundTrips.length < 2 || !acceptance?.some(Number.isFinite)) return []
    const ordered = [...roundTrips].sort((a, b) => b - a)
    return [{ name: labelOf(selection, simulation), x: ordered.map((_, k) => k + 1), y: ordered, mark: 'points', role: 'data' }]
  })
  if (data.length === 0) return []
  const total = data.map(({ name, y }) => `${y.reduce((a, b) => a + b, 0)} in all by ${y.length} replicas (${name})`)
  const none = data.map(({ name, y }) => `${y.filter((trips) => trips === 0).length} (${name})`)
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'tempering-round-trips'),
      title: 'Round trips of replicas',
      subtitle: 'between the lowest and the highest temperature, replicas in order of their number',
      x: { label: 'replica, the most travelled first', whole: true },
      y: { label: 'round trips', whole: true },
      series: data,
      description: `Round trips of each replica between the lowest and the highest temperature: ${total.join(', ')}; replicas without any: ${none.join(', ')}.`,
    },
  ]
}

/**
 * Share of replicas that come from the lowest temperature, of those that have seen an end: a straight line from 1 to 0 where
 * nothing holds them up, a step at a bottleneck.
 *
 * Source: H. Katzgraber, S. Trebst, D. Huse, M. Troyer, J. Stat. Mech. P03018 (2006).
 */
function flow(selection: Selection, simulation: ArchivedSimulation): readonly Chart[] {
  const trajectory = trajectoryOf(simulation)
  const { temperature } = simulation
  if (!trajectory || temperature.length < 3) return []
  const { rows, replicas, values } = trajectory
  const [up, seen] = [new Float64Array(temperature.length), new Float64Array(temperature.length)]
  for (let replica = 0; replica < replicas; replica++) {
    let from: 'lowest' | 'highest' | undefined
    for (let row = 0; row < rows; row++) {
      const t = values[row * replicas + replica] as number
      if (t === 0) from = 'lowest'
      else if (t === temperature.length - 1) from = 'highest'
      if (from === undefined) continue
      seen[t] = (seen[t] ?? 0) + 1
      if (from === 'lowest') up[t] = (up[t] ?? 0) + 1
    }
  }
  const share = Array.from(up, (count, t) => count / (seen[t] as number))
  if (!share.slice(1, -1).some(Number.isFinite)) return []
  const drops = share.slice(1).map((value, t) => (share[t] as number) - value)
  const steepest = drops.indexOf(Math.max(...drops.filter(Number.isFinite)))
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'tempering-flow', shortName(simulation)),
      title: 'Replicas that come from the lowest temperature',
      subtitle: `${labelOf(selection, simulation)}, of the recorded rounds; steep where replicas are held up`,
      x: { label: TEMPERATURE },
      y: { label: 'share of replicas', domain: [0, 1] },
      series: [{ name: labelOf(selection, simulation), x: [...temperature], y: share, mark: 'points and line', role: 'data' }],
      description: `Share of the replicas of ${labelOf(selection, simulation)} that were at the lowest temperature later than at the highest, from 1 to 0; it falls most between T = ${numeral(temperature[steepest] ?? Number.NaN)} and ${numeral(temperature[steepest + 1] ?? Number.NaN)}.`,
    },
  ]
}
