import type { QuantityData, SimulationData } from '../archive/data.ts'
import { type Description, expectedOf } from '../model/description.ts'

/** Autocorrelation times that a thermalization should last. */
const THERMAL_TIMES = 20
/** Autocorrelation times that a bin should last. */
const BIN_TIMES = 4
/** Independent samples, N / (2 tau), that an error bar should rest on. */
const ENOUGH_SAMPLES = 50
/** Independent Gaussian values that an error of a derived quantity should be worth: it is then good to 1 / sqrt(40) = 16 %. */
const ENOUGH_WORTH = 20
const MAX_RHAT = 1.05
/** Standard errors by which the exact identity may be missed. */
const CHECK_ERRORS = 4
/** Names listed one by one at most. */
const LISTED = 3

/** A simulation that is to be judged. */
export interface Judged {
  readonly description: Description
  readonly data: Omit<SimulationData, 'warnings'>
  /** By column: the temperatures, as indices, at which it never moved. */
  readonly still: ReadonlyMap<string, readonly number[]>
  /** By derived quantity: the independent samples that its error is worth, (temperature); NaN where there is none. */
  readonly independent: ReadonlyMap<string, Float64Array>
}

/** What may be wrong, in the order in which it is said. */
const KINDS = ['still', 'thermalization', 'few', 'rare', 'bins', 'rhat', 'combined', 'check'] as const
type Kind = (typeof KINDS)[number]
/** What is as bad for all replicas that exchange with those concerned. */
const SHARED: ReadonlySet<Kind> = new Set(['thermalization', 'few', 'rare', 'rhat', 'combined', 'check'])

interface Finding {
  readonly kind: Kind
  /** The larger the worse, among findings of a kind. */
  readonly severity: number
  readonly text: string
}

/**
 * What a careful user should know before trusting the numbers; one line each, the worst temperature named.
 *
 * @param members simulations that share ladders: replicas that exchange are judged together, since what is wrong with one of
 *   them goes through all
 * @returns the warnings of each member
 */
export function findWarnings(members: readonly Judged[]): string[][] {
  const findings = members.map(findingsOf)
  return members.map((_, own) =>
    KINDS.flatMap((kind) => {
      const mine = (findings[own] as readonly Finding[]).filter((finding) => finding.kind === kind)
      if (mine.length > 0 || !SHARED.has(kind)) return mine.map(({ text }) => text)
      const others = findings.flatMap((list, i) => list.filter((f) => f.kind === kind).map((f) => ({ ...f, from: members[i]?.data.name })))
      const worst = others.reduce<(typeof others)[number] | undefined>((a, b) => (a && a.severity >= b.severity ? a : b), undefined)
      return worst ? [`replicas that exchange with this simulation, those of ${worst.from}: ${worst.text}`] : []
    }),
  )
}

function findingsOf(judged: Judged): Finding[] {
  const { description, data } = judged
  const measured = new Set(description.observables.map(({ name }) => name))
  const quantities = data.quantities.filter(({ name }) => measured.has(name))
  return [...still(judged), ...thermal(data, quantities), ...few(judged, quantities), ...spread(data, quantities), ...identity(judged)]
}

/** What never moved has no error that could be told. */
function still({ data, still }: Judged): Finding[] {
  const names = new Map<number, string[]>()
  for (const [name, at] of still) {
    for (const t of at) names.set(t, [...(names.get(t) ?? []), name])
  }
  const places = [...names.keys()].sort((a, b) => a - b)
  const [first] = places
  if (first === undefined) return []
  const others = places.length === 1 ? '' : ` (of ${places.length} such temperatures the lowest)`
  return [
    {
      kind: 'still',
      severity: places.length,
      text: `${listed(names.get(first) as string[])} did not change in ${data.samples[first]} samples at T = ${data.temperature[first]}${others}: no error can be told; use more --sweeps, or leave such temperatures out`,
    },
  ]
}

function thermal(data: Judged['data'], quantities: readonly QuantityData[]): Finding[] {
  const { temperature, thermalization, measureEvery, bins } = data
  const slowest = worst(quantities, temperature.length, ({ tau }) => tau)
  if (!slowest) return []
  const { name, t, value: tau } = slowest
  const at = `${name} at T = ${temperature[t]}`
  const findings: Finding[] = []
  if (thermalization < THERMAL_TIMES * tau) {
    findings.push({
      kind: 'thermalization',
      severity: tau,
      text: `thermalization of ${thermalization} sweeps is shorter than ${THERMAL_TIMES} tau = ${Math.ceil(THERMAL_TIMES * tau)} (${at}); use --thermalization ${roundUp(1.5 * THERMAL_TIMES * tau)}`,
    })
  }
  const bin = bins.length * measureEvery
  // Bins of a single sample are the samples themselves.
  if (bins.length > 1 && tau > bin / BIN_TIMES) {
    const factor = (BIN_TIMES * tau) / bin
    findings.push({
      kind: 'bins',
      severity: factor,
      text: `tau = ${Number(tau.toPrecision(3))} sweeps is not small against a bin of ${bin} (${at}): errors allow for it, but neighbouring bins are correlated; use --sweeps ${roundUp(1.5 * factor * data.sweeps)}`,
    })
  }
  return findings
}

/** Errors that rest on too few independent samples, or cannot be given at all for want of samples. */
function few({ description, data, still, independent }: Judged, quantities: readonly QuantityData[]): Finding[] {
  const { samples, temperature, measureEvery } = data
  const moved = (t: number): boolean => [...still.values()].some((at) => !at.includes(t))
  const without = [...samples.keys()].filter((t) => {
    if (samples[t] === 0 || !moved(t)) return false
    return quantities.every(({ error }) => {
      const width = error.length / samples.length
      return error.subarray(t * width, (t + 1) * width).every(Number.isNaN)
    })
  })
  const [least] = without.sort((a, b) => (samples[a] as number) - (samples[b] as number))
  if (least !== undefined) {
    const text = `too few samples for errors: ${samples[least]} at T = ${temperature[least]}; use more --sweeps`
    return [{ kind: 'few', severity: Number.POSITIVE_INFINITY, text }]
  }
  const rarest = worst(quantities, temperature.length, ({ tau }) => {
    const width = tau ? tau.length / samples.length : 1
    return tau?.map((own, i) => (2 * own) / (measureEvery * (samples[Math.floor(i / width)] as number)))
  })
  if (rarest && 1 / rarest.value < ENOUGH_SAMPLES) {
    const fluctuations = description.derived.filter(({ fluctuation }) => fluctuation).map(({ name }) => name)
    const skewed =
      fluctuations.length > 0 ? `, those of ${fluctuations.join(' and ')} most, which are skewed and up to 1.7 times too small` : ''
    return [
      {
        kind: 'few',
        severity: rarest.value,
        text: `only ${(1 / rarest.value).toPrecision(2)} independent samples, N / (2 tau), fewer than ${ENOUGH_SAMPLES} (${rarest.name} at T = ${temperature[rarest.t]}): errors may be too small${skewed}; use --sweeps ${roundUp(1.5 * ENOUGH_SAMPLES * rarest.value * data.sweeps)}`,
      },
    ]
  }
  return skewed(data, independent)
}

/** Errors of derived quantities that rest on a few rare events. */
function skewed({ temperature, sweeps }: Judged['data'], independent: Judged['independent']): Finding[] {
  let found: { name: string; t: number; value: number } | undefined
  for (const [name, values] of independent) {
    for (const [t, value] of values.entries()) if (value < (found?.value ?? ENOUGH_WORTH)) found = { name, t, value }
  }
  if (!found) return []
  const { name, t, value } = found
  return [
    {
      kind: 'rare',
      severity: 1 / value,
      text: `the error of ${name} at T = ${temperature[t]} rests on a few rare events and is good to ${Math.round(100 / Math.sqrt(2 * value))} % only: it may be too small; use --sweeps ${roundUp((1.5 * ENOUGH_WORTH * sweeps) / value)}`,
    },
  ]
}

function spread({ temperature }: Judged['data'], quantities: readonly QuantityData[]): Finding[] {
  const widest = worst(quantities, temperature.length, ({ rhat }) => rhat)
  if (!widest || widest.value <= MAX_RHAT) return []
  const { name, t, value } = widest
  const text = `R-hat = ${Number(value.toPrecision(4))} > ${MAX_RHAT}: copies disagree (${name} at T = ${temperature[t]}); use more --sweeps and --thermalization`
  return [{ kind: 'rhat', severity: value, text }]
}

function identity({ description, data }: Judged): Finding[] {
  const { check, temperature, tempering } = data
  const findings: Finding[] = []
  if (Math.abs(check.combined) > CHECK_ERRORS) {
    findings.push({
      kind: 'combined',
      severity: Math.abs(check.combined),
      text: `the ${description.identity.statement} is off by ${Number(check.combined.toPrecision(3))} standard errors over all temperatures together: not in equilibrium, or a fault; do not trust this simulation`,
    })
  }
  for (const [t, T] of temperature.entries()) {
    const off = Math.abs((check.deviation[t] as number) / (check.deviationError[t] as number))
    if (hasSamples(data, t) && Number.isNaN(check.deviation[t])) {
      findings.push({
        kind: 'check',
        severity: Number.POSITIVE_INFINITY,
        text: `the ${description.identity.statement} is not a number at T = ${T}: an overflow or a fault; do not trust this temperature`,
      })
    }
    if (!(off > CHECK_ERRORS)) continue
    const ratio = check.mean[t] as number
    const value = Number.isNaN(ratio) ? '' : ` (${ratio.toPrecision(6)} in place of ${expectedOf(description.identity)(T)})`
    findings.push({
      kind: 'check',
      severity: off,
      text: `the ${description.identity.statement} is off by ${Number(off.toPrecision(3))} standard errors at T = ${T}${value}: not in equilibrium, or a fault; do not trust this temperature${tempering ? ', nor those with which it exchanges replicas' : ''}`,
    })
  }
  return findings
}

function hasSamples({ samples }: Judged['data'], t: number): boolean {
  return (samples[t] as number) > 0
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

/** `a, b, c and 4 more`, or all of a few. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(', ')
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown
}

/** Up to one significant digit: 4321 becomes 5000. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / power) * power
}
