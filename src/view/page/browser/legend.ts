// The legend: a button for each entry, which hides and shows it; its sample is painted as the chart paints it.
import { colourOf } from './colour.ts'
import { labelNodes } from './label.ts'
import { type Entry, entriesOf, type Line } from './line.ts'
import { paintSymbol } from './paint.ts'

export interface Legend {
  /** After the colours of the style sheet changed. */
  repaint(): void
}

const WIDTH = 30
const HEIGHT = 14

export function openLegend(target: HTMLElement, lines: readonly Line[], onChange: () => void): Legend {
  const entries = entriesOf(lines)
  const samples = entries.map((entry) => {
    const button = document.createElement('button')
    const sample = document.createElement('canvas')
    const name = document.createElement('span')
    button.type = 'button'
    button.setAttribute('aria-pressed', 'true')
    sample.setAttribute('aria-hidden', 'true')
    name.append(...labelNodes(entry.name))
    button.append(sample, name)
    button.addEventListener('click', () => {
      entry.hidden = !entry.hidden
      button.setAttribute('aria-pressed', String(!entry.hidden))
      onChange()
    })
    target.append(button)
    return { entry, sample }
  })
  const repaint = (): void => {
    for (const { entry, sample } of samples) paintSample(sample, entry)
  }
  repaint()
  return { repaint }
}

function paintSample(canvas: HTMLCanvasElement, { colour, symbol, dash, points, stroke }: Entry): void {
  const ratio = devicePixelRatio
  canvas.width = WIDTH * ratio
  canvas.height = HEIGHT * ratio
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(ratio, ratio)
  context.fillStyle = context.strokeStyle = colourOf(colour)
  context.lineWidth = 1.6
  if (stroke) {
    context.setLineDash([...dash])
    context.beginPath()
    context.moveTo(1, HEIGHT / 2)
    context.lineTo(WIDTH - 1, HEIGHT / 2)
    context.stroke()
    context.setLineDash([])
  }
  context.lineWidth = 0.75
  if (points) paintSymbol(context, symbol, WIDTH / 2, HEIGHT / 2, 4)
}
