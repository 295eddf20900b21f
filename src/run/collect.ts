import type { QuantityData, SimulationData } from '../archive/data.ts'
import { type LadderMemory, State } from '../sampling/memory.ts'
import { type LadderSpec, sweepsAfter } from '../sampling/spec.ts'
import { schemeOf } from '../sampling/schemes/index.ts'
import { rowsOfAll, type TraceRows } from '../sampling/trace.ts'
import type { SimulationPlan } from '../job/plan.ts'
import { columnsOf, sampledNames } from '../model/columns.ts'
import { bundleBytes, configurationArray, decodeLane } from '../model/configuration.ts'
import { binGrid, type OwnSlots } from './grid.ts'
import { collectHistogram } from './histogram.ts'
import { judgeIdentity } from './identity.ts'
import { binsOfAll, derivedQuantity, measuredQuantities, stillAt } from './quantities.ts'
import { findWarnings, type Judged } from './warnings.ts'

/** Seconds in which threads stood idle outside of teams, and that archives took. */
export interface Idle {
  readonly wait: number
  readonly save: number
}

/** What the ladders of one simulation have measured so far, in the plan's order. */
export interface Measured {
  readonly plan: SimulationPlan
  readonly ladders: readonly OwnSlots[]
  /** Those that are put down to this simulation. */
  readonly idle: Idle
}

/** Everything of the simulations that share ladders: every mean, error, autocorrelation time and R̂, and what is to be warned of. */
export function collectGroup(members: readonly Measured[]): SimulationData[] {
  const judged = members.map(collectSimulation)
  const warnings = findWarnings(judged)
  return judged.map(({ data }, i) => ({ ...data, warnings: warnings[i] as string[] }))
}

function collectSimulation(measured: Measured): Judged {
  const { plan, ladders } = measured
  const { description, size, parameters, copies } = plan
  const spec = ladders[0]?.spec as LadderSpec
  const temperature = Float64Array.from(spec.temperatures)
  const { sites } = description.lattice
  const columns = columnsOf(description)
  const names = columns.map(({ name }) => name)
  const samples = binGrid(ladders, (memory) => memory.samples, names, temperature.length, copies)
  const checks = binGrid(ladders, (memory) => memory.checks, description.identity.inputs, temperature.length, copies)
  const derived = description.derived.map((one) => derivedQuantity(samples, one, temperature, { size, sites, parameters }))
  const quantities: QuantityData[] = [
    ...measuredQuantities(samples, description, columns, spec.measureEvery),
    ...derived.map(({ quantity }) => quantity),
  ]
  const histogram = collectHistogram(description, ladders, temperature.length)
  const seconds = (kind: Parameters<LadderMemory['seconds']>[0]): number =>
    ladders.reduce((sum, { memory, fraction }) => sum + fraction * memory.seconds(kind), 0)
  const results = schemeOf(spec).collect?.(
    plan,
    ladders.map((own) => ({ spec: own.spec, scheme: own.memory.scheme, begun: own.memory.state[State.ready] !== 0 })),
  )
  const data: Omit<SimulationData, 'warnings'> = {
    name: plan.name,
    model: description.name,
    size,
    parameters,
    description,
    update: spec.update,
    ...(description.moves ? { moves: spec.moves } : {}),
    tempering: results?.exchange !== undefined,
    sweeps: spec.samples * spec.measureEvery,
    thermalization: spec.thermalization,
    measureEvery: spec.measureEvery,
    copies,
    temperature,
    quantities,
    samples: samples.samples,
    check: {
      name: description.identity.name,
      longName: description.identity.longName,
      units: description.identity.units,
      ...judgeIdentity(checks, description, temperature),
    },
    bins: {
      length: samples.length,
      count: samples.count,
      values: binsOfAll(samples, description, columns),
    },
    ...(histogram ? { histogram } : {}),
    trace: collectTrace(measured, copies),
    ...(spec.series ? { series: collectSeries(measured, copies) } : {}),
    ...(spec.snapshotsDue.length > 0 ? { snapshots: collectSnapshots(measured, copies) } : {}),
    ...results,
    ...(description.diagnostics.length > 0 ? { tuning: collectTuning(measured, copies) } : {}),
    timing: {
      sweep: seconds('sweepSeconds'),
      measure: seconds('measureSeconds'),
      exchange: seconds('exchangeSeconds'),
      wait: measured.idle.wait + seconds('waitSeconds'),
      checkpoint: measured.idle.save,
    },
    sweepsDone: Math.min(...ladders.map(({ memory }) => memory.sweeps)),
    sweepsTotal: spec.thermalization + spec.samples * spec.measureEvery,
  }
  const still = new Map(columns.map(({ name }) => [name, stillAt(samples, name)]))
  return { description, data, still, independent: new Map(derived.map(({ quantity, independent }) => [quantity.name, independent])) }
}

/** By the slot from which a replica started: with tempering it moves, and what was tuned moves with it. */
function collectTuning({ plan, ladders }: Measured, copies: number): NonNullable<SimulationData['tuning']> {
  const { diagnostics, lanes } = plan.description
  const T = ladders[0]?.spec.temperatures.length ?? 0
  return diagnostics.map(({ name, longName }, k) => {
    const values = new Float64Array(T * copies).fill(Number.NaN)
    for (const { memory, slots } of ladders) {
      for (const { slot, copy, temperature } of slots) {
        const own = memory.diagnostics[Math.floor(slot / lanes)]
        values[temperature * copies + copy] = own?.[k * lanes + (slot % lanes)] as number
      }
    }
    return { name, longName, values }
  })
}

/** Those that have begun, or all where none has: the rest is of parts of a job that are missing, and has no say. */
function begun<T extends Pick<OwnSlots, 'memory'>>(ladders: readonly T[]): readonly T[] {
  const own = ladders.filter(({ memory }) => memory.state[State.ready] !== 0)
  return own.length > 0 ? own : ladders
}

/** Samples that every ladder that has begun has taken. */
export function samplesOfAll(ladders: readonly Pick<OwnSlots, 'memory'>[]): number {
  return begun(ladders).reduce((least, { memory }) => Math.min(least, memory.samples.samples), Number.POSITIVE_INFINITY)
}

/** Times at which every ladder that has begun has kept its configurations. */
export function snapshotsOfAll(ladders: readonly Pick<OwnSlots, 'memory'>[]): number {
  return begun(ladders).reduce(
    (least, { memory }) => Math.min(least, memory.state[State.snapshotsTaken] as number),
    Number.POSITIVE_INFINITY,
  )
}

/** Rows of the trace that every ladder has that has begun. */
export function traceOfAll(ladders: readonly Pick<OwnSlots, 'memory'>[]): TraceRows {
  return rowsOfAll(begun(ladders).map(({ memory }) => memory.trace))
}

function collectTrace({ plan, ladders }: Measured, copies: number): SimulationData['trace'] {
  const names = sampledNames(plan.description)
  const spec = ladders[0]?.spec as LadderSpec
  const { count, every } = traceOfAll(ladders)
  const values = Object.fromEntries(
    names.map((name, k) => {
      const all = new Float32Array(spec.temperatures.length * copies * count).fill(Number.NaN)
      for (const { memory, slots } of begun(ladders)) {
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

function collectSeries({ plan, ladders }: Measured, copies: number): NonNullable<SimulationData['series']> {
  const names = sampledNames(plan.description)
  const count = samplesOfAll(ladders)
  const values = Object.fromEntries(
    names.map((name, k) => {
      const all = new Float64Array((ladders[0]?.spec.temperatures.length ?? 0) * copies * count).fill(Number.NaN)
      for (const { spec, memory, slots } of begun(ladders)) {
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
function collectSnapshots({ plan, ladders }: Measured, copies: number): NonNullable<SimulationData['snapshots']> {
  const { configuration, lanes } = plan.description
  const { shape, dimensions, longName } = configuration
  const spec = ladders[0]?.spec as LadderSpec
  const events = snapshotsOfAll(ladders)
  const count = Math.min(plan.snapshots, events * copies)
  const sites = shape.reduce((a, b) => a * b, 1)
  const bytes = bundleBytes(configuration, lanes)
  const length = spec.temperatures.length * count * sites
  const values = configurationArray(configuration, length)
  for (const { spec: own, memory, slots } of begun(ladders)) {
    for (const { slot, copy, temperature } of slots) {
      for (let event = 0; event < events; event++) {
        const k = event * copies + copy
        if (k >= count) continue
        const lane = memory.snapshotLanes[event * own.slots.length + slot] as number
        const from = (event * own.bundles + Math.floor(lane / lanes)) * bytes
        const raw = memory.snapshots.subarray(from, from + bytes)
        values.set(decodeLane(configuration, lanes, raw, lane % lanes), (temperature * count + k) * sites)
      }
    }
  }
  return {
    count,
    shape,
    dimensions,
    longName,
    values,
    copy: Int32Array.from({ length: count }, (_, k) => k % copies),
    sweep: Float64Array.from({ length: count }, (_, k) => {
      return ((spec.snapshotsDue[Math.floor(k / copies)] as number) + 1) * spec.measureEvery
    }),
  }
}
