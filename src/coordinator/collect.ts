import type { QuantityData, SimulationData } from '../archive/data.ts'
import { alongOf, type EnsembleMemory, type EnsembleSpec, State, sweepsAfter } from '../ensemble/memory.ts'
import { rowsOfAll, type TraceRows } from '../ensemble/trace.ts'
import type { SimulationPlan } from '../job/plan.ts'
import { columnsOf } from '../model/columns.ts'
import type { Check } from '../model/model.ts'
import { gammaMethod, MIN_VALUES } from '../statistics/autocorrelation.ts'
import { splitRhat } from '../statistics/convergence.ts'
import { jackknife } from '../statistics/jackknife.ts'
import { type Binned, binGrid, type OwnSlots } from './grid.ts'
import { collectHistogram } from './histogram.ts'
import { findWarnings } from './warnings.ts'

/** What the ensembles of one simulation have measured so far, in the plan's order. */
export interface Measured {
  readonly plan: SimulationPlan
  readonly ensembles: readonly OwnSlots[]
  /** Seconds that threads stood idle outside of gangs and that the archive took, this simulation's share. */
  readonly idle: { readonly wait: number; readonly save: number }
}

/** Joins the ensembles of a simulation and computes every mean, error, autocorrelation time, R̂ and warning. */
export function collectSimulation(measured: Measured): SimulationData {
  const { plan, ensembles } = measured
  const { model, size, parameters, copies } = plan
  const spec = ensembles[0]?.spec as EnsembleSpec
  const temperature = Float64Array.from(spec.temperatures)
  const columns = columnsOf(model, size)
  const names = columns.map(({ name }) => name)
  const samples = binGrid(ensembles, (memory) => memory.samples, names, temperature.length, copies)
  const checks = binGrid(ensembles, (memory) => memory.checks, model.check.inputs, temperature.length, copies)
  const quantities: QuantityData[] = model.observables.map(({ name, longName, units, axes }, k) => {
    const own = columns.filter(({ observable }) => observable === k)
    const measures = own.map((column) => measuredQuantity(samples, column.name, spec.measureEvery))
    return axes
      ? { name, longName, units, axes: axes(size), ...interleaveQuantities(measures) }
      : { name, longName, units, ...(measures[0] as Means) }
  })
  for (const { name, longName, units, inputs, evaluate } of model.derived) {
    const mean = new Float64Array(temperature.length).fill(Number.NaN)
    const error = mean.slice()
    for (const [t, T] of temperature.entries()) {
      const at = { size, temperature: T, parameters }
      if (samples.samples[t] === 0) continue
      mean[t] = evaluate(
        inputs.map((input) => samples.mean(input, t)),
        at,
      )
      error[t] = jackknife(
        inputs.map((input) => samples.copies(input, t)),
        (means) => evaluate(means, at),
      ).error
    }
    quantities.push({ name, longName, units, mean, error })
  }
  const histogram = collectHistogram(model, size, ensembles, temperature.length)
  const seconds = (kind: Parameters<EnsembleMemory['seconds']>[0]): number =>
    ensembles.reduce((sum, { memory, share }) => sum + share * memory.seconds(kind), 0)
  const data: Omit<SimulationData, 'warnings'> = {
    name: plan.name,
    model: model.name,
    size,
    parameters,
    update: spec.update,
    ...(model.moves ? { moves: spec.moves } : {}),
    tempering: spec.tempering !== false,
    sweeps: spec.samples * spec.measureEvery,
    thermalization: spec.thermalization,
    measureEvery: spec.measureEvery,
    copies,
    temperature,
    quantities,
    samples: samples.samples,
    check: {
      name: model.check.name,
      longName: model.check.longName,
      units: model.check.units,
      ...identityRatio(checks, model.check, size),
    },
    bins: {
      length: samples.length,
      count: samples.count,
      values: Object.fromEntries(
        model.observables.map(({ name }, k) => {
          const own = columns.filter(({ observable }) => observable === k)
          return [name, interleave(own.map((column) => samples.rectangle(column.name)))]
        }),
      ),
    },
    ...(histogram ? { histogram } : {}),
    trace: collectTrace(measured, copies),
    ...(spec.series ? { series: collectSeries(measured, copies) } : {}),
    ...(spec.snapshotsDue.length > 0 ? { snapshots: collectSnapshots(measured, copies) } : {}),
    ...(spec.tempering ? { exchange: collectExchange(measured) } : {}),
    ...(model.tuned.length > 0 ? { tuning: collectTuning(measured, copies) } : {}),
    timing: {
      sweep: seconds('sweepSeconds'),
      measure: seconds('measureSeconds'),
      exchange: seconds('exchangeSeconds'),
      wait: measured.idle.wait + seconds('waitSeconds'),
      checkpoint: measured.idle.save,
    },
    sweepsDone: Math.min(...ensembles.map(({ memory }) => memory.sweeps)),
    sweepsTotal: spec.thermalization + spec.samples * spec.measureEvery,
  }
  return { ...data, warnings: findWarnings(data, model) }
}

type Means = Required<Pick<QuantityData, 'mean' | 'error' | 'tau' | 'tauError' | 'rhat'>>

/** Arrays of the same length into one whose last index says which. */
function interleave(parts: readonly Float64Array[]): Float64Array {
  const width = parts.length
  if (width === 1) return parts[0] as Float64Array
  const all = new Float64Array(width * (parts[0]?.length ?? 0))
  for (const [k, part] of parts.entries()) for (let i = 0; i < part.length; i++) all[i * width + k] = part[i] as number
  return all
}

function interleaveQuantities(parts: readonly Means[]): Means {
  const of = (key: keyof Means): Float64Array => interleave(parts.map((part) => part[key]))
  return { mean: of('mean'), error: of('error'), tau: of('tau'), tauError: of('tauError'), rhat: of('rhat') }
}

/** Mean with error, τ in sweeps and R̂ of one column at every temperature. */
function measuredQuantity(grid: Binned, name: string, measureEvery: number): Means {
  const T = grid.samples.length
  const column = (): Float64Array => new Float64Array(T).fill(Number.NaN)
  const [mean, error, tau, tauError, rhat] = [column(), column(), column(), column(), column()]
  for (let t = 0; t < T; t++) {
    const n = grid.samples[t] as number
    if (n === 0) continue
    const average = grid.mean(name, t)
    mean[t] = average
    const copies = grid.copies(name, t)
    const gamma = gammaMethod(copies)
    error[t] = gamma.error
    const meanSquare = grid.meanSquare(name, t)
    // 2 τ σ² / n is the squared error whatever the length of the bins, with σ² the variance of one sample.
    const variance = ((meanSquare - average ** 2) * n) / (n - 1)
    if (variance > 1e-14 * meanSquare) {
      const perSample = (grid.length * gamma.variance) / variance
      tau[t] = gamma.tau * perSample * measureEvery
      tauError[t] = gamma.tauError * perSample * measureEvery
    }
    rhat[t] = splitRhat(copies, meanSquare)
  }
  return { mean, error, tau, tauError, rhat }
}

/** Flips that must have been possible before the scatter of the bins is believed by itself. */
const ENOUGH_EVENTS = 100

/**
 * The ratio of an identity's two averages. Where flips are so rare that bins hardly saw one, the scatter of the bins says
 * nothing; the scatter that the sites have by themselves, given their neighbours, is then the least error. Sites of one
 * colour are independent given the others; two colours (three on odd lattices) can at most add up.
 */
function identityRatio(
  grid: Binned,
  { inputs: [numerator, denominator, variance] }: Check,
  size: number,
): { readonly mean: Float64Array; readonly error: Float64Array } {
  const mean = new Float64Array(grid.samples.length).fill(Number.NaN)
  const error = mean.slice()
  const colours = size % 2 === 0 ? 2 : 3
  for (const [t, n] of grid.samples.entries()) {
    const below = n > 0 ? grid.mean(denominator, t) : 0
    if (!(below > 0)) continue
    mean[t] = grid.mean(numerator, t) / below
    if (n < MIN_VALUES) continue
    const scatter = jackknife([grid.copies(numerator, t), grid.copies(denominator, t)], ([a = 0, b = 0]) => a / b).error
    if (variance === undefined) {
      error[t] = scatter
      continue
    }
    const events = size * size * n * grid.mean(variance, t)
    const own = Math.sqrt((colours * grid.mean(variance, t)) / (size * size * n)) / below
    error[t] = events >= ENOUGH_EVENTS && !Number.isNaN(scatter) ? scatter : Math.max(own, scatter || 0)
  }
  return { mean, error }
}

/** By the slot from which a replica started: with tempering it moves, and what was tuned moves with it. */
function collectTuning({ plan, ensembles }: Measured, copies: number): NonNullable<SimulationData['tuning']> {
  const { model } = plan
  const T = ensembles[0]?.spec.temperatures.length ?? 0
  return model.tuned.map(({ name, longName }, k) => {
    const values = new Float64Array(T * copies).fill(Number.NaN)
    for (const { memory, slots } of ensembles) {
      for (const { slot, copy, temperature } of slots) {
        const own = memory.tuned[Math.floor(slot / model.lanes)]
        values[temperature * copies + copy] = own?.[k * model.lanes + (slot % model.lanes)] as number
      }
    }
    return { name, longName, values }
  })
}

/** Samples that every ensemble has taken. */
export function samplesOfAll(ensembles: readonly Pick<OwnSlots, 'memory'>[]): number {
  return ensembles.reduce((least, { memory }) => Math.min(least, memory.samples.samples), Number.POSITIVE_INFINITY)
}

/** Times at which every ensemble has kept its configurations. */
export function snapshotsOfAll(ensembles: readonly Pick<OwnSlots, 'memory'>[]): number {
  return ensembles.reduce((least, { memory }) => Math.min(least, memory.state[State.snapshotsTaken] as number), Number.POSITIVE_INFINITY)
}

/** Rows of the trace that every ensemble has. */
export function traceOfAll(ensembles: readonly Pick<OwnSlots, 'memory'>[]): TraceRows {
  return rowsOfAll(ensembles.map(({ memory }) => memory.trace))
}

function collectTrace({ plan, ensembles }: Measured, copies: number): SimulationData['trace'] {
  const names = plan.model.observables.filter((observable) => observable.series).map((observable) => observable.name)
  const spec = ensembles[0]?.spec as EnsembleSpec
  const { count, every } = traceOfAll(ensembles)
  const values = Object.fromEntries(
    names.map((name, k) => {
      const all = new Float32Array(spec.temperatures.length * copies * count).fill(Number.NaN)
      for (const { memory, slots } of ensembles) {
        const step = every / memory.trace.every
        for (const { slot, copy, temperature } of slots) {
          const to = (temperature * copies + copy) * count
          for (let row = 0; row < count; row++) all[to + row] = memory.trace.at(row * step, k, slot)
        }
      }
      return [name, all]
    }),
  )
  return { sweep: Float64Array.from({ length: count }, (_, row) => sweepsAfter(spec, row * every)), values }
}

function collectSeries({ plan, ensembles }: Measured, copies: number): NonNullable<SimulationData['series']> {
  const names = plan.model.observables.filter((observable) => observable.series).map((observable) => observable.name)
  const count = samplesOfAll(ensembles)
  const values = Object.fromEntries(
    names.map((name, k) => {
      const all = new Float64Array((ensembles[0]?.spec.temperatures.length ?? 0) * copies * count).fill(Number.NaN)
      for (const { spec, memory, slots } of ensembles) {
        const width = spec.slots.length
        for (const { slot, copy, temperature } of slots) {
          const to = (temperature * copies + copy) * count
          for (let sample = 0; sample < count; sample++)
            all[to + sample] = memory.series[(sample * names.length + k) * width + slot] as number
        }
      }
      return [name, all]
    }),
  )
  return { count, values }
}

/** Snapshots are taken of all copies at once; as many as were asked for are kept, event by event, copy by copy. */
function collectSnapshots({ plan, ensembles }: Measured, copies: number): NonNullable<SimulationData['snapshots']> {
  const { model, size } = plan
  const spec = ensembles[0]?.spec as EnsembleSpec
  const events = snapshotsOfAll(ensembles)
  const count = Math.min(plan.snapshots, events * copies)
  const shape = model.snapshot.shape(size)
  const sites = shape.reduce((a, b) => a * b, 1)
  const bytes = model.snapshot.bytes(size)
  const length = spec.temperatures.length * count * sites
  const values = model.snapshot.type === 'float32' ? new Float32Array(length) : new Int8Array(length)
  for (const { spec: own, memory, slots } of ensembles) {
    for (const { slot, copy, temperature } of slots) {
      for (let event = 0; event < events; event++) {
        const k = event * copies + copy
        if (k >= count) continue
        const lane = memory.snapshotLanes[event * own.slots.length + slot] as number
        const from = (event * own.bundles + Math.floor(lane / model.lanes)) * bytes
        const raw = memory.snapshots.subarray(from, from + bytes)
        values.set(model.snapshot.decode(raw, lane % model.lanes, size), (temperature * count + k) * sites)
      }
    }
  }
  return {
    count,
    shape,
    dimensions: model.snapshot.dimensions,
    longName: model.snapshot.longName,
    values,
    copy: Int32Array.from({ length: count }, (_, k) => k % copies),
    sweep: Float64Array.from({ length: count }, (_, k) => {
      return ((spec.snapshotsDue[Math.floor(k / copies)] as number) + 1) * spec.measureEvery
    }),
  }
}

function collectExchange(measured: Measured): NonNullable<SimulationData['exchange']> {
  const { plan, ensembles } = measured
  const spec = ensembles[0]?.spec as EnsembleSpec
  const along = alongOf(spec)
  const share = (own: readonly OwnSlots[], k: number): number => {
    const sum = (of: (memory: EnsembleMemory) => Float64Array): number =>
      own.reduce((total, { memory }) => total + (of(memory)[k] as number), 0)
    return sum((memory) => memory.accepted) / sum((memory) => memory.attempted)
  }
  if (along === undefined) {
    const roundTrips = new Int32Array(plan.copies * spec.points.length).fill(-1)
    for (const { spec: own, memory } of ensembles) roundTrips.set(memory.roundTrips, firstReplica(own))
    const acceptance = Float64Array.from({ length: spec.points.length - 1 }, (_, k) => share(ensembles, k))
    return { along: 'temperature', acceptance, roundTrips, ...collectTrajectory(measured, roundTrips.length) }
  }
  // Each temperature has ensembles of its own, in the order of the grid; nothing is ever tried with the last point.
  const k = spec.points.findIndex(({ simulation }) => simulation === plan.name)
  const acceptance = Float64Array.from(spec.temperatures, (_, t) => {
    return share(
      ensembles.filter(({ spec: own }) => own.points[0]?.temperature === t),
      k,
    )
  })
  const replicas = plan.copies * spec.points.length
  const roundTrips = new Int32Array(spec.temperatures.length * replicas).fill(-1)
  for (const { spec: own, memory } of ensembles) {
    roundTrips.set(memory.roundTrips, (own.points[0]?.temperature ?? 0) * replicas + firstReplica(own))
  }
  return { along, acceptance, roundTrips, trajectory: new Int32Array(), rounds: new Float64Array() }
}

/** Replicas are counted copy by copy, point by point; those of other parts of the job are -1 everywhere. */
function firstReplica({ slots, points }: EnsembleSpec): number {
  const { copy = 0, point = 0 } = slots[0] ?? {}
  return copy * points.length + point
}

function collectTrajectory(
  { ensembles }: Measured,
  replicas: number,
): Pick<NonNullable<SimulationData['exchange']>, 'trajectory' | 'rounds'> {
  const rows = Math.min(...ensembles.map(({ memory }) => memory.state[State.trajectoryRows] as number))
  // Ensembles that are not equally far keep rows of different spacing; take what the sparsest one has.
  const every = Math.max(...ensembles.map(({ memory }) => (memory.state[State.trajectoryEvery] as number) || 1))
  const kept = Math.min(
    rows,
    ...ensembles.map(({ memory }) =>
      Math.ceil(((memory.state[State.trajectoryRows] as number) * ((memory.state[State.trajectoryEvery] as number) || 1)) / every),
    ),
  )
  const trajectory = new Int32Array(kept * replicas).fill(-1)
  for (const { spec, memory } of ensembles) {
    const width = spec.slots.length
    const step = every / ((memory.state[State.trajectoryEvery] as number) || 1)
    for (let row = 0; row < kept; row++) {
      trajectory.set(memory.trajectory.subarray(row * step * width, (row * step + 1) * width), row * replicas + firstReplica(spec))
    }
  }
  return { trajectory, rounds: Float64Array.from({ length: kept }, (_, row) => row * every) }
}
