// Labels with real subscripts and superscripts, of the notation in figure/label.ts, as HTML.
import { labelPieces } from '../figure/label.ts'
import { type Content, html } from './html.ts'

/** Everything in it is text, also between the tags of scripts. */
export function typesetLabel(label: string): Content {
  return labelPieces(label).map(({ text, level }) => (level < 0 ? html`<sub>${text}</sub>` : level > 0 ? html`<sup>${text}</sup>` : text))
}
