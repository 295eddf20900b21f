/**
 * The notation for symbols in titles, axes, legends and captions: `T_c`, `m^2`, `L^{-1/ν}`. A script is one letter, digits, or
 * anything in braces; it follows a single letter, a closing bracket or bar, the 10 of a power, or another script; one in braces
 * follows any word, as in `current^{2}`. Names with
 * underscores, such as `sc_binder` or `run_2.h5`, are not touched. Greek letters are written as such. Drawings (svg-label.ts),
 * pages (src/view/page/label.ts) and the script of a page (src/view/page/browser/label.ts) typeset the pieces; `plainLabel` is for
 * terminals, tables and screen readers. This file runs in browsers too, so that it imports nothing.
 */

/** Of every axis of temperatures: in the energy units of the parameters, whatever the model and the value of its coupling. */
export const TEMPERATURE = 'temperature T (k_B = 1)'

/** A part of a label on one level. */
export interface LabelPiece {
  readonly text: string
  /** -1 for a subscript, 1 for a superscript, 0 on the line. */
  readonly level: -1 | 0 | 1
}

/** How much smaller scripts are, and how far from the line they are, in units of the size of the text on the line. */
export const SCRIPT_LOOK = { size: 0.72, down: 0.22, up: 0.36 } as const

/** One script or more behind what can have one. */
const SCRIPTS =
  /(?<=(?<![\p{L}\p{N}_^])\p{L}|\b10|[)\]|⟩′])(?:[_^](?:\{[^{}]*\}|(?:\p{L}|\p{N}+)(?![\p{L}\p{N}])))+|(?<=[\p{L}\p{N}])(?:[_^]\{[^{}]*\})+/gu
const SCRIPT = /([_^])(?:\{([^{}]*)\}|([\p{L}\p{N}]+))/gu

/** The pieces of a label from left to right, none of them empty. */
export function labelPieces(label: string): LabelPiece[] {
  const pieces: LabelPiece[] = []
  let end = 0
  for (const { 0: scripts, index } of label.matchAll(SCRIPTS)) {
    pieces.push({ text: label.slice(end, index), level: 0 })
    for (const [, mark, braced, bare = ''] of scripts.matchAll(SCRIPT)) {
      // In a formula a minus sign, not a hyphen.
      pieces.push({ text: (braced ?? bare).replaceAll('-', '\u2212'), level: mark === '_' ? -1 : 1 })
    }
    end = index + scripts.length
  }
  return [...pieces, { text: label.slice(end), level: 0 } as const].filter(({ text }) => text !== '')
}

/** Without braces: `T_c`, `m²`, `L^(−1/ν)`. */
export function plainLabel(label: string): string {
  return labelPieces(label)
    .map(({ text, level }) => {
      if (level === 0) return text
      if (level > 0 && /^[0-9\u2212]+$/.test(text)) return text.replace(/./g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻')
      const mark = level < 0 ? '_' : '^'
      return /^[\p{L}\p{N}]+$/u.test(text) ? `${mark}${text}` : `${mark}(${text})`
    })
    .join('')
}
