// Where an axis has ticks and what they say.
import type { Axis } from '../../figure/chart.ts'
import type { Range } from './range.ts'

/** @param most ticks that have room */
export function ticksOf({ log, whole }: Axis, [least, most]: Range, count: number): number[] {
  const decades = Math.log10(most) - Math.log10(least)
  return log && least > 0 && decades > 0.7 ? decadeTicks([least, most], decades, count) : evenTicks([least, most], count, whole)
}

function evenTicks([least, most]: Range, count: number, whole: boolean | undefined): number[] {
  const rough = (most - least) / Math.max(1, count)
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough * 0.999) ?? 10 * unit
  const size = whole ? Math.max(1, step) : step
  const first = Math.ceil(least / size - 1e-9)
  const last = Math.floor(most / size + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * size).toPrecision(12)))
}

function decadeTicks([least, most]: Range, decades: number, count: number): number[] {
  const factors = decades * 3 <= count ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil(decades / Math.max(1, count)))
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); power++) {
    if (power % every !== 0) continue
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(6))
      if (tick >= least * 0.9999 && tick <= most * 1.0001) ticks.push(tick)
    }
  }
  return ticks
}

/** With as many decimals as its neighbours need, a true minus sign, and powers of ten where digits would be many. */
export function tickText(tick: number, all: readonly number[]): string {
  const size = Math.max(...all.map(Math.abs))
  const smallest = Math.min(...all.filter((value) => value !== 0).map(Math.abs))
  if (tick !== 0 && (size >= 1e6 || smallest < 1e-4)) return powerText(tick)
  const decimals = Math.max(...all.map((value) => (String(value).split('.')[1] ?? '').length))
  // On a logarithmic axis 0.001 and 100 are neighbours.
  return (size / smallest > 500 ? String(tick) : tick.toFixed(Math.min(12, decimals))).replace('-', '\u2212')
}

function powerText(value: number): string {
  const [digits = '', power = ''] = value.toExponential().split('e')
  const raised = power.replace('+', '').replace(/./g, (character) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)] ?? '⁻')
  return `${digits === '1' ? '' : `${Number(Number(digits).toPrecision(4))}·`}10${raised}`.replace('-', '\u2212')
}
