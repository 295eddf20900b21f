import { exponential, logarithm, type PowerSeries, product, raised, reciprocal, sum, times } from './power-series.ts'

/** Largest power that is kept: below x = `SMALL` what follows is 1e-15 of the first term, as the series converges up to x = √2 - 1. */
const POWERS = 28
/** Below this the series are used: closed forms are differences of numbers that are larger by 1/x² to 1/x⁴. */
export const SMALL = 0.1

/** ln of a sum over loops on the L x L torus, per site, as series of x^0, x^1, ... */
interface LoopSeries {
  /** Of all closed loops, x = tanh K: Z = (2 cosh² K)^N e^(N high(x)). */
  readonly high: PowerSeries
  /** Of those that are boundaries of domains, x = e^(-2K): Z = 2 e^(2NK) e^(N low(x)). */
  readonly low: PowerSeries
}

const known = new Map<number, LoopSeries>()

/**
 * Series about infinite and zero temperature of the L x L torus, J > 0 and no field.
 *
 * The sum over loops is half (high) or a quarter (low) of four products, as momenta in x and y are even or odd multiples of π/L.
 * That over the momenta in y is closed, z^L (1 ± (B/z)^L)², z + B²/z = (1 + x²)² - 2B cos θ, B = x (1 - x²); here the logarithms of the
 * products are series of x. Loops have at least four bonds, or L where they wind around the torus, so that all smaller powers
 * vanish in the sum over θ: they are left out, and none of the digits of the others is lost.
 *
 * Source: B. Kaufman, Phys. Rev. 76, 1232 (1949), in the variables of R. B. Potts, J. C. Ward, Prog. Theor. Phys. 13, 38 (1955).
 *
 * @param size 2 or more; loops around a torus beyond `POWERS` are longer than what is kept, so Infinity is as good
 */
export function loopSeries(size: number): LoopSeries {
  const L = Math.min(size, POWERS + 1)
  const found = known.get(L) ?? summed(L)
  known.set(L, found)
  return found
}

function summed(L: number): LoopSeries {
  const N = L * L
  const odd = productsOf(L, 1)
  const even = productsOf(L, 0)
  // The product of both odd is taken out; what others differ by winds around the torus.
  const factors = [odd.minus, even.plus, even.minus].map((log) =>
    exponential(sum(log, times(-1, odd.plus)).map((value, m) => (m < L ? 0 : value))),
  )
  const [oddEven = [], evenOdd = [], bothEven = []] = factors
  const one = odd.plus.map((_, m) => (m === 0 ? 1 : 0))
  const bulk = odd.plus.map((value, m) => (m < Math.min(L, 4) ? 0 : value))
  const perSite = (ratio: PowerSeries): number[] => times(1 / N, sum(bulk, logarithm(ratio)))
  return {
    high: perSite(times(1 / 2, sum(one, oddEven, evenOdd, times(-1, bothEven)))),
    // Boundaries have four bonds or more on small lattices too.
    low: perSite(times(1 / 4, sum(one, oddEven, evenOdd, bothEven))).map((value, m) => (m < 4 ? 0 : value)),
  }
}

/** ln Π_θ z^(L/2) (1 ± (B/z)^L) over the momenta θ = 2πr/L, or half a step beyond. */
function productsOf(L: number, parity: 0 | 1): { readonly plus: PowerSeries; readonly minus: PowerSeries } {
  const zero = new Array<number>(POWERS + 1).fill(0)
  const series = (...terms: readonly number[]): number[] => zero.map((_, m) => terms[m] ?? 0)
  const B = series(0, 1, 0, -1)
  const square = product(B, B)
  let [plus, minus] = [zero, zero]
  for (let r = 0; r < L; r++) {
    const cosine = Math.cos((Math.PI * (2 * r + parity)) / L)
    const A = sum(series(1, 0, 2, 0, 1), times(-2 * cosine, B))
    // Each turn of z = A - B²/z gives two powers more.
    let z = A
    for (let turn = 0; turn <= POWERS / 2; turn++) z = sum(A, times(-1, product(square, reciprocal(z))))
    const log = logarithm(z)
    const winding = raised(exponential(times(L, sum(logarithm(series(1, 0, -1)), times(-1, log)))), L)
    const half = times(L / 2, log)
    const one = series(1)
    plus = sum(plus, half, logarithm(sum(one, winding)))
    minus = sum(minus, half, logarithm(sum(one, times(-1, winding))))
  }
  return { plus, minus }
}

/** Energy and specific heat per site for small K = J/T > 0, `tanh K < SMALL`; the energy in units of J. */
export function nearInfinite({ high }: LoopSeries, K: number): { readonly energy: number; readonly specificHeat: number } {
  const v = Math.tanh(K)
  const slope = 1 - v * v
  const { first, second } = derivatives(high, v)
  return {
    energy: -(2 * v + slope * first),
    specificHeat: K * K * slope * (2 + slope * second - 2 * v * first),
  }
}

/** Energy and specific heat per site for large K = J/T, `e^(-2K) < SMALL`; the energy in units of J. */
export function nearZero({ low }: LoopSeries, K: number): { readonly energy: number; readonly specificHeat: number } {
  const u = Math.exp(-2 * K)
  // Otherwise an infinite K is multiplied by 0.
  if (u === 0) return { energy: -2, specificHeat: 0 }
  const { first, second } = derivatives(low, u)
  // d/dK = -2u d/du
  const curvature = first / u + second
  return { energy: -2 + 2 * u * first, specificHeat: 4 * (K * u) ** 2 * curvature }
}

function derivatives(series: PowerSeries, x: number): { readonly first: number; readonly second: number } {
  let [first, second] = [0, 0]
  for (let m = series.length - 1; m >= 1; m--) {
    first = first * x + m * (series[m] as number)
    if (m >= 2) second = second * x + m * (m - 1) * (series[m] as number)
  }
  return { first, second }
}
