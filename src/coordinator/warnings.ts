import type { QuantityData, SimulationData } from '../archive/data.ts'
import type { Model } from '../model/model.ts'

/** Autocorrelation times that a thermalization should last. */
const THERMAL_TIMES = 20
/** Autocorrelation times that a bin should last. */
const BIN_TIMES = 4
const MAX_RHAT = 1.05
/** Standard errors by which the exact identity may be missed. */
const CHECK_ERRORS = 4

/** What a careful user should know before trusting the numbers; one line each, the worst temperature named. */
export function findWarnings(data: Omit<SimulationData, 'warnings'>, model: Model): string[] {
  const { temperature, thermalization, measureEvery, bins, check } = data
  // An observable that averages to zero by symmetry freezes in an ordered phase; its absolute value speaks for it.
  const judged = data.quantities.filter((quantity) => {
    const observable = model.observables.find((candidate) => candidate.name === quantity.name)
    return observable !== undefined && observable.odd?.(data.parameters) !== true
  })
  const warnings: string[] = []
  const slowest = worst(judged, temperature.length, (quantity) => quantity.tau)
  if (slowest) {
    const { name, t, value: tau } = slowest
    const at = `${name} at T = ${temperature[t]}`
    if (thermalization < THERMAL_TIMES * tau) {
      warnings.push(
        `thermalization of ${thermalization} sweeps is shorter than ${THERMAL_TIMES} tau = ${Math.ceil(THERMAL_TIMES * tau)} (${at}); use --thermalization ${roundUp(1.5 * THERMAL_TIMES * tau)}`,
      )
    }
    const bin = bins.length * measureEvery
    // Bins of a single sample are the samples themselves.
    if (bins.length > 1 && tau > bin / BIN_TIMES) {
      const factor = (BIN_TIMES * tau) / bin
      warnings.push(
        `tau = ${Number(tau.toPrecision(3))} sweeps is not small against a bin of ${bin} (${at}): errors allow for it, but neighbouring bins are correlated; use --sweeps ${roundUp(1.5 * factor * data.sweeps)}`,
      )
    }
  }
  if (data.samples.some((count) => count > 0) && judged.every(({ error }) => error.every(Number.isNaN))) {
    warnings.push(`too few samples for errors: ${data.samples[0]} at T = ${temperature[0]}; use more --sweeps`)
  }
  const spread = worst(judged, temperature.length, (quantity) => quantity.rhat)
  if (spread && spread.value > MAX_RHAT) {
    warnings.push(
      `R-hat = ${Number(spread.value.toPrecision(4))} > ${MAX_RHAT}: copies disagree (${spread.name} at T = ${temperature[spread.t]}); use more --sweeps and --thermalization`,
    )
  }
  for (const [t, T] of temperature.entries()) {
    const [ratio, error] = [check.mean[t] as number, check.error[t] as number]
    const expected = model.check.expected(T)
    const off = Math.abs(ratio - expected) / error
    if (off > CHECK_ERRORS) {
      warnings.push(
        `the ${model.check.identity} is off by ${Number(off.toPrecision(3))} standard errors at T = ${T} (${ratio.toPrecision(6)} in place of ${expected}): not in equilibrium, or a fault; do not trust this temperature`,
      )
    }
  }
  return warnings
}

function worst(
  quantities: readonly QuantityData[],
  temperatures: number,
  column: (quantity: QuantityData) => Float64Array | undefined,
): { readonly name: string; readonly t: number; readonly value: number } | undefined {
  let found: { name: string; t: number; value: number } | undefined
  for (const quantity of quantities) {
    const values = column(quantity) ?? new Float64Array()
    // An array has several elements at each temperature.
    const width = values.length / temperatures
    for (const [i, value] of values.entries()) {
      if (value > (found?.value ?? Number.NEGATIVE_INFINITY))
        found = { name: elementName(quantity, i % width), t: Math.floor(i / width), value }
    }
  }
  return found
}

/** `cdw_structure_factor[0,1]`, or the name itself of what is no array. */
function elementName({ name, axes = [] }: QuantityData, place: number): string {
  if (axes.length === 0) return name
  const indices: number[] = []
  let rest = place
  for (const { values } of [...axes].reverse()) {
    indices.unshift(rest % values.length)
    rest = Math.floor(rest / values.length)
  }
  return `${name}[${indices.join(',')}]`
}

/** Up to one significant digit: 4321 becomes 5000. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / power) * power
}
