import type { Dataset } from '../dataset/dataset.ts'

/** The mean probability of class 1 at each temperature, and where it crosses one half. */
export interface Curve {
  /** (temperature) ascending. */
  readonly temperature: Float64Array
  /** (temperature) over the examples there and all networks. */
  readonly probability: Float64Array
  /** (temperature) Standard error: of the finite number of configurations and of networks, together. */
  readonly error: Float64Array
  /**
   * (temperature, temperature) Squares of `error`, and how errors at different temperatures go together: networks and groups
   * move a whole curve. Undefined for too many temperatures.
   */
  readonly covariance?: Float64Array | undefined
  /** (temperature) examples. */
  readonly count: Int32Array
  /** (network, temperature) */
  readonly networks: readonly Float64Array[]
  /** Where the curve goes through ½; undefined where it does not. */
  readonly crossing?: Crossing | undefined
}

export interface Crossing {
  readonly temperature: number
  /** Standard error; NaN where there is nothing to take it from. */
  readonly error: number
}

/** Temperatures from which on the covariance would be too large, and a grid is none any more. */
const MOST_TEMPERATURES = 1000

/** Blocks that examples without groups are dealt out to. */
const BLOCKS = 20

/**
 * Averages probabilities at each temperature.
 *
 * Errors have two parts. Configurations: a jackknife over the groups (independent copies), since those of one copy depend on
 * each other; examples without groups count as independent. Networks: their variance over n, which is what the mean of n of
 * them has; where each was trained on groups drawn with replacement, the variance itself, since it then also tells of the
 * finite data that all of them come from, which no number of networks averages away.
 *
 * @param rows rows of the data, (example)
 * @param probabilities for each network, (example)
 */
export function curveOf(data: Dataset, rows: Int32Array, probabilities: readonly Float64Array[], bootstrap: boolean): Curve {
  const T = data.temperature as Float64Array
  const temperature = Float64Array.from(new Set(Array.from(rows, (row) => T[row] as number))).sort()
  const places = new Map([...temperature].map((value, t) => [value, t]))
  const at = Int32Array.from(rows, (row) => places.get(T[row] as number) as number)
  const count = new Int32Array(temperature.length)
  const group = Int32Array.from(rows, (row, i) => {
    // Dealt out at each temperature by itself: rows may come in any order of temperatures.
    const t = at[i] as number
    const before = count[t] as number
    count[t] = before + 1
    return data.group?.[row] ?? before % BLOCKS
  })
  const average = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(temperature.length)
    values.forEach((value, i) => {
      sums[at[i] as number] = (sums[at[i] as number] as number) + value
    })
    return sums.map((sum, t) => sum / (count[t] as number))
  }
  const networks = probabilities.map((values) => average(values))
  const mean = Float64Array.from(
    rows,
    (_, i) => probabilities.reduce((sum, values) => sum + (values[i] as number), 0) / probabilities.length,
  )
  const probability = average(mean)
  // Without each group: the probabilities that change, at each temperature, and where the curve then crosses.
  const left = Array.from(temperature, (): number[] => [])
  const leftTogether: Left[][] = []
  const leftCrossings: number[] = []
  for (const cells of cellsOf(group, at, mean, temperature.length)) {
    const without = probability.slice()
    const together = cells.map(({ t, sum, examples }): Left => {
      const all = count[t] as number
      return { t, p: examples === all ? Number.NaN : ((probability[t] as number) * all - sum) / (all - examples) }
    })
    for (const { t, p } of together) {
      without[t] = p
      left[t]?.push(p)
    }
    leftTogether.push(together)
    const crossing = crossingOf(temperature, without)
    if (crossing !== undefined) leftCrossings.push(crossing)
  }
  const errorOf = (ofGroups: readonly number[], ofNetworks: readonly number[]): number =>
    Math.sqrt(jackknifed(ofGroups) + (ofNetworks.length > 1 ? variance(ofNetworks) / (bootstrap ? 1 : ofNetworks.length) : 0))
  const error = temperature.map((_, t) =>
    errorOf(
      left[t] ?? [],
      networks.map((curve) => curve[t] as number),
    ),
  )
  const crossing = crossingOf(temperature, probability)
  const crossings = networks.map((curve) => crossingOf(temperature, curve)).filter((value) => value !== undefined)
  return {
    temperature,
    probability,
    error,
    covariance: temperature.length > MOST_TEMPERATURES ? undefined : covarianceOf(error, left, leftTogether, networks, bootstrap),
    count,
    networks,
    crossing: crossing === undefined ? undefined : { temperature: crossing, error: errorOf(leftCrossings, crossings) },
  }
}

/** The probability at one temperature, without one group. */
interface Left {
  readonly t: number
  readonly p: number
}

/** As the variances are made, (temperature, temperature); their diagonal is error². */
function covarianceOf(
  error: Float64Array,
  left: readonly (readonly number[])[],
  leftTogether: readonly (readonly Left[])[],
  networks: readonly Float64Array[],
  bootstrap: boolean,
): Float64Array {
  const T = error.length
  const covariance = new Float64Array(T * T)
  const add = (deviations: readonly Left[]): void => {
    for (const one of deviations) {
      for (const { t, p } of deviations) covariance[one.t * T + t] = (covariance[one.t * T + t] as number) + one.p * p
    }
  }
  const means = left.map((values) => meanOf(values))
  for (const together of leftTogether) {
    add(
      together.map(({ t, p }) => {
        const n = left[t]?.length ?? 0
        return { t, p: Math.sqrt((n - 1) / n) * (p - (means[t] as number)) }
      }),
    )
  }
  const K = networks.length
  const scale = Math.sqrt((K - 1) * (bootstrap ? 1 : K))
  const middle = error.map((_, t) => meanOf(networks.map((curve) => curve[t] as number)))
  if (K > 1) for (const curve of networks) add(Array.from(curve, (p, t) => ({ t, p: (p - (middle[t] as number)) / scale })))
  error.forEach((value, t) => {
    covariance[t * T + t] = value ** 2
  })
  return covariance
}

/** What the examples of one group are together, at one temperature. */
interface Cell {
  readonly t: number
  sum: number
  examples: number
}

/** Cells of each group. One pass over the examples: there may be as many groups as examples. */
function cellsOf(group: Int32Array, at: Int32Array, values: Float64Array, temperatures: number): Iterable<readonly Cell[]> {
  const cells = new Map<number, Cell>()
  const groups = new Map<number, Cell[]>()
  values.forEach((value, i) => {
    const [g, t] = [group[i] as number, at[i] as number]
    const key = g * temperatures + t
    let cell = cells.get(key)
    if (!cell) {
      cell = { t, sum: 0, examples: 0 }
      cells.set(key, cell)
      const others = groups.get(g)
      if (others) others.push(cell)
      else groups.set(g, [cell])
    }
    cell.sum += value
    cell.examples++
  })
  return groups.values()
}

/** |ln p/(1 - p)| up to which a curve is nearly a straight line through its crossing: p from 0.38 to 0.62. */
const STRAIGHT = 0.5

/**
 * Where a curve goes through one half: a straight line in its logit, ln p/(1 - p), through all points near the crossing. Two
 * neighbours alone would take their noise for the slope, and where noise makes it steep the error seem small.
 */
export function crossingOf(temperature: Float64Array, probability: Float64Array): number | undefined {
  // Without its only group a temperature has no probability; the line then goes past it.
  const points = Array.from(probability, (p, t) => ({
    T: temperature[t] as number,
    logit: Math.log(Math.max(p, 1e-12) / Math.max(1 - p, 1e-12)),
  })).filter(({ logit }) => !Number.isNaN(logit))
  const turns = points.slice(1).flatMap(({ logit }, i) => ((points[i] as { logit: number }).logit > 0 === logit > 0 ? [] : [i]))
  const turn = turns[Math.floor(turns.length / 2)]
  if (turn === undefined) return undefined
  let [from, to] = [turn, turn + 1]
  const isNear = (k: number): boolean => Math.abs(points[k]?.logit ?? Number.POSITIVE_INFINITY) <= STRAIGHT
  while (isNear(from - 1)) from--
  while (isNear(to + 1)) to++
  const near = points.slice(from, to + 1)
  const [T, logit] = [meanOf(near.map((point) => point.T)), meanOf(near.map((point) => point.logit))]
  const slope = near.reduce((sum, p) => sum + (p.T - T) * (p.logit - logit), 0) / near.reduce((sum, p) => sum + (p.T - T) ** 2, 0)
  const crossing = T - logit / slope
  const [first, last] = [near[0]?.T ?? crossing, near.at(-1)?.T ?? crossing]
  return crossing >= first && crossing <= last ? crossing : undefined
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

function variance(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

/** Variance of a mean from its values without one group each; NaN where that leaves nothing. */
function jackknifed(values: readonly number[]): number {
  const n = values.length
  return n > 1 ? ((n - 1) ** 2 / n) * variance(values) : Number.NaN
}
