import { describe } from '../src/model/description.ts'
import { readMoves } from '../src/job/moves.ts'
import { columnsOf } from '../src/model/columns.ts'
import type { Moves, Parameters, Stepper } from '../src/model/model.ts'
import { o6 } from '../src/model/o6/index.ts'
import { type GammaResult, gammaMethod } from '../src/statistics/autocorrelation.ts'
import { openBundle } from '../src/benchmark/bundle.ts'
import { COUPLINGS } from './o6-reference.ts'

/** What a sweep is made of. */
export interface Choice {
  readonly update: string
  readonly overrelax: number
  readonly cluster: number
}

/** What is sampled of a lattice. */
export const sampled = ['energy', 'sc_order_squared', 'cdw_order_squared'] as const
export type Sampled = Readonly<Record<(typeof sampled)[number], Pick<GammaResult, 'mean' | 'error' | 'tau' | 'tauError'>>>

const THERMALIZATION = 2000
/** Sweeps after which the autocorrelation times are looked at first; then after twice as many, and so on. */
const FIRST_SWEEPS = 4000

const parameters: Parameters = { ...Object.fromEntries(o6.parameters.map(({ name, default: value }) => [name, value])), ...COUPLINGS }

/** Four replicas at one temperature. */
export function openChoice(module: WebAssembly.Module, size: number, temperature: number, choice: Choice): Stepper {
  const { update, overrelax, cluster } = choice
  const moves = readMoves(o6, { overrelax, cluster }, [parameters], (key) => key) as Moves
  const points = [{ inverseTemperature: 1 / temperature, parameters }]
  const stepper = openBundle(module, o6, { size, parameters, update, moves, points })
  stepper.sweep(THERMALIZATION, true)
  return stepper
}

/** One measurement of all observables, as a run takes it: each call leaves the columns of a sample, (column, lane). */
export function sampler(stepper: Stepper, size: number): () => Float64Array {
  const energy = new Float64Array(o6.lanes)
  const slope = new Float64Array(0)
  const lanes = Int32Array.from({ length: o6.lanes }, (_, lane) => lane)
  const out = new Float64Array(columnsOf(describe(o6, size, {})).length * o6.lanes)
  return () => {
    stepper.measure(energy, slope)
    stepper.sample(out, energy, lanes, o6.lanes)
    return out
  }
}

/** Samples each sweep until `enough`, or `most` sweeps are done. The lanes are copies of one process. */
export function sample(stepper: Stepper, size: number, most: number, enough: (results: Sampled) => boolean): Sampled {
  const take = sampler(stepper, size)
  const rows = sampled.map((name) => o6.observables.findIndex((observable) => observable.name === name) * o6.lanes)
  const series = rows.map(() => Array.from({ length: o6.lanes }, () => new Float64Array(most)))
  let done = 0
  for (let until = Math.min(FIRST_SWEEPS, most); ; until = Math.min(2 * until, most)) {
    for (; done < until; done++) {
      stepper.sweep(1, false)
      const out = take()
      for (const [k, copies] of series.entries()) {
        for (const [lane, values] of copies.entries()) values[done] = out[(rows[k] as number) + lane] as number
      }
    }
    const results = series.map((copies) => gammaMethod(copies.map((values) => values.subarray(0, done))))
    const named = Object.fromEntries(sampled.map((name, k) => [name, results[k]])) as unknown as Sampled
    if (done === most || enough(named)) return named
  }
}
