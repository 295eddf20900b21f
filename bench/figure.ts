/** What a figure must be for its claim to hold. */
export type Claim = { readonly atLeast: number } | { readonly below: number }

/** One figure out of one run: the median of what was seen round by round, with its least and greatest. */
export interface Figure {
  readonly what: string
  /** `x` for a ratio. */
  readonly unit: string
  readonly median: number
  readonly min: number
  readonly max: number
  readonly rounds: number
  readonly claim?: Claim
  readonly held?: boolean
}

/** @param values one of each round; a ratio is taken round by round, never between two medians */
export function figure(what: string, unit: string, values: readonly number[], claim?: Claim): Figure {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2
  const seen = { what, unit, median, min: sorted[0] as number, max: sorted.at(-1) as number, rounds: values.length }
  if (!claim) return seen
  return { ...seen, claim, held: 'atLeast' in claim ? median >= claim.atLeast : median < claim.below }
}

/** The quotients of two lists, round by round. */
export function ratios(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, round) => value / (below[round] as number))
}

/** The figures of one benchmark as a table. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, unit, median, min, max, rounds, claim, held }) => [
    what,
    `${digits(median)} ${unit}`,
    `${digits(min)} to ${digits(max)}`,
    String(rounds),
    claim ? `${'atLeast' in claim ? `at least ${claim.atLeast}` : `below ${claim.below}`}: ${held ? 'held' : 'MISSED'}` : '',
  ])
  rows.unshift(['', 'median', 'min to max', 'rounds', 'claim'])
  const widths = rows.reduce<number[]>((w, row) => row.map((cell, i) => Math.max(cell.length, w[i] ?? 0)), [])
  const pad = (cell: string, i: number): string => (i === 0 || i === 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(3)
}
