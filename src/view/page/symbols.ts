// Names of critical quantities as they are typeset: the files and tables of the terminal spell them in plain letters.
import type { Content } from './html.ts'
import { typesetLabel } from './label.ts'

const SYMBOLS: Readonly<Record<string, string>> = { nu: 'ν', 'gamma/nu': 'γ/ν', 'beta/nu': 'β/ν', 'chi²/dof': 'χ²/dof' }
const KNOWN = new RegExp(`(?<![\\w/])(?:${Object.keys(SYMBOLS).join('|')})(?![\\w/])`, 'g')

/** The same text with the names of critical quantities as symbols. */
export function typeset(text: string): Content {
  return typesetLabel(text.replace(KNOWN, (name) => SYMBOLS[name] as string))
}
