import type { QuantityData, SimulationData } from '../archive/data.ts'
import { snapshotSample } from '../bundle/bundle.ts'
import { type BundleMemory, type BundleSpec, State } from '../bundle/memory.ts'
import type { SimulationPlan } from '../job/plan.ts'
import { gammaMethod, MIN_VALUES } from '../statistics/autocorrelation.ts'
import { splitRhat } from '../statistics/convergence.ts'
import { jackknife } from '../statistics/jackknife.ts'
import { type Binned, binGrid } from './grid.ts'
import { findWarnings } from './warnings.ts'

/** What the bundles of one simulation have measured so far, in the plan's order. */
export interface Measured {
  readonly plan: SimulationPlan
  readonly bundles: readonly { readonly spec: BundleSpec; readonly memory: BundleMemory }[]
  /** Seconds that threads stood idle and that the archive took, this simulation's share. */
  readonly idle: { readonly wait: number; readonly archive: number }
}

/** Joins the bundles of a simulation and computes every mean, error, autocorrelation time, R̂ and warning. */
export function collectSimulation(measured: Measured): SimulationData {
  const { plan, bundles } = measured
  const { model, size, parameters } = plan
  const spec = bundles[0]?.spec as BundleSpec
  const temperature = Float64Array.from(spec.temperatures)
  const copies = 1 + bundles.reduce((most, own) => own.spec.slots.reduce((a, { copy }) => Math.max(a, copy), most), 0)
  const names = model.observables.map((observable) => observable.name)
  const samples = binGrid(bundles, (memory) => memory.samples, names, temperature.length, copies)
  const checks = binGrid(bundles, (memory) => memory.checks, model.check.inputs, temperature.length, copies)
  const sites = size * size

  const quantities: QuantityData[] = model.observables.map(({ name, longName, units }) => ({
    name,
    longName,
    units,
    ...measuredQuantity(samples, name, spec.measureEvery),
  }))
  for (const { name, longName, units, inputs, evaluate } of model.derived) {
    const mean = new Float64Array(temperature.length).fill(Number.NaN)
    const error = mean.slice()
    for (const [t, T] of temperature.entries()) {
      const at = { sites, temperature: T }
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
  const state = (index: number): number => bundles.reduce((sum, { memory }) => sum + (memory.state[index] as number), 0)
  const data: Omit<SimulationData, 'warnings'> = {
    name: plan.name,
    model: model.name,
    size,
    parameters,
    update: spec.update,
    tempering: spec.tempering,
    sweeps: spec.samples * spec.measureEvery,
    thermalization: spec.thermalization,
    measureEvery: spec.measureEvery,
    copies,
    temperature,
    quantities,
    samples: samples.samples,
    check: { name: model.check.name, longName: model.check.longName, units: '1', ...identityRatio(checks, model.check.inputs, size) },
    bins: {
      length: samples.length,
      count: samples.count,
      values: Object.fromEntries(names.map((name) => [name, samples.rectangle(name)])),
    },
    ...(spec.series ? { series: collectSeries(measured, copies) } : {}),
    ...(spec.snapshotEvents > 0 ? { snapshots: collectSnapshots(measured, copies) } : {}),
    ...(spec.tempering ? { exchange: collectExchange(measured) } : {}),
    timing: {
      sweep: state(State.sweepSeconds),
      measure: state(State.measureSeconds),
      exchange: state(State.exchangeSeconds),
      wait: measured.idle.wait,
      checkpoint: measured.idle.archive,
    },
    sweepsDone: Math.min(...bundles.map(({ memory }) => memory.state[State.sweeps] as number)),
    sweepsTotal: spec.thermalization + spec.samples * spec.measureEvery,
  }
  return { ...data, warnings: findWarnings(data, model) }
}

/** Mean with error, τ in sweeps and R̂ of one observable at every temperature. */
function measuredQuantity(grid: Binned, name: string, measureEvery: number): Omit<QuantityData, 'name' | 'longName' | 'units'> {
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
  [numerator, denominator, variance]: readonly [string, string, string],
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
    const events = size * size * n * grid.mean(variance, t)
    const own = Math.sqrt((colours * grid.mean(variance, t)) / (size * size * n)) / below
    error[t] = events >= ENOUGH_EVENTS && !Number.isNaN(scatter) ? scatter : Math.max(own, scatter || 0)
  }
  return { mean, error }
}

function collectSeries({ plan, bundles }: Measured, copies: number): NonNullable<SimulationData['series']> {
  const names = plan.model.observables.filter((observable) => observable.series).map((observable) => observable.name)
  const total = bundles[0]?.spec.samples ?? 0
  const count = Math.min(...bundles.map(({ memory }) => memory.samples.samples))
  const values = Object.fromEntries(
    names.map((name, k) => {
      const all = new Float64Array((bundles[0]?.spec.temperatures.length ?? 0) * copies * count)
      for (const { spec, memory } of bundles) {
        const width = spec.slots.length
        for (const [i, { copy, temperature }] of spec.slots.entries()) {
          const to = (temperature * copies + copy) * count
          for (let sample = 0; sample < count; sample++) all[to + sample] = memory.series[(k * total + sample) * width + i] as number
        }
      }
      return [name, all]
    }),
  )
  return { count, values }
}

/** Snapshots are taken of all copies at once; as many as were asked for are kept, event by event, copy by copy. */
function collectSnapshots({ plan, bundles }: Measured, copies: number): NonNullable<SimulationData['snapshots']> {
  const { model, size } = plan
  const spec = bundles[0]?.spec as BundleSpec
  const events = Math.min(...bundles.map(({ memory }) => memory.state[State.snapshotsTaken] as number))
  const count = Math.min(plan.snapshots, events * copies)
  const shape = model.snapshot.shape(size)
  const sites = shape.reduce((a, b) => a * b, 1)
  const bytes = model.snapshot.bytes(size)
  const values = new Int8Array(spec.temperatures.length * count * sites)
  for (const { spec: own, memory } of bundles) {
    for (const [i, { copy, temperature }] of own.slots.entries()) {
      for (let event = 0; event < events; event++) {
        const k = event * copies + copy
        if (k >= count) continue
        const lane = memory.snapshotLanes[event * own.slots.length + i] as number
        const raw = memory.snapshots.subarray(event * bytes, (event + 1) * bytes)
        values.set(model.snapshot.decode(raw, lane, size), (temperature * count + k) * sites)
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
      return (snapshotSample(Math.floor(k / copies), spec.snapshotEvents, spec.samples) + 1) * spec.measureEvery
    }),
  }
}

function collectExchange({ bundles }: Measured): NonNullable<SimulationData['exchange']> {
  const pairs = (bundles[0]?.spec.temperatures.length ?? 1) - 1
  const sum = (of: (memory: BundleMemory) => Float64Array, k: number): number =>
    bundles.reduce((total, { memory }) => total + (of(memory)[k] as number), 0)
  const acceptance = Float64Array.from(
    { length: pairs },
    (_, k) => sum((memory) => memory.accepted, k) / sum((memory) => memory.attempted, k),
  )
  const rows = Math.min(...bundles.map(({ memory }) => memory.state[State.trajectoryRows] as number))
  // Bundles that are not equally far keep rows of different spacing; take what the sparsest one has.
  const every = Math.max(...bundles.map(({ memory }) => (memory.state[State.trajectoryEvery] as number) || 1))
  const replicas = bundles.reduce((total, { spec }) => total + spec.slots.length, 0)
  const kept = Math.min(
    rows,
    ...bundles.map(({ memory }) =>
      Math.ceil(((memory.state[State.trajectoryRows] as number) * ((memory.state[State.trajectoryEvery] as number) || 1)) / every),
    ),
  )
  const trajectory = new Int32Array(kept * replicas)
  let first = 0
  for (const { spec, memory } of bundles) {
    const width = spec.slots.length
    const step = every / ((memory.state[State.trajectoryEvery] as number) || 1)
    for (let row = 0; row < kept; row++) {
      trajectory.set(memory.trajectory.subarray(row * step * width, (row * step + 1) * width), row * replicas + first)
    }
    first += width
  }
  return {
    acceptance,
    roundTrips: Int32Array.from(bundles.flatMap(({ memory }) => [...memory.roundTrips])),
    trajectory,
    rounds: Float64Array.from({ length: kept }, (_, row) => row * every),
  }
}
