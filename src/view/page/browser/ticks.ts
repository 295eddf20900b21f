// Where an axis has ticks and what they say.
import type { Axis } from '../../figure/chart.ts'
import { chosenTicks, evenTicks } from '../../figure/ticks.ts'
import type { Range } from './range.ts'

/** @param length of the axis, @param room pixels for one label */
export function ticksOf({ log, whole, ticks }: Axis, [least, most]: Range, length: number, room: number): number[] {
  const to = (value: number): number => (log ? Math.log10(value) : value)
  const pixel = (value: number): number => (length * (to(value) - to(least))) / (to(most) - to(least))
  const chosen = ticks && chosenTicks(ticks, [least, most], pixel, room / 2)
  if (chosen) return chosen
  const count = Math.floor(length / room)
  const decades = Math.log10(most) - Math.log10(least)
  return log && least > 0 && decades > 0.7 ? decadeTicks([least, most], decades, count) : evenTicks([least, most], count, whole)
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
