import type { LockOwner } from '../../archive/lock.ts'
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import { readLiveStatus } from '../../run/progress.ts'
import { formatSeconds } from '../../text/number.ts'
import { formatSpeed } from '../../text/rounded.ts'
import { alignRows } from '../../text/table.ts'

/** How far a run is. What cannot be told yet is absent. */
export interface Status {
  /** `running` only while a process is at work, as far as can be known; `stopped` where one ended without a word. */
  readonly status: 'running' | 'stopped' | 'interrupted' | 'complete'
  /** Who works on it. */
  readonly process?: { readonly pid: number; readonly host: string }
  /** Part of the job, where it is not all of it. */
  readonly shard?: string
  /** 0 to 1. */
  readonly fraction: number
  /** Of all sessions. */
  readonly elapsedSeconds: number
  readonly remainingSeconds?: number
  readonly updatesPerNanosecond?: number
  readonly secondsSinceCheckpoint?: number
  readonly simulations: readonly SimulationStatus[]
}

interface SimulationStatus {
  readonly name: string
  /** Of every replica, thermalization included. */
  readonly sweepsDone: number
  readonly sweepsTotal: number
  readonly thermalized: boolean
  readonly updatesPerNanosecond?: number
  /** As of the last checkpoint, like all that follows. */
  readonly samples?: number
  /** Least accepted share of exchanges between neighbours. */
  readonly exchangeAcceptance?: number
  /** Mean accepted share of the moves of the update, where the model counts them. */
  readonly updateAcceptance?: number
  /** Largest of all observables and temperatures; in sweeps. */
  readonly tau?: number
  readonly rhat?: number
  readonly warnings?: number
}

/**
 * What an archive and the lock beside it say together: the lock is renewed every few seconds, the archive with every checkpoint.
 *
 * @param archive undefined where none was written yet
 * @param owner of the lock, unless that is known to be dead
 */
export function statusOf(archive: Archive | undefined, owner: LockOwner | undefined, now = Date.now()): Status {
  const live = readLiveStatus(owner?.progress)
  const archived = archive?.simulations ?? []
  const savedAt = typeof archive?.provenance.savedAt === 'string' ? Date.parse(archive.provenance.savedAt) : undefined
  const running = owner !== undefined
  const done = archived.reduce((sum, { sweepsDone, description }) => sum + sweepsDone * description.lattice.sites, 0)
  const total = archived.reduce((sum, { sweepsTotal, description }) => sum + sweepsTotal * description.lattice.sites, 0)
  const names = live?.simulations.map(({ name }) => name) ?? archived.map(({ name }) => name)
  return {
    status: running ? 'running' : archive?.status === 'running' || !archive ? 'stopped' : archive.status,
    ...(owner ? { process: { pid: owner.pid, host: owner.host } } : {}),
    ...(archive?.shard === undefined ? {} : { shard: archive.shard }),
    fraction: live?.fraction ?? (total > 0 ? done / total : 0),
    elapsedSeconds: Number(archive?.provenance.elapsedSeconds ?? 0) + (owner ? secondsSince(savedAt, owner, now) : 0),
    ...(live?.remainingSeconds === undefined ? {} : { remainingSeconds: live.remainingSeconds }),
    ...(live ? { updatesPerNanosecond: live.updatesPerNanosecond } : {}),
    ...(savedAt === undefined ? {} : { secondsSinceCheckpoint: Math.max(0, (now - savedAt) / 1000) }),
    simulations: names.map((name) => {
      const own = archived.find((candidate) => candidate.name === name)
      const stepped = live?.simulations.find((candidate) => candidate.name === name)
      const sweepsDone = stepped?.sweepsDone ?? own?.sweepsDone ?? 0
      const sweepsTotal = stepped?.sweepsTotal ?? own?.sweepsTotal ?? 0
      return {
        name,
        sweepsDone,
        sweepsTotal,
        thermalized: sweepsDone >= (own?.thermalization ?? stepped?.thermalization ?? 0),
        ...(stepped ? { updatesPerNanosecond: stepped.updatesPerNanosecond } : {}),
        ...(own ? measured(own) : {}),
      }
    }),
  }
}

/** Seconds of this session that the archive does not count yet: all of them, until it writes its first checkpoint. */
function secondsSince(savedAt: number | undefined, { startedAt }: LockOwner, now: number): number {
  return Math.max(0, now - Math.max(savedAt ?? 0, Date.parse(startedAt))) / 1000
}

function measured(simulation: ArchivedSimulation): Partial<SimulationStatus> {
  const { quantities, description, acceptance, samples, warnings } = simulation
  // The sign of what vanishes by symmetry freezes in an ordered phase; that is no sign of trouble.
  const judged = description.observables.filter(({ name, odd }) => !odd && quantities[name] !== undefined)
  const largest = (column: 'tau' | 'rhat'): number =>
    judged.reduce((most, { name }) => extreme(quantities[name]?.[column] ?? [], Math.max, most), Number.NEGATIVE_INFINITY)
  const exchanged = extreme(acceptance ?? [], Math.min, Number.POSITIVE_INFINITY)
  const measuredSamples = samples.reduce((a, b) => a + b, 0)
  // Moves are counted with the samples.
  const counts = measuredSamples > 0 && description.diagnostics.some(({ name }) => name === 'acceptance')
  const moves = counts ? Array.from(simulation.read('tuning/acceptance').values) : []
  const counted = moves.filter((share) => !Number.isNaN(share))
  return {
    samples: measuredSamples,
    ...known('exchangeAcceptance', exchanged),
    ...known('updateAcceptance', counted.reduce((a, b) => a + b, 0) / counted.length),
    ...known('tau', largest('tau')),
    ...known('rhat', largest('rhat')),
    warnings: warnings.length,
  }
}

/** Leaves out what is NaN. */
function extreme(values: ArrayLike<number>, choose: (a: number, b: number) => number, start: number): number {
  let found = start
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) found = choose(found, values[i] as number)
  return found
}

function known(name: keyof SimulationStatus, value: number): Partial<SimulationStatus> {
  return Number.isFinite(value) ? { [name]: value } : {}
}

/** The same for people. */
export function statusText(title: string, file: string, status: Status): string {
  const { elapsedSeconds, remainingSeconds, updatesPerNanosecond, secondsSinceCheckpoint, shard, process, simulations } = status
  const complete = status.status === 'complete'
  const about = [
    `${title}${shard === undefined ? '' : `, part ${shard}`}: ${describe(status)} after ${formatSeconds(elapsedSeconds)}`,
    ...(remainingSeconds === undefined ? [] : [`about ${formatSeconds(remainingSeconds)} left`]),
    ...(updatesPerNanosecond === undefined ? [] : [`${formatSpeed(updatesPerNanosecond)} updates/ns`]),
    // Of what is complete nothing can be lost any more.
    ...(secondsSinceCheckpoint === undefined || complete ? [] : [`last checkpoint ${formatSeconds(secondsSinceCheckpoint)} ago`]),
    ...(process ? [`process ${process.pid} on ${process.host}`] : []),
  ]
  const columns: readonly (readonly [string, (one: SimulationStatus) => string])[] = [
    ['simulation', ({ name }) => name],
    ['sweeps', ({ sweepsDone }) => String(sweepsDone)],
    ['of', ({ sweepsTotal }) => (complete ? NOTHING : String(sweepsTotal))],
    ['thermalized', ({ thermalized }) => (complete ? NOTHING : thermalized ? 'yes' : 'no')],
    // Of a single simulation it is in the line above.
    [
      'updates/ns',
      (one) => (one.updatesPerNanosecond === undefined || simulations.length < 2 ? NOTHING : formatSpeed(one.updatesPerNanosecond)),
    ],
    ['samples', ({ samples }) => (samples === undefined ? NOTHING : String(samples))],
    ['min exchanged', ({ exchangeAcceptance }) => shown(exchangeAcceptance)],
    ['accepted', ({ updateAcceptance }) => shown(updateAcceptance)],
    ['max tau', ({ tau }) => shown(tau)],
    ['max R-hat', ({ rhat }) => rhat?.toFixed(3) ?? NOTHING],
    ['warnings', ({ warnings }) => (warnings ? String(warnings) : NOTHING)],
  ]
  const table = columns
    .map(([heading, cell]) => [heading, ...simulations.map(cell)])
    .filter(([, ...cells]) => cells.some((cell) => cell !== NOTHING))
  const rows = [undefined, ...simulations].map((_, row) => table.map((column) => column[row] as string))
  const next = status.status === 'interrupted' || status.status === 'stopped' ? `\ngo on with: spinpool resume ${file}` : ''
  return `${about.join(', ')}${simulations.length > 0 ? `\n${alignRows(rows)}` : ''}${next}`
}

/** What a cell says that has nothing to say; a column of these is left out. */
const NOTHING = '-'

function describe({ status, fraction }: Status): string {
  if (status === 'complete') return 'complete'
  // Of a run of days the first hours show in the decimal.
  const percent = fraction < 0.1 ? (Math.floor(1000 * fraction) / 10).toFixed(1) : String(Math.floor(100 * fraction))
  return `${status === 'stopped' ? 'stopped without a word (killed?)' : status}, ${percent} %`
}

function shown(value: number | undefined): string {
  return value === undefined ? NOTHING : String(Number(value.toPrecision(3)))
}
