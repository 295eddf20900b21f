import type { Reweighting } from './reweighting.ts'

/** Share of the simulated range over which a slope is taken: reweighted curves are smooth, and bend on a far larger scale. */
const STEP = 1 / 2000

/** d(quantity)/dT at a temperature, of all data or without one block. @throws UsageError as Reweighting.value */
export function slopeAt(reweighting: Reweighting, quantity: string, temperature: number, without?: number): number {
  reweighting.refuse(temperature)
  const { temperature: simulated } = reweighting
  const [low, high] = [simulated[0] as number, simulated.at(-1) as number]
  const step = (high - low) * STEP
  const [from, to] = [Math.max(low, temperature - step), Math.min(high, temperature + step)]
  return (reweighting.value(quantity, to, without) - reweighting.value(quantity, from, without)) / (to - from)
}
