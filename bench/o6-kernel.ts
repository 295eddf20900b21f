// One bundle of the six-component model, four lattices, on one core against plain C on one core, at g = 0.3.
//
// First the time of a sweep, of a site of one replica. Then what a sweep is worth: effective samples by time, 1 / (2 tau t)
// with tau in sweeps and t the time of a sweep of one replica, for a table of what a sweep may be made of. Measurements are
// left out of t on both sides. The autocorrelation times are taken before anything is timed, as they do not depend on the
// machine; each slice of the kernel is then timed beside a run of the C program, in turn. The C program has one over-relaxation
// in a sweep; as those are cheap for it, the default is also held against the same program with four.

import type { Stepper } from '../src/model/model.ts'
import { compileKernels } from '../src/engine/pool/built.ts'
import { formatWithError } from '../src/text/number.ts'
import { LANES } from '../src/model/o6/fields.ts'
import { benchmark } from './bench.ts'
import { type Claim, type Figure, figure, ratios } from './figure.ts'
import { compileO6Peer, type O6Peer } from './o6-peer.ts'
import { holdAtReference, REFERENCE } from './o6-reference.ts'
import { type Choice, openChoice, type Sampled, sample, sampled, sampler } from './o6-sampling.ts'
import { hold, NO_COMPILER } from './peer.ts'
import { nanosecondsOf } from '../src/benchmark/slice.ts'

const ROUNDS = 5
const REFERENCE_SWEEPS = 60_000
/** Relative error to which an autocorrelation time is to be known; the slowest choices stop at so many sweeps before. */
const TAU_ERROR = 0.05
const MOST_SWEEPS = 64_000
/** Over-relaxations of the other C program. */
const RELAXED = 4
/** Sites that the C program steps in one timed run, a tenth of a second. */
const PEER_SITES = 600_000

const updates = ['heat-bath', 'metropolis']
const DEFAULT: Choice = { update: 'heat-bath', overrelax: 2, cluster: 0 }
const WITH_CLUSTER: Choice = { ...DEFAULT, cluster: 1 }
const table = updates.flatMap((update): Choice[] => [
  ...[0, 1, 2, 3, 4].map((overrelax) => ({ update, overrelax, cluster: 0 })),
  { update, overrelax: 2, cluster: 1 },
])

/** A lattice that is timed. */
interface Setting {
  readonly size: number
  readonly temperature: number
  readonly choices: readonly Choice[]
  /** Sweeps of the C program for its autocorrelation times. */
  readonly peerSweeps: number
}

const settings: readonly Setting[] = [
  { size: 16, temperature: 0.35, choices: table, peerSweeps: 400_000 },
  { size: 32, temperature: 0.35, choices: table, peerSweeps: 300_000 },
]
const transition: Setting = { size: 32, temperature: 0.345, choices: [DEFAULT, WITH_CLUSTER], peerSweeps: 300_000 }

/** Observables whose samples are counted. */
const orders = [
  { name: 'sc_order_squared', short: 'm²_sc' },
  { name: 'cdw_order_squared', short: 'm²_cdw' },
] as const
type Order = (typeof orders)[number]['name']
type Taus = Readonly<Record<Order, number>>

/** One choice at one setting: its autocorrelation times, and nanoseconds of a site, round by round. */
interface Row {
  readonly choice: Choice
  readonly stepper: Stepper
  readonly taus: Taus
  readonly kernel: number[]
  readonly peer: number[]
}

const same = (a: Choice, b: Choice): boolean => nameOf(a) === nameOf(b)

function nameOf({ update, overrelax, cluster }: Choice): string {
  return `${update}, overrelax ${overrelax}${cluster > 0 ? `, cluster ${cluster}` : ''}`
}

/** Below ½ a time is noise, or anticorrelation that nobody should count on. */
const floored = (tau: number): number => Math.max(0.5, tau)

function known({ tau, tauError }: Sampled[Order]): boolean {
  return tauError <= TAU_ERROR * floored(tau)
}

function holdKernels(module: WebAssembly.Module): void {
  const { size, temperature } = REFERENCE
  for (const choice of [DEFAULT, WITH_CLUSTER, { ...DEFAULT, update: 'metropolis' }]) {
    const { energy } = sample(openChoice(module, size, temperature, choice), size, REFERENCE_SWEEPS, () => false)
    holdAtReference(`the energy of ${nameOf(choice)}`, energy.mean, energy.error)
  }
}

/** The C program as it stands, and with RELAXED over-relaxations. */
interface Peers {
  readonly plain: O6Peer
  readonly relaxed: O6Peer
}

const tausOf = (results: Sampled): Taus => ({
  sc_order_squared: floored(results.sc_order_squared.tau),
  cdw_order_squared: floored(results.cdw_order_squared.tau),
})

/** Samples kernel and peers, holds them against each other, and times slices of the kernel beside runs of the peers. */
async function timeSetting(module: WebAssembly.Module, peers: Peers, setting: Setting, note: (line: string) => void) {
  const { size, temperature, choices, peerSweeps } = setting
  const at = `L = ${size}, T = ${temperature}`
  // They run on the other core meanwhile: nothing is timed yet.
  const runs = Promise.all([peers.plain, peers.relaxed].map((peer) => peer(size, temperature, peerSweeps, 1)))
  const samples = choices.map((choice) => {
    const stepper = openChoice(module, size, temperature, choice)
    return { choice, stepper, results: sample(stepper, size, MOST_SWEEPS, (seen) => orders.every(({ name }) => known(seen[name]))) }
  })
  const [plain, relaxed] = (await runs).map(({ results }) => results) as [Sampled, Sampled]
  const examine = (who: string, results: Sampled): void => {
    for (const name of sampled) {
      const { mean, error } = results[name]
      hold(`${name} of ${who} at ${at}`, mean, Math.hypot(error, plain[name].error), plain[name].mean)
    }
    const taus = orders.map(({ name, short }) => `${formatWithError(results[name].tau, results[name].tauError)} of ${short}`)
    note(`tau at ${at}, ${who}: ${taus.join(', ')}`)
  }
  for (const { choice, results } of samples) examine(nameOf(choice), results)
  examine('C', plain)
  examine(`C, overrelax ${RELAXED}`, relaxed)

  const rows = samples.map(({ choice, stepper, results }): Row => ({ choice, stepper, taus: tausOf(results), kernel: [], peer: [] }))
  const byDefault = rows.find(({ choice }) => same(choice, DEFAULT)) as Row
  const take = sampler(byDefault.stepper, size)
  const measurement: number[] = []
  const relaxedTimes: number[] = []
  // Calls of about a millisecond: entering the kernel and reading the clock then cost nothing.
  const sites = LANES * size ** 2
  const calls = Math.ceil(3e4 / sites)
  const timed = async (peer: O6Peer, round: number): Promise<number> =>
    (await peer(size, temperature, Math.ceil(PEER_SITES / size ** 2), round)).nanosecondsPerSite
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) {
      row.kernel.push(nanosecondsOf(() => row.stepper.sweep(calls, false)) / (calls * sites))
      row.peer.push(await timed(peers.plain, round))
      if (row === byDefault) relaxedTimes.push(await timed(peers.relaxed, round))
    }
    measurement.push(nanosecondsOf(() => repeat(calls, take)) / (calls * sites))
  }
  return { rows, byDefault, measurement, peerTaus: tausOf(plain), relaxed: { taus: tausOf(relaxed), times: relaxedTimes } }
}

function repeat(count: number, act: () => unknown): void {
  for (let i = 0; i < count; i++) act()
}

type Timed = Awaited<ReturnType<typeof timeSetting>>

/** Nanoseconds of a site of one replica. */
function timeFigures({ size }: Setting, { rows, measurement }: Timed): Figure[] {
  const row = (choice: Choice): Row => rows.find((candidate) => same(candidate.choice, choice)) as Row
  const figures = updates.flatMap((update) => {
    const { kernel, peer } = row({ update, overrelax: 1, cluster: 0 })
    const what = `L = ${size}, ${update} + over-relaxation`
    return [
      figure(what, 'ns', kernel, { below: 10 }),
      figure(`${what}, C / kernel`, 'x', ratios(peer, kernel), { atLeast: 20 }),
      figure(`L = ${size}, ${update} alone`, 'ns', row({ update, overrelax: 0, cluster: 0 }).kernel),
    ]
  })
  // An over-relaxation never comes alone: what four of them add to a sweep of the update.
  const none = row({ ...DEFAULT, overrelax: 0 }).kernel
  const four = row({ ...DEFAULT, overrelax: 4 }).kernel
  const overrelaxation = four.map((time, round) => (time - (none[round] as number)) / 4)
  return [
    ...figures,
    figure(`L = ${size}, over-relaxation alone`, 'ns', overrelaxation),
    figure(`L = ${size}, measurement`, 'ns', measurement),
    figure(`L = ${size}, C, metropolis + over-relaxation`, 'ns', row(DEFAULT).peer),
  ]
}

/** Effective samples by time, kernel against C. */
function sampleFigures({ size, temperature }: Setting, { rows, byDefault, peerTaus, relaxed }: Timed, claim?: Claim): Figure[] {
  const at = `L = ${size}, T = ${temperature}`
  const against = rows.flatMap(({ choice, taus, kernel, peer }) =>
    orders.map(({ name, short }) => {
      const gain = ratios(peer, kernel).map((ratio) => (ratio * peerTaus[name]) / taus[name])
      return figure(`${at}, samples of ${short}: ${nameOf(choice)} / C`, 'x', gain, same(choice, DEFAULT) ? claim : undefined)
    }),
  )
  const againstRelaxed = orders.map(({ name, short }) => {
    const gain = ratios(relaxed.times, byDefault.kernel).map((ratio) => (ratio * relaxed.taus[name]) / byDefault.taus[name])
    return figure(`${at}, samples of ${short}: ${nameOf(DEFAULT)} / C, overrelax ${RELAXED}`, 'x', gain)
  })
  const rates = orders.flatMap(({ name, short }) => {
    const rate = (tau: number, times: readonly number[]): number[] => times.map((time) => 1e9 / (2 * tau * time * size ** 2))
    return [
      figure(`${at}, samples of ${short}: ${nameOf(DEFAULT)}`, '/s', rate(byDefault.taus[name], byDefault.kernel)),
      figure(`${at}, samples of ${short}: C`, '/s', rate(peerTaus[name], byDefault.peer)),
    ]
  })
  return [...against, ...againstRelaxed, ...rates]
}

/** Effective samples by time, with clusters against without. */
function clusterFigures({ size, temperature }: Setting, { rows, byDefault }: Timed): Figure[] {
  const cluster = rows.find(({ choice }) => same(choice, WITH_CLUSTER)) as Row
  return orders.map(({ name, short }) => {
    const gain = ratios(byDefault.kernel, cluster.kernel).map((ratio) => (ratio * byDefault.taus[name]) / cluster.taus[name])
    return figure(`L = ${size}, T = ${temperature}, samples of ${short}: cluster 1 / cluster 0`, 'x', gain)
  })
}

await benchmark('o6-kernel', async ({ folder, note }): Promise<readonly Figure[]> => {
  const module = await compileKernels()
  holdKernels(module)
  const plain = await compileO6Peer(folder)
  const relaxed = await compileO6Peer(folder, RELAXED)
  if (!plain || !relaxed) {
    note(NO_COMPILER)
    return []
  }
  const peers = { plain, relaxed }
  note('nanoseconds are those of a site of one replica; samples are effective ones of one core, four replicas together in the kernel')
  note('measurements are left out of all times of sweeps, on both sides; the spread is that of the times alone, tau has errors of its own')
  const figures: Figure[] = []
  for (const setting of settings) {
    const timed = await timeSetting(module, peers, setting, note)
    figures.push(...timeFigures(setting, timed), ...sampleFigures(setting, timed, { atLeast: 20 }), ...clusterFigures(setting, timed))
  }
  const timed = await timeSetting(module, peers, transition, note)
  return [...figures, ...sampleFigures(transition, timed), ...clusterFigures(transition, timed)]
})
