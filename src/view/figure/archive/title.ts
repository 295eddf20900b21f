/** How a column is called on an axis and in a title, and its formula. */
import type { Quantity } from '../../../archive/read.ts'
import { quantityName } from '../../column.ts'
import type { Selection } from './selection.ts'

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
  const quantity = simulations.find(({ quantities }) => quantities[quantityName(column)])?.quantities[quantityName(column)]
  return titled(quantity, column)
}

function titled(quantity: Quantity | undefined, column: string): Title {
  const long = quantity?.longName ?? column.replaceAll('_', ' ')
  const [, head = long, formula] = /^(.+?)(?:, |; | (?=\())(.+)$/.exec(long) ?? []
  const element = column.slice(quantityName(column).length)
  const plain = typeset(head)
    .replace(/^absolute value of the (.+?)( per site)?$/, '|$1|$2')
    .replace(/^second-moment /, '')
  const name = element === '' ? plain : `${plain} ${element}`
  const units = quantity?.units ?? '1'
  const { name: named = name, symbol } = SYMBOLS[quantityName(column)] ?? {}
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
