import type { QuantityData } from '../archive/data.ts'
import type { Column } from '../model/columns.ts'
import { type Description, evaluatorOf, type FormulaPlace } from '../model/description.ts'
import type { Derived } from '../model/model.ts'
import { gammaMethod } from '../statistics/autocorrelation.ts'
import { splitRhat } from '../statistics/convergence.ts'
import { jackknife } from '../statistics/jackknife.ts'
import type { Binned } from './grid.ts'

// Means with errors, and what is computed from them.

type Means = Required<Pick<QuantityData, 'mean' | 'error' | 'tau' | 'tauError' | 'rhat'>>

/** Every observable of a model, with autocorrelation times in sweeps. */
export function measuredQuantities(grid: Binned, { observables }: Description, columns: readonly Column[], measureEvery: number) {
  return observables.map(({ name, longName, units, axes }, k): QuantityData => {
    const own = columns.filter(({ observable }) => observable === k)
    const measures = own.map((column) => measuredQuantity(grid, column.name, measureEvery))
    return axes
      ? {
          name,
          longName,
          units,
          axes: axes.map((axis) => ({ ...axis, values: Float64Array.from(axis.values) })),
          ...interleaveQuantities(measures),
        }
      : { name, longName, units, ...(measures[0] as Means) }
  })
}

/** Bin means of every observable as they are archived, (temperature, copy, bin, ...axes). */
export function binsOfAll(grid: Binned, { observables }: Description, columns: readonly Column[]): Record<string, Float64Array> {
  return Object.fromEntries(
    observables.map(({ name }, k) => {
      const own = columns.filter(({ observable }) => observable === k)
      return [name, interleave(own.map((column) => grid.rectangle(column.name)))]
    }),
  )
}

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
    mean[t] = grid.mean(name, t)
    const copies = grid.copies(name, t)
    const gamma = gammaMethod(copies)
    error[t] = gamma.error
    const meanSquare = grid.meanSquare(name, t)
    // 2 τ σ² / n is the squared error whatever the length of the bins, with σ² the variance of one sample.
    const variance = ((meanSquare - grid.shifted(name, t) ** 2) * n) / (n - 1)
    if (variance > 1e-14 * meanSquare) {
      const perSample = (grid.length * gamma.variance) / variance
      tau[t] = gamma.tau * perSample * measureEvery
      tauError[t] = gamma.tauError * perSample * measureEvery
    }
    rhat[t] = splitRhat(copies, meanSquare)
  }
  return { mean, error, tau, tauError, rhat }
}

/** A quantity computed from means, with its jackknife error, and the independent samples that this error is worth, (temperature). */
export function derivedQuantity(
  grid: Binned,
  { name, longName, units, inputs: symbols, formula, fluctuation }: Derived,
  temperature: Float64Array,
  at: FormulaPlace,
): { readonly quantity: QuantityData; readonly independent: Float64Array } {
  const mean = new Float64Array(temperature.length).fill(Number.NaN)
  const [error, independent] = [mean.slice(), mean.slice()]
  const inputs = Object.values(symbols)
  const evaluate = evaluatorOf({ inputs: symbols, formula }, at)
  for (const [t, T] of temperature.entries()) {
    if (grid.samples[t] === 0) continue
    const origins = inputs.map((input) => grid.origin(input, t))
    const [x0 = 0] = origins
    // Means less the origins: <(x - x0)^2> = <x^2 - x0^2> - 2 x0 <x - x0>.
    const value = fluctuation
      ? ([x = 0, square = 0]: readonly number[]) => evaluate([x, square - 2 * x0 * x], T)
      : (shifted: readonly number[]) =>
          evaluate(
            shifted.map((x, k) => (origins[k] as number) + x),
            T,
          )
    mean[t] = value(inputs.map((input) => grid.shifted(input, t)))
    const left = jackknife(
      inputs.map((input) => grid.copies(input, t)),
      value,
    )
    error[t] = left.error
    independent[t] = left.independent
  }
  return { quantity: { name, longName, units, mean, error }, independent }
}

/** Temperatures, as indices, at which a column was sampled more than once and always had the same value. */
export function stillAt(grid: Binned, name: string): number[] {
  return [...grid.samples.keys()].filter((t) => (grid.samples[t] as number) > 1 && grid.meanSquare(name, t) === 0)
}
