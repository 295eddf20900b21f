import type { Exact } from '../exact.ts'
import type { Parameters } from '../parameters.ts'
import { enumerateIsing, LARGEST_ENUMERATED } from './enumeration.ts'
import { loopSeries, nearInfinite, nearZero, SMALL } from './loop-series.ts'

export { enumerateIsing } from './enumeration.ts'

/** Critical temperature of the square lattice, J = 1: 2 / ln(1 + √2). */
export const TC_ISING = 2 / Math.log(1 + Math.SQRT2)

/** A function of K = J/T with its first two derivatives. */
interface Jet {
  readonly value: number
  readonly first: number
  readonly second: number
}

/**
 * Energy and specific heat per site of the L x L torus without a field, exact.
 *
 * Source: B. Kaufman, Phys. Rev. 76, 1232 (1949); derivatives as in Ferdinand, Fisher, Phys. Rev. 185, 832 (1969), here
 * taken analytically to second order; at low and at high temperatures as series. All digits but the last three are right, at any
 * temperature. For J < 0 the lattice must be even, where it maps onto J > 0.
 *
 * @param size linear size, 2 or more (2 has doubled bonds)
 * @throws RangeError for J < 0 on an odd lattice, which Kaufman's formula does not cover
 */
export function kaufman(size: number, temperature: number, J = 1): { readonly energy: number; readonly specificHeat: number } {
  if (J < 0 && size % 2 === 1) throw new RangeError(`no exact energy of an antiferromagnet on an odd lattice (L = ${size})`)
  const coupling = Math.abs(J)
  const K = coupling / temperature
  const extreme = atExtremes(size, K)
  if (extreme) return { energy: coupling * extreme.energy, specificHeat: extreme.specificHeat }
  if (size * Math.abs(2 * K + Math.log(Math.tanh(K))) > SEVERED) return onsager(temperature, J)
  const N = size * size
  const S = Math.sinh(2 * K)
  const C = Math.cosh(2 * K)
  const gamma = (l: number): Jet => {
    if (l === 0) return { value: 2 * K + Math.log(Math.tanh(K)), first: 2 + 2 / S, second: (-4 * C) / S ** 2 }
    // cosh γ = S + 1/S - cos(πl/L)
    const x = S + 1 / S - Math.cos((Math.PI * l) / size)
    const [x1, x2] = [2 * C * (1 - 1 / S ** 2), 4 * S - 4 / S + (8 * (1 + S ** -2)) / S]
    const root = Math.sqrt(x * x - 1)
    const first = x1 / root
    return { value: Math.acosh(x), first, second: (x2 - x * first ** 2) / root }
  }
  const half = (g: Jet): Jet => ({ value: (size * g.value) / 2, first: (size * g.first) / 2, second: (size * g.second) / 2 })
  const sum = (jets: readonly Jet[]): Jet =>
    jets.reduce((a, b) => ({ value: a.value + b.value, first: a.first + b.first, second: a.second + b.second }))
  const indices = Array.from({ length: size }, (_, r) => r)
  const odd = indices.map((r) => half(gamma(2 * r + 1)))
  const even = indices.map((r) => half(gamma(2 * r)))
  const logs = [sum(odd.map(lnCosh)), sum(odd.map(lnSinh)), sum(even.map(lnCosh))]
  // The fourth product changes sign with γ_0 at T_c, where its logarithm does not exist: keep that factor by itself.
  const rest = sum(even.slice(1).map(lnSinh))
  const top = Math.max(...logs.map((jet) => jet.value))
  const terms = logs.map((jet) => exponential(jet, top))
  terms.push(product(exponential(rest, top - Math.abs((even[0] as Jet).value)), twoSinhScaled(even[0] as Jet)))
  const Z = sum(terms)
  const lnSum = { first: Z.first / Z.value, second: Z.second / Z.value - (Z.first / Z.value) ** 2 }
  // (N/2) ln(2 sinh 2K)
  const first = (N * C) / S + lnSum.first
  const second = (-2 * N) / S ** 2 + lnSum.second
  return { energy: (-coupling * first) / N, specificHeat: (K * K * second) / N }
}

/** Correlation lengths around a torus beyond which it is infinite in all digits; the largest numbers of a sum would hide the rest. */
const SEVERED = 60

/** Where closed forms lose digits, which is far above and far below T_c: the energy in units of J; undefined between. */
function atExtremes(size: number, K: number): { readonly energy: number; readonly specificHeat: number } | undefined {
  if (Math.tanh(K) < SMALL) return nearInfinite(loopSeries(size), K)
  if (Math.exp(-2 * K) < SMALL) return nearZero(loopSeries(size), K)
  return undefined
}

/** ln(2 cosh a) */
function lnCosh(a: Jet): Jet {
  const t = Math.tanh(a.value)
  return {
    value: Math.abs(a.value) + Math.log1p(Math.exp(-2 * Math.abs(a.value))),
    first: t * a.first,
    second: (1 - t * t) * a.first ** 2 + t * a.second,
  }
}

/** ln(2 sinh a), a > 0 */
function lnSinh(a: Jet): Jet {
  const c = 1 / Math.tanh(a.value)
  return {
    value: a.value + Math.log1p(-Math.exp(-2 * a.value)),
    first: c * a.first,
    second: (1 - c * c) * a.first ** 2 + c * a.second,
  }
}

/** 2 sinh a · e^{-|a|}, with the derivatives of 2 sinh a under the same scale. */
function twoSinhScaled(a: Jet): Jet {
  const small = Math.exp(-2 * Math.abs(a.value))
  const sinh = Math.sign(a.value) * (1 - small)
  const cosh = 1 + small
  return { value: sinh, first: cosh * a.first, second: sinh * a.first ** 2 + cosh * a.second }
}

/** e^{a - scale} */
function exponential(a: Jet, scale: number): Jet {
  const value = Math.exp(a.value - scale)
  return { value, first: value * a.first, second: value * (a.second + a.first ** 2) }
}

function product(a: Jet, b: Jet): Jet {
  return {
    value: a.value * b.value,
    first: a.first * b.value + a.value * b.first,
    second: a.second * b.value + 2 * a.first * b.first + a.value * b.second,
  }
}

/**
 * Energy and specific heat per site of the infinite lattice, J > 0, no field.
 *
 * Source: L. Onsager, Phys. Rev. 65, 117 (1944). The specific heat is infinite at T_c.
 */
export function onsager(temperature: number, J = 1): { readonly energy: number; readonly specificHeat: number } {
  const K = Math.abs(J) / temperature
  const extreme = atExtremes(Number.POSITIVE_INFINITY, K)
  if (extreme) return { energy: Math.abs(J) * extreme.energy, specificHeat: extreme.specificHeat }
  const t = Math.tanh(2 * K)
  const k = (2 * Math.sinh(2 * K)) / Math.cosh(2 * K) ** 2
  const w = 2 * t * t - 1
  // 1 - k² is w², which has no cancellation near T_c.
  const { first, second } = ellipticIntegrals(Math.min(k, 1), Math.abs(w))
  return {
    // At T_c the integral diverges but its factor vanishes.
    energy: (-Math.abs(J) / t) * (1 + (Math.abs(w) < 1e-12 ? 0 : (2 / Math.PI) * w * first)),
    specificHeat: (4 / Math.PI) * (K / t) ** 2 * (first - second - (1 - t * t) * (Math.PI / 2 + w * first)),
  }
}

/** Complete elliptic integrals of modulus k, with √(1 - k²) given too, by the arithmetic-geometric mean. */
function ellipticIntegrals(k: number, complementary: number): { readonly first: number; readonly second: number } {
  let [a, g, c, power] = [1, complementary, k, 0.5]
  let sum = power * c * c
  // Means that differ in their last bits never meet.
  while (c > 4e-16) {
    ;[a, g, c] = [(a + g) / 2, Math.sqrt(a * g), (a - g) / 2]
    power *= 2
    sum += power * c * c
  }
  const first = Math.PI / (2 * a)
  return { first, second: first * (1 - sum) }
}

/** Spontaneous magnetization of the infinite lattice, J > 0; 0 from T_c on. Source: C. N. Yang, Phys. Rev. 85, 808 (1952). */
export function yang(temperature: number, J = 1): number {
  return temperature >= TC_ISING * J ? 0 : (1 - Math.sinh((2 * J) / temperature) ** -4) ** 0.125
}

export const exactIsing: Exact = {
  finite,
  infinite: (quantity, { J = 1 }, temperature) => {
    if (quantity === 'energy') return onsager(temperature, J).energy
    if (quantity === 'specific_heat') return onsager(temperature, J).specificHeat
    return quantity === 'abs_magnetization' && J > 0 ? yang(temperature, J) : undefined
  },
  diverging: ['specific_heat'],
  source: (quantity) => (quantity === 'abs_magnetization' ? 'Yang 1952' : 'Onsager 1944'),
  // An antiferromagnet orders at the same temperature, unless a ring of odd length frustrates it.
  criticalTemperature: ({ J = 1, h = 0 }, size) => (h === 0 && J !== 0 && (J > 0 || size % 2 === 0) ? TC_ISING * Math.abs(J) : undefined),
}

/** Everything up to L = 4, energy and specific heat beyond. */
function finite(observable: string, size: number, parameters: Parameters, temperature: number): number | undefined {
  if (size <= LARGEST_ENUMERATED) return enumerateIsing(size, temperature, parameters)[observable]
  const { J = 1, h = 0 } = parameters
  if (h !== 0 || (J < 0 && size % 2 === 1)) return undefined
  if (observable !== 'energy' && observable !== 'specific_heat') return undefined
  const exact = kaufman(size, temperature, J)
  return observable === 'energy' ? exact.energy : exact.specificHeat
}
