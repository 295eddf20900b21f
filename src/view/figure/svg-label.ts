/**
 * Labels in SVG: scripts are parts of a text with a smaller size and a shift of the line, which browsers, editors of drawings
 * and the renderer of PNG files all understand; `baseline-shift` is not understood by all of them.
 */
import { type LabelPiece, labelPieces, SCRIPT_LOOK } from './label.ts'

/** A drawing in which every label is typeset. @param svg whose text is escaped, which stays so: a script is never part of an entity */
export function withTypesetLabels(svg: string): string {
  return svg.replace(/<text\b([^>]*)>(.*?)<\/text>/gs, (_, attributes: string, content: string) => {
    const size = Number(/font-size="([\d.]+)px"/.exec(attributes)?.[1] ?? 11)
    return `<text${attributes}>${typeset(content, size)}</text>`
  })
}

/** @param content of one text, which may have several lines, each in a part of its own that is so much below the last one */
function typeset(content: string, size: number): string {
  /** How far below the line the text is at the moment. */
  let below = 0
  const piece = ({ text, level }: LabelPiece): string => {
    const shift = (level < 0 ? SCRIPT_LOOK.down : -level * SCRIPT_LOOK.up) * size - below
    below += shift
    if (level === 0 && shift === 0) return text
    const font = level === 0 ? '' : ` font-size="${rounded(SCRIPT_LOOK.size * size)}px"`
    return `<tspan dy="${rounded(shift)}"${font}>${text}</tspan>`
  }
  const onTheLine = (tag: string): string =>
    tag.replace(/ dy="([\d.]+)"/, (_, down: string) => {
      const left = below
      below = 0
      return ` dy="${rounded(Number(down) - left)}"`
    })
  return content.replace(/<[^>]*>|[^<>]+/g, (part) => (part.startsWith('<') ? onTheLine(part) : labelPieces(part).map(piece).join('')))
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100
}
