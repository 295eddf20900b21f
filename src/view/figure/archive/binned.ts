/** Long noisy lines as a mean with a band, in equal parts of their time: many of them over each other would hide everything. */

export interface Binned {
  /** Middle of each part. */
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly band: { readonly low: readonly number[]; readonly high: readonly number[] }
  /** Places of x in a part, the last one may have fewer. */
  readonly length: number
}

/**
 * @param x of all lines, ascending
 * @param lines (line, x); what is no number is left out
 * @param most parts
 * @param outside share of the values that is below the band, and above it; 0: the band reaches from the least to the largest
 */
export function binned(x: ArrayLike<number>, lines: readonly ArrayLike<number>[], most: number, outside: number): Binned {
  const length = Math.max(1, Math.ceil(x.length / most))
  const parts = Array.from({ length: Math.ceil(x.length / length) }, (_, part) => {
    const [from, to] = [part * length, Math.min(x.length, (part + 1) * length)]
    const values = Float64Array.from(lines.flatMap((line) => Array.from({ length: to - from }, (_, k) => line[from + k] ?? Number.NaN)))
      .filter(Number.isFinite)
      .sort()
    const at = (share: number): number => rounded(values[Math.round(share * (values.length - 1))] ?? Number.NaN)
    return {
      x: ((x[from] ?? 0) + (x[to - 1] ?? 0)) / 2,
      y: rounded(values.reduce((a, b) => a + b, 0) / values.length),
      low: at(outside),
      high: at(1 - outside),
    }
  })
  return {
    x: parts.map((part) => part.x),
    y: parts.map(({ y }) => y),
    band: { low: parts.map(({ low }) => low), high: parts.map(({ high }) => high) },
    length,
  }
}

/** Six digits: nobody sees more, and a page stays small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
