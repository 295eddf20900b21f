import type { GridPoint } from '../model.ts'
import { LANES, SQUEEZE } from './fields.ts'
import { couplingsOf } from './parameters.ts'

/** If βV changes by more than this over the sphere, heat baths start from squeezed draws. */
const STEEP = 2

/** Roughly how much βV grows from q = 0 to q = 1. */
function steepness({ inverseTemperature, parameters }: GridPoint): number {
  const { v1, v2, v3 } = couplingsOf(parameters)
  return inverseTemperature * (v1 + v2 + v3 / 2)
}

/** Of six components with variance 1/6 each, four get a weight exp(-steepness q) more: that much narrower, or wider. */
function squeezeOf(steepness: number): number {
  const ratio = Math.sqrt(1 + Math.abs(steepness) / 3)
  return steepness > 0 ? 1 / ratio : ratio
}

/** Whether a heat bath should start from squeezed draws at a point. */
export function isSteep(point: GridPoint): boolean {
  return Math.abs(steepness(point)) > STEEP
}

/** βρ, βv1, βv2, βv3 and λ of one lane, as workers/kernels/o6-site.ts has them. */
export function writeCouplings(couplings: Float32Array, lane: number, { inverseTemperature: beta, parameters }: GridPoint): void {
  const { rho, lambda, v1, v2, v3 } = couplingsOf(parameters)
  couplings[lane] = beta * rho
  couplings[LANES + lane] = beta * v1
  couplings[2 * LANES + lane] = beta * v2
  couplings[3 * LANES + lane] = beta * v3
  couplings[4 * LANES + lane] = lambda
}

/** How much narrower the draws of one lane are at its point. */
export function writeSqueeze(couplings: Float32Array, lane: number, point: GridPoint): void {
  couplings[LANES * SQUEEZE + lane] = squeezeOf(steepness(point))
}
