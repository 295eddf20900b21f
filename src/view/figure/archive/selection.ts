/**
 * What of an archive figures are made of: the simulations that were asked for, ordered, with names that tell them apart, and
 * what the horizontal axis shows. Refuses sizes and axes that the archive has not.
 */
import { basename } from 'node:path'
import type { Archive, ArchivedSimulation } from '../../../archive/read.ts'
import { FileError, UsageError } from '../../../errors.ts'
import type { Description } from '../../../model/description.ts'
import { numeral } from '../../../text/rounded.ts'
import { didYouMean, shown } from '../../../text/suggestion.ts'
import { evenly } from '../../evenly.ts'
import type { Choice } from './choice.ts'

export interface Selection {
  /** Name of the file, for messages. */
  readonly file: string
  /** Of the first simulation. */
  readonly description: Description
  /** By size, then by parameters; never empty. */
  readonly simulations: readonly ArchivedSimulation[]
  /** Parameters of which the archive has several values. */
  readonly varying: readonly string[]
  /** `temperature`, `beta` or one of `varying`. */
  readonly x: string
  /** Whether somebody asked for these sizes. */
  readonly sized: boolean
  /** Quantities that were asked for; undefined where nobody asked. */
  readonly observables: readonly string[] | undefined
}

/**
 * @throws UsageError for a size or an axis that is not there
 * @throws FileError for an archive without simulations
 */
export function selectionOf(archive: Archive, choice: Choice): Selection {
  const file = basename(archive.path)
  const [first] = archive.simulations
  if (!first) throw new FileError(`${file}: holds no simulation, so there is nothing to draw`)
  const varying = Object.keys(first.parameters).filter((name) => distinct(archive.simulations, name).length > 1)
  const simulations = [...archive.simulations].sort((a, b) => a.size - b.size || compare(a, b, varying))
  return {
    file,
    description: first.description,
    simulations: ofSizes(simulations, choice.sizes),
    varying,
    x: axisNamed(choice.x ?? defaultAxis(archive.simulations, varying), varying, first),
    sized: choice.sizes !== undefined,
    observables: choice.observables,
  }
}

/** `L = 32`, with the parameters that tell simulations apart where there are several values: `L = 32, g = 0.3`. */
export function labelOf({ varying }: Selection, simulation: ArchivedSimulation, but?: string): string {
  const parts = varying.filter((name) => name !== but).map((name) => `${name} = ${numeral(simulation.parameters[name] ?? Number.NaN)}`)
  return [`L = ${simulation.size}`, ...parts].join(', ')
}

/** What tells simulations that differ in size alone from others, as in `h = 0.1`; empty if there is nothing to tell. */
export function setName(selection: Selection, simulation: ArchivedSimulation): string {
  const [, ...parameters] = labelOf(selection, simulation).split(', ')
  return parameters.join(', ')
}

/** Simulations to look into one by one: those of the sizes asked for, else of the largest one; at most `most`, evenly chosen. */
export function closeUps({ simulations, sized }: Selection, most: number): readonly ArchivedSimulation[] {
  const largest = Math.max(...simulations.map(({ size }) => size))
  const all = sized ? simulations : simulations.filter(({ size }) => size === largest)
  return evenly(all, sized ? all.length : most)
}

/** Letters, digits and `-` of names that belong together, as in `ising-series-energy-L32`. */
export function idOf({ description }: Selection, ...parts: readonly string[]): string {
  return [description.name, ...parts]
    .map((part) => part.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, ''))
    .filter(Boolean)
    .join('-')
}

/** What the archive adds to the name of the model: `L32-g0.3` of `o6-L32-g0.3`. */
export function shortName({ name, model }: ArchivedSimulation): string {
  return name.startsWith(`${model}-`) ? name.slice(model.length + 1) : name
}

function distinct(simulations: readonly ArchivedSimulation[], name: string): number[] {
  return [...new Set(simulations.map(({ parameters }) => parameters[name] ?? Number.NaN))]
}

function compare(a: ArchivedSimulation, b: ArchivedSimulation, names: readonly string[]): number {
  for (const name of names) {
    const difference = (a.parameters[name] ?? 0) - (b.parameters[name] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function ofSizes(simulations: readonly ArchivedSimulation[], sizes: readonly number[] | undefined): readonly ArchivedSimulation[] {
  if (sizes === undefined) return simulations
  const known = [...new Set(simulations.map(({ size }) => size))]
  const wrong = sizes.find((size) => !known.includes(size))
  if (wrong !== undefined || sizes.length === 0)
    throw new UsageError(`--size: ${wrong === undefined ? 'nothing' : shown(wrong)} is not possible; there are: ${known.join(', ')}`)
  return simulations.filter(({ size }) => sizes.includes(size))
}

/** The temperature; where there is only one, the parameter with the most values: curves against it instead of columns of points. */
function defaultAxis(simulations: readonly ArchivedSimulation[], varying: readonly string[]): string {
  const temperatures = new Set(simulations.flatMap(({ temperature }) => [...temperature]))
  if (temperatures.size > 1) return 'temperature'
  const values = (name: string): number => distinct(simulations, name).length
  return varying.reduce((most, name) => (most === 'temperature' || values(name) > values(most) ? name : most), 'temperature')
}

function axisNamed(asked: string, varying: readonly string[], first: ArchivedSimulation): string {
  const known = ['temperature', 'beta', ...varying]
  if (known.includes(asked)) return asked
  const why = Object.hasOwn(first.parameters, asked) ? `: ${asked} has one value only` : ''
  throw new UsageError(`--x: ${shown(asked)} is not possible${why || didYouMean(asked, known)}; allowed: ${known.join(', ')}`)
}
