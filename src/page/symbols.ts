// Names of critical quantities as they are typeset: the files and tables of the terminal spell them in plain letters.
import { type Content, html } from './html.ts'

const SYMBOLS: Readonly<Record<string, Content>> = {
  T_c: html`<i>T</i><sub>c</sub>`,
  'L → ∞': html`<i>L</i> → ∞`,
  nu: html`<i>ν</i>`,
  'gamma/nu': html`<i>γ</i>/<i>ν</i>`,
  'beta/nu': html`<i>β</i>/<i>ν</i>`,
  'chi²/dof': html`<i>χ</i>²/dof`,
}
const KNOWN = new RegExp(`(?<![\\w/])(${Object.keys(SYMBOLS).join('|')})(?![\\w/])`)

/** The same text with the names of critical quantities as symbols. */
export function typeset(text: string): Content {
  // The parts at odd places are the names that split it.
  return text.split(KNOWN).map((part, i) => (i % 2 === 1 ? SYMBOLS[part] : part))
}
