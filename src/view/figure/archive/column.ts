/** Columns of numbers that figures draw, by name: scalar quantities, and elements of arrays such as `cdw_structure_factor[0,1]`. */
import type { ArchivedSimulation, Quantity } from '../../../archive/read.ts'
import { UsageError } from '../../../errors.ts'
import { didYouMean, shown } from '../../../text/suggestion.ts'
import type { Selection } from './selection.ts'

/** One number for each temperature; NaN where it could not be given. */
export interface Column {
  readonly mean: Float64Array
  readonly error: Float64Array
  readonly tau?: Float64Array
  readonly tauError?: Float64Array
}

/** A column of a simulation; undefined where it has none of that name. */
export function columnOf({ quantities, temperature }: ArchivedSimulation, name: string): Column | undefined {
  const quantity = Object.hasOwn(quantities, bare(name)) ? quantities[bare(name)] : undefined
  const offset = quantity && offsetOf(name, quantity.shape)
  if (!quantity || offset === undefined) return undefined
  const width = quantity.shape.reduce((a, b) => a * b, 1)
  const cut = (values: Float64Array): Float64Array => temperature.map((_, t) => values[t * width + offset] ?? Number.NaN)
  return {
    mean: cut(quantity.mean),
    error: cut(quantity.error),
    ...(quantity.tau && quantity.tauError ? { tau: cut(quantity.tau), tauError: cut(quantity.tauError) } : {}),
  }
}

/** How a column is called on an axis, and the formula that is said once. */
export interface Title {
  /** `specific heat per site` */
  readonly name: string
  /** `specific heat`, where there is little room */
  readonly short: string
  /** On an axis: with its symbol, and its unit where it has one. */
  readonly label: string
  readonly symbol?: string
  readonly formula?: string
}

export function titleOf({ simulations }: Selection, column: string): Title {
  const quantity = simulations.find(({ quantities }) => quantities[bare(column)])?.quantities[bare(column)]
  return titled(quantity, column)
}

function titled(quantity: Quantity | undefined, column: string): Title {
  const long = quantity?.longName ?? column.replaceAll('_', ' ')
  const [, head = long, formula] = /^(.+?)(?:, |; | (?=\())(.+)$/.exec(long) ?? []
  const element = column.slice(bare(column).length)
  const plain = typeset(head)
    .replace(/^absolute value of the (.+?)( per site)?$/, '|$1|$2')
    .replace(/^second-moment /, '')
  const name = element === '' ? plain : `${plain} ${element}`
  const units = quantity?.units ?? '1'
  const { name: named = name, symbol } = SYMBOLS[bare(column)] ?? {}
  return {
    name,
    short: name.replace(/ per site$/, ''),
    label: `${[named, symbol].filter((part) => part).join(', ')}${units === '1' ? '' : ` (${units})`}`,
    ...(symbol === undefined ? {} : { symbol }),
    ...(formula === undefined ? {} : { formula: typeset(formula) }),
  }
}

/** Symbols that stand on an axis behind a name, which is shorter than the whole one where there is not room enough. */
const SYMBOLS: Readonly<Record<string, { readonly name?: string; readonly symbol: string }>> = {
  energy: { symbol: 'e' },
  specific_heat: { symbol: 'c' },
  magnetization: { symbol: 'm' },
  abs_magnetization: { name: 'magnetization per site', symbol: '|m|' },
  susceptibility: { symbol: 'χ' },
  binder: { name: 'Binder ratio', symbol: 'U_{4}' },
  sc_binder: { name: 'Binder ratio', symbol: 'U_{4}' },
  helicity_modulus: { name: 'helicity modulus', symbol: 'Υ' },
  kt_ratio: { name: '', symbol: 'π Υ / 2T' },
  cdw_structure_factor: { name: 'structure factor', symbol: 'S(k)' },
  cdw_correlation_length: { name: 'correlation length', symbol: 'ξ' },
}

/** Formulas as they are written by hand, in the notation of label.ts, out of the letters that every file can hold. */
function typeset(text: string): string {
  return text
    .replace(/<(?=\S)/g, '⟨')
    .replace(/(?<=\S)>/g, '⟩')
    .replace(/\^\(([^()]*)\)/g, '^{$1}')
    .replace(/\^(\d+)\b/g, '^{$1}')
    .replace(/\b([A-Za-z])_([a-z]+\d*)\b/g, '$1_{$2}')
    .replace(/\b([nM])(\d)/g, '$1_{$2}')
    .replace(/\bsum_\{?([a-z])\b\}?/g, 'Σ_{$1}')
    .replace(/ - /g, ' \u2212 ')
    .replace(/\bsqrt\b/g, '√')
    .replace(/\b(?:rho|pi|psi)\b/g, (letter) => ({ rho: 'ρ', pi: 'π' })[letter] ?? 'ψ')
}

/** Names of everything that is one number at each temperature: the model's table first, then the others by name. */
export function columnNames({ model, simulations }: Selection): readonly string[] {
  const [first] = simulations
  if (!first) return []
  const scalars = Object.keys(first.quantities).filter((name) => first.quantities[name]?.shape.length === 0)
  return [...new Set([...model.table.filter((name) => columnOf(first, name)), ...scalars])]
}

/**
 * The names that were asked for, `all` for all of them.
 *
 * @param known what is possible
 * @param also what is possible too, but too much to list
 * @throws UsageError for one that is not known, with what is
 */
export function askedFor(asked: readonly string[], known: readonly string[], also: (name: string) => boolean = () => false): string[] {
  const wrong = asked.find((name) => name !== 'all' && !known.includes(name) && !also(name))
  if (wrong !== undefined || asked.length === 0)
    throw new UsageError(
      `--observable: ${shown(wrong ?? '')} is not possible${didYouMean(wrong ?? '', known)}; there are: ${[...known, 'all'].join(', ')}`,
    )
  return [...new Set(asked.flatMap((name) => (name === 'all' ? known : [name])))]
}

function bare(name: string): string {
  return name.replace(/\[.*$/, '')
}

/** Where an element lies in an array of that shape; undefined where there is none. */
function offsetOf(name: string, shape: readonly number[]): number | undefined {
  const written = /\[([\d,]*)\]$/.exec(name)?.[1]
  const indices = written === undefined ? [] : written.split(',').map(Number)
  if (indices.length !== shape.length || indices.some((index, i) => index >= (shape[i] ?? 0))) return undefined
  return shape.reduce((offset, length, i) => offset * length + (indices[i] ?? 0), 0)
}
