// Labels with real subscripts and superscripts: as nodes of the page, and painted on a canvas.
import { labelPieces, SCRIPT_LOOK } from '../../figure/label.ts'

/** As nodes that hold text alone. */
export function labelNodes(label: string): (string | HTMLElement)[] {
  return labelPieces(label).map(({ text, level }) => {
    if (level === 0) return text
    const made = document.createElement(level < 0 ? 'sub' : 'sup')
    made.textContent = text
    return made
  })
}

/** Where a label is painted, and how; lengths are pixels of the canvas. */
interface LabelLook {
  readonly x: number
  readonly y: number
  /** Of the font, without its size. */
  readonly family: string
  readonly size: number
  readonly align?: 'left' | 'center' | 'right'
  /** Painted around it in the context's `strokeStyle`, so that lines below do not disturb. */
  readonly halo?: boolean
}

/** Paints in the context's `fillStyle`, about the baseline that the context has. */
export function paintLabel(ctx: CanvasRenderingContext2D, label: string, { x, y, family, size, align = 'left', halo }: LabelLook): void {
  const pieces = measured(ctx, label, family, size)
  const width = pieces.reduce((sum, piece) => sum + piece.width, 0)
  const start = x - (align === 'left' ? 0 : align === 'center' ? width / 2 : width)
  ctx.textAlign = 'left'
  for (const paint of halo ? (['strokeText', 'fillText'] as const) : (['fillText'] as const)) {
    let at = start
    for (const piece of pieces) {
      ctx.font = piece.font
      ctx[paint](piece.text, at, y + piece.down)
      at += piece.width
    }
  }
}

export function labelWidth(ctx: CanvasRenderingContext2D, label: string, family: string, size: number): number {
  return measured(ctx, label, family, size).reduce((sum, { width }) => sum + width, 0)
}

function measured(ctx: CanvasRenderingContext2D, label: string, family: string, size: number) {
  return labelPieces(label).map(({ text, level }) => {
    const font = `${level === 0 ? size : SCRIPT_LOOK.size * size}px ${family}`
    ctx.font = font
    const down = level < 0 ? SCRIPT_LOOK.down * size : -level * SCRIPT_LOOK.up * size
    return { text, font, down, width: ctx.measureText(text).width }
  })
}
