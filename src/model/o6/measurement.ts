import type { Parameters } from '../model.ts'
import { LANES } from './fields.ts'
import { couplingsOf } from './parameters.ts'

/** Sums over the sites of the kernel o6Measure, in order; then M1 .. M6 lie between `currentY` and `q`. */
const Sum = { psi: 0, phi: 1, currentX: 2, currentY: 3, moments: 4, q: 10, qSquared: 11, fourths: 12, nematic: 13 } as const

/** H of one lane. @param sums (sum, lanes) */
export function energyOf(sums: Float64Array, lane: number, sites: number, parameters: Parameters): number {
  const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
  const exchange = at(sums, Sum.psi, lane) + lambda * at(sums, Sum.phi, lane)
  const onSite = v1 * at(sums, Sum.q, lane) + v2 * at(sums, Sum.qSquared, lane) + v3 * at(sums, Sum.fourths, lane)
  return 2 * rho * sites - rho * exchange + onSite
}

/** ∂H/∂p of one lane: H is linear in each p, so it is a difference of two energies. */
export function slopeOf(sums: Float64Array, lane: number, sites: number, parameters: Parameters, along: string): number {
  return energyOf(sums, lane, sites, { ...parameters, [along]: 1 }) - energyOf(sums, lane, sites, { ...parameters, [along]: 0 })
}

function at(sums: Float64Array, k: number, lane: number): number {
  return sums[LANES * k + lane] as number
}

/**
 * All columns of the lanes that hold slots, as Stepper.sample.
 *
 * @param fourier amplitudes of the block of wave vectors, (vector, part, lanes)
 */
export function writeSample(
  out: Float64Array,
  energy: Float64Array,
  lanes: Int32Array,
  stride: number,
  sums: Float64Array,
  fourier: Float32Array,
  N: number,
): void {
  const vectors = fourier.length / (4 * LANES)
  for (let slot = 0; slot < lanes.length; slot++) {
    const lane = lanes[slot] as number
    const e = (energy[lane] as number) / N
    let [sc, cdw] = [0, 0]
    for (let k = 0; k < 2; k++) sc += (at(sums, Sum.moments + k, lane) / N) ** 2
    for (let k = 2; k < 6; k++) cdw += (at(sums, Sum.moments + k, lane) / N) ** 2
    const nematic = at(sums, Sum.nematic, lane) / N
    const current = (at(sums, Sum.currentX, lane) ** 2 + at(sums, Sum.currentY, lane) ** 2) / (2 * N)
    out[slot] = e
    out[stride + slot] = e * e
    out[2 * stride + slot] = sc
    out[3 * stride + slot] = sc * sc
    out[4 * stride + slot] = cdw
    out[5 * stride + slot] = at(sums, Sum.q, lane) / N
    out[6 * stride + slot] = Math.abs(nematic)
    out[7 * stride + slot] = nematic * nematic
    out[8 * stride + slot] = at(sums, Sum.psi, lane) / (2 * N)
    out[9 * stride + slot] = current
    for (let k = 0; k < vectors; k++) {
      let square = 0
      for (let part = 0; part < 4; part++) square += (fourier[4 * LANES * k + LANES * part + lane] as number) ** 2
      out[(10 + k) * stride + slot] = square / N
    }
  }
}
