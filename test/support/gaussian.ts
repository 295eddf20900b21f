import type { Sfc64 } from '../../src/engine/random/sfc64.ts'

/** A Gaussian process with ρ(t) = a^t, so τ = ½ (1 + a) / (1 - a), variance 1 and the given mean. */
export function gaussianProcess(a: number, length: number, mean: number, random: Sfc64): Float64Array {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
  let x = gauss()
  return Float64Array.from({ length }, () => {
    x = a * x + Math.sqrt(1 - a * a) * gauss()
    return mean + x
  })
}
