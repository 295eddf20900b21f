/** The stiffness of a superconductor against the temperature, with the line on which the Kosterlitz-Thouless jump of the infinite lattice ends. */
import type { Chart, Series } from '../chart.ts'
import { CURVES, linesOf } from './analysis.ts'
import { titleOf } from './title.ts'
import { axisOf, largest, leftOut, rangeOf, symbolOf } from './curve.ts'
import { capitalised } from '../../../text/wrap.ts'
import { idOf, type Selection } from './selection.ts'

const COLUMN = 'helicity_modulus'
/** Points of the line, which is bent against the inverse temperature. */
const POINTS = 41

/** None of models without a helicity modulus. */
export function helicity(selection: Selection): readonly Chart[] {
  const { data, smooth } = linesOf(selection, COLUMN)
  if (data.length === 0) return []
  const title = titleOf(selection, COLUMN)
  const symbol = symbolOf(selection)
  const line = jump(selection, data)
  const left = leftOut(selection)
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'helicity'),
      title: capitalised(title.name),
      subtitle: [
        ...(line ? ['the infinite lattice jumps to 0 where it meets 2T/π'] : []),
        ...(smooth.length > 0 ? [CURVES] : []),
        ...(left === undefined ? [] : [left]),
      ].join('; '),
      x: axisOf(selection),
      y: { label: title.label },
      series: [...data, ...smooth, ...(line ? [line] : [])],
      description: `${capitalised(title.name)} for ${data.map(({ name }) => name).join('; ')} at ${symbol} from ${rangeOf(data)}; the largest value is ${largest(data, symbol)}; ${meeting(data, selection)}`,
    },
  ]
}

/** 2T/π, for any ρ: the modulus has the units of ρ, as T. Not where a parameter is on the axis. */
function jump({ x }: Selection, data: readonly Series[]): Series | undefined {
  if (x !== 'temperature' && x !== 'beta') return undefined
  const all = data.flatMap((one) => one.x)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const at = Array.from({ length: POINTS }, (_, i) => least + ((most - least) * i) / (POINTS - 1))
  return { name: '2T/π', x: at, y: at.map((value) => (2 * (x === 'beta' ? 1 / value : value)) / Math.PI), mark: 'line', role: 'guide' }
}

/** Where curves meet the line, by straight lines between the points. */
function meeting(data: readonly Series[], { x }: Selection): string {
  if (x !== 'temperature') return 'each curve has its own temperature.'
  const found = data.flatMap(({ name, x: T, y }) => {
    const gap = (i: number): number => (y[i] ?? Number.NaN) - (2 * (T[i] ?? Number.NaN)) / Math.PI
    const i = T.findIndex((_, k) => k + 1 < T.length && gap(k) > 0 && gap(k + 1) <= 0)
    if (i < 0) return []
    const [from = 0, to = 0] = [T[i], T[i + 1]]
    return [`T = ${(from + ((to - from) * gap(i)) / (gap(i) - gap(i + 1))).toFixed(3)} (${name})`]
  })
  return found.length > 0 ? `it meets 2T/π near ${found.join(', ')}.` : 'it does not meet 2T/π in this range.'
}
