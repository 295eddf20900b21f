/**
 * R̂ of Gelman and Rubin between copies, each split in halves so that a drift shows too.
 * 1 where all halves agree; above 1.05 copies have not forgotten where they started.
 *
 * Source: Gelman et al., Bayesian Data Analysis, 3rd ed., section 11.4.
 *
 * Copies that are less than half as long as the longest are left out, and those of fewer than four bins: they are parts of a job
 * that are missing or have only begun, and say nothing about the rest.
 *
 * @param copies bins of each copy
 * @param meanSquare mean of the squares of the single samples, over all copies
 * @returns NaN for fewer than two such copies, or a quantity that never moves
 */
export function splitRhat(copies: readonly Float64Array[], meanSquare: number): number {
  const longest = copies.reduce((most, copy) => Math.max(most, copy.length), 0)
  const judged = copies.filter((copy) => copy.length >= 4 && 2 * copy.length >= longest)
  if (judged.length < 2) return Number.NaN
  const halves: number[] = []
  for (const copy of judged) {
    const half = copy.length >> 1
    halves.push(average(copy.subarray(0, half)), average(copy.subarray(half)))
  }
  const grand = average(halves)
  const within = meanSquare - average(halves.map((m) => m * m))
  const between = halves.reduce((sum, m) => sum + (m - grand) ** 2, 0) / (halves.length - 1)
  if (!(within > 1e-14 * meanSquare)) return between > 1e-14 * meanSquare ? Number.POSITIVE_INFINITY : Number.NaN
  return Math.sqrt(1 + between / within)
}

function average(values: Float64Array | readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
