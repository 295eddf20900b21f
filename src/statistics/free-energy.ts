import { Matrix, solve } from 'ml-matrix'

/** Histograms of several temperatures over common energies. */
export interface Histograms {
  /** (temperature) 1/T. */
  readonly beta: Float64Array
  /** (temperature) independent samples. */
  readonly samples: Float64Array
  /** (bin) total energy. */
  readonly energy: Float64Array
  /** (bin) independent samples of all temperatures together. */
  readonly counts: Float64Array
}

/** Temperatures whose share of a bin is below e^-40 have nothing to say there. */
const NEGLIGIBLE = 40
/** Largest last step of a free energy, in units of T: far below any statistical error. */
const CLOSE = 1e-10
const MOST_STEPS = 100
/** How well each is found where Newton's method has nothing to go by, and the farthest that it may be, in units of T. */
const [ROUGH, LONGEST] = [0.1, 1e12]

/**
 * Free energies of the multiple-histogram method: f_k with e^(-f_k) = Σ_E n(E) e^(-β_k E) / Σ_j N_j e^(f_j - β_j E), f_0 = 0,
 * up to the constant that this leaves open. They are where a convex function is least, which Newton's method finds in a few
 * steps, in one or two from the solution of nearly the same data.
 *
 * Source: Ferrenberg, Swendsen, Phys. Rev. Lett. 63, 1195 (1989); the convex function: Shirts, Chodera, J. Chem. Phys. 129,
 * 124105 (2008), appendix C. Needs histograms that overlap.
 *
 * @param start first guess, (temperature)
 */
export function freeEnergies(histograms: Histograms, start: Float64Array): Float64Array {
  const { samples } = histograms
  let f = start.slice()
  let at = slopeOf(histograms, f)
  for (let step = 0; step < MOST_STEPS; step++) {
    // A temperature without samples has no equation, and of the others one stays: only differences mean anything.
    const free = [...samples.keys()].filter((k) => (samples[k] as number) > 0).slice(1)
    if (free.length === 0) return f
    const change = newtonStep(at, free, samples.length) ?? oneByOne(histograms, f, free)
    let [share, next, there] = [1, f, at]
    for (let halvings = 0; halvings < 30; halvings++) {
      next = f.slice()
      for (const [i, k] of free.entries()) next[k] = (f[k] as number) - share * (change[i] as number)
      there = slopeOf(histograms, next)
      if (there.value <= at.value + 1e-9 * Math.abs(at.value)) break
      share /= 2
    }
    f = next
    at = there
    if (Math.max(...change.map(Math.abs)) < CLOSE) break
  }
  return f
}

/** @returns undefined so far from the solution that temperatures share no bin: second derivatives are 0 there, or rounding errors */
function newtonStep({ gradient, hessian }: Slope, free: readonly number[], T: number): number[] | undefined {
  const matrix = new Matrix(free.map((k) => free.map((j) => hessian[k * T + j] as number)))
  try {
    const change = solve(matrix, Matrix.columnVector(free.map((k) => gradient[k] as number)), false).to1DArray()
    return change.every((value) => Math.abs(value) < NEGLIGIBLE) ? change : undefined
  } catch {
    return undefined
  }
}

/** Each f_k in turn where its own equation holds, the others as they are: slow, but it leads to the solution from anywhere. */
function oneByOne(histograms: Histograms, f: Float64Array, free: readonly number[]): number[] {
  const next = f.slice()
  return free.map((k) => {
    const tooLow = (value: number): boolean => {
      next[k] = value
      return countOf(histograms, next, k) < (histograms.samples[k] as number)
    }
    const up = tooLow(f[k] as number)
    let step = up ? 1 : -1
    while (tooLow((f[k] as number) + step) === up && Math.abs(step) < LONGEST) step *= 2
    let [low, high] = up ? [f[k] as number, (f[k] as number) + step] : [(f[k] as number) + step, f[k] as number]
    while (high - low > ROUGH) {
      const middle = (low + high) / 2
      if (tooLow(middle)) low = middle
      else high = middle
    }
    next[k] = (low + high) / 2
    return (f[k] as number) - (next[k] as number)
  })
}

/** Σ_E n(E) times the share of one temperature, which grows with its f_k. */
function countOf(histograms: Histograms, f: Float64Array, k: number): number {
  const { energy, counts } = histograms
  const shares = new Float64Array(f.length)
  let sum = 0
  for (let bin = 0; bin < energy.length; bin++) {
    const n = counts[bin] as number
    if (n === 0) continue
    sharesOf(histograms, f, energy[bin] as number, shares)
    sum += n * (shares[k] as number)
  }
  return sum
}

/** ln Σ_k N_k e^(f_k - β_k E) of every bin. */
export function logDenominators(histograms: Histograms, f: Float64Array): Float64Array {
  const { energy } = histograms
  const shares = new Float64Array(f.length)
  return energy.map((E) => sharesOf(histograms, f, E, shares))
}

/** The shares of all temperatures in a bin, N_k e^(f_k - β_k E), relative to the largest. @returns the logarithm of their sum */
function sharesOf({ beta, samples }: Histograms, f: Float64Array, E: number, shares: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < f.length; k++) {
    const term = Math.log(samples[k] as number) + (f[k] as number) - (beta[k] as number) * E
    shares[k] = term
    if (term > largest) largest = term
  }
  let sum = 0
  for (let k = 0; k < f.length; k++) {
    const below = (shares[k] as number) - largest
    const share = below > -NEGLIGIBLE ? Math.exp(below) : 0
    shares[k] = share
    sum += share
  }
  for (let k = 0; k < f.length; k++) shares[k] = (shares[k] as number) / sum
  return largest + Math.log(sum)
}

interface Slope {
  readonly value: number
  readonly gradient: Float64Array
  readonly hessian: Float64Array
}

/** Σ_E n(E) ln Σ_k N_k e^(f_k - β_k E) - Σ_k N_k f_k, with its first and second derivatives. */
function slopeOf(histograms: Histograms, f: Float64Array): Slope {
  const { samples, energy, counts } = histograms
  const T = f.length
  const gradient = samples.map((N) => -N)
  const hessian = new Float64Array(T * T)
  const shares = new Float64Array(T)
  let value = -samples.reduce((sum, N, k) => sum + N * (f[k] as number), 0)
  for (let bin = 0; bin < energy.length; bin++) {
    const n = counts[bin] as number
    if (n === 0) continue
    value += n * sharesOf(histograms, f, energy[bin] as number, shares)
    for (let k = 0; k < T; k++) {
      const share = shares[k] as number
      if (share === 0) continue
      gradient[k] = (gradient[k] as number) + n * share
      hessian[k * T + k] = (hessian[k * T + k] as number) + n * share
      for (let j = 0; j < T; j++) hessian[k * T + j] = (hessian[k * T + j] as number) - n * share * (shares[j] as number)
    }
  }
  return { value, gradient, hessian }
}
