import type { Parameters } from '../model.ts'
import { LANES } from './fields.ts'
import { couplingsOf } from './parameters.ts'

/** Sums over the sites of the kernel o6Measure, in order; then M1 .. M6 lie between `currentY` and `q`. */
const Sum = { psi: 0, phi: 1, currentX: 2, currentY: 3, moments: 4, q: 10, qSquared: 11, fourths: 12, nematic: 13 } as const

/** H of one lane. @param sums (sum, lanes) */
export function energyOf(sums: Float64Array, lane: number, sites: number, parameters: Parameters): number {
  const sum = (k: number): number => sums[LANES * k + lane] as number
  const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
  const exchange = sum(Sum.psi) + lambda * sum(Sum.phi)
  const onSite = v1 * sum(Sum.q) + v2 * sum(Sum.qSquared) + v3 * sum(Sum.fourths)
  return 2 * rho * sites - rho * exchange + onSite
}

/** ∂H/∂p of one lane: H is linear in each p, so it is a difference of two energies. */
export function slopeOf(sums: Float64Array, lane: number, sites: number, parameters: Parameters, along: string): number {
  const at = (value: number): number => energyOf(sums, lane, sites, { ...parameters, [along]: value })
  return at(1) - at(0)
}

/**
 * All columns of one lane, into every `stride`-th number of `out` from `slot` on.
 *
 * @param fourier (k, part, lanes) of the block of wave vectors
 */
export function writeColumns(
  out: Float64Array,
  slot: number,
  stride: number,
  { sums, fourier }: { readonly sums: Float64Array; readonly fourier: Float32Array },
  lane: number,
  energy: number,
  sites: number,
): void {
  const N = sites
  const sum = (k: number): number => sums[LANES * k + lane] as number
  const moment = (k: number): number => sum(Sum.moments + k) / N
  const e = energy / N
  const sc = moment(0) ** 2 + moment(1) ** 2
  const cdw = moment(2) ** 2 + moment(3) ** 2 + moment(4) ** 2 + moment(5) ** 2
  const nematic = sum(Sum.nematic) / N
  const current = (sum(Sum.currentX) ** 2 + sum(Sum.currentY) ** 2) / (2 * N)
  out[slot] = e
  out[stride + slot] = e * e
  out[2 * stride + slot] = sc
  out[3 * stride + slot] = sc * sc
  out[4 * stride + slot] = cdw
  out[5 * stride + slot] = sum(Sum.q) / N
  out[6 * stride + slot] = Math.abs(nematic)
  out[7 * stride + slot] = nematic * nematic
  out[8 * stride + slot] = sum(Sum.psi) / (2 * N)
  out[9 * stride + slot] = current
  const vectors = fourier.length / (4 * LANES)
  for (let k = 0; k < vectors; k++) {
    let square = 0
    for (let part = 0; part < 4; part++) square += (fourier[4 * LANES * k + LANES * part + lane] as number) ** 2
    out[(10 + k) * stride + slot] = square / N
  }
}
