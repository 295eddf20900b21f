// Amdahl's law: T(n) / T(1) = s + (1 - s) / n, where the fraction s of the work cannot be divided. It is a line in s, so the least
// squares have one step: y - 1/n = s (1 - 1/n).
// One stalled round must not decide, so that all here are medians; of one number of threads the law then goes through its point.
// Source: Amdahl, AFIPS Conf. Proc. 30, 483 (1967).

import { OF_MEDIAN, spreadOf } from './spread.ts'

export interface AmdahlFit {
  /** Serial fraction, may come out a little below 0. */
  readonly fraction: number
  /** Standard error, from how the fits of single rounds scatter. */
  readonly error: number
  /** Numbers of threads above one that went in; of a single one the law is not tested. */
  readonly points: number
  /** Greatest |measured - fitted| / fitted of T(n) / T(1). */
  readonly misfit: number
}

/**
 * Fits every round by itself, as its times share the machine's mood, and takes the median over the rounds.
 *
 * @param threads the first is 1
 * @param seconds (threads, round) of the same work
 * @param most numbers of threads above this, more than there are cores, are left out
 * @returns undefined where only one number of threads is left, or there are fewer than three rounds
 */
export function fitAmdahl(threads: readonly number[], seconds: readonly (readonly number[])[], most = Infinity): AmdahlFit | undefined {
  const [one = []] = seconds
  const counts = threads.flatMap((n, i) => (n > 1 && n <= most ? [{ n, times: seconds[i] ?? [] }] : []))
  if (counts.length === 0 || one.length < 3) return undefined
  const ratios = counts.map(({ n, times }) => ({ n, values: times.map((time, round) => time / (one[round] ?? Number.NaN)) }))
  const weight = ratios.reduce((sum, { n }) => sum + (1 - 1 / n) ** 2, 0)
  const fractions = one.map((_, round) => {
    const all = ratios.reduce((sum, { n, values }) => sum + (1 - 1 / n) * ((values[round] ?? Number.NaN) - 1 / n), 0)
    return all / weight
  })
  const fraction = median(fractions)
  const center = fractions.reduce((sum, value) => sum + value, 0) / fractions.length
  const variance = fractions.reduce((sum, value) => sum + (value - center) ** 2, 0) / (fractions.length - 1)
  const misfit = Math.max(...ratios.map(({ n, values }) => Math.abs(median(values) * amdahlSpeedUp(fraction, n) - 1)))
  return { fraction, error: OF_MEDIAN * Math.sqrt(variance / fractions.length), points: counts.length, misfit }
}

/** 1 / (s + (1 - s) / n) */
export function amdahlSpeedUp(fraction: number, threads: number): number {
  return 1 / (fraction + (1 - fraction) / threads)
}

function median(values: readonly number[]): number {
  return spreadOf(values).median
}
