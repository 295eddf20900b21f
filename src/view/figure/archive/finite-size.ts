/**
 * Finite-size scaling: temperatures of peaks and crossings against the size, on their way to T_c, and the power laws at T_c
 * with the exponents that their slopes are. Where the model has no power laws, only the temperatures.
 */
import { formatPlain } from '../../../text/number.ts'
import { type Estimate, formatEstimate } from '../../../statistics/estimate.ts'
import { numeral } from '../../../text/rounded.ts'
import { along } from '../../../statistics/crossing.ts'
import { covers, type ScalingFit } from '../../../statistics/finite-size.ts'
import { slopeAt } from '../../../statistics/slope.ts'
import type { Axis, Chart, Guide, Series } from '../chart.ts'
import { type Family, familiesOf } from './analysis.ts'
import { capitalised, unbroken } from '../../../text/wrap.ts'
import { titleOf } from './title.ts'
import { TEMPERATURE } from '../label.ts'
import { evenly } from '../../evenly.ts'
import { idOf, type Selection, setName } from './selection.ts'

/** Fewer sizes are no law. */
const LEAST = 3
/** Sets of parameters that are drawn, at most. */
const SETS = 2
/** Steps of a line that is bent. */
const BENT = 32

/** None of fewer than three sizes with samples. */
export function finiteSize(selection: Selection): readonly Chart[] {
  const able = familiesOf(selection).filter(({ scaling: { sizes } }) => sizes.length >= LEAST)
  return evenly(able, SETS).flatMap((family) => [...temperatures(selection, family), ...powerLaws(selection, family)])
}

/** None of one set. */
function setOf(selection: Selection, { simulation }: Family): readonly string[] {
  const name = setName(selection, simulation)
  return name === '' ? [] : [name]
}

interface Sized {
  readonly size: number
  readonly value: Estimate
}

function temperatures(selection: Selection, family: Family): readonly Chart[] {
  const { peaks, crossings, fits, notes } = family.scaling
  const nu = fits.find(({ name }) => name === 'nu')?.value
  const across = (size: number): number => size ** (nu && nu.mean > 0 ? -1 / nu.mean : -1)
  const kinds: readonly { readonly from: string; readonly name: string; readonly points: readonly Sized[] }[] = [
    ...[...new Set(peaks.map(({ quantity }) => quantity))].map((quantity) => ({
      from: `peaks of ${quantity}`,
      name: `${titleOf(selection, quantity).short}, peak`,
      points: peaks.flatMap(({ size, quantity: own, peak }) => (own === quantity && peak.found ? [{ size, value: peak.temperature }] : [])),
    })),
    ...[...new Set(crossings.map(({ quantity }) => quantity))].map((quantity) => ({
      from: `crossings of ${quantity}`,
      name: `${titleOf(selection, quantity).short}, crossing`,
      points: crossings.flatMap(({ sizes, crossing }) => (crossing.found ? [{ size: sizes[0], value: crossing.temperature }] : [])),
    })),
  ].filter(({ points }) => points.length > 0)
  if (kinds.length === 0) return []
  const fitOf = (from: string): ScalingFit | undefined => fits.find((fit) => fit.name === 'T_c' && fit.from === from)
  const series = kinds.flatMap(({ from, name, points }): Series[] => {
    const fit = fitOf(from)
    const all = [
      ...(fit ? [{ x: 0, y: fit.value.mean, error: fit.value.error }] : []),
      ...points.map(({ size, value }) => ({ x: across(size), y: value.mean, error: value.error })),
    ].sort((a, b) => a.x - b.x)
    const { line } = fit ?? {}
    const end = Math.max(...(fit?.sizes ?? []).map(across))
    return [
      { name, x: all.map(({ x }) => x), y: all.map(({ y }) => y), error: all.map(({ error }) => error), mark: 'points', role: 'data' },
      ...(line
        ? [curve(name, spread([0, end], line), (x) => line.intercept.mean + line.slope.mean * x + (line.bend?.value.mean ?? 0) * x * x)]
        : []),
    ]
  })
  const said = kinds.flatMap(({ from, name }) => {
    const fit = fitOf(from)
    return fit ? [`${formatEstimate(fit.value)} (${name})`] : []
  })
  const exact = fits.find(({ name }) => name === 'T_c')?.exact
  const why = notes.find((note) => /^no (exponents|T_c)/.test(note))
  const axis = nu && nu.mean > 0 ? `L^{-1/ν}, ν = ${formatEstimate(nu)}` : '1/L'
  const subtitle = [
    ...setOf(selection, family),
    ...(said.length > 0 ? [`T_c = ${said.join(', ')}`, 'infinite lattice at 0; crossings at the smaller size'] : []),
    ...(why === undefined ? [] : [why]),
  ]
  const found = kinds.map(
    ({ name, points }) => `${name}: ${points.map(({ size, value }) => `T = ${formatEstimate(value)} (L = ${size})`).join(', ')}`,
  )
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'scaling', 'temperature', ...setOf(selection, family)),
      title: said.length > 0 ? 'Towards T_c of the infinite lattice' : 'Temperatures of peaks and crossings',
      subtitle: unbroken(subtitle.join('; ')),
      x: { label: axis },
      y: { label: TEMPERATURE },
      series,
      guides: exact === undefined ? [] : [{ axis: 'y', value: exact, label: 'exact' } satisfies Guide],
      description: `${capitalised(found.join('; '))}${said.length > 0 ? `; for L to infinity T_c = ${said.join(', ')}` : ''}${exact === undefined ? '' : `; exactly ${numeral(exact)}`}.`,
    },
  ]
}

function powerLaws(selection: Selection, { simulation, reweightings, scaling }: Family): readonly Chart[] {
  const { fits, peaks } = scaling
  const critical = fits.find(({ name, from }) => name === 'T_c' && from.startsWith('crossings'))?.value
  const { binder, powerLaws: laws } = simulation.description.criticality
  if (!critical || typeof laws === 'string') return []
  const inside = [...reweightings].sort((a, b) => a.size - b.size).filter((one) => covers(one, critical))
  const at = (quantity: string): Sized[] =>
    inside.map((one) => ({ size: one.size, value: along(one, critical, (T, b) => one.value(quantity, T, b)) }))
  const slopes = inside.map((one) => ({ size: one.size, value: along(one, critical, (T, b) => Math.abs(slopeAt(one, binder, T, b))) }))
  const heights = peaks.flatMap(({ size, quantity, peak }) =>
    quantity === laws.susceptibility && peak.found ? [{ size, value: peak.height }] : [],
  )
  const family = { simulation, reweightings, scaling }
  const title = (quantity: string): ReturnType<typeof titleOf> => titleOf(selection, quantity)
  const law = (name: ScalingFit['name'], from: string, series: string, points: readonly Sized[]) => ({
    fit: fits.find((fit) => fit.name === name && fit.from === from),
    name: series,
    points,
  })
  return [
    ...logLog(
      selection,
      family,
      'susceptibility',
      `${capitalised(title(laws.susceptibility).short)} against size`,
      'γ/ν',
      title(laws.susceptibility).label,
      [
        law('gamma/nu', `heights of ${laws.susceptibility}`, 'height of the peak', heights),
        law('gamma/nu', `${laws.susceptibility} at T_c`, 'at T_c', at(laws.susceptibility)),
      ],
    ),
    ...logLog(selection, family, 'order', `${capitalised(title(laws.order).short)} at T_c against size`, 'β/ν', title(laws.order).label, [
      law('beta/nu', `${laws.order} at T_c`, '', at(laws.order)),
    ]),
    ...logLog(
      selection,
      family,
      'slope',
      `Slope of the ${title(binder).short} at T_c against size`,
      'ν',
      `slope of the ${title(binder).short}, |d${title(binder).symbol ?? ''}/dT|`,
      [law('nu', `d${binder}/dT at T_c`, '', slopes)],
    ),
  ]
}

interface Law {
  readonly fit: ScalingFit | undefined
  readonly name: string
  readonly points: readonly Sized[]
}

/** None where no law was fitted. */
function logLog(
  selection: Selection,
  family: Family,
  id: string,
  title: string,
  exponent: string,
  label: string,
  laws: readonly Law[],
): readonly Chart[] {
  const fitted = laws.filter(({ fit }) => fit?.line)
  if (fitted.length === 0) return []
  const series = laws.flatMap(({ fit, name, points }): Series[] => {
    if (points.length === 0) return []
    const { line, sizes = [] } = fit ?? {}
    const ends = [Math.min(...sizes), Math.max(...sizes)]
    const [y, error] = [points.map(({ value }) => value.mean), points.map(({ value }) => value.error)]
    return [
      { name, x: points.map(({ size }) => size), y, error, mark: 'points', role: 'data' },
      ...(line
        ? [
            curve(name, spread(ends, line), (L) =>
              Math.exp(
                line.intercept.mean + line.slope.mean * Math.log(L) + (line.bend ? line.bend.value.mean * L ** -line.bend.power : 0),
              ),
            ),
          ]
        : []),
    ]
  })
  const found = fitted.flatMap(({ fit, name }) =>
    fit
      ? [
          `${formatEstimate(fit.value)} (${name === '' ? '' : `${name}, `}${fit.biased ? 'biased on small lattices, ' : ''}fitted to L = ${fit.sizes.join(', ')})`,
        ]
      : [],
  )
  const exact = fitted[0]?.fit?.exact
  const said = `${exponent} = ${found.join(', ')}${exact === undefined ? '' : `; exactly ${String(Number(formatPlain(exact)))}`}`
  const size: Axis = { label: 'linear size L', log: true, whole: true, ticks: laws.flatMap(({ points }) => points.map(({ size }) => size)) }
  return [
    {
      kind: 'chart',
      id: idOf(selection, 'scaling', id, ...setOf(selection, family)),
      title,
      subtitle: unbroken([...setOf(selection, family), said].join('; ')),
      x: size,
      y: { label, log: true },
      series,
      description: `${title}, on logarithmic axes, from L = ${family.scaling.sizes[0] ?? '-'} to ${family.scaling.sizes.at(-1) ?? '-'}: a power law with ${said}.`,
    },
  ]
}

/** Where a line is drawn: at its ends, and between them where it is bent. */
function spread([from = 0, to = 0]: readonly number[], { bend }: NonNullable<ScalingFit['line']>): readonly number[] {
  const steps = bend ? BENT : 1
  return Array.from({ length: steps + 1 }, (_, k) => from + ((to - from) * k) / steps)
}

function curve(name: string, ends: readonly number[], of: (x: number) => number): Series {
  return { name, x: ends, y: ends.map(of), mark: 'line', role: 'curve' }
}
