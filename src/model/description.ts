import { type Formula, compileFormula } from './formula.ts'
import { sitesOf } from '../lattice/lattice.ts'
import type {
  Configuration,
  Criticality,
  Derived,
  Diagnostic,
  Identity,
  Model,
  Observable,
  Parameters,
  PowerLaws,
  Reference,
} from './model.ts'

/**
 * What a model is at one size and one set of parameters, as plain data. It is kept in the archive, and all that summarises, draws,
 * judges and merges works from it, so that an archive can be read where its model is not installed.
 */
export interface Description {
  readonly name: string
  /** Of the model that sampled. */
  readonly version: string
  readonly title: string
  readonly parameters: readonly { readonly name: string; readonly describe: string }[]
  readonly lattice: DescribedLattice
  /** Replicas that share a bundle. */
  readonly lanes: number
  /** True of a model with over-relaxation and clusters. */
  readonly moves?: true
  /** Scalars first, then arrays; the order is the order of samples in memory. */
  readonly observables: readonly DescribedObservable[]
  readonly derived: readonly Derived[]
  readonly identity: Identity
  readonly diagnostics: readonly Diagnostic[]
  readonly configuration: DescribedConfiguration
  readonly criticality: Pick<Criticality, 'peaks' | 'binder'> & { readonly powerLaws: PowerLaws | string }
  readonly orders: readonly string[]
  readonly table: readonly string[]
}

/** A lattice of one size. */
export interface DescribedLattice {
  readonly name: string
  readonly title: string
  readonly sites: number
  readonly shape: readonly number[]
  readonly boundary: string
  readonly directions: readonly { readonly name: string; readonly longName: string }[]
  readonly colours: number
}

/** An observable at one size and one set of parameters. */
export interface DescribedObservable extends Omit<Observable, 'axes' | 'odd'> {
  readonly axes?: readonly { readonly name: string; readonly longName: string; readonly values: readonly number[] }[]
  /** True if the average vanishes by a symmetry of H. */
  readonly odd?: true
}

/** A configuration at one size. */
export interface DescribedConfiguration extends Omit<Configuration, 'components'> {
  /** Of one configuration in the archive. */
  readonly shape: readonly number[]
  readonly dimensions: readonly { readonly name: string; readonly longName: string }[]
}

export function describe(model: Model, size: number, parameters: Parameters): Description {
  const { name, version, title, lattice, lanes, derived, identity, diagnostics, criticality, orders, table } = model
  return {
    name,
    version,
    title,
    parameters: model.parameters.map((parameter) => ({ name: parameter.name, describe: parameter.describe })),
    lattice: {
      name: lattice.name,
      title: lattice.title,
      boundary: lattice.boundary,
      sites: sitesOf(lattice, size),
      shape: lattice.shape(size),
      directions: lattice.directions,
      colours: lattice.colours(size),
    },
    lanes,
    ...(model.moves ? { moves: true as const } : {}),
    observables: model.observables.map(({ axes, odd, ...observable }) => ({
      ...observable,
      ...(axes ? { axes: axes(size).map((axis) => ({ ...axis, values: [...axis.values] })) } : {}),
      ...(odd?.(parameters) ? { odd: true as const } : {}),
    })),
    derived,
    identity,
    diagnostics,
    configuration: describeConfiguration(model, size),
    criticality: { peaks: criticality.peaks, binder: criticality.binder, powerLaws: criticality.powerLaws(parameters) },
    orders,
    table,
  }
}

export function describeConfiguration(
  { lattice, configuration }: Pick<Model, 'lattice' | 'configuration'>,
  size: number,
): DescribedConfiguration {
  const { components, ...own } = configuration
  const shape = lattice.shape(size)
  return {
    ...own,
    shape: components ? [...shape, components.count] : shape,
    dimensions: components ? [...lattice.directions, { name: 'component', longName: components.longName }] : lattice.directions,
  }
}

/** Where a formula is computed. */
export interface FormulaPlace {
  readonly size: number
  readonly sites: number
  readonly parameters: Parameters
}

/**
 * A derived quantity as a function of the means of its inputs, in their order, and of the temperature. Its formula may contain the
 * names of the inputs, L, N (sites), T, and the parameters.
 *
 * @throws Error if the formula cannot be computed
 */
export function evaluatorOf(
  { inputs, formula }: Pick<Derived, 'inputs' | 'formula'>,
  { size, sites, parameters }: FormulaPlace,
): (means: readonly number[], temperature: number) => number {
  const constants = Object.values(parameters)
  const evaluate: Formula = compileFormula(formula, [...Object.keys(inputs), 'L', 'N', 'T', ...Object.keys(parameters)])
  return (means, temperature) => evaluate([...means, size, sites, temperature, ...constants])
}

/** What the ratio of an identity must be, by temperature. @throws Error if the formula cannot be computed */
export function expectedOf({ expected }: Identity): (temperature: number) => number {
  return ofTemperature(expected)
}

/** The line that a quantity is compared with, by temperature. @throws Error if the formula cannot be computed */
export function referenceOf({ formula }: Reference): (temperature: number) => number {
  return ofTemperature(formula)
}

function ofTemperature(formula: string): (temperature: number) => number {
  const evaluate = compileFormula(formula, ['T'])
  return (temperature) => evaluate([temperature])
}

/** Rows and columns of a lattice that can be shown as a picture; undefined if it does not have two dimensions. */
export function flatShape({ lattice }: Pick<Description, 'lattice'>): readonly [rows: number, columns: number] | undefined {
  const [rows, columns, ...others] = lattice.shape
  return rows === undefined || columns === undefined || others.length > 0 ? undefined : [rows, columns]
}

/** Numbers on each site. */
export function componentsOf({ lattice, configuration }: Pick<Description, 'lattice' | 'configuration'>): number {
  return configuration.shape.slice(lattice.shape.length).reduce((product, length) => product * length, 1)
}
