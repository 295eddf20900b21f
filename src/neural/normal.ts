// The normal distribution in doubles: what gelu is made of. Nothing is refused; NaN gives NaN.

/** Up to here the series is summed; beyond, 1 - Φ would lose digits and the continued fraction converges fast. */
const SERIES_UP_TO = 1
/** Steps of the continued fraction, enough for all digits at its slowest, at `SERIES_UP_TO`. */
const DEPTH = 400

/** φ(z) = exp(-z²/2) / √(2π). */
export function normalDensity(z: number): number {
  // Near its tail the rounding of z² would be seen in the result: 24 bits of z have an exact square, the rest is small.
  const head = Math.abs(z) < 64 ? Math.fround(z) : z
  return (Math.exp(-(head * head) / 2) * Math.exp(-((z - head) * (z + head)) / 2)) / Math.sqrt(2 * Math.PI)
}

/** Φ(z) = ½ (1 + erf(z/√2)), the fraction of a normal distribution below z; all digits in both tails. */
export function normalBelow(z: number): number {
  if (Math.abs(z) <= SERIES_UP_TO) return 0.5 + normalDensity(z) * series(z)
  return z > 0 ? 1 - tail(z) : tail(-z)
}

/** (Φ(z) - ½) / φ(z) = z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + ... (Abramowitz & Stegun 26.2.11): terms of one sign, none cancel. */
function series(z: number): number {
  let sum = 0
  let term = z
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term
    term *= (z * z) / odd
  }
  return sum
}

/** 1 - Φ(z) = φ(z) / (z + 1/(z + 2/(z + 3/(z + ...)))) for z > 0 (Abramowitz & Stegun 26.2.14), from the innermost step outwards. */
function tail(z: number): number {
  let fraction = z
  for (let k = DEPTH; k > 0; k--) fraction = z + k / fraction
  return normalDensity(z) / fraction
}
