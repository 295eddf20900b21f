/** The figures of an archive, each made by the file of its own name: what may be asked for, and what there is to show by default. */
import type { Archive } from '../../../archive/read.ts'
import { FileError, UsageError } from '../../../errors.ts'
import type { Axis, Chart, Figure, Series } from '../chart.ts'
import { type ArchiveFigureName, archiveFigureNames } from '../figure.ts'
import { autocorrelation } from './autocorrelation.ts'
import { isQuick } from './analysis.ts'
import type { Choice } from './choice.ts'
import { askedFor, columnNames } from './names.ts'
import { columnOf } from '../../column.ts'
import { crosses, crossings } from './crossings.ts'
import { helicity } from './helicity.ts'
import { histogram } from './histogram.ts'
import { sampleNames } from './measured.ts'
import { observables } from './observables.ts'
import { finiteSize } from './finite-size.ts'
import { type Selection, selectionOf } from './selection.ts'
import { series } from './series.ts'
import { snapshots, withoutSnapshots } from './snapshots.ts'
import { tempering } from './tempering.ts'

type Option = 'observables' | 'x' | 'log'

interface Kind {
  readonly draw: (selection: Selection) => readonly Figure[]
  /** What of a choice it heeds; sizes all of them do. */
  readonly heeds: readonly Option[]
  /** Whether it is shown when nobody asked for it; default: yes. */
  readonly unasked?: (selection: Selection) => boolean
  /** Why there is none, and what to do about it. */
  readonly missing: string | ((selection: Selection) => string)
  /** Which of the quantities that were asked for it can show, when nobody asked for this kind; undefined: none. */
  readonly names?: (selection: Selection) => readonly string[]
}

const KINDS: Readonly<Record<ArchiveFigureName, Kind>> = {
  observables: {
    draw: observables,
    heeds: ['observables', 'x', 'log'],
    missing: 'no quantity has a value yet; go on with spinpool resume, or measure longer with --sweeps',
  },
  crossings: {
    draw: crossings,
    heeds: ['observables', 'x', 'log'],
    missing: 'curves cross where there are two sizes or more, of a quantity with values; run with --size 16,32',
    names: (selection) => columnNames(selection).filter(crosses),
  },
  scaling: {
    draw: finiteSize,
    heeds: [],
    unasked: isQuick,
    missing: 'a law takes three sizes or more, of several temperatures with peaks or crossings between them; run with --size 16,32,64',
  },
  helicity: {
    draw: helicity,
    heeds: ['x', 'log'],
    missing: 'it holds no helicity modulus, nor another quantity with a line to compare it with; run with --model o6',
  },
  series: {
    draw: series,
    heeds: ['observables', 'log'],
    missing: 'it holds no single measurements: none was made yet, or an older version made it; run the job again',
    names: sampleNames,
  },
  autocorrelation: {
    draw: autocorrelation,
    heeds: ['observables', 'x', 'log'],
    missing: 'it holds too few measurements; run with more --sweeps',
    names: (selection) => [
      ...new Set([
        ...sampleNames(selection),
        ...columnNames(selection).filter((name) => selection.simulations.some((simulation) => columnOf(simulation, name)?.tau)),
      ]),
    ],
  },
  histogram: {
    draw: histogram,
    heeds: ['observables', 'log'],
    missing: 'it holds no single measurements: none was made yet, or an older version made it; run the job again',
    names: sampleNames,
  },
  tempering: { draw: tempering, heeds: ['log'], missing: 'no replicas were exchanged; run with --tempering' },
  snapshots: { draw: snapshots, heeds: [], missing: withoutSnapshots },
}

/**
 * What figures show of an archive. By default every kind that there is something to show of; of quantities that were asked
 * for, every kind that can show them.
 *
 * @returns at least one figure, with ids of their own
 * @throws UsageError where what is asked for is not there, with what is
 * @throws FileError where the archive is damaged, of a foreign model, or nothing was measured yet
 */
export function figuresOf(archive: Archive, choice: Choice = {}): readonly Figure[] {
  const selection = selectionOf(archive, choice)
  const { figure } = choice
  const found = figure === undefined ? everything(selection) : only(selection, figure, choice)
  if (found.length === 0)
    throw new FileError(
      choice.observables === undefined
        ? `${selection.file}: nothing was measured yet, so there is nothing to draw; go on with spinpool resume`
        : `${selection.file}: ${choice.observables.join(', ')} has no value at any temperature, so there is nothing to draw`,
    )
  const { log } = choice
  const ids = new Set<string>()
  return found.map((one) => {
    const id = unique(one.id, ids)
    return one.kind === 'chart' && log !== undefined ? { ...logarithmic(one, log), id } : { ...one, id }
  })
}

function only(selection: Selection, figure: ArchiveFigureName, choice: Choice): readonly Figure[] {
  const { draw, heeds, missing } = KINDS[figure]
  for (const [option, flag] of [
    ['observables', '--observable'],
    ['x', '--x'],
    ['log', '--log'],
  ] as const) {
    if (choice[option] === undefined || heeds.includes(option)) continue
    const able = archiveFigureNames.filter((name) => KINDS[name].heeds.includes(option))
    throw new UsageError(`${flag}: the figure ${figure} has no use for it; allowed: with --figure ${able.join(' or ')}`)
  }
  const found = draw(selection)
  if (found.length > 0) return found
  if (figure === 'observables' && choice.observables)
    throw new UsageError(`--observable: ${choice.observables.join(', ')} has no value at any temperature of ${selection.file}`)
  throw new UsageError(
    `--figure: ${figure} cannot be drawn of ${selection.file}: ${typeof missing === 'string' ? missing : missing(selection)}`,
  )
}

function everything(selection: Selection): readonly Figure[] {
  const { observables: asked } = selection
  if (!asked) return archiveFigureNames.flatMap((name) => (KINDS[name].unasked?.(selection) === false ? [] : KINDS[name].draw(selection)))
  // Says what is wrong before kinds take their part.
  const [first] = selection.simulations
  const known = [...new Set([...columnNames(selection), ...sampleNames(selection)])]
  const names = askedFor(asked, known, (name) => first !== undefined && columnOf(first, name) !== undefined)
  return archiveFigureNames.flatMap((name) => {
    const { draw, names: able } = KINDS[name]
    const columns = name === 'observables' ? names.filter((one) => first && columnOf(first, one)) : able?.(selection)
    const mine = names.filter((one) => columns?.includes(one))
    return mine.length > 0 ? draw({ ...selection, observables: mine }) : []
  })
}

/** A chart with axes on a logarithmic scale, which has no place for what is not positive: those points are gaps. */
function logarithmic(chart: Chart, log: NonNullable<Choice['log']>): Chart {
  const positive = (values: readonly number[]): boolean => values.some((value) => value > 0)
  const able = (axis: 'x' | 'y'): boolean => log.includes(axis) && chart.series.some((series) => positive(series[axis]))
  const [x, y] = [able('x'), able('y')]
  const inside = (series: Series): Series => ({
    ...series,
    y: series.y.map((value, i) => ((x && !((series.x[i] ?? Number.NaN) > 0)) || (y && !(value > 0)) ? Number.NaN : value)),
  })
  const series = chart.series.map(inside)
  const { closeUp, ...rest } = chart
  const lost = countOf(chart.series) - countOf(series)
  const said = lost === 0 ? undefined : `${lost === 1 ? 'a point' : `${lost} points`} at or below 0 cannot be drawn here`
  const subtitle = [chart.subtitle, said].filter((part) => part !== undefined).join('; ')
  return {
    ...rest,
    ...(closeUp && (!x || closeUp[0] > 0) ? { closeUp } : {}),
    ...(subtitle === '' ? {} : { subtitle }),
    x: scaled(chart.x, x),
    y: scaled(chart.y, y),
    series,
    ...(chart.guides ? { guides: chart.guides.filter(({ axis, value }) => value > 0 || !(axis === 'x' ? x : y)) } : {}),
  }
}

/** Measured points that have a value. */
function countOf(series: readonly Series[]): number {
  return series.filter(({ role }) => role === 'data').reduce((sum, { y }) => sum + y.filter(Number.isFinite).length, 0)
}

function scaled({ domain, ...axis }: Axis, log: boolean): Axis {
  const keeps = domain !== undefined && (!log || domain[0] > 0)
  return { ...axis, log, ...(keeps ? { domain } : {}) }
}

/** The same id again gets a number behind it. */
function unique(id: string, ids: Set<string>): string {
  let own = id
  for (let k = 2; ids.has(own); k++) own = `${id}-${k}`
  ids.add(own)
  return own
}
